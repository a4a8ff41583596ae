"""GLBs whose rows are broken, or sound but seldom seen: refused before they are painted, or painted soundly."""

import struct

import numpy as np
import pytest
import trimesh

from pipelines.errors import PipelineError, UnreadableInput
from pipelines.geometry import client_kept, client_paint, glb, glb_drawn, mesh_io
from pipelines.geometry.client_glb import ClientGlb
from pipelines.geometry.glb_accessors import stored
from tests.gltf_validator import validate
from tests.pipelines.classic_pictures import document
from tests.pipelines.sent_glb import changed
from tests.pipelines.test_client_paint import coloured, sheet


@pytest.fixture
def flag(tmp_path):
    """One sheet with coordinates, named Flag."""
    made = trimesh.Scene()
    made.add_geometry(coloured(sheet((0.1, 0.1), 0.8), "cloth"), "Flag", "Flag")
    (tmp_path / "flag.glb").write_bytes(made.export(file_type="glb"))
    return tmp_path / "flag.glb"


def write(sent, path, uv_mode="auto"):
    """The mesh with a plain picture on it."""
    subject = client_paint.subject(sent, uv_mode)
    plain = glb.Material(
        base_colour=np.full((16, 16, 3), 90, np.uint8), normal=np.full((16, 16, 3), 128, np.uint8)
    )
    subject.write(path, [plain] * len(subject.surfaces))
    return path


def primitive(row):
    return row["meshes"][0]["primitives"][0]


def nested(depth):
    value = {}
    for _ in range(depth):
        value = {"a": value}
    return value


def with_bytes(source, path, payload, change):
    """The GLB with a view of `payload` behind its bytes; change(row, number of the view)."""
    file = ClientGlb(source)
    data = bytearray(file.binary)
    data += b"\0" * (-len(data) % 8)
    row = file.document
    row["bufferViews"].append({"buffer": 0, "byteOffset": len(data), "byteLength": len(payload)})
    data += payload + b"\0" * (-len(payload) % 4)
    row["buffers"][0]["byteLength"] = len(data)
    change(row, len(row["bufferViews"]) - 1)
    path.write_bytes(glb.container(row, bytes(data)))
    return path


