"""Taps, safes, bunks and drums of a house. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import (
    Forms,
    Point,
    around,
    cornered,
    mirrored,
    unite,
    within,
)
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("faucet", "tap water_tap kitchen_tap bathroom_tap sink_tap spigot mixer_tap", "silver")
def faucet(
    f: Forms, *, height: float = 0.28, length: float = 0.2, radius: float = 0.018
) -> list[Part]:
    h, z, r = height, length, radius
    path = [
        (0, h * 0.1, 0),
        (0, h * 0.6, 0),
        (0, h * 0.92, z * 0.2),
        (0, h * 0.97, z * 0.55),
        (0, h * 0.84, z * 0.88),
        (0, h * 0.68, z * 0.92),
    ]
    grip = f.lathe(pairs("1 0, 1.2 0.04, 0.9 0.1, 1.6 0.16, 1.5 0.22, 0 0.24", r, h))
    arm = around(f.bone((0, h * 0.2, 0), (r * 2.6, h * 0.2, 0), r * 0.42), 4)
    side = (h * 0.32, 0.0, 0.0)
    return [
        main(
            "body spout pipe",
            f.hose(path, [r * 1.25, r, r, r, r, r * 1.1], steps=6),
            f.lathe(pairs("2 0, 2 0.03, 1.4 0.08, 1.2 0.2", r, h)),
            f.rod(r * 0.8, 2 * side[0], (0, h * 0.05, 0), "x"),
        ),
        second(
            "handles handle taps knobs",
            mirrored(unite([grip, arm]).translate(side)),
            finish="silver",
        ),
        fixed(
            "caps buttons",
            mirrored(f.rod(r * 0.7, 0.006, (side[0], h * 0.24, 0))),
            finish="white ceramic",
        ),
        *_faucet_water(f, h, r, z),
    ]


def _faucet_water(f: Forms, h: float, r: float, z: float) -> list[Part]:
    """A faucet's water."""
    return [
        fixed(
            "water drop drops",
            f.turned(
                [(0, -h * 0.14), (r * 0.6, -h * 0.1), (r * 0.7, 0), (r * 0.6, h * 0.06)],
                (0, h * 0.64, z * 0.92),
            ),
            finish="water",
        ),
    ]


@family("safe", "strongbox bank_safe vault money_safe safe_box bank_vault", "charcoal steel")
def safe(
    f: Forms, *, width: float = 0.7, height: float = 0.8, depth: float = 0.6, open: float = 0.0
) -> list[Part]:
    w, h, z = width, height, depth / 2
    share = min(max(open, 0.0), 1.0)
    case = f.soft_box((w, h * 0.94, depth), (0, h * 0.53, 0), 0.025)
    hollow = f.box((w * 0.78, h * 0.72, depth), (0, h * 0.53, z * 0.3))
    spokes = unite([f.box((w * 0.3, 0.02, 0.02)).rotate((0, 0, 60.0 * i)) for i in range(3)])
    knobs = unite([f.ball(0.022, (w * 0.15, 0, 0)).rotate((0, 0, 60.0 * i)) for i in range(6)])
    leaf = f.soft_box((w * 0.84, h * 0.78, 0.08), (w * 0.42, 0, 0.02), 0.02)
    fit = unite(
        [
            f.rod(w * 0.07, 0.06, (w * 0.55, h * 0.18, 0.07), "z"),
            f.rod(0.03, 0.1, (w * 0.42, -h * 0.06, 0.08), "z"),
            (spokes + knobs).translate((w * 0.42, -h * 0.06, 0.12)),
        ]
    )
    hinge = (-w * 0.42, h * 0.53, z)
    door, dial = (part.rotate((0, -100 * share, 0)).translate(hinge) for part in (leaf, fit))
    return [
        main(
            "body case box",
            case - hollow if share > 0.05 else case,
            cornered(f.post(0.05, h * 0.1, (w * 0.4, 0, z * 0.76))),
        ),
        second("door", door, finish="charcoal steel"),
        fixed(
            "wheel handle dial lock",
            dial,
            *[f.rod(0.03, h * 0.14, (-w * 0.45, h * y, z + 0.02)) for y in (0.35, 0.7)],
            finish="silver",
        ),
        *_safe_gold(f, h, w, z, share),
    ]


def _safe_gold(f: Forms, h: float, w: float, z: float, share: float) -> list[Part]:
    """A safe's gold."""
    gold = [
        f.box(
            (w * 0.2, h * 0.08, z * 0.5), (w * (0.22 * i - 0.2), h * (0.21 + 0.08 * row), z * 0.1)
        )
        for row in (0, 1)
        for i in range(3 - row)
    ]
    return [
        *([fixed("gold bars money", *gold, finish="gold")] if share > 0.05 else []),
    ]


