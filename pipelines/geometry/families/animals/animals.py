"""Animals of house and stable. Their front is +Z."""

from __future__ import annotations

from typing import Any

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, mirrored, unite
from pipelines.geometry.families.quadruped import (
    EYES,
    Quadruped,
    above_ground,
    hanging_ear,
    pointed_ear,
)
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.wings import feathered_wings


def eyes(f: Forms, x: float, y: float, z: float, radius: float) -> Part:
    return fixed("eyes eye", mirrored(f.ball(radius, (x, y, z))), finish=EYES)


DOG: dict[str, Any] = {"rise": 52, "drop": 8, "belly": 0.78, "rump": 0.8, "leg": 0.34, "nape": 0.68}


@family("dog", "puppy hound labrador poodle:white_fur dalmatian:white_dots", "caramel fur")
def dog(
    f: Forms,
    *,
    length: float = 0.66,
    height: float = 0.52,
    radius: float = 0.13,
    head: float = 0.098,
    neck: float = 0.2,
    muzzle: float = 0.13,
    tail: float = 0.3,
    legs: int = 4,
    heads: int = 1,
) -> list[Part]:
    q = Quadruped(length, height, radius, head, neck, muzzle, **DOG, legs=legs, heads=heads)
    body = q.blob()
    q.tail(body, tail, [35, 55, 75], radius * 0.26, radius * 0.14)
    ring = f.ring(0.86, 0.15).rotate((35, 0, 0)).translate((0, -0.95, -0.75))
    return [
        main("body fur coat", above_ground(body.solid(f.detail))),
        second("ears ear", q.wear(hanging_ear(f), both=True), finish="brown fur"),
        q.nose(f, 0.24),
        q.eyes(f, 0.5, 0.32, 0.78),
        fixed("collar", q.wear(ring), finish="red leather"),
    ]


CAT: dict[str, Any] = {
    "rise": 55,
    "drop": 8,
    "belly": 0.9,
    "rump": 0.92,
    "leg": 0.36,
    "nape": 0.72,
    "snout": 0.42,
}


@family("cat", "kitten kitty", "orange fur")
def cat(
    f: Forms,
    *,
    length: float = 0.44,
    height: float = 0.3,
    radius: float = 0.075,
    head: float = 0.068,
    neck: float = 0.1,
    tail: float = 0.3,
    legs: int = 4,
    heads: int = 1,
) -> list[Part]:
    q = Quadruped(length, height, radius, head, neck, head * 0.75, **CAT, legs=legs, heads=heads)
    body = q.blob()
    q.tail(body, tail, [20, 65, 85, 60], radius * 0.24, radius * 0.18)
    hair = [
        f.bone((0.25, -0.2, 0.95), (1.5, -0.2 + up, 0.85), 0.035, 0.015) for up in (-0.2, 0.0, 0.2)
    ]
    inner = pointed_ear(f, height=0.75, width=0.27).translate((0, 0.02, 0.09))
    return [
        main(
            "body fur coat",
            above_ground(body.solid(f.detail)),
            q.wear(pointed_ear(f), both=True),
        ),
        second("ears ear", q.wear(inner, both=True), finish="pink fur"),
        q.nose(f, 0.14, finish="rosy plastic"),
        fixed("whiskers", q.wear(unite(hair), both=True), finish="white plastic"),
        q.eyes(f, 0.42, 0.22, 0.85, 0.19),
    ]


def mane_of(q: Quadruped, width: float) -> Blob:
    """Hair along the back of the neck, from between the ears to the withers."""
    mane, top, low = Blob(q.head * 0.3, 0.35), q.on(0, 0.85, 0.1), q.chest
    low = (0.0, q.height - q.radius * 0.05, low[2] - q.radius * 0.1)
    for i in range(7):
        s = i / 6
        back = q.neck * 0.16 * (1 - (2 * s - 1) ** 2)
        y = top[1] + (low[1] - top[1]) * s - back * 0.3
        z = top[2] + (low[2] - top[2]) * s - back
        mane.ball((0, y, z), width * (1.25 - 0.4 * abs(s - 0.4)), (0.6, 1.25, 1.25))
    return mane


HORSE: dict[str, Any] = {
    "rise": 56,
    "drop": 42,
    "belly": 0.92,
    "rump": 0.92,
    "leg": 0.24,
    "snout": 0.58,
    "nape": 0.85,
    "paws": False,
}


