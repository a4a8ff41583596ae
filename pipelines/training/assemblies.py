"""Random objects made of melted and cut primitives: six kinds, each a way in which real things are put together.

Y up, front to +Z, about 2 long. What they are like is drawn from `rng`; nothing here looks at a real mesh.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from pipelines.training.beings import creature, wing
from pipelines.training.distance_fields import Assembly, bone, box, ellipsoid, lathe, prism, torus
from pipelines.training.draws import about_x, any_turn, direction, knob, rod, square_turn

Kind = Callable[[Generator], Assembly]


def blob(rng: Generator) -> Assembly:
    """Stones, fruit, clouds, lumps: a few ellipsoids and bones that melt, now and then with a bite out of them."""
    body = Assembly()
    melt = float(rng.uniform(0.03, 0.35))
    mirrored = rng.random() < 0.5
    for index in range(rng.integers(1, 9)):
        at = rng.normal(0.0, 0.35, 3) * (index > 0)
        side = bool(mirrored and index > 0 and rng.random() < 0.7)
        if rng.random() < 0.7:
            shape = ellipsoid(rng.uniform(0.1, 0.5, 3))
        else:
            radii = rng.uniform(0.05, 0.25, 2)
            shape = bone(np.zeros(3), rng.normal(0, 0.4, 3), radii[0], radii[1])
        body.add(shape, tuple(at), turn=any_turn(rng), melt=melt, mirrored=side)
    if rng.random() < 0.2:
        at = 0.5 * direction(rng, (-1, 1), (-1, 1), (-1, 1))
        body.add(ellipsoid(rng.uniform(0.15, 0.4, 3)), tuple(at), cut=True)
    return body


def machined(rng: Generator) -> Assembly:
    """Parts of machines: blocks and turned bodies with bosses, ribs, holes and pockets."""
    body = Assembly()
    half = rng.uniform(0.15, 0.8, 3)
    if rng.random() < 0.5:
        body.add(box(half, rng.uniform(0, 0.08)))
    else:
        body.add(rod(half[0], half[1]), turn=square_turn(rng))
    for _ in range(rng.integers(0, 5)):
        size = rng.uniform(0.06, 0.5, 3)
        shape = box(size, rng.uniform(0, 0.04)) if rng.random() < 0.5 else rod(size[0], size[1])
        at = tuple(rng.uniform(-0.9, 0.9, 3) * half)
        mirrored = bool(rng.random() < 0.5)
        body.add(shape, at, turn=square_turn(rng), melt=rng.choice([0.0, 0.05]), mirrored=mirrored)
    for _ in range(rng.integers(0, 5)):
        size = rng.uniform(0.04, 0.35, 3)
        shape = box(size * [1, 3, 1]) if rng.random() < 0.3 else rod(size[0], 2.0)
        at = tuple(rng.uniform(-0.8, 0.8, 3) * half)
        mirrored = bool(rng.random() < 0.5)
        body.add(shape, at, turn=square_turn(rng), cut=True, mirrored=mirrored)
    return body


def built(rng: Generator) -> Assembly:
    """Things of boards and boxes: furniture, houses, carts, machines on wheels, robots."""
    body = Assembly()
    plan = rng.choice(["furniture", "house", "vehicle", "stack"])
    half = rng.uniform(0.2, 0.7, 3)
    if plan == "furniture":
        _furniture(body, rng, half)
    elif plan == "house":
        _house(body, rng, half)
    elif plan == "vehicle":
        _vehicle(body, rng, half)
    else:
        floor = -0.8
        for _ in range(rng.integers(2, 6)):
            size = rng.uniform(0.1, 0.5, 3) * [1, 0.6, 1]
            side = bool(rng.random() < 0.35)
            x, z = rng.uniform(0, 0.4) * side, rng.normal(0, 0.1)
            body.add(box(size, rng.uniform(0, 0.06)), (x, floor + size[1], z), mirrored=side)
            floor += 2 * size[1] * rng.uniform(0.5, 1.0)
    return body


def _furniture(body: Assembly, rng: Generator, half: NDArray) -> None:
    """A board on legs, with a back, arms, a shelf or drawers."""
    thick, leg = rng.uniform(0.03, 0.14), rng.uniform(0.025, 0.08)
    body.add(box(np.array([half[0], thick, half[2]]), 0.01))
    drop = rng.uniform(0.2, 0.8)
    foot = np.array([leg, drop / 2, leg])
    for z in (1, -1):
        at = ((half[0] - leg) * rng.uniform(0.85, 1.0), -drop / 2, z * (half[2] - leg))
        body.add(box(foot, leg * 0.5 * bool(rng.random() < 0.5)), at, mirrored=True)
    if rng.random() < 0.6:
        rise = rng.uniform(0.15, 0.7)
        at = (0.0, rise / 2, -half[2] + leg)
        body.add(box(np.array([half[0], rise / 2 + thick, leg]), 0.01), at, turn=about_x(rng, 8))
    if rng.random() < 0.3:
        arm = np.array([leg, rng.uniform(0.08, 0.25), half[2] * 0.9])
        body.add(box(arm, 0.01), (half[0] - leg, arm[1], 0.0), mirrored=True)
    if rng.random() < 0.4:
        low = rng.uniform(0.2, 1.0)
        body.add(
            box(np.array([half[0] * 0.95, drop * low / 2, half[2] * 0.95])), (0, -drop * low / 2, 0)
        )


def _house(body: Assembly, rng: Generator, half: NDArray) -> None:
    """A body with a roof, and wings, towers and chimneys."""
    body.add(box(half))
    rise = rng.uniform(0.1, 0.5)
    eaves = np.array([half[0] * rng.uniform(1.0, 1.2), rise, half[2] * rng.uniform(1.0, 1.2)])
    turn = Rotation.from_euler("y", 90 * rng.integers(0, 2), True)
    if turn.magnitude() > 1:
        eaves = eaves[[2, 1, 0]]
    body.add(prism(eaves), (0, half[1] + rise, 0), turn=turn)
    for _ in range(rng.integers(0, 4)):
        wide, tall = rng.uniform(0.06, 0.25), rng.uniform(0.3, 1.0)
        at = (rng.uniform(0, 1) * half[0], tall - half[1], rng.uniform(-1, 1) * half[2])
        both = bool(rng.random() < 0.6)
        tower = box(np.array([wide, tall, wide])) if rng.random() < 0.5 else rod(wide, tall)
        body.add(tower, at, mirrored=both)
        if rng.random() < 0.6:
            cone = lathe(np.array([0, rng.uniform(0.1, 0.5)]), np.array([wide * 1.3, 0.01]))
            body.add(cone, (at[0], at[1] + tall, at[2]), mirrored=both)
    for _ in range(rng.integers(0, 3)):
        at = (rng.uniform(0, 0.8) * half[0], rng.uniform(-0.6, 0.6) * half[1], half[2])
        body.add(box(rng.uniform(0.05, 0.15, 3)), at, cut=True, mirrored=bool(rng.random() < 0.7))


def _vehicle(body: Assembly, rng: Generator, half: NDArray) -> None:
    """A long hull along z with a cabin and wheels, now and then wings or a barrel."""
    half = np.array([half[0] * 0.6, half[1] * 0.45, max(half[2], half[0]) * 1.1])
    if rng.random() < 0.7:
        body.add(box(half, rng.uniform(0.0, 0.9) * half.min()))
    else:
        body.add(ellipsoid(half * 1.15))
    cabin = half * rng.uniform(0.4, 0.95, 3) * [1, 1.3, 0.6]
    at = (0.0, half[1] + cabin[1] * 0.6, rng.uniform(-0.5, 0.4) * half[2])
    body.add(box(cabin, rng.uniform(0.0, 0.5) * cabin.min()), at, melt=rng.choice([0.0, 0.06]))
    wheel = rng.uniform(0.08, 0.3)
    axle = Rotation.from_euler("z", 90, True)
    for z in np.linspace(0.7, -0.7, int(rng.integers(0, 5))):
        place = (half[0], -half[1], z * half[2])
        body.add(rod(wheel, rng.uniform(0.03, 0.1)), place, turn=axle, mirrored=True)
    if rng.random() < 0.3:
        wing(body, rng, 0.02, np.array([half[0] * 0.5, 0.0, 0.1]))
    if rng.random() < 0.3:
        start = np.array([0.0, half[1] * rng.uniform(0, 1.6), half[2] * 0.3])
        thick = rng.uniform(0.03, 0.15)
        stop = start + np.array([0.0, rng.uniform(0, 0.3), rng.uniform(0.3, 0.9)])
        body.add(bone(start, stop, thick, thick))


def frame(rng: Generator) -> Assembly:
    """Thin things: poles, rings, knots, ladders, cages, branches."""
    body = Assembly()
    thick = float(rng.uniform(0.03, 0.12))
    plan = rng.choice(["pole", "knot", "grid", "branches"])
    if plan == "pole":
        foot, top = np.array([0.0, -0.9, 0.0]), np.array([0.0, 0.8, 0.0])
        body.add(bone(foot, top, thick, thick * rng.uniform(0.6, 1.0)))
        size = rng.uniform(0.1, 0.5, 3)
        body.add(lathe(np.array([-1.0, -0.85]), rng.uniform(0.1, 0.4, 2)))
        body.add(knob(rng, size), (0.0, 0.8, rng.uniform(0, 0.3)), melt=0.03)
        if rng.random() < 0.5:
            body.add(torus(rng.uniform(0.15, 0.5), thick * 0.7), (0, 0.3, 0), turn=any_turn(rng))
    elif plan == "knot":
        _knot(body, rng, thick)
    elif plan == "grid":
        xs, ys = np.linspace(0, 0.7, rng.integers(1, 4)), np.linspace(-0.8, 0.8, rng.integers(2, 6))
        deep = rng.choice([0.0, rng.uniform(0.1, 0.5)])
        for z in {-float(deep), float(deep)}:
            for x in (xs[-1], *xs[1:-1]):
                body.add(
                    bone(np.array([x, -0.9, z]), np.array([x, 0.9, z]), thick, thick), mirrored=True
                )
            for y in ys:
                body.add(
                    bone(np.array([0, y, z]), np.array([xs[-1], y, z]), thick, thick), mirrored=True
                )
        for y in ys[:: max(1, len(ys) - 1)] if deep else []:
            ends = np.array([[xs[-1], y, -deep], [xs[-1], y, deep]])
            body.add(bone(ends[0], ends[1], thick, thick), mirrored=True)
    else:
        _branches(body, rng, np.array([0.0, -0.9, 0.0]), np.array([0.0, 1.0, 0.0]), 0.55, thick, 3)
    return body


def _knot(body: Assembly, rng: Generator, thick: float) -> None:
    """A closed or open curve in space."""
    turns, lobes = int(rng.integers(1, 4)), int(rng.integers(2, 6))
    t = np.linspace(0, 2 * np.pi * rng.choice([1.0, 1.0, 0.7]), 40)
    ring = 0.55 + rng.uniform(0.0, 0.3) * np.cos(lobes * t)
    curve = np.stack([ring * np.cos(turns * t), ring * np.sin(turns * t)], axis=1)
    curve = np.column_stack([curve, rng.uniform(0, 0.35) * np.sin(lobes * t)])
    curve = square_turn(rng).apply(curve) if rng.random() < 0.4 else curve
    for start, stop in pairwise(curve):
        body.add(bone(start, stop, thick, thick))


def _branches(
    body: Assembly,
    rng: Generator,
    start: NDArray,
    way: NDArray,
    length: float,
    thick: float,
    left: int,
) -> None:
    """A twig and those that grow from its end, the last with leaves or fruit."""
    stop = start + length * way
    body.add(bone(start, stop, thick, thick * 0.7), melt=0.04)
    if left == 0 or len(body.pieces) > 16:
        if rng.random() < 0.6:
            body.add(ellipsoid(rng.uniform(0.08, 0.3, 3)), tuple(stop), melt=0.05)
        return
    for _ in range(rng.integers(1, 4)):
        turned = way + rng.normal(0, 0.6, 3)
        turned /= np.linalg.norm(turned)
        _branches(body, rng, stop, turned, length * rng.uniform(0.5, 0.9), thick * 0.7, left - 1)


def turned(rng: Generator) -> Assembly:
    """Bodies of the lathe: vases, lamps, bottles, chessmen; hollow, with handles or a spout."""
    body = Assembly()
    count = int(rng.integers(3, 9))
    heights = np.sort(rng.uniform(-0.9, 0.9, count))
    radii = rng.uniform(0.08, 0.6, count)
    if rng.random() < 0.6:
        fine = np.linspace(heights[0], heights[-1], 24)
        radii = np.interp(fine, heights, radii)
        radii, heights = np.convolve(np.pad(radii, 2, "edge"), np.ones(5) / 5, "valid"), fine
    body.add(lathe(heights, radii))
    wide = float(radii.max())
    if rng.random() < 0.35:
        body.add(lathe(heights + 0.08, np.maximum(radii - 0.1, 0.01)), cut=True)
    if rng.random() < 0.4:
        ring = torus(rng.uniform(0.12, 0.35), rng.uniform(0.03, 0.07))
        side = Rotation.from_euler("x", 90, True)
        at = (wide * 0.9, rng.uniform(-0.3, 0.4), 0.0)
        body.add(ring, at, turn=side, mirrored=bool(rng.random() < 0.5))
    if rng.random() < 0.2:
        way = direction(rng, (-1, -0.4), (0.1, 1), (-0.1, 0.1))
        body.add(bone(np.zeros(3), way * rng.uniform(0.5, 0.9), 0.1, 0.05), melt=0.05)
    return body


KINDS: dict[str, tuple[Kind, float]] = {
    "creature": (creature, 0.34),
    "blob": (blob, 0.15),
    "machined": (machined, 0.17),
    "built": (built, 0.17),
    "frame": (frame, 0.09),
    "turned": (turned, 0.08),
}
