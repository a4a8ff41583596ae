"""Bodies without limbs get a short chain of joints; what hangs on a figure is numbered; a rig can be stopped."""

import numpy as np
import pytest
import trimesh

from pipelines.catalog import Catalog
from pipelines.execute import execute
from pipelines.geometry import medial, rig_templates, skin_weights, voxels
from pipelines.spec import RunCancelled, Work
from tests.pipelines.classic_pictures import run
from tests.pipelines.solids import capsule, capsule_figure, joined

RIG = "auto_rig"
SQUARE = [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]
TURN = trimesh.transformations.rotation_matrix(0.7, (1, 2, 3))


def sheet(points, faces):
    return trimesh.Trimesh(np.asarray(points, float), faces, process=False)


def waved():
    mesh = trimesh.creation.box((1, 1, 0.01)).subdivide().subdivide().subdivide().subdivide()
    mesh.vertices[:, 2] += 0.05 * np.sin(6 * mesh.vertices[:, 0])
    return mesh


LIMBLESS = {
    "a triangle": sheet(SQUARE[:3], [[0, 1, 2]]),
    "a needle": sheet([[0, 0, 0], [0.05, 0, 0], [0, 1, 0]], [[0, 1, 2]]),
    "a square": sheet(SQUARE, [[0, 1, 2], [0, 2, 3]]),
    "a square on the ground": sheet(np.asarray(SQUARE)[:, [0, 2, 1]], [[0, 1, 2], [0, 2, 3]]),
    "a tetrahedron": sheet(
        [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]]
    ),
    "a plate": trimesh.creation.box((1, 1, 0.05)),
    "a disc": trimesh.creation.cylinder(1, 0.01),
    "a turned disc": trimesh.creation.cylinder(1, 0.01).apply_transform(TURN),
    "a waved sheet": waved(),
    "a tiny triangle": sheet(1e-4 * np.asarray(SQUARE[:3], float), [[0, 1, 2]]),
}


@pytest.mark.parametrize("mesh", LIMBLESS.values(), ids=LIMBLESS)
def test_a_body_without_limbs_gets_a_short_chain_and_is_told_so(tmp_path, mesh):
    path = tmp_path / "mesh.ply"
    path.write_bytes(mesh.export(file_type="ply"))
    outcome = run(RIG, {"mesh": path}, tmp_path, {"rig_mode": "full"})
    assert outcome.info["method"] == "chain_skeleton" and outcome.info["bone_count"] == 4
    (told,) = [notice for notice in outcome.warnings if notice.code == "NO_LIMBS"]
    assert "rig_mode skin" in told.message


def test_a_chain_runs_along_the_longest_side_inside_the_body():
    mesh = trimesh.creation.box((4, 1, 0.02))
    body = voxels.solid(mesh.vertices, mesh.faces, rig_templates.RESOLUTION)
    tree = medial.tree(body)
    skeleton = rig_templates.skeleton_of(tree, 4)
    assert skeleton.kind == "chain" and skeleton.parents == (-1, 0, 1, 2)
    steps = np.diff([*skeleton.positions[:, 0], skeleton.tails["joint_03"][0]])
    assert np.allclose(steps, 1.0, atol=0.1)
    assert np.abs(skeleton.positions[:, 1:]).max() < 2 * body.pitch


def test_flat_figures_and_thin_things_keep_their_own_joints(tmp_path):
    figure = joined(capsule_figure())
    figure.vertices[:, 2] *= 0.25
    body = voxels.solid(figure.vertices, figure.faces, rig_templates.RESOLUTION)
    tree = medial.tree(body)
    assert rig_templates.skeleton_of(tree, len(figure.faces)).kind == "humanoid"
    pole = trimesh.creation.box((0.1, 2, 0.1))
    body = voxels.solid(pole.vertices, pole.faces, rig_templates.RESOLUTION)
    assert rig_templates.skeleton_of(medial.tree(body), 12).kind == "medial"


def test_what_hangs_on_a_figure_is_numbered_from_one():
    wings = [capsule((x, 1.2, -0.1), (4.5 * x, 1.65, -0.75), 0.05) for x in (-0.1, 0.1)]
    mesh = joined((*capsule_figure(), *wings))
    body = voxels.solid(mesh.vertices, mesh.faces, rig_templates.RESOLUTION)
    skeleton = rig_templates.skeleton_of(medial.tree(body))
    assert skeleton.kind == "humanoid"
    limbs = [name for name in skeleton.names if name.startswith("Limb")]
    assert {name.partition("_")[0] for name in limbs} == {"Limb1", "Limb2"}
    assert all(name.partition("_")[2].isdigit() for name in limbs)
    assert len(set(skeleton.names)) == len(skeleton.names)


@pytest.mark.parametrize("stage", ["solid", "skeleton", "skin"])
def test_a_cancelled_rig_ends_within_a_stage(tmp_path, stage):
    mesh = joined(capsule_figure())
    path = tmp_path / "mesh.ply"
    path.write_bytes(mesh.export(file_type="ply"))
    heard = []

    def report(name, fraction=0.0):
        heard.append(name)
        if heard.count(stage) == 2:  # the first time it begins
            raise RunCancelled("job")

    catalog = Catalog.discover()
    adapter = catalog.adapters["classic_auto_rig"]()
    adapter.load("cpu")
    work = Work("j", RIG, "classic_auto_rig", {"mesh": path}, {"rig_mode": "full"}, {}, tmp_path)
    with pytest.raises(RunCancelled):
        execute(work, catalog, adapter, report)
    assert heard[-2:] == [stage, stage]


def test_the_skin_of_a_large_mesh_asks_often_whether_it_is_wanted():
    figure = joined(capsule_figure()).subdivide().subdivide()
    body = voxels.solid(figure.vertices, figure.faces, rig_templates.RESOLUTION)
    skeleton = rig_templates.skeleton_of(medial.tree(body))
    heard = []
    skin_weights.influences(
        figure.vertices, figure.faces, skeleton, body, lambda: heard.append(True)
    )
    assert len(heard) >= 4
