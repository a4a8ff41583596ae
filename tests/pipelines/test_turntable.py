"""The turntable of a GLB: a whole turn in one animated picture, in bounded time, and only where it is asked for."""

import dataclasses

import numpy as np
import pytest
import trimesh
from PIL import Image

from pipelines.errors import NothingToModel
from pipelines.geometry import drawing, glb, turntable
from pipelines.geometry.glb_drawn import read
from pipelines.geometry.lighter import lighter
from tests.pipelines.test_thumbnail import RED, Writes, ball_glb, outcome_of, scene_glb


def pictures(path) -> list[np.ndarray]:
    with Image.open(path) as animation:
        assert (animation.format, animation.info["loop"]) == ("WEBP", 0)
        found = []
        for number in range(animation.n_frames):
            animation.seek(number)
            found.append(np.asarray(animation.convert("RGBA")).astype(int))
    return found


def ball_in_front(path):
    """A red ball in front of a blue one: from behind it is hidden."""
    near = trimesh.creation.icosphere(2, 0.3).apply_translation((0, 0, 1))
    far = trimesh.creation.icosphere(2, 0.6)
    return scene_glb(path, (near, RED), (far, (0, 0, 255)))


def reds(picture) -> int:
    return int(((picture[..., 0] > 2 * picture[..., 2]) & (picture[..., 3] > 200)).sum())


