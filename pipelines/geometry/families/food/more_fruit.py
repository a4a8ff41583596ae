"""Citrus, stone fruit and berries, and fruit cut in two. They lie or stand as on a table."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.food.fruit import leaf
from pipelines.geometry.families.forms import Forms, around, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second


def _stem(f: Forms, y: float, size: float, lean: float = 0.3) -> Manifold:
    return f.hose(
        [(0, y - size * 0.3, 0), (0, y + size * 0.5, 0), (size * lean, y + size, 0)], size * 0.13
    )


@family(
    "lemon", "lemons lime:lime_paint limes:lime_paint lime_fruit:lime_paint yuzu", "lemon paint"
)
def lemon(f: Forms, *, length: float = 0.085, radius: float = 0.031) -> list[Part]:
    """Lying, with a knob at each end."""
    half, r = length / 2, radius
    rows = (
        (-1.0, 0.06),
        (-0.93, 0.2),
        (-0.82, 0.36),
        (-0.6, 0.72),
        (-0.25, 0.97),
        (0.1, 1.0),
        (0.45, 0.88),
        (0.72, 0.58),
        (0.86, 0.3),
        (0.96, 0.2),
        (1.0, 0.08),
    )
    body = f.turned([(a * r, y * half) for y, a in rows]).rotate((0, 0, -90)).translate((0, r, 0))
    star = f.ball(r * 0.14, (-half * 0.99, r, 0), (0.6, 1, 1))
    blade = (
        leaf(f, length * 0.5, length * 0.24)
        .rotate((0, 200, 24))
        .translate((-half * 0.96, r * 1.1, 0))
    )
    return [
        main("skin peel body", body),
        second("leaf", blade, finish="grass green leaves"),
        fixed("stem stalk", star, finish="moss green plaster"),
    ]


def _creased(f: Forms, r: float, h: float, deep: float) -> Manifold:
    """A round fruit with a seam from its top down one side, at +Z."""

    def dented(v: tuple[float, float, float]) -> tuple[float, float, float]:
        x, y, z = v
        near = math.exp(-((x / (r * 0.16)) ** 2)) * max(0.0, z) / r
        return x, y, z * (1 - deep * near)

    rows = (
        (0.0, 0.02),
        (0.35, 0.0),
        (0.78, 0.14),
        (1.0, 0.48),
        (0.9, 0.76),
        (0.55, 0.95),
        (0.22, 0.98),
        (0.0, 0.9),
    )
    solid = f.turned([(a * r, y * h) for a, y in rows])
    return solid.refine_to_length(r * 0.12 / max(f.detail, 0.3)).warp(dented)


@family(
    "peach",
    "peaches apricot:apricot_paint apricots:apricot_paint nectarine:crimson_paint "
    "plum:plum_paint plums:plum_paint",
    "peach plaster",
)
def peach(f: Forms, *, radius: float = 0.036, height: float = 0.068) -> list[Part]:
    """With a seam, a blush and a leaf."""
    body = _creased(f, radius, height, 0.14)
    blush, rest = body.split(
        Forms(f.detail * 0.8).ball(radius * 0.85, (radius * 0.75, height * 0.62, radius * 0.5))
    )
    blade = (
        leaf(f, radius * 1.7, radius * 0.75).rotate((0, 30, 20)).translate((0, height * 0.98, 0))
    )
    return [
        main("skin body peel", rest),
        main("cheek", blush),
        second("leaf", blade, finish="grass green leaves"),
        fixed("stem stalk", _stem(f, height * 0.95, height * 0.16), finish="brown wood"),
    ]


@family("mango", "mangos mangoes", "amber paint")
def mango(f: Forms, *, length: float = 0.12, radius: float = 0.036) -> list[Part]:
    """Lying, thicker at the side of its stalk."""
    r, half = radius, length / 2
    body = Blob(r * 0.3).limb(
        [(-half * 0.45, r, 0), (0, r * 1.02, 0), (half * 0.55, r * 0.85, 0)],
        [r, r * 0.95, r * 0.55],
        3,
    )
    whole = body.solid(f.detail)
    red, rest = whole.split(Forms(f.detail).ball(r * 1.1, (-half * 0.7, r * 1.6, r * 0.3)))
    at = (-half * 0.45 - r * 0.92, r * 1.1)
    blade = leaf(f, length * 0.5, length * 0.15).rotate((0, 160, 26)).translate((*at, 0))
    return [
        main("skin body peel", rest),
        fixed("cheek blush", red, finish="scarlet paint"),
        second("leaf", blade, finish="grass green leaves"),
        fixed(
            "stem stalk",
            f.bone((at[0] + r * 0.2, at[1], 0), (at[0] - r * 0.25, at[1] + r * 0.2, 0), r * 0.1),
            finish="brown wood",
        ),
    ]


def _egg_shape(f: Forms, r: float, h: float, neck: float) -> Manifold:
    rows = (
        (0.0, 0.0),
        (0.45, 0.02),
        (0.85, 0.14),
        (1.0, 0.34),
        (0.88, 0.56),
        (neck, 0.8),
        (neck * 0.72, 0.94),
        (0.0, 1.0),
    )
    return f.turned([(a * r, y * h) for a, y in rows])


@family("avocado", "avocados avocado_half alligator_pear", "dark green leather")
def avocado(f: Forms, *, height: float = 0.12, radius: float = 0.04) -> list[Part]:
    """Cut in two, standing: its stone is to the front."""
    skin, flesh = (_egg_shape(f, radius * k, height * k, 0.55) for k in (1.0, 0.91))
    back = skin.trim_by_plane((0, 0, -1), -0.0)
    lime = flesh.translate((0, height * 0.045, 0)).trim_by_plane((0, 0, -1), -radius * 0.012)
    yellow = (
        _egg_shape(f, radius * 0.68, height * 0.74, 0.5)
        .translate((0, height * 0.1, 0))
        .trim_by_plane((0, 0, -1), -radius * 0.03)
    )
    stone = f.ball(radius * 0.42, (0, height * 0.36, 0), (1, 1.1, 1))
    return [
        main("skin peel shell", back),
        second("flesh edge", lime, finish="lime plaster"),
        fixed("inside middle", yellow, finish="pale lemon plaster"),
        fixed("stone pit seed", stone, finish="shiny chestnut wood"),
    ]


@family("kiwi", "kiwi_fruit kiwifruit kiwis half_kiwi", "brown fur")
def kiwi(f: Forms, *, radius: float = 0.026, length: float = 0.06) -> list[Part]:
    """Cut in two: its green side is the front."""
    r, half = radius, length / 2
    shell = f.ball(1.0, share=0.8).scale((r, r, half)).translate((0, r, 0))
    cut, flesh, heart = (half * k for k in (0.18, 0.2, 0.23))
    inner = f.rod(r * 0.93, half, (0, r, flesh - half / 2), "z", share=0.8)
    core = f.rod(r * 0.3, half * 0.6, (0, r, heart - half * 0.3), "z", share=0.6)
    seeds = []
    for i in range(22):
        a, out = 2 * math.pi * i / 22, r * (0.42 + 0.1 * (i % 3))
        seeds.append(
            f.ball(
                r * 0.055, (out * math.cos(a), r + out * math.sin(a), flesh), (0.8, 0.8, 0.6), 0.15
            )
        )
    return [
        main("skin peel body", shell.trim_by_plane((0, 0, -1), -cut)),
        second(
            "flesh",
            inner ^ shell.scale((0.97, 0.97, 0.97)).translate((0, r * 0.03, 0)),
            finish="lime plaster",
        ),
        fixed("heart middle core", core, finish="cream plaster"),
        fixed("seeds", *seeds, finish="black plastic"),
    ]


@family("coconut", "coconuts half_coconut coconut_half", "dark brown fur")
def coconut(f: Forms, *, radius: float = 0.06, height: float = 0.115) -> list[Part]:
    """A half before a whole one."""
    r, tall = radius, height / (radius * 2)
    ball = f.ball(r, (0, 0, 0), (1, tall, 1), 0.9)
    eyes = unite(
        [
            f.ball(
                r * 0.12, (r * 0.3 * math.cos(a), r * 0.82 * tall, r * (0.32 + 0.26 * math.sin(a)))
            )
            for a in (0.5, 2.6, 4.7)
        ]
    )
    bowl = ball.trim_by_plane((0, -1, 0), -r * 0.05)
    hollow = f.ball(r * 0.7, (0, 0, 0), (1, tall, 1), 0.9)
    meat = (
        f.ball(r * 0.92, (0, 0, 0), (1, tall, 1), 0.9).trim_by_plane((0, -1, 0), -r * 0.08) - hollow
    )
    at, tip = (r * 0.55, r * 0.78, r * 1.5), (38.0, 0.0, 0.0)
    return [
        main(
            "shell husk body",
            ball.translate((-r * 0.35, r * tall, 0)),
            (bowl - hollow.scale((1.2, 1.2, 1.2))).rotate(tip).translate(at),
        ),
        second("meat flesh inside", meat.rotate(tip).translate(at), finish="white plaster"),
        fixed("eyes", eyes.translate((-r * 0.35, r * tall * 0.95, 0)), finish="black plaster"),
    ]


@family(
    "raspberry",
    "raspberries blackberry:indigo_plastic blackberries:indigo_plastic mulberry:plum_plastic "
    "boysenberry:plum_plastic",
    "shiny crimson plastic",
)
def raspberry(f: Forms, *, height: float = 0.026, radius: float = 0.011) -> list[Part]:
    """Made of small balls, pointed below."""
    r, drops, rows = radius, [], 6
    for row in range(rows):
        s = row / (rows - 1)
        ring, y = r * math.sin(0.35 + 2.2 * s) * 0.86, height * (0.14 + 0.68 * s)
        count = max(3, round(2 * math.pi * ring / (r * 0.5)))
        for i in range(count):
            a = 2 * math.pi * (i + 0.5 * (row % 2)) / count
            drops.append(f.ball(r * 0.31, (ring * math.cos(a), y, ring * math.sin(a)), share=0.32))
    drops.append(f.ball(r * 0.3, (0, height * 0.06 + r * 0.1, 0), share=0.32))
    core = f.turned(
        [
            (0.0, height * 0.05),
            (r * 0.5, height * 0.2),
            (r * 0.75, height * 0.55),
            (r * 0.6, height * 0.85),
            (0, height * 0.88),
        ]
    )
    blade = leaf(f, r * 1.1, r * 0.4).rotate((0, 0, 10))
    return [
        main("berries body drops skin", core, *drops),
        second(
            "leaves leaf crown",
            around(blade, 5).translate((0, height * 0.86, 0)),
            finish="grass green leaves",
        ),
        fixed("stem stalk", _stem(f, height * 0.88, r * 0.7), finish="green leaves"),
    ]


@family("blueberry", "blueberries bilberry huckleberry", "indigo paint")
def blueberry(f: Forms, *, radius: float = 0.007, count: int = 5) -> list[Part]:
    """A few on a heap, each with a little crown."""
    r, berries, crowns = radius, [], []
    spots = [
        (0.0, 0.0, 0.0),
        (2.05, 0.0, 0.2),
        (0.9, 0.0, 1.85),
        (0.95, 1.6, 0.7),
        (-1.1, 0.0, 1.7),
        (3.0, 0.0, 1.95),
        (-0.05, 1.6, 1.55),
    ]
    rim = around(f.post(0.2, 0.34, (0.33, 0, 0), 0.05, 0.2), 6) + f.ring(0.33, 0.1, share=0.4)
    for i, (x, y, z) in enumerate(spots[: max(1, min(count, len(spots)))]):
        at = (x * r, (0.92 + y) * r, z * r)
        berries.append(f.ball(r, at, (1.04, 0.93, 1.04), 0.6))
        crowns.append(
            rim.scale((r, r, r))
            .translate((0, r * 0.84, 0))
            .rotate((25 + 20 * (i % 3), 70 * i, 0))
            .translate(at)
        )
    blade = leaf(f, r * 2.6, r * 1.2).rotate((0, 140, 18)).translate((-r * 0.6, r * 0.9, -r * 0.5))
    return [
        main("berries skin body", *berries),
        fixed("crowns", *crowns, finish="navy paint"),
        second("leaf leaves", blade, finish="grass green leaves"),
    ]


@family("pomegranate", "pomegranates", "crimson leather")
def pomegranate(f: Forms, *, radius: float = 0.045, height: float = 0.085) -> list[Part]:
    """Opened at one side, full of seeds, with a crown on top."""
    r, h = radius, height
    body = f.turned(
        [
            (a * r, y * h)
            for a, y in (
                (0, 0.01),
                (0.4, 0),
                (0.85, 0.2),
                (1, 0.5),
                (0.85, 0.8),
                (0.4, 0.96),
                (0, 0.97),
            )
        ]
    )
    wedge = f.ball(r * 0.66, (r * 0.25, h * 0.55, r * 0.92))
    crown = around(
        f.post(r * 0.16, r * 0.42, (r * 0.2, 0, 0), r * 0.02).rotate((0, 0, -12)), 6
    ).translate((0, h * 0.93, 0))
    seeds = []
    for i in range(40):
        s, a = 1 - 2 * (i + 0.5) / 40, i * 2.399
        ring = math.sqrt(1 - s * s)
        at = (
            r * 0.25 + r * 0.6 * ring * math.cos(a),
            h * 0.55 + r * 0.6 * s,
            r * 0.92 + r * 0.6 * ring * math.sin(a),
        )
        if math.dist(at, (0, h * 0.5, 0)) < r * 0.96:
            seeds.append(f.ball(r * 0.14, at, share=0.25))
    white = body.scale((0.94, 0.94, 0.94)).translate((0, h * 0.03, 0)) - f.ball(
        r * 0.6, (r * 0.25, h * 0.55, r * 0.92)
    )
    return [
        main("skin peel body crown", body - wedge, crown),
        second("seeds", *seeds, finish="shiny ruby plastic"),
        fixed("inside flesh", white, finish="cream plaster"),
    ]


@family("dragon fruit", "dragonfruit pitaya pitahaya", "fuchsia plaster")
def dragon_fruit(f: Forms, *, height: float = 0.11, radius: float = 0.042) -> list[Part]:
    """With green-tipped scales."""
    r, h, flaps = radius, height, []
    body = f.turned(
        [
            (a * r, y * h)
            for a, y in (
                (0, 0),
                (0.45, 0.02),
                (0.9, 0.25),
                (1, 0.5),
                (0.85, 0.78),
                (0.45, 0.97),
                (0, 1.0),
            )
        ]
    )
    for row in range(5):
        s = (row + 0.6) / 5.3
        out = r * (0.96 if 0.2 < s < 0.75 else 0.72)
        flap = f.hose(
            [(out * 0.85, 0, 0), (out * 1.1, h * 0.07, 0), (out * 1.35, h * 0.19, 0)],
            [r * 0.26, r * 0.17, r * 0.03],
            squash=0.8,
        )
        flaps.append(around(flap, 6).rotate((0, 30 * (row % 2), 0)).translate((0, h * s, 0)))
    scales = unite(flaps)
    green = scales - f.rod(r * 1.13, h * 3, share=0.8)
    pink = scales ^ f.rod(r * 1.13, h * 3, share=0.8)
    return [
        main("skin body peel", body, pink),
        second("scales tips leaves", green, finish="lime leaves"),
    ]
