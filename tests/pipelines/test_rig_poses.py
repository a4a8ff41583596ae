"""A rigged result animates: three.js turns a joint, the limb goes along, the rest stays, and nothing tears."""

import json
import subprocess

import numpy as np
import pytest
import trimesh

from tests import gltf_validator
from tests.pipelines.classic_pictures import run
from tests.pipelines.solids import ball, capsule, capsule_figure, joined

# No edge becomes longer than so many times as long as it was, but for those far shorter than the skin is thick.
MOST_STRETCH = 4.0
SHORT = 0.01


def posed(path, turns):
    """What three.js draws: vertices (n, 3) before and after, faces (m, 3)."""
    command = [gltf_validator.node(), str(gltf_validator.FOLDER / "posed.mjs"), str(path)]
    done = subprocess.run(
        [*command, json.dumps(turns)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    faces = np.array(told["faces"]).reshape(-1, 3)
    return np.array(told["before"]), np.array(told["after"]), faces


def about_z(degrees):
    half = np.radians(degrees) / 2
    return [0.0, 0.0, float(np.sin(half)), float(np.cos(half))]


def about_x(degrees):
    half = np.radians(degrees) / 2
    return [float(np.sin(half)), 0.0, 0.0, float(np.cos(half))]


def most_stretch(before, after, faces):
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    length = [
        np.linalg.norm(points[edges[:, 0]] - points[edges[:, 1]], axis=1)
        for points in (before, after)
    ]
    return float((length[1] / np.maximum(length[0], SHORT)).max())


def rigged(folder, mesh, mode="full"):
    path = folder / "mesh.ply"
    path.write_bytes(mesh.export(file_type="ply"))
    run("auto_rig", {"mesh": path}, folder, {"rig_mode": mode})
    return folder / "output.glb"


@pytest.fixture(scope="module")
def figure(tmp_path_factory):
    return rigged(tmp_path_factory.mktemp("figure"), joined(capsule_figure()))


def test_an_arm_is_raised_and_the_rest_stays(figure):
    before, after, faces = posed(figure, {"LeftArm": about_z(60)})
    away = np.linalg.norm(after - before, axis=1)
    hand = before[:, 0] > 0.6
    # The hand is .55 m from the shoulder, so 60 degrees move it by about as much, upwards.
    assert hand.any() and away[hand].min() > 0.35
    assert (after[hand, 1] - before[hand, 1]).min() > 0.25
    right, legs = before[:, 0] < -0.2, before[:, 1] < 0.8
    assert away[right | legs].max() < 0.01
    assert most_stretch(before, after, faces) < MOST_STRETCH


@pytest.mark.parametrize(
    ("joint", "turn", "moves", "stays"),
    [
        ("RightLeg", about_x(70), ((-1, 0, -1), (0, 0.3, 1)), ((0.02, 0, -1), (1, 1.75, 1))),
        ("Head", about_x(30), ((-1, 1.65, -1), (1, 2, 1)), ((-1, 0, -1), (1, 1.1, 1))),
        ("Spine", about_z(25), ((-1, 1.5, -1), (1, 2, 1)), ((-1, 0, -1), (1, 0.6, 1))),
    ],
)
def test_each_joint_moves_what_hangs_on_it(figure, joint, turn, moves, stays):
    before, after, faces = posed(figure, {joint: turn})
    away = np.linalg.norm(after - before, axis=1)

    def inside(box):
        return ((before >= box[0]) & (before <= box[1])).all(axis=1)

    assert inside(moves).any() and away[inside(moves)].min() > 0.01
    assert inside(stays).any() and away[inside(stays)].max() < 0.01
    assert most_stretch(before, after, faces) < MOST_STRETCH


def test_bends_everywhere_at_once_tear_nothing(figure):
    turns = {
        "LeftArm": about_z(40),
        "LeftForeArm": about_z(50),
        "RightArm": about_z(-40),
        "LeftUpLeg": about_x(-40),
        "LeftLeg": about_x(60),
        "Spine1": about_z(15),
        "Neck": about_x(20),
    }
    before, after, faces = posed(figure, turns)
    assert most_stretch(before, after, faces) < MOST_STRETCH


def test_vertices_on_one_spot_stay_together(tmp_path):
    """Every face with vertices of its own, as a mesh with seams everywhere has."""
    mesh = joined(capsule_figure(), 3)
    loose = trimesh.Trimesh(
        mesh.vertices[mesh.faces].reshape(-1, 3),
        np.arange(3 * len(mesh.faces)).reshape(-1, 3),
        process=False,
    )
    before, after, _ = posed(
        rigged(tmp_path, loose), {"LeftArm": about_z(60), "LeftLeg": about_x(50)}
    )
    assert len(before) == 3 * len(mesh.faces)
    _, spot = np.unique(np.round(before, 5), axis=0, return_inverse=True)
    spot = spot.reshape(-1)
    low, high = np.full((spot.max() + 1, 3), np.inf), np.full((spot.max() + 1, 3), -np.inf)
    np.minimum.at(low, spot, after)
    np.maximum.at(high, spot, after)
    assert spot.max() + 1 < len(before) / 3
    assert (high - low).max() < 1e-4


def test_a_loose_part_goes_with_the_bone_that_is_nearest(tmp_path):
    """A ball in the hand hangs on no edge of the figure."""
    held = ball((0.8, 1.2, 0), 0.05).mesh(3)
    mesh = trimesh.util.concatenate([joined(capsule_figure()), held])
    before, after, faces = posed(rigged(tmp_path, mesh), {"LeftArm": about_z(60)})
    assert np.linalg.norm(after - before, axis=1)[-len(held.vertices) :].min() > 0.35
    assert most_stretch(before, after, faces) < MOST_STRETCH


def test_a_leg_of_an_animal_swings_alone(tmp_path):
    legs = [capsule((x, 0.6, z), (x, 0.06, z), 0.06) for x in (-0.15, 0.15) for z in (-0.4, 0.4)]
    trunk = capsule((0, 0.7, -0.4), (0, 0.7, 0.4), 0.18)
    mesh = joined((trunk, capsule((0, 0.8, 0.5), (0, 1.0, 0.85), 0.1), *legs))
    before, after, faces = posed(rigged(tmp_path, mesh), {"LeftFrontUpLeg": about_x(-30)})
    away = np.linalg.norm(after - before, axis=1)
    low = before[:, 1] < 0.3
    own = low & (before[:, 0] > 0) & (before[:, 2] > 0)
    assert away[own].min() > 0.1 and away[low & ~own].max() < 0.01
    assert most_stretch(before, after, faces) < MOST_STRETCH
