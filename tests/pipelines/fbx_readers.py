"""FBX files read by two programs that are not ours: FBX2glTF, with Autodesk's own SDK inside, and three.js's FBXLoader.

Both come by ./setup.sh --test. What they make of a file is brought to one form, to compare it with what was written:
triangles by their corners, since each reader splits and orders vertices in its own way.
"""

from __future__ import annotations

import base64
import json
import platform
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.formats.srgb import to_linear
from tests import gltf_validator

NODE = gltf_validator.FOLDER
SDK = NODE / "node_modules" / "fbx2gltf" / "bin" / "Linux" / "FBX2glTF"
LIMIT_S = 120
TYPES = {5121: "u1", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


@dataclass(frozen=True, eq=False)
class Triangles:
    """A mesh by the corners of its triangles. positions (m, 3, 3), m, in the frame of its node; drawn (m, 3, 3): in

    the scene, posed. normals (m, 3, 3) or None; uvs: sets of (m, 3, 2), v down; colours (m, 3, 3 or 4), linear, or
    None; weights (m, 3, j), of the joints whose names are in `joints`; materials: the name of each face's, or "".
    """

    positions: NDArray
    drawn: NDArray
    normals: NDArray | None
    uvs: tuple[NDArray, ...]
    colours: NDArray | None
    joints: tuple[str, ...]
    weights: NDArray | None
    materials: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Found:
    """A scene as a reader sees it: names of parents ("" for none), places (4, 4) in m, meshes by the names of nodes."""

    parents: dict[str, str]
    world: dict[str, NDArray]
    meshes: dict[str, Triangles]
    materials: dict[str, dict[str, Any]]
    warnings: tuple[str, ...] = ()
    bones: frozenset[str] = frozenset()


def sdk_missing() -> str | None:
    """Why the SDK's reader cannot run on this machine, or None."""
    if sys.platform == "linux" and platform.machine() == "x86_64":
        return None
    return f"FBX2glTF is there for Linux on x86-64 only, not for {platform.system()} {platform.machine()}"


def through_sdk(path: Path) -> Found:
    """What FBX2glTF makes of a file. Its own GLB is read here with numpy alone."""
    if not SDK.is_file():
        raise gltf_validator.ValidatorMissing("FBX2glTF is not installed; run ./setup.sh --test")
    if not SDK.stat().st_mode & 0o100:
        SDK.chmod(0o755)  # npm unpacks it as a plain file
    target = path.with_name(f"{path.stem}_by_sdk.glb")
    command = [str(SDK), "--binary", "--input", str(path), "--output", str(target.with_suffix(""))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert done.returncode == 0 and target.is_file(), done.stdout + done.stderr
    said = [line for line in (done.stdout + done.stderr).splitlines() if "Warning" in line]
    return _Glb(target.read_bytes()).found(tuple(said))


class _Glb:
    """A GLB as FBX2glTF writes it: one buffer, no sparse accessors, nodes with translation, rotation and scale."""

    def __init__(self, data: bytes) -> None:
        length = struct.unpack_from("<I", data, 12)[0]
        self.rows = json.loads(data[20 : 20 + length])
        self.binary = data[28 + length :]
        self.nodes = self.rows["nodes"]
        self.parent = {
            child: n for n, node in enumerate(self.nodes) for child in node.get("children", ())
        }

    def array(self, number: int) -> NDArray:
        row = self.rows["accessors"][number]
        view = self.rows["bufferViews"][row["bufferView"]]
        start = view.get("byteOffset", 0) + row.get("byteOffset", 0)
        width, kind = WIDTHS[row["type"]], np.dtype(TYPES[row["componentType"]])
        stride = view.get("byteStride", width * kind.itemsize)
        values = np.ndarray(
            (row["count"], width), kind, self.binary, start, (stride, kind.itemsize)
        )
        return values.astype(np.float64) if kind.kind == "f" else values.astype(np.int64)

    def found(self, warnings: tuple[str, ...]) -> Found:
        world = [self.world(number) for number in range(len(self.nodes))]
        names = [node.get("name", "") for node in self.nodes]
        kept = [number for number in range(len(names)) if number in self.parent]  # but the root
        parents = {names[n]: names[self.parent[n]] if self.parent[n] in kept else "" for n in kept}
        return Found(
            parents,
            {names[n]: world[n] for n in kept},
            {
                names[n]: self.triangles(self.nodes[n], world, names)
                for n in kept
                if "mesh" in self.nodes[n]
            },
            {row["name"]: self.material(row) for row in self.rows.get("materials", ())},
            warnings,
            frozenset(
                names[joint] for skin in self.rows.get("skins", ()) for joint in skin["joints"]
            ),
        )

    def world(self, number: int) -> NDArray:
        node = self.nodes[number]
        x, y, z, w = node.get("rotation", (0, 0, 0, 1))
        turn = np.array(
            [
                [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
            ]
        )
        matrix = np.eye(4)
        matrix[:3, :3] = turn * node.get("scale", (1, 1, 1))
        matrix[:3, 3] = node.get("translation", (0, 0, 0))
        return self.world(self.parent[number]) @ matrix if number in self.parent else matrix

    def triangles(self, node: dict[str, Any], world: list[NDArray], names: list[str]) -> Triangles:
        parts = [
            self.part(primitive) for primitive in self.rows["meshes"][node["mesh"]]["primitives"]
        ]
        joined = {
            key: np.concatenate([part[key] for part in parts])
            for key in parts[0]
            if key != "material"
        }
        materials = [part["material"] for part in parts for _ in part["POSITION"]]
        positions = joined["POSITION"]
        place = world[self.nodes.index(node)]
        drawn = positions @ place[:3, :3].T + place[:3, 3]
        joints: tuple[str, ...] = ()
        weights = None
        if "skin" in node:
            skin = self.rows["skins"][node["skin"]]
            joints = tuple(names[joint] for joint in skin["joints"])
            shares, numbers = joined["WEIGHTS_0"], joined["JOINTS_0"]
            weights = dense(numbers, shares, len(joints))
            inverse = self.array(skin["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1)
            moves = np.array([world[joint] for joint in skin["joints"]]) @ inverse
            drawn = posed(positions, weights, moves)
        colours = joined.get("COLOR_0")
        if colours is not None:
            # It hands the file's numbers on as if they were linear.
            colours = np.concatenate([to_linear(colours[..., :3]), colours[..., 3:]], -1)
        uvs = tuple(joined[key] for key in ("TEXCOORD_0", "TEXCOORD_1") if key in joined)
        return Triangles(
            positions,
            drawn,
            joined.get("NORMAL"),
            uvs,
            colours,
            joints,
            weights,
            tuple(materials),
        )

    def part(self, primitive: dict[str, Any]) -> dict[str, Any]:
        corners = self.array(primitive["indices"]).reshape(-1, 3)
        found: dict[str, Any] = {
            key: self.array(number)[corners] for key, number in primitive["attributes"].items()
        }
        row = primitive.get("material")
        found["material"] = "" if row is None else self.rows["materials"][row]["name"]
        return found

    def material(self, row: dict[str, Any]) -> dict[str, Any]:
        pbr = row["pbrMetallicRoughness"]
        return {
            "colour": pbr["baseColorFactor"][:3],
            "opacity": pbr["baseColorFactor"][3],
            "emission": row.get("emissiveFactor", [0.0, 0.0, 0.0]),
            "map": self.picture(pbr.get("baseColorTexture")),
            "normalMap": self.picture(row.get("normalTexture")),
            "emissiveMap": self.picture(row.get("emissiveTexture")),
        }

    def picture(self, named: dict[str, Any] | None) -> bytes | None:
        if named is None:
            return None
        image = self.rows["images"][self.rows["textures"][named["index"]]["source"]]
        view = self.rows["bufferViews"][image["bufferView"]]
        start = view.get("byteOffset", 0)
        return bytes(self.binary[start : start + view["byteLength"]])


def through_three(path: Path) -> Found:
    """What three.js makes of a file. It keeps FBX's centimetres, which are made metres here."""
    command = [gltf_validator.node(), str(NODE / "fbx_three.mjs"), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    nodes = rows["nodes"]
    found = Found({}, {}, {}, {}, tuple(rows["warnings"]), _bones(nodes))
    for number, node in enumerate(nodes):
        above = nodes[node["parent"]]["name"] if node["parent"] >= 0 else ""
        if (number == 0 and not node["name"]) or (node["bone"] and above == node["name"]):
            continue  # its own root; its copies of a joint that several skins have
        found.parents[node["name"]] = above
        found.world[node["name"]] = _matrix(node["world"])
        if node["mesh"] is not None:
            found.meshes[node["name"]] = _three_triangles(node["mesh"], nodes)
            for material in node["mesh"]["materials"]:
                found.materials[material["name"]] = _three_material(material)
    return found


def _bones(nodes: list[dict[str, Any]]) -> frozenset[str]:
    return frozenset(node["name"] for node in nodes if node["bone"])


def _matrix(numbers: list[float]) -> NDArray:
    matrix = np.array(numbers, np.float64).reshape(4, 4).T
    matrix[:3, 3] /= 100.0
    return matrix


def _three_triangles(mesh: dict[str, Any], nodes: list[dict[str, Any]]) -> Triangles:
    def corners(values: list[float] | None, width: int) -> NDArray | None:
        return None if values is None else np.array(values, np.float64).reshape(-1, 3, width)

    positions = corners(mesh["positions"], 3)
    drawn = corners(mesh["drawn"], 3)
    assert positions is not None and drawn is not None
    joints: tuple[str, ...] = ()
    weights = None
    if mesh["bones"] is not None:
        joints = tuple(nodes[bone]["name"] for bone in mesh["bones"])
        numbers, shares = corners(mesh["joints"], 4), corners(mesh["weights"], 4)
        assert numbers is not None and shares is not None
        weights = dense(numbers.astype(np.int64), shares, len(joints))
    names = [material["name"] for material in mesh["materials"]]
    slots = np.zeros(len(positions), int)
    for group in mesh["groups"]:
        first = group["start"] // 3
        slots[first : first + group["count"] // 3] = group["materialIndex"]
    uvs = [corners(values, 2) for values in mesh["uvs"]]
    return Triangles(
        positions / 100.0,
        drawn / 100.0,
        corners(mesh["normals"], 3),
        tuple(uv * (1.0, -1.0) + (0.0, 1.0) for uv in uvs if uv is not None),
        corners(mesh["colours"], 3),
        joints,
        weights,
        tuple(names[slot] for slot in slots),
    )


def _three_material(made: dict[str, Any]) -> dict[str, Any]:
    def data(texture: dict[str, Any] | None) -> bytes | None:
        return None if texture is None else base64.b64decode(texture["data"])

    return {
        **made,
        **{name: data(made[name]) for name in ("map", "normalMap", "emissiveMap", "aoMap")},
        "clamped": made["map"] and made["map"]["clamped"],
    }


def dense(numbers: NDArray, shares: NDArray, joints: int) -> NDArray:
    """(m, 3, 4) joints and weights -> (m, 3, j) weights of all joints."""
    weights = np.zeros((*numbers.shape[:2], joints))
    for column in range(numbers.shape[2]):
        places = np.indices(numbers.shape[:2])
        np.add.at(weights, (*places, numbers[..., column]), shares[..., column])
    return weights


def posed(positions: NDArray, weights: NDArray, moves: NDArray) -> NDArray:
    """Corners (m, 3, 3) moved by the matrices (j, 4, 4) of joints, by their weights (m, 3, j)."""
    blend = np.einsum("mcj,jab->mcab", weights, moves)
    return np.einsum("mcab,mcb->mca", blend[..., :3, :3], positions) + blend[..., :3, 3]


def matched(wanted: NDArray, found: NDArray) -> tuple[NDArray, NDArray]:
    """Which triangle (m, 3, 3) of `found` is which of `wanted`, and its corners in the order of the wanted one's."""
    assert wanted.shape == found.shape
    turned = np.stack([np.roll(found, -turn, axis=1) for turn in range(3)])
    apart = np.abs(wanted[:, None, None] - turned[None]).sum((3, 4))  # wanted, turn, found
    best = apart.reshape(len(wanted), -1).argmin(1)
    turn, face = best // len(found), best % len(found)
    assert len(np.unique(face)) == len(wanted)
    return face, (np.arange(3)[None] + turn[:, None]) % 3


NEAR = 1e-5
BY_SDK = pytest.param(
    through_sdk,
    id="sdk",
    marks=pytest.mark.skipif(bool(sdk_missing()), reason=str(sdk_missing())),
)
BY_THREE = pytest.param(through_three, id="three")
READERS = [BY_SDK, BY_THREE]
Reader = Callable[[Path], Found]
