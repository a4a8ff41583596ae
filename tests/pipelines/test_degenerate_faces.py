"""Three faces of ten have no area: results keep them in their places, and nothing is computed of them."""

import json

import numpy as np
import pytest
import trimesh

from pipelines.catalog import Catalog
from pipelines.execute import execute
from pipelines.formats import files
from pipelines.spec import Work
from tests.pipelines.classic_pictures import figure, saved
from tests.pipelines.solids import capsule_figure, joined

SHARE = 0.3
# What a result's numbers may differ by from those of the mesh without these faces.
CLOSE = 0.02


def with_degenerate(mesh: trimesh.Trimesh) -> trimesh.Trimesh:
    """The mesh with faces of no area between its own: with a corner named twice, on a line, on a point, in turn."""
    rng = np.random.default_rng(0)
    points, faces = np.asarray(mesh.vertices), np.asarray(mesh.faces)
    count = round(len(faces) * SHARE / (1 - SHARE))
    bad = faces[rng.integers(0, len(faces), count)].copy()
    twice, line, point = np.array_split(np.arange(count), 3)
    bad[twice, 2] = bad[twice, 1]
    middles = points[bad[line, :2]].mean(axis=1)
    bad[line, 2] = len(points) + np.arange(len(line))
    on_point = points[bad[point, 0]]
    first = len(points) + len(line)
    bad[point, 1] = first + np.arange(len(point))
    bad[point, 2] = first + len(point) + np.arange(len(point))
    whole = np.concatenate([faces, bad])
    rng.shuffle(whole)
    return trimesh.Trimesh(
        np.concatenate([points, middles, on_point, on_point]), whole, process=False
    )


@pytest.fixture(scope="module")
def sent(tmp_path_factory):
    """Files of the clean mesh and of that with such faces, as GLB and OBJ; how many faces each has; a picture."""
    folder = tmp_path_factory.mktemp("sent")
    clean = joined(capsule_figure(), 2)
    meshes = {"clean": clean, "dirty": with_degenerate(clean)}
    paths = {}
    for name, mesh in meshes.items():
        paths[name, "glb"], paths[name, "obj"] = folder / f"{name}.glb", folder / f"{name}.obj"
        paths[name, "glb"].write_bytes(mesh.export(file_type="glb"))
        rows = ["v {:.9g} {:.9g} {:.9g}".format(*row) for row in mesh.vertices]
        rows += ["f {} {} {}".format(*row) for row in mesh.faces + 1]
        paths[name, "obj"].write_text("\n".join(rows))
    return paths, {name: len(mesh.faces) for name, mesh in meshes.items()}, saved(folder, figure())


def executed(feature, mesh, picture, folder, **params):
    """A feature's run by the built-in model, as the runner does it."""
    catalog = Catalog.discover()
    card = catalog.card(feature, f"classic_{feature}")
    adapter = catalog.adapters[card.model_id]()
    adapter.load("cpu")
    known = {"mesh": mesh, "image": picture}
    inputs = {name: known[name] for name in catalog.features[feature].inputs if name in known}
    folder.mkdir()
    work = Work("j", feature, card.model_id, inputs, params, {}, folder)
    return execute(work, catalog, adapter, lambda stage, fraction=0.0: None)


RUNS = {
    "mesh_conversion": {"output_format": "fbx"},
    "image_mesh_painting": {},
    "text_mesh_painting": {"text_prompt": "red wood"},
    "auto_rig": {"rig_mode": "full"},
    "mesh_segmentation": {"num_parts": 6},
}


@pytest.mark.parametrize(
    ("feature", "kind"), [*((name, "glb") for name in RUNS), ("image_mesh_painting", "obj")]
)
def test_every_feature_keeps_the_faces_and_gets_through(tmp_path, sent, feature, kind):
    paths, counts, picture = sent
    outcome = executed(feature, paths["dirty", kind], picture, tmp_path / "out", **RUNS[feature])
    report = outcome.info["mesh_report"]
    assert report["faces"] == counts["dirty"]
    # The middles of edges are not on them to the last bit, so lines may have an area of rounding.
    assert report["degenerate_faces"] >= 0.6 * SHARE * counts["dirty"]
    assert report["non_finite_vertices"] == 0
    assert not any(notice.code.endswith("_FAILED") for notice in outcome.warnings)


def test_a_skeleton_is_that_of_the_mesh_without_them_and_every_weight_is_a_number(tmp_path, sent):
    paths, _, picture = sent
    rigs = {}
    for name in ("clean", "dirty"):
        executed("auto_rig", paths[name, "glb"], picture, tmp_path / name, rig_mode="full")
        rigs[name] = json.loads((tmp_path / name / "rig.json").read_text())
    assert [j["name"] for j in rigs["dirty"]["joints"]] == [
        j["name"] for j in rigs["clean"]["joints"]
    ]
    there, here = (
        np.array([j["position"] for j in rigs[name]["joints"]]) for name in ("clean", "dirty")
    )
    assert np.abs(there - here).max() < CLOSE * 1.75
    skinned = files.read((tmp_path / "dirty" / "output.glb").read_bytes(), "glb").scene.meshes[0]
    assert np.isfinite(skinned.weights).all() and np.allclose(skinned.weights.sum(axis=1), 1.0)


def test_completion_leaves_them_out_and_finds_the_body_closed(tmp_path, sent):
    paths, _, picture = sent
    outcome = executed("part_completion", paths["dirty", "glb"], picture, tmp_path / "out")
    (part,) = outcome.info["parts"]
    assert part["done"] == ["already_closed"]
    assert part["watertight_after"]


@pytest.mark.parametrize("kind", ["glb", "obj"])
def test_labels_are_one_for_each_face_of_the_file_and_parts_those_of_the_mesh_without_them(
    tmp_path, sent, kind
):
    paths, counts, picture = sent
    areas = {}
    for name in ("clean", "dirty"):
        outcome = executed(
            "mesh_segmentation", paths[name, kind], picture, tmp_path / name, num_parts=6
        )
        labels = json.loads((tmp_path / name / "parts.json").read_text())
        rows = labels["face_labels"]
        assert len(rows) == counts[name] and set(rows) == set(range(6))
        areas[name] = sorted(part["area"] for part in outcome.info["parts"])
    assert sum(areas["dirty"]) == pytest.approx(sum(areas["clean"]), rel=1e-5)
