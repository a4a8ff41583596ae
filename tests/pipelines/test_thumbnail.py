"""The thumbnail of a GLB: what is seen in it, what it reads, and a job that outlives one that fails."""

import json
import struct
import time

import numpy as np
import pytest
import trimesh
from PIL import Image

from pipelines.catalog import Catalog
from pipelines.errors import NothingToModel, PipelineError, UnreadableInput
from pipelines.execute import execute
from pipelines.geometry import drawing, fill, glb, raster, thumbnail
from pipelines.geometry.glb_drawn import read
from pipelines.spec import Outcome, OutputFile, Work
from tests.pipelines.classic_pictures import cube, figure, saved

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def seen(path) -> np.ndarray:
    """The thumbnail of a GLB as (512, 512, 4)."""
    target = path.with_suffix(".webp")
    assert thumbnail.write(path, target) == target.stat().st_size
    with Image.open(target) as picture:
        assert (picture.format, picture.mode, picture.size) == ("WEBP", "RGBA", (512, 512))
        return np.asarray(picture).astype(int)


def mostly(picture: np.ndarray, rows: slice, cols: slice) -> int:
    """Which of red, green, blue is strongest where the picture is covered."""
    part = picture[rows, cols]
    return int(part[part[..., 3] > 250][:, :3].mean(0).argmax())


def ball_glb(path, subdivisions=3, colour=(0.8, 0.8, 0.8)):
    ball = trimesh.creation.icosphere(subdivisions)
    material = glb.Material(colour_factor=colour)
    glb.write(path, ball.vertices, ball.faces, ball.vertex_normals, material=material)
    return path


def scene_glb(path, *parts, transforms=None):
    """Several coloured pieces, a node each, as another program writes them."""
    scene = trimesh.Scene()
    for index, (piece, colour) in enumerate(parts):
        piece.visual = trimesh.visual.ColorVisuals(piece, vertex_colors=(*colour, 255))
        matrix = np.eye(4) if transforms is None else transforms[index]
        scene.add_geometry(piece, transform=matrix)
    path.write_bytes(scene.export(file_type="glb"))
    return path


def test_a_ball_is_a_disc_on_nothing(tmp_path):
    alpha = seen(ball_glb(tmp_path / "ball.glb"))[..., 3]
    assert not alpha[:8].any() and not alpha[:, :8].any(), "a margin stays free"
    assert alpha[256, 256] == 255
    radius = 512 * (1 - 2 * drawing.MARGIN) / 2
    assert (alpha / 255).sum() == pytest.approx(np.pi * radius**2, rel=0.02)


def test_a_ball_is_lit_from_the_upper_left(tmp_path):
    grey = seen(ball_glb(tmp_path / "ball.glb"))[..., 0]
    assert grey[150, 180] > grey[256, 256] > grey[400, 380] > 60


def test_the_eye_is_in_front_a_little_to_the_left_and_above(tmp_path):
    def plate(offset, size):
        return trimesh.creation.box(size).apply_translation(offset)

    path = scene_glb(
        tmp_path / "sides.glb",
        (plate((0, 0, 0.5), (1, 1, 0.02)), RED),
        (plate((0.5, 0, 0), (0.02, 1, 1)), GREEN),
        (plate((0, 0.5, 0), (1, 0.02, 1)), BLUE),
    )
    picture = seen(path)
    assert mostly(picture, slice(280, 320), slice(150, 220)) == 0, "the front is on the left"
    assert mostly(picture, slice(280, 320), slice(420, 450)) == 1, "the left side is on the right"
    assert mostly(picture, slice(70, 90), slice(230, 280)) == 2, "the top is up"


def test_what_is_nearer_hides_what_is_behind(tmp_path):
    towards_the_eye = np.array([0.5, 0.33, 0.83])
    near = trimesh.creation.icosphere(2, 0.4).apply_translation(2 * towards_the_eye)
    far = trimesh.creation.box((6, 6, 0.1))
    picture = seen(scene_glb(tmp_path / "two.glb", (near, RED), (far, BLUE)))
    assert mostly(picture, slice(250, 262), slice(250, 262)) == 0


def test_nodes_stand_where_their_transforms_put_them(tmp_path):
    up = np.eye(4)
    up[1, 3] = 4.0
    turned = trimesh.transformations.rotation_matrix(0.5, (0, 1, 0)) * 0.5
    turned[3, 3] = 1.0
    parts = [(trimesh.creation.icosphere(2), RED), (trimesh.creation.icosphere(2), GREEN)]
    picture = seen(scene_glb(tmp_path / "a.glb", *parts, transforms=[up, turned]))
    assert mostly(picture, slice(60, 150), slice(200, 300)) == 0
    assert mostly(picture, slice(400, 480), slice(200, 300)) == 1


