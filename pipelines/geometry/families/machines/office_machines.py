"""Machines of desks and workshops: they print and write. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.forms import Forms, apart, cornered, mirrored, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family(
    "printer",
    "laser_printer inkjet_printer office_printer inkjet",
    "light grey plastic",
)
def printer(
    f: Forms, *, width: float = 0.44, height: float = 0.26, depth: float = 0.36
) -> list[Part]:
    w, h, z = width, height, depth / 2
    case = f.soft_box((w, h * 0.8, depth), (0, h * 0.4, 0), 0.025)
    mouth = f.box((w * 0.72, h * 0.2, depth * 0.6), (0, h * 0.3, z))
    sheet = f.profile(
        [(-z * 0.55, h * 0.7), (-z * 0.85, h * 1.25), (-z * 0.87, h * 1.25), (-z * 0.6, h * 0.7)],
        w * 0.6,
    )
    tray = f.box((w * 0.7, 0.012, depth * 0.5), (0, h * 0.2, z * 1.1))
    return [
        main("body case", case - mouth),
        second(
            "tray top lid",
            tray,
            f.soft_box((w * 0.9, h * 0.1, depth * 0.7), (0, h * 0.8, -z * 0.12), 0.02),
            f.profile(
                [
                    (-z * 0.75, h * 0.7),
                    (-z * 1.02, h * 1.16),
                    (-z * 1.06, h * 1.16),
                    (-z * 0.9, h * 0.7),
                ],
                w * 0.7,
            ),
            finish="charcoal plastic",
        ),
        fixed(
            "paper sheet page",
            sheet,
            f.box((w * 0.6, 0.008, depth * 0.56), (0, h * 0.2 + 0.009, z * 1.02)),
            finish="white paint",
        ),
        *_printer_fittings(f, depth, h, w, z),
    ]


def _printer_fittings(f: Forms, depth: float, h: float, w: float, z: float) -> list[Part]:
    """A printer's screen and buttons."""
    buttons = [
        f.box((w * 0.05, 0.012, w * 0.05), (w * x, h * 0.8, z * 0.62)) for x in (0.22, 0.3, 0.38)
    ]
    return [
        fixed(
            "screen display",
            f.box((w * 0.26, 0.014, depth * 0.14), (-w * 0.24, h * 0.8, z * 0.68)),
            finish="sky blue glass",
        ),
        fixed("buttons button", *buttons, finish="green plastic"),
    ]


@family(
    "3d_printer",
    "3d_printers three_d_printer 3dprinter fdm_printer prusa ender_3 additive_printer maker_printer",
    "black steel",
)
def printer_3d(
    f: Forms, *, width: float = 0.42, height: float = 0.46, depth: float = 0.42
) -> list[Part]:
    w, h, z, t = width, height, depth / 2, 0.03
    x, bed = w / 2 - t / 2, h * 0.2
    frame = [
        mirrored(f.slab((t, h, t), (x, 0, 0))),
        f.box((w, t, t), (0, h - t / 2, 0)),
        mirrored(f.slab((t, t, depth), (x, 0, 0))),
        f.slab((w * 0.9, t * 1.5, t * 2)),
        f.slab((t * 2, t, depth), (0, 0, 0)),
        mirrored(f.slab((w * 0.9, t, t), (0, 0, z - t / 2)))
        + f.slab((w * 0.9, t, t), (0, 0, t / 2 - z)),
    ]
    boat = f.lathe(
        [(0.05, 0), (0.055, 0.03), (0.02, 0.06), (0.03, 0.085)], (0, bed + 0.01, t * 1.4)
    )
    gantry = h * 0.62
    return [
        main("frame", *frame, f.slab((t * 0.8, w * 0.24, t * 3), (0, h - 0.01, 0))),
        fixed(
            "bed plate",
            f.box((w * 0.72, 0.016, depth * 0.72), (0, bed, t)),
            f.slab((w * 0.2, bed, t * 1.2), (0, 0, t * 0.8)),
            finish="charcoal glass",
        ),
        fixed(
            "rods rails",
            f.box((w, t * 0.8, t * 0.6), (0, gantry, t * 0.6)),
            finish="steel",
        ),
        second(
            "head nozzle extruder",
            f.soft_box((t * 2.2, t * 2.6, t * 2), (0, gantry, t * 1.4), 0.008),
            f.post(0.004, gantry - bed - 0.085, (0, bed + 0.09, t * 1.4), 0.014),
            finish="orange plastic",
        ),
        fixed("print model object", boat, finish="green plastic"),
        *_printer_3d_fittings(f, h, t, w, z),
    ]


