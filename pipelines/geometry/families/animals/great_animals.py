"""Moose, bison, gorilla and koala: heavy animals of wood, plain and tree. Their front is +Z."""

from __future__ import annotations

from typing import Any

from manifold3d import Manifold

from pipelines.geometry.families.animals.farm_animals import cow_horn, patches
from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, mirrored, unite
from pipelines.geometry.families.quadruped import EYES, Quadruped, above_ground, side_ear
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.ways import shares, way

MOOSE: dict[str, Any] = {
    "rise": 30.0,
    "drop": 26.0,
    "belly": 0.9,
    "rump": 0.8,
    "leg": 0.22,
    "snout": 0.72,
    "nape": 0.72,
    "paws": False,
}
BISON: dict[str, Any] = {
    "rise": -8.0,
    "drop": 34.0,
    "belly": 0.85,
    "rump": 0.66,
    "leg": 0.2,
    "snout": 0.62,
    "nape": 0.82,
    "paws": False,
}


def _palm(f: Forms) -> Manifold:
    """A moose's antler in the head's frame, on the side of +x: a stem and a broad plate with points."""
    plate = [
        (0.0, -0.4),
        (0.7, -0.75),
        (1.5, -0.5),
        (2.4, -0.55),
        (2.1, 0.0),
        (2.75, 0.35),
        (2.2, 0.65),
    ]
    plate += [
        (2.5, 1.25),
        (1.85, 1.2),
        (1.8, 1.9),
        (1.2, 1.45),
        (0.8, 1.9),
        (0.5, 1.2),
        (0.05, 1.0),
    ]
    flat = f.floor(plate, 0.2).rotate((0, 0, 32)).translate((1.15, 1.0, -0.2))
    tine = f.hose(way("1.2 1.15 0, 1.5 1.3 0.9, 1.35 1.9 1.5"), 0.17, 0.04)
    return unite([f.hose(way("0.4 0.7 0, 1.0 0.95 -0.1, 1.6 1.3 0"), 0.22, 0.2), flat, tine])


@family("moose", "elk_bull alces bull_moose", "dark chestnut fur")
def moose(
    f: Forms,
    *,
    length: float = 1.5,
    height: float = 1.45,
    radius: float = 0.31,
    head: float = 0.15,
    muzzle: float = 0.4,
    horned: bool = True,
    legs: int = 4,
    heads: int = 1,
) -> list[Part]:
    """With a hump, a hanging nose, a beard and broad antlers."""
    q = Quadruped(length, height, radius, head, 0.5, muzzle, **MOOSE, legs=legs, heads=heads)
    body = q.blob()
    body.melt_m = radius * 0.4
    body.ball((0, q.height + radius * 0.02, q.chest[2] - radius * 0.1), radius * 0.62)
    body.melt_m = head * 0.3
    body.ball(q.on(0, -0.2, muzzle / head + 0.2), head * 0.8, (0.95, 0.95, 1.0))
    q.tail(body, 0.14, [-30, -70], 0.05, 0.03)
    beard = f.bone(q.on(0, -0.7, 0.8), q.on(0, -2.3, 0.4), head * 0.34, head * 0.06)
    parts = [
        main(
            "body fur coat",
            above_ground(body.solid(f.detail)),
            q.wear(side_ear(f, length=1.1, up=10), both=True),
        ),
        second("beard", beard, finish="dark brown hair"),
        fixed("hooves hoof", q.hooves(f, 0.08), finish="charcoal plastic"),
        fixed(
            "nostrils",
            q.wear(f.ball(0.16, (0.36, -0.05, muzzle / head + 0.86)), both=True),
            finish=EYES,
        ),
        q.eyes(f, 0.72, 0.3, 0.55, 0.14),
    ]
    if horned:
        parts.append(
            fixed("antlers antler horns", q.wear(_palm(f), both=True), finish="beige plastic")
        )
    return parts


