"""Animals on four legs: soft bodies of melted bones. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, Point, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second

EYES = "shiny black plastic"


def eyes(f: Forms, x: float, y: float, z: float, radius: float) -> Part:
    return fixed("eyes eye", mirrored(f.ball(radius, (x, y, z))), finish=EYES)


def _quadruped(
    f: Forms,
    length: float,
    height: float,
    r: float,
    *,
    neck: float,
    head: float,
    tail: float,
    snout: float,
) -> tuple[Blob, Point]:
    """Body, neck, head, legs and tail of a four-legged animal; and where its head's centre is.

    r is the body's radius; neck, head, tail and snout are lengths in metres.
    """
    half, leg = length / 2, height - r
    body = Blob(r * 0.45).bone((0, leg, -half * 0.75), (0, leg * 1.02, half * 0.65), r * 0.9, r)
    for z, lean in ((half * 0.62, 0.02), (-half * 0.72, -0.03)):
        hip, foot = (r * 0.5, leg - r * 0.2, z), (r * 0.55, r * 0.22, z)
        knee = (r * 0.55, height * 0.32, z + lean * length)
        body.mirrored_bone(hip, knee, r * 0.55, r * 0.3)
        body.mirrored_bone(knee, foot, r * 0.3, r * 0.24)
        toe = (r * 0.55, r * 0.18, z + r * 0.35)
        body.mirrored_bone((r * 0.55, r * 0.2, z), toe, r * 0.26, r * 0.24)
    shoulder = (0.0, leg + r * 0.35, half * 0.72)
    skull = (0.0, shoulder[1] + neck * 0.8, shoulder[2] + neck * 0.55)
    body.bone(shoulder, skull, r * 0.62, head * 0.5)
    body.bone(skull, (0, skull[1] - snout * 0.25, skull[2] + snout), head * 0.55, head * 0.33)
    _, y, z = rump = (0.0, leg + r * 0.5, -half * 0.95)
    tip = (0.0, y + tail * 0.55, z - tail * 0.85)
    body.path([rump, (0, y + tail * 0.2, z - tail * 0.5), tip], r * 0.2, r * 0.12)
    return body, skull


def _ears(f: Forms, skull: Point, head: float, *, up: float, wide: float) -> Manifold:
    tip = (head * 0.45 + wide * head, skull[1] + head * up, skull[2] - head * 0.1)
    return mirrored(
        f.bone(
            (head * 0.32, skull[1] + head * 0.25, skull[2] - head * 0.05),
            tip,
            head * 0.2,
            head * 0.06,
        )
    )


@family(
    "dog",
    "puppy hound wolf:grey_fur fox:rust_fur labrador poodle:white_fur dalmatian:white_dots",
    "caramel fur",
)
def dog(f: Forms, *, length: float = 0.75, height: float = 0.5, radius: float = 0.14) -> list[Part]:
    body, skull = _quadruped(f, length, height, radius, neck=0.22, head=0.17, tail=0.3, snout=0.17)
    nose = (0.0, skull[1] - 0.035, skull[2] + 0.225)
    return [
        main("body fur coat", body.solid(f.detail) - f.box((5, 2, 5), (0, -1, 0))),
        second("ears ear", _ears(f, skull, 0.17, up=0.1, wide=0.55), finish="brown fur"),
        fixed("nose", f.ball(0.028, nose), finish=EYES),
        eyes(f, 0.055, skull[1] + 0.035, skull[2] + 0.075, 0.017),
        fixed(
            "collar",
            f.ring(0.1, 0.018, axis="y")
            .rotate((55, 0, 0))
            .translate((0, skull[1] - 0.1, skull[2] - 0.08)),
            finish="red leather",
        ),
    ]


@family(
    "cat",
    "kitten kitty lion:tan_fur tiger:tiger_print panther:black_fur leopard:leopard_print cheetah:leopard_print",
    "orange fur",
)
def cat(
    f: Forms, *, length: float = 0.5, height: float = 0.32, radius: float = 0.085
) -> list[Part]:
    body, skull = _quadruped(f, length, height, radius, neck=0.11, head=0.15, tail=0.3, snout=0.05)
    body.ball((0, skull[1], skull[2]), 0.078)
    ear = f.bone(
        (0.045, skull[1] + 0.055, skull[2] - 0.01),
        (0.06, skull[1] + 0.115, skull[2] - 0.01),
        0.03,
        0.006,
    )
    hair = [
        f.bone(
            (0.02, skull[1] - 0.02, skull[2] + 0.085),
            (0.11, skull[1] - 0.02 + dy, skull[2] + 0.07),
            0.003,
        )
        for dy in (-0.015, 0.012)
    ]
    return [
        main("body fur coat", body.solid(f.detail) - f.box((5, 2, 5), (0, -1, 0))),
        second("ears ear", mirrored(ear), finish="orange fur"),
        fixed("nose", f.ball(0.013, (0, skull[1] - 0.01, skull[2] + 0.108)), finish="rosy plastic"),
        fixed("whiskers", mirrored(unite(hair)), finish="white plastic"),
        eyes(f, 0.036, skull[1] + 0.028, skull[2] + 0.07, 0.016),
    ]


@family("horse", "pony donkey:grey_fur zebra:zebra_print mare stallion foal", "brown fur")
def horse(
    f: Forms, *, length: float = 1.9, height: float = 1.35, radius: float = 0.29
) -> list[Part]:
    body, skull = _quadruped(f, length, height, radius, neck=0.75, head=0.3, tail=0.1, snout=0.42)
    back = -length / 2
    tail = Blob(0.03).path(
        [
            (0, height * 0.95, back * 0.95),
            (0, height * 0.85, back * 1.22),
            (0, height * 0.45, back * 1.26),
        ],
        0.055,
        0.08,
    )
    mane = Blob(0.04)
    shoulder = (0.0, height + 0.02, length * 0.3)
    for i in range(6):
        s = i / 5
        mane.ball(
            (
                0,
                shoulder[1] + s * (skull[1] + 0.1 - shoulder[1]),
                shoulder[2] + s * (skull[2] - 0.1 - shoulder[2]) - 0.03,
            ),
            0.075,
        )
    ear = f.bone((0.07, skull[1] + 0.08, skull[2]), (0.09, skull[1] + 0.23, skull[2]), 0.04, 0.012)
    hooves = [
        f.post(0.095, 0.12, (s * radius * 0.55, 0, z + 0.03), 0.08)
        for s in (1, -1)
        for z in (length * 0.31, -length * 0.36)
    ]
    return [
        main("body fur coat", body.solid(f.detail) - f.box((9, 2, 9), (0, -1, 0)), mirrored(ear)),
        second(
            "mane tail", mane.solid(f.detail), tail.solid(f.detail), finish="dark chocolate hair"
        ),
        fixed("hooves hoof", *hooves, finish="charcoal plastic"),
        eyes(f, 0.15, skull[1] + 0.05, skull[2] + 0.09, 0.034),
    ]


@family("elephant", "mammoth", "grey skin")
def elephant(
    f: Forms, *, length: float = 2.6, height: float = 1.9, radius: float = 0.72
) -> list[Part]:
    half, leg = length / 2, height - radius * 0.7
    body = Blob(0.22).bone(
        (0, leg, -half * 0.5), (0, leg * 1.03, half * 0.35), radius * 0.95, radius
    )
    for z in (half * 0.42, -half * 0.6):
        body.mirrored_bone((radius * 0.5, leg * 0.6, z), (radius * 0.55, 0.12, z), 0.28, 0.24)
    head = (0.0, leg + radius * 0.45, half * 0.95)
    body.ball(head, 0.46)
    bends = [(-0.15, 0.36), (-0.65, 0.6), (-1.2, 0.6), (-1.4, 0.78)]
    body.path([(0, head[1] + y, head[2] + z) for y, z in bends], 0.2, 0.09)
    body.bone((0, leg + 0.2, -half * 0.98), (0, leg * 0.5, -half * 1.12), 0.05, 0.04)
    ear = (
        f.ball(0.48, squash=(0.9, 1.15, 0.16))
        .rotate((0, -35, 0))
        .translate((0.68, head[1] + 0.02, head[2] - 0.2))
    )
    tusk = f.tube(
        [
            (0.22, head[1] - 0.3, head[2] + 0.3),
            (0.26, head[1] - 0.6, head[2] + 0.6),
            (0.24, head[1] - 0.6, head[2] + 0.92),
        ],
        0.07,
        0.025,
    )
    return [
        main("body skin", body.solid(f.detail) - f.box((9, 2, 9), (0, -1, 0))),
        main("ears ear", mirrored(ear)),
        second("tusks tusk", mirrored(tusk), finish="ivory plastic"),
        eyes(f, 0.3, head[1] + 0.1, head[2] + 0.36, 0.05),
    ]


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
        fixed("tail", f.ball(0.042, (0, 0.1, -0.165)), finish="white fur"),
        fixed("nose", f.ball(0.013, (0, head[1] - 0.005, 0.196)), finish="rosy plastic"),
        eyes(f, 0.045, head[1] + 0.02, 0.155, 0.013),
    ]


@family("bear", "teddy_bear teddy polar_bear:white_fur grizzly", "brown fur")
def bear(f: Forms, *, height: float = 0.45, radius: float = 0.13) -> list[Part]:
    r, head = radius, height * 0.76
    body = (
        Blob(0.025)
        .bone((0, r * 1.0, 0), (0, r * 1.55, 0), r, r * 0.85)
        .ball((0, head, 0.01), r * 0.82)
    )
    body.mirrored_bone(
        (r * 0.75, height * 0.5, 0.02), (r * 1.25, height * 0.34, 0.1), r * 0.36, r * 0.34
    )
    body.mirrored_bone((r * 0.6, r * 0.5, 0.03), (r * 0.85, r * 0.4, 0.17), r * 0.45, r * 0.4)
    body.mirrored_bone((r * 0.6, head + r * 0.62, 0), (r * 0.66, head + r * 0.68, 0), r * 0.3)
    snout = f.ball(r * 0.38, (0, head - r * 0.18, r * 0.75), (1.1, 0.85, 0.9))
    pads = mirrored(f.ball(r * 0.28, (r * 0.87, r * 0.42, 0.17 + r * 0.26), (1, 1, 0.5)))
    tummy = f.ball(r * 0.72, (0, r * 1.25, r * 0.42), (1, 1.1, 0.8))
    return [
        main("body fur", body.solid(f.detail) - f.box((5, 2, 5), (0, -1, 0))),
        second("snout tummy belly paws", snout, pads, tummy, finish="beige fur"),
        fixed("nose", f.ball(r * 0.13, (0, head - r * 0.08, r * 1.1), (1.3, 1, 0.8)), finish=EYES),
        eyes(f, r * 0.3, head + r * 0.16, r * 0.76, r * 0.085),
    ]
