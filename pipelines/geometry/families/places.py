"""Where the things of a scene stand: on, in, under, beside or around each other, alone or in rows and circles.

Y up, front to +Z, metres. Every body stands on y = 0 about the origin; what comes out are placements of copies.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from manifold3d import Manifold
from numpy.typing import NDArray

from pipelines.geometry.families import copies as copying
from pipelines.geometry.families.copies import Copy, moved, placed, scaled_copy, turned
from pipelines.geometry.families.height_field import (
    HeightField,
    Taken,
    clearance,
    height_field,
    hollow,
    rim,
    share_of_room,
    spots,
    under,
)
from pipelines.geometry.families.on_beings import held, worn
from pipelines.words.relations import ANIMALS, BEINGS, GROUNDS, STEMMED, Place
from pipelines.words.scene import Link

GAP = 0.12  # of the smaller neighbour's width
SUNK = 0.012  # share of its height that a thing sinks into what it stands on, so that both are one body
# A thing placed at another has at least and at most this share of its length: nothing is too small to see.
SMALLEST, LARGEST = 0.12, 2.5
HEAPED = 0.24  # as SMALLEST, of several in a thing: they fill it
ASTRIDE = 0.27  # as SUNK, for a rider on a mount: to the knees
CROWDED = 4  # times a thing is made smaller before it may stand in another's way
BUMP = 0.3  # share of its height that a thing may go down between bumps
LEANING = 24.0  # degrees
SEEN_THROUGH = frozenset(("cage", "birdcage"))
CAGED = 0.62  # of a cage's width and depth that what is in it has
ROOM = 0.9  # of what it stands on or in
SHOWN_LEAST, SHOWN_MOST = 0.3, 0.55  # of its height, that is below a vessel's rim
APART = 0.8  # of its width, that things of another kind keep from the middle of one that lies in a vessel
FACING = frozenset(("chair", "stool", "bench", "person"))
AT_TABLE = frozenset(("table", "desk", "piano"))
LONGEST_ROW = 3  # more without a layout stand in several rows


@dataclass(frozen=True)
class Body:
    """A thing's solid in metres, its family, how many copies there are and how they stand."""

    solid: Manifold
    family: str
    count: int = 1
    layout: str = ""

    @property
    def size(self) -> np.ndarray:
        box = np.array(self.solid.bounding_box())
        return box[3:] - box[:3]


def arranged(bodies: Sequence[Body], links: Sequence[Link]) -> list[Copy]:
    """Copies of every body, none of which is left out."""
    arranger = _Arranger(list(bodies), links)
    roots = [index for index in range(len(bodies)) if index not in {link.child for link in links}]
    copies = arranger.group(roots[0])
    for index in roots[1:]:
        copies = arranger.beside(copies, arranger.group(index), 1)
    return copies