def _wool(head: float, q: Quadruped, r: float) -> Blob:
    """Wool of hump, brow and beard."""
    wool, (_, y, z) = Blob(r * 0.12, 0.7), q.chest
    for x, up, out, size in (
        (0.35, 0.35, 0.1, 0.85),
        (0.0, 0.85, -0.15, 0.72),
        (0.5, -0.2, 0.15, 0.75),
    ):
        wool.mirrored_ball((x * r, y + up * r, z + out * r), size * r)
    wool.mirrored_ball((r * 0.5, y - r * 0.75, z + r * 0.1), r * 0.5)
    wool.ball((0, y - r * 0.55, z + r * 0.55), r * 0.62)
    wool.ball(q.on(0, 0.75, 0.1), head * 0.62).ball(q.on(0, -1.1, 0.6), head * 0.5)
    return wool


@family(
    "bison",
    "buffalo american_bison",
    "brown fur",
)
def bison(
    f: Forms,
    *,
    length: float = 1.75,
    height: float = 1.35,
    radius: float = 0.42,
    head: float = 0.23,
    horned: bool = True,
    legs: int = 4,
    heads: int = 1,
) -> list[Part]:
    """With a high, shaggy front and a low rump."""
    q = Quadruped(length, height, radius, head, 0.36, 0.27, **BISON, legs=legs, heads=heads)
    body, r = q.blob(), radius
    body.melt_m = r * 0.4
    end = q.tail(body, height * 0.45, [-35, -80], 0.05, 0.03)[-1]
    wool = _wool(head, q, r)
    parts = [
        main("body fur coat", above_ground(body.solid(f.detail))),
        second(
            "mane wool beard",
            above_ground(wool.solid(f.detail)),
            f.ball(0.075, end, (0.9, 1.8, 0.9)),
            finish="dark brown hair",
        ),
        fixed("hooves hoof", q.hooves(f, 0.12), finish="charcoal plastic"),
        q.nose(f, 0.28),
        q.eyes(f, 0.8, 0.1, 0.62, 0.13),
    ]
    if horned:
        horn = q.wear(cow_horn(f, 1.1).translate((0.22, -0.2, 0)), both=True)
        parts.append(fixed("horns horn", horn, finish="charcoal plastic"))
    return parts


def _gorilla_body(h: float, r: float, head: float) -> Blob:
    """On its knuckles: a sloping back, long arms, short legs."""
    body = Blob(r * 0.3).limb(
        [(0, h * 0.36, -r * 0.95), (0, h * 0.5, -r * 0.2), (0, h * 0.68, r * 0.45)],
        [r * 0.85, r, r * 0.92],
        3,
    )
    body.mirrored_limb(
        [
            (r * 0.75, h * 0.72, r * 0.5),
            (r * 1.4, h * 0.42, r * 0.55),
            (r * 1.2, r * 0.24, r * 1.0),
        ],
        [r * 0.52, r * 0.38, r * 0.3],
        3,
    )
    body.mirrored_ball((r * 1.18, r * 0.2, r * 1.15), r * 0.32, (0.9, 0.75, 1.1))
    leg = [
        (r * 0.55, h * 0.34, -r * 0.95),
        (r * 0.95, h * 0.2, -r * 0.45),
        (r * 0.85, r * 0.2, -r * 0.8),
    ]
    body.mirrored_limb(leg, [r * 0.55, r * 0.42, r * 0.3], 3)
    body.mirrored_ball((r * 0.9, r * 0.15, -r * 0.5), r * 0.3, (0.9, 0.55, 1.5))
    at = (0.0, h * 0.86, r * 1.05)
    body.limb([(0, h * 0.7, r * 0.6), at], [r * 0.6, head * 0.8])
    body.melt_m = head * 0.3
    return body.ball(at, head, (0.95, 1.0, 1.0)).ball(
        (0, at[1] + head * 0.6, at[2] - head * 0.3), head * 0.6
    )