def test_a_texture_is_seen_the_right_way_up(tmp_path):
    corners = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], float)
    uv = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)
    image = np.zeros((64, 64, 3), np.uint8)
    image[:32], image[32:] = RED, BLUE
    glb.write(
        tmp_path / "sheet.glb",
        corners,
        np.array([[0, 1, 2], [0, 2, 3]]),
        np.tile([0.0, 0.0, 1.0], (4, 1)),
        uv=uv,
        material=glb.Material(base_colour=image),
    )
    picture = seen(tmp_path / "sheet.glb")
    assert mostly(picture, slice(100, 200), slice(200, 300)) == 0
    assert mostly(picture, slice(320, 400), slice(200, 300)) == 2


def test_a_face_seen_from_behind_is_drawn_and_lit(tmp_path):
    corners = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0]], float)
    glb.write(
        tmp_path / "back.glb", corners, np.array([[0, 2, 1]]), np.tile([0.0, 0.0, -1.0], (3, 1))
    )
    picture = seen(tmp_path / "back.glb")
    assert picture[picture[..., 3] == 255][:, 0].mean() > 150


def changed(path, **row):
    """The GLB with other values in its JSON part."""
    data = path.read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    text = json.dumps({**json.loads(data[20 : 20 + length]), **row}).encode()
    text += b" " * (-len(text) % 4)
    rest = data[20 + length :]
    head = struct.pack("<4sII", b"glTF", 2, 20 + len(text) + len(rest))
    path.write_bytes(head + struct.pack("<I4s", len(text), b"JSON") + text + rest)
    return path


def test_what_cannot_be_drawn_is_refused_in_words(tmp_path):
    empty = changed(ball_glb(tmp_path / "empty.glb"), nodes=[{"name": "nothing"}])
    loop = changed(ball_glb(tmp_path / "loop.glb"), nodes=[{"children": [0]}])
    with pytest.raises(NothingToModel):
        seen(empty)
    with pytest.raises(UnreadableInput, match="cannot be drawn"):
        seen(loop)
    (tmp_path / "noise.glb").write_bytes(b"glTF and nothing else")
    with pytest.raises(UnreadableInput):
        seen(tmp_path / "noise.glb")
    whole = ball_glb(tmp_path / "cut.glb").read_bytes()
    (tmp_path / "cut.glb").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreadableInput):
        seen(tmp_path / "cut.glb")


def test_points_that_are_not_finite_do_no_harm(tmp_path):
    ball = trimesh.creation.icosphere(2)
    points = ball.vertices.copy()
    points[5] = np.nan
    data = ball_glb(tmp_path / "ball.glb", 2).read_bytes()
    whole = points.astype(np.float32).tobytes()
    old = ball.vertices.astype(np.float32).tobytes()
    assert old in data
    (tmp_path / "ball.glb").write_bytes(data.replace(old, whole))
    assert (seen(tmp_path / "ball.glb")[..., 3] == 255).mean() > 0.5


def test_every_pixel_of_two_faces_that_share_an_edge_is_drawn_once_and_none_is_missed():
    random = np.random.default_rng(3)
    for _ in range(20):
        a, b, c = random.uniform(2, 38, (3, 2))
        square = [(0, 0), (40, 0), (40, 40), (0, 40)]
        fan = [[(20.3, 19.7), square[k], square[(k + 1) % 4]] for k in range(4)]
        corners = np.zeros((5, 3, 3), np.float32)
        corners[:4, :, :2] = fan
        corners[4, :, :2] = (a, b, c)
        corners[:4, :, 2], corners[4, :, 2] = 0.5, 0.2
        owner = raster.seen_faces(corners, 40)
        assert (owner >= 0).all()
        share = raster.weights(corners, *(np.ravel(x) for x in (owner, *np.mgrid[:40, :40][::-1])))
        assert np.allclose(share.sum(1), 1, atol=1e-5)
        (x1, y1), (x2, y2), (x3, y3) = a, b, c
        area = abs((x2 - x1) * (y3 - y1) - (x3 - x1) * (y2 - y1)) / 2
        length = sum(np.hypot(*(p - q)) for p, q in ((a, b), (b, c), (c, a)))
        assert abs((owner == 4).sum() - area) <= length, "the nearer face is seen whole"


def test_faces_without_end_behind_each_other_are_refused_at_once(tmp_path):
    corners = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0]], float)
    glb.write(
        tmp_path / "pile.glb",
        np.tile(corners, (1000, 1)),
        np.arange(3000).reshape(-1, 3),
        np.tile([0.0, 0.0, 1.0], (3000, 1)),
    )
    began = time.process_time()
    with pytest.raises(PipelineError, match="one behind the other"):
        seen(tmp_path / "pile.glb")
    assert time.process_time() - began < 1


