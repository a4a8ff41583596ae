"""Parts of an object made larger, smaller or longer, or left out, where its family has no measure for it.

A part is taken as the separate bodies that it has; each grows from where it touches the rest. What would hide another
part, come loose or take the object's whole body is not done, and the wish comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from manifold3d import Manifold
from numpy.typing import NDArray

from pipelines.geometry.families.forms import unite
from pipelines.geometry.families.part_shapes import Piece, anchors, box_of, moulded, pieces_of
from pipelines.geometry.families.registry import Part
from pipelines.words.tokens import singular
from pipelines.words.wishes import Wish

# Parts that go with another one: wheels without their rims are none.
COMPANIONS = {
    "wheel": "rim hubcap spoke hub bolt tyre trim",
    "tyre": "rim hubcap spoke hub",
    "eye": "pupil eyeball",
    "window": "frame shutter",
    "door": "knob handle hinge frame",
    "drawer": "handle knob",
    "leg": "foot hoof paw joint",
    "arm": "hand joint",
    "antenna": "tip",
    "candle": "flame wick",
    "hat": "band",
    "lid": "strap hinge",
    "roof": "tile",
    "tail": "tip",
}
# Words that a part's first name covers too; its other names may be of things beside it.
SAME = {
    "wheel": "tyre tire caster",
    "wing": "flipper",
    "beak": "bill",
    "muzzle": "snout nose",
    "nose": "snout",
    "snout": "nose",
    "eye": "eyeball",
    "mane": "hair",
    "leaf": "foliage needle",
    "roof": "spire",
    "base": "foot stand",
    "handle": "grip shaft stick",
    "arm": "twig",
    "hull": "body",
    "back": "backrest",
    "shade": "lampshade",
    "window": "glass",
    "fin": "rudder",
    "plume": "feather",
    "teeth": "tooth",
    "trunk": "bark",
    "bark": "trunk",
    "door": "gate",
    "gate": "door",
    "vane": "blade sail",
    "sail": "blade",
    "limb": "arm",
    "rotor": "blade propeller",
    "frame": "leg",
    "gun": "barrel cannon",
    "light": "headlight lamp",
    "picket": "board",
    "flame": "fire",
    "string": "line",
    "fang": "tooth",
}
LOW, HIGH = 0.08, 0.12  # of the height: a leg begins below, an arm ends above
LARGEST = 0.6  # of the whole volume that a part may have and still be left out
SHOWN = 0.35  # of what another part shows that must stay to be seen
# Parts of other names that a word is for as well.
ALSO = {"book": "volume tome"}
# A gable would look through it.
IMPOSSIBLE = frozenset(("roof", word) for word in ("flat", "low", "squat", "short", "narrow"))
# Which anchor a body keeps, and whether wheels that came loose get axles, in turn.
HOLDS = ((0, False), (-1, False), (-1, True))
RIDER = 0.4  # of a body's volume that a piece riding on it may have
AROUND = 0.12  # of a body's longest side, within which a named companion is part of it
AXLE = 0.12  # of a wheel's height
TALLER_FOOT = 0.35  # of a foot's height that must stand out below the rest


@dataclass(frozen=True)
class _Group:
    """A part's bodies, and with each of them the pieces of the parts that go with it."""

    part: int
    bodies: list[Manifold]
    others: dict[int, list[list[Manifold]]]
    left: dict[int, list[Manifold]]


def edited(parts: Sequence[Part], wishes: Sequence[Wish]) -> tuple[list[Part], tuple[Wish, ...]]:
    """The parts as wished for, and the wishes that could not be met."""
    now, undone = list(parts), []
    for wish in wishes:
        done = _done(now, wish)
        if done is None:
            undone.append(wish)
            continue
        now = done
        for also in ALSO.get(wish.part, "").split():
            now = _done(now, replace(wish, part=also)) or now
    return now, tuple(undone)


def _done(parts: list[Part], wish: Wish) -> list[Part] | None:
    found = _found(parts, wish.part)
    if found is None:
        return None
    index, chosen = found
    if wish.kind == "count":
        return parts if len(chosen) == wish.count else None
    if (wish.part, wish.word) in IMPOSSIBLE:
        return None
    group = _grouped(parts, index, chosen)
    if wish.kind == "without":
        if wish.count >= len(group.bodies):
            return None
        gone = wish.count or len(group.bodies)
        after = _rebuilt(parts, group, lambda k, solid: solid if k >= gone else None)
        return after if _may_lack(parts, after) else None
    for hold, axles in HOLDS:
        after = _resized(parts, group, wish.word, hold, axles=axles)
        if _is_whole(parts, after) and _all_seen(parts, after, group):
            return after
    return None


