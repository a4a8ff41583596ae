"""Plain solids and symbols."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs, smooth
from pipelines.geometry.families.forms import Forms
from pipelines.geometry.families.registry import Part, family, main, second


@family("cube", "block", "grey plastic")
def cube(f: Forms, *, width: float = 1.0, height: float = 1.0, depth: float = 1.0) -> list[Part]:
    return [main("body", f.slab((width, height, depth)))]


@family("sphere", "ball globe orb planet:water moon:concrete", "grey plastic")
def sphere(f: Forms, *, radius: float = 0.5) -> list[Part]:
    return [main("body", f.ball(radius, (0, radius, 0)))]


@family("cylinder", "pillar:marble column:marble", "grey plastic")
def cylinder(f: Forms, *, height: float = 1.0, radius: float = 0.35) -> list[Part]:
    return [main("body", f.post(radius, height))]


@family("cone", "traffic_cone party_hat", "orange plastic")
def cone(f: Forms, *, height: float = 0.75, radius: float = 0.25) -> list[Part]:
    def at(share: float) -> float:
        return radius * (1 - 0.86 * share)

    band = f.lathe([(at(0.45) * 1.01, height * 0.45), (at(0.68) * 1.01, height * 0.68)])
    body = f.lathe([(at(0), 0), (at(1), height)])
    return [
        main("body base", body, f.slab((radius * 2.5, 0.04, radius * 2.5))),
        second("stripe band", band, finish="white plastic"),
    ]


@family("pyramid", "great_pyramid", "sand")
def pyramid(f: Forms, *, height: float = 0.65, width: float = 1.0) -> list[Part]:
    body = (
        Manifold.cylinder(height, width * math.sqrt(0.5), 0.0, 4)
        .rotate((-90, 0, 0))
        .rotate((0, 45, 0))
    )
    return [main("body", body)]


@family("torus", "", "grey plastic")
def torus(f: Forms, *, radius: float = 0.35, thickness: float = 0.14) -> list[Part]:
    return [main("body", f.ring(radius, thickness, (0, radius + thickness, 0), "z"))]


@family("heart", "love_heart", "red plastic")
def heart(f: Forms, *, width: float = 0.9, height: float = 0.85, depth: float = 0.3) -> list[Part]:
    right = pairs(
        "0 -0.46, 0.2 -0.28, 0.4 -0.04, 0.5 0.2, 0.46 0.42, 0.3 0.53, 0.12 0.48, 0.03 0.36"
    )
    line = smooth(right, max(2, round(5 * f.detail)))
    outline = [*line, (0.0, 0.3), *[(-x, y) for x, y in reversed(line[1:])]]
    turns = [math.radians(a) for a in (-84, -68, -50, -30, -10, 10, 30, 50, 68, 84)]
    levels = [
        (
            depth / 2 * math.sin(a),
            [(x * math.cos(a) ** 0.55, z * math.cos(a) ** 0.55) for x, z in outline],
        )
        for a in turns
    ]
    body = f.stack(levels).rotate((-90, 0, 0)).scale((width, height, 1))
    return [main("body", body)]


@family("star", "starfish", "yellow plastic")
def star(f: Forms, *, radius: float = 0.5, depth: float = 0.24, points: int = 5) -> list[Part]:
    outline = f.star(radius, points)
    body = f.plate(outline, 0.02)
    for i, a in enumerate(outline):
        b = outline[(i + 1) % len(outline)]
        rows = [(*a, 0.0), (*b, 0.0), (0.0, 0.0, depth / 2), (0.0, 0.0, -depth / 2)]
        body = body + Manifold.hull_points(rows)
    return [main("body", body.translate((0, radius, 0)))]


@family("gem", "diamond jewel gemstone", "shiny aqua glass")
def gem(f: Forms, *, height: float = 0.7, radius: float = 0.5, sides: int = 8) -> list[Part]:
    rings = [
        (0.0, 0.001, 0.0),
        (0.62, 1.0, 0.0),
        (0.68, 1.0, 0.0),
        (0.86, 0.84, 0.5),
        (1.0, 0.56, 0.0),
    ]
    corners = []
    for y, share, turn in rings:
        for i in range(sides):
            angle = 2 * math.pi * (i + turn) / sides
            corners.append(
                (radius * share * math.cos(angle), height * y, radius * share * math.sin(angle))
            )
    return [main("body", Manifold.hull_points(corners))]


@family("arrow", "pointer arrow_sign", "red plastic")
def arrow(f: Forms, *, length: float = 1.0, width: float = 0.45, depth: float = 0.12) -> list[Part]:
    w, t = width / 2, width / 6
    head = length * 0.6
    outline = [(-t, 0), (t, 0), (t, head), (w, head), (0, length), (-w, head), (-t, head)]
    return [main("body", f.bevelled(outline, depth, t * 0.12))]
