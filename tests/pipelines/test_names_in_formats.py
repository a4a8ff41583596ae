"""Names in formats that have few words for them: kept where readers take them, told where they are lost."""

import io
import json
import subprocess
from dataclasses import replace

import numpy as np
import pytest
import trimesh

from pipelines.errors import UnreadableInput
from pipelines.formats import files
from pipelines.formats.scene import Node, Scene
from tests.gltf_validator import node
from tests.pipelines import scenes
from tests.pipelines.fbx_readers import NODE

SPACED = "front  door\tof oak"
KEPT = "front door of oak"


def named(name: str) -> Scene:
    scene = scenes.still()
    nodes = tuple(replace(node, name=f"{name} {node.name}") for node in scene.nodes)
    materials = tuple(replace(one, name=f"{name} {one.name}") for one in scene.materials)
    return replace(scene, nodes=nodes, materials=materials)


class Beside(trimesh.resolvers.Resolver):
    """The files beside a mesh."""

    def __init__(self, folder):
        self.folder = folder

    def get(self, name):
        return (self.folder / name).read_bytes()

    def keys(self):
        return [path.name for path in self.folder.iterdir()]

    def write(self, name, data):
        raise NotImplementedError

    def namespaced(self, name):
        raise NotImplementedError


def test_blanks_in_names_of_an_obj_stay_for_us_and_for_trimesh(tmp_path):
    written = files.write(named("front door"), tmp_path, "made", "obj")
    assert not any("names" in said for said in written.lost)
    data = (tmp_path / "made.obj").read_bytes()
    ours = files.read(data, "obj").scene
    assert {node.name for node in ours.nodes if node.mesh is not None} == {
        "front door lid",
        "front door foot",
    }
    assert {one.name for one in ours.materials} == {"front door painted", "front door plain steel"}
    theirs = trimesh.load_scene(
        io.BytesIO(data), file_type="obj", resolver=Beside(tmp_path), split_objects=True
    )
    shown = {geometry.visual.material.name for geometry in theirs.geometry.values()}
    assert shown == {"front door painted", "front door plain steel"}
    assert any(name.startswith("front door") for name in theirs.geometry)


THREE = """
import { readFileSync } from 'fs';
import { OBJLoader } from 'three/examples/jsm/loaders/OBJLoader.js';
const found = new OBJLoader().parse(readFileSync(process.argv[2], 'utf8'));
const materials = found.children.flatMap(child => [child.material].flat().map(one => one.name));
console.log(JSON.stringify({objects: found.children.map(child => child.name), materials}));
"""


def test_blanks_in_names_of_an_obj_stay_for_three(tmp_path):
    files.write(named("front door"), tmp_path, "made", "obj")
    done = subprocess.run(
        [node(), "--input-type=module", "-e", THREE, "-", str(tmp_path / "made.obj")],
        cwd=NODE,
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert set(found["objects"]) == {"front door lid", "front door foot"}
    assert set(found["materials"]) == {"front door painted", "front door plain steel"}


@pytest.mark.parametrize("name", [SPACED, "a\nusemtl b", "ends in \\", " first", "un\u200bseen"])
def test_what_an_obj_cannot_keep_of_a_name_is_told(tmp_path, name):
    one = replace(scenes.box(), name=name)
    written = files.write(Scene((Node(name, mesh=0),), (one,)), tmp_path, "made", "obj")
    assert any("names of one line" in said for said in written.lost)
    rows = (tmp_path / "made.obj").read_text().splitlines()
    (row,) = [row for row in rows if row.startswith("o ")]
    assert row == row.rstrip("\\ ") and row.isprintable() and "usemtl b" not in rows
    assert len(files.read((tmp_path / "made.obj").read_bytes(), "obj").scene.meshes[0].faces) == 12


@pytest.mark.parametrize("kind", ["ply", "stl"])
def test_the_name_of_a_single_mesh_is_told_as_dropped_and_nothing_where_there_is_none(
    tmp_path, kind
):
    bare = replace(scenes.box(""), uvs=(), normals=None)
    for name, told in (("crate", 1), ("", 0)):
        scene = Scene((Node(name, mesh=0),), (replace(bare, name=name),))
        lost = files.write(scene, tmp_path, f"made{told}", kind).lost
        assert sum("name" in said for said in lost) == told, lost


@pytest.mark.parametrize("kind", ["glb", "obj", "ply", "stl", "fbx"])
def test_places_beyond_what_is_taken_are_called_too_large(tmp_path, kind):
    # FBX is written in centimetres.
    far = replace(
        scenes.box(), positions=scenes.box().positions * (1e36 if kind == "fbx" else 1e38)
    )
    files.write(Scene((Node("far", mesh=0),), (far,)), tmp_path, "made", kind)
    with pytest.raises(UnreadableInput, match="too large: it has coordinates beyond 1e18"):
        files.read((tmp_path / f"made.{kind}").read_bytes(), kind)


def test_a_small_mesh_that_its_node_makes_too_large_is_called_so(tmp_path):
    matrix = np.diag([1e17, 1e17, 1e17, 1.0])
    scene = Scene(
        (Node("far", matrix=matrix, mesh=0),),
        (replace(scenes.box(), positions=scenes.box().positions * 1e3),),
    )
    files.write(scene, tmp_path, "made", "glb")
    with pytest.raises(UnreadableInput, match="too large"):
        files.read((tmp_path / "made.glb").read_bytes(), "glb")
