"""Where the nodes of an FBX file stand: its long chain of offsets and pivots, ways of inheriting scale, its axes.

The chain is the one Autodesk's documentation of the FBX SDK gives:
T Roff Rp Rpre R Rpost^-1 Rp^-1 Soff Sp S Sp^-1, all angles in degrees.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.formats.fbx.objects import FbxObject

Matrix = NDArray[np.float64]
_ZERO, _ONE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
# Axes in the order in which they turn a point; "XYZ" turns about X first.
_ORDERS = ("XYZ", "XZY", "YZX", "YXZ", "ZXY", "ZYX")
# Ways of inheriting: a node's turn is placed before its parents' scale; the same, with the parent's own scale left out.
_RRSS, _RRS = 0, 2
CENTIMETRE = 0.01


def turn(degrees: NDArray[np.float64], order: str = "XYZ") -> Matrix:
    """(4, 4) of Euler angles."""
    made = np.eye(4)
    if not degrees.any():
        return made
    for axis in order:
        number = "XYZ".index(axis)
        angle = np.radians(degrees[number])
        one, two = (number + 1) % 3, (number + 2) % 3
        about = np.eye(4)
        about[one, one] = about[two, two] = np.cos(angle)
        about[two, one] = np.sin(angle)
        about[one, two] = -about[two, one]
        made = about @ made
    return made


def moved(by: NDArray[np.float64]) -> Matrix:
    """(4, 4) of a translation."""
    made = np.eye(4)
    made[:3, 3] = by
    return made


def scaled(by: NDArray[np.float64]) -> Matrix:
    """(4, 4) of a scale along the axes."""
    return np.diag([*by, 1.0])


def geometric(model: FbxObject) -> Matrix:
    """What moves a model's mesh and not its children."""
    return (
        moved(model.vector("GeometricTranslation", _ZERO))
        @ turn(model.vector("GeometricRotation", _ZERO))
        @ scaled(model.vector("GeometricScaling", _ONE))
    )


def _own_turn(model: FbxObject) -> Matrix:
    """Rotation with the turns before and after it. Where "RotationActive" is off, only the plain angles count."""
    degrees = model.vector("Lcl Rotation", _ZERO)
    if not model.number("RotationActive", 1):
        return turn(degrees)
    order = int(model.number("RotationOrder", 0))
    return (
        turn(model.vector("PreRotation", _ZERO))
        @ turn(degrees, _ORDERS[order] if 0 <= order < len(_ORDERS) else "XYZ")
        @ turn(model.vector("PostRotation", _ZERO)).T
    )


def local(model: FbxObject) -> Matrix:
    """(4, 4) within the parent, as if scale were inherited in the plain way."""
    pivot, scale_pivot = model.vector("RotationPivot", _ZERO), model.vector("ScalingPivot", _ZERO)
    return (
        moved(
            model.vector("Lcl Translation", _ZERO) + model.vector("RotationOffset", _ZERO) + pivot
        )
        @ _own_turn(model)
        @ moved(model.vector("ScalingOffset", _ZERO) - pivot + scale_pivot)
        @ scaled(model.vector("Lcl Scaling", _ONE))
        @ moved(-scale_pivot)
    )


def locals_of(models: list[FbxObject], parents: list[int]) -> list[Matrix]:
    """Matrices within the parents, for nodes in an order in which parents come first."""
    world: list[Matrix] = []
    turns: list[Matrix] = []
    found: list[Matrix] = []
    for model, parent in zip(models, parents, strict=True):
        above = world[parent] if parent >= 0 else np.eye(4)
        turn_above = turns[parent] if parent >= 0 else np.eye(4)
        matrix = local(model)
        way = int(model.number("InheritType", 1))
        if parent >= 0 and way in (_RRSS, _RRS):
            parent_scale = models[parent].vector("Lcl Scaling", _ONE) if way == _RRS else _ONE
            matrix = _inherited(model, matrix, above, turn_above, np.asarray(parent_scale))
        found.append(matrix)
        world.append(above @ matrix)
        turns.append(turn_above @ _own_turn(model))
    return found


def _inherited(
    model: FbxObject, matrix: Matrix, above: Matrix, turn_above: Matrix, parent_scale: NDArray
) -> Matrix:
    """The matrix within the parent that puts a node where its way of inheriting scale wants it.

    The node stands where the plain chain puts it; its axes are the parents' turns, its own, then the parents' scale,
    then its own. A parent flat in some direction has no inverse: there the plain chain stays.
    """
    if abs(np.linalg.det(above[:3, :3])) < 1e-30 or (parent_scale == 0).any():
        return matrix
    scale_above = turn_above[:3, :3].T @ above[:3, :3] / parent_scale
    axes = (
        turn_above[:3, :3]
        @ _own_turn(model)[:3, :3]
        @ scale_above
        @ np.diag(model.vector("Lcl Scaling", _ONE))
    )
    made = matrix.copy()
    made[:3, :3] = np.linalg.solve(above[:3, :3], axes)
    return made


def into_our_frame(settings: FbxObject) -> Matrix:
    """(4, 4): from the file's axes and unit to Y up, front +Z, metres. It mirrors where the file is left-handed."""
    unit = settings.number("UnitScaleFactor", 1.0)
    metres = CENTIMETRE * (unit if 0 < unit < 1e12 else 1.0)
    made = np.zeros((4, 4))
    for row, name, usual in ((0, "CoordAxis", 0), (1, "UpAxis", 1), (2, "FrontAxis", 2)):
        axis = int(settings.number(name, usual))
        if 0 <= axis <= 2:
            made[row, axis] = metres if settings.number(f"{name}Sign", 1) >= 0 else -metres
    if (np.count_nonzero(made, axis=0)[:3] != 1).any():  # two of them name the same axis
        made = np.diag([metres] * 3 + [0.0])
    made[3, 3] = 1.0
    return made
