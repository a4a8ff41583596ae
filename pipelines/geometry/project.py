"""Colours for a surface from pictures of it: each point takes those of the views that it faces.

What no picture shows gets a softened mirror of the opposite side: a plausible back with the front's face faded.
Knows points and normals; does not know texels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import lookup
from pipelines.geometry.matting import Cutout
from pipelines.geometry.views import DIRECTIONS, Box

OPPOSITE = {
    "image": "image_back",
    "image_back": "image",
    "image_left": "image_right",
    "image_right": "image_left",
    "image_top": "image_bottom",
    "image_bottom": "image_top",
}
# Softening of an unseen side: sigma as a share of the picture, and how much of it is mixed in.
SOFT_SIGMA, SOFT_SHARE = 1 / 28, 0.75
# Sharpness of the change from one view to the next; the front holds on longer than others.
BLEND_POWER, FRONT_WEIGHT = 4.0, 1.6
# How far a surface may be turned away from a picture and still take of it, as a cosine: usually; where none is faced.
FACING, NEARLY = 0.05, 0.3
LEAST_WEIGHT, FAINT = 1e-4, 1e-3


@dataclass(frozen=True)
class Projector:
    """Colours of points by projection. pictures maps slots to (h, w, 3) uint8 tight pictures of the box's sides."""

    pictures: Mapping[str, NDArray[np.uint8]]
    box: Box
    nearest: bool = False

    def colours(
        self, points: NDArray[np.float32], normals: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """points (n, 3) m, unit normals (n, 3) -> RGB (n, 3) float32 in 0..255."""
        total, weights = self._seen(points, normals, FACING)
        # What only just faces no picture, as a back seen from front and side, gets those that it does not turn from.
        unseen = np.flatnonzero(weights < FAINT)
        if len(unseen):
            total[unseen], weights[unseen] = self._seen(points[unseen], normals[unseen], NEARLY)
        divisor = np.maximum(weights, np.float32(LEAST_WEIGHT))[:, None]
        return np.asarray(total / divisor, np.float32)

    def _seen(
        self, points: NDArray[np.float32], normals: NDArray[np.float32], margin: float
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The sum of the pictures' weighted colours (n, 3) and of their weights (n,). margin: see `_weight`."""
        total = np.zeros((len(points), 3), np.float32)
        weights = np.zeros(len(points), np.float32)
        for slot, picture in self.pictures.items():
            weight = self._weight(slot, normals, margin)
            seen = np.flatnonzero(weight > LEAST_WEIGHT)
            if len(seen):
                places = self.box.to_picture(points[seen], slot)
                total[seen] += sample(picture, places, nearest=self.nearest) * weight[seen, None]
                weights[seen] += weight[seen]
        return total, weights

    def _weight(
        self, slot: str, normals: NDArray[np.float32], margin: float
    ) -> NDArray[np.float32]:
        """How much of a picture points (n,) take. margin: cosine by which they may be turned away from it."""
        # The eye looks along one axis, so the product is a column: no BLAS, whose threads cost more than they save.
        eye = DIRECTIONS[slot].eye
        facing = normals[:, DIRECTIONS[slot].axes()[2]] * np.float32(sum(eye))
        if set(self.pictures) <= {"image", "image_back"}:
            # Only front and back: a band around the outline blends, more of it behind than before.
            return np.clip(0.5 + facing * 2.0 + (0.25 if slot == "image" else -0.25), 0.0, 1.0)
        return np.clip(facing + np.float32(margin), 0.0, 1.0) ** BLEND_POWER * (
            FRONT_WEIGHT if slot == "image" else 1.0
        )


def projector(views: Mapping[str, Cutout], box: Box, *, nearest: bool = False) -> Projector:
    """A projector for the given views (slot -> cut-out); the back, if unseen, is made from the front."""
    pictures = {slot: cutout.rgb for slot, cutout in views.items()}
    if "image_back" not in pictures:
        front = views["image"]
        pictures["image_back"] = unseen_side(front.rgb, front.mask)
    if len(views) > 1 and set(views) != {"image", "image_back"}:
        for slot in ("image_left", "image_right"):
            known = views.get(OPPOSITE[slot])
            if slot not in pictures and known is not None:
                pictures[slot] = np.ascontiguousarray(known.rgb[:, ::-1])
    return Projector(pictures, box, nearest)


def unseen_side(rgb: NDArray[np.uint8], mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """The other side of an object seen in rgb (h, w, 3), mask (h, w) bool: mirrored, softened, (h, w, 3) uint8."""
    sigma = max(rgb.shape[:2]) * SOFT_SIGMA
    # Blur at a quarter of the size: the result holds no finer detail.
    step = max(1, int(sigma / 4.0))
    size = (max(1, rgb.shape[1] // step), max(1, rgb.shape[0] // step))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    weight = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) + 1e-4
    share = cv2.GaussianBlur(weight, (0, 0), sigma / step)
    blurred = cv2.GaussianBlur(small * weight[..., None], (0, 0), sigma / step)
    ratio = np.asarray(blurred / share[..., None], np.float32)
    soft = cv2.resize(ratio, (rgb.shape[1], rgb.shape[0]), interpolation=cv2.INTER_LINEAR)
    # Near the outline both sides show the same colours, or a seam would run around the object.
    inner = cv2.distanceTransform(np.pad(mask.astype(np.uint8), 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
    share = (np.clip(inner / (2.0 * sigma), 0.0, 1.0) * SOFT_SHARE)[..., None]
    mixed = soft * share + rgb.astype(np.float32) * (1.0 - share)
    return np.ascontiguousarray(np.clip(mixed[:, ::-1] + 0.5, 0, 255).astype(np.uint8))


def sample(
    picture: NDArray, places: NDArray[np.float32], *, nearest: bool = False
) -> NDArray[np.float32]:
    """Colours (n, k) float32 of a picture (h, w, k) at places (n, 2) in 0..1; beyond its border the border's colour."""
    return lookup.sample(picture, places[:, 0], places[:, 1], nearest=nearest)


def metallic_roughness(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A guess at glTF's metallic-roughness map from base colour (h, w, 3): green is roughness, blue metalness (0).

    One picture does not tell metal from paint, so nothing is metal. Bright greyish spots are mostly highlights or
    glazed: they are smoother than the rest. -> (h, w, 3) uint8.
    """
    peak = cv2.max(cv2.max(rgb[..., 0], rgb[..., 1]), rgb[..., 2])
    low = cv2.min(cv2.min(rgb[..., 0], rgb[..., 1]), rgb[..., 2])
    # Gloss is how far the darkest channel of a bright texel rises too: 0 below a peak of 140.
    gloss = cv2.blur(np.where(peak > 140, low, 0).astype(np.uint8), (5, 5))
    roughness = np.round(np.interp(np.arange(256), [0, 130, 255], [217, 217, 120])).astype(np.uint8)
    packed = np.zeros_like(rgb)
    packed[..., 1] = roughness[gloss]
    return packed
