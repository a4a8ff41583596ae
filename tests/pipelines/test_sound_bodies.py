"""What a reader finds who welds a result's points by place: closed bodies, whatever the file's seams."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image, ImageDraw

from pipelines.geometry import decimate
from pipelines.geometry.slivers import without_slivers
from pipelines.geometry.sound import is_sound, sound, sound_within
from tests.pipelines.classic_pictures import figure, run, saved

# Families whose parts touch in edges, lie flat on each other, are thin, or hang together by little.
FAMILIES = """
    cake galleon piano balloon guitar giraffe trebuchet umbrella superhero king island clover gingerbread_man vampire
    brazier colosseum hay_bale arch altar chess_board jerry_can parachute punching_bag ferris_wheel salad basket
    eiffel_tower carousel birdcage electric_guitar racket goal tower_crane dog car house chair tree sword cup
"""
NAMES = [name.replace("_", " ") for name in FAMILIES.split()]
COARSE = {"sparse_structure_sample_steps": 1}


def welded(path: Path) -> trimesh.Trimesh:
    """The file's triangles with its points joined by place alone, as trimesh finds them."""
    mesh = trimesh.load(path, force="mesh", process=False)
    mesh = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
    mesh.merge_vertices()
    return mesh


def assert_sound(mesh: trimesh.Trimesh) -> None:
    ends = Counter(map(tuple, mesh.edges_sorted.tolist()))
    assert set(ends.values()) == {2}, "an edge has not two faces"
    assert mesh.is_watertight and mesh.is_winding_consistent
    assert mesh.area_faces.min() > 0.0
    volumes = [body.volume for body in mesh.split(only_watertight=False)]
    assert np.abs(volumes).min() > 1e-6 * np.sum(volumes), "a body has no volume"


@pytest.mark.parametrize("style", ["realistic", "lowpoly"])
@pytest.mark.parametrize("name", NAMES)
def test_a_text_object_is_closed_when_welded(name, style, tmp_path):
    outcome = run("text_to_raw_mesh", {}, tmp_path, {"text_prompt": name, "style": style})
    assert_sound(welded(tmp_path / "output.glb"))
    assert outcome.info["watertight"]


@pytest.mark.parametrize(
    "params",
    [
        {"text_prompt": "cake"},
        {"text_prompt": "king", "style": "cartoon"},
        {"text_prompt": "galleon", "style": "lowpoly"},
        {"text_prompt": "goblin", "target_face_count": 500},
        {"text_prompt": "ladder", "vertex_limit": 300},
        {"text_prompt": "a trebuchet beside a castle"},
        {"text_prompt": "a cat on a chair, 20 cm tall", "simplify_ratio": 0.2},
    ],
    ids=lambda params: " ".join(map(str, params.values())),
)
def test_a_textured_text_object_is_closed_when_welded(params, tmp_path):
    outcome = run("text_to_textured_mesh", {}, tmp_path, {**params, "texture_size": 256})
    mesh = welded(tmp_path / "output.glb")
    assert_sound(mesh)
    assert outcome.info["watertight"] and outcome.info["face_count"] == len(mesh.faces)
    assert outcome.info["vertex_count"] <= params.get("vertex_limit", 100_000)


