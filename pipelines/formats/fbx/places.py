"""Matrices as FBX has them: a translation, three turns, three scales. One that skews becomes two, one inside the other.

FBX's words, with the frame of the scene: Y up, front to +Z, but centimetres. Turns are in degrees, about X first, then
Y, then Z.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CENTIMETRES = 100.0
# Columns of a matrix whose cosine is larger are skewed: no turning and scaling makes them. Matrices that were stored as
# 32-bit floats stay below by a factor of ten.
MOST_SKEW = 1e-5
SIGNS = np.array([(1, 1, -1), (1, -1, 1), (-1, 1, 1), (-1, -1, -1)], np.float64)


@dataclass(frozen=True)
class Place:
    """Where a node stands within its parent: translation in cm, turn in degrees, scale."""

    translation: NDArray[np.float64]
    turn: NDArray[np.float64]
    scale: NDArray[np.float64]


def in_centimetres(matrices: NDArray[np.float64]) -> NDArray[np.float64]:
    """(..., 4, 4) between frames in metres -> the same between frames in centimetres."""
    scaled = np.array(matrices, np.float64)
    scaled[..., :3, 3] *= CENTIMETRES
    return scaled


def places(matrix: NDArray[np.float64]) -> list[Place]:
    """A matrix (4, 4) in centimetres as one place, or as two where it skews: the first holds the second.

    Any matrix is a turn, a scale and another turn: its singular value decomposition.
    """
    length = np.linalg.norm(matrix[:3, :3], axis=0)
    axes = np.divide(matrix[:3, :3], length, out=np.zeros((3, 3)), where=length > 0)
    left, _, right = np.linalg.svd(axes)
    square = left @ right
    if np.abs(square[:, length > 0] - axes[:, length > 0]).max(initial=0.0) <= MOST_SKEW:
        return [_place(matrix[:3, 3], square, length)]
    left, scale, right = np.linalg.svd(matrix[:3, :3])
    inner, outer = np.sign(np.linalg.det(right)), np.sign(np.linalg.det(left))
    right, left = right * inner, left * outer
    return [
        _place(matrix[:3, 3], left, scale * inner * outer),
        _place(np.zeros(3), right, np.ones(3)),
    ]


def _place(translation: NDArray, square: NDArray, scale: NDArray) -> Place:
    """Of an orthogonal matrix, which may mirror: then the axes that turn the least are the ones turned back."""
    if np.linalg.det(square) < 0:
        signs = SIGNS[np.argmax(SIGNS @ np.diag(square))]
        square, scale = square * signs, scale * signs
    return Place(translation.copy(), turns(square), scale)


def turns(rotation: NDArray[np.float64]) -> NDArray[np.float64]:
    """Degrees about X, then Y, then Z that make a rotation (3, 3), exact also where Y is a quarter turn."""
    about_z = np.arctan2(rotation[1, 0], rotation[0, 0])
    about_y = np.arctan2(-rotation[2, 0], np.hypot(rotation[0, 0], rotation[1, 0]))
    sine, cosine = np.sin(about_z), np.cos(about_z)
    about_x = np.arctan2(
        sine * rotation[0, 2] - cosine * rotation[1, 2],
        cosine * rotation[1, 1] - sine * rotation[0, 1],
    )
    return np.degrees([about_x, about_y, about_z])
