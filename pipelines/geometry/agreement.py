"""Whether several pictures can show one object: their outlines, and what a hull of them leaves of the front's.

Pictures taken at a slant, sent under a wrong name, or of another pose contradict each other; carved together they leave
a body that none of them shows. What fits is found by trial on a coarse grid. Knows outlines only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pipelines.geometry import hull
from pipelines.geometry.matting import Cutout
from pipelines.geometry.solid import Shape
from pipelines.spec import Notice

# Share of an outline that may come or go. Measured: .03 for a true turnaround, .08 for views at a slant, .13 to .38 for
# views under wrong names.
MOST_CHANGE = 0.10
# A piece smaller than this share of all is a crumb.
PIECE = 0.01
# Coarse: 20 to 60 ms a trial, and shares within .01 of those at 256 voxels.
TRIAL = Shape(resolution=96, relief_height=0.0)


@dataclass(frozen=True)
class Fit:
    """The views (slot -> cut-out) that make a shape together, whether its sections stay square, and what to tell."""

    views: Mapping[str, Cutout]
    square: bool
    notices: tuple[Notice, ...]


def fitting(views: Mapping[str, Cutout]) -> Fit:
    """All views if they fit together, else as many as do; "image", the front, is always among them."""
    kept = dict(views)
    while True:
        for square in (False, True):
            if doubt(kept, square=square) <= MOST_CHANGE:
                return Fit(kept, square, _notices(views, kept))
        # Of two opposite views that contradict each other the first stays.
        fewer = [_without(kept, slot) for slot in reversed(kept) if slot != "image"]
        kept = min(fewer, key=lambda trial: min(doubt(trial), doubt(trial, square=True)))


def doubt(views: Mapping[str, Cutout], *, square: bool = False) -> float:
    """How far the views contradict each other: the largest share of an outline that comes or goes, 0 for none.

    1 or more where the hull falls into more pieces than the outlines can tell apart.
    """
    cube = (TRIAL.resolution,) * 3
    pairs = [hull.outlines(views, pair, cube) for pair in hull.PAIRS]
    worst = max(_change(pair[0] > 0, hull.mean(pair) > 0) for pair in pairs if pair)
    if not any(pairs[1:]):
        return worst
    field, size = hull.carved(views, TRIAL, square=square)
    (front,) = hull.outlines({"image": views["image"]}, hull.PAIRS[0], size)
    body = field > 0
    worst = max(worst, _change(front > 0, np.asarray(body.any(axis=2))))
    most = int(np.prod([_pieces(pair[0] > 0) for pair in pairs if pair]))
    return worst + float(_pieces(body) > most)


def _change(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> float:
    return float((before ^ after).sum() / max(before.sum(), 1))


def _pieces(body: NDArray[np.bool_]) -> int:
    labels, count = ndimage.label(body)
    sizes = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    return max(1, int((sizes >= PIECE * sizes.sum()).sum()))


def _without(views: Mapping[str, Cutout], slot: str) -> dict[str, Cutout]:
    return {name: cutout for name, cutout in views.items() if name != slot}


def _notices(views: Mapping[str, Cutout], kept: Mapping[str, Cutout]) -> tuple[Notice, ...]:
    left_out = [slot for slot in views if slot not in kept]
    if not left_out:
        return ()
    message = (
        f"the outlines of {', '.join(left_out)} and {', '.join(kept)} contradict each other; the shape is made without "
        f"{', '.join(left_out)}, only colours are taken from there; each picture must show the side it is sent as"
    )
    return (Notice("VIEWS_DISAGREE", message),)