@family("horse", "pony zebra:zebra_print mare stallion foal", "brown fur")
def horse(
    f: Forms,
    *,
    length: float = 1.75,
    height: float = 1.5,
    radius: float = 0.31,
    head: float = 0.16,
    neck: float = 0.72,
    muzzle: float = 0.42,
    legs: int = 4,
    heads: int = 1,
    horned: bool = False,
    winged: bool = False,
) -> list[Part]:
    q = Quadruped(length, height, radius, head, neck, muzzle, **HORSE, legs=legs, heads=heads)
    body = q.blob()
    hang = Blob(0.03, 0.35)
    q.tail(hang, height * 0.62, [-10, -70, -88, -88], 0.06, 0.07)
    parts = [
        main(
            "body fur coat",
            above_ground(body.solid(f.detail)),
            q.wear(pointed_ear(f, 0.4, 0.7, height=0.95, width=0.3), both=True),
        ),
        second(
            "mane tail",
            q.each(mane_of(q, 0.11).solid(f.detail)),
            hang.solid(f.detail),
            finish="dark chocolate hair",
        ),
        fixed("hooves hoof", q.hooves(f), finish="charcoal plastic"),
        q.eyes(f, 0.78, 0.2, 0.55, 0.19),
    ]
    if horned:
        horn = f.bone((0, 0.7, 0.55), (0, 3.2, 1.6), 0.22, 0.03)
        parts.append(fixed("horn", q.wear(horn), finish="gold"))
    if winged:
        parts.append(feathered_wings(f, q.chest, q.radius, height * 0.85))
    return parts


@family("rabbit", "bunny hare:tan_fur", "white fur")
def rabbit(
    f: Forms, *, height: float = 0.32, radius: float = 0.11, length: float = 0.18
) -> list[Part]:
    r = radius
    body = Blob(0.03).bone((0, r * 1.05, -0.05), (0, r * 1.5, 0.03), r, r * 0.75)
    head = (0.0, height * 0.72, 0.1)
    body.ball(head, 0.075).bone((0, head[1] - 0.02, 0.15), (0, head[1] - 0.02, 0.16), 0.035)
    body.mirrored_bone((0.08, 0.05, -0.03), (0.09, 0.03, 0.09), 0.05, 0.03)
    body.mirrored_bone((0.045, 0.14, 0.09), (0.045, 0.025, 0.12), 0.032, 0.027)
    body.mirrored_bone(
        (0.03, head[1] + 0.05, 0.07), (0.05, head[1] + 0.05 + length, 0.04), 0.028, 0.022
    )
    inner = f.bone((0.034, head[1] + 0.07, 0.093), (0.05, head[1] + 0.02 + length, 0.068), 0.014)
    return [
        main("body fur coat", body.solid(f.detail) - f.box((5, 2, 5), (0, -1, 0))),
        second("ears", mirrored(inner), finish="pink fur"),
        fixed("tail", f.ball(0.042, (0, r * 0.95, -0.04 - r)), finish="white fur"),
        fixed("nose", f.ball(0.013, (0, head[1] - 0.005, 0.196)), finish="rosy plastic"),
        eyes(f, 0.045, head[1] + 0.02, 0.155, 0.013),
    ]


@family("bear", "teddy_bear teddy", "brown fur")
def bear(f: Forms, *, height: float = 0.45, radius: float = 0.13) -> list[Part]:
    r, head = radius, height * 0.76
    body = (
        Blob(0.025)
        .limb([(0, r, 0), (0, height * 0.45, 0), (0, head, 0.01)], [r, r * 0.85, r * 0.6])
        .ball((0, head, 0.01), r * 0.82)
    )
    body.mirrored_bone(
        (r * 0.75, height * 0.5, 0.02), (r * 1.25, height * 0.34, 0.1), r * 0.36, r * 0.34
    )
    body.mirrored_bone((r * 0.6, r * 0.5, 0.03), (r * 0.85, r * 0.4, 0.17), r * 0.45, r * 0.4)
    body.mirrored_bone((r * 0.6, head + r * 0.62, 0), (r * 0.66, head + r * 0.68, 0), r * 0.3)
    snout = f.ball(r * 0.38, (0, head - r * 0.18, r * 0.75), (1.1, 0.85, 0.9))
    pads = mirrored(f.ball(r * 0.28, (r * 0.87, r * 0.42, 0.17 + r * 0.26), (1, 1, 0.5)))
    tummy = f.ball(r * 0.72, (0, r * 1.25, r * 0.5), (1, 1.1, 0.8))
    return [
        main("body fur", body.solid(f.detail) - f.box((5, 2, 5), (0, -1, 0))),
        second("snout tummy belly paws", snout, pads, tummy, finish="beige fur"),
        fixed("nose", f.ball(r * 0.13, (0, head - r * 0.08, r * 1.1), (1.3, 1, 0.8)), finish=EYES),
        eyes(f, r * 0.3, head + r * 0.16, r * 0.76, r * 0.085),
    ]