BROKEN = {
    "target": (lambda row: primitive(row).update(targets=[{"POSITION": 99}]), "Flag"),
    "target -1": (lambda row: primitive(row).update(targets=[{"POSITION": -1}]), "Flag"),
    "bind matrices": (
        lambda row: row.update(skins=[{"joints": [0], "inverseBindMatrices": 55}]),
        "accessors",
    ),
    "sampler": (lambda row: row["textures"][0].update(sampler=9), "samplers"),
    "no such material": (lambda row: primitive(row).update(material=77), "Flag"),
    "list as material": (lambda row: primitive(row).update(material=[1]), "Flag"),
    "no object as material": (lambda row: row["materials"].__setitem__(0, 5), "materials"),
    "no object as node": (lambda row: row["nodes"].append([]), "GLB"),
    "no input": (
        lambda row: row.update(animations=[{"channels": [], "samplers": [{"output": 0}]}]),
        "accessors",
    ),
    "no number": (lambda row: row["asset"].update(extras=float("nan")), "number"),
    "huge count": (lambda row: row["accessors"][-1].update(count=10**30), "GLB"),
    "nested": (lambda row: row["asset"].update(extras=nested(600)), "nested"),
    "view": (lambda row: row["bufferViews"][-1].update(byteLength=10**9), "GLB"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_rows_are_refused_before_the_paint(tmp_path, flag, name):
    change, what = BROKEN[name]
    with pytest.raises(UnreadableInput, match=what):
        client_paint.subject(changed(flag, tmp_path / "bad.glb", change))


def test_rows_as_deep_as_are_taken_are_painted(tmp_path, flag):
    def deep(row):
        row["materials"][0]["extras"] = row["asset"]["extras"] = nested(250)

    write(changed(flag, tmp_path / "a.glb", deep), tmp_path / "b.glb")
    assert document(tmp_path / "b.glb")["materials"][0]["extras"] == nested(250)


def test_nodes_may_share_a_mesh(tmp_path, flag):
    def again(row):
        mesh = row["nodes"][-1]["mesh"]
        row["nodes"] = [{"children": [1, 2]}, {"mesh": mesh}, {"mesh": mesh}]
        row["scenes"] = [{"nodes": [0]}]

    sent = changed(flag, tmp_path / "a.glb", again)
    assert len(glb_drawn.read(sent, texture_px=64)) == 2
    assert len(client_paint.subject(sent).surfaces) == 1


def test_nodes_with_two_parents_are_refused_at_once(tmp_path, flag):
    def chain(row):
        mesh = row["nodes"][-1]
        row["nodes"] = [{"children": [i + 1, i + 1]} for i in range(40)] + [mesh]
        row["scenes"] = [{"nodes": [0]}]
        mesh.pop("children", None)

    sent = changed(flag, tmp_path / "bad.glb", chain)
    with pytest.raises(UnreadableInput):
        ClientGlb(sent).placed()
    with pytest.raises(UnreadableInput):
        glb_drawn.read(sent, texture_px=64)
    with pytest.raises(UnreadableInput):
        client_paint.subject(sent)


@pytest.mark.parametrize("where", ["targets", "attributes", "indices", "POSITION"])
def test_values_without_bytes_have_no_end(tmp_path, flag, where):
    def add(row):
        kind = "SCALAR" if where == "indices" else "VEC3"
        component = 5125 if where == "indices" else 5126
        row["accessors"].append({"componentType": component, "type": kind, "count": 300_000_000})
        number, first = len(row["accessors"]) - 1, primitive(row)
        if where == "targets":
            first["targets"] = [{"POSITION": number}]
        elif where == "indices":
            first["indices"] = number
        else:
            first["attributes"]["_X" if where == "attributes" else where] = number

    sent = changed(flag, tmp_path / "bad.glb", add)
    with pytest.raises(UnreadableInput):
        client_paint.subject(sent)
    with pytest.raises(UnreadableInput):
        mesh_io.read(sent)


def test_a_short_target_is_refused_and_an_empty_one_stays_empty(tmp_path, flag):
    def target(count):
        def add(row):
            row["accessors"].append({"componentType": 5126, "type": "VEC3", "count": count})
            row["accessors"][-1] |= {"min": [0, 0, 0], "max": [0, 0, 0]}
            primitive(row)["targets"] = [{"POSITION": len(row["accessors"]) - 1}]

        return add

    with pytest.raises(UnreadableInput, match="Flag"):
        client_paint.subject(changed(flag, tmp_path / "bad.glb", target(3)))
    sent = changed(flag, tmp_path / "good.glb", target(4))
    for mode in ("keep", "new"):
        row = document(write(sent, tmp_path / "out.glb", mode))
        number = primitive(row)["targets"][0]["POSITION"]
        assert "bufferView" not in row["accessors"][number]
        assert not validate(tmp_path / "out.glb").complaints


@pytest.mark.parametrize("mode", ["keep", "new"])
def test_a_painted_mesh_with_vertex_colours_is_painted_again(tmp_path, flag, mode):
    def colour(*names):
        def add(row):
            named = primitive(row)["attributes"]
            named |= dict.fromkeys(names, named["POSITION"])

        return add

    once = write(changed(flag, tmp_path / "a.glb", colour("COLOR_0")), tmp_path / "b.glb", mode)
    twice = write(once, tmp_path / "c.glb", mode)
    assert "_COLOR_0" in primitive(document(twice))["attributes"]
    both = changed(once, tmp_path / "d.glb", colour("COLOR_0"))
    named = primitive(document(write(both, tmp_path / "e.glb", mode)))["attributes"]
    assert {"_COLOR_0", "_COLOR_0_1"} <= set(named) and "COLOR_0" not in named


def test_the_check_finds_colours_that_went_amiss(tmp_path, flag):
    def colour(row):
        named = primitive(row)["attributes"]
        named["COLOR_0"] = named["POSITION"]

    def swap(row):
        named = primitive(row)["attributes"]
        named["_COLOR_0"] = named["TEXCOORD_0"]

    sent = changed(flag, tmp_path / "a.glb", colour)
    out = write(sent, tmp_path / "b.glb")
    with pytest.raises(PipelineError, match="COLOR_0"):
        client_kept.check(sent, changed(out, tmp_path / "bad.glb", swap))


@pytest.mark.parametrize("mode", ["keep", "new"])
@pytest.mark.parametrize(
    ("kind", "component", "size"), [("MAT2", 5126, 16), ("MAT3", 5126, 36), ("MAT2", 5121, 8)]
)
def test_small_matrices_are_kept(tmp_path, flag, kind, component, size, mode):
    payload = np.arange(size, dtype=np.float32).tobytes()

    def add(row, view):
        row["bufferViews"][view]["byteStride"] = size
        row["accessors"].append(
            {"bufferView": view, "componentType": component, "type": kind, "count": 4}
        )
        primitive(row)["attributes"]["_M"] = len(row["accessors"]) - 1

    sent = with_bytes(flag, tmp_path / "a.glb", payload, add)
    out = ClientGlb(write(sent, tmp_path / "b.glb", mode))
    number = primitive(out.document)["attributes"]["_M"]
    values = stored(out.document, out.binary, number)
    assert values.nbytes == len(values) * size
    before = np.frombuffer(payload, np.uint8).reshape(4, size)
    assert set(map(bytes, before)) == {value.tobytes() for value in values}
    assert not validate(tmp_path / "b.glb").complaints


@pytest.mark.parametrize("mode", ["keep", "new"])
def test_geometry_packed_a_second_time_is_dropped(tmp_path, flag, mode):
    name = "KHR_draco_mesh_compression"

    def pack(row, view):
        primitive(row)["extensions"] = {name: {"bufferView": view, "attributes": {"POSITION": 0}}}
        row["extensionsUsed"] = [name]

    sent = with_bytes(flag, tmp_path / "a.glb", b"DRACO" * 20, pack)
    out = write(sent, tmp_path / "b.glb", mode)
    row = document(out)
    assert "extensions" not in primitive(row) and "extensionsUsed" not in row
    assert b"DRACODRACO" not in out.read_bytes()
    assert not validate(out).complaints


def test_a_material_that_lines_share_stays_theirs(tmp_path, flag):
    def lines(row):
        first = primitive(row)
        named = {"POSITION": first["attributes"]["POSITION"]}
        row["materials"][0] = {"name": "both", "pbrMetallicRoughness": {"roughnessFactor": 0.25}}
        row["meshes"][0]["primitives"].append({"attributes": named, "mode": 1, "material": 0})

    out = write(changed(flag, tmp_path / "a.glb", lines), tmp_path / "b.glb")
    row = document(out)
    painted, line = row["meshes"][0]["primitives"]
    assert painted["material"] == 1 and line["material"] == 0
    assert row["materials"][0]["pbrMetallicRoughness"] == {"roughnessFactor": 0.25}
    assert "baseColorTexture" in row["materials"][1]["pbrMetallicRoughness"]
    assert not validate(out).complaints


@pytest.mark.parametrize(("mode", "order"), [(5, [0, 1, 3, 2]), (6, [0, 1, 2, 3])])
def test_strips_and_fans_are_drawn(tmp_path, flag, mode, order):
    def draw(row, view):
        row["accessors"].append(
            {"bufferView": view, "componentType": 5123, "type": "SCALAR", "count": 4}
        )
        primitive(row).update(mode=mode, indices=len(row["accessors"]) - 1)

    sent = with_bytes(flag, tmp_path / "a.glb", struct.pack("<4H", *order), draw)
    (drawn,) = glb_drawn.read(sent, texture_px=64)
    (usual,) = glb_drawn.read(flag, texture_px=64)

    def area(mesh):
        corners = mesh.vertices[mesh.faces]
        return np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]).sum(0) / 2

    assert len(drawn.faces) == 2 and area(drawn) == pytest.approx(area(usual))


def test_sparse_values_are_drawn(tmp_path, flag):
    payload = struct.pack("<2H", 2, 0) + struct.pack("<3f", 5.0, 6.0, 7.0)

    def move(row, view):
        number = primitive(row)["attributes"]["POSITION"]
        row["accessors"][number]["sparse"] = {
            "count": 1,
            "indices": {"bufferView": view, "componentType": 5123},
            "values": {"bufferView": view, "byteOffset": 4},
        }

    sent = with_bytes(flag, tmp_path / "a.glb", payload, move)
    (drawn,) = glb_drawn.read(sent, texture_px=64)
    assert drawn.vertices[2] == pytest.approx([5, 6, 7])
