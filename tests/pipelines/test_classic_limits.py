"""Faces and vertices of the built-in shape model: the share kept, limits that are kept, open meshes told of."""

import numpy as np
import pytest
from PIL import Image

from pipelines.geometry import decimate
from tests.pipelines.classic_pictures import figure
from tests.pipelines.coarse_shapes import TEXTURED, make


@pytest.mark.parametrize("ratio", [0.5, 0.1, 0.01])
def test_simplify_ratio_is_the_share_of_faces_kept(tmp_path, ratio):
    outcome, mesh = make(tmp_path, params={"simplify_ratio": ratio})
    assert len(mesh.faces) == pytest.approx(decimate.STANDARD_FACES * ratio, rel=0.05)
    assert outcome.info["watertight"] and decimate.is_closed(mesh.faces)


def test_a_mesh_that_stays_open_is_delivered_with_two_words_of_warning(tmp_path, monkeypatch):
    import trimesh

    from pipelines.geometry import build

    ball = trimesh.creation.icosphere(6, 40)
    monkeypatch.setattr(
        build.solid,
        "from_front",
        lambda front, shape, guess: (
            ball.vertices.copy(),
            ball.faces[::2].copy(),
            np.full(3, 80.0),
        ),
    )
    outcome, mesh = make(tmp_path, params={"simplify_ratio": 0.5})
    messages = {notice.code: notice.message for notice in outcome.warnings}
    assert set(messages) == {"NOT_WATERTIGHT", "FACE_COUNT_MISSED"}
    assert f"{len(mesh.faces)} faces where 6000" in messages["FACE_COUNT_MISSED"]
    assert outcome.info["watertight"] is False


def test_a_face_count_below_the_fewest_is_said(tmp_path):
    from pipelines.geometry import build, matting
    from pipelines.geometry.solid import Shape

    cutout = matting.cut_out(np.asarray(figure()))
    model = build.model_from_views({"image": cutout}, Shape(resolution=16), build.Budget(0.01))
    assert [notice.code for notice in model.notices] == ["FACE_COUNT_MISSED"]
    assert model.watertight


@pytest.mark.parametrize("limit", [100, 1000, 5000])
def test_a_vertex_limit_is_kept_and_the_mesh_stays_closed(tmp_path, limit):
    outcome, mesh = make(tmp_path, params={"vertex_limit": limit})
    assert 0.9 * limit < outcome.info["vertex_count"] <= limit
    assert len(mesh.vertices) == outcome.info["vertex_count"]
    assert outcome.info["watertight"] and decimate.is_closed(mesh.faces)
    assert outcome.warnings == ()


def test_a_vertex_limit_holds_beside_a_ratio_and_a_style(tmp_path):
    both = {"vertex_limit": 5000, "simplify_ratio": 0.1}
    assert make(tmp_path, params=both)[0].info["vertex_count"] == pytest.approx(500, rel=0.3)
    few = {"vertex_limit": 120, "style": "lowpoly"}
    info = make(tmp_path, TEXTURED, params=few)[0].info
    assert info["vertex_count"] <= 120 and info["watertight"]


def test_a_high_vertex_limit_keeps_more_detail_and_a_huge_one_no_end_of_it(tmp_path):
    fine = {"sparse_structure_sample_steps": 12}
    standard, more, huge = (
        make(tmp_path, params={"vertex_limit": limit}, options=fine)[0].info["vertex_count"]
        for limit in (None, 10_000, 1_000_000)
    )
    assert standard < 6_100 < 9_000 < more <= 10_000 < huge <= decimate.FINEST_FACES // 2 + 100


def test_many_small_objects_fit_a_small_limit_too(tmp_path):
    picture = Image.new("RGBA", (200, 200))
    for x in range(10, 190, 30):
        for y in range(10, 190, 30):
            picture.paste((200, 60, 60, 255), (x, y, x + 20, y + 20))
    outcome, mesh = make(tmp_path, params={"vertex_limit": 100}, picture=picture)
    assert outcome.info["vertex_count"] <= 100 and decimate.is_solid(mesh.vertices, mesh.faces)


def test_a_limit_that_an_open_mesh_cannot_keep_is_refused(tmp_path, monkeypatch):
    import trimesh

    from pipelines.errors import InvalidValue
    from pipelines.geometry import build

    ball = trimesh.creation.icosphere(5, 40)
    monkeypatch.setattr(
        build.solid,
        "from_front",
        lambda front, shape, guess: (
            ball.vertices.copy(),
            ball.faces[::2].copy(),
            np.full(3, 80.0),
        ),
    )
    with pytest.raises(InvalidValue, match="vertex_limit is 100; this object needs"):
        make(tmp_path, params={"vertex_limit": 100})
