"""Which pixels of a picture are the object: alpha where there is one, else the border's colours, else a network if the
operator has installed one, else GrabCut.

Knows pixels only. Every result says how it was found and what looks doubtful about it. The rule and its figures: on
plain backgrounds the border's colours give an outline IoU of .96 (an ISNet the same); on a gradient and on a photo that
holds other things an ISNet gives .97 and .76, GrabCut .84 and .76.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.errors import ModelLoadFailed, NothingToModel
from pipelines.geometry import matting_holes, matting_network, matting_shadow
from pipelines.spec import Notice

log = logging.getLogger(__name__)

# Larger crops add no visible detail below a 4096 px atlas, only memory.
MAX_CROP_PX = 2048
MIN_SIDE_PX = 4
MIN_OBJECT_PX = 12
# Specks below this share of the largest piece are noise; pieces above `SEVERAL` count as objects of their own.
SPECK, SEVERAL = 0.002, 0.08


@dataclass(frozen=True)
class Cutout:
    """An object cut out of its picture: the crop is tight, so its sides are the object's extremes.

    rgb (h, w, 3) uint8 with the object's colours bled over the background; mask (h, w) bool; method "alpha",
    "border_colour", "network" or "grabcut"; full_frame is True where the object fills its picture, no background found.
    """

    rgb: NDArray[np.uint8]
    mask: NDArray[np.bool_]
    method: str
    notices: tuple[Notice, ...]
    full_frame: bool = False


@dataclass(frozen=True)
class _Keyed:
    """An object (h, w) bool by its border's colours, what it encloses, and its shadow's area as a share of its own."""

    mask: NDArray[np.bool_]
    enclosed: matting_holes.Enclosed
    shadow: float


def cut_out(rgba: NDArray[np.uint8], *, view: str = "image") -> Cutout:
    """(h, w, 4) uint8 -> the object in it. `view` is the slot's name for messages.

    Raises NothingToModel for a picture that is fully transparent, of one colour, or too small to hold an object.
    """
    height, width = rgba.shape[:2]
    if min(height, width) < MIN_SIDE_PX:
        raise NothingToModel(
            f"{view} is {width} x {height} px; nothing can be seen in it, send at least 64 x 64"
        )
    mask, method, told = _found(rgba, view)
    mask = _without_specks(mask)
    if mask.sum() < max(MIN_OBJECT_PX, mask.size * 2e-5):
        raise NothingToModel(
            f"no object can be told from the background of {view}; send one on a plain background"
        )
    notices = (*_doubts(mask, method, view), *told)
    rows, cols = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    box = (slice(rows[0], rows[-1] + 1), slice(cols[0], cols[-1] + 1))
    rgb, mask = _shrink(np.ascontiguousarray(rgba[..., :3][box]), mask[box])
    fringe = 1.0 if method == "alpha" else 2.0
    return Cutout(
        bleed(rgb, mask, fringe=fringe), mask, method, notices, full_frame=bool(mask.mean() > 0.995)
    )


def find_mask(rgba: NDArray[np.uint8], view: str = "image") -> tuple[NDArray[np.bool_], str]:
    """(h, w, 4) uint8 -> object pixels (h, w) bool and the method that found them. Raises NothingToModel."""
    mask, method, _ = _found(rgba, view)
    return mask, method


def _found(rgba: NDArray[np.uint8], view: str) -> tuple[NDArray[np.bool_], str, tuple[Notice, ...]]:
    """As `find_mask`, and what is doubtful about the way."""
    alpha = rgba[..., 3]
    if alpha.max() < 16:
        raise NothingToModel(f"{view} is fully transparent; there is nothing to model")
    visible = alpha >= max(8, int(alpha.max()) // 2)
    if (~visible).mean() > 0.002:
        return visible, "alpha", ()
    rgb = np.ascontiguousarray(rgba[..., :3])
    if np.ptp(rgb.reshape(-1, 3).astype(np.int16), axis=0).max() < 6:
        raise NothingToModel(f"{view} shows a single colour; there is no object in it")
    keyed = _border_key(rgb)
    if keyed is not None:
        told = (*_guessed_holes(keyed.enclosed, view), *_removed_shadow(keyed.shadow, view))
        return keyed.mask, "border_colour", told
    seen, told = _by_network(rgb, view)
    if seen is not None:
        return seen, "network", ()
    return _grabcut(rgb), "grabcut", told


def _by_network(
    rgb: NDArray[np.uint8], view: str
) -> tuple[NDArray[np.bool_] | None, tuple[Notice, ...]]:
    """Object pixels (h, w) bool by the operator's network; None without one, and a notice where it is of no use."""
    if not matting_network.installed():
        return None, ()
    try:
        return matting_network.object_mask(rgb), ()
    except ModelLoadFailed as error:
        log.warning("the background of a picture was guessed without a network: %s", error.message)
        said = f"the server's network for backgrounds cannot be used: {error.message}; {view} was cut out without it"
        return None, (Notice("MATTING_NETWORK_FAILED", said),)