def _found(parts: Sequence[Part], word: str) -> tuple[int, list[Manifold]] | None:
    """The part that a word is for, and which of its bodies."""
    for index, part in enumerate(parts):
        names = [singular(name) for name in part.name.split()]
        bodies = part.solid.decompose()
        if {"arm", "leg"} <= set(names):
            if word in names:
                limbs = _limbs(bodies, parts, low=word in ("leg", "foot"))
                return (index, limbs) if 0 < len(limbs) < len(bodies) else None
        elif word == names[0] or _same(word, names):
            return index, bodies
    return None


def _same(word: str, names: Sequence[str]) -> bool:
    """Whether a word is another for a part's first name: a frame is legs only where the family says so."""
    return word in SAME.get(names[0], "").split() and (names[0] != "frame" or word in names)


def _limbs(bodies: list[Manifold], parts: Sequence[Part], *, low: bool) -> list[Manifold]:
    """Of arms and legs in one part those that begin at the ground, or those that do not."""
    box = box_of(unite([part.solid for part in parts]))
    ground, height = box[0, 1], box[1, 1] - box[0, 1]
    if low:
        return [body for body in bodies if box_of(body)[0, 1] < ground + LOW * height]
    return [body for body in bodies if box_of(body)[0, 1] > ground + HIGH * height]


def _grouped(parts: Sequence[Part], index: int, chosen: list[Manifold]) -> _Group:
    """The chosen bodies with the pieces of other parts that belong to them or sit on nothing else."""
    names = set(COMPANIONS.get(singular(parts[index].name.split()[0]), "").split())
    boxes = [box_of(body) for body in chosen]
    ground = min(float(box_of(part.solid)[0, 1]) for part in parts)
    others: dict[int, list[list[Manifold]]] = {}
    left = {index: [body for body in parts[index].solid.decompose() if not _among(body, boxes)]}
    for at, part in enumerate(parts):
        if at == index:
            continue
        named = names & {singular(name) for name in part.name.split()}
        if named:
            homes, stay = _cut_out(part.solid, chosen)
        else:
            rest = [other.solid for k, other in enumerate(parts) if k not in (at, index)]
            homes, stay = _riders(part.solid, chosen, [*rest, *left[index]], ground)
        if any(homes):
            others[at], left[at] = homes, stay
    return _Group(index, chosen, others, left)


Sorted = tuple[list[list[Manifold]], list[Manifold]]


def _cut_out(solid: Manifold, bodies: Sequence[Manifold]) -> Sorted:
    """What of a solid's pieces that touch a body is near it, by that body, and all else."""
    homes: list[list[Manifold]] = [[] for _ in bodies]
    stay: list[Manifold] = []
    for piece in solid.decompose():
        for home, body in zip(homes, bodies, strict=True):
            if _touches(piece, body):
                block = _block(box_of(body))
                home.append(piece ^ block)
                piece = piece - block
        stay += [] if piece.is_empty() else [piece]
    return homes, stay


def _riders(
    solid: Manifold, bodies: Sequence[Manifold], rest: Sequence[Manifold], ground: float
) -> Sorted:
    """The small pieces that touch a body and nothing of the rest, by that body: dots on a cap; and all else."""
    homes: list[list[Manifold]] = [[] for _ in bodies]
    stay: list[Manifold] = []
    for piece in solid.decompose():
        home = next((k for k, body in enumerate(bodies) if _touches(piece, body)), None)
        rides = (
            home is not None
            and piece.volume() < RIDER * bodies[home].volume()
            and box_of(piece)[0, 1] > ground + 1e-6
            and not any(_touches(piece, other) for other in rest)
        )
        if home is not None and rides:
            homes[home].append(piece)
        else:
            stay.append(piece)
    return homes, stay


def _touches(one: Manifold, other: Manifold) -> bool:
    first, second = box_of(one), box_of(other)
    apart = np.any(first[0] > second[1]) or np.any(second[0] > first[1])
    return not apart and not (one ^ other).is_empty()


def _among(body: Manifold, boxes: Sequence[NDArray]) -> bool:
    """Whether a body is one of those with the boxes: a solid comes apart alike each time."""
    return any(np.allclose(box_of(body), box) for box in boxes)


def _block(box: NDArray) -> Manifold:
    """A box, grown so that what belongs to its body and stands out of it is inside: a hub, a frame."""
    sides = np.ptp(box, axis=0)
    room = np.maximum(0.03 * sides, AROUND * sides.max())
    return Manifold.cube(tuple(sides + 2 * room)).translate(tuple(box[0] - room))