def _printer_3d_fittings(f: Forms, h: float, t: float, w: float, z: float) -> list[Part]:
    """A 3D printer's spool and display."""
    spool = f.rod(w * 0.2, t * 1.6, (0, h + w * 0.18, 0), "z") - f.rod(
        w * 0.06, 1, (0, h + w * 0.18, 0), "z"
    )
    reel = [f.rod(w * 0.23, 0.008, (0, h + w * 0.18, s * t), "z") for s in (1, -1)]
    return [
        fixed("spool filament reel", spool, *reel, finish="green plastic"),
        fixed(
            "display screen",
            f.box((w * 0.3, t * 1.6, t), (w * 0.2, t * 1.2, z)),
            finish="sky blue glass",
        ),
    ]


def _keys(f: Forms, width: float, depth: float, rows: int, round_: bool = False) -> list[Manifold]:
    """Keys of a board about the origin, each row a little aside of the one before it."""
    step = depth / max(rows, 1)
    keys: list[Manifold] = []
    for row in range(rows):
        count = within(round(width / step), 4, 14)
        each = width / count
        for i in range(count):
            at = (each * (i + 0.5) - width / 2, 0.0, step * (row + 0.5) - depth / 2)
            keys.append(
                f.rod(step * 0.38, 0.02, at, share=0.3)
                if round_
                else f.box((each * 0.84, 0.018, step * 0.84), at)
            )
    return keys


@family(
    "keyboard",
    "computer_keyboard gaming_keyboard mechanical_keyboard pc_keyboard",
    "charcoal plastic",
)
def keyboard(
    f: Forms, *, width: float = 0.44, depth: float = 0.15, height: float = 0.03, rows: int = 5
) -> list[Part]:
    w, d, rows = width, depth, within(rows, 2, 8)
    tilt = (4, 0, 0)
    top = height + 0.004
    keys = [key.translate((-w * 0.11, top, -d * 0.02)) for key in _keys(f, w * 0.7, d * 0.8, rows)]
    pad = [key.translate((w * 0.37, top, -d * 0.02)) for key in _keys(f, w * 0.2, d * 0.8, rows)]
    space = f.box(
        (w * 0.26, 0.019, d * 0.8 / rows * 0.9), (-w * 0.11, top, d * 0.38 - d * 0.4 / rows)
    )
    return [
        main("body case", f.soft_box((w, height, d), (0, height / 2, 0), 0.008).rotate(tilt)),
        second(
            "keys key buttons", *[key.rotate(tilt) for key in (*keys, *pad)], finish="white plastic"
        ),
        fixed("space bar", space.rotate(tilt), finish="light grey plastic"),
        fixed(
            "lights light",
            *[
                f.box((0.008, 0.006, 0.004), (w * (0.3 + 0.04 * i), height, -d * 0.46)).rotate(tilt)
                for i in range(3)
            ],
            finish="green neon",
        ),
    ]