@family("bunk_bed", "bunkbed loft_bed double_decker_bed", "caramel wood")
def bunk_bed(
    f: Forms, *, width: float = 2.0, height: float = 1.7, depth: float = 0.95, beds: int = 2
) -> list[Part]:
    w, h, z, t = width / 2, height, depth / 2, 0.08
    count = within(beds, 2, 4)
    rows = [h * (0.18 + 0.6 * i / (count - 1)) for i in range(count)]
    posts = cornered(f.slab((t, h, t), (w, 0, z)))
    frame = [f.box((2 * w, t * 1.6, t * 0.5), (0, y, s * z)) for y in rows for s in (1, -1)]
    frame += [
        f.box((t * 0.5, t * 1.6, depth), (s * w, y, 0)) for y in (*rows, h * 0.95) for s in (1, -1)
    ] + [f.box((2 * w, t * 0.3, depth), (0, y, 0)) for y in rows]
    rail = [
        f.box((2 * w, t * 0.7, t * 0.5), (0, h * 0.95, -z)),
        f.box((2 * w * 0.66, t * 0.7, t * 0.5), (-w * 0.34, h * 0.95, z)),
        f.slab((t * 0.7, h * 0.2, t * 0.6), (w * 0.3, h * 0.76, z)),
    ]
    return [
        main("frame posts rails", posts, *frame, *rail),
        second(
            "blankets blanket covers",
            *[
                f.soft_box((2 * w * 0.66, 0.15, depth * 0.96), (w * 0.28, y + 0.1, 0), 0.05)
                for y in rows
            ],
            finish="sky blue fabric",
        ),
        fixed(
            "mattresses mattress pillows",
            *[f.soft_box((2 * w * 0.94, 0.13, depth * 0.92), (0, y + 0.08, 0), 0.04) for y in rows],
            *[
                f.soft_box((w * 0.36, 0.12, depth * 0.6), (-w * 0.68, y + 0.18, 0), 0.05)
                for y in rows
            ],
            finish="white fabric",
        ),
        *_bunk_bed_ladder(f, h, t, w, z, rows),
    ]


def _bunk_bed_ladder(
    f: Forms, h: float, t: float, w: float, z: float, rows: list[float]
) -> list[Part]:
    """A bunk bed's ladder."""
    steps = [
        f.box((w * 0.4, t * 0.5, t * 0.5), (w * 0.62, h * y, z + t * 0.8))
        for y in (0.14, 0.3, 0.46, 0.62, 0.78)
    ]
    sides = [
        f.slab((t * 0.5, h * 0.98, t * 0.6), (w * (0.62 + s * 0.2), 0, z + t * 0.8))
        for s in (1, -1)
    ] + [
        f.box((t * 0.5, t, t * 2), (w * (0.62 + s * 0.2), y, z + t * 0.2))
        for s in (1, -1)
        for y in rows
    ]
    return [
        fixed("ladder steps", *steps, *sides, finish="brown wood"),
    ]


@family("drum_kit", "drumset drum_set drums drumkit rock_drums", "red paint")
def drum_kit(
    f: Forms, *, width: float = 1.8, height: float = 1.2, radius: float = 0.3
) -> list[Part]:
    w, h, r, low = width / 2, height, radius, Forms(f.detail * 0.6)
    bass = _drum(low, r, r * 1.4, (0, r, -r * 0.4), 90)
    drums = [bass, _drum(low, r * 0.66, r * 1.1, (-w * 0.62, h * 0.2, -r * 0.5))]
    drums += [_drum(low, r * 0.52, r * 0.6, (s * r * 0.62, h * 0.6, 0.04), 18) for s in (1, -1)]
    drums += [_drum(low, r * 0.6, r * 0.4, (w * 0.6, h * 0.44, -r * 0.6))]
    plates = [
        ((w * 0.86, h * 0.98, 0.0), 1.1),
        ((-w * 0.86, h * 1.02, 0.0), 1.15),
        ((w * 0.94, h * 0.66, -r * 1.3), 0.7),
    ]
    shape = [(r, 0), (r, 0.008), (r * 0.2, r * 0.1), (0, r * 0.18)]
    disc = low.lathe(shape).rotate((10, 0, 0))
    mat = f.lathe([(w * 1.2, -0.03), (w * 1.2, 0.01)]).scale((1, 1, 0.62))
    return [
        main("shells drums body", *[row[0] for row in drums]),
        second("skins skin heads", *[row[1] for row in drums], finish="white plastic"),
        fixed(
            "rims stands poles legs",
            *[row[2] for row in drums],
            *_drum_stands(low, w, h, r, [at for at, _ in plates]),
            finish="silver",
        ),
        fixed(
            "cymbals cymbal",
            *[disc.scale((k, 1, k)).translate(at) for at, k in plates],
            finish="brass",
        ),
        fixed("rug mat carpet", mat.translate((0, 0, -r * 0.4)), finish="dark grey fabric"),
    ]


def _drum(
    f: Forms, size: float, tall: float, at: Point, tilt: float = 0
) -> tuple[Manifold, Manifold, Manifold]:
    """A drum's shell, skins and rims, from `at` on along an axis that `tilt` degrees lean to the front."""
    rows = (
        f.post(size, tall),
        f.post(size * 0.95, tall * 1.03, (0, -tall * 0.015, 0)),
        unite([f.ring(size, size * 0.045, (0, y, 0)) for y in (0.0, tall)]),
    )
    shell, skins, rims = (part.rotate((tilt, 0, 0)).translate(at) for part in rows)
    return shell, skins, rims


def _drum_stands(f: Forms, w: float, h: float, r: float, plates: list[Point]) -> list[Manifold]:
    """What a drum kit's drums and cymbals stand on."""
    spots = [(x, z) for x, _, z in plates] + [(w * 0.6, -r * 0.6), (-w * 0.62, -r * 0.5)]
    foot = around(f.bone((0, h * 0.2, 0), (r * 0.6, 0.015, 0), 0.014), 3)
    hub = (0.0, h * 0.5, r * 0.2)
    return [
        *[f.post(0.018, y + 0.02, (x, 0, z)) for x, y, z in plates],
        *[foot.translate((x, 0, z)) for x, z in spots],
        *[f.bone(hub, (s * r * 0.62, h * 0.66, 0.04), 0.022) for s in (1, -1)],
        f.bone((0, r, r * 0.2), hub, 0.025),
        f.post(0.02, h * 0.48, (w * 0.6, 0, -r * 0.6)),
        f.post(0.02, h * 0.24, (-w * 0.62, 0, -r * 0.5)),
    ]
