"""Damages to the elements of an FBX file before it is written: its frame stays sound, what it says does not."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from tests.pipelines.fbx_bytes import (
    CUBE,
    FORMS,
    SIDES,
    N,
    cube_file,
    geometry,
    layer,
    link,
    model,
    named,
    whole,
)

WORDS = (
    "",
    "Mesh",
    "Null",
    "LimbNode",
    "Skin",
    "Cluster",
    "Direct",
    "IndexToDirect",
    "ByPolygon",
    "AllSame",
    "x",
)
WHOLE = (0, 1, -1, 2, 7, 10, 11, 50, 51, 255, 2**31 - 1, -(2**31), 2**62)
REAL = (0.0, -1.0, 1e-300, 1e18, 1e38, 1e300, float("nan"), float("inf"))


def trees() -> list[list[N]]:
    """A plain cube, and one with layers, a skin of two joints and a material."""
    first, second = (
        N("Deformer", (number, named("", "SubDeformer"), "Cluster"), [
            N("Indexes", (np.arange(8, dtype=np.int32),)), N("Weights", (np.ones(8),)),
            N("Transform", (np.eye(4).reshape(-1),)), N("TransformLink", (np.eye(4).reshape(-1),)),
        ]) for number in (51, 52)
    )  # fmt: skip
    corners = np.linspace(0.0, 1.0, 48).reshape(24, 2)
    objects = [
        geometry(10, CUBE, SIDES, layer("UV", "ByPolygonVertex", corners, list(range(24)), name="map"),
                 layer("Normal", "ByVertice", np.ones((8, 3))), layer("Material", "ByPolygon", None, [0, 1] * 3)),
        model(1, "cube", Lcl_Rotation=(10.0, 20.0, 30.0), Lcl_Scaling=(1.0, 2.0, 1.0)),
        model(2, "hips", "LimbNode"), model(3, "spine", "LimbNode", Lcl_Translation=(0.0, 100.0, 0.0)),
        N("Deformer", (50, named("", "Deformer"), "Skin")), first, second,
        N("Material", (30, named("red", "Material"), "")), N("Material", (31, named("blue", "Material"), "")),
    ]  # fmt: skip
    pairs = [
        (1, 0),
        (2, 0),
        (3, 2),
        (10, 1),
        (30, 1),
        (31, 1),
        (50, 10),
        (51, 50),
        (52, 50),
        (2, 51),
        (3, 52),
    ]
    return [cube_file(), whole(objects, [link(*pair) for pair in pairs])]


def changed(chance: np.random.Generator) -> bytes:
    """A file of any form, one to eight of whose elements are not as they were."""
    made = trees()
    root = N("", (), made[int(chance.integers(len(made)))])
    for _ in range(min(int(chance.geometric(0.5)), 8)):
        _change(root, chance)
    forms = list(FORMS.values())
    return forms[int(chance.integers(len(forms)))](root.inside)


def _change(root: N, chance: np.random.Generator) -> None:
    homes: list[N] = []

    def visit(row: N) -> None:
        if row.inside:
            homes.append(row)
        for inner in row.inside:
            visit(inner)

    visit(root)
    home = homes[int(chance.integers(len(homes)))]
    place = int(chance.integers(len(home.inside)))
    way = chance.random()
    if way < 0.1:
        del home.inside[place]
    elif way < 0.2:
        home.inside.append(copy.deepcopy(home.inside[place]))
    elif way < 0.25:
        other = homes[int(chance.integers(len(homes)))]
        home.inside[place] = copy.deepcopy(other.inside[int(chance.integers(len(other.inside)))])
    else:
        _change_value(home.inside[place], chance)


def _change_value(row: N, chance: np.random.Generator) -> None:
    if not row.values:
        return
    values = list(row.values)
    place = int(chance.integers(len(values)))
    if chance.random() < 0.1:
        del values[place]
    else:
        values[place] = _other(values[place], chance)
    row.values = tuple(values)


def _other(value: Any, chance: np.random.Generator) -> Any:
    """Another value, mostly of the same kind."""
    whole, real = (int(WHOLE[int(chance.integers(len(WHOLE)))]), float(chance.choice(REAL)))
    if isinstance(value, np.ndarray) and chance.random() < 0.9:
        way = int(chance.integers(4))
        if way == 0:
            return value[: int(chance.integers(len(value) + 1))]
        if way == 1:
            return np.tile(value, int(chance.integers(1, 4)))
        if way == 2:
            return value.astype(
                [np.float32, np.float64, np.int32, np.int64][int(chance.integers(4))]
            )
        made = value.copy()
        if len(made):
            odd = np.array([real if made.dtype.kind == "f" else whole])
            with np.errstate(all="ignore"):
                made[int(chance.integers(len(made)))] = odd.astype(made.dtype)[0]
        return made
    kind = (
        chance.random()
        if chance.random() < 0.15
        else {int: 0.1, float: 0.4, str: 0.8}.get(type(value), 0.8)
    )
    return (
        whole if kind < 0.33 else real if kind < 0.66 else WORDS[int(chance.integers(len(WORDS)))]
    )
