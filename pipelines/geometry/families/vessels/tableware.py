"""Cups, bottles, bowls and other things that hold something. Most are turned."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import Forms, around, mirrored, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.words.variants import Variant

OPEN = 0.05  # of the way, from which on a lid is off; what is in a vessel then is near its rim


@family("cup", "mug coffee_mug coffee_cup teacup tea_cup tankard beer_mug", "white ceramic")
def cup(
    f: Forms,
    *,
    height: float = 0.1,
    radius: float = 0.045,
    thickness: float = 0.005,
    full: bool = True,
) -> list[Part]:
    body = f.lathe([(radius * 0.85, 0), (radius, height * 0.12), (radius, height)])
    inside = f.lathe(
        [
            (radius * 0.8, thickness),
            (radius - thickness, height * 0.2),
            (radius - thickness, height * 1.1),
        ]
    )
    grip = (
        f.ring(height * 0.27, thickness * 1.3, axis="z")
        .scale((0.8, 1.1, 1))
        .translate((radius, height * 0.52, 0))
    )
    outside = f.lathe([(radius * 0.97, -1), (radius * 0.97, 1)])
    parts = [
        main(
            "body", body - inside, f.ring(radius - thickness / 2, thickness * 0.62, (0, height, 0))
        ),
        second("handle", grip - outside, finish="white ceramic"),
    ]
    if full:
        wide = radius - thickness / 2
        tea = f.lathe(
            [(radius * 0.85, thickness / 2), (wide, height * 0.15), (wide, height * 0.82)]
        )
        parts.append(fixed("coffee tea drink", tea, finish="shiny chocolate plastic"))
    return parts


@family("bottle", "wine_bottle beer_bottle flask", "green glass")
def bottle(
    f: Forms,
    *,
    height: float = 0.3,
    radius: float = 0.04,
    shape: int = Variant("wine, bordeaux whiskey, round, beer"),
) -> list[Part]:
    outlines = (
        "0.95 0, 1 0.02, 1 0.56, 0.86 0.66, 0.42 0.76, 0.36 0.94, 0.42 0.945, 0.42 0.97",
        "0.97 0, 1 0.02, 1 0.66, 0.96 0.7, 0.5 0.78, 0.38 0.81, 0.36 0.94, 0.42 0.945, 0.42 0.97",
        "1.1 0, 1.4 0.06, 1.6 0.24, 1.35 0.46, 0.6 0.6, 0.38 0.68, 0.36 0.94, 0.46 0.945, 0.46 0.97",
        "0.95 0, 1 0.02, 1 0.44, 0.9 0.54, 0.5 0.68, 0.38 0.8, 0.36 0.94, 0.44 0.945, 0.44 0.97",
    )
    body = f.turned(pairs(outlines[shape], radius, height))
    band = f.box((9, height * 0.2, 9), (0, height * 0.3, 0))
    return [
        main("body glass", body),
        second("label", body.scale((1.015, 1, 1.015)) ^ band, finish="cream paint"),
        fixed(
            "cork cap stopper",
            f.post(radius * 0.33, height * 0.05, (0, height * 0.955, 0)),
            finish="tan wood",
        ),
    ]


@family("vase", "", "blue ceramic")
def vase(
    f: Forms,
    *,
    height: float = 0.35,
    radius: float = 0.11,
    shape: int = Variant("baluster, slender tulip, round globe, amphora urn"),
) -> list[Part]:
    outlines = (
        "0.5 0, 0.56 0.03, 0.86 0.25, 1 0.45, 0.9 0.64, 0.55 0.82, 0.46 0.9, 0.62 1",
        "0.6 0, 0.58 0.03, 0.42 0.1, 0.46 0.3, 0.6 0.55, 0.66 0.75, 0.6 0.9, 0.8 1",
        "0.6 0, 0.66 0.03, 1.1 0.22, 1.3 0.42, 1.1 0.62, 0.5 0.78, 0.38 0.88, 0.5 1",
        "0.46 0, 0.44 0.04, 0.3 0.1, 0.6 0.3, 0.98 0.6, 0.86 0.76, 0.42 0.86, 0.42 0.92, 0.58 1",
    )
    outline = pairs(outlines[shape])
    inner = [(max(r - 0.09, 0.1), max(h, 0.05)) for r, h in outline[1:-1]]
    inner.append((outline[-1][0] - 0.07, 1.02))
    body = f.turned([(r * radius, h * height) for r, h in outline])
    hollow = f.turned([(r * radius, h * height) for r, h in inner])
    band = body.scale((1.03, 1, 1.03)) ^ f.box((9, height * 0.1, 9), (0, height * 0.45, 0))
    rim = radius * (outline[-1][0] - 0.035)
    return [
        main("body", body - hollow),
        second(
            "band rim",
            band - hollow,
            f.ring(rim, radius * 0.06, (0, height * 0.99, 0)),
            finish="gold",
        ),
    ]


@family("bowl", "dish basin soup_bowl", "cream ceramic")
def bowl(f: Forms, *, height: float = 0.09, radius: float = 0.11) -> list[Part]:
    shape = [(0.42, 0), (0.45, 0.08), (0.75, 0.3), (0.94, 0.65), (1, 1)]
    inner = [(0.4, 0.14), (0.7, 0.36), (0.88, 0.68), (0.95, 1.05)]
    body = f.turned([(r * radius, h * height) for r, h in shape])
    hollow = f.turned([(r * radius, h * height) for r, h in inner])
    return [
        main("body", body - hollow),
        second(
            "rim band", f.ring(radius * 0.98, radius * 0.035, (0, height, 0)), finish="navy ceramic"
        ),
    ]


@family("plate", "saucer platter", "white ceramic")
def plate(f: Forms, *, height: float = 0.025, radius: float = 0.13) -> list[Part]:
    shape = [(0.6, 0), (0.64, 0.3), (1, 0.9), (1, 1.0), (0.62, 0.5), (0.58, 0.3)]
    body = f.turned([(r * radius, h * height) for r, h in shape])
    return [
        main("body", body),
        second(
            "rim",
            f.ring(radius * 0.99, radius * 0.018, (0, height * 0.95, 0)),
            finish="blue ceramic",
        ),
    ]


@family("teapot", "tea_pot kettle coffee_pot", "white ceramic")
def teapot(f: Forms, *, height: float = 0.16, radius: float = 0.09) -> list[Part]:
    y = height * 0.42
    belly = [(0.6, 0), (0.7, 0.03), (1, 0.3), (0.96, 0.52), (0.55, 0.78)]
    spout = f.hose(
        [(radius * x, y * v, 0.0) for x, v in pairs("0.7 0.8, 1.3 1.0, 1.55 1.7, 1.9 2.05")],
        [radius * 0.26, radius * 0.2, radius * 0.12, radius * 0.1],
        up=(0, 0, 1),
    )
    hole = f.bone((radius * 1.75, y * 1.9, 0), (radius * 1.98, y * 2.12, 0), radius * 0.06)
    grip = f.hose(
        [
            (-radius * x, y * v, 0.0)
            for x, v in pairs("0.85 1.65, 1.4 1.8, 1.66 1.3, 1.4 0.75, 0.85 0.55")
        ],
        radius * 0.1,
        up=(0, 0, 1),
    )
    lid = [(0.58, 0), (0.5, 0.06), (0.2, 0.12), (0.1, 0.14)]
    return [
        main("body", f.turned([(r * radius, h * height) for r, h in belly]), spout - hole),
        second(
            "handle lid",
            grip,
            f.lathe([(r * radius, h * height) for r, h in lid], (0, height * 0.77, 0)),
            f.ball(radius * 0.14, (0, height * 0.95, 0)),
            finish="white ceramic",
        ),
    ]


@family("goblet", "chalice grail", "gold")
def goblet(f: Forms, *, height: float = 0.22, radius: float = 0.05, gems: int = 8) -> list[Part]:
    shape = [
        (0.8, 0),
        (0.8, 0.03),
        (0.2, 0.1),
        (0.13, 0.3),
        (0.2, 0.42),
        (0.7, 0.52),
        (0.98, 0.7),
        (1, 1),
    ]
    inner = [(0.2, 0.5), (0.62, 0.56), (0.88, 0.72), (0.9, 1.05)]
    cup_ = f.turned([(r * radius, h * height) for r, h in shape])
    hollow = f.turned([(r * radius, h * height) for r, h in inner])
    return [
        main("body", cup_ - hollow),
        second(
            "gems band",
            around(f.ball(radius * 0.15, (radius * 0.97, height * 0.76, 0)), gems),
            finish="ruby glass",
        ),
    ]


@family("barrel", "keg cask", "brown wood")
def barrel(
    f: Forms, *, height: float = 0.9, radius: float = 0.35, staves: int = 18, open: float = 0.0
) -> list[Part]:
    r, h = radius, height
    shape = "0.78 0, 0.92 0.22, 1 0.5, 0.92 0.78, 0.78 1"
    body = f.turned(pairs(shape, r, h))
    lids = [f.post(r * 0.68, 0.05, (0, y, 0)) for y in (-0.001, h - 0.045)]
    if open > OPEN:
        lids[1] = f.turned(pairs("0.8 .7, .84 .76, .68 1.05", r, h))
    seam = f.box((r * 0.02, h * 2, r * 0.2), (0, h / 2, r)) - f.turned(pairs(shape, r * 0.985, h))
    rows = ((0.84, 0.07), (0.98, 0.3), (0.98, 0.7), (0.84, 0.93))
    hoops = [
        f.lathe(pairs(f"{x} {y - 0.035}, {x * 1.012} {y}, {x} {y + 0.035}", r, h)) for x, y in rows
    ]
    tap = f.rod(r * 0.1, r * 0.1, (0, h * 0.5, r), "z", share=0.5)
    return [
        main("body staves", body - unite(lids) - around(seam, staves)),
        second("hoops bands rings", unite(hoops) - lids[1], finish="charcoal steel"),
        fixed("bung", tap, finish="caramel wood"),
    ]


@family("crate", "wooden_box cargo_crate wooden_crate", "caramel wood")
def crate(
    f: Forms,
    *,
    width: float = 0.8,
    height: float = 0.8,
    depth: float = 0.8,
    thickness: float = 0.09,
    boards: int = 5,
    brace: int = Variant("diagonal braced, crossed, plain, banded"),
    open: float = 0.0,
) -> list[Part]:
    boards = within(boards, 1, 12)
    t, w, h, d = thickness, width, height, depth
    signs = [(a, b) for a in (1, -1) for b in (1, -1)]
    bars = [f.box((w, t, t), (0, h / 2 + a * (h - t) / 2, b * (d - t) / 2)) for a, b in signs]
    bars += [f.box((t, t, d), (a * (w - t) / 2, h / 2 + b * (h - t) / 2, 0)) for a, b in signs]
    bars += [f.box((t, h, t), (a * (w - t) / 2, h / 2, b * (d - t) / 2)) for a, b in signs]
    inner = f.box((w - t * 0.6, h - t * 0.6, d - t * 0.6), (0, h / 2, 0))
    gap = unite(
        [f.box((w * 0.012, 9, 9), ((i / boards - 0.5) * w, 0, 0)) for i in range(1, boards)]
    )
    core = f.box((w - t * 0.75, h - t * 0.75, d - t * 0.75), (0, h / 2, 0))
    gaps = [gap, gap.rotate((0, 90, 0)).scale((1, 1, d / w))]
    frame = unite([*bars, *(bar - core for bar in _crate_braces(f, w, h, d, t, brace))])
    boards_ = inner - (unite(gaps) - core)
    if open > OPEN:
        room = f.slab((w - t * 1.6, h, d - t * 1.6), (0, h * 0.7, 0))
        boards_, frame = boards_ - room, frame - room
    return [main("boards", boards_), second("frame bars edges", frame, finish="brown wood")]


def _crate_braces(f: Forms, w: float, h: float, d: float, t: float, kind: int) -> list[Manifold]:
    """Bars across a crate's sides: slanted one way, or both, none, or one level band about it."""
    if kind == 2:
        return []
    if kind == 3:
        return [f.box((w - t * 0.3, t, d - t * 0.3), (0, h / 2, 0))]
    bars = []
    for wide, deep, turned in ((w, d, 0), (d, w, 90)):
        long, turn = math.hypot(wide - t, h - t), math.degrees(math.atan2(wide - t, h - t))
        beam = f.box((t * 0.9, long, deep - t * 0.35))
        for lean in (turn, -turn)[: 2 if kind == 1 else 1]:
            bar = beam.rotate((0, 0, lean)).translate((0, h / 2, 0))
            bars.append(
                (bar ^ f.box((wide - t, h - t, deep), (0, h / 2, 0))).rotate((0, turned, 0))
            )
    return bars


