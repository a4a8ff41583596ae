"""Large things that sail, and one that dives. Their front is +Z."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import Flat, Forms, apart, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.vehicles.vehicles import GLASS

# Half of a hull's plan, from the bow back: shares of half the width and of half the length.
SHIP = ((0.0, 1.0), (0.4, 0.8), (0.8, 0.5), (1.0, 0.1), (1.0, -0.7), (0.85, -1.0))
TALL_SHIP = ((0.0, 1.0), (0.45, 0.75), (0.85, 0.4), (1.0, -0.1), (0.95, -0.7), (0.75, -1.0))


def plan(
    half: Sequence[tuple[float, float]], width: float, length: float
) -> list[tuple[float, float]]:
    """A hull's whole plan (x, z) of one half's shares, bow to +Z."""
    right = [(x * width / 2, z * length / 2) for x, z in half]
    return right + [(-x, z) for x, z in right[::-1] if x > 0]


def layers(
    f: Forms,
    rows: Sequence[tuple[float, float, float, float]],
    shape: Flat,
    width: float,
    length: float,
) -> Manifold:
    """A hull of layers (height, share of the width, share of the length, moved to the front); each pair is a hull."""
    flat = [
        f.floor([(x * a, z * b + c) for x, z in plan(shape, width, length)], 0.01, (0, y, 0))
        for y, a, b, c in rows
    ]
    return unite([Manifold.batch_hull(pair) for pair in itertools.pairwise(flat)])


def _funnel(f: Forms, radius: float, height: float) -> tuple[Manifold, Manifold]:
    """A funnel that leans back a little, and its dark top."""
    tube = f.post(radius, height).scale((0.75, 1, 1.15)).rotate((-6, 0, 0))
    cap = f.post(radius * 1.02, height * 0.2, (0, height * 0.85, 0)).scale((0.75, 1, 1.15))
    return tube, cap.rotate((-6, 0, 0))


@family(
    "ship",
    "steamship steamer ocean_liner cruise_ship liner passenger_ship titanic",
    "navy paint",
)
def ship(
    f: Forms,
    *,
    length: float = 60.0,
    width: float = 9.0,
    height: float = 18.0,
    storeys: int = 3,
    funnels: int = 3,
    masts: int = 2,
) -> list[Part]:
    deck, half, storeys = height * 0.36, length / 2, within(storeys, 1, 8)
    tier = height * 0.34 / max(storeys, 2)
    decks, panes = _cabins(f, width, half, deck, tier, storeys)

    def layer(*rows: tuple[float, float, float]) -> Manifold:
        return layers(f, [(y * deck, a, b, 0.0) for y, a, b in rows], SHIP, width, length)

    hull = layer((0.0, 0.55, 0.9), (0.4, 0.92, 0.95), (1.0, 1.0, 1.0))
    rim = layer((0.95, 1.01, 1.003), (1.06, 1.02, 1.006)) - layer(
        (0.9, 0.92, 0.98), (1.2, 0.92, 0.98)
    )
    planks = layer((0.99, 0.92, 0.98), (1.03, 0.92, 0.98))
    water = (hull ^ f.box((width * 2, deck * 0.5, length * 2))).scale((1.004, 1, 1.002))
    pole = f.post(width * 0.025, height - deck, (0, deck, 0), width * 0.015)
    poles = [pole.translate((0, 0, z)) for z in apart(masts, length * 0.74)]
    return [
        main("hull body", hull),
        fixed("bottom keel waterline", water, finish="maroon paint"),
        second("decks cabins superstructure rail", rim, *decks, finish="white paint"),
        fixed("deck planks", planks, finish="caramel wood"),
        fixed(
            "windows window glass portholes",
            *panes,
            *_portholes(f, width, length, deck),
            finish=GLASS,
        ),
        *_funnels(f, width, height, funnels, deck + tier * (storeys - 0.3), half),
        *([fixed("masts mast", *poles, finish="charcoal steel")] if poles else []),
    ]


def _funnels(
    f: Forms, width: float, height: float, count: int, top: float, half: float
) -> list[Part]:
    """A ship's funnels in a row on y = top."""
    count = within(count, 0, 4)
    tube, cap = _funnel(f, width * 0.17, height * 0.27)
    places = [(0, top, z - half * 0.06) for z in apart(count, half * 0.26 * (count - 1))]
    if not places:
        return []
    return [
        fixed(
            "funnels funnel chimneys", *[tube.translate(at) for at in places], finish="orange paint"
        ),
        fixed("caps", *[cap.translate(at) for at in places], finish="charcoal steel"),
    ]