def _rebuilt(
    parts: Sequence[Part], group: _Group, make: Callable[[int, Manifold], Manifold | None]
) -> list[Part]:
    """The parts with each of the group's pieces as `make` gives it for its body's number; None leaves it out."""
    result: list[Part] = []
    for at, part in enumerate(parts):
        if at == group.part:
            pairs = list(enumerate(group.bodies))
        elif at in group.others:
            pairs = [(k, piece) for k, pieces in enumerate(group.others[at]) for piece in pieces]
        else:
            result.append(part)
            continue
        made = [solid for k, piece in pairs if (solid := make(k, piece)) is not None]
        solids = [*made, *group.left[at]]
        if solids:
            result.append(replace(part, solid=unite(solids)))
    return result


def _resized(
    parts: Sequence[Part], group: _Group, word: str, hold: int, *, axles: bool
) -> list[Part]:
    """The parts with the group's bodies moulded about the first or last (`hold` 0, -1) of their anchors."""
    rest = unite(
        [
            *(part.solid for at, part in enumerate(parts) if at != group.part and at not in group.others),
            *(piece for pieces in group.left.values() for piece in pieces),
        ]
    )  # fmt: skip
    ground = min(float(box_of(part.solid)[0, 1]) for part in parts)
    pieces = [Piece(body, anchors(body, rest, ground)[hold]) for body in group.bodies]
    moulds = [moulded(piece, word) for piece in pieces]
    drops = [_drop(piece, mould, rest, ground) for piece, mould in zip(pieces, moulds, strict=True)]

    def made(k: int, solid: Manifold) -> Manifold:
        return solid.transform(moulds[k]).translate((0, drops[k], 0))

    after = _rebuilt(parts, group, made)
    if axles:
        part = after[group.part]
        rods = [_axle(made(k, body)) for k, body in enumerate(group.bodies)]
        after[group.part] = replace(part, solid=unite([part.solid, *rods]))
    return after


def _axle(wheel: Manifold) -> Manifold:
    """A rod from the middle of a wheel to the middle of its car, x = 0."""
    box = box_of(wheel)
    x, y, z = box.mean(0)
    rod = Manifold.cylinder(abs(float(x)) + 1e-6, AXLE * float(box[1, 1] - box[0, 1]), -1.0, 10)
    return rod.rotate((0, 90 if x > 0 else -90, 0)).translate((0, y, z))


def _drop(piece: Piece, mould: NDArray, rest: Manifold, ground: float) -> float:
    """How far a foot moves (m, below 0 down) so that the rest still stands on it: small wheels stay below their car."""
    if rest.is_empty() or box_of(piece.body)[0, 1] > ground + 1e-3:
        return 0.0
    bottom = float(box_of(rest)[0, 1])
    own = box_of(piece.body)
    if bottom <= ground + 0.02 * (own[1, 1] - own[0, 1]):
        return 0.0
    box = box_of(piece.body.transform(mould))
    wanted = bottom - TALLER_FOOT * float(box[1, 1] - box[0, 1])
    return min(0.0, wanted - float(box[0, 1]))


def _is_whole(before: Sequence[Part], after: Sequence[Part]) -> bool:
    """Whether nothing came loose."""
    old, new = (len(pieces_of(unite([part.solid for part in row]))) for row in (before, after))
    return 0 < new <= old


def _may_lack(before: Sequence[Part], after: Sequence[Part]) -> bool:
    """Whether what is left is an object still: most of it, and as much in one piece as before."""
    if not after:
        return False
    volumes = [unite([part.solid for part in row]).volume() for row in (before, after)]
    return volumes[1] > (1 - LARGEST) * volumes[0] and _is_whole(before, after)


def _all_seen(before: Sequence[Part], after: Sequence[Part], group: _Group) -> bool:
    """Whether no other part vanishes within what grew."""
    old, new = unite(group.bodies), after[group.part].solid
    if len(before) != len(after) or new.volume() <= old.volume():
        return len(before) == len(after)
    for at in range(len(before)):
        if at == group.part or at in group.others:
            continue
        shown = _shown(before, at)
        if shown > 0 and _shown(after, at) < SHOWN * shown:
            return False
    return True


def _shown(parts: Sequence[Part], index: int) -> float:
    """The volume of a part that is in no other one."""
    others = unite([part.solid for at, part in enumerate(parts) if at != index])
    return float((parts[index].solid - others).volume())