@family("chest", "treasure_chest coffer trunk_box", "brown wood")
def chest(
    f: Forms,
    *,
    width: float = 0.9,
    height: float = 0.65,
    depth: float = 0.55,
    open: float = 0.0,
    full: bool = False,
) -> list[Part]:
    w, low, d, t, high = width, height * 0.58, depth, 0.035, height * 0.42
    # Who asks for a full one wants to see what is in it.
    share = max(0.75 * full, min(open, 1.0))
    body, lid = f.slab((w, low, d)), _vault(f, d, w, high)
    # A closed chest is solid: a hollow nobody sees would be a second surface.
    if share > 0.05:
        body = body - f.slab((w - 2 * t, low, d - 2 * t), (0, t, 0))
        lid = lid - _vault(f, d - 2 * t, w - 2 * t, high - t)
    inside = f.slab((w - 2 * t, 9, d - 2 * t), (0, t, 0))
    straps = [f.slab((0.06, low, d * 1.03), (x * w, 0, 0)) for x in STRAPS]
    rim = f.box((w * 1.015, 0.05, d * 1.025), (0, low - 0.026, 0))
    room = _vault(f, d - 2 * t, w - 2 * t, high)
    hoops = [_vault(f, d * 1.03, 0.06, high * 1.03).translate((x * w, 0, 0)) for x in STRAPS]
    edge = _vault(f, d * 1.02, w * 1.015, high).trim_by_plane((0, -1, 0), -0.05)
    irons = unite([edge, *hoops]) - room
    lid, irons = (
        part.translate((0, 0, d / 2))
        .rotate((-105 * share, 0, 0))
        .translate((0, low - 0.001, -d / 2))
        for part in (lid, irons)
    )
    y = low * (0.83 if share > 0.05 else 0.97)
    lock = f.soft_box((0.13, 0.16, 0.05), (0, y, d / 2 + 0.01), 0.012)
    parts = [
        main("body", body),
        main("lid", lid, finish="brown wood"),
        second("straps bands", unite([*straps, rim]) - inside, irons, finish="charcoal steel"),
        fixed("lock", lock - f.rod(0.016, 0.1, (0, y, d / 2 + 0.04), "z"), finish="gold"),
    ]
    return [*parts, *_hoard(f, w - 2 * t, low, d - 2 * t)] if share > 0.05 else parts


