"""Whether several pictures can show one object: their outlines, and what a hull of them leaves of the front's.

Pictures taken at a slant, sent under a wrong name, or of another pose contradict each other; carved together they leave
a body that none of them shows. What fits is found by trial on a coarse grid. Knows outlines only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

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
# How much more one view may say of a length than another. Perspective and slants cost up to a third.
MOST_STRETCHED = 1.5
# Mirrored outlines tell swapped sides where three axes are known and the object is not alike from both. Measured on 16
# meshes: doubt of true views at most .004, with the sides or the front mirrored from .02 on for 12 of them.
SWAP_DOUBT, SWAP_BETTER = 0.02, 0.4
# A piece smaller than this share of all is a crumb.
PIECE = 0.01
# Coarse: 20 to 60 ms a trial, and shares within .01 of those at 256 voxels.
TRIAL = Shape(resolution=96, relief_height=0.0)


@dataclass(frozen=True)
class Fit:
    """The views (slot -> cut-out) that make a shape together, whether sections keep corners, what to tell."""

    views: Mapping[str, Cutout]
    edged: bool
    notices: tuple[Notice, ...]


def fitting(views: Mapping[str, Cutout]) -> Fit:
    """All views if they fit together, else as many as do; "image", the front, is always among them."""
    kept = dict(views)
    swapped = _swapped(views)
    while True:
        rounded = doubt(kept)
        if rounded <= MOST_CHANGE:
            return Fit(kept, False, (*_notices(views, kept), *swapped))
        edged = doubt(kept, edged=True)
        # A body that falls apart with its edges too is thin, not contradicted: its outlines are as they should be.
        if edged % 1.0 <= MOST_CHANGE:
            return Fit(kept, True, (*_notices(views, kept), *swapped))
        # Of two opposite views that contradict each other the first stays.
        fewer = [_without(kept, slot) for slot in reversed(kept) if slot != "image"]
        kept = min(fewer, key=lambda trial: min(doubt(trial), doubt(trial, edged=True)))


def doubt(views: Mapping[str, Cutout], *, edged: bool = False) -> float:
    """How far the views contradict each other: the largest share of an outline that comes or goes, 0 for none.

    1 more where the hull falls into more pieces than the outlines can tell apart.
    """
    cube = (TRIAL.resolution,) * 3
    pairs = [hull.outlines(views, pair, cube) for pair in hull.PAIRS]
    worst = max(_change(pair[0] > 0, hull.mean(pair) > 0) for pair in pairs if pair)
    if not any(pairs[1:]):
        return min(worst, 0.999)
    field, size = hull.carved(views, TRIAL, edged=edged)
    body = field > 0
    for pair, along in zip(hull.PAIRS, (2, 1, 0), strict=True):
        if known := hull.outlines(views, pair, size):
            shown = np.asarray(body.any(axis=along))
            worst = max(worst, _change(hull.mean(known) > 0, shown if along else shown.T))
    most = int(np.prod([_pieces(pair[0] > 0) for pair in pairs if pair]))
    return min(worst, 0.999) + float(_pieces(body) > most)


def _change(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> float:
    return float((before ^ after).sum() / max(before.sum(), 1))


def _pieces(body: NDArray[np.bool_]) -> int:
    labels, count = ndimage.label(body)
    sizes = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    return max(1, int((sizes >= PIECE * sizes.sum()).sum()))


def _swapped(views: Mapping[str, Cutout]) -> tuple[Notice, ...]:
    """A notice where the views fit together far better with some of them mirrored: they show the opposite sides."""
    if not all(any(slot in views for slot in pair) for pair in hull.PAIRS):
        return ()
    before = _least_doubt(views)
    if before < SWAP_DOUBT:
        return ()
    sides = [slot for slot in hull.PAIRS[1] if slot in views]
    fronts = [slot for slot in hull.PAIRS[0] if slot in views]
    singles = [[slot] for pair in (sides, fronts) if len(pair) == 2 for slot in pair]
    trials = [(_least_doubt(_mirrored(views, slots)), slots) for slots in (sides, fronts, *singles)]
    after, slots = min(trials, key=lambda trial: trial[0])
    if after > SWAP_BETTER * before:
        return ()
    asked = "is mirrored: does it" if len(slots) == 1 else "are mirrored: do they"
    message = (
        f"the outlines agree if {' and '.join(slots)} {asked} show the opposite side? left is the object's own left, "
        "seen from there"
    )
    return (Notice("VIEWS_DISAGREE", message),)


def _least_doubt(views: Mapping[str, Cutout]) -> float:
    """What comes or goes of the outlines: thin things fall apart whatever side is mirrored."""
    return min(doubt(views) % 1.0, doubt(views, edged=True) % 1.0)


def _mirrored(views: Mapping[str, Cutout], slots: Sequence[str]) -> dict[str, Cutout]:
    """The views, some of them as the opposite side would show the same outline."""
    return {
        slot: replace(cutout, rgb=cutout.rgb[:, ::-1], mask=cutout.mask[:, ::-1])
        if slot in slots
        else cutout
        for slot, cutout in views.items()
    }


def _without(views: Mapping[str, Cutout], slot: str) -> dict[str, Cutout]:
    return {name: cutout for name, cutout in views.items() if name != slot}


def _notices(views: Mapping[str, Cutout], kept: Mapping[str, Cutout]) -> tuple[Notice, ...]:
    left_out = [slot for slot in views if slot not in kept]
    if not left_out:
        return _stretched(kept)
    message = (
        f"the outlines of {', '.join(left_out)} and {', '.join(kept)} contradict each other; the shape is made without "
        f"{', '.join(left_out)}, only colours are taken from there; each picture must show the side it is sent as"
    )
    return (Notice("VIEWS_DISAGREE", message), *_stretched(kept))


def _stretched(views: Mapping[str, Cutout]) -> tuple[Notice, ...]:
    """A notice where views that make a shape together say very different things of how wide or deep it is."""
    height, width = views["image"].mask.shape
    said: dict[str, dict[str, float]] = {"wide": {}, "deep": {}}
    for slot, cutout in views.items():
        rows, cols = cutout.mask.shape
        if slot in ("image_top", "image_bottom"):
            said["deep"][slot] = width * rows / (cols * height)
        else:
            said["wide" if slot in ("image", "image_back") else "deep"][slot] = cols / rows
    notices = []
    for what, shares in said.items():
        if shares and max(shares.values()) > MOST_STRETCHED * min(shares.values()):
            told = ", ".join(f"{share:.2f} by {slot}" for slot, share in shares.items())
            message = (
                f"the object is so many times as {what} as high: {told}; the pictures are stretched to fit each other, "
                "each must show the side it is sent as, whole and not squeezed"
            )
            notices.append(Notice("VIEWS_DISAGREE", message))
    return tuple(notices)
