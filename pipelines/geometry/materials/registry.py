"""How a material is declared, and all of them by word.

    @material("wood", "wooden oak timber", "744a28")
    def wood(at: Surface, colour: Colour) -> Look:

A material answers for many points at once. Files of this folder are found because they are there.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry.materials.tiles import Spots
from pipelines.words.colours import RGB, rgb
from pipelines.words.kinds import KINDS
from pipelines.words.tokens import singulars

NOT_MATERIALS = {
    "registry",
    "noise",
    "apply",
    "style",
    "coats",
    "maps",
    "places",
    "pieces",
    "dressing",
    "marks",
    "merged",
    "tiles",
}
Colour = NDArray[np.float32]


@dataclass(frozen=True)
class Surface:
    """Points (n, 3) float32 with the longest side of the object as unit, unit normals (n, 3).

    plain: grain and stains are left out, patterns stay; for the flat styles.
    """

    spots: Spots
    # Normals, or how to get them: most materials ask for none.
    facing: NDArray[np.float32] | Callable[[], NDArray[np.float32]]
    plain: bool = False
    accent: Colour | None = None

    @property
    def points(self) -> NDArray[np.float32]:
        return self.spots.points

    @property
    def normals(self) -> NDArray[np.float32]:
        return self.facing() if callable(self.facing) else self.facing

    def grain(
        self, scale: float, octaves: int = 4, stretch: tuple[float, float, float] = (1, 1, 1)
    ) -> NDArray[np.float32]:
        """Fine irregularity about 0, (n,) in -0.5..0.5; `scale` is bumps a longest side. 0 where plain."""
        if self.plain:
            return np.zeros(len(self.points), np.float32)
        return self.spots.fbm(three(*stretch) * np.float32(scale), octaves) - np.float32(0.5)

    def pattern(self, scale: float, octaves: int = 3) -> NDArray[np.float32]:
        """As `grain`, in 0..1, and there in plain styles too: for shapes that make the material."""
        return self.spots.fbm(scale, octaves)

    def cells(
        self, scale: float
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
        """Stones, scales, pebbles: nearest and second nearest distance in cells, and which cell."""
        return self.spots.cells(scale)

    def nearest(self, scale: float) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """As `cells` without the second nearest, which costs as much again."""
        return self.spots.nearest(scale)

    def along(self, x: float, y: float, z: float) -> NDArray[np.float32]:
        """How far each point lies along a direction of any length: (n,)."""
        return dot(self.points, (x, y, z))

    def faces(self, x: float, y: float, z: float) -> NDArray[np.float32]:
        """As `along`, for the normals."""
        return dot(self.normals, (x, y, z))

    def wall(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Places (u, v) on the side that the surface faces most, for bricks, planks and weave."""
        x, y, z = self.points.T
        across, up, ahead = (np.abs(axis) for axis in self.normals.T)
        sideways = (across >= up) & (across >= ahead)
        level = ~sideways & (up >= ahead)
        return np.where(sideways, z, x), np.where(level, z, y)


@dataclass(frozen=True)
class Look:
    """What points look like: rgb (n, 3) sRGB in 0..1, roughness and metalness (n,) or one number for all.

    height (n,): how far the relief stands out, in longest sides of the object; None leaves it to the material's
    `relief`. glow (n, 3): the light it sends out by itself, sRGB in 0..1; None for none. cover (n,): as a coat, the
    share of what lies beneath that it hides, 0..1; None hides all.
    """

    rgb: NDArray[np.float32]
    roughness: NDArray | float = 0.7
    metalness: NDArray | float = 0.0
    height: NDArray | None = None
    glow: NDArray[np.float32] | None = None
    cover: NDArray[np.float32] | None = None


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
    name: str, synonyms: str | None, colour: str, *, relief: float = 0.0
) -> Callable[[Make], Make]:
    """Declare a material. `synonyms` apart by blanks, words joined by "_"; `colour` is six hex digits.

    None: its words are objects in a prompt for an object, as "bread" is; painting knows its name and its kinds.
    """

    def declare(make: Make) -> Make:
        if name in _materials:
            raise ValueError(f"material {name} is declared twice")
        known = [] if synonyms is None else [name, *synonyms.split()]
        words = tuple(word.replace("_", " ") for word in known)
        _materials[name] = Material(name, words, rgb(colour), make, relief)
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


@cache
def painting_words() -> Mapping[str, str]:
    """As `material_words`, with what is known where a text speaks of a surface alone: all names, and the kinds.

    Raises ValueError for a kind of a material that there is not.
    """
    for word, kind in KINDS.items():
        if kind.material not in materials():
            raise ValueError(f"{word} is a kind of {kind.material}, which is no material")
    names = {name.replace("_", " "): name for name in materials()}
    return {**material_words(), **names, **{word: kind.material for word, kind in KINDS.items()}}


def words_beside(parts: Container[str]) -> Mapping[str, str]:
    """The painting words, but for those kinds that name parts of the object itself: of a car "tyres" are no rubber."""
    own = {
        word
        for word in KINDS.keys() - material_words().keys()
        if word in parts or any(form in parts for form in singulars(word))
    }
    return {word: name for word, name in painting_words().items() if word not in own}


def three(x: float, y: float, z: float) -> Colour:
    """Three numbers as a float32 row: a colour, or a factor for each axis."""
    return np.array((x, y, z), np.float32)


def mix(first: NDArray, second: NDArray, share: NDArray) -> NDArray[np.float32]:
    """Colours between two: share (n,) of the second, 0..1. first, second (3,) or (n, 3) -> (n, 3)."""
    part = np.clip(share, 0.0, 1.0)
    # Channel by channel: numpy is slow along rows of three.
    mixed = np.zeros((3, len(part)), np.float32)
    for channel, out in enumerate(mixed):
        below = first[..., channel]
        np.multiply(second[..., channel] - below, part, out=out)
        out += below
    return mixed.T


def step(values: NDArray, edge: float, width: float) -> NDArray[np.float32]:
    """0 below `edge`, 1 above, with a soft change `width` wide."""
    share = np.asarray(values * (1.0 / width), np.float32)
    share += np.float32(0.5 - edge / width)
    np.clip(share, 0.0, 1.0, out=share)
    soft = share * np.float32(-2.0)
    soft += np.float32(3.0)
    share *= share
    share *= soft
    return share


def toned(colour: Colour, change: NDArray) -> NDArray[np.float32]:
    """A colour (3,) or (n, 3) made lighter or darker by `change` (n,): 0.1 is a tenth lighter."""
    light = change + np.float32(1.0)
    found = np.zeros((3, len(light)), np.float32)
    for channel, out in enumerate(found):
        np.multiply(light, colour[..., channel], out=out)
        np.clip(out, 0.0, 1.0, out=out)
    return found.T


def dot(rows: NDArray[np.float32], direction: Sequence[float] | Colour) -> NDArray[np.float32]:
    """Rows (n, 3) times one direction: (n,). By hand, since BLAS would start threads for it."""
    x, y, z = rows.T
    found = x * np.float32(direction[0])
    found += y * np.float32(direction[1])
    found += z * np.float32(direction[2])
    return np.asarray(found)