def bleed(
    rgb: NDArray[np.uint8], mask: NDArray[np.bool_], *, fringe: float = 1.0
) -> NDArray[np.uint8]:
    """Background pixels take the colour of the nearest object pixel, from 1-3 px inside: no white fringe remains.

    rgb (h, w, 3) uint8, mask (h, w) bool -> (h, w, 3) uint8. `fringe` widens the rim whose colours are not trusted:
    an outline found by colour has more of the background in it than one drawn by alpha.
    """
    inside = cv2.distanceTransform(_padded(mask), cv2.DIST_L2, 3)[1:-1, 1:-1]
    # 1 px at 256, 3 px at 1024: an anti-aliased border is about that wide. Thin limbs keep their middle line.
    depth = np.clip(max(mask.shape) / 340.0, 1.0, 4.0) * fringe
    ridge = inside >= cv2.dilate(inside, np.ones((3, 3), np.uint8)) - 1e-3
    source = (inside > depth) | (ridge & mask)
    if not source.any():
        return rgb
    _, label = cv2.distanceTransformWithLabels(
        (~source).astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    row_of = np.zeros((label.max() + 1, 3), np.uint8)
    row_of[label[source]] = rgb[source]
    return np.where(source[..., None], rgb, row_of[label])


def _padded(mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    return np.pad(mask.astype(np.uint8), 1)


def _shrink(
    rgb: NDArray[np.uint8], mask: NDArray[np.bool_]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Bring a crop to at most MAX_CROP_PX a side."""
    height, width = mask.shape
    scale = MAX_CROP_PX / max(height, width)
    if scale >= 1.0:
        return rgb, mask
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    soft = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), soft >= 0.5


def _without_specks(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        mask.astype(np.uint8), connectivity=8
    )
    if count <= 2:
        return mask
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    keep = areas >= max(4, SPECK * areas.max())
    return keep[labels]


def _doubts(mask: NDArray[np.bool_], method: str, view: str) -> tuple[Notice, ...]:
    """What a client should know of a mask (h, w) bool."""
    found: list[Notice] = []
    frame = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
    if frame.mean() > 0.02:
        found.append(
            Notice(
                "OBJECT_CUT_OFF",
                f"the object in {view} touches the picture's frame: it may be cut off",
            )
        )
    if mask.mean() < 0.01:
        found.append(
            Notice(
                "OBJECT_TINY",
                f"the object fills {mask.mean():.2%} of {view}; crop the picture closer",
            )
        )
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    areas = stats[1:, cv2.CC_STAT_AREA]
    several = int((areas >= SEVERAL * areas.max()).sum())
    if several > 1:
        found.append(
            Notice("SEVERAL_OBJECTS", f"{view} shows {several} separate objects; all are modelled")
        )
    if method == "grabcut":
        found.append(
            Notice(
                "BACKGROUND_GUESSED",
                f"{view} has no plain background; its outline is a guess, transparency helps",
            )
        )
    return tuple(found)


def _border_key(rgb: NDArray[np.uint8]) -> _Keyed | None:
    """The object of a picture whose border has at most 4 close colours; None where it has more."""
    unit = rgb.astype(np.float32) / 255.0
    lab: NDArray[np.float32] = np.asarray(cv2.cvtColor(unit, cv2.COLOR_RGB2LAB), np.float32)
    found = _border_colours(lab)
    if found is None:
        return None
    centres, tolerance = found
    distance = _nearest(lab.reshape(-1, 3), centres).reshape(lab.shape[:2])
    background = _reachable(distance < tolerance)
    shadow = matting_shadow.cast(lab, background, centres)
    # With its shadow the backdrop reaches under tables: what it reaches is no hole to wonder about.
    reached = _reachable((distance < tolerance) | shadow) if shadow.any() else background
    alike = (distance < tolerance * 0.7) & (background | ~reached)
    enclosed = matting_holes.enclosed(lab, alike, background, centres)
    # A hole was looked for by a closer colour than the background's: its rim belongs to it.
    rim = cv2.dilate(enclosed.holes.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    around = reached | enclosed.holes | (rim & (distance < tolerance))
    mask = (
        cv2.morphologyEx((~around).astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)) > 0
    )
    if not 0.0005 < mask.mean() < 0.97:
        return None
    return _Keyed(mask, enclosed, float((shadow & reached).sum() / mask.sum()))


def _border_colours(lab: NDArray[np.float32]) -> tuple[NDArray[np.float32], float] | None:
    """The colours (k, 3) of a picture's border in Lab, and how near to them the background is; None for too many."""
    edge = max(1, round(min(lab.shape[:2]) * 0.015))
    frame = np.ones(lab.shape[:2], bool)
    frame[edge:-edge, edge:-edge] = False
    border = lab[frame]
    sample = border[:: max(1, len(border) // 4000)]
    _, label, centres = cv2.kmeans(
        sample,
        min(4, len(sample)),
        np.zeros((len(sample), 1), np.int32),
        (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5),
        1,
        2,
    )
    # A colour that holds less than 8% of the border may be the object leaving the frame.
    centres = np.asarray(centres, np.float32)[
        np.bincount(label.ravel(), minlength=len(centres)) >= 0.08 * len(sample)
    ]
    spread = np.linalg.norm(centres[:, None] - centres[None], axis=-1).max()
    near = _nearest(sample, centres)
    if spread > 30.0 or (near < 8.0).mean() < 0.9:
        return None
    return centres, float(np.clip(np.percentile(near[near < 8.0], 98) * 2.0, 5.0, 11.0))


def _removed_shadow(share: float, view: str) -> tuple[Notice, ...]:
    """A notice where so large a shadow, as a share of the object, was cut away."""
    if not share:
        return ()
    said = (
        f"a soft shadow beside the object in {view}, as large as {share:.1%} of it, was taken as cast on the backdrop "
        "and cut away; send a cut-out with alpha if it is part of the object"
    )
    return (Notice("SHADOW_REMOVED", said),)


def _guessed_holes(enclosed: matting_holes.Enclosed, view: str) -> tuple[Notice, ...]:
    """A notice where the object encloses its backdrop's colour and the picture does not tell what that is."""
    cut, left = enclosed.cut, enclosed.left
    if not cut and not left:
        return ()
    areas = f"{cut + left} {'area' if cut + left == 1 else 'areas'} of the backdrop's colour"
    done = " and ".join(
        f"{count} {what}"
        for count, what in ((cut, "cut out"), (left, "kept as the object's"))
        if count
    )
    said = (
        f"the object in {view} encloses {areas} ({enclosed.share:.0%} of it), holes or parts of it: {done} by a guess; "
        "send a cut-out with alpha to say which"
    )
    return (Notice("HOLES_GUESSED", said),)


def _nearest(points: NDArray[np.float32], centres: NDArray[np.float32]) -> NDArray[np.float32]:
    """Distance (n,) of points (n, 3) to the nearest of centres (k, 3)."""
    best = np.full(len(points), np.inf, np.float32)
    for centre in centres:
        np.minimum(best, np.sqrt(((points - centre) ** 2).sum(1)), out=best)
    return best


def _reachable(alike: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The part of `alike` (h, w) that hangs together with the picture's border."""
    ringed = np.pad(alike, 1, constant_values=True).astype(np.uint8)
    _, labels = cv2.connectedComponents(ringed, connectivity=4)
    return (labels == labels[0, 0])[1:-1, 1:-1]


def _grabcut(rgb: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Object pixels (h, w) bool by GrabCut at 256 px from a frame of 6%, kept to the largest piece."""
    height, width = rgb.shape[:2]
    scale = min(1.0, 256.0 / max(height, width))
    size = (max(4, round(width * scale)), max(4, round(height * scale)))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    inset = (max(1, round(size[0] * 0.06)), max(1, round(size[1] * 0.06)))
    rect = (inset[0], inset[1], max(1, size[0] - 2 * inset[0]), max(1, size[1] - 2 * inset[1]))
    marks = np.zeros(small.shape[:2], np.uint8)
    cv2.setRNGSeed(
        0
    )  # its k-means draws from OpenCV's global generator: equal pictures must give equal masks
    cv2.grabCut(small, marks, rect, np.zeros((1, 65)), np.zeros((1, 65)), 5, cv2.GC_INIT_WITH_RECT)
    inside = (marks == cv2.GC_FGD) | (marks == cv2.GC_PR_FGD)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(inside.astype(np.uint8), connectivity=8)
    stats[0, cv2.CC_STAT_AREA] = 0
    inside &= labels == int(stats[:, cv2.CC_STAT_AREA].argmax())
    soft = cv2.resize(cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 1.0), (width, height))
    return soft >= 0.5
