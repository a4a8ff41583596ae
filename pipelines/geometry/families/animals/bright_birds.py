"""Parrots, toucans and birds that spread their tails; ostrich, pelican and hummingbird. Their front is +Z."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.animals.birds import bird_legs, eye_pair, folded_wing
from pipelines.geometry.families.animals.farm_animals import patches
from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, Point, mirrored, unite, within
from pipelines.geometry.families.quadruped import EYES
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.ways import shares, way


def _perched(height: float, r: float, head: float) -> tuple[Blob, Point]:
    """An upright bird and the middle of its head."""
    top = (0.0, height - head, r * 0.42)
    body = Blob(r * 0.3).limb(
        [
            (0, height * 0.2, -r * 0.75),
            (0, height * 0.42, -r * 0.1),
            (0, height * 0.62, r * 0.15),
            top,
        ],
        [r * 0.5, r, r * 0.9, head * 0.9],
        3,
    )
    return body.ball(top, head), top


def hanging_tail(f: Forms, long: float, wide: float, at: Point, lean: float) -> Manifold:
    """A long tail that hangs down behind."""
    shape = [(-0.5, 0), (-0.6, -0.5), (-0.25, -1), (0.25, -1), (0.6, -0.5), (0.5, 0)]
    flat = f.plate([(x * wide, y * long) for x, y in shape], wide * 0.28)
    return flat.rotate((lean, 0, 0)).translate(at)


def _branch(f: Forms, y: float, r: float) -> Manifold:
    """What it sits on: a branch across."""
    return f.hose(
        [(-r * 2.6, y - r * 0.1, 0), (0, y, 0), (r * 2.6, y + r * 0.15, 0)], r * 0.2, r * 0.16
    )


def _toes(f: Forms, y: float, r: float) -> Manifold:
    rows = [
        f.hose(
            way(f"{x} 0.9 -0.15, {x} 0.3 0.2, {x} 0 0.26, {x} -0.2 0.05", r, (0, y, 0)),
            r * 0.1,
            r * 0.07,
        )
        for x in (0.3, 0.5)
    ]
    return mirrored(unite(rows))


def _lower_bill(f: Forms, head: float, y: float, z: float) -> Manifold:
    """The lower half of the bill."""
    return f.bone(
        (0, y - head * 0.3, z + head * 0.7),
        (0, y - head * 0.48, z + head * 1.05),
        head * 0.2,
        head * 0.12,
    )


@family(
    "parrot",
    "macaw:red_feathers scarlet_macaw cockatoo:white_feathers ara lovebird:lime_feathers "
    "parakeet:lime_feathers parrotlet:lime_feathers lorikeet:green_feathers",
    "red feathers",
)
def parrot(
    f: Forms, *, height: float = 0.36, radius: float = 0.07, head: float = 0.058, tail: float = 0.28
) -> list[Part]:
    """On a branch, with a hooked beak and a long tail."""
    r, low = radius, tail * 0.55
    body, (_, y, z) = _perched(height, r, head)
    body.limb([(0, height * 0.24, -r * 0.7), (0, 0, -r * 1.15)], [r * 0.55, r * 0.3])
    beak = f.hose(
        way("0 0.28 0.7, 0 0.15 1.35, 0 -0.5 1.35", head, (0, y, z)),
        [head * 0.42, head * 0.34, head * 0.05],
    )
    lower = _lower_bill(f, head, y, z)
    cheek = f.ball(head * 0.6, (head * 0.5, y + head * 0.05, z + head * 0.35), (0.85, 1, 1))
    wing = folded_wing(
        f, body, (height * 0.45, -r * 0.25), (r * 0.26, height * 0.24, r * 0.62), (24, 0, 4)
    )
    band = folded_wing(
        f, body, (height * 0.54, -r * 0.05), (r * 0.31, height * 0.12, r * 0.55), (24, 0, 4)
    )
    feet = _toes(f, height * 0.16, r)
    parts = [
        main("body feathers head", body.solid(f.detail)),
        second(
            "wings wing tail",
            wing,
            hanging_tail(f, tail, r * 0.9, (0, height * 0.12, -r * 0.95), 12),
            finish="blue feathers",
        ),
        fixed("shoulders", band, finish="golden yellow feathers"),
        fixed("cheeks face", mirrored(cheek), finish="white plaster"),
        fixed("beak feet claws", beak, lower, feet, finish="charcoal plastic"),
        fixed("branch perch", _branch(f, height * 0.16, r), finish="bark"),
        fixed(
            "eyes eye",
            mirrored(f.ball(head * 0.15, (head * 0.82, y + head * 0.2, z + head * 0.62))),
            finish=EYES,
        ),
    ]
    return [Part(p.name, p.solid.translate((0, low, 0)), p.finish, p.slot) for p in parts]


def _toucan_bib(f: Forms, head: float, body: Blob, y: float, z: float) -> tuple[Manifold, Manifold]:
    """The body's black and its white throat."""
    coat, bib = patches(
        f, body.solid(f.detail), [((0, y - head * 0.5, z + head * 0.9), head * 0.95)]
    )
    return coat, bib