def test_50_000_faces_take_half_a_second_of_cpu(tmp_path):
    ball = trimesh.creation.icosphere(6, 0.5)
    uv = np.random.default_rng(0).random((len(ball.vertices), 2)).astype(np.float32)
    image = np.full((1024, 1024, 3), 99, np.uint8)
    path = tmp_path / "large.glb"
    glb.write(
        path,
        ball.vertices,
        ball.faces[:50_000],
        ball.vertex_normals,
        uv=uv,
        material=glb.Material(base_colour=image),
    )
    spent = []
    for _ in range(3):
        began = time.process_time()
        thumbnail.write(path, tmp_path / "large.webp")
        spent.append(time.process_time() - began)
    assert min(spent) < 2.0, "four times the aim: this machine may be busy"


# What a job gets


class Writes:
    """An adapter of image_to_raw_mesh that leaves the given files."""

    def __init__(self, **files):
        self.files = files

    def load(self, device):
        pass

    def image_to_raw_mesh(self, work, report):
        rows = []
        for name, (media_type, data) in self.files.items():
            path = work.out_dir / name.replace("_", ".")
            path.write_bytes(data)
            rows.append(OutputFile(path.name, "model", media_type, len(data)))
        return Outcome(tuple(rows), stage_s={"geometry": 0.1})


def outcome_of(tmp_path, adapter, **params) -> Outcome:
    picture, out = saved(tmp_path, figure()), tmp_path / "out"
    out.mkdir()
    work = Work(
        "job",
        "image_to_raw_mesh",
        "classic_image_to_raw_mesh",
        {"image": picture},
        params,
        {"sparse_structure_sample_steps": 1},
        out,
    )
    return execute(work, Catalog.discover(), adapter, lambda stage, fraction=0.0: None)


def test_a_job_that_made_a_glb_has_a_thumbnail_after_it(tmp_path):
    data = cube(tmp_path / "cube.glb").read_bytes()
    outcome = outcome_of(
        tmp_path,
        Writes(facts_json=("application/json", b"{}"), output_glb=("model/gltf-binary", data)),
    )
    assert [file.name for file in outcome.files] == ["facts.json", "output.glb", "thumbnail.webp"]
    last = outcome.files[-1]
    assert (last.role, last.media_type) == ("thumbnail", "image/webp")
    assert last.size_bytes == (tmp_path / "out" / "thumbnail.webp").stat().st_size
    assert outcome.stage_s["thumbnail"] > 0 and outcome.warnings == ()


def test_a_job_without_a_glb_has_none(tmp_path):
    outcome = outcome_of(tmp_path, Writes(facts_json=("application/json", b"{}")))
    assert [file.name for file in outcome.files] == ["facts.json"] and outcome.warnings == ()


def test_a_thumbnail_that_fails_is_a_notice_and_the_job_lives(tmp_path, caplog):
    outcome = outcome_of(tmp_path, Writes(output_glb=("model/gltf-binary", b"glTF, not really")))
    assert [file.name for file in outcome.files] == ["output.glb"]
    (notice,) = outcome.warnings
    assert notice.code == "THUMBNAIL_FAILED" and "cannot be drawn" in notice.message
    assert not (tmp_path / "out" / "thumbnail.webp").exists()
    assert "job job: no thumbnail" in caplog.text and "Traceback" in caplog.text
    assert str(tmp_path) not in notice.message


def test_small_faces_are_seen_as_large_ones_are():
    """A face is drawn by its pixels where it is small, by its rows where it is not: what is nearest is the same."""
    rng = np.random.default_rng(3)
    middle = rng.uniform(4, 60, (900, 1, 2))
    flat = middle + rng.uniform(-1.2, 1.2, (900, 3, 2))
    corners = np.dstack([flat, rng.random((900, 3, 1))]).astype(np.float32)
    corners[::50, :, :2] += rng.uniform(-20, 20, (18, 3, 2)).astype(np.float32)
    seen = raster.seen_faces(corners, 64)
    for row, column in np.argwhere(np.ones((64, 64))):
        place = np.full(len(corners), 1)
        share = raster.weights(corners, np.arange(len(corners)), place * column, place * row)
        point = np.einsum("nk,nkd->nd", share, corners)
        inside = np.abs(point[:, :2] - (column + 0.5, row + 0.5)).max(1) < 1e-4
        (ax, ay), (bx, by) = ((corners[:, k, :2] - corners[:, 0, :2]).T for k in (1, 2))
        area = ax * by - ay * bx
        inside &= np.abs(area) > 1e-6
        depth = np.where(inside, point[:, 2], np.inf)
        if inside.any():
            assert depth[seen[row, column]] <= depth.min() + 1e-3
        else:
            assert seen[row, column] == -1


