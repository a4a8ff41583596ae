"""Clients' meshes are read by content, from their own bytes alone; broken ones are refused in plain words."""

import json
import struct

import numpy as np
import pytest
import trimesh

from pipelines.errors import InvalidValue, NothingToModel, UnreadableInput
from pipelines.geometry import mesh_io
from tests.pipelines.classic_pictures import cube

OBJ = b"v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 3 2\nf 1 2 4\nf 2 3 4\nf 1 4 3\n"


@pytest.mark.parametrize("suffix", ["glb", "obj", "ply", "stl", "stl_ascii"])
def test_every_format_is_read_by_content(tmp_path, suffix):
    box = trimesh.creation.box((1, 2, 3))
    data = box.export(file_type=suffix)
    path = tmp_path / "upload.bin"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    mesh = mesh_io.read(path)
    assert len(mesh.faces) == 12
    assert np.allclose(np.ptp(mesh.vertices, axis=0), (1, 2, 3))


@pytest.mark.parametrize(
    "data",
    [
        b"# " + b"words " * 100_000 + b"\n" + OBJ,
        b"  " + OBJ.replace(b"\n", b"\n  ").rstrip(b" "),
        trimesh.creation.box().export(file_type="stl_ascii").upper().encode(),
    ],
    ids=["obj with a long head", "indented obj", "stl in capitals"],
)
def test_what_the_upload_takes_is_read(tmp_path, data):
    (tmp_path / "mesh").write_bytes(data)
    assert len(mesh_io.read(tmp_path / "mesh").faces) in (4, 12)


def test_nodes_of_a_scene_are_joined_where_they_stand(tmp_path):
    scene = trimesh.Scene()
    for shift in (0, 5):
        scene.add_geometry(
            trimesh.creation.box(),
            transform=trimesh.transformations.translation_matrix((shift, 0, 0)),
        )
    (tmp_path / "scene.glb").write_bytes(scene.export(file_type="glb"))
    mesh = mesh_io.read(tmp_path / "scene.glb")
    assert len(mesh.faces) == 24 and np.ptp(mesh.vertices[:, 0]) == pytest.approx(6)


def test_quads_become_triangles(tmp_path):
    (tmp_path / "quad.obj").write_bytes(b"v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1 2 3 4\n")
    assert len(mesh_io.read(tmp_path / "quad.obj").faces) == 2


def test_a_material_library_is_not_followed(tmp_path):
    (tmp_path / "secret.mtl").write_text("newmtl a\nmap_Kd /etc/passwd\n")
    (tmp_path / "a.obj").write_bytes(b"mtllib secret.mtl\nusemtl a\n" + OBJ)
    assert len(mesh_io.read(tmp_path / "a.obj").faces) == 4


def test_external_buffers_of_a_glb_are_not_followed(tmp_path):
    (tmp_path / "outside.bin").write_bytes(b"\0" * 64)
    row = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"}],
        "bufferViews": [{"buffer": 0, "byteLength": 36}],
        "buffers": [{"byteLength": 64, "uri": "outside.bin"}],
    }
    text = json.dumps(row).encode()
    text += b" " * (-len(text) % 4)
    head = struct.pack("<4sII", b"glTF", 2, 20 + len(text)) + struct.pack(
        "<I4s", len(text), b"JSON"
    )
    (tmp_path / "a.glb").write_bytes(head + text)
    with pytest.raises((UnreadableInput, NothingToModel)):
        mesh_io.read(tmp_path / "a.glb")


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", UnreadableInput),
        (b"hello", UnreadableInput),
        (b"glTF\x02\x00\x00\x00\xff\xff\xff\xff", UnreadableInput),
        (b"glTF\x01\x00\x00\x00\x0c\x00\x00\x00", UnreadableInput),
        (
            b"ply\nformat ascii 1.0\nelement vertex 3\nend_header\n",
            (UnreadableInput, NothingToModel),
        ),
        (b"v 0 0 0\nv 1 0 0\nv 0 1 0\n", NothingToModel),
        (b"v nan 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", UnreadableInput),
        (b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 9\n", UnreadableInput),
        (b"v 1 1 1\nv 1 1 1\nv 1 1 1\nf 1 2 3\n", NothingToModel),
        (
            b"ply\nformat ascii 1.0\nelement vertex 3\nelement face 9000000\nend_header\n",
            InvalidValue,
        ),
    ],
    ids=[
        "empty",
        "text",
        "cut glb",
        "old glb",
        "cut ply",
        "no faces",
        "nan",
        "bad index",
        "no size",
        "too many",
    ],
)
def test_bad_meshes_are_refused(tmp_path, content, error):
    (tmp_path / "mesh.obj").write_bytes(content)
    with pytest.raises(error) as caught:
        mesh_io.read(tmp_path / "mesh.obj")
    assert str(tmp_path) not in caught.value.message


def test_truncated_glb_is_refused(tmp_path):
    path = cube(tmp_path / "cube.glb")
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(UnreadableInput):
        mesh_io.read(path)


def test_own_uvs_are_used_only_where_charts_do_not_overlap(tmp_path):
    flat = mesh_io.ClientMesh(
        np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], float),
        np.array([[0, 1, 2], [0, 2, 3]]),
        None,
        np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32),
    )
    assert mesh_io.uv_is_usable(flat)
    assert not mesh_io.uv_is_usable(
        mesh_io.ClientMesh(flat.vertices, flat.faces, None, flat.uv * 3)
    )
    twice = mesh_io.ClientMesh(flat.vertices, np.vstack([flat.faces, flat.faces]), None, flat.uv)
    assert not mesh_io.uv_is_usable(twice)
    assert not mesh_io.uv_is_usable(mesh_io.read(cube(tmp_path / "cube.glb")))


def test_corners_of_an_obj_keep_their_own_uv_where_a_seam_runs_through_their_vertex(tmp_path):
    """Two triangles on one edge, each with a place of its own in the texture."""
    (tmp_path / "seam.obj").write_text(
        "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n"
        "vt 0 0\nvt .4 0\nvt .4 .4\nvt .6 .6\nvt 1 1\nvt .6 1\n"
        "f 1/1 2/2 3/3\nf 1/4 3/5 4/6\n"
    )
    mesh = mesh_io.read(tmp_path / "seam.obj")
    assert mesh.uv[mesh.faces].tolist() == pytest.approx(
        np.array([[[0, 0], [0.4, 0], [0.4, 0.4]], [[0.6, 0.6], [1, 1], [0.6, 1]]])
    )
    corners = mesh.vertices[mesh.faces].tolist()
    assert corners == [[[0, 0, 0], [1, 0, 0], [1, 1, 0]], [[0, 0, 0], [1, 1, 0], [0, 1, 0]]]
    assert mesh_io.uv_is_usable(mesh)
