"""Pictures and boards, on stands and walls. Their front is +Z."""

from __future__ import annotations

from pipelines.geometry.families.forms import (
    Forms,
    mirrored,
)
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family(
    "picture_frame",
    "painting picture photo_frame portrait artwork framed_picture canvas_painting oil_painting landscape_painting",
    "gold",
)
def picture_frame(
    f: Forms, *, width: float = 0.8, height: float = 0.6, thickness: float = 0.05
) -> list[Part]:
    w, h, t = width, height, thickness
    b = min(w, h) * 0.12
    edge = f.bevelled(
        [(-w / 2, 0), (w / 2, 0), (w / 2, h), (-w / 2, h)], t, b * 0.3, t * 0.4
    ) - f.box((w - 2 * b, h - 2 * b, 9), (0, h / 2, 0))
    iw, ih = w - 2 * b, h - 2 * b
    hills = [
        (-iw / 2, b),
        (iw / 2, b),
        (iw / 2, b + ih * 0.3),
        (iw * 0.2, b + ih * 0.56),
        (0, b + ih * 0.34),
        (-iw * 0.22, b + ih * 0.7),
        (-iw / 2, b + ih * 0.3),
    ]
    field = [
        (-iw / 2, b),
        (iw / 2, b),
        (iw / 2, b + ih * 0.22),
        (0, b + ih * 0.3),
        (-iw / 2, b + ih * 0.16),
    ]
    return [
        main("frame edge", edge),
        second(
            "picture canvas painting sky",
            f.box((iw * 1.02, ih * 1.02, t * 0.4), (0, h / 2, 0)),
            finish="sky blue paint",
        ),
        fixed("hills mountains", f.plate(hills, t * 0.46), finish="slate paint"),
        fixed("field grass", f.plate(field, t * 0.52), finish="green paint"),
        *_picture_frame_fittings(f, h, t, w, b, ih, iw),
    ]


def _picture_frame_fittings(
    f: Forms, h: float, t: float, w: float, b: float, ih: float, iw: float
) -> list[Part]:
    """A picture frame's sun and stand."""
    stand = f.profile(
        [(-t * 0.1, h * 0.7), (-h * 0.42, 0), (-h * 0.36, 0), (-t * 0.1, h * 0.6)], w * 0.16
    )
    return [
        fixed(
            "sun",
            f.rod(ih * 0.1, t * 0.46, (iw * 0.3, b + ih * 0.78, 0), "z"),
            finish="yellow paint",
        ),
        fixed("stand back", stand, finish="brown wood"),
    ]


@family("easel", "painting_easel artist_easel canvas_easel", "brown wood")
def easel(f: Forms, *, height: float = 1.7, width: float = 0.8) -> list[Part]:
    h, w = height, width
    leg = f.bone((w * 0.5, 0.02, h * 0.16), (w * 0.06, h * 0.98, -h * 0.06), 0.025)
    tilt = (-12.8, 0, 0)
    board = [
        f.box((w * 0.9, h * 0.42, 0.03), (0, h * 0.21, 0)),
        f.rod(h * 0.07, 0.04, (w * 0.2, h * 0.31, 0), "z"),
        f.plate(
            [
                (-w * 0.45, 0),
                (w * 0.45, 0),
                (w * 0.45, h * 0.1),
                (w * 0.1, h * 0.2),
                (-w * 0.1, h * 0.1),
                (-w * 0.45, h * 0.16),
            ],
            0.04,
        ),
    ]
    at = (0, h * 0.42, h * 0.1)
    canvas, sun, hills = (part.rotate(tilt).translate(at) for part in board)
    return [
        main(
            "legs frame stand",
            mirrored(leg),
            f.bone((0, 0.02, -h * 0.42), (0, h * 0.97, -h * 0.05), 0.025),
            f.box((w * 0.8, 0.04, 0.12), (0, h * 0.41, h * 0.1)),
            f.bone((-w * 0.36, h * 0.26, h * 0.1), (w * 0.36, h * 0.26, h * 0.1), 0.02),
            f.box((0.08, 0.1, 0.09), (0, h * 0.86, h * 0.0)),
            f.bone((0, h * 0.9, 0), (0, h * 0.97, -h * 0.05), 0.03),
        ),
        second("canvas picture", canvas, finish="white paint"),
        fixed("sun paint", sun, finish="yellow paint"),
        fixed("hills", hills, finish="green paint"),
    ]


@family(
    "blackboard",
    "chalkboard whiteboard:white_plastic school_board",
    "dark green paint",
)
def blackboard(
    f: Forms, *, width: float = 1.8, height: float = 1.7, depth: float = 0.6
) -> list[Part]:
    w, h, b = width, height, 0.07
    low = h * 0.36
    board = f.slab((w, h - low, 0.04), (0, low, 0))
    lines = [
        f.box((w * k, 0.018, 0.05), (w * (k / 2 - 0.38), low + (h - low) * y, 0))
        for k, y in ((0.5, 0.78), (0.62, 0.6), (0.36, 0.42))
    ]
    lines += [f.ring(w * 0.08, 0.009, (w * 0.28, low + (h - low) * 0.4, 0.02), "z", 0.6)]
    return [
        main("board face", board),
        second(
            "frame legs stand",
            f.slab((w + 2 * b, h - low + b, 0.07), (0, low - b, 0))
            - f.slab((w, h - low, 9), (0, low, 0)),
            mirrored(f.slab((0.05, low + 0.1, 0.05), (w * 0.46, 0, 0))),
            mirrored(f.soft_box((0.06, 0.05, depth), (w * 0.46, 0.025, 0), 0.02)),
            f.box((w * 0.6, 0.03, 0.12), (0, low - b * 0.6, 0.06)),
            finish="brown wood",
        ),
        fixed("writing chalk lines", *lines, finish="sky blue paint"),
        fixed(
            "eraser sponge",
            f.soft_box((0.16, 0.06, 0.07), (w * 0.18, low - b * 0.6 + 0.04, 0.07), 0.015),
            finish="caramel fabric",
        ),
    ]