@family("gorilla", "silverback king_kong great_ape", "charcoal fur")
def gorilla(
    f: Forms, *, height: float = 1.25, radius: float = 0.3, head: float = 0.2
) -> list[Part]:
    """Standing on its knuckles."""
    h, r = height, radius
    body = _gorilla_body(h, r, head)
    at = (0.0, h * 0.86, r * 1.05)
    face = Blob(head * 0.15, 0.5).mirrored_ball(
        (head * 0.3, at[1] + head * 0.12, at[2] + head * 0.62), head * 0.42
    )
    face.ball((0, at[1] - head * 0.4, at[2] + head * 0.72), head * 0.55, (1.1, 0.85, 0.9))
    brow = f.hose(
        way(
            "-0.62 0.42 0.78, -0.3 0.52 0.95, 0 0.46 0.98, 0.3 0.52 0.95, 0.62 0.42 0.78", head, at
        ),
        head * 0.14,
    )
    zone = [((0.0, h * 0.62, r * 1.45), r * 0.8)]
    coat, chest = patches(f, above_ground(body.solid(f.detail)), zone)
    mouth = f.hose(way("-0.3 -0.5 1.1, 0 -0.55 1.22, 0.3 -0.5 1.1", head, at), head * 0.045)
    holes = mirrored(f.ball(head * 0.1, (head * 0.16, at[1] - head * 0.12, at[2] + head * 1.15)))
    hands = mirrored(f.ball(r * 0.3, (r * 1.18, r * 0.14, r * 1.28), (1, 0.55, 1)))
    return [
        main("body fur coat", coat, brow),
        second(
            "face chest hands", face.solid(f.detail), chest, above_ground(hands), finish="grey skin"
        ),
        fixed("mouth nostrils", mouth, holes, finish="black plaster"),
        fixed(
            "eyes eye",
            mirrored(f.ball(head * 0.12, (head * 0.3, at[1] + head * 0.18, at[2] + head * 0.98))),
            finish="shiny amber plastic",
        ),
    ]


def _koala_body(
    height: float, head: float, thickness: float, r: float, y: float, z: float
) -> tuple[Blob, float]:
    """It holds a trunk with arms and legs."""
    body = Blob(r * 0.3).limb([(0, r * 1.15, z), (0, height * 0.5, z)], [r * 1.05, r * 0.8])
    front = z + r * 0.75 + thickness
    body.mirrored_limb(
        [
            (r * 0.6, height * 0.54, z + r * 0.2),
            (r * 0.95, height * 0.48, front),
            (r * 0.2, height * 0.5, front + r * 0.6),
        ],
        shares("0.4 0.34 0.26", r),
        3,
    )
    body.mirrored_limb(
        [
            (r * 0.6, r * 0.8, z + r * 0.2),
            (r * 1.15, r * 0.9, front),
            (r * 0.22, r * 0.75, front + r * 0.6),
        ],
        shares("0.5 0.4 0.28", r),
        3,
    )
    body.melt_m = r * 0.12
    body.ball((0, y, z + r * 0.1), head, (1.12, 0.95, 0.95))
    return body, front


@family("koala", "koala_bear koalas", "grey fur")
def koala(
    f: Forms,
    *,
    height: float = 0.62,
    radius: float = 0.16,
    head: float = 0.145,
    thickness: float = 0.06,
) -> list[Part]:
    """Hugging a branch that stands upright."""
    r, y, z = radius, height * 0.76, -0.02
    body, front = _koala_body(height, head, thickness, r, y, z)
    ear = f.ball(head * 0.52, (head * 1.05, y + head * 0.62, z), (1, 1, 0.55))
    inner = f.ball(head * 0.38, (head * 1.05, y + head * 0.58, z + head * 0.16), (1, 1, 0.5))
    face = z + r * 0.1 + head * 0.9
    nose = f.ball(head * 0.24, (0, y - head * 0.05, face), (0.8, 1.3, 0.8))
    chin = f.ball(head * 0.4, (0, y - head * 0.5, face - head * 0.32), (1.2, 0.8, 0.9))
    eye = (head * 0.46, y + head * 0.2)
    trunk = f.hose(
        [(0, 0, front), (0.01, height * 0.3, front), (0, height * 0.62, front - 0.01)],
        thickness * 0.8,
        thickness * 0.7,
    )
    return [
        main("body fur coat ears", above_ground(body.solid(f.detail)), mirrored(ear)),
        second("chin belly", mirrored(inner), chin, finish="white fur"),
        fixed("branch trunk", trunk, finish="bark"),
        fixed("nose", nose, finish=EYES),
        fixed(
            "eyes eye",
            mirrored(f.ball(head * 0.1, (*eye, body.reach((*eye, 0.0), 2)))),
            finish=EYES,
        ),
    ]