@family("typewriter", "type_writer typewriter_machine", "black paint")
def typewriter(
    f: Forms, *, width: float = 0.34, height: float = 0.2, depth: float = 0.34, rows: int = 4
) -> list[Part]:
    w, h, z = width, height, depth / 2
    side = [
        (z, 0),
        (z, h * 0.22),
        (z * 0.1, h * 0.62),
        (-z * 0.2, h * 0.95),
        (-z * 0.85, h * 0.95),
        (-z, 0),
    ]
    body = f.profile(side, w)
    keys = [
        (
            key
            + f.slab((0.005, 0.06, 0.005), (0, -0.06, 0)).translate(
                tuple(key.bounding_box()[i] + 0.008 for i in range(3))
            )
        )
        .rotate((24, 0, 0))
        .translate((0, h * 0.46, z * 0.55))
        for key in _keys(f, w * 0.8, depth * 0.36, within(rows, 1, 6), True)
    ]
    roll = f.rod(h * 0.14, w * 1.08, (0, h * 0.98, -z * 0.5), "x")
    page = f.box((w * 0.62, h * 0.9, 0.006), (0, h * 1.35, -z * 0.62))
    return [
        main("body case", body),
        second("keys key", *keys, finish="cream plastic"),
        fixed(
            "roller carriage",
            roll,
            mirrored(f.rod(h * 0.17, w * 0.05, (w * 0.56, h * 0.98, -z * 0.5), "x")),
            f.box((w * 0.9, h * 0.08, z * 0.3), (0, h * 0.92, -z * 0.5)),
            f.bone((-w * 0.56, h * 0.98, -z * 0.5), (-w * 0.68, h * 1.1, -z * 0.1), 0.006),
            finish="silver",
        ),
        fixed("paper page sheet", page, finish="white paint"),
        *_typewriter_text(f, h, w, z),
    ]


def _typewriter_text(f: Forms, h: float, w: float, z: float) -> list[Part]:
    """A typewriter's text."""
    lines = [
        f.box(
            (w * (0.48 - 0.1 * (i % 2)), 0.006, 0.004), (0, h * (1.3 + 0.1 * i), -z * 0.62 + 0.004)
        )
        for i in range(5)
    ]
    return [
        fixed("text lines", *lines, finish="black paint"),
    ]


@family("cash_register", "till cash_till cashier_machine checkout_register", "charcoal plastic")
def cash_register(
    f: Forms, *, width: float = 0.4, height: float = 0.36, depth: float = 0.4, rows: int = 4
) -> list[Part]:
    w, h, z = width, height, depth / 2
    side = [
        (z * 0.9, h * 0.3),
        (z * 0.9, h * 0.4),
        (-z * 0.1, h * 0.66),
        (-z * 0.2, h * 0.8),
        (-z * 0.95, h * 0.8),
        (-z * 0.95, h * 0.28),
    ]
    keys = [
        key.rotate((16, 0, 0)).translate((-w * 0.12, h * 0.53, z * 0.42))
        for key in _keys(f, w * 0.56, depth * 0.34, within(rows, 1, 6))
    ]
    pad = (
        f.box((w * 0.58, h * 0.2, depth * 0.36))
        .rotate((16, 0, 0))
        .translate((-w * 0.12, h * 0.45, z * 0.36))
    )
    return [
        main("body case", f.profile(side, w * 0.9)),
        second(
            "drawer", f.soft_box((w, h * 0.32, depth), (0, h * 0.16, 0), 0.01), finish="grey steel"
        ),
        fixed("keys key buttons", *keys, pad, finish="white plastic"),
        fixed(
            "screen display",
            f.box((w * 0.6, h * 0.2, 0.03), (0, h * 0.92, -z * 0.55)),
            finish="green neon",
        ),
        *_cash_register_fittings(f, h, w, z),
    ]


def _cash_register_fittings(f: Forms, h: float, w: float, z: float) -> list[Part]:
    """A cash register's stand and receipt."""
    return [
        fixed(
            "stand handle lock",
            f.post(0.02, h * 0.2, (0, h * 0.72, -z * 0.6)),
            f.box((w * 0.66, h * 0.25, 0.024), (0, h * 0.92, -z * 0.58)),
            f.box((w * 0.3, 0.02, 0.02), (0, h * 0.2, z)),
            f.rod(0.012, 0.02, (w * 0.3, h * 0.2, z), "z"),
            finish="silver",
        ),
        fixed(
            "receipt paper",
            f.box((w * 0.16, h * 0.2, 0.006), (w * 0.27, h * 0.82, -z * 0.3)),
            finish="white paint",
        ),
    ]


