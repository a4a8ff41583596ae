"""A part of several things taken apart, where a prompt names one of them: the hat of "robe clothes hat".

The things are the part's separate bodies; which of them a word is for is told by where they lie. What is one body
stays one part. Y up, front to +Z.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from manifold3d import Manifold
from numpy.typing import NDArray

from pipelines.geometry.families.forms import unite
from pipelines.geometry.families.part_shapes import box_of, pieces_of
from pipelines.geometry.families.registry import Part
from pipelines.words.part_places import MIDDLE, OWN, PAIRED, REST, is_mixed, parted, place_of
from pipelines.words.tokens import singular

NEAR = 0.06  # of the object's side: bodies as far to one side belong together, as two ears do
FOOT = 0.62  # of its height, above which no leg reaches
SMALLER = 0.3  # of the largest body's volume, below which one is small
CRUMB = 0.08  # of it, below which a body is no claw, but what a claw holds on to
ALOOF = 0.12  # of the object's side that one body must be beyond the others to lie elsewhere
ASIDE = 0.05  # of its width, from which on a body is one of a pair


@dataclass(frozen=True)
class _Bodies:
    """A part's bodies: boxes (b, 2, 3) in shares of the object's box, volumes (b,)."""

    solids: list[Manifold]
    boxes: NDArray[np.float64]
    volumes: NDArray[np.float64]


def told_apart(parts: Sequence[Part], named: Collection[str]) -> list[Part]:
    """The parts, those in two that hold more than what is `named` (singulars) of them."""
    wanted = [at for at, part in enumerate(parts) if is_mixed(part.name) and _asked(part, named)]
    if not wanted:
        return list(parts)
    whole = _whole(parts)
    rows: list[Part] = []
    for at, part in enumerate(parts):
        rows += _split(part, named, whole) if at in wanted else [part]
    return rows


def _asked(part: Part, named: Collection[str]) -> list[str]:
    return [word for word in part.name.split() if singular(word) in named]


def _whole(parts: Sequence[Part]) -> NDArray[np.float64]:
    boxes = np.stack([box_of(part.solid) for part in parts if not part.solid.is_empty()])
    return np.stack([boxes[:, 0].min(0), boxes[:, 1].max(0)])


def _split(part: Part, named: Collection[str], whole: NDArray[np.float64]) -> list[Part]:
    """A part in two or more, by each named word in turn."""
    solids = pieces_of(part.solid)
    if len(solids) < 2:
        return [part]
    boxes = (np.stack([box_of(solid) for solid in solids]) - whole[0]) / np.maximum(
        whole[1] - whole[0], 1e-9
    )
    bodies = _Bodies(solids, boxes, np.array([solid.volume() for solid in solids]))
    for word in _asked(part, named):
        own, others = parted(part.name, word)
        chosen = _chosen(bodies, word, others.split())
        if not others or not _some(chosen):
            continue  # they are one body, or lie where no word tells them apart
        mine, rest = (
            unite([solid for solid, take in zip(solids, mask, strict=True) if take])
            for mask in (chosen, ~chosen)
        )
        left = replace(part, name=others, solid=rest)
        return [replace(part, name=own, solid=mine), *_split(left, named, whole)]
    return [part]


def _some(chosen: NDArray[np.bool_]) -> bool:
    return bool(chosen.any() and not chosen.all())


def _chosen(bodies: _Bodies, word: str, others: Sequence[str]) -> NDArray[np.bool_]:
    """Which bodies (b,) a word is for: those that lie where it says, or all that no other word is for."""
    place, fits = place_of(word), _fitting(bodies, singular(word))
    placed = all(place_of(other) != REST for other in others)
    own = _lying(bodies, place, fits) & fits
    if place != REST and _some(own) and not (place == "small" and placed):
        return own
    if place != REST and not placed:
        return np.zeros(len(own), bool)
    left = ~np.any(
        [
            _lying(bodies, place_of(other), _fitting(bodies, singular(other)))
            for other in others
            if place_of(other) != REST
        ]
        or [np.zeros(len(own), bool)],
        axis=0,
    )
    if singular(word) in PAIRED and left.any():
        left &= bodies.volumes > CRUMB * bodies.volumes[left].max()
    return np.asarray(left & fits)


def _fitting(bodies: _Bodies, word: str) -> NDArray[np.bool_]:
    """The bodies (b,) that stand as such a thing does: in a pair, or in the middle."""
    aside = np.abs(bodies.boxes.mean(1)[:, 0] - 0.5)
    if word in PAIRED:
        return np.asarray(aside > ASIDE)
    if word in MIDDLE:
        return np.asarray(aside < 2 * ASIDE)
    return np.ones(len(aside), bool)


def _lying(bodies: _Bodies, place: str, fits: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Of the bodies that fit, those (b,) that lie farthest to a place."""
    low, high = bodies.boxes[:, 0], bodies.boxes[:, 1]
    middle = bodies.boxes.mean(1)
    if not fits.any() or place in (REST, OWN):
        return np.zeros(len(fits), bool)
    if place == "small":
        return np.asarray(bodies.volumes < SMALLER * bodies.volumes.max())
    if place == "low":
        return np.asarray(fits & (low[:, 1] < low[:, 1].min() + NEAR) & (high[:, 1] < FOOT))
    if place == "back":
        rearmost = int(np.where(fits, middle[:, 2], np.inf).argmin())
        behind = high[:, 2] < middle[int(bodies.volumes.argmax()), 2]
        return np.asarray(fits & behind & (bodies.volumes > SMALLER * bodies.volumes[rearmost]))
    far = {
        "high": middle[:, 1],
        "front": middle[:, 2] + middle[:, 1],
        "end": middle[:, 2] + middle[:, 1],
        "side": np.abs(middle[:, 0] - 0.5),
    }[place]
    if np.ptp(far) < ALOOF:
        return np.zeros(len(far), bool)
    return np.asarray(fits & (far > far[fits].max() - NEAR))
