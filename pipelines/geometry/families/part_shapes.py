"""How a size word changes one body of a part: along which way, and from which point it grows.

Y up, front to +Z, metres.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from manifold3d import Manifold
from numpy.typing import NDArray

CRUMB = 1e-4  # share of the whole's volume
SNAPPED = 0.95  # cosine from which a way counts as along an axis
REACHING = 0.2  # of its longest side that a body's middle must be from where it is fixed to be said to reach

# Size word -> way and factor. "all": to every side; "along": the way it reaches; "across": to the sides of that.
_ALL = {
    **dict.fromkeys(("tiny", "miniature"), 0.5),
    **dict.fromkeys(("small", "little", "mini"), 0.65),
    **dict.fromkeys(("big", "large"), 1.45),
    "oversized": 1.7,
    **dict.fromkeys("huge giant enormous gigantic massive colossal".split(), 1.9),
}
_WAYS = {
    **{word: ("all", factor) for word, factor in _ALL.items()},
    "long": ("along", 1.6),
    "elongated": ("along", 1.6),
    "stretched": ("along", 1.8),
    "short": ("along", 0.6),
    "tall": ("up", 1.6),
    "high": ("up", 1.6),
    "low": ("up", 0.6),
    "squat": ("up", 0.6),
    "flat": ("up", 0.35),
    "wide": ("side", 1.5),
    "broad": ("side", 1.5),
    "narrow": ("side", 0.6),
    **dict.fromkeys(("thin", "slim", "slender", "skinny", "lean"), ("across", 0.6)),
    **dict.fromkeys(("thick", "fat", "chubby", "plump", "bulky"), ("across", 1.5)),
    **dict.fromkeys(("stout", "stocky"), ("across", 1.4)),
    "deep": ("front", 1.4),
    "shallow": ("front", 0.65),
}
_AXES = {"side": (1.0, 0.0, 0.0), "up": (0.0, 1.0, 0.0), "front": (0.0, 0.0, 1.0)}


@dataclass(frozen=True)
class Piece:
    """A body of a part and the point (3,) that stays where it is."""

    body: Manifold
    fixed: NDArray[np.float64]


def box_of(solid: Manifold) -> NDArray[np.float64]:
    """Lower and upper corner, (2, 3)."""
    return np.array(solid.bounding_box(), np.float64).reshape(2, 3)


def pieces_of(body: Manifold) -> list[Manifold]:
    """Its separate bodies, crumbs left out."""
    least = CRUMB * max(body.volume(), 1e-12)
    return [piece for piece in body.decompose() if piece.volume() > least]


def anchors(body: Manifold, rest: Manifold, ground: float) -> list[NDArray[np.float64]]:
    """Points (3,) from which a body may grow, the best first: the middle of what it shares with the rest, or its own.

    Beside a rest that stands on the ground it stays on the ground; what carries the rest keeps its top or its middle.
    """
    own = box_of(body)
    shared = body ^ rest
    point = own.mean(0) if shared.is_empty() else box_of(shared).mean(0)
    low = 0.02 * float(own[1, 1] - own[0, 1])
    if rest.is_empty() or own[0, 1] > ground + low:
        return [point]
    heights = [own[1, 1], own[:, 1].mean()]
    if box_of(rest)[0, 1] <= ground + low:
        heights = [own[0, 1]]
    return [np.array([point[0], height, point[2]]) for height in heights]


def moulded(piece: Piece, word: str) -> NDArray[np.float64]:
    """The affine map (3, 4) that a size word asks for; the piece's fixed point stays."""
    way, factor = _WAYS[word]
    linear = factor * np.eye(3)
    if way in ("along", "across"):
        axis = _reach(piece)
        outer = np.outer(axis, axis)
        linear = np.eye(3) + (factor - 1.0) * (outer if way == "along" else np.eye(3) - outer)
    elif way in _AXES:
        axis = np.array(_AXES[way])
        linear = np.eye(3) + (factor - 1.0) * np.outer(axis, axis)
    return np.hstack([linear, (piece.fixed - linear @ piece.fixed)[:, None]])


def _reach(piece: Piece) -> NDArray[np.float64]:
    """Unit way (3,) in which a body reaches: away from where it is fixed, else along its longest side."""
    box = box_of(piece.body)
    sides = box[1] - box[0]
    away = box.mean(0) - piece.fixed
    if np.linalg.norm(away) < REACHING * sides.max():
        points = np.asarray(piece.body.to_mesh().vert_properties, np.float64)[:, :3]
        _, ways = np.linalg.eigh(np.cov(points.T))
        away = ways[:, -1]
    axis = away / np.linalg.norm(away)
    largest = int(np.abs(axis).argmax())
    if abs(axis[largest]) > SNAPPED:
        axis = np.eye(3)[largest]
    return np.asarray(axis, np.float64)
