"""Swordfish, shells, coral and seaweed. Their front is +Z."""

from __future__ import annotations

import math

from manifold3d import Manifold
from numpy.random import Generator

from pipelines.geometry.families.animals.sea_animals import fin, two_tone
from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import Forms, Point, mirrored, unite, within
from pipelines.geometry.families.quadruped import EYES, above_ground
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.relief import chance


@family("swordfish", "marlin sailfish billfish", "navy scales")
def swordfish(
    f: Forms, *, length: float = 2.4, height: float = 0.42, width: float = 0.32, sword: float = 0.9
) -> list[Part]:
    """A long fish with a blade before its mouth."""
    half, r = length * 0.36, height / 2
    y, slim = r * 1.7, width / height
    body = Blob(r * 0.15).limb(
        [(0, y, -half), (0, y, -half * 0.45), (0, y, half * 0.25), (0, y, half * 0.8)],
        [r * 0.14, r * 0.55, r, r * 0.5],
        4,
    )
    zone = f.box((9, r * 2, length * 2), (0, y - r * 1.25, 0))
    upper, belly = two_tone(body.solid(f.detail).scale((slim, 1, 1)), zone)
    blade = f.bone(
        (0, y, half * 0.8), (0, y + r * 0.1, half * 0.9 + sword), r * 0.3, r * 0.04
    ).scale((1, 1, 1))
    tail = fin(
        f,
        pairs("-0.9 0.1, -1.3 2.0, -1.4 2.0, -1.12 0, -1.4 -2.0, -1.3 -2.0, -0.9 -0.1", half, r),
        r * 0.16,
    )
    back = fin(f, pairs("0.45 0.7, 0.3 2.2, 0.2 2.1, -0.05 1.1, -0.3 0.7", half, r), r * 0.14)
    low = fin(f, pairs("-0.35 -0.3, -0.55 -1.2, -0.62 -1.1, -0.6 -0.25", half, r), r * 0.14)
    side = fin(f, pairs("0.4 0, 0.12 1.1, 0.05 1.0, 0.2 0", half, r), r * 0.12).rotate((0, 0, -115))
    eye = (0.0, y + r * 0.15, half * 0.72)
    x = body.reach(eye, 0) * slim
    return [
        main("body scales skin", upper),
        second(
            "fins fin tail",
            unite([tail, back, low]).translate((0, y, 0)),
            mirrored(side.translate((width * 0.3, y - r * 0.3, 0))),
            finish="indigo paint",
        ),
        fixed("belly", belly, finish="pale grey skin"),
        fixed("sword blade bill", blade, finish="charcoal plastic"),
        fixed("eyes eye", mirrored(f.ball(r * 0.16, (x, *eye[1:]))), finish=EYES),
    ]


def _valve(f: Forms, width: float, ribs: int) -> Manifold:
    """Half of a scallop, hollow below, its hinge at the origin and its rim to +Z."""
    rays = []
    for i in range(ribs):
        a = math.radians(75) * (2 * i / (ribs - 1) - 1)
        out = width * (0.92 + 0.08 * math.cos(a))
        mid = (math.sin(a) * out * 0.55, width * 0.27, math.cos(a) * out * 0.55)
        rays.append(
            f.hose(
                [(0, 0, 0), mid, (math.sin(a) * out, width * 0.03, math.cos(a) * out)],
                [width * 0.035, width * 0.1, width * 0.115],
            )
        )
    ears = f.soft_box(
        (width * 0.62, width * 0.07, width * 0.2), (0, width * 0.03, width * 0.04), width * 0.03
    )
    return unite([*rays, ears])


@family(
    "seashell",
    "shell scallop clam sea_shell cockle clamshell giant_clam",
    "peach ceramic",
)
def seashell(f: Forms, *, width: float = 0.06, open: float = 0.35, ribs: int = 11) -> list[Part]:
    """Two ribbed halves, open by a share of a right angle, with a pearl."""
    half = _valve(f, width, within(ribs, 5, 25))
    turn = 80.0 * max(0.0, min(open, 1.0))
    lower = half.mirror((0, 1, 0)).rotate((8, 0, 0))
    pad = (
        f.ball(1.0)
        .scale((width * 0.62, width * 0.08, width * 0.5))
        .translate((0, -width * 0.12, width * 0.52))
    )
    parts = [
        main("shell body", half.rotate((-turn, 0, 0)), lower),
        second("inside flesh", pad, finish="pink skin"),
    ]
    if open > 0.1:
        parts.append(
            fixed("pearl", f.ball(width * 0.15, (0, width * 0.02, width * 0.55)), finish="pearl")
        )
    return parts