def test_whole_turn_begins_in_front_and_passes_the_back(tmp_path):
    made = turntable.write(ball_in_front(tmp_path / "a.glb"), tmp_path / "a.webp")
    found = pictures(tmp_path / "a.webp")
    assert len(found) == made >= turntable.COUNTS[-1]
    assert found[0].shape == (turntable.SIZE_PX, turntable.SIZE_PX, 4)
    red = [reds(picture) for picture in found]
    assert red[0] > 500
    assert red[len(red) // 2] < 20
    quarter = found[len(found) // 4]
    columns = np.flatnonzero(quarter[..., 0] > 2 * quarter[..., 2] + 50) % turntable.SIZE_PX
    assert columns.mean() < turntable.SIZE_PX / 2, "from the left side, the front is on the left"


def test_mesh_keeps_its_place_and_size_while_it_turns(tmp_path):
    path = tmp_path / "pole.glb"
    pole = trimesh.creation.box((0.3, 2.0, 0.3)).apply_translation((4, 9, -3))
    glb.write(path, pole.vertices, pole.faces, pole.vertex_normals)
    turntable.write(path, tmp_path / "pole.webp")
    rows = [np.flatnonzero((p[..., 3] > 128).any(1)) for p in pictures(tmp_path / "pole.webp")]
    tops, bottoms = [row[0] for row in rows], [row[-1] for row in rows]
    assert np.ptp(tops) <= 8 and np.ptp(bottoms) <= 8
    assert min(tops) >= 8 and max(bottoms) < turntable.SIZE_PX - 8


@pytest.mark.parametrize(
    ("picture_s", "count"), [(0.0, 36), (0.1, 36), (0.2, 18), (0.33, 12), (0.5, 8)]
)
def test_number_of_pictures_keeps_the_turn_within_its_time(picture_s, count):
    assert turntable.affordable(picture_s) == count
    assert count * picture_s <= turntable.LONGEST_S


def test_mesh_that_takes_too_long_is_refused_in_words():
    with pytest.raises(NothingToModel, match="too long for a turntable"):
        turntable.affordable(0.6)


def test_mesh_of_many_faces_is_drawn_as_it_looks_by_fewer(tmp_path):
    pieces = read(ball_glb(tmp_path / "ball.glb", 6), texture_px=64)
    (eye,) = drawing.eyes_around(pieces, (0.0,), 0.0)
    fewer = [lighter(piece, eye.span / 64) for piece in pieces]
    assert len(fewer[0].faces) < len(pieces[0].faces) / 2
    one, two = (drawing.draw(rows, eye, 64).astype(int) for rows in (pieces, fewer))
    assert np.abs(one - two).mean() < 2.5


def test_vertices_of_two_places_in_a_texture_are_not_made_one(tmp_path):
    piece = read(ball_glb(tmp_path / "ball.glb", 4), texture_px=64)[0]
    uv = np.where(piece.vertices[:, :1] < 0, 0.1, 0.9).repeat(2, 1).astype(np.float32)
    made = lighter(dataclasses.replace(piece, uv=uv), 0.2)
    assert len(made.vertices) < len(piece.vertices) / 2
    assert (made.uv[:, 0] < 0.5).tolist() == (made.vertices[:, 0] < 0).tolist()


# What is drawn


def seen(path, **material) -> np.ndarray:
    """A ball of a material from the front, (128, 128, 4)."""
    ball = trimesh.creation.icosphere(4)
    row = glb.Material(**material)
    glb.write(path, ball.vertices, ball.faces, ball.vertex_normals, material=row)
    pieces = read(path, texture_px=256)
    (eye,) = drawing.eyes_around(pieces, (0.0,), 0.0)
    return drawing.draw(pieces, eye, 128).astype(int)


def test_metal_is_darker_below_and_has_a_highlight(tmp_path):
    gold = (1.0, 0.7, 0.2)
    plain = seen(tmp_path / "plain.glb", colour_factor=gold, roughness=1.0)
    metal = seen(tmp_path / "metal.glb", colour_factor=gold, roughness=0.3, metalness=1.0)
    assert metal[100:115, 60:68, 0].mean() < 0.8 * plain[100:115, 60:68, 0].mean()
    inner = metal[30:60, 30:60, :3].reshape(-1, 3)
    assert inner.min(1).max() > inner.min(1).mean() + 40, "somewhere it shines"


def test_place_behind_others_is_darker(tmp_path):
    slab, block = trimesh.creation.box((2, 2, 0.1)), trimesh.creation.box((0.6, 0.6, 0.8))
    block.apply_translation((0, 0, 0.45))
    path = scene_glb(tmp_path / "a.glb", (slab, (200, 200, 200)), (block, (200, 200, 200)))
    pieces = read(path, texture_px=64)
    (eye,) = drawing.eyes_around(pieces, (0.0,), 0.0)
    row = drawing.draw(pieces, eye, 256)[128, :, 0].astype(int)
    px_per_m = 256 * (1 - 2 * drawing.MARGIN) / eye.span
    beside, far = (round(128 + metres * px_per_m) for metres in (0.34, 0.8))
    assert row[beside] < row[far] - 8


def test_same_file_is_drawn_the_same_way_twice(tmp_path):
    pieces = read(ball_glb(tmp_path / "ball.glb"), texture_px=64)
    eye = drawing.eye_for(pieces, drawing.axes_of(30.0, 20.0))
    assert np.array_equal(drawing.draw(pieces, eye, 96), drawing.draw(pieces, eye, 96))


# What a job gets


def test_job_has_a_turntable_where_it_was_asked_for(tmp_path):
    data = ball_glb(tmp_path / "ball.glb", 2).read_bytes()
    adapter = Writes(output_glb=("model/gltf-binary", data))
    outcome = outcome_of(tmp_path, adapter, turntable=True)
    assert [file.role for file in outcome.files] == ["model", "thumbnail", "turntable"]
    last = outcome.files[-1]
    assert (last.name, last.media_type) == ("turntable.webp", "image/webp")
    assert last.size_bytes == (tmp_path / "out" / "turntable.webp").stat().st_size
    assert outcome.stage_s["turntable"] > 0
    assert outcome.warnings == ()


def test_turntable_that_fails_is_a_notice_and_the_job_lives(tmp_path):
    adapter = Writes(output_glb=("model/gltf-binary", b"glTF, not really"))
    outcome = outcome_of(tmp_path, adapter, turntable=True)
    assert [file.role for file in outcome.files] == ["model"]
    assert [notice.code for notice in outcome.warnings] == ["THUMBNAIL_FAILED", "TURNTABLE_FAILED"]
