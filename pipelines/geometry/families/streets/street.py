"""What stands along streets and in squares. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import (
    Forms,
    around,
    doorway,
    mirrored,
    unite,
    within,
)
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("mailbox", "letterbox letter_box us_mailbox post_box mail_box", "blue paint")
def mailbox(
    f: Forms,
    *,
    height: float = 1.25,
    width: float = 0.26,
    length: float = 0.5,
    thickness: float = 0.09,
    open: float = 0.0,
) -> list[Part]:
    box_h = width * 1.1
    low, t, z = height - box_h, thickness, length / 2
    side = doorway(width, box_h)
    shell = f.plate(side, length, (0, low, 0))
    inside = f.plate([(x * 0.9, y * 0.94 + 0.005) for x, y in side], length, (0, low, 0.02))
    lid = f.plate(side, 0.02, (0, 0, 0)) + f.box((0.03, 0.05, 0.03), (0, box_h * 0.84, 0.015))
    lid = lid.rotate((95 * open, 0, 0)).translate((0, low + 0.008 * open, z + 0.008 - 0.012 * open))
    flag = f.slab(
        (0.014, box_h * 0.26 + 0.1, 0.03), (width / 2 + 0.01, low + box_h * 0.35, z * 0.3)
    )
    flag += f.box((0.014, 0.07, 0.11), (width / 2 + 0.01, low + box_h * 0.62 + 0.1, z * 0.3 + 0.05))
    return [
        main("box body", shell - inside if open else shell, lid),
        second(
            "flag",
            flag,
            f.rod(0.014, 0.04, (width / 2, low + box_h * 0.36, z * 0.3), "x"),
            finish="red paint",
        ),
        fixed(
            "post pole stand",
            f.slab((t, low + 0.01, t)),
            f.box((width * 0.7, t * 0.4, length * 0.8), (0, low - t * 0.1, 0)),
            f.bone((0, low * 0.75, 0), (0, low, z * 0.7), t * 0.3),
            finish="brown wood",
        ),
        fixed(
            "rim", f.plate(side, 0.03, (0, low, -z + 0.015)).scale((1.03, 1.0, 1)), finish="silver"
        ),
    ]


@family("signpost", "guidepost direction_sign waymarker fingerpost wooden_sign", "brown wood")
def signpost(
    f: Forms, *, height: float = 2.4, width: float = 0.85, thickness: float = 0.09, signs: int = 3
) -> list[Part]:
    t, h, signs = thickness, height * 0.115, within(signs, 1, 5)
    boards, nails = [], []
    for i in range(signs):
        side, w = (1, -1)[i % 2], width * (1.0 - 0.1 * (i % 3))
        outline = [
            (-w * 0.28, -h / 2),
            (w * 0.62, -h / 2),
            (w * 0.78, 0),
            (w * 0.62, h / 2),
            (-w * 0.28, h / 2),
        ]
        board = f.plate([(x * side, y) for x, y in outline], t * 0.4, (0, 0, t * 0.62))
        turn = (4, -5, 3, -3)[i % 4]
        y = height * 0.88 - i * h * 1.28
        boards.append(board.rotate((0, 0, turn)).translate((0, y, 0)))
        nails += [f.rod(0.016, t * 0.2, (0, y + dy, t * 0.85), "z") for dy in (-h * 0.2, h * 0.2)]
    ground = f.lathe([(height * 0.1, 0), (height * 0.07, 0.06), (t * 0.6, 0.1)])
    return [
        main(
            "post pole",
            f.slab((t, height * 0.97, t)),
            f.post(t * 0.72, t * 0.6, (0, height * 0.965, 0), 0.01),
        ),
        second("signs sign boards board arrows", *boards, finish="caramel wood"),
        fixed("nails", *nails, finish="charcoal steel"),
        fixed("ground base", ground, finish="soil"),
    ]


@family("sign", "stop_sign:red_paint road_sign traffic_sign street_sign warning_sign", "red paint")
def sign(
    f: Forms, *, height: float = 2.3, radius: float = 0.36, thickness: float = 0.03, sides: int = 8
) -> list[Part]:
    y = height - radius
    corners = max(3, sides)
    turn = 180.0 / corners + (90 if corners % 2 else 0)
    disc = Manifold.cylinder(thickness, radius, radius, corners, True).rotate((0, 0, turn))
    rim = Manifold.cylinder(thickness * 0.8, radius * 1.06, radius * 1.06, corners, True).rotate(
        (0, 0, turn)
    )
    bar = f.box((radius * 1.15, radius * 0.26, 0.012), (0, y, thickness * 2.0))
    return [
        main("plate disc", disc.translate((0, y, thickness * 1.5))),
        second("bar text mark", bar, finish="white paint"),
        fixed("rim border", rim.translate((0, y, thickness * 1.3)), finish="white paint"),
        fixed(
            "pole post",
            f.post(thickness, height * 0.95),
            f.post(thickness * 4.5, thickness * 1.5),
            finish="silver grey steel",
        ),
    ]


@family("tombstone", "gravestone headstone grave grave_stone", "grey concrete")
def tombstone(
    f: Forms,
    *,
    width: float = 0.65,
    height: float = 1.0,
    thickness: float = 0.14,
    depth: float = 0.9,
) -> list[Part]:
    t, low = thickness, height * 0.1
    stone = f.plate(doorway(width, height - low), t, (0, low * 0.9, 0))
    edge = f.plate(
        [(x * 0.86, y * 0.94 + 0.02) for x, y in doorway(width, height - low)],
        0.02,
        (0, low, t / 2),
    )
    lines = [
        f.box((width * w, height * 0.03, 0.02), (0, height * y, t / 2 - 0.006))
        for w, y in ((0.5, 0.5), (0.36, 0.43), (0.44, 0.33))
    ]
    cross = f.box((width * 0.06, height * 0.2, 0.02), (0, height * 0.73, t / 2 - 0.006))
    cross += f.box((width * 0.24, height * 0.035, 0.02), (0, height * 0.77, t / 2 - 0.006))
    mound = f.ball(1.0, (0, 0, 0), (width * 0.5, height * 0.12, depth * 0.55)) ^ f.slab((9, 9, 9))
    return [
        main(
            "stone body", stone - edge, f.soft_box((width * 1.2, low, t * 2), (0, low / 2, 0), 0.02)
        ),
        second("cross letters inscription", cross, *lines, finish="charcoal paint"),
        fixed("mound ground grave", mound.translate((0, 0, depth * 0.5)), finish="grass"),
    ]


@family("fountain", "water_fountain stone_fountain garden_fountain", "cream concrete")
def fountain(f: Forms, *, radius: float = 1.6, height: float = 2.2, tiers: int = 2) -> list[Part]:
    rim, tiers = height * 0.24, within(tiers, 1, 4)
    pool = f.lathe(pairs("0.96 0, 0.9 0.7, 1 0.8, 1 1", radius, rim))
    pool -= f.post(radius * 0.86, height, (0, rim * 0.3, 0))
    basins, waters, y = [], [f.post(radius * 0.88, rim * 0.5, (0, rim * 0.2, 0))], rim * 0.3
    step = (height * 0.82 - y) / max(tiers, 1)
    for i in range(tiers):
        r = radius * (0.58 - 0.36 * i / max(tiers, 2))
        basin, water = _tier(f, r, step)
        basins.append(basin.translate((0, y, 0)))
        waters.append(water.translate((0, y, 0)))
        y += step * 0.88
    jet = pairs("0.035 0, 0.03 0.1, 0.07 0.16, 0 0.2")
    waters.append(f.turned([(r * radius, h * height) for r, h in jet], (0, y, 0)))
    ground = f.lathe([(radius * 1.15, 0), (radius * 1.15, rim * 0.28)])
    return [
        main("basin bowls body", pool, *basins),
        second("water", *waters, finish="water"),
        fixed("base steps", ground, finish="grey stone"),
    ]


def _tier(f: Forms, r: float, step: float) -> tuple[Manifold, Manifold]:
    """A bowl of radius r on a stem `step` high, and the water that stands in it and falls from it."""
    stem = f.lathe(pairs("0.34 0, 0.2 0.25, 0.16 0.6, 0.3 0.8", r, step))
    bowl = f.turned(pairs("0.25 0.74, 0.7 0.84, 1 1", r, step))
    inside = f.turned(pairs("0.1 0.9, 0.6 0.94, 0.92 1.02", r, step), (0, 0.01, 0))
    jets = around(_jet(f, r * 0.95, step * 0.97, r * 1.3, step * 0.05), 6)
    return stem + (bowl - inside), f.post(r * 0.85, step * 0.09, (0, step * 0.9, 0)) + jets


def _jet(f: Forms, start: float, top: float, stop: float, low: float) -> Manifold:
    """A thin stream that falls over a basin's edge."""
    path = [
        (start, top, 0),
        ((start + stop) / 2, top + 0.02, 0),
        (stop, top - (top - low) * 0.4, 0),
        (stop * 1.05, low, 0),
    ]
    return Forms(f.detail * 0.6).tube(path, (stop - start) * 0.14, (stop - start) * 0.1)


