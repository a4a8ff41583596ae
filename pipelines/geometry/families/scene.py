"""Several objects of a prompt as one closed mesh: each made by its family, placed, and united."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from manifold3d import Manifold

from pipelines.geometry.families import model
from pipelines.geometry.families.forms import Forms, unite
from pipelines.geometry.families.places import Body, arranged, placed
from pipelines.geometry.families.registry import Family, Part
from pipelines.words.relations import FLAT, LYING
from pipelines.words.scene import Link

# Fineness by how many objects there are: many small ones need no finer faces than one large one.
FINENESS = ((1, 1.0), (3, 0.7), (6, 0.5), (12, 0.35))

# Longest side in metres of families that are made in no size of their own, or in a picture's.
TRUE_SIZE = {
    "coin": 0.04,
    "dice": 0.04,
    "pawn": 0.06,
    "puzzle cube": 0.06,
    "chess rook": 0.06,
    "gem": 0.08,
    "tooth": 0.08,
    "chess king": 0.1,
    "sphere": 0.25,
    "star": 0.3,
    "heart": 0.3,
    "cube": 0.4,
    "treasure": 0.6,
    "cloud": 4.0,
    "dinosaur": 8.0,
    "pyramid": 30.0,
    "mountain": 60.0,
    "volcano": 60.0,
}


@dataclass(frozen=True)
class Order:
    """One thing to make: its family, what is asked of its measures, how many, how they stand, and its relative size."""

    family: Family
    asked: dict[str, float]
    count: int = 1
    layout: str = ""
    size: float = 1.0


@dataclass(frozen=True)
class BuiltScene:
    """The mesh, whose parts are those of all things in turn, and the thing that each part belongs to."""

    built: model.Built
    thing_of_part: tuple[int, ...]


def build_scene(
    orders: Sequence[Order],
    links: Sequence[Link],
    *,
    seed: int,
    lowpoly: bool = False,
    vertex_limit: int | None = None,
) -> BuiltScene:
    """Make and place the things; the longest side of the whole is 1 m. One thing alone is made by `model.build`.

    Raises InvalidValue where no mesh of the scene has so few vertices.
    """
    measures = [
        model.measures_for(order.family, order.asked, seed + at) for at, order in enumerate(orders)
    ]
    number = sum(order.count for order in orders)
    finest = next(fine for most, fine in FINENESS if number <= most)
    details = [d for d in model.DETAILS if d <= finest]
    body, ids, parts, things = _made(
        orders, links, measures, finest if not lowpoly else model.LOWPOLY_DETAIL
    )
    for detail in () if lowpoly else details[1:]:
        if vertex_limit is None or body.num_vert() <= vertex_limit:
            break
        body, ids, parts, things = _made(orders, links, measures, detail)
    if vertex_limit is not None and body.num_vert() > vertex_limit:
        body = model.simplified(body, vertex_limit, "scene")
    body = model.sized(body)
    return BuiltScene(model.mesh_of(body, ids, tuple(parts), measures[0]), tuple(things))


def _made(
    orders: Sequence[Order],
    links: Sequence[Link],
    measures: Sequence[dict[str, float]],
    detail: float,
) -> tuple[Manifold, dict[int, int], list[Part], list[int]]:
    """The united body, the part of each original id, all parts, and the thing of each."""
    forms = Forms(detail)
    parts: list[Part] = []
    things: list[int] = []
    ids: dict[int, int] = {}
    bodies: list[Body] = []
    for at, order in enumerate(orders):
        own, _ = model.sound_parts(order.family, forms, measures[at])
        solid, own_ids = model.united(own)
        ids |= {original: index + len(parts) for original, index in own_ids.items()}
        if order.layout == "stack" or _lies(order.family.name, at, links):
            solid = _lying(solid)
        solid = _natural(solid, order, lowpoly=detail == model.LOWPOLY_DETAIL)
        bodies.append(Body(solid, order.family.name, order.count, order.layout))
        parts += own
        things += [at] * len(own)
    copies = arranged(bodies, links)
    whole = unite([placed(bodies[copy.thing].solid, copy) for copy in copies])
    return model.sized(whole).simplify(model.CLEAN), ids, parts, things


def _lying(solid: Manifold) -> Manifold:
    """Laid on its broadest side where that is much broader than the one it stands on: books in a stack."""
    box = np.array(solid.bounding_box())
    x, y, z = box[3:] - box[:3]
    if min(x, z) > 0.5 * y:
        return solid
    return solid.rotate((-90, 0, 0)) if z <= x else solid.rotate((0, 0, 90))


def _lies(family: str, thing: int, links: Sequence[Link]) -> bool:
    """Whether a thing is laid down: a knife on a table, coins in a chest."""
    places = {link.place for link in links if link.child == thing}
    return (family in LYING and "on" in places) or (family in FLAT and bool(places & {"on", "in"}))


def _natural(solid: Manifold, order: Order, *, lowpoly: bool) -> Manifold:
    """A thing in metres, as long as its family makes it or as it is known to be, on the ground."""
    box = np.array(solid.bounding_box())
    longest = TRUE_SIZE.get(order.family.name, float((box[3:] - box[:3]).max())) * order.size
    unit = model.sized(solid, model.stretch(order.family, order.asked))
    unit = model.few_faces(unit) if lowpoly else unit.simplify(model.CLEAN)
    return model.sized(unit, size_m=longest)