@family(
    "server_rack",
    "server data_server computer_server data_center datacenter mainframe supercomputer server_cabinet",
    "black steel",
)
def server_rack(
    f: Forms, *, width: float = 0.6, height: float = 1.9, depth: float = 0.8, shelves: int = 12
) -> list[Part]:
    w, h, z = width, height, depth / 2
    case = f.slab((w, h, depth)) - f.slab((w * 0.88, h * 0.94, depth), (0, h * 0.03, depth * 0.5))
    count = within(shelves, 1, 24)
    step = h * 0.92 / count
    rows = [h * 0.04 + step * (i + 0.5) for i in range(count)]
    units = [f.box((w * 0.9, step * 0.8, depth * 0.9), (0, y, z * 0.04)) for y in rows]
    lights = [
        f.box((w * 0.03, step * 0.16, 0.012), (w * (0.2 + 0.06 * i), y, z * 0.945))
        for n, y in enumerate(rows)
        for i in range(1 + (n * 5 + 2) % 4)
    ]
    slots = [f.box((w * 0.4, step * 0.3, 0.01), (-w * 0.16, y, z * 0.945)) for y in rows]
    return [
        main("case frame", case, cornered(f.slab((0.05, 0.03, 0.05), (w * 0.44, -0.02, z * 0.9)))),
        second("units servers drives", *units, finish="charcoal steel"),
        fixed("lights light leds", *lights, finish="green neon"),
        fixed("slots vents grille", *slots, finish="light grey steel"),
    ]


def _grip(f: Forms, width: float, at: tuple[float, float, float]) -> Manifold:
    """A flat bar on two feet before a front, about `at`."""
    feet = [f.box((0.012, 0.012, 0.03), (x, 0, -0.012)) for x in apart(2, width * 0.9)]
    return unite([f.box((width, 0.014, 0.012)), *feet]).translate(at)


@family("filing_cabinet", "file_cabinet office_cabinet document_cabinet", "grey steel")
def filing_cabinet(
    f: Forms,
    *,
    width: float = 0.46,
    height: float = 1.3,
    depth: float = 0.6,
    drawers: int = 4,
    open: float = 0.0,
) -> list[Part]:
    w, h, z, count = width, height, depth / 2, within(drawers, 1, 12)
    step = h * 0.94 / count
    rows = [h * 0.03 + step * (i + 0.5) for i in range(count)]
    out = [depth * 0.6 * min(max(open, 0.0), 1.0) if i == count - 1 else 0.0 for i in range(count)]
    fronts = [
        f.soft_box((w * 0.92, step * 0.92, 0.04), (0, y, z + o), 0.008)
        for y, o in zip(rows, out, strict=True)
    ]
    boxes = [
        f.box((w * 0.84, step * 0.5, o + 0.06), (0, y - step * 0.2, z + o / 2))
        for y, o in zip(rows, out, strict=True)
        if o
    ]
    return [
        main("case body", f.slab((w, h, depth))),
        second("drawers drawer", *fronts, *boxes, finish="grey steel"),
        fixed(
            "handles handle",
            *[
                _grip(f, w * 0.3, (0, y + step * 0.1, z + o + 0.04))
                for y, o in zip(rows, out, strict=True)
            ],
            finish="silver",
        ),
        *_filing_cabinet_labels(f, w, z, step, rows, out),
    ]


def _filing_cabinet_labels(
    f: Forms, w: float, z: float, step: float, rows: list[float], out: list[float]
) -> list[Part]:
    """A filing cabinet's labels."""
    files = [
        f.box((w * 0.74, step * 0.4, 0.008), (0, y + step * 0.2, z + o * k))
        for y, o in zip(rows, out, strict=True)
        if o
        for k in (0.2, 0.4, 0.6, 0.8)
    ]
    return [
        fixed(
            "labels label",
            *[
                f.box((w * 0.24, step * 0.16, 0.012), (0, y + step * 0.3, z + o + 0.018))
                for y, o in zip(rows, out, strict=True)
            ],
            *files,
            finish="white paint",
        ),
    ]