@pytest.mark.parametrize("size", [64, 61])
def test_what_is_hidden_is_left_out_and_no_more(monkeypatch, size):
    """Many small faces behind and before each other, a few wide ones: drawn from near to far they show the same."""
    rng = np.random.default_rng(7)
    flat = rng.uniform(2, size - 2, (6000, 1, 2)) + rng.uniform(-2.5, 2.5, (6000, 3, 2))
    flat[::97] = rng.uniform(2, size - 2, (62, 3, 2))
    depth = rng.uniform(0.02, 0.98, (6000, 1)) + rng.uniform(-0.02, 0.02, (6000, 3))
    corners = np.dstack([flat, depth]).astype(np.float32)
    all_of_them = raster.seen_faces(corners, size)
    monkeypatch.setattr(raster, "BAND_FACES", 250)
    monkeypatch.setattr(raster, "DRAWN_FACES", 250)
    monkeypatch.setattr(raster, "LOOK_AFTER", 250)
    monkeypatch.setattr(raster, "LOOK_AGAIN", 1.0)
    drawn = []
    draw = fill.draw
    monkeypatch.setattr(
        fill,
        "draw",
        lambda buffer, faces, area, size: (
            drawn.extend(faces.number[np.maximum(faces.width, faces.height) <= 2].tolist()),
            draw(buffer, faces, area, size),
        ),
    )
    near_first = np.argsort(corners[:, :, 2].min(1))
    seen_now = raster.seen_faces(corners[near_first], size)
    assert np.array_equal(np.where(seen_now < 0, -1, near_first[seen_now]), all_of_them)
    assert len(drawn) < 2500, "most small faces lie behind others"


def test_many_faces_look_as_few_do(tmp_path, monkeypatch):
    """Above a number of faces they are drawn a little smaller: nobody sees it."""
    path = ball_glb(tmp_path / "ball.glb", 5)
    usual = seen(path)
    monkeypatch.setattr(drawing, "COARSER", ((1000, 1.25),))
    assert np.abs(seen(path) - usual).mean() < 1.5


def test_faces_whose_edges_lie_on_lines_of_centres_leave_no_gap():
    across, down = np.meshgrid(np.arange(9) + 3.5, np.arange(9) + 3.5)
    points = np.stack([across.ravel(), down.ravel(), np.full(81, 0.5)], axis=1).astype(np.float32)
    one = np.arange(72).reshape(8, 9)[:, :8].ravel()
    faces = np.concatenate(
        [np.stack([one, one + 1, one + 10], 1), np.stack([one, one + 10, one + 9], 1)]
    )
    assert (raster.seen(points, faces, 16)[4:11, 4:11] >= 0).all()


def test_an_image_that_many_materials_share_is_read_once(tmp_path, monkeypatch):
    path = tmp_path / "many.glb"
    image = trimesh.visual.material.PBRMaterial(baseColorTexture=Image.new("RGB", (64, 64), GREEN))
    ball = trimesh.creation.uv_sphere(count=(6, 6))
    uv = np.abs(ball.vertices[:, :2])
    ball.visual = trimesh.visual.TextureVisuals(uv=uv, material=image)
    path.write_bytes(trimesh.Scene([ball]).export(file_type="glb"))
    data = path.read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    document = json.loads(data[20 : 20 + length])
    document["materials"] *= 3
    document["meshes"][0]["primitives"] *= 3
    document["meshes"][0]["primitives"] = [
        row | {"material": number} for number, row in enumerate(document["meshes"][0]["primitives"])
    ]
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    rest = data[20 + length :]
    head = struct.pack("<4sII", b"glTF", 2, 20 + len(text) + len(rest))
    path.write_bytes(head + struct.pack("<I4s", len(text), b"JSON") + text + rest)
    opened = []
    monkeypatch.setattr(
        Image,
        "open",
        lambda *given, _open=Image.open, **more: opened.append(1) or _open(*given, **more),
    )
    pieces = read(path, texture_px=64)
    assert len(pieces) == 3 and len(opened) == 1
    assert pieces[0].surface.texture is pieces[2].surface.texture


def test_the_reader_gives_pieces_in_the_scene(tmp_path):
    (piece,) = read(cube(tmp_path / "cube.glb"), texture_px=64)
    assert piece.vertices.min() == 3.0 and piece.vertices.max() == 5.0
    assert len(piece.faces) == 12 and piece.uv is None and piece.surface.texture is None
