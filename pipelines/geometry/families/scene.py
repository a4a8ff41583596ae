"""Several objects of a prompt as one closed mesh: each made by its family, placed, and united."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from manifold3d import Manifold

from pipelines.geometry.families import model
from pipelines.geometry.families.copies import placed
from pipelines.geometry.families.forms import Forms, unite
from pipelines.geometry.families.places import Body, arranged
from pipelines.geometry.families.registry import Family, Part
from pipelines.words.relations import FLAT, LYING
from pipelines.words.scene import Link

# Fineness by how many objects there are: many small ones need no finer faces than one large one.
FINENESS = ((1, 1.0), (3, 0.7), (6, 0.5), (12, 0.35))
# A scene's faces together: what a game engine takes for one thing, and some 6 s of unwrapping.
MOST_FACES = 40_000
COARSEST = 0.012  # of a thing's longest side: the largest deviation that is made for it

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
    wanted: model.Asked = model.NOTHING_ASKED


@dataclass(frozen=True)
class BuiltScene:
    """The mesh, whose parts are those of all things in turn, the thing that each part belongs to, and what came of
    each thing's wishes. full_faces: how many it would have had, where it has fewer than that."""

    built: model.Built
    thing_of_part: tuple[int, ...]
    said: tuple[model.Said, ...]
    full_faces: int | None = None


@dataclass(frozen=True)
class _Made:
    body: Manifold
    ids: dict[int, int]
    parts: tuple[Part, ...]
    things: tuple[int, ...]
    said: tuple[model.Said, ...]
    full_faces: int


def build_scene(
    orders: Sequence[Order],
    links: Sequence[Link],
    *,
    seed: int,
    lowpoly: bool = False,
    vertex_limit: int | None = None,
) -> BuiltScene:
    """Make and place the things; the longest side of the whole is 1 m. One thing alone is made by `model.build`.

    The things are made coarser as long as the scene has more vertices than `vertex_limit`; it may still have more.
    """
    measures = [
        model.measures_for(order.family, order.asked, seed + at) for at, order in enumerate(orders)
    ]
    number = sum(order.count for order in orders)
    finest = next(fine for most, fine in FINENESS if number <= most)
    details = [model.LOWPOLY_DETAIL] if lowpoly else [d for d in model.DETAILS if d <= finest]
    for detail in details:
        made = _made(orders, links, measures, detail, seed, lowpoly=lowpoly)
        body = made.body
        if vertex_limit is None or body.num_vert() <= vertex_limit:
            break
    mesh = model.mesh_of(model.sized(body), made.ids, made.parts, measures[0])
    full = made.full_faces if made.full_faces > MOST_FACES else None
    return BuiltScene(mesh, made.things, made.said, full)


def _coarser(body: Manifold, most: int) -> Manifold:
    """The body with at most `most` faces, or with as few as the largest tolerance gives."""
    box = np.array(body.bounding_box())
    longest = float((box[3:] - box[:3]).max())
    share = 2 * model.CLEAN
    while body.num_tri() > most and share < COARSEST:
        body = body.simplify(share * longest)
        share *= 1.5
    return body


def _made(
    orders: Sequence[Order],
    links: Sequence[Link],
    measures: Sequence[dict[str, float]],
    detail: float,
    seed: int,
    *,
    lowpoly: bool,
) -> _Made:
    """The united body, the part of each original id, all parts, the thing of each, and what came of each's wishes."""
    forms = Forms(detail)
    parts: list[Part] = []
    things: list[int] = []
    said: list[model.Said] = []
    ids: dict[int, int] = {}
    bodies: list[Body] = []
    for at, order in enumerate(orders):
        one = model.finished(order.family, forms, measures[at], order.wanted, seed + at)
        ids |= {original: index + len(parts) for original, index in one.ids.items()}
        laid = order.layout in ("stack", "pile") or _lies(order.family.name, at, links)
        solid = _natural(_lying(one.body) if laid else one.body, order, lowpoly=lowpoly)
        bodies.append(Body(solid, order.family.name, order.count, order.layout))
        parts += one.parts
        things += [at] * len(one.parts)
        said.append(one.said)
    full = sum(body.solid.num_tri() * body.count for body in bodies)
    if full > MOST_FACES:
        share = MOST_FACES / full
        bodies = [
            replace(body, solid=_coarser(body.solid, round(share * body.solid.num_tri())))
            for body in bodies
        ]
    copies = arranged(bodies, links)
    whole = unite([placed(bodies[copy.thing].solid, copy) for copy in copies])
    body = model.sized(whole).simplify(model.CLEAN)
    return _Made(body, ids, tuple(parts), tuple(things), tuple(said), full)


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