def _cabins(
    f: Forms, width: float, half: float, deck: float, tier: float, storeys: int
) -> tuple[list[Manifold], list[Manifold]]:
    """A ship's tiers above y = deck, each shorter than the one below, and their windows."""
    decks, panes = [], []
    for i in range(storeys):
        wide, long = width * (0.8 - 0.06 * i), 2 * half * max(0.62 - 0.09 * i, 0.25)
        decks.append(f.slab((wide, tier * 1.02, long), (0, deck + tier * i, -half * 0.04)))
        pane = f.slab(
            (wide * 1.015, tier * 0.36, long / 14), (0, deck + tier * (i + 0.36), -half * 0.04)
        )
        panes += [pane.translate((0, 0, z)) for z in apart(9, long * 0.86)]
    return decks, panes


def _portholes(f: Forms, width: float, length: float, deck: float) -> list[Manifold]:
    """A row of round windows through the straight part of a ship's sides."""
    return [
        f.rod(deck * 0.07, width * 1.005, (0, deck * 0.72, z - length * 0.14), "x", share=0.3)
        for z in apart(12, length * 0.62)
    ]


def _mast(f: Forms, height: float, width: float, thick: float) -> tuple[Manifold, Manifold]:
    """A mast with three yards across, and the square sails between them, full of wind."""
    yards = [(0.27, 1.0), (0.56, 0.82), (0.85, 0.6)]
    bars = [f.rod(thick * 0.5, width * w, (0, height * y, thick), "x") for y, w in yards]
    sails = []
    for (y, w), (y2, w2) in itertools.pairwise(yards):
        low, high = height * y, height * y2
        cloth = f.plate(
            [
                (-width * w / 2, low),
                (width * w / 2, low),
                (width * w2 / 2, high),
                (-width * w2 / 2, high),
            ],
            9.0,
        )
        depth = width * 0.18
        bulge = f.rod((high - low) * 0.62, width * 2, axis="x").scale(
            (1, 1, depth * 2 / (high - low))
        )
        hollow = bulge.scale((1, 0.97, 0.86)).translate((0, 0, -depth * 0.05))
        # So thin a cloth would not outlive the few faces of low-poly art: there a sail is solid.
        shell = (bulge - hollow if f.detail > 0.3 else bulge) ^ f.box(
            (width * 3, height, 9), (0, 0, 4.5)
        )
        sails.append(cloth ^ shell.translate((0, (low + high) / 2, thick - depth * 0.71)))
    pole = f.post(thick * 0.75, height, (0, 0, 0), thick * 0.4)
    nest = f.lathe([(thick * 1.4, 0), (thick * 2.2, height * 0.06)], (0, height * 0.88, 0))
    return unite([pole, nest, *bars]), unite(sails)