# Where a chest's straps are, in shares of its width.
STRAPS = (-0.44, -0.2, 0.2, 0.44)


def _vault(f: Forms, deep: float, wide: float, high: float) -> Manifold:
    """Half a barrel that lies on y = 0 along x."""
    round_ = f.rod(1, wide, axis="x", share=1).scale((1, high, deep / 2))
    return round_ ^ f.slab((9, 9, 9))


def _hoard(f: Forms, width: float, height: float, depth: float) -> list[Part]:
    """Gold to the brim of a box on y = 0, and gems in it."""
    heap = f.ball(1, (0, 0, 0), (width * 0.62, height * 0.36, depth * 0.62), 1).translate(
        (0, height * 0.78, 0)
    )
    gold = (heap + f.slab((width, height * 0.8, depth))) ^ f.slab((width, 9, depth), (0, 0.01, 0))
    coin = f.rod(0.036, 0.008, share=0.4)
    coins = []
    for i in range(26):
        x, z = (
            width * 0.44 * math.sin(i * 2.4) * (i / 26) ** 0.5,
            depth * 0.42 * math.cos(i * 2.4) * (i / 26) ** 0.5,
        )
        up = math.sqrt(max(0.0, 1 - (x / (width * 0.62)) ** 2 - (z / (depth * 0.62)) ** 2))
        coins.append(
            coin.rotate((31 * (i % 3 - 1), 0, 27 * (i % 5 - 2) / 2)).translate(
                (x, height * (0.78 + 0.36 * up), z)
            )
        )
    gems = [
        f.ball(0.03, (x * width, height * 1.08, z * depth), share=0.15)
        for x, z in ((0.2, 0.12), (-0.24, 0.05), (0, -0.2))
    ]
    return [
        fixed("gold coins treasure", gold, *coins, finish="gold"),
        fixed("gems jewels", *gems, finish="ruby glass"),
    ]


