"""What a GLB draws: its triangles where the scene puts them, each with its material.

Reads files of our own and of plug-ins for a look at them, so it keeps to what a plain picture needs: colours by
texture, factor and vertices, metal, roughness, bumps and glow. No animation, no skinning (a rig is shown as it was
bound), no compressed geometry. Raises UnreadableInput for what it cannot read.
"""

from __future__ import annotations

import io
import json
import mmap
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.errors import UnreadableInput
from pipelines.geometry import glb_accessors
from pipelines.geometry.glb_accessors import FAN, STRIP, TRIANGLES, triangles
from pipelines.geometry.images import FORMATS
from pipelines.geometry.unsound import reason

CLAMP_TO_EDGE = 33071
UNSOUND = (
    LookupError,
    TypeError,
    ValueError,
    ArithmeticError,
    AttributeError,
    struct.error,
    OSError,
    RecursionError,
)
# A larger PNG takes longer to read than the whole picture to draw: such maps beside the colours are left out.
LARGEST_MAP_PX = 2048
# Squares of such numbers, in metres, are far below the largest of float32.
LARGE = 1e12
# Points that are looked at at once: they stay in the processor's cache.
BAND = 65_536
UNSIGNED = (5121, 5123)
# A node tree deeper than this is a loop.
DEEPEST = 256


@dataclass(frozen=True)
class Surface:
    """A glTF material. factor (3,) float32, linear; texture (h, w, 3) uint8 sRGB or None; clamped: it does not repeat.

    `metal_rough` has roughness in green and metalness in blue, `bumps` is a map of normals in tangent space, `glow`
    one of light in sRGB; each (h, w, 3) uint8 or None. metalness, roughness and glow_factor (3,) multiply their maps.
    """

    factor: NDArray[np.float32]
    texture: NDArray[np.uint8] | None = None
    clamped: bool = False
    metalness: float = 0.0
    roughness: float = 1.0
    metal_rough: NDArray[np.uint8] | None = None
    bumps: NDArray[np.uint8] | None = None
    glow: NDArray[np.uint8] | None = None
    glow_factor: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Drawn:
    """vertices (n, 3) m in the scene, float32 where they stand as the file has them, else float64; faces (m, 3)
    integers; normals (n, 3) of any length, of the vertices' type, uv (n, 2) with v down as in glTF, and colours (n, 3
    or 4), linear, of which `whole` is 1; each None where the file has none. What the scene leaves as it is, is the
    file's own memory, and cannot be written to."""

    vertices: NDArray[np.floating]
    faces: NDArray[np.integer]
    surface: Surface
    normals: NDArray[np.floating] | None
    uv: NDArray[np.float32] | None
    colours: NDArray | None


def whole(colours: NDArray) -> float:
    """What stands for 1 in colours as a file has them: bytes and words stay what they are until they are needed."""
    return float(np.iinfo(colours.dtype).max) if colours.dtype.kind == "u" else 1.0


def read(path: Path, *, texture_px: int) -> list[Drawn]:
    """Every primitive of triangles in the file's scene. Textures are read at about texture_px a side at most."""
    with path.open("rb") as file:
        try:
            return list(_File(_mapped(file), texture_px).drawn())
        except UNSOUND as error:
            raise UnreadableInput(f"the GLB cannot be drawn: {reason(error)}") from error


def _mapped(file: BinaryIO) -> mmap.mmap:
    """The bytes of a file, of which only those are read that are looked at. Raises ValueError where there are none.

    The file may be renamed or removed meanwhile, but not cut short: results are written beside and renamed.
    """
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def surfaces(path: Path, materials: Sequence[int | None], *, texture_px: int) -> list[Surface]:
    """The surface of each of a file's materials by number, None for a primitive that has none. As `read`."""
    try:
        file = _File(path.read_bytes(), texture_px)
        return [file._surface(number) for number in materials]
    except UNSOUND as error:
        raise UnreadableInput(f"the GLB's textures cannot be read: {reason(error)}") from error


