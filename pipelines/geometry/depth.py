"""How deep an object is behind each pixel of one picture, as a small trained network sees it.

The network (`pipelines/weights/depth.onnx`, made by `pipelines/training`) answers on 64 x 64 pixels with a factor on
the inscribed-ball thickness of `inflate` and with the middle between front and back. The outline stays the mask's own.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import inflate

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

log = logging.getLogger(__name__)

WEIGHTS = Path(__file__).resolve().parents[1] / "weights" / "depth.onnx"
# The network's picture, and how much of it the outline's longest side spans.
SIDE_PX = 64
OUTLINE_PX = 54
# Bounds of the answer: a body thinner or thicker than these many balls is a slip, not a shape.
FACTORS = (0.2, 4.0)
# Trained on absolute errors, the network says too little where it is unsure. This much more of a swing did best on one
# half of the meshes of `benchmarks/truth.py`.
MIDDLE_GAIN = 1.2
# Seen from above, a thing leans back from the eye. That is true to the picture, but a thing should stand: half of
# the lean stays (all of it: .015 more F5 at three-quarter; none: .02 less).
LEAN_KEPT = 0.5
# The middle surface may swing this far from front to back, in the outline's longest side: it bounds the solid's grid.
DEEPEST = 1.0


@dataclass(frozen=True)
class Framed:
    """A picture as the network takes it: rgb (s, s, 3) uint8, mask (s, s) bool; the object's box within it in px."""

    rgb: NDArray[np.uint8]
    mask: NDArray[np.bool_]
    left: int
    top: int
    width: int
    height: int


def hindrance(weights: Path = WEIGHTS) -> str | None:
    """Why depth cannot be asked for here, or None where it can. Reads the weights, the first time."""
    if find_spec("onnxruntime") is None:
        return "onnxruntime is not installed"
    if not weights.is_file():
        return "the weights of the depth network are missing"
    return None if _is_sound(weights) else "the weights of the depth network are damaged"


@cache
def _is_sound(weights: Path) -> bool:
    """Whether the runtime can read the weights. Said once in the log where it cannot."""
    from onnxruntime.capi import onnxruntime_pybind11_state as runtime

    try:
        _session(weights)
    except (
        runtime.Fail,
        runtime.InvalidArgument,
        runtime.InvalidGraph,
        runtime.InvalidProtobuf,
        runtime.NoModel,
        runtime.NotImplemented,
        runtime.RuntimeException,
    ) as error:
        log.warning("depth is guessed by formula, %s cannot be read: %s", weights.name, error)
        return False
    return True


def guess(
    rgb: NDArray[np.uint8], mask: NDArray[np.bool_], rows: int, cols: int, pad: int
) -> inflate.Guess:
    """The depth of a tight cut-out, rgb (h, w, 3) uint8 and mask (h, w), on a grid of rows x cols voxels padded by pad.

    Beyond the outline the values go on smoothly. About 5 ms.
    """
    picture = framed(rgb, mask)
    factor, middle = answer(picture)
    middle = _righted(middle, picture.mask) * np.float32(MIDDLE_GAIN)
    swing = float(np.ptp(middle[picture.mask])) if picture.mask.any() else 0.0
    middle = middle * np.float32(min(1.0, DEEPEST / max(swing, 1e-6)) * max(rows, cols))
    factor = np.clip(factor, *FACTORS)
    grown = (
        _on_grid(_carried_on(values, picture), picture, rows, cols, pad)
        for values in (factor, middle)
    )
    return inflate.Guess(*grown)


def framed(rgb: NDArray[np.uint8], mask: NDArray[np.bool_]) -> Framed:
    """A tight cut-out (h, w) made small and centred, so that its longest side spans OUTLINE_PX."""
    scale = OUTLINE_PX / max(mask.shape)
    # Whole pairs of pixels, so that the middle of the box is the middle of the picture, as in training.
    height, width = (max(2, 2 * round(side * scale / 2.0)) for side in mask.shape)
    shrinking = scale < 1.0
    way = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
    share = cv2.resize(mask.astype(np.float32), (width, height), interpolation=way)
    colours = cv2.resize(rgb, (width, height), interpolation=way)
    top, left = (SIDE_PX - height) // 2, (SIDE_PX - width) // 2
    inside = (slice(top, top + height), slice(left, left + width))
    small, shown = np.zeros((SIDE_PX, SIDE_PX, 3), np.uint8), np.zeros((SIDE_PX, SIDE_PX), bool)
    # Where all parts are thinner than a pixel, half of what they cover has to do.
    shown[inside] = share >= 0.5 * min(1.0, float(np.quantile(share[share > 0], 0.9)))
    small[inside] = np.asarray(colours, np.uint8)
    return Framed(small * shown[..., None], shown, left, top, width, height)


