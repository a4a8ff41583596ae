"""What stands at the edge of streets: stops, poles, boards and bins. Their front is +Z."""

from __future__ import annotations

from pipelines.geometry.families.forms import Forms, Point, apart, cornered, mirrored, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("parking_meter", "park_meter parking_metre", "grey steel")
def parking_meter(f: Forms, *, height: float = 1.4, radius: float = 0.12) -> list[Part]:
    h, r = height, radius
    head = [(-r * 0.8, -r), (r * 0.8, -r), (r, r * 0.5)] + [
        (r * x, r * y)
        for x, y in ((0.92, 0.95), (0.6, 1.3), (0, 1.45), (-0.6, 1.3), (-0.92, 0.95), (-1, 0.5))
    ]
    at = (0, h - r * 1.4, 0)
    return [
        main(
            "head body case",
            f.bevelled(head, r * 1.2, r * 0.12, r * 0.12, at),
            f.post(r * 0.6, h * 0.07, (0, at[1] - r * 1.5, 0), r * 0.8),
        ),
        second(
            "post pole stand",
            f.post(r * 0.28, at[1] - r * 0.9),
            f.lathe([(r, 0), (r, h * 0.02), (r * 0.4, h * 0.04)]),
            finish="charcoal steel",
        ),
        fixed(
            "window glass screen",
            f.box((r * 1.2, r * 0.7, r * 1.26), (0, at[1] + r * 0.66, 0)),
            finish="sky blue glass",
        ),
        fixed(
            "slot dial coins",
            f.rod(r * 0.24, r * 1.4, (r * 0.3, at[1] - r * 0.2, 0), "z"),
            f.box((r * 0.12, r * 0.5, r * 1.28), (-r * 0.4, at[1] - r * 0.2, 0)),
            f.box((r * 0.9, r * 0.3, r * 1.28), (0, at[1] - r * 0.72, 0)),
            finish="silver",
        ),
        fixed(
            "flag arrow",
            f.box((r * 0.07, r * 0.5, r * 1.27), (0, at[1] + r * 0.6, 0)),
            finish="red paint",
        ),
    ]


@family("bus_stop", "bus_shelter bus_station_shelter tram_stop waiting_shelter", "charcoal steel")
def bus_stop(
    f: Forms, *, width: float = 3.2, height: float = 2.5, depth: float = 1.4
) -> list[Part]:
    w, h, z, t = width / 2, height, depth / 2, 0.08
    posts = cornered(f.slab((t, h * 0.95, t), (w * 0.94, 0, z * 0.8)))
    side = f.box((0.03, h * 0.72, depth * 0.74), (w * 0.94, h * 0.5, 0))
    poster = f.box((0.09, h * 0.66, depth * 0.78), (-w * 0.94, h * 0.5, 0))
    pole = (w * 1.16, 0, z * 0.9)
    return [
        main(
            "frame posts roof",
            posts,
            f.soft_box((2 * w, t * 1.2, depth * 1.08), (0, h * 0.94, 0), 0.03),
            f.slab((w * 2.4, 0.05, depth * 1.1), (w * 0.1, 0, 0)),
            f.box((2 * w * 0.94, t * 0.6, t), (0, h * 0.14, -z * 0.8)),
            mirrored(f.box((t, t * 0.6, depth * 0.8), (w * 0.94, h * 0.14, 0))),
        ),
        second(
            "panes glass walls windows",
            f.box((2 * w * 0.92, h * 0.72, 0.03), (0, h * 0.5, -z * 0.8)),
            side,
            finish="light blue glass",
        ),
        fixed(
            "bench seat",
            f.box((w * 1.1, 0.06, 0.36), (-w * 0.1, h * 0.2, -z * 0.44)),
            *[f.slab((0.06, h * 0.2, 0.26), (x, 0, -z * 0.44)) for x in (-w * 0.55, w * 0.35)],
            f.box((0.1, 0.06, z * 0.4), (-w * 0.1, h * 0.19, -z * 0.66)),
            finish="brown wood",
        ),
        fixed("poster advert board", poster, finish="orange paint"),
        fixed(
            "sign pole",
            f.post(0.04, h * 0.98, pole),
            f.rod(0.24, 0.05, (pole[0], h * 0.94, pole[2]), "z"),
            finish="yellow paint",
        ),
        *_bus_stop_bus(f, h, pole),
    ]


def _bus_stop_bus(f: Forms, h: float, pole: Point) -> list[Part]:
    """A bus stop's bus."""
    return [
        fixed(
            "bus symbol",
            f.box((0.26, 0.13, 0.07), (pole[0], h * 0.945, pole[2])),
            finish="black paint",
        ),
    ]


