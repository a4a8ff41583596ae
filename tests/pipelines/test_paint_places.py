"""Prompts of several materials: the words find their places, and the paint is found there on the mesh."""

import numpy as np
import pytest
import trimesh

from pipelines.geometry.materials import coats, pieces, places
from pipelines.geometry.materials.registry import material_words, materials
from pipelines.words.coats import NATURAL, read_dress
from pipelines.words.coats import places as known_places
from tests.pipelines.classic_pictures import run, textures


@pytest.mark.parametrize(
    ("text", "base", "coats"),
    [
        ("gold with silver trim", "gold", [("silver", "edges")]),
        ("snow on top", "stone", [("snow", "top")]),
        ("snow on top of a brick wall", "brick", [("snow", "top")]),
        ("marble, mossy at the bottom", "marble", [("moss", "bottom")]),
        ("rusty edges", "steel", [("rust", "edges")]),
        ("stone with moss in the crevices", "stone", [("moss", "crevices")]),
        ("wood with gold edges", "wood", [("gold", "edges")]),
        ("edges in gold on black marble", "marble", [("gold", "edges")]),
        ("oak topped with snow", "wood", [("snow", "top")]),
        ("leather trimmed with brass", "leather", [("brass", "edges")]),
        ("stone with moss", "stone", [("moss", "growth")]),
        (
            "steel with patches of rust and snow on top",
            "steel",
            [("rust", "patches"), ("snow", "top")],
        ),
        ("blue at the top, yellow at the bottom", None, [(None, "top")]),
        ("red and white stripes", "stripes", []),
        ("rusty metal", "rust", []),
    ],
)
def test_words_find_materials_and_places(text, base, coats):
    dress = read_dress(text, material_words())
    assert dress.base.material == base
    assert [(coat.finish.material, coat.place) for coat in dress.coats] == coats


def test_a_second_material_of_a_thing_of_its_own_is_for_that_part_and_not_for_the_edges():
    dress = read_dress("red leather seat, chrome legs", material_words())
    assert (dress.base.material, dress.coats, dress.unused) == ("leather", [], ["seat"])
    assert [part.noun for part in dress.parts] == [("legs",)]


def test_natural_places_are_places_and_their_materials_are_known():
    assert set(NATURAL.values()) <= set(known_places()) and set(NATURAL) <= set(materials())


def fields_of(mesh):
    """Places on a mesh made unit-size: centres (m, 3) and fields (m, f) of its pieces, and the face of each."""
    corners = mesh.vertices[mesh.faces]
    corners = (corners - mesh.bounds.mean(0)) / mesh.extents.max()
    shares, origin = pieces.cut_faces(corners)
    cut = np.einsum("mkc,mcd->mkd", shares, corners[origin])
    return cut.mean(1), places.fields(cut, corners).mean(1), origin


def test_cut_faces_cover_the_same_surface_with_short_sides():
    corners = trimesh.creation.box().triangles
    shares, origin = pieces.cut_faces(corners)
    cut = np.einsum("mkc,mcd->mkd", shares, corners[origin])
    area = np.linalg.norm(places.normals(cut), axis=1)
    assert np.bincount(origin, area) == pytest.approx(
        np.linalg.norm(places.normals(corners), axis=1)
    )
    assert np.linalg.norm(cut - np.roll(cut, 1, axis=1), axis=2).max() < 0.03


def test_a_long_thin_face_is_cut_across_alone_and_keeps_its_surface():
    corners = np.array([[[0, 0, 0], [1, 0, 0], [0, 0.01, 0]], [[0, 0, 0], [0, 0.2, 0], [0, 0, 1]]])
    shares, origin = pieces.cut_faces(corners)
    cut = np.matmul(shares, corners[origin])
    normals = places.normals(cut)
    assert np.bincount(origin).tolist()[0] < 200
    assert np.linalg.norm(cut - np.roll(cut, 1, axis=1), axis=2).max() < 0.03
    for face, whole in enumerate(places.normals(corners)):
        here = normals[origin == face]
        assert here.sum(0) == pytest.approx(whole) and (here @ whole > 0).all()


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("stone with gold trim on the edges", pieces.PIECE),
        ("stone with moss in the crevices", pieces.SLOW_PIECE),
        ("stone with cracks", np.inf),
    ],
)
def test_faces_are_cut_as_finely_as_the_coats_need(text, piece):
    found = read_dress(text, material_words()).coats
    assert found and coats.largest_piece(found) == piece