@family("conch", "whelk spiral_shell triton_shell", "apricot ceramic")
def conch(f: Forms, *, length: float = 0.14, radius: float = 0.045, turns: int = 4) -> list[Part]:
    """A shell wound about a spire."""
    r, count = radius, within(turns, 2, 8)
    body, steps = Blob(r * 0.08), 12 * count
    for i in range(steps + 1):
        s = i / steps
        a, grow = 2 * math.pi * count * s, 0.08 + 0.92 * s**1.6
        out = r * 0.55 * grow
        body.ball(
            (math.cos(a) * out, length * (0.95 - 0.72 * s**0.8), math.sin(a) * out),
            r * 0.58 * grow + r * 0.04,
        )
    body.limb([(0, length * 0.3, 0), (r * 0.15, length * 0.02, r * 0.1)], [r * 0.5, r * 0.08])
    thorns = []
    for i in range(6):
        a = 2 * math.pi * i / 6 + 0.3
        thorns.append(
            f.bone(
                (math.cos(a) * r * 0.8, length * 0.36, math.sin(a) * r * 0.8),
                (math.cos(a) * r * 1.5, length * 0.44, math.sin(a) * r * 1.5),
                r * 0.16,
                r * 0.03,
            )
        )
    lip = (
        f.ball(1.0)
        .scale((r * 0.42, length * 0.3, r * 0.3))
        .rotate((0, 0, 14))
        .translate((r * 0.35, length * 0.24, r * 0.85))
    )
    return [
        main("shell body spire", body.solid(f.detail)),
        main("thorns spikes", *thorns),
        second("inside mouth lip", lip, finish="rosy ceramic"),
    ]


def _grow(
    body: Blob, rng: Generator, at: Point, up: Point, long: float, thick: float, left: int
) -> None:
    """A branch of coral and those that it forks into."""
    tip = (at[0] + up[0] * long, at[1] + up[1] * long, at[2] + up[2] * long)
    body.bone(at, tip, thick, thick * 0.82)
    if not left:
        return
    turn = rng.uniform(0, 2 * math.pi)
    for side in (0.0, math.pi):
        lean = rng.uniform(0.4, 0.75)
        way = (
            up[0] + lean * math.cos(turn + side),
            up[1] + 0.25,
            up[2] + lean * math.sin(turn + side),
        )
        size = math.sqrt(sum(v * v for v in way))
        grown = (way[0] / size, way[1] / size, way[2] / size)
        _grow(body, rng, tip, grown, long * rng.uniform(0.68, 0.9), thick * 0.78, left - 1)


@family("coral", "corals coral_branch staghorn_coral", "coral plaster")
def coral(
    f: Forms, *, height: float = 0.5, thickness: float = 0.035, branches: int = 3
) -> list[Part]:
    """A forked stony plant on a rock."""
    rng = chance(height, thickness)
    body, count = Blob(thickness * 0.5), within(branches, 1, 8)
    for i in range(count):
        a = 2 * math.pi * i / count + rng.uniform(-0.3, 0.3)
        lean = 0.38 if count > 1 else 0.0
        up = (lean * math.cos(a), 0.92, lean * math.sin(a))
        _grow(body, rng, (0.0, height * 0.08, 0.0), up, height * 0.32, thickness, 3)
    rock = (
        Blob(height * 0.05, 0.4)
        .ball((0, 0, 0), height * 0.2, (1.2, 0.7, 1))
        .ball((height * 0.14, 0, height * 0.05), height * 0.13)
    )
    return [
        main("branches body coral", body.solid(f.detail)),
        second("rock base", above_ground(rock.solid(f.detail)), finish="grey stone"),
    ]


@family("seaweed", "kelp algae sea_grass eelgrass water_plant", "green leaves")
def seaweed(f: Forms, *, height: float = 0.6, width: float = 0.06, stems: int = 6) -> list[Part]:
    """Waving bands that grow out of a stone."""
    rng, rows = chance(height, width), []
    for i in range(within(stems, 1, 20)):
        a, far = i * 2.4, width * (0.5 + 0.5 * math.sqrt(i))
        tall, phase = height * rng.uniform(0.6, 1.0), rng.uniform(0, 6.28)
        path = []
        for s in (k / 6 for k in range(7)):
            sway = width * 0.9 * math.sin(5.0 * s + phase) * (0.3 + s)
            path.append((far * math.cos(a) + sway, tall * s, far * math.sin(a) + sway * 0.4))
        rows.append(f.ribbon(path, width * rng.uniform(0.7, 1.0), width * 0.12, up=(1, 0, 0.3)))
    rock = (
        Blob(width * 0.5, 0.4)
        .ball((0, 0, 0), width * 1.5, (1.3, 0.5, 1.1))
        .ball((width, 0, width * 0.6), width)
    )
    return [
        main("leaves leaf bands", unite(rows)),
        second("rock stone base", above_ground(rock.solid(f.detail)), finish="grey stone"),
    ]
