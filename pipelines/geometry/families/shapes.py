"""Plain solids and symbols."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms
from pipelines.geometry.families.registry import Part, family, main, second


@family("cube", "block dice die", "grey plastic")
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


@family("torus", "hoop lifebuoy tyre:black_rubber tire:black_rubber", "grey plastic")
def torus(f: Forms, *, radius: float = 0.35, thickness: float = 0.14) -> list[Part]:
    return [main("body", f.ring(radius, thickness, (0, radius + thickness, 0), "z"))]


@family("heart", "love_heart", "red plastic")
def heart(f: Forms, *, width: float = 0.9, height: float = 0.85, depth: float = 0.3) -> list[Part]:
    w, h = width, height
    soft = Blob(0.02 * w)
    soft.mirrored_bone((0.0, h * 0.03, 0), (w * 0.235, h * 0.7, 0), w * 0.02, w * 0.265)
    soft.mirrored_bone((0.0, h * 0.2, 0), (w * 0.16, h * 0.62, 0), w * 0.12, w * 0.24)
    return [main("body", soft.solid(f.detail).scale((1, 1, depth / (0.54 * w))))]


@family("star", "starfish", "yellow plastic")
def star(f: Forms, *, radius: float = 0.5, depth: float = 0.24, points: int = 5) -> list[Part]:
    outline = []
    for i in range(points * 2):
        r = radius if i % 2 == 0 else radius * 0.45
        turn = math.pi / 2 + math.pi * i / points
        outline.append((r * math.cos(turn), r * math.sin(turn)))
    flat = f.plate(outline, 0.02)
    halves = []
    for i in range(points * 2):
        a, b = outline[i], outline[(i + 1) % len(outline)]
        rows = [(a[0], a[1], 0.0), (b[0], b[1], 0.0), (0.0, 0.0, depth / 2), (0.0, 0.0, -depth / 2)]
        halves.append(Manifold.hull_points(rows))
    body = flat
    for half in halves:
        body = body + half
    return [main("body", body.translate((0, radius, 0)))]


@family("gem", "diamond crystal emerald_stone jewel gemstone", "shiny aqua glass")
def gem(f: Forms, *, height: float = 0.7, radius: float = 0.5) -> list[Part]:
    low = Manifold.cylinder(height * 0.65, 0.001, radius, 8).rotate((-90, 0, 0))
    high = (
        Manifold.cylinder(height * 0.35, radius, radius * 0.58, 8)
        .rotate((-90, 0, 0))
        .translate((0, height * 0.65, 0))
    )
    return [main("body", low + high)]


@family("arrow", "pointer", "red plastic")
def arrow(f: Forms, *, length: float = 1.0, width: float = 0.45, depth: float = 0.12) -> list[Part]:
    w, t = width / 2, width / 6
    head = length * 0.6
    outline = [(-t, 0), (t, 0), (t, head), (w, head), (0, length), (-w, head), (-t, head)]
    return [main("body", f.plate(outline, depth))]