def test_edges_of_a_box_are_along_its_edges():
    centres, known, _ = fields_of(trimesh.creation.box())
    away = np.sort(0.5 - np.abs(centres), axis=1)[:, 1]  # from the nearest edge
    assert known[away < 0.006, places.EDGE].min() > 0.5
    assert known[away > 0.04, places.EDGE].max() < 0.1


def test_a_groove_is_a_crevice_and_hidden_and_a_ball_is_neither():
    two = trimesh.boolean.union(
        [
            trimesh.creation.icosphere(4),
            trimesh.creation.icosphere(4).apply_translation([1.7, 0, 0]),
        ],
        engine="manifold",
    )
    centres, known, _ = fields_of(two)
    joint = np.hypot(centres[:, 1], centres[:, 2])
    in_joint = (np.abs(centres[:, 0]) < 0.012) & (joint < 0.25)
    assert known[in_joint, places.CREVICE].mean() > 0.7
    assert known[np.abs(centres[:, 0]) > 0.25, places.CREVICE].mean() < 0.1
    ball = fields_of(trimesh.creation.icosphere(4))[1]
    assert ball[:, places.OPEN].min() > 0.9
    assert ball[:, [places.EDGE, places.CREVICE]].max() < 0.3


def test_fields_do_not_depend_on_how_fine_the_mesh_is():
    coarse = fields_of(trimesh.creation.box())
    fine = fields_of(trimesh.creation.box().subdivide().subdivide().subdivide().subdivide())
    means = [
        np.array([known[:, k].mean() for k in range(places.FIELDS)])
        for _, known, _ in (coarse, fine)
    ]
    assert means[0] == pytest.approx(means[1], abs=0.03)


def paint(folder, mesh, text, **params):
    path = folder / "mesh.ply"
    path.write_bytes(mesh.export(file_type="ply"))
    return run(
        "text_mesh_painting",
        {"mesh": path},
        folder,
        {"text_prompt": text, "texture_size": 512, **params},
    )


def colours_at(folder):
    """Centres of the painted faces, unit normals, and the colour in the middle of each."""
    made = trimesh.load(folder / "output.glb", force="mesh", process=False)
    picture = np.asarray(textures(folder / "output.glb")[0].convert("RGB"), float)
    uv = made.visual.uv[made.faces].mean(1)
    size = len(picture)
    row, column = ((1 - uv[:, 1]) * size).astype(int), (uv[:, 0] * size).astype(int)
    return made.triangles_center, made.face_normals, picture[row, column]


def test_snow_lies_on_what_looks_up(tmp_path):
    ball = trimesh.creation.icosphere(4)
    outcome = paint(tmp_path, ball, "snow on top of black rubber")
    _, normals, colour = colours_at(tmp_path)
    assert colour[normals[:, 1] > 0.85].mean() > 200 and colour[normals[:, 1] < 0].mean() < 60
    (coat,) = outcome.info["coats"]
    assert coat["material"] == "snow" and coat["place"] == "top" and 0.1 < coat["share"] < 0.5


def test_sides_and_halves_are_told_apart(tmp_path):
    ball = trimesh.creation.icosphere(3)
    paint(tmp_path, ball, "green, red on the left")
    centres, _, colour = colours_at(tmp_path)
    reds = colour[:, 0] > colour[:, 1]
    assert reds[centres[:, 0] > 0.15].all() and not reds[centres[:, 0] < -0.15].any(), (
        "its own left is +X"
    )


def test_a_ball_without_edges_gets_its_trim_around_top_and_foot(tmp_path):
    paint(tmp_path, trimesh.creation.icosphere(4), "red with white trim")
    centres, _, colour = colours_at(tmp_path)
    white = colour.min(1) > 150
    assert (
        white[np.abs(centres[:, 1]) > 0.93].all() and not white[np.abs(centres[:, 1]) < 0.7].any()
    )


def test_a_place_that_the_mesh_has_not_is_told(tmp_path):
    outcome = paint(tmp_path, trimesh.creation.icosphere(3), "gold with moss in the crevices")
    assert [notice.code for notice in outcome.warnings] == ["PLACE_NOT_FOUND"]
