"""Damaged meshes of every format, made by chance: each is refused or sound. benchmarks/fuzz_meshes.py makes more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import fuzz_meshes
from benchmarks.mutations import sound_files
from pipelines.errors import UnreadableInput
from pipelines.formats import files
from pipelines.formats.checks import checked
from pipelines.formats.influences import strongest
from pipelines.formats.scene import Node, Opened, Scene, Skin
from tests.gltf_validator import validate
from tests.pipelines import scenes
from tests.pipelines.hostile_gltf import changed, set_in

CASES = 70


def test_hundreds_of_damaged_files_are_refused_or_sound(tmp_path):
    done = subprocess.run(
        [sys.executable, "benchmarks/fuzz_meshes.py", "--cases", str(CASES), "--seed", "20", "--keep", str(tmp_path)],
        cwd=fuzz_meshes.ROOT,
        capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    counts = json.loads(done.stdout)
    assert set(counts) == set(fuzz_meshes.KINDS) and not list(tmp_path.iterdir())
    for kind, ends in counts.items():
        assert ends["read"] + ends["refused"] == CASES, kind
        assert ends["read"] > 2 and ends["refused"] > 10, kind


@pytest.mark.parametrize("kind", fuzz_meshes.KINDS)
def test_what_is_damaged_was_sound_and_is_the_same_each_time(kind, tmp_path):
    sound = sound_files(kind)
    assert {fuzz_meshes.outcome(data, tmp_path) for data in sound} == {"read"}
    made = [fuzz_meshes.case(kind, 1, number) for number in range(40)]
    assert made == [fuzz_meshes.case(kind, 1, number) for number in range(40)]
    assert len(set(made)) > 35 and len(set(made) - set(sound)) > 35


def test_a_defect_is_told_with_its_place(monkeypatch, tmp_path):
    def broken(data: bytes, kind: str) -> Opened:
        raise KeyError("nodes")

    monkeypatch.setattr(files, "read", broken)
    assert fuzz_meshes.outcome(sound_files("obj")[0], tmp_path).startswith(
        "KeyError in test_fuzzed"
    )


def test_a_mesh_that_is_not_sound_is_a_defect(monkeypatch, tmp_path):
    scene = scenes.still()
    scene.meshes[0].positions[0] = np.nan
    monkeypatch.setattr(files, "read", lambda data, kind: Opened(scene))
    assert "AssertionError" in fuzz_meshes.outcome(sound_files("obj")[0], tmp_path)


def test_a_reader_that_dies_is_one_file_s_defect(monkeypatch):
    def dying(data: bytes, folder: Path) -> str:
        if data == b"1":
            os._exit(7)
        return "read"

    monkeypatch.setattr(fuzz_meshes, "case", lambda kind, seed, number: str(number).encode())
    monkeypatch.setattr(fuzz_meshes, "outcome", dying)
    found = list(fuzz_meshes.outcomes("obj", 0, 0, 4))
    assert found == [(0, "read"), (1, "the process ended with 7"), (2, "read"), (3, "read")]


# What it and real broken files have found


def test_weights_on_joints_that_are_not_there_are_dropped_and_that_is_told():
    scene = scenes.skinned()
    assert scene.meshes[0].joints is not None
    scene.meshes[0].joints[0, 0] = 9
    found = checked(Opened(scene))
    assert all(node.skin is None for node in found.scene.nodes)
    assert any("joints" in said for said in found.lost)


@pytest.mark.parametrize("length", [1e300, np.inf, np.nan])
def test_nodes_and_joints_at_no_place_are_refused(length):
    mesh, matrix = scenes.box(), np.eye(4)
    matrix[1, 1] = length
    far = Scene((Node("a", mesh=0), Node("b", matrix=matrix)), (mesh,))
    bound = Scene((Node("a", mesh=0),), (mesh,), (), (Skin((0,), matrix[None]),))
    for scene in (far, bound):
        with pytest.raises(UnreadableInput):
            checked(Opened(scene))


def test_scales_that_grow_from_node_to_node_are_refused():
    scale = np.diag([1e10, 1e10, 1e10, 1.0])
    nodes = (Node("a", mesh=0), Node("b", matrix=scale), Node("c", 1, scale), Node("d", 2, scale))
    with pytest.raises(UnreadableInput):
        checked(Opened(Scene(nodes, (scenes.box(),))))


@pytest.mark.parametrize("mirrored", [1.0, -1.0])
def test_nodes_of_large_scale_stand_where_they_did_and_the_validator_sees_square_axes(
    mirrored, tmp_path
):
    turn = np.array([[0.36, 0.48, -0.8], [-0.8, 0.6, 0.0], [0.48, 0.64, 0.6]])
    for scale in (1.0, 400.0, 3e4, 1e7):
        matrix = np.eye(4)
        matrix[:3, :3] = turn * (scale, scale, scale * mirrored)
        matrix[:3, 3] = 1.0, 2.0, 3.0
        written = files.write(
            Scene((Node("a", -1, matrix, 0),), (scenes.box(),)), tmp_path, "a", "glb"
        )
        path = tmp_path / written.names[0]
        assert validate(path).complaints == []
        found = files.read(path.read_bytes(), "glb").scene.nodes[0].matrix
        np.testing.assert_allclose(found, matrix, rtol=1e-9, atol=1e-9 * scale)


@pytest.mark.parametrize(("w", "stands"), [(1.0, 4.0), (2.0, 2.0), (-1.0, -4.0), (0.0, None)])
def test_a_matrix_whose_last_row_is_wrong_is_divided_by_it_or_refused(w, stands):
    matrix = [1.0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 4, 0, 0, w]
    data = changed(set_in("nodes", 0, "matrix", to=matrix))
    if stands is None:
        with pytest.raises(UnreadableInput):
            files.read(data, "glb")
        return
    found = files.read(data, "glb").scene.nodes[0].matrix
    assert found[0, 3] == stands and list(found[3]) == [0.0, 0.0, 0.0, 1.0]


def test_a_joint_that_a_vertex_names_twice_has_both_weights():
    joints, weights, more = strongest(
        np.array([[3, 3, 5, 3, 7], [1, 2, 1, 2, 0]]),
        np.array([[0.1, 0.2, 0.3, 0.2, 0.2], [1, 1, 1, 1, 0]]),
    )
    assert not more
    np.testing.assert_allclose(np.sort(weights[0]), [0.0, 0.2, 0.3, 0.5])
    assert joints[0][np.argmax(weights[0])] == 3
    np.testing.assert_allclose(np.sort(weights[1]), [0.0, 0.0, 0.5, 0.5])


@pytest.mark.parametrize("corner", ["{0}/{0}", "{0}//{0}", "{0}/{0}/{0}"])
def test_an_obj_that_names_uvs_and_normals_but_has_none_is_read_without(corner):
    face = "f " + " ".join(corner.format(number) for number in (1, 2, 3))
    mesh = files.read(f"v 0 0 0\nv 1 0 0\nv 0 1 0\n{face}\n".encode(), "obj").scene.meshes[0]
    assert mesh.faces.tolist() == [[0, 1, 2]] and mesh.normals is None and mesh.uvs == ()
    with pytest.raises(UnreadableInput, match="names texture coordinate 9"):
        files.read(b"v 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nf 1/9 2/9 3/9\n", "obj")
