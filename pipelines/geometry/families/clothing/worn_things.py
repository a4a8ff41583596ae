"""What is worn round the neck, on the head and on the hand. It faces +Z."""

from __future__ import annotations

from pipelines.geometry.families.curves import pairs, smooth
from pipelines.geometry.families.forms import Forms, Point, mirrored, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("tie", "necktie neck_tie business_tie", "red fabric")
def tie(
    f: Forms,
    *,
    length: float = 0.6,
    width: float = 0.09,
    thickness: float = 0.012,
    stripes: int = 6,
) -> list[Part]:
    h, w, t = length, width, thickness
    body = [
        (0, 0),
        (w * 0.5, h * 0.08),
        (w * 0.2, h * 0.84),
        (-w * 0.2, h * 0.84),
        (-w * 0.5, h * 0.08),
    ]
    knot = f.bevelled(
        [(-w * 0.3, h * 0.98), (-w * 0.2, h * 0.84), (w * 0.2, h * 0.84), (w * 0.3, h * 0.98)],
        t * 2.6,
        w * 0.05,
        t * 0.6,
    )
    band = [
        (0.0, h * 0.95, -t),
        (w * 0.5, h * 0.98, -t * 1.5),
        (w * 0.75, h * 1.06, -w * 0.5),
        (w * 0.4, h * 1.12, -w * 1.1),
        (0, h * 1.13, -w * 1.25),
    ]
    return [
        main(
            "body cloth",
            f.bevelled(body, t, w * 0.03, t * 0.4),
            mirrored(f.ribbon(band, t * 0.6, w * 0.24, up=(0, 1, 0))),
        ),
        second("knot", knot, finish="red fabric"),
        *_tie_stripes(f, stripes, h, t, w, body),
    ]


def _tie_stripes(
    f: Forms, stripes: int, h: float, t: float, w: float, body: list[tuple[float, float]]
) -> list[Part]:
    """A tie's stripes."""
    bars = [
        f.plate(
            pairs("-0.6 -0.1, 0.6 0.12, 0.6 0.24, -0.6 0.02", w, w),
            t * 1.08,
            (0, h * (0.14 + 0.66 * i / max(stripes, 1)), 0),
        )
        for i in range(within(stripes, 0, 16))
    ]
    sheet = f.plate(body, t * 1.2)
    return [
        *([fixed("stripes stripe", unite(bars) ^ sheet, finish="navy fabric")] if bars else []),
    ]


@family("bow_tie", "bowtie bow_ties", "red fabric")
def bow_tie(
    f: Forms, *, width: float = 0.13, height: float = 0.06, thickness: float = 0.02
) -> list[Part]:
    w, h, t = width / 2, height, thickness
    wing = smooth(
        pairs(
            "0.06 0.36, 0.4 0.24, 0.8 0.04, 0.98 0.1, 1.0 0.5, 0.98 0.9, 0.8 0.96, 0.4 0.76, 0.06 0.64",
            w,
            h,
        ),
        3,
    )
    fold = [
        f.bone((w * 0.12, h * 0.5, t * 0.5), (w * 0.6, h * y, t * 0.42), t * 0.12, t * 0.04)
        for y in (0.3, 0.5, 0.7)
    ]
    return [
        main(
            "wings bow loops",
            mirrored(f.bevelled(wing, t, w * 0.05, t * 0.4)),
            mirrored(unite(fold)),
        ),
        second(
            "knot middle centre",
            f.soft_box((w * 0.34, h * 0.5, t * 1.7), (0, h * 0.5, t * 0.1), t * 0.4),
            finish="dark red fabric",
        ),
    ]


