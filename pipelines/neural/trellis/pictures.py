"""The pictures of a job as TRELLIS takes them: cut out by our own matting, with alpha, in the style asked for.

Upstream cuts out what has no alpha with a network of its own, and fails on what is all transparent: it gets neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.geometry import images, matting, restyle
from pipelines.spec import Notice

# Pixels of no object around a picture: one that its object fills would count as having no alpha.
BORDER_PX = 1


@dataclass(frozen=True)
class Pictures:
    """Pictures by slot, RGBA, and how their objects were found."""

    by_slot: dict[str, Image.Image]
    methods: dict[str, str]
    notices: tuple[Notice, ...]


def read(inputs: Mapping[str, Path], slots: tuple[str, ...], style: str) -> Pictures:
    """The pictures of those slots that were sent. Raises NothingToModel for one that shows no object."""
    found = {
        slot: matting.cut_out(images.load_rgba(inputs[slot]), view=slot)
        for slot in slots
        if slot in inputs
    }
    colours = restyle.restyled({slot: cutout.rgb for slot, cutout in found.items()}, style)
    return Pictures(
        {slot: _with_alpha(colours[slot], found[slot].mask) for slot in found},
        {slot: cutout.method for slot, cutout in found.items()},
        tuple(notice for cutout in found.values() for notice in cutout.notices),
    )


def read_whole(path: Path, slot: str, style: str) -> Pictures:
    """One picture as it is, its background with it: for a picture of a material."""
    rgba = images.load_rgba(path)
    colours = restyle.restyled({slot: np.ascontiguousarray(rgba[..., :3])}, style)[slot]
    whole = np.ones(rgba.shape[:2], bool)
    return Pictures({slot: _with_alpha(colours, whole)}, {slot: "whole picture"}, ())


def _with_alpha(rgb: NDArray[np.uint8], mask: NDArray[np.bool_]) -> Image.Image:
    alpha = mask.astype(np.uint8) * 255
    if alpha.shape != rgb.shape[:2]:  # a style makes large pictures smaller
        size = (rgb.shape[1], rgb.shape[0])
        alpha = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    sides = [(BORDER_PX, BORDER_PX)] * 2
    rgb = np.pad(rgb, [*sides, (0, 0)], mode="edge")
    return Image.fromarray(np.dstack([rgb, np.pad(alpha, sides)]))