class _File:
    """One GLB in memory."""

    def __init__(self, data: bytes | mmap.mmap, texture_px: int) -> None:
        (length,) = struct.unpack_from("<I", data, 12)
        self.row: dict[str, Any] = json.loads(data[20 : 20 + length])
        self.binary = memoryview(data)[28 + length :]
        self.texture_px = texture_px
        self._met: set[int] = set()
        self._surfaces: dict[int | None, Surface] = {}
        self._images: dict[int, NDArray[np.uint8]] = {}

    def drawn(self) -> Iterator[Drawn]:
        scenes = self.row.get("scenes", [])
        scene = scenes[self.row.get("scene", 0)] if scenes else {}
        for node in scene.get("nodes", []):
            yield from self._node(node, np.eye(4), 0)

    def _node(self, index: int, parent: NDArray, depth: int) -> Iterator[Drawn]:
        if depth > DEEPEST:
            raise ValueError("nodes are nested too deeply")
        # Nodes are trees; one that hangs in two places would be drawn for each way to it.
        if index in self._met:
            raise ValueError("a node has two parents")
        self._met.add(index)
        node = self.row["nodes"][index]
        world = parent @ local_matrix(node)
        if "mesh" in node:
            # glTF puts a skinned mesh where its joints are; unposed, that is where its vertices say.
            stands = np.eye(4) if "skin" in node else world
            for primitive in self.row["meshes"][node["mesh"]]["primitives"]:
                if primitive.get("mode", TRIANGLES) in (TRIANGLES, STRIP, FAN):
                    yield self._primitive(primitive, stands)
        for child in node.get("children", []):
            yield from self._node(child, world, depth + 1)

    def _primitive(self, primitive: dict[str, Any], world: NDArray) -> Drawn:
        named = primitive["attributes"]
        points = self._accessor(named["POSITION"])
        if "indices" in primitive:
            order = self._accessor(primitive["indices"]).reshape(-1)
        else:
            order = np.arange(len(points))
        # As the file has them: of two million faces a wider type would take as long as their drawing.
        faces = triangles(order, primitive.get("mode", TRIANGLES))
        if len(faces) and faces.max() >= len(points):
            raise ValueError("faces name vertices that are not there")
        uv = self._accessor(named["TEXCOORD_0"]) if "TEXCOORD_0" in named else None
        colours = self._colours(named["COLOR_0"]) if "COLOR_0" in named else None
        return Drawn(
            points if _is_still(points, world) else points @ world[:3, :3].T + world[:3, 3],
            faces,
            self._surface(primitive.get("material")),
            self._normals(named, world),
            uv,
            colours,
        )

    def _normals(self, named: dict[str, int], world: NDArray) -> NDArray[np.floating] | None:
        if "NORMAL" not in named or abs(np.linalg.det(world[:3, :3])) < 1e-30:
            return None
        normals = self._accessor(named["NORMAL"])
        stays = normals.dtype == np.float32 and np.array_equal(world, np.eye(4))
        return normals if stays else normals @ np.linalg.inv(world[:3, :3])

    def _colours(self, index: int) -> NDArray:
        row = self.row["accessors"][index]
        if row.get("normalized") and row["componentType"] in UNSIGNED and "sparse" not in row:
            return self._in_file(row)
        return self._accessor(index)

    def _accessor(self, index: int) -> NDArray:
        row = self.row["accessors"][index]
        if row.get("normalized") or "sparse" in row:
            return glb_accessors.values(self.row, self.binary, index)
        return self._in_file(row)

    def _in_file(self, row: dict[str, Any]) -> NDArray:
        """The values of an accessor as they are stored, not copied where they lie one after the other."""
        return np.require(glb_accessors.in_file(self.row, self.binary, row), None, ["C", "A"])

    def _surface(self, index: int | None) -> Surface:
        if index not in self._surfaces:
            plain = Surface(np.ones(3, np.float32))
            self._surfaces[index] = plain if index is None else self._material(index)
        return self._surfaces[index]

    def _material(self, index: int) -> Surface:
        material = self.row["materials"][index]
        pbr = material.get("pbrMetallicRoughness", {})
        named = pbr.get("baseColorTexture")
        texture, clamped = (None, False) if named is None else self._texture(named["index"])
        metal_rough = self._map(pbr.get("metallicRoughnessTexture"))
        # A map that is left out must not turn everything to metal.
        unread = "metallicRoughnessTexture" in pbr and metal_rough is None
        glow = self._map(material.get("emissiveTexture"))
        is_dark = "emissiveTexture" in material and glow is None
        return Surface(
            np.array(pbr.get("baseColorFactor", (1.0, 1.0, 1.0))[:3], np.float32),
            texture,
            clamped,
            0.0 if unread else float(pbr.get("metallicFactor", 1.0)),
            1.0 if unread else float(pbr.get("roughnessFactor", 1.0)),
            metal_rough,
            self._map(material.get("normalTexture")),
            glow,
            (0.0, 0.0, 0.0) if is_dark else tuple(material.get("emissiveFactor", (0.0, 0.0, 0.0))),
        )

    def _map(self, named: dict[str, Any] | None) -> NDArray[np.uint8] | None:
        """A texture that is not the base colour; None where there is none, or none that is read quickly."""
        if named is None or named.get("texCoord", 0) != 0:
            return None
        return self._read(named["index"], LARGEST_MAP_PX)

    def _texture(self, index: int) -> tuple[NDArray[np.uint8], bool]:
        texture = self.row["textures"][index]
        sampler = self.row["samplers"][texture["sampler"]] if "sampler" in texture else {}
        pixels = self._read(index)
        assert pixels is not None  # noqa: S101 - only maps have a limit
        return pixels, sampler.get("wrapS") == CLAMP_TO_EDGE

    def _read(self, index: int, most_px: int | None = None) -> NDArray[np.uint8] | None:
        """The image of a texture, at about texture_px a side; None for a PNG larger than `most_px`. An image that many
        materials share is read once."""
        texture = self.row["textures"][index]
        webp = texture.get("extensions", {}).get("EXT_texture_webp", {})
        number = webp.get("source", texture.get("source"))
        if number not in self._images:
            with self._picture(number) as picture:
                if most_px and picture.format == "PNG" and max(picture.size) > most_px:
                    return None
                self._images[number] = self._small(picture)
        return self._images[number]

    def _picture(self, number: int) -> Image.Image:
        """An image, its pixels not read yet."""
        view = self.row["bufferViews"][self.row["images"][number]["bufferView"]]
        start = view.get("byteOffset", 0)
        payload = bytes(self.binary[start : start + view["byteLength"]])
        return Image.open(io.BytesIO(payload), formats=FORMATS)

    def _small(self, picture: Image.Image) -> NDArray[np.uint8]:
        picture.draft("RGB", (self.texture_px, self.texture_px))  # JPEG: decoded small
        small = picture if picture.mode == "RGB" else picture.convert("RGB")
        return np.asarray(small.reduce(max(1, min(small.size) // self.texture_px)))


def _is_still(points: NDArray, world: NDArray) -> bool:
    """Whether points of the file stand in the scene as they are, and are small enough to reckon with in float32."""
    if points.dtype != np.float32 or not len(points) or not np.array_equal(world, np.eye(4)):
        return False
    bands = (points[start : start + BAND] for start in range(0, len(points), BAND))
    return all(bool(band.max() < LARGE and band.min() > -LARGE) for band in bands)


def local_matrix(node: dict[str, Any]) -> NDArray[np.float64]:
    """The matrix (4, 4) of a node, from `matrix` or from translation, rotation (x, y, z, w) and scale."""
    if "matrix" in node:
        return np.array(node["matrix"], np.float64).reshape(4, 4).T
    x, y, z, w = node.get("rotation", (0.0, 0.0, 0.0, 1.0))
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    local = np.eye(4)
    local[:3, :3] = turn * np.asarray(node.get("scale", (1.0, 1.0, 1.0)))
    local[:3, 3] = node.get("translation", (0.0, 0.0, 0.0))
    return local