@family("scarf", "muffler knitted_scarf winter_scarf wool_scarf woollen_scarf", "red fabric")
def scarf(
    f: Forms, *, length: float = 0.9, width: float = 0.16, radius: float = 0.14, stripes: int = 4
) -> list[Part]:
    h, w, r = length, width, radius
    t, y = w * 0.2, length * 0.78
    loop = f.ring(r, w * 0.36, (0, y, 0)).scale((1, 1, 0.86))
    ends = [
        [
            (s * r * 0.5, y - w * 0.1, r * 0.7),
            (s * r * 0.62, y - h * 0.16, r * 1.05),
            (s * r * 0.7, y - h * 0.42, r * 1.05),
            (s * r * 0.76, y - h * (0.62 + 0.08 * s), r * 0.95),
        ]
        for s in (1, -1)
    ]
    tails = [f.ribbon(path, w, t, up=(0, 0, 1)) for path in ends]
    bars = [
        f.box(
            (w * 1.3, h * 0.05, t * 9),
            (path[3][0] - 0.04 * r, path[3][1] + h * (0.06 + 0.1 * i), r),
        )
        ^ f.ribbon(path, w * 1.03, t * 1.1, up=(0, 0, 1))
        for path in ends
        for i in range(within(stripes, 1, 8) // 2 + 1)
    ]
    return [
        main(
            "body cloth wool",
            loop,
            *tails,
            f.soft_box((w * 1.1, w * 1.0, w * 0.8), (0, y - w * 0.1, r * 0.95), w * 0.3),
        ),
        second("stripes stripe", *bars, finish="white fabric"),
        *_scarf_fringe(f, h, w, t, ends),
    ]


def _scarf_fringe(f: Forms, h: float, w: float, t: float, ends: list[list[Point]]) -> list[Part]:
    """A scarf's fringe."""
    fringe = [
        f.bone(
            (path[3][0] + w * k, path[3][1] + 0.01, path[3][2]),
            (path[3][0] + w * k * 1.05, path[3][1] - h * 0.07, path[3][2]),
            t * 0.24,
        )
        for path in ends
        for k in (-0.42, -0.21, 0, 0.21, 0.42)
    ]
    return [
        fixed("fringe tassels", *fringe, finish="cream fabric"),
    ]


@family(
    "glove",
    "gloves leather_glove winter_glove rubber_glove work_glove gardening_glove",
    "brown leather",
)
def glove(
    f: Forms,
    *,
    height: float = 0.26,
    width: float = 0.1,
    thickness: float = 0.035,
    fingers: int = 4,
) -> list[Part]:
    h, w, t, count = height, width, thickness, within(fingers, 1, 6)
    palm = f.soft_box((w, h * 0.42, t), (0, h * 0.44, 0), t * 0.46)
    rows = [w * (0.36 - 0.72 * i / max(count - 1, 1)) for i in range(count)]
    long = [h * (0.9, 0.985, 0.96, 0.86, 0.84, 0.8)[i % 6] for i in range(count)]
    tips = [
        f.hose(
            [(x * 0.9, h * 0.55, 0), (x * 1.06, h * 0.74, 0), (x * 1.16, y - w * 0.1, t * 0.1)],
            [w * 0.14, w * 0.125, w * 0.1],
        )
        for x, y in zip(rows, long, strict=True)
    ]
    thumb = f.hose(
        [
            (w * 0.3, h * 0.34, t * 0.1),
            (w * 0.62, h * 0.46, t * 0.3),
            (w * 0.82, h * 0.62, t * 0.35),
        ],
        [w * 0.17, w * 0.15, w * 0.11],
    )
    cuff = f.lathe(
        [(w * 0.52, 0), (w * 0.5, h * 0.05), (w * 0.4, h * 0.24), (w * 0.42, h * 0.28)]
    ).scale((1.1, 1, 0.6))
    return [
        main("body hand fingers", palm, thumb, *tips, cuff),
        second(
            "cuff band trim",
            f.ring(w * 0.47, w * 0.06, (0, h * 0.02, 0)).scale((1.15, 1, 0.64))
            + f.ring(w * 0.42, w * 0.045, (0, h * 0.25, 0)).scale((1.12, 1, 0.62)),
            finish="dark brown leather",
        ),
        *_glove_seams(f, h, t, rows),
    ]


def _glove_seams(f: Forms, h: float, t: float, rows: list[float]) -> list[Part]:
    """A glove's seams."""
    return [
        fixed(
            "seams stitches",
            *[
                f.bone((x * 0.9, h * 0.36, t * 0.5), (x * 1.0, h * 0.6, t * 0.46), t * 0.07)
                for x in rows[:3]
            ],
            finish="tan leather",
        ),
    ]


@family("belt", "leather_belt waist_belt belt_buckle", "brown leather")
def belt(
    f: Forms,
    *,
    radius: float = 0.15,
    width: float = 0.045,
    thickness: float = 0.008,
    holes: int = 5,
) -> list[Part]:
    r, w, t = radius, width, thickness
    band = f.lathe([(r, 0), (r, w)]) - f.post(r - t, 3 * w, (0, -w, 0))
    frame = f.soft_box((w * 1.5, w * 1.3, t * 1.2), (0, w / 2, r + t * 0.4), t * 0.5) - f.box(
        (w * 1.0, w * 0.84, 9), (0, w / 2, r + t * 0.2 + 4.5)
    )
    tail = f.lathe([(r + t * 0.9, 0.001), (r + t * 0.9, w * 0.98)]) - f.post(
        r - t * 0.4, 3 * w, (0, -w, 0)
    )
    flap = tail ^ f.box((r * 0.9, 3 * w, r * 1.2), (-r * 0.45, 0, r * 0.8))
    squeeze = (1.15, 1, 0.8)
    return [
        main("strap band body", band.scale(squeeze), flap.scale(squeeze)),
        second(
            "buckle clasp",
            frame.translate((0, 0, -r * 0.2)),
            f.box((w * 0.12, w * 0.1, t * 2), (w * 0.3, w / 2, r * 0.8 + t)),
            f.box((w * 0.9, w * 0.1, t * 0.8), (w * 0.2, w / 2, r * 0.8 + t * 1.4)),
            finish="gold",
        ),
        *_belt_holes(f, holes, r, t, w, squeeze),
    ]


def _belt_holes(f: Forms, holes: int, r: float, t: float, w: float, squeeze: Point) -> list[Part]:
    """A belt's holes."""
    pits = [
        f.rod(w * 0.07, t, (0, w / 2, r + t * 0.7), "z", share=0.4).rotate((0, -14.0 - 8 * i, 0))
        for i in range(within(holes, 1, 6))
    ]
    return [
        fixed(
            "holes loop",
            unite(pits).scale(squeeze),
            f.box((w * 0.2, w * 1.1, t * 2), (-r * 0.3, w / 2, r * 0.8 + t * 0.1)),
            finish="dark brown leather",
        ),
    ]