@family("bucket", "pail", "steel")
def bucket(
    f: Forms, *, height: float = 0.3, radius: float = 0.16, full: bool = False
) -> list[Part]:
    body = f.lathe([(radius * 0.7, 0), (radius, height)]) - f.lathe(
        [(radius * 0.67, 0.008), (radius * 0.97, height * 1.01)]
    )
    arc = pairs("-1 0.96, -0.9 1.25, -0.5 1.5, 0 1.6, 0.5 1.5, 0.9 1.25, 1 0.96", radius, height)
    ears = mirrored(f.rod(0.016, 0.02, (radius * 0.99, height * 0.95, 0), "x"))
    hoop = f.ring(radius * 0.86, 0.006, (0, height * 0.5, 0))
    grip = f.rod(0.012, 0.1, (0, height * 1.6, 0), "x")
    parts = [
        main("body", body),
        second(
            "rim handle",
            f.ring(radius, 0.008, (0, height, 0)),
            f.hose([(x, y, 0.0) for x, y in arc], 0.005, up=(0, 0, 1)),
            ears,
            hoop,
            finish="charcoal steel",
        ),
        fixed("grip", grip, finish="brown wood"),
    ]
    if full:
        water = f.lathe(pairs("0.68 0.02, 0.96 0.9", radius, height))
        parts.append(fixed("water", water, finish="water"))
    return parts