@family("fire hydrant", "hydrant fireplug", "red paint")
def fire_hydrant(f: Forms, *, height: float = 0.8, radius: float = 0.12) -> list[Part]:
    r = radius
    shape = [
        (1.55, 0),
        (1.55, 0.05),
        (1.1, 0.06),
        (1.0, 0.12),
        (1.0, 0.66),
        (1.3, 0.68),
        (1.3, 0.73),
        (1.15, 0.74),
        (1.05, 0.84),
        (0.6, 0.93),
        (0.25, 0.95),
        (0.25, 1.0),
    ]
    side = f.rod(r * 0.5, 2.9 * r, (0, height * 0.56, 0), "x")
    front = f.rod(r * 0.7, 1.4 * r, (0, height * 0.5, r * 0.8), "z")
    caps = mirrored(
        Manifold.cylinder(r * 0.5, r * 0.68, r * 0.6, 8, True)
        .rotate((0, 90, 0))
        .translate((r * 1.55, height * 0.56, 0))
    )
    cap = Manifold.cylinder(r * 0.5, r * 0.9, r * 0.8, 8, True).translate(
        (0, height * 0.5, r * 1.6)
    )
    nuts = mirrored(f.rod(r * 0.2, r * 0.5, (r * 1.9, height * 0.56, 0), "x", share=0.2))
    bolts = around(f.post(r * 0.13, height * 0.03, (r * 1.32, height * 0.05, 0)), 8)
    return [
        main("body", f.lathe([(a * r, y * height) for a, y in shape]), side, front),
        second("caps nozzles valves", caps, cap, finish="silver grey paint"),
        fixed(
            "nuts bolts",
            nuts,
            f.rod(r * 0.22, r * 0.5, (0, height * 0.5, r * 2.0), "z", share=0.2),
            bolts,
            finish="charcoal steel",
        ),
    ]