@family("toucan", "hornbill", "black feathers")
def toucan(
    f: Forms,
    *,
    height: float = 0.34,
    radius: float = 0.075,
    head: float = 0.06,
    length: float = 0.17,
) -> list[Part]:
    """On a branch, with a beak as long as its body."""
    r = radius
    body, (_, y, z) = _perched(height, r, head)
    coat, bib = _toucan_bib(f, head, body, y, z)
    way_ = [
        (0, y, z + head * 0.5),
        (0, y + length * 0.1, z + head + length * 0.45),
        (0, y - length * 0.14, z + head + length),
    ]
    beak = f.hose(way_, [head * 0.62, head * 0.5, head * 0.12], squash=0.62)
    coloured, tip = patches(f, beak, [(way_[-1], length * 0.28)])
    wing = folded_wing(
        f, body, (height * 0.45, -r * 0.25), (r * 0.24, height * 0.22, r * 0.6), (24, 0, 4)
    )
    ring = f.ball(head * 0.34, (head * 0.66, y + head * 0.25, z + head * 0.35), (0.6, 1, 1))
    return [
        main("body feathers head", coat),
        main(
            "wings wing tail",
            wing,
            hanging_tail(f, height * 0.4, r * 0.8, (0, height * 0.26, -r * 0.8), 16),
        ),
        second("beak bill", coloured, finish="orange plastic"),
        fixed("tip", tip, finish="black plastic"),
        fixed("throat breast bib", bib, finish="white feathers"),
        fixed("rings", mirrored(ring), finish="sky blue plastic"),
        fixed("feet claws", _toes(f, height * 0.16, r), finish="grey plastic"),
        fixed("branch perch", _branch(f, height * 0.16, r), finish="bark"),
        fixed(
            "eyes eye",
            mirrored(f.ball(head * 0.17, (head * 0.82, y + head * 0.25, z + head * 0.5))),
            finish=EYES,
        ),
    ]


def _fan(
    f: Forms, count: int, reach: float, wide: float, spread: float, rows: int
) -> tuple[Manifold, list[Point]]:
    """Feathers spread about the origin in the plane of x and y, and where their tips are."""
    quill, tips, plain = [], [], Forms(f.detail * 0.4)
    for row in range(rows):
        many, far = max(3, count - 2 * row), reach * (1 - 0.3 * row)
        for i in range(many):
            a = math.radians(spread) * (i / (many - 1) - 0.5)
            leaf = plain.ball(1.0, squash=(wide * far / reach, far * 0.55, wide * 0.2)).translate(
                (0, far * 0.5, 0)
            )
            quill.append(leaf.rotate((0, 0, -math.degrees(a))).translate((0, 0, wide * 0.22 * row)))
            tips.append((math.sin(a) * far * 0.88, math.cos(a) * far * 0.88, wide * 0.22 * row))
    return unite(quill), tips


def _peacock_body(height: float, r: float, y: float) -> tuple[Blob, Point]:
    """Trunk, neck and head; and where the head is."""
    body = Blob(r * 0.3).limb(
        [
            (0, y, -r * 1.2),
            (0, y, 0),
            (0, y + r * 0.5, r * 0.8),
            (0, height * 0.78, r * 1.15),
            (0, height * 0.9, r * 1.25),
        ],
        shares("0.5 1 0.75 0.36 0.36", r),
        3,
    )
    top = (0.0, height * 0.9, r * 1.25)
    body.ball(top, r * 0.42)
    return body, top


def _peacock_crest(f: Forms, r: float, top: Point) -> list[Manifold]:
    """Feathers on the head."""
    crest = [
        f.bone(
            (0, top[1] + r * 0.3, top[2]), (x * r, top[1] + r * 0.85, top[2] - r * 0.15), r * 0.035
        )
        for x in (-0.25, 0, 0.25)
    ]
    crest += [
        f.ball(r * 0.1, (x * r, top[1] + r * 0.88, top[2] - r * 0.15)) for x in (-0.25, 0, 0.25)
    ]
    return crest