def creature(view: str) -> Image.Image:
    """A thing on four thin legs with a thin tail, seen from a side."""
    picture = Image.new("RGBA", (200, 160), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    brown = (150, 90, 40, 255)
    left, right = (40, 160) if view == "image_left" else (75, 125)
    if view == "image_top":
        draw.rounded_rectangle((75, 20, 125, 140), 20, fill=brown)
        draw.line((100, 140, 100, 158), fill=brown, width=3)
        return picture
    draw.rounded_rectangle((left, 30, right, 100), 25, fill=brown)
    for x in (left + 5, right - 13):
        draw.rectangle((x, 80, x + 8, 150), fill=brown)
    if view == "image_left":
        draw.line((left + 4, 45, left - 30, 20), fill=brown, width=3)
    return picture


@pytest.mark.parametrize(
    "params", [{}, {"style": "lowpoly"}, {"target_face_count": 300}, {"vertex_limit": 250}], ids=str
)
@pytest.mark.parametrize(
    "slots", [("image",), ("image", "image_left"), ("image", "image_left", "image_top")]
)
def test_a_shape_of_pictures_is_closed_when_welded(slots, params, tmp_path):
    pictures = {slot: saved(tmp_path, creature(slot), f"{slot}.png") for slot in slots}
    outcome = run("image_to_raw_mesh", pictures, tmp_path, params, COARSE)
    assert_sound(welded(tmp_path / "output.glb"))
    assert outcome.info["watertight"]
    assert outcome.info["vertex_count"] <= params.get("vertex_limit", 100_000)


def test_a_textured_shape_of_a_picture_is_closed_when_welded(tmp_path):
    front = saved(tmp_path, figure())
    run("image_to_textured_mesh", {"image": front}, tmp_path, {"texture_size": 256}, COARSE)
    assert_sound(welded(tmp_path / "output.glb"))


def boxes(*places: tuple[float, float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Cubes of side 1 whose least corners are at the places, each with points of its own."""
    cubes = [trimesh.creation.box(bounds=(np.array(place), np.add(place, 1.0))) for place in places]
    whole = trimesh.util.concatenate(cubes)
    return np.asarray(whole.vertices), np.asarray(whole.faces)


@pytest.mark.parametrize(
    ("places", "volume", "bodies"),
    [
        (((0, 0, 0), (1, 1, 0)), 2.0, 2),  # touch with an edge
        (((0, 0, 0), (1, 1, 1)), 2.0, 2),  # with a corner
        (((0, 0, 0), (1, 0, 0)), 2.0, 2),  # with a side, cut into faces in another way
        (((0, 0, 0), (1, 1, 0), (0, 1, 1)), 3.0, 3),
        (((0, 0, 0), (1 + 1e-9, 1, 0)), 2.0, 2),
    ],
)
def test_bodies_that_touch_are_taken_apart(places, volume, bodies):
    found = sound(*boxes(*places))
    assert is_sound(found.vertices, found.faces)
    mesh = trimesh.Trimesh(found.vertices.astype(np.float32), found.faces, process=False)
    mesh.merge_vertices()
    assert_sound(mesh)
    assert mesh.volume == pytest.approx(volume, rel=1e-3) and mesh.body_count == bodies


def test_bodies_that_touch_with_faces_are_one():
    one = trimesh.creation.box()
    one.apply_translation((0.5, 0, 0))
    other = one.copy().apply_transform(np.diag((-1.0, 1, 1, 1)))
    both = trimesh.util.concatenate([one, other])
    assert decimate.is_closed(both.faces) and not is_sound(both.vertices, both.faces)
    found = sound(both.vertices, both.faces)
    mesh = trimesh.Trimesh(found.vertices, found.faces, process=False)
    assert_sound(mesh)
    assert mesh.body_count == 1 and mesh.volume == pytest.approx(2.0)


def test_a_sound_mesh_stays_as_it_is_but_for_rounding():
    ball = trimesh.creation.icosphere(2)
    found = sound(ball.vertices, ball.faces)
    assert np.array_equal(found.vertices, ball.vertices.astype(np.float32))
    assert np.array_equal(found.faces, ball.faces)
    assert np.array_equal(found.rows, np.arange(len(ball.faces)))


def test_crumbs_go_and_small_things_stay():
    ball, fly = trimesh.creation.icosphere(2), trimesh.creation.icosphere(2, radius=0.003)
    fly.apply_translation((0, 1.2, 0))
    sheet = trimesh.creation.box((0.3, 1e-7, 0.3))
    sheet.apply_translation((0, 1.5, 0))
    whole = trimesh.util.concatenate([ball, fly, sheet])
    found = sound(whole.vertices, whole.faces)
    assert len(found.faces) == len(ball.faces) + len(fly.faces)
    assert found.rows.max() < len(found.faces), "the faces of the first two"


def test_a_face_of_no_area_is_turned_and_the_surface_stays():
    # A box whose top has a corner on the middle of an edge, with a face between that corner and the edge.
    box = trimesh.creation.box()
    vertices = np.concatenate([box.vertices, [(box.vertices[0] + box.vertices[1]) / 2.0]])
    edge = {0, 1}
    one, other = (row for row, face in enumerate(box.faces) if edge <= set(face.tolist()))
    a, b = (int(corner) for corner in np.roll(box.faces[one], -_start(box.faces[one], edge))[:2])
    apex = next(int(corner) for corner in box.faces[one] if corner not in edge)
    rows = box.faces.tolist()
    rows[one] = [a, 8, apex]
    rows += [[8, b, apex], [a, b, 8]]
    faces = np.array(rows)
    assert decimate.is_closed(faces)
    turned = without_slivers(vertices, faces, 1e-6)
    assert turned.rows is not None and len(turned.tops) == 0
    assert turned.rows[-1] == other, "the flat face is now a part of its neighbour"
    mesh = trimesh.Trimesh(vertices, turned.faces, process=False)
    assert_sound(mesh)
    assert mesh.volume == pytest.approx(1.0) and mesh.area == pytest.approx(6.0)


def _start(face: np.ndarray, edge: set[int]) -> int:
    return next(k for k in range(3) if {int(face[k]), int(face[(k + 1) % 3])} == edge)


def test_what_is_taken_apart_keeps_within_its_vertices():
    vertices, faces = boxes((0, 0, 0), (1, 1, 0), (2, 0, 0), (0, 2, 0))
    dense = trimesh.Trimesh(vertices, faces, process=False).subdivide().subdivide()
    found = sound_within(dense.vertices, dense.faces, 200, 120, first_tolerance=1e-4)
    assert len(found.vertices) <= 120 and is_sound(found.vertices, found.faces)


@pytest.mark.parametrize("faces", [[], [[0, 1, 2]], [[0, 1, 2], [0, 1, 2]]], ids=len)
def test_what_is_open_is_not_sound(faces):
    assert not is_sound(np.eye(3), np.array(faces, np.int64).reshape(-1, 3))