class _Arranger:
    def __init__(self, bodies: list[Body], links: Sequence[Link]) -> None:
        self.bodies, self.links = bodies, links

    def group(self, thing: int) -> list[Copy]:
        """All copies of a thing with everything that is placed at it, about the origin on the ground."""
        body = self.bodies[thing]
        stacked = body.layout == "stack" or (body.layout == "pile" and body.count > 1)
        alone, scale = self._alone(thing)
        unit = alone if stacked else alone + self._carried(thing, self._solid(alone), scale)
        copies = self._laid_out(unit, body.count, body.layout)
        if stacked and body.layout == "pile":
            copies += self._on_the_peak(thing, copies)
        elif stacked:
            copies += self._carried(thing, self._solid(copies), scale)
        side = 1
        for child, place in self._children(thing, inner=False):
            copies, side = self._around(copies, thing, child, place, side)
        return copies

    def unit(self, thing: int) -> list[Copy]:
        """One copy of a thing with what is on it, in it or in its hands."""
        alone, scale = self._alone(thing)
        return alone + self._carried(thing, self._solid(alone), scale)

    def _alone(self, thing: int) -> tuple[list[Copy], float]:
        children = [child for child, _ in self._children(thing, inner=True)]
        scale = self._ground_scale(thing, children)
        return [Copy(thing, scale)], scale

    def _carried(self, thing: int, solid: Manifold, scale: float) -> list[Copy]:
        """What is on a thing's solid, in it, on its head or in its hands."""
        copies: list[Copy] = []
        hands = 0
        taken: list[Taken] = []
        for child, place in sorted(self._children(thing, inner=True), key=self._largest_first):
            if place == "hold":
                others = self._fitted(self.group(child), self.bodies[thing].size * scale, 1.15)
                copies += held(solid, others, self._size(others), -1 if hands % 2 == 0 else 1)
                hands += 1
            elif place == "wear":
                others = self.group(child)
                copies += worn(solid, others, self._size(others))
            else:
                copies += self._placed(solid, child, place, taken, self._astride(thing, child))
        return copies

    def _on_the_peak(self, thing: int, pile: list[Copy]) -> list[Copy]:
        """What is on a pile, on the last of its things, which is its highest: no more of it is even."""
        box, peak = self.bounds(pile), self._box(pile[-1])
        middle = (peak[:3] + peak[3:]) / 2
        copies: list[Copy] = []
        for child, _ in self._children(thing, inner=True):
            others = self._fitted(self.group(child), box[3:] - box[:3], 1.0)
            x, z = self._footing(others)
            sunk = 0.1 * float(peak[4] - peak[1])
            copies += moved(others, (middle[0] - x, box[4] - sunk, middle[2] - z))
        return copies

    def _largest_first(self, row: tuple[int, Place]) -> float:
        """A key by which large things get the middle of a table; those in hands stay as they were named."""
        size = self.bodies[row[0]].size
        return 0.0 if row[1] in ("hold", "wear") else -float(size[0] * size[2])

    def beside(self, copies: list[Copy], others: list[Copy], side: int) -> list[Copy]:
        """`others` to the right (side 1) or left (-1) of what is there."""
        box, other = self.bounds(copies), self.bounds(others)
        gap = GAP * min(box[3] - box[0], other[3] - other[0])
        x = box[3] + gap - other[0] if side > 0 else box[0] - gap - other[3]
        return copies + moved(others, (x, 0, 0))

    def bounds(self, copies: Sequence[Copy]) -> np.ndarray:
        """Lower and upper corner, (6,), of copies together."""
        boxes = np.array([self._box(copy) for copy in copies])
        return np.concatenate([boxes[:, :3].min(0), boxes[:, 3:].max(0)])

    def _children(self, thing: int, *, inner: bool) -> list[tuple[int, Place]]:
        kinds = {"on", "in", "hold", "wear"}
        rows = [link for link in self.links if link.of == thing]
        return [(link.child, link.place) for link in rows if (link.place in kinds) is inner]

    def _box(self, copy: Copy) -> np.ndarray:
        return np.array(placed(self.bodies[copy.thing].solid, copy).bounding_box())

    def _size(self, copies: Sequence[Copy]) -> np.ndarray:
        box = self.bounds(copies)
        return box[3:] - box[:3]

    def _laid_out(self, unit: list[Copy], count: int, layout: str) -> list[Copy]:
        """`count` copies of a unit in a row, a circle, a stack, a pile or a cluster."""
        if count == 1:
            return unit
        size = self._size(unit)
        if layout == "stack":
            rise = size[1] * (1 - SUNK)
            turns = [7.0 * math.sin(2.4 * i) for i in range(count)]
            pieces = [moved(turned(unit, turns[i]), (0, i * rise, 0)) for i in range(count)]
            return [copy for piece in pieces for copy in piece]
        if layout == "pile":
            return copying.piled(unit, count, size)
        if layout == "circle":
            return self._circle(unit, count, 0.0)
        if layout == "crossed":
            leaning = copying.crossed(unit, count, size)
            return moved(leaning, (0.0, -float(self.bounds(leaning)[1]), 0.0))
        across = count if layout == "row" or count <= LONGEST_ROW else math.ceil(math.sqrt(count))
        step = size * (1 + GAP)
        copies: list[Copy] = []
        for i in range(count):
            row, column = divmod(i, across)
            in_row = min(across, count - row * across)
            shift = 0.0 if layout == "row" or count <= LONGEST_ROW else 0.12 * math.sin(5.1 * i)
            x = (column - (in_row - 1) / 2 + shift) * step[0]
            copies += moved(unit, (x, 0.0, (-row + shift) * step[2]))
        return copies

    def _circle(self, unit: list[Copy], count: int, inner: float) -> list[Copy]:
        """Copies about the origin that face it; `inner` metres stay free in the middle."""
        size = self._size(unit)
        radius = max(inner + size[2] * (0.5 + GAP), size[0] * (1 + GAP) * count / (2 * math.pi))
        copies: list[Copy] = []
        for i in range(count):
            turn = 360.0 * i / count + (45.0 if count == 4 and inner == 0 else 0.0)
            x, z = math.sin(math.radians(turn)) * radius, math.cos(math.radians(turn)) * radius
            copies += moved(turned(unit, turn + 180.0), (x, 0.0, z))
        return copies

    def _around(
        self, copies: list[Copy], thing: int, child: int, place: Place, side: int
    ) -> tuple[list[Copy], int]:
        """Place a child outside a group: beside, behind, in front, around, under or above it. -> also the next side."""
        box = self.bounds(copies)
        size = box[3:] - box[:3]
        body = self.bodies[child]
        if place == "around":
            inner = 0.5 * float(max(size[0], size[2]))
            unit = self._fitted(self.unit(child), size, LARGEST)
            middle = (box[:3] + box[3:]) / 2
            ring = moved(self._circle(unit, body.count, inner), (middle[0], 0, middle[2]))
            return self._with_outer(copies + ring, child, side)
        if place in ("left", "right"):
            others = self._fitted(self.group(child), size, 1 / SMALLEST)
            return self.beside(copies, others, 1 if place == "right" else -1), side
        if place == "beside" and body.count > 1 and body.layout in ("", "cluster"):
            facing = self.bodies[thing].family in AT_TABLE and body.family in FACING
            for _ in range(body.count):
                unit = self._fitted(self.unit(child), size, 1 / SMALLEST)
                copies = self.beside(copies, turned(unit, -90.0 * side) if facing else unit, side)
                side = -side
            return self._with_outer(copies, child, side)
        others = self._fitted(self.group(child), size, 1 / SMALLEST)
        if place == "under":
            return self._under(copies, others), side
        other = self.bounds(others)
        gap = GAP * min(size[2], other[5] - other[2])
        if place == "behind":
            return copies + moved(others, (0, 0, box[2] - gap - other[5])), side
        if place == "front":
            return copies + moved(others, (0, 0, box[5] + gap - other[2])), side
        if place == "above":
            rise = box[4] + 0.25 * (other[4] - other[1])
            return copies + moved(others, (0, rise, 0)), side
        return self.beside(copies, others, side), -side

    def _with_outer(self, copies: list[Copy], thing: int, side: int) -> tuple[list[Copy], int]:
        """The copies with what stands outside of a thing that was placed one by one."""
        for child, place in self._children(thing, inner=False):
            copies, side = self._around(copies, thing, child, place, side)
        return copies, side

    def _under(self, copies: list[Copy], others: list[Copy]) -> list[Copy]:
        """Between the legs of what is there if that is high enough, else in front of its foot."""
        body = self._solid(copies)
        field = height_field(body)
        free, size = clearance(field), self._size(others)
        if free > 0.5 * size[1]:
            fit = min(1.0, ROOM * free / size[1])
            return copies + [scaled_copy(copy, fit) for copy in others]
        foot = np.array(body.trim_by_plane((0, -1, 0), -0.2 * field.height).bounding_box())
        return copies + moved(others, (0, 0, foot[5] + size[2] * (0.5 + GAP)))

    def _solid(self, copies: Sequence[Copy]) -> Manifold:
        return Manifold.compose([placed(self.bodies[copy.thing].solid, copy) for copy in copies])

    def _placed(
        self, solid: Manifold, child: int, place: Place, taken: list[Taken], sunk: float
    ) -> list[Copy]:
        """A child's copies on a solid or in it, away from what is `taken`, which grows by them."""
        box = np.array(solid.bounding_box())
        body = self.bodies[child]
        alone = not self._children(child, inner=False) and body.layout in ("", "cluster")
        unit, number = (self.unit(child), body.count) if alone else (self.group(child), 1)
        least = HEAPED if place == "in" and number > 1 else SMALLEST
        unit = self._fitted(unit, box[3:] - box[:3], LARGEST, least)
        field = height_field(solid)
        if place == "in" and self.bodies[self._of(child)].family in SEEN_THROUGH:
            return self._within(box, self.group(child))
        hole = hollow(field) if place == "in" else None
        if hole is not None and body.family in STEMMED and len(unit) == 1:
            return self._stems(field, hole, unit, number, 20.0 + 50.0 * child)
        kinds = [link for link in self.links if (link.of, link.place) == (self._of(child), place)]
        return self._standing(field, hole, unit, number, taken, sunk, len(kinds))

    def _astride(self, thing: int, child: int) -> float:
        """Share of its height that a rider's legs go down into a mount's back."""
        rides = self.bodies[thing].family in ANIMALS and self.bodies[child].family in BEINGS
        return ASTRIDE if rides else SUNK

    def _of(self, child: int) -> int:
        """The thing that one is placed at."""
        return next(link.of for link in self.links if link.child == child)

    def _within(self, box: np.ndarray, others: list[Copy]) -> list[Copy]:
        """In the middle of bars, on their floor. box: lower and upper corner (6,)."""
        sides, size = box[3:] - box[:3], self._size(others)
        room = np.array((CAGED, 0.6, CAGED)) * sides
        others = [scaled_copy(copy, float((room / size).min())) for copy in others]
        lowest = self.bounds(others)
        x, z = (lowest[0] + lowest[3]) / 2, (lowest[2] + lowest[5]) / 2
        middle = (box[:3] + box[3:]) / 2
        return moved(others, (middle[0] - x, box[1] + 0.08 * sides[1], middle[2] - z))

    def _stems(
        self, field: HeightField, hole: NDArray[np.bool_], unit: list[Copy], count: int, turn: float
    ) -> list[Copy]:
        """Flowers in a vase: from the middle of its mouth, leaning outward, half of each above the rim.

        turn: degrees, of the first."""
        size = self._size(unit)
        rows, columns = np.nonzero(hole)
        x, z = field.centre(round(float(rows.mean())), round(float(columns.mean())))
        bottom = float(field.top[hole].min())
        fit = min(1.0, 1.6 * field.height / float(size[1]))
        low = max(bottom, field.height - 0.4 * fit * float(size[1]))
        copies: list[Copy] = []
        for number in range(count):
            lean = 0.0 if count == 1 else LEANING * (1.0 + 0.2 * math.sin(2.0 * number))
            copy = replace(scaled_copy(unit[0], fit), tilt=lean)
            copies += moved(turned([copy], 360.0 * number / count + turn), (x, low, z))
        return copies

    def _standing(
        self,
        field: HeightField,
        hole: NDArray[np.bool_] | None,
        unit: list[Copy],
        count: int,
        taken: list[Taken],
        sunk: float,
        beside: int,
    ) -> list[Copy]:
        """`count` units on top of a body, made smaller until all of them have room. beside: kinds of things there."""
        room = field.top > 0 if hole is None else hole
        widest = math.sqrt(float(room.sum()) * field.cell**2 / math.pi)
        if hole is not None:
            widest *= share_of_room(beside)
        for attempt in range(12):
            size, foot = self._size(unit), self._foot(unit)
            spacing = float(max(size[0], size[2])) * (1.0 if hole is None else 0.5)
            if foot <= widest * ROOM:
                strict = attempt < CROWDED
                deepest = BUMP * float(size[1]) * (1.0 if strict else 3.0)
                near = taken if strict else []
                places = spots(field, foot, spacing, count, hole, near, deepest)
                if len(places) == count:
                    break
            unit = [scaled_copy(copy, 0.82) for copy in unit]
        else:
            places = spots(field, field.cell, 0.0, count, hole)
        depth = sunk * float(size[1]) + 0.002 * field.height
        copies: list[Copy] = []
        # Contents show: they lie no deeper than with their upper half above the rim.
        least = 0.0 if hole is None else rim(field) - SHOWN_MOST * float(size[1])
        for number, (x, low, z) in enumerate(places):
            y = max(low, least)
            if hole is not None:
                # On the slope of a bowl, not through it; and not on its rim.
                highest = rim(field) - SHOWN_LEAST * float(size[1])
                y = max(y, min(under(field, x, z, foot), highest))
            # Where it stands, not where its contents show: others look for the same floor.
            taken.append((x, low, z, spacing / 2 if hole is None else APART * spacing))
            copies += moved(turned(unit, 25.0 * number if count > 1 else 0.0), (x, y - depth, z))
        return copies

    def _foot(self, unit: Sequence[Copy]) -> float:
        """Half the width in metres of what touches the ground."""
        low = self._lowest(unit)
        return float(max(low[3] - low[0], low[5] - low[2])) / 2

    def _footing(self, unit: Sequence[Copy]) -> tuple[float, float]:
        """The middle (x, z) of what touches the ground: a flag stands by its pole."""
        low = self._lowest(unit)
        return float(low[0] + low[3]) / 2, float(low[2] + low[5]) / 2

    def _lowest(self, unit: Sequence[Copy]) -> np.ndarray:
        """The bounds (6,) of the lowest slice."""
        solid = self._solid(unit)
        box = np.array(solid.bounding_box())
        cut = -(box[1] + 0.06 * (box[4] - box[1]))
        return np.array(solid.trim_by_plane((0, -1, 0), cut).bounding_box())

    def _fitted(
        self, copies: list[Copy], size: np.ndarray, most: float, least: float = SMALLEST
    ) -> list[Copy]:
        """Scaled so that the longest side is within bounds of `size`'s longest side."""
        ratio = float(self._size(copies).max() / size.max())
        fit = min(max(ratio, least), most) / ratio
        return [scaled_copy(copy, fit) for copy in copies]

    def _ground_scale(self, thing: int, children: Sequence[int]) -> float:
        """How much a rock or an island grows or shrinks so that what stands on it has room and is seen."""
        if self.bodies[thing].family not in GROUNDS or not children:
            return 1.0
        area = 0.0
        for child in children:
            size = self.bodies[child].size
            area += self.bodies[child].count * float(size[0] * size[2])
        needed = 1.9 * math.sqrt(area)
        own = float(min(self.bodies[thing].size[[0, 2]]))
        return needed / own if own < needed or own > 2.5 * needed else 1.0
