"""How a material is declared, and all of them by word.

    @material("wood", "wooden oak timber", "744a28")
    def wood(at: Surface, colour: Colour) -> Look:

A material answers for many points at once. Files of this folder are found because they are there.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry.materials import noise
from pipelines.words.colours import RGB, rgb

NOT_MATERIALS = {"registry", "noise", "apply", "style", "coats", "maps", "places", "dressing"}
Colour = NDArray[np.float32]


@dataclass(frozen=True)
class Surface:
    """points (n, 3) float32 with the longest side of the object as unit, unit normals (n, 3).

    plain: grain and stains are left out, patterns stay; for the flat styles.
    """

    points: NDArray[np.float32]
    # Normals, or how to get them: most materials ask for none.
    facing: NDArray[np.float32] | Callable[[], NDArray[np.float32]]
    plain: bool = False
    accent: Colour | None = None

    @property
    def normals(self) -> NDArray[np.float32]:
        return self.facing() if callable(self.facing) else self.facing

    def grain(
        self, scale: float, octaves: int = 4, stretch: tuple[float, float, float] = (1, 1, 1)
    ) -> NDArray[np.float32]:
        """Fine irregularity about 0, (n,) in -0.5..0.5; `scale` is bumps a longest side. 0 where plain."""
        if self.plain:
            return np.zeros(len(self.points), np.float32)
        return noise.fbm(self.points * three(*stretch) * np.float32(scale), octaves) - 0.5

    def pattern(self, scale: float, octaves: int = 3) -> NDArray[np.float32]:
        """As `grain`, in 0..1, and there in plain styles too: for shapes that make the material."""
        return noise.fbm(self.points * np.float32(scale), octaves)

    def cells(
        self, scale: float
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
        """Stones, scales, pebbles: nearest and second nearest distance in cells, and which cell."""
        return noise.cells(self.points * np.float32(scale))

    def wall(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Places (u, v) on the side that the surface faces most, for bricks, planks and weave."""
        x, y, z = self.points.T
        side = np.abs(self.normals).argmax(1)
        u = np.where(side == 0, z, x)
        v = np.where(side == 1, z, y)
        return u.astype(np.float32), v.astype(np.float32)


@dataclass(frozen=True)
class Look:
    """What points look like: rgb (n, 3) sRGB in 0..1, roughness and metalness (n,) or one number for all.

    height (n,): how far the relief stands out, in longest sides of the object; None leaves it to the material's
    `relief`. glow (n, 3): the light it sends out by itself, sRGB in 0..1; None for none.
    """

    rgb: NDArray[np.float32]
    roughness: NDArray | float = 0.7
    metalness: NDArray | float = 0.0
    height: NDArray | None = None
    glow: NDArray[np.float32] | None = None


Make = Callable[[Surface, Colour], Look]


@dataclass(frozen=True)
class Material:
    """One material: its words, its own colour, its function, and how high it stands out where it is light (in longest
    sides of the object, from black to white)."""

    name: str
    words: tuple[str, ...]
    colour: RGB
    make: Make
    relief: float = 0.0


_materials: dict[str, Material] = {}


def material(
    name: str, synonyms: str, colour: str, *, relief: float = 0.0
) -> Callable[[Make], Make]:
    """Declare a material. `synonyms` apart by blanks, words joined by "_"; `colour` is six hex digits."""

    def declare(make: Make) -> Make:
        if name in _materials:
            raise ValueError(f"material {name} is declared twice")
        words = tuple(word.replace("_", " ") for word in synonyms.split())
        _materials[name] = Material(
            name, (name.replace("_", " "), *words), rgb(colour), make, relief
        )
        return make

    return declare


@cache
def materials() -> Mapping[str, Material]:
    """Every material by name."""
    for path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        if path.stem not in NOT_MATERIALS:
            importlib.import_module(f"pipelines.geometry.materials.{path.stem}")
    return dict(_materials)


@cache
def material_words() -> Mapping[str, str]:
    """Word -> material's name. Raises ValueError for a word of two materials."""
    table: dict[str, str] = {}
    for row in materials().values():
        for word in row.words:
            if table.setdefault(word, row.name) != row.name:
                raise ValueError(f"{word} names {table[word]} and {row.name}")
    return table


def three(x: float, y: float, z: float) -> Colour:
    """Three numbers as a float32 row: a colour, or a factor for each axis."""
    return np.array((x, y, z), np.float32)


def mix(first: NDArray, second: NDArray, share: NDArray) -> NDArray[np.float32]:
    """Colours between two: share (n,) of the second, 0..1. first, second (3,) or (n, 3) -> (n, 3)."""
    part = np.clip(share, 0.0, 1.0)[:, None].astype(np.float32)
    return (first * (1.0 - part) + second * part).astype(np.float32)


def step(values: NDArray, edge: float, width: float) -> NDArray[np.float32]:
    """0 below `edge`, 1 above, with a soft change `width` wide."""
    share = np.clip((values - edge) / width + 0.5, 0.0, 1.0)
    return np.asarray(share * share * (3.0 - 2.0 * share), np.float32)


def toned(colour: Colour, change: NDArray) -> NDArray[np.float32]:
    """A colour (3,) or (n, 3) made lighter or darker by `change` (n,): 0.1 is a tenth lighter."""
    return np.clip(colour * (1.0 + change[:, None]), 0.0, 1.0).astype(np.float32)
