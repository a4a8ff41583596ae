"""Vegetables. They lie or stand as they do on a table."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.food.fruit import leaf
from pipelines.geometry.families.forms import Forms, around, unite
from pipelines.geometry.families.quadruped import above_ground
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.ways import shares, way


def _carrot_tops(f: Forms, r: float, h: float) -> list[Manifold]:
    """Green stems with tufts."""
    tops, plain = [], Forms(f.detail * 0.6)
    for i, (lean, turn, long) in enumerate(
        (
            (4, 0, 0.62),
            (20, 10, 0.55),
            (22, 130, 0.52),
            (24, 250, 0.5),
            (38, 70, 0.4),
            (38, 190, 0.4),
        )
    ):
        stem = plain.bone((0, 0, 0), (0, h * long, 0), r * 0.13, r * 0.07)
        tufts = []
        for j in range(5):
            leaf = Manifold.sphere(1.0, 4).scale((r * 0.12, r * (0.62 - 0.08 * j), r * 0.2))
            foot = (0.0, h * long * (0.4 + 0.15 * j), 0.0)
            for side in (1, -1):
                twig = leaf.translate((0, r * (0.54 - 0.08 * j), 0)).rotate((0, 0, side * 48))
                tufts.append(twig.rotate((0, 75 * j, 0)).translate(foot))
        apart = unite([stem, *tufts]).rotate((0, 0, -lean)).translate((r * lean / 90, 0, 0))
        tops.append(apart.rotate((0, turn + 10.0 * i, 0)))
    return tops


@family(
    "carrot",
    "carrots parsnip:cream_plaster",
    "orange plaster",
)
def carrot(f: Forms, *, length: float = 0.18, radius: float = 0.03) -> list[Part]:
    """It stands on its tip, as carrots are drawn."""
    r, h = radius, length
    shape = [
        (0.0, 0.0),
        (0.12, 0.04),
        (0.42, 0.3),
        (0.72, 0.62),
        (0.95, 0.88),
        (1.0, 0.95),
        (0.75, 1.0),
        (0.0, 0.99),
    ]
    rings = [
        f.ring(r * s, r * 0.045, (0, h * y, 0), share=0.6)
        for y, s in ((0.3, 0.4), (0.48, 0.57), (0.6, 0.69), (0.74, 0.82), (0.86, 0.92))
    ]
    tops = _carrot_tops(f, r, h)
    return [
        main("body root skin", f.turned([(a * r, y * h) for a, y in shape]), *rings),
        second(
            "leaves leaf greens top",
            unite(tops).translate((0, h * 0.96, 0)),
            finish="grass green leaves",
        ),
    ]


def _husks(f: Forms, height: float, r: float) -> list[Manifold]:
    """Leaves about the cob."""
    husks = []
    for turn, long in ((0, 0.78), (120, 0.66), (240, 0.72)):
        bent = Blob(r * 0.2, 0.3)
        points = [
            (r * x, height * y * long, 0.0)
            for x, y in ((0.3, 0.0), (1.0, 0.15), (1.3, 0.5), (1.75, 0.85), (2.2, 1.0))
        ]
        bent.limb(points, shares("0.3 0.75 0.7 0.4 0.08", r), 3)
        blade = bent.solid(f.detail).scale((1, 1, 1.3)) - f.turned(
            [(0.0, -r), (r * 0.98, -r * 0.5), (r * 1.02, height * 0.6), (r * 1.6, height)]
        )
        husks.append(blade.rotate((0, turn, 0)))
    return husks


@family("corn", "corn_cob maize sweetcorn corncob", "golden yellow plastic")
def corn(f: Forms, *, height: float = 0.2, radius: float = 0.028) -> list[Part]:
    r, rows = radius, []
    kernel = f.ball(1.0, share=0.12).scale((r * 0.2, height * 0.028, r * 0.17))
    for i in range(17):
        share = 0.12 + 0.83 * i / 16
        out = r * (
            0.9 if share < 0.6 else 0.9 * math.sqrt(max(0.02, 1 - ((share - 0.6) / 0.4) ** 2))
        )
        count = max(4, round(12 * out / r))
        rows.append(
            around(kernel.translate((out, share * height, 0)), count).rotate((0, 12.0 * (i % 2), 0))
        )
    core = f.turned(
        [
            (0.0, 0.0),
            (r * 0.88, height * 0.08),
            (r * 0.93, height * 0.6),
            (r * 0.8, height * 0.82),
            (r * 0.45, height * 0.95),
            (0.0, height * 0.99),
        ]
    )
    husks = _husks(f, height, r)
    return [
        main("kernels grains cob body", core, *rows),
        second(
            "husk leaves leaf",
            *husks,
            f.bone((0, r * 0.25, 0), (0, height * 0.1, 0), r * 0.3, r * 0.85),
            finish="grass green leaves",
        ),
    ]


@family("tomato", "tomatoes cherry_tomato", "shiny red plastic")
def tomato(f: Forms, *, radius: float = 0.04, height: float = 0.06) -> list[Part]:
    r = radius
    lobe = (
        f.ball(1.0)
        .scale((r * 0.56, height * 0.47, r * 0.56))
        .translate((r * 0.46, height * 0.47, 0))
    )
    blade = leaf(f, r * 0.85, r * 0.24).rotate((0, 0, -8))
    return [
        main(
            "skin body",
            around(lobe, 6),
            f.ball(1.0, share=0.45)
            .scale((r * 0.8, height * 0.46, r * 0.8))
            .translate((0, height * 0.47, 0)),
        ),
        second(
            "leaves leaf",
            around(blade, 5).translate((0, height * 0.95, 0)),
            finish="grass green leaves",
        ),
        fixed(
            "stem stalk",
            f.hose(
                [(0, height * 0.85, 0), (0, height * 1.08, 0), (r * 0.1, height * 1.2, 0)], r * 0.08
            ),
            finish="green leaves",
        ),
    ]


@family("broccoli", "cauliflower:cream_plaster", "forest green plaster")
def broccoli(f: Forms, *, height: float = 0.16, radius: float = 0.075) -> list[Part]:
    r, top = radius, height * 0.68
    crown, trunk = (
        Blob(r * 0.06),
        Blob(r * 0.15, 0.5).bone((0, 0, 0), (0, height * 0.45, 0), r * 0.34, r * 0.3),
    )
    for i in range(64):
        a, s = i * 2.399, math.sqrt((i + 0.3) / 64)
        at = (r * 0.84 * s * math.cos(a), top + r * 0.5 * (1 - s * s), r * 0.84 * s * math.sin(a))
        crown.ball(at, r * (0.19 if i % 3 else 0.23))
        if i % 7 == 3:
            trunk.bone((0, height * 0.38, 0), at, r * 0.15, r * 0.16)
    crown.ball((0, top + r * 0.05, 0), r * 0.78, (1, 0.42, 1))
    return [
        main("florets head crown body", crown.solid(f.detail)),
        second("stem stalk trunk", above_ground(trunk.solid(f.detail)), finish="lime plaster"),
    ]


@family("pepper", "bell_pepper paprika capsicum", "shiny red plastic")
def pepper(f: Forms, *, height: float = 0.09, radius: float = 0.042) -> list[Part]:
    r, body = radius, Blob(radius * 0.15)
    for i in range(4):
        a = math.pi / 4 + i * math.pi / 2
        x, z = math.cos(a) * r * 0.42, math.sin(a) * r * 0.42
        body.bone((x * 0.75, r * 0.45, z * 0.75), (x, height - r * 0.55, z), r * 0.45, r * 0.58)
    dip = height - r * 0.25
    stem = f.hose(way("0 -0.1 0, 0 0.35 0, 0.15 0.6 0", r, (0, dip, 0)), r * 0.13, r * 0.11)
    return [
        main("skin body", above_ground(body.solid(f.detail))),
        second(
            "stem stalk",
            stem,
            f.ball(r * 0.32, (0, dip, 0), (1, 0.4, 1)),
            finish="grass green plastic",
        ),
    ]


@family(
    "eggplant",
    "aubergine",
    "shiny plum plastic",
)
def eggplant(f: Forms, *, length: float = 0.2, radius: float = 0.038) -> list[Part]:
    r, half = radius, length / 2
    body = Blob(r * 0.2).limb(
        [(-half * 0.75, r, 0), (-half * 0.1, r, 0.012), (half * 0.7, r * 1.05, 0)],
        [r * 0.95, r * 0.85, r * 0.55],
        3,
    )
    blade = leaf(f, r * 1.1, r * 0.55).rotate((0, 0, -16)).translate((r * 0.25, 0, 0))
    cap = unite(
        [
            around(blade, 5),
            f.ball(r * 0.42, (0, -r * 0.02, 0), (1, 0.5, 1)),
            f.bone((0, 0, 0), (0.004, r * 0.95, 0), r * 0.15, r * 0.18),
        ]
    )
    return [
        main("skin body", body.solid(f.detail)),
        second(
            "cap stem leaves",
            cap.rotate((0, 0, -90)).translate((half * 0.7 + r * 0.42, r * 1.05, 0)),
            finish="green leaves",
        ),
    ]