@family("galleon", "pirate_ship sailing_ship tall_ship caravel man_of_war clipper", "brown wood")
def galleon(
    f: Forms,
    *,
    length: float = 28.0,
    width: float = 7.5,
    height: float = 25.0,
    masts: int = 3,
    thickness: float = 0.45,
) -> list[Part]:
    half, deck = length / 2, height * 0.17

    def layer(*rows: tuple[float, float, float, float], start: int = 0) -> Manifold:
        true = [(y * deck, a, b, z * half) for y, a, b, z in rows]
        return layers(f, true, TALL_SHIP[start:], width, length)

    hull = layer((0, 0.35, 0.72, 0), (0.45, 0.85, 0.88, 0), (1, 1, 1, 0), (1.25, 0.98, 1.02, 0.01))
    well = layer((1, 0.9, 0.94, 0), (1.5, 0.9, 0.94, 0))
    back = layer((0.9, 0.98, 0.36, -0.62), (1.9, 0.86, 0.4, -0.65), start=3)
    fore = layer((1, 0.8, 0.2, 0.55), (1.5, 0.8, 0.2, 0.55), start=2)
    port = f.box((width * 1.04, deck * 0.17, deck * 0.2), (0, deck * 0.78, -half * 0.04))
    ports = [port.translate((0, 0, z)) for z in apart(6, length * 0.52)]
    ports += _stern(f, width, length, deck)
    return [
        main("hull body", hull - well, back, fore),
        *_rigging(f, length, width, height, within(masts, 1, 5), thickness, deck),
        fixed("deck planks rail trim", _trim(f, width, length, deck), finish="caramel wood"),
        fixed("windows window cannons", *ports, finish="black paint"),
    ]


def _rigging(
    f: Forms, length: float, width: float, height: float, masts: int, thickness: float, deck: float
) -> list[Part]:
    """A galleon's sails and masts, and the flag."""
    half, sails, poles = length / 2, [], []
    places = [z + half * 0.02 for z in apart(masts, length * 0.56)]
    tops = [deck * 0.9 + (height - deck) * (1.0 - 0.14 * abs(z) / half) for z in places]
    for z, y in zip(places, tops, strict=True):
        mast, sail = _mast(f, y - deck * 0.9, width * 1.5, thickness)
        poles.append(mast.translate((0, deck * 0.9, z)))
        sails.append(sail.translate((0, deck * 0.9, z)))
    top, fore = (0.0, tops[masts // 2], places[masts // 2]), places[-1]
    cloth = f.plate(pairs("0 0, 0 1.2, 1.9 1.1, 1.45 0.6, 1.9 0.1"), 0.3).rotate((0, 90, 0))
    flag = cloth + f.post(0.12, 1.6, (0, -0.8, 0))
    bow = f.bone((0, deck * 1.2, half * 0.85), (0, deck * 1.9, half * 1.42), thickness * 0.5)
    jib = [(fore, deck * 1.6), (half * 1.36, deck * 1.84), (fore + 0.1, height * 0.66)]
    return [
        second("sails sail", *sails, f.profile(jib, thickness * 0.3), finish="cream fabric"),
        fixed("masts mast yards", *poles, bow, finish="dark brown wood"),
        fixed("flag flags", flag.translate(top), finish="black fabric"),
    ]


def _stern(f: Forms, width: float, length: float, deck: float) -> list[Manifold]:
    """Windows in the stern of a galleon."""
    return [
        f.box((width * 0.1, deck * 0.3, length * 0.06), (x, deck * 1.4, -length * 0.5))
        for x in apart(4, width * 0.48)
    ]


def _trim(f: Forms, width: float, length: float, deck: float) -> Manifold:
    """Two light rails about a galleon's hull."""
    bands = [
        layers(f, [(deck * y, s, s, 0.0), (deck * (y + 0.07), s, s, 0.0)], TALL_SHIP, width, length)
        for y, s in ((0.96, 1.015), (1.19, 1.03))
    ]
    inside = layers(
        f, [(deck * 0.9, 0.93, 0.95, 0.0), (deck * 1.4, 0.93, 0.95, 0.0)], TALL_SHIP, width, length
    )
    floor = layers(
        f,
        [(deck * 0.99, 0.93, 0.95, 0.0), (deck * 1.02, 0.93, 0.95, 0.0)],
        TALL_SHIP,
        width,
        length,
    )
    return (unite(bands) - inside) + floor