@family(
    "billboard",
    "advertising_board hoarding advert_board advertisement_board road_billboard",
    "sky blue paint",
)
def billboard(
    f: Forms, *, width: float = 5.0, height: float = 4.6, thickness: float = 0.24, legs: int = 2
) -> list[Part]:
    w, h, t = width, height, thickness
    low, count = h * 0.46, within(legs, 1, 8)
    board, y = h - low, low + (h - low) / 2
    hill = [
        (-w * 0.46, -board * 0.42),
        (-w * 0.2, -board * 0.05),
        (-w * 0.04, -board * 0.2),
        (w * 0.2, board * 0.14),
        (w * 0.46, -board * 0.42),
    ]
    return [
        main("board picture face", f.box((w * 0.96, board * 0.92, t), (0, y, 0))),
        second(
            "frame edge walkway",
            f.box((w, board, t * 0.8), (0, y, 0)) - f.box((w * 0.94, board * 0.89, 9), (0, y, 0)),
            f.box((w * 0.98, 0.07, t * 2.4), (0, low - 0.03, t * 0.8)),
            finish="white paint",
        ),
        fixed(
            "legs posts poles",
            *[
                f.slab((0.22, h * 0.9, 0.22), (x, 0, -t * 0.4 - 0.08))
                for x in apart(count, w * 0.6)
            ],
            *[
                f.bone((x, low * 0.8, -t * 0.4 - 0.08), (x, 0.03, -t * 6), 0.08)
                for x in apart(count, w * 0.6)
            ],
            finish="charcoal steel",
        ),
        fixed("hills advert", f.plate(hill, t * 1.1, (0, y, 0)), finish="green paint"),
        *_billboard_fittings(f, t, w, low, board, y),
    ]


def _billboard_fittings(
    f: Forms, t: float, w: float, low: float, board: float, y: float
) -> list[Part]:
    """A billboard's sun and lamps."""
    return [
        fixed(
            "sun logo",
            f.rod(board * 0.13, t * 1.1, (w * 0.3, y + board * 0.24, 0), "z"),
            finish="yellow paint",
        ),
        fixed(
            "lamps lights",
            *[
                f.bone((x, low - 0.02, t), (x, low + 0.1, t * 2.6), 0.035)
                for x in apart(4, w * 0.8)
            ],
            *[
                f.soft_box((0.24, 0.12, 0.16), (x, low + 0.14, t * 2.6), 0.04)
                for x in apart(4, w * 0.8)
            ],
            finish="charcoal steel",
        ),
    ]


@family(
    "dumpster",
    "garbage_container skip_bin rubbish_skip waste_container trash_container",
    "green paint",
)
def dumpster(
    f: Forms, *, width: float = 1.9, height: float = 1.3, depth: float = 1.1, open: float = 0.0
) -> list[Part]:
    w, h, z = width, height, depth / 2
    low, share = h * 0.12, min(max(open, 0.0), 1.0)
    side = [(z * 0.84, low), (z, h * 0.78), (-z, h * 0.94), (-z, low)]
    case = f.profile(side, w)
    hollow = f.profile([(a * 0.93, b * 1.12 if b > low else b * 1.6) for a, b in side], w * 0.94)
    leaf = (
        f.soft_box((w * 0.49, 0.07, depth * 1.08), (w * 0.25, 0, depth * 0.53), 0.02)
        .rotate((8.5 - 100 * share, 0, 0))
        .translate((0, h * 0.955, -z))
    )
    ribs = [f.slab((0.07, h * 0.6, depth * 1.0), (x, low + 0.05, 0.06)) for x in apart(4, w * 0.84)]
    return [
        main(
            "body case",
            case - hollow if share > 0.05 else case,
            unite(ribs) ^ f.profile([(a * 1.06, b) for a, b in side], w * 2),
            mirrored(f.soft_box((0.14, 0.12, depth * 0.8), (w / 2 + 0.03, h * 0.6, 0), 0.03)),
            f.rod(0.05, w * 0.9, (0, h * 0.94, -z), "x"),
        ),
        second("lids lid cover", mirrored(leaf), finish="black plastic"),
        fixed(
            "wheels wheel",
            cornered(
                f.rod(low * 0.55, 0.07, (w * 0.42, low * 0.55, z * 0.7), "x")
                + f.slab((0.1, low * 0.6, 0.1), (w * 0.42, low * 0.6, z * 0.7))
            ),
            finish="black rubber",
        ),
        fixed(
            "sign label symbol",
            f.box((w * 0.3, h * 0.2, 0.05), (0, h * 0.44, z * 0.92)),
            finish="white paint",
        ),
    ]


@family(
    "utility_pole",
    "telephone_pole telegraph_pole power_pole power_line electric_pole electricity_pole pylon_pole",
    "brown wood",
)
def utility_pole(
    f: Forms, *, height: float = 8.0, width: float = 2.4, radius: float = 0.15, bars: int = 2
) -> list[Part]:
    h, w, r, count = height, width, radius, within(bars, 1, 5)
    rows = [h * (0.93 - 0.09 * i) for i in range(count)]
    knobs = [
        f.lathe(
            [(0.05, 0), (0.09, 0.05), (0.05, 0.1), (0.09, 0.15), (0.04, 0.22)],
            (x * w, y + 0.08, r * 0.9),
        )
        for y in rows
        for x in (-0.46, -0.25, 0.25, 0.46)
    ]
    braces = [mirrored(f.bone((w * 0.3, y, r), (0, y - h * 0.05, r), 0.035)) for y in rows]
    return [
        main("pole post", f.post(r, h, end=r * 0.7)),
        second(
            "bars arms beams",
            *[f.box((w, 0.17, 0.14), (0, y, r * 0.9)) for y in rows],
            finish="dark brown wood",
        ),
        fixed("insulators knobs", *knobs, finish="white ceramic"),
        fixed(
            "braces transformer box",
            *braces,
            f.post(r * 1.5, h * 0.11, (-r * 2.2, h * 0.62, 0)),
            f.box((r * 2, 0.1, 0.1), (-r, h * 0.68, 0)),
            *[
                f.rod(0.025, r * 2.6, (0, h * (0.2 + 0.05 * i), 0), "x", share=0.3)
                for i in range(8)
            ],
            finish="grey steel",
        ),
    ]
