"""Random beings made of bones and ellipsoids that melt: on two legs or many, swimming, or with wings."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from pipelines.training.distance_fields import Assembly, bone, box, ellipsoid, lathe
from pipelines.training.draws import about_x, direction, knob


def creature(rng: Generator) -> Assembly:
    """A being of bones: on two legs or many, swimming, or with wings."""
    plan = rng.choice(["walker", "upright", "swimmer", "flyer"], p=[0.36, 0.34, 0.14, 0.16])
    body = Assembly()
    melt = float(rng.uniform(0.02, 0.18))
    if plan == "upright":
        _upright(body, rng, melt)
    else:
        _lying(body, rng, melt, str(plan))
    return body


def _lying(body: Assembly, rng: Generator, melt: float, plan: str) -> None:
    """A trunk along z with what the plan hangs on it."""
    half, thick = rng.uniform(0.35, 0.8), rng.uniform(0.12, 0.36)
    tall = thick * rng.uniform(0.7, 1.5)
    body.add(ellipsoid(np.array([thick, tall, half])), turn=about_x(rng, 12))
    if rng.random() < 0.5:
        at = (0.0, rng.uniform(-0.1, 0.15), half * rng.uniform(0.2, 0.7))
        body.add(ellipsoid(thick * rng.uniform(0.7, 1.3, 3)), at, melt=melt)
    _head(
        body, rng, melt, np.array([0, tall * rng.uniform(0.2, 1.0), half * rng.uniform(0.7, 1.0)])
    )
    _tail(body, rng, melt, np.array([0.0, tall * rng.uniform(-0.2, 0.5), -half * 0.8]))
    if plan in ("walker", "flyer"):
        pairs = int(rng.choice([1, 2, 2, 2, 3, 4])) if plan == "walker" else 1
        for z in np.linspace(half * 0.65, -half * 0.7, pairs) if pairs > 1 else [0.0]:
            _leg(body, rng, melt, np.array([thick * 0.6, -tall * 0.2, z]))
    if plan == "flyer" or rng.random() < 0.12:
        wing(body, rng, melt, np.array([thick * 0.5, tall * 0.4, half * rng.uniform(-0.3, 0.4)]))
    if plan == "swimmer":
        for _ in range(rng.integers(1, 4)):
            _fin(body, rng, melt, half, tall)


def _upright(body: Assembly, rng: Generator, melt: float) -> None:
    """Trunk, head, arms and legs, from chubby to thin, the arms down, out or up."""
    wide, tall, deep = rng.uniform(0.14, 0.42), rng.uniform(0.22, 0.5), rng.uniform(0.1, 0.34)
    trunk = ellipsoid if rng.random() < 0.6 else box
    body.add(trunk(np.array([wide, tall, deep])))
    if rng.random() < 0.6:
        body.add(
            ellipsoid(np.array([wide, tall * 0.5, deep]) * rng.uniform(0.7, 1.2)),
            (0, -tall * 0.6, rng.uniform(-0.03, 0.08)),
            melt=melt,
        )
    size = rng.uniform(0.12, 0.42)
    head = np.array([0.0, tall + size * rng.uniform(0.3, 0.9), rng.uniform(-0.02, 0.1)])
    body.add(
        knob(rng, size * rng.uniform(0.8, 1.2, 3)),
        tuple(head),
        melt=melt * rng.uniform(0.2, 1.0),
    )
    _face(body, rng, head, size)
    thin = rng.uniform(0.04, 0.14)
    hand = np.array([wide, tall * 0.6, 0.0]) + rng.uniform(0.25, 0.6) * direction(
        rng, (0.5, 1.0), (-1.0, 0.7), (-0.3, 0.5)
    )
    _limb(body, rng, melt, np.array([wide * 0.85, tall * 0.6, 0.0]), hand, thin)
    foot = np.array(
        [wide * rng.uniform(0.4, 1.1), -tall - rng.uniform(0.15, 0.6), rng.uniform(-0.12, 0.12)]
    )
    _limb(body, rng, melt, np.array([wide * 0.5, -tall * 0.7, 0.0]), foot, thin * 1.3)
    toe = foot + np.array([0.0, 0.0, rng.uniform(0.05, 0.2)])
    body.add(bone(foot, toe, thin * 1.2, thin), melt=melt * 0.5, mirrored=True)
    if rng.random() < 0.25:
        _tail(body, rng, melt, np.array([0, -tall * 0.6, -deep * 0.8]))
    if rng.random() < 0.3:
        wing(body, rng, melt, np.array([wide * 0.4, tall * 0.5, -deep * 0.8]))
    if rng.random() < 0.25:  # a pack, a shield, a cape
        at = (0.0, rng.uniform(-0.2, 0.3), -deep * 1.1)
        body.add(box(rng.uniform(0.06, 0.35, 3) * [1, 1.3, 0.5], 0.02), at)


def _head(body: Assembly, rng: Generator, melt: float, shoulder: NDArray) -> None:
    size, neck = rng.uniform(0.1, 0.3), rng.uniform(0.05, 0.55)
    up = rng.uniform(0.0, 1.0)
    skull = shoulder + neck * np.array([0.0, up, np.sqrt(1.0 - up**2)])
    thick = size * rng.uniform(0.5, 1.0)
    body.add(bone(shoulder, skull, thick * rng.uniform(0.8, 1.4), thick), melt=melt)
    body.add(knob(rng, size * rng.uniform(0.75, 1.25, 3)), tuple(skull), melt=melt)
    if rng.random() < 0.75:
        tip = skull + np.array([0.0, rng.uniform(-0.3, 0.1) * size, size * rng.uniform(0.8, 1.9)])
        body.add(bone(skull, tip, size * 0.6, size * rng.uniform(0.15, 0.5)), melt=melt * 0.6)
    _face(body, rng, skull, size)


def _face(body: Assembly, rng: Generator, skull: NDArray, size: float) -> None:
    """Ears, horns, a hat, eyes that stand out."""
    if rng.random() < 0.65:
        root = skull + size * np.array([rng.uniform(0.3, 0.8), 0.6, 0.0])
        tip = root + size * rng.uniform(0.3, 1.5) * direction(rng, (0, 1), (-0.2, 1), (-0.6, 0.3))
        body.add(
            bone(root, tip, size * rng.uniform(0.12, 0.4), size * rng.uniform(0.03, 0.3)),
            melt=0.02,
            mirrored=True,
        )
    if rng.random() < 0.3:
        eye = tuple(skull + size * np.array([0.45, rng.uniform(0.0, 0.4), 0.8]))
        body.add(ellipsoid(np.full(3, size * rng.uniform(0.12, 0.3))), eye, mirrored=True)
    if rng.random() < 0.2:
        profile = rng.uniform(0.0, 1.2, 3) * size
        heights = np.array([0.0, 0.2, rng.uniform(0.5, 1.6)]) * size
        body.add(lathe(heights, profile), tuple(skull + np.array([0.0, size * 0.7, 0.0])))


def _tail(body: Assembly, rng: Generator, melt: float, root: NDArray) -> None:
    if rng.random() < 0.3:
        return
    point, thick = root, rng.uniform(0.03, 0.16)
    way = direction(rng, (-0.2, 0.2), (-0.4, 1.0), (-1.0, -0.3))
    for _ in range(rng.integers(1, 4)):
        after = point + rng.uniform(0.1, 0.35) * way
        body.add(bone(point, after, thick, thick * 0.75), melt=melt * 0.6)
        point, thick = after, thick * 0.75
        way = way + rng.normal(0.0, 0.45, 3) * [0.5, 1, 1]
        way /= np.linalg.norm(way)


def _leg(body: Assembly, rng: Generator, melt: float, hip: NDArray) -> None:
    foot = hip + np.array(
        [rng.uniform(-0.05, 0.4), -rng.uniform(0.2, 0.75), rng.uniform(-0.15, 0.15)]
    )
    _limb(body, rng, melt, hip, foot, rng.uniform(0.035, 0.13))


def _limb(
    body: Assembly, rng: Generator, melt: float, start: NDArray, stop: NDArray, thick: float
) -> None:
    """Two bones with a joint, on both sides."""
    joint = (start + stop) / 2 + rng.normal(0.0, 0.05, 3)
    end = thick * rng.uniform(0.5, 1.0)
    body.add(bone(start, joint, thick * rng.uniform(1.0, 1.5), thick), melt=melt, mirrored=True)
    body.add(bone(joint, stop, thick, end), melt=min(melt, 0.05), mirrored=True)


def wing(body: Assembly, rng: Generator, melt: float, root: NDArray) -> None:
    span, chord = rng.uniform(0.3, 0.9), rng.uniform(0.1, 0.35)
    flat = np.array([span / 2, rng.uniform(0.018, 0.05), chord])
    turn = Rotation.from_euler(
        "xyz", [rng.uniform(-90, 30), rng.uniform(-30, 30), rng.uniform(-20, 60)], degrees=True
    )
    at = root + turn.apply([span / 2, 0, 0])
    shape = ellipsoid(flat) if rng.random() < 0.6 else box(flat, 0.01)
    body.add(shape, tuple(at), turn=turn, melt=melt * 0.4, mirrored=True)


def _fin(body: Assembly, rng: Generator, melt: float, half: float, tall: float) -> None:
    side = rng.random() < 0.5
    flat = np.array([0.02, rng.uniform(0.08, 0.3), rng.uniform(0.08, 0.25)])
    turn = Rotation.from_euler("zx", [90 * side + rng.normal(0, 15), rng.normal(0, 30)], True)
    at = (0.15 * side, (not side) * tall * rng.choice([-1, 1]), rng.uniform(-1.1, 0.6) * half)
    body.add(ellipsoid(flat), at, turn=turn, melt=melt * 0.3, mirrored=side)