def answer(
    picture: Framed, weights: Path = WEIGHTS
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Factor on the ball's thickness, and middle in the outline's longest side: (s, s) each.

    The mean of what the network says of the picture and of its mirror image.
    """
    half, radius = ball_height(picture.mask)
    straight = input_maps(picture.rgb, picture.mask, half, radius)
    mirrored = input_maps(
        picture.rgb[:, ::-1], picture.mask[:, ::-1], half[:, ::-1], radius[:, ::-1]
    )
    (found,) = _session(weights).run(None, {"maps": np.stack([straight, mirrored])})
    both = (np.asarray(found[0]) + np.asarray(found[1])[..., ::-1]) / 2.0
    return both[0].astype(np.float32), both[1].astype(np.float32)


@cache
def _session(weights: Path) -> InferenceSession:
    """One thread, no arena: a few milliseconds and a few MiB matter more than throughput."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])


def _righted(middle: NDArray[np.float32], mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Middle (s, s) sheared back by a share of the plane's rise from bottom to top that fits it best in the mask."""
    rows, cols = np.nonzero(mask)
    terms = np.stack([rows, cols, np.ones(len(rows))], axis=1)
    (lean, _, _), *_ = np.linalg.lstsq(terms, middle[mask].astype(np.float64))
    away = np.arange(len(middle))[:, None] - rows.mean()
    return (middle - (1.0 - LEAN_KEPT) * lean * away).astype(np.float32)


def _carried_on(values: NDArray[np.float32], picture: Framed) -> NDArray[np.float32]:
    """Values (s, s) whose places outside the mask take that of the nearest inside."""
    outside = (~picture.mask).astype(np.uint8)
    _, labels = cv2.distanceTransformWithLabels(
        outside, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    nearest = np.zeros(int(labels.max()) + 1, np.float32)
    nearest[labels[picture.mask]] = values[picture.mask]
    return nearest[labels]


def _on_grid(
    values: NDArray[np.float32], picture: Framed, rows: int, cols: int, pad: int
) -> NDArray[np.float32]:
    """Values (s, s) of the network's picture on the solid's grid: (rows + 2 pad, cols + 2 pad)."""
    across, down = picture.width / cols, picture.height / rows
    to_picture = np.array(
        [
            [across, 0.0, picture.left + (0.5 - pad) * across - 0.5],
            [0.0, down, picture.top + (0.5 - pad) * down - 0.5],
        ]
    )
    return cv2.warpAffine(
        values,
        to_picture,
        (cols + 2 * pad, rows + 2 * pad),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.float32)


def ball_height(mask: NDArray[np.bool_]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Half thickness and radius of inscribed balls (s, s) for a framed mask (s, s), in the outline's longest side."""
    solid = mask.astype(np.uint8)
    within, beyond = inflate.distance(solid), inflate.distance(1 - solid)
    outline = np.where(mask, within - 0.5, 0.5 - beyond).astype(np.float32)
    radius = inflate.local_radius(outline)
    squared = inflate.squared_height(outline, radius)
    half = np.where(mask, np.sqrt(np.maximum(squared, 0.25)), 0.0)
    return (half / OUTLINE_PX).astype(np.float32), (radius * mask / OUTLINE_PX).astype(np.float32)


def input_maps(
    rgb: NDArray[np.uint8], mask: NDArray[np.bool_], half: NDArray, radius: NDArray
) -> NDArray[np.float32]:
    """What the network looks at, (..., 8, s, s): colours, mask, ball height and radius, x to the right, y up.

    rgb (..., s, s, 3), the others (..., s, s): one picture or a stack of them.
    """
    axis = (np.arange(SIDE_PX, dtype=np.float32) + 0.5) / SIDE_PX * 2.0 - 1.0
    x, y = np.meshgrid(axis, -axis)
    colours = (rgb.astype(np.float32) / 127.5 - 1.0) * mask[..., None]
    maps = [*np.moveaxis(colours, -1, 0), mask, half * np.float32(4), radius * np.float32(4)]
    maps += [np.broadcast_to(axis_map, mask.shape) for axis_map in (x, y)]
    return np.stack(maps, axis=-3, dtype=np.float32)