@family(
    "telephone booth",
    "phone_booth phone_box telephone_box red_telephone_box tardis:blue_paint",
    "red paint",
)
def telephone_booth(f: Forms, *, width: float = 0.95, height: float = 2.5) -> list[Part]:
    low, w = height * 0.06, width
    wall = height * 0.8
    pane = f.slab((w * 0.72, wall * 0.74, w * 2), (0, low + wall * 0.1, 0))
    holes = pane + pane.rotate((0, 90, 0))
    bars = [
        f.box((w * 0.74, 0.02, w * 0.96), (0, low + wall * (0.1 + 0.74 * i / 7), 0))
        for i in range(1, 7)
    ]
    posts = [
        f.slab((0.02, wall * 0.76, w * 0.96), (x, low + wall * 0.09, 0))
        for x in (-w * 0.17, w * 0.17)
    ]
    grid = unite([*bars, *posts])
    dome = f.ball(1.0, (0, 0, 0), (w * 0.62, height * 0.07, w * 0.62)) ^ f.slab((w, 9, w))
    board = f.slab((w * 0.72, height * 0.055, w * 1.08), (0, low + wall + 0.01, 0))
    return [
        main(
            "body frame walls",
            f.slab((w, wall, w), (0, low, 0)) - holes,
            grid + grid.rotate((0, 90, 0)),
            f.slab((w * 1.04, height * 0.08, w * 1.04), (0, low + wall - 0.01, 0)),
            f.slab((w * 1.1, height * 0.015, w * 1.1), (0, low + wall + height * 0.06, 0)),
        ),
        main("roof", dome.translate((0, low + wall + height * 0.07, 0))),
        second(
            "windows window glass",
            f.slab((w * 0.9, wall * 0.9, w * 0.9), (0, low + 0.02, 0)),
            finish="pale aqua glass",
        ),
        fixed("sign board signs", board, board.rotate((0, 90, 0)), finish="white paint"),
        fixed(
            "base handle",
            f.slab((w * 1.06, low + 0.01, w * 1.06)),
            f.bone(
                (w * 0.42, low + wall * 0.42, w * 0.5), (w * 0.42, low + wall * 0.5, w * 0.5), 0.016
            ),
            finish="charcoal concrete",
        ),
    ]