@family("peacock", "peafowl peacocks", "royal blue feathers")
def peacock(
    f: Forms,
    *,
    height: float = 0.75,
    radius: float = 0.13,
    length: float = 0.85,
    feathers: int = 15,
) -> list[Part]:
    """Its tail spread into a wheel; `length` is that of the feathers."""
    r, y = radius, height * 0.42
    body, top = _peacock_body(height, r, y)
    fan, tips = _fan(f, within(feathers, 5, 31), length, length * 0.1, 184, 2)
    base = (0.0, y + r * 0.1, -r * 1.1)
    eye = [
        f.ball(length * 0.055, (x, h, z + length * 0.018), (1, 1.25, 0.45), 0.3) for x, h, z in tips
    ]
    core = [
        f.ball(length * 0.03, (x, h, z + length * 0.036), (1, 1.2, 0.5), 0.25) for x, h, z in tips
    ]
    crest = _peacock_crest(f, r, top)
    beak = f.rod(r * 0.14, r * 0.42, (0, top[1] - r * 0.05, top[2] + r * 0.55), "z", r * 0.02)
    tilt = (-12.0, 0.0, 0.0)
    return [
        main("body feathers head neck", body.solid(f.detail), *crest),
        second("tail fan wheel", fan.rotate(tilt).translate(base), finish="green feathers"),
        fixed("spots", unite(eye).rotate(tilt).translate(base), finish="golden yellow feathers"),
        fixed("centres", unite(core).rotate(tilt).translate(base), finish="navy feathers"),
        fixed(
            "beak legs feet",
            beak,
            bird_legs(f, r * 0.4, y - r * 0.7, 0.0, r * 0.1, r * 0.6),
            finish="grey plastic",
        ),
        eye_pair(f, body, r * 0.28, top[1] + r * 0.12, r * 0.09),
    ]


def _turkey_bare(height: float, r: float, y: float, top: Point) -> Blob:
    """Neck and head, without feathers."""
    bare = Blob(r * 0.15, 0.6).limb(
        [(0, y + r * 0.45, r * 0.75), (0, height * 0.78, r * 1.15), top],
        shares("0.42 0.22 0.24", r),
        3,
    )
    bare.ball(top, r * 0.27)
    return bare


@family("turkey", "turkey_bird gobbler", "dark brown feathers")
def turkey(
    f: Forms, *, height: float = 0.75, radius: float = 0.21, length: float = 0.5, feathers: int = 11
) -> list[Part]:
    """Its tail spread; `length` is that of the feathers."""
    r, y = radius, height * 0.48
    top = (0.0, height * 0.92, r * 1.2)
    body = Blob(r * 0.3).limb(
        [(0, y, -r * 0.9), (0, y, 0), (0, y + r * 0.25, r * 0.6)], shares("0.7 1.05 0.85", r), 3
    )
    bare = _turkey_bare(height, r, y, top)
    wattle = f.hose(
        way("0 0.05 0.2, 0.05 -0.4 0.35, 0.02 -0.85 0.25", r, top), [r * 0.09, r * 0.12, r * 0.05]
    )
    fan, _ = _fan(f, within(feathers, 5, 25), length, length * 0.13, 190, 1)
    inner, _ = _fan(f, within(feathers, 5, 25), length * 0.82, length * 0.11, 185, 1)
    beak = f.rod(r * 0.11, r * 0.34, (0, top[1] - r * 0.04, top[2] + r * 0.36), "z", r * 0.02)
    wings = folded_wing(f, body, (y + r * 0.05, -r * 0.1), (r * 0.2, r * 0.6, r * 0.85), (6, 4, 8))
    at = (0.0, y + r * 0.25, -r * 0.95)
    return [
        main("body feathers", body.solid(f.detail)),
        main(
            "wings wing",
            wings,
            inner.rotate((-10, 0, 0)).translate((at[0], at[1], at[2] + length * 0.035)),
        ),
        second("tail fan", fan.rotate((-10, 0, 0)).translate(at), finish="caramel feathers"),
        fixed("head neck", bare.solid(f.detail), finish="pale sky blue skin"),
        fixed("wattle", wattle, finish="red skin"),
        fixed(
            "beak legs feet",
            beak,
            bird_legs(f, r * 0.38, y - r * 0.75, 0.0, r * 0.09, r * 0.5),
            finish="orange plastic",
        ),
        eye_pair(f, bare, r * 0.17, top[1] + r * 0.07, r * 0.06),
    ]
