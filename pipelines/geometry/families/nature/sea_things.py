"""Swordfish, shells, coral and seaweed. Their front is +Z."""

from __future__ import annotations

import math

import numpy as np
from manifold3d import Manifold
from numpy.random import Generator

from pipelines.geometry.families.animals.sea_animals import fin, two_tone
from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.curves import pairs, smooth
from pipelines.geometry.families.forms import Forms, Point, mirrored, unite, within
from pipelines.geometry.families.loft import loft
from pipelines.geometry.families.quadruped import EYES, above_ground
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.relief import chance
from pipelines.geometry.families.ways import shares, way


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
    steps, turns = 12, np.linspace(1.3, -1.3, ribs * 6 + 1)
    rib = np.cos((turns + 1.3) / 2.6 * ribs * 2 * np.pi - np.pi)
    rings = []
    for s in np.linspace(0.04, 1.0, steps):
        out = width * (0.92 + 0.08 * np.cos(turns)) * s * (1 + 0.012 * rib)
        rise = width * (0.34 * math.sin(math.pi * s * 0.97) ** 0.8 + 0.05 * s + 0.035 * s * rib)
        side, ahead = np.sin(turns) * out, np.cos(turns) * out
        top = np.column_stack([side, rise, ahead])
        low = np.column_stack([side, rise - width * (0.05 + 0.06 * s), ahead])
        rings.append(np.concatenate([top, low[::-1]]))
    n = len(turns)
    ends = [(i, i + 1, 2 * n - 2 - i) for i in range(n - 1)]
    ends += [(i, 2 * n - 2 - i, 2 * n - 1 - i) for i in range(n - 1)]
    shell = loft(np.array(rings), np.array(ends))
    ears = f.soft_box(
        (width * 0.46, width * 0.07, width * 0.18), (0, width * 0.03, width * 0.04), width * 0.03
    )
    return unite([shell, ears])


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


def _spire(turns: int) -> list[tuple[float, float]]:
    """The outline (radius, height) of a shell as shares, from its narrow foot to its tip: whorls in steps."""
    outline = [(0.07, 0.0), (0.17, 0.1), (0.46, 0.3), (0.84, 0.48), (1.0, 0.6), (0.82, 0.66)]
    for i in range(turns):
        low, high = i / turns, (i + 1) / turns
        wide = 0.68 * (1 - low) ** 1.2
        y = 0.67 + 0.31 * low
        outline += [
            (wide * 0.94, y),
            (wide, y + 0.12 * (high - low)),
            (wide * 0.72, y + 0.28 * (high - low)),
        ]
    return [*outline, (0.0, 1.0)]


@family("conch", "whelk spiral_shell triton_shell", "apricot ceramic")
def conch(f: Forms, *, length: float = 0.15, radius: float = 0.05, turns: int = 4) -> list[Part]:
    """A shell with whorls in steps, horns on its shoulder and a flared lip about its mouth."""
    r, h = radius, length
    body = f.lathe([(x * r, y * h) for x, y in smooth(_spire(within(turns, 2, 7)), 3)])
    thorns = []
    for i in range(8):
        a = 1.9 + 5.0 * i / 7
        c, s = math.cos(a), math.sin(a)
        foot = (c * r * 0.8, h * 0.59, s * r * 0.8)
        thorns.append(f.bone(foot, (c * r * 1.38, h * 0.68, s * r * 1.38), r * 0.2, r * 0.02))
    rim = "0.3 0.66 0.8, 0.95 0.68 0.7, 1.35 0.55 0.62, 1.2 0.34 0.62, 0.75 0.14 0.5, 0.15 0.02 0.1"
    lip = f.hose(way(rim, (r, h, r)), shares("0.16 0.16 0.15 0.13 0.11 0.05", r))
    flare = f.hose(
        way("0.45 0.58 0.5, 0.85 0.44 0.42, 0.5 0.22 0.3", (r, h, r)), shares("0.3 0.46 0.24", r)
    )
    mouth = f.hose(
        way("0.5 0.6 0.62, 0.78 0.45 0.68, 0.6 0.26 0.58, 0.3 0.1 0.36", (r, h, r)),
        shares("0.2 0.4 0.24 0.1", r),
        share=0.5,
    )
    lean = (0.0, 0.0, -14.0)
    return [
        main("shell body spire", unite([body, lip, flare]).rotate(lean)),
        main("thorns spikes", unite(thorns).rotate(lean)),
        second("inside mouth lip", mouth.rotate(lean), finish="rosy ceramic"),
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
