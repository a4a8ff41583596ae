"""Hats, shoes and glasses. They stand on the ground as they are put down."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs, smooth, triples
from pipelines.geometry.families.forms import Flat, Forms, mirrored, scaled, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("hat", "fedora sun_hat straw_hat", "brown fabric")
def hat(f: Forms, *, height: float = 0.13, radius: float = 0.1, width: float = 0.36) -> list[Part]:
    r, h, w, t = radius, height, width / 2, 0.006
    brim = f.turned(
        [
            (r * 0.9, t),
            (w * 0.75, 0),
            (w, h * 0.16),
            (w, h * 0.16 + t),
            (w * 0.75, t * 1.2),
            (r * 0.9, t * 2),
        ]
    )
    crown = f.turned(pairs("1.02 0, 1 .3, .9 .75, .76 .97, .5 1, 0 1", r, h))
    hollow = f.turned([(r * 0.94, -t), *pairs(".92 .3, .82 .7, 0 .78", r, h)])
    dent = f.ball(1, (0, h * 1.1, 0), (r * 0.2, h * 0.2, r * 0.95), 0.5)
    pinch = mirrored(f.ball(1, (r * 0.92, h * 0.9, r * 0.74), (r * 0.3, h * 0.4, r * 0.3), 0.5))
    band = f.lathe(pairs("1.04 .09, 1.01 .3, .9 .3, .9 .09", r, h)) - hollow
    body = brim + crown - dent - pinch - hollow
    return [
        main("body brim crown", body.scale((0.88, 1, 1))),
        second("band ribbon", band.scale((0.88, 1, 1)), finish="black fabric"),
    ]


@family("top hat", "tophat magician_hat silk_hat", "black fabric")
def top_hat(
    f: Forms, *, height: float = 0.17, radius: float = 0.09, width: float = 0.3
) -> list[Part]:
    r, h, w, t = radius, height, width / 2, 0.006
    brim = f.turned(
        [
            (r * 0.9, t),
            (w * 0.8, 0),
            (w, t * 1.6),
            (w, t * 2.6),
            (w * 0.8, t * 1.2),
            (r * 0.9, t * 2),
        ]
    )
    curl = brim.refine_to_length(0.04).warp(lambda v: (v[0], v[1] + 0.9 * v[0] ** 2, v[2]))
    crown = f.turned(pairs("1 0, .97 .4, 1.06 .97, 1.04 1, 0 1", r, h))
    hollow = f.turned([(r * 0.94, -t), *pairs(".9 .5, .98 .9, 0 .9", r, h)])
    band = f.lathe(pairs("1.02 .04, 1 .25, .9 .25, .9 .04", r, h))
    return [
        main("body brim crown", curl + crown - hollow),
        second("band ribbon", band - hollow, finish="red fabric"),
    ]


@family("wizard hat", "witch_hat witches_hat pointed_hat sorting_hat", "purple fabric")
def wizard_hat(
    f: Forms, *, height: float = 0.4, radius: float = 0.1, width: float = 0.42, points: int = 5
) -> list[Part]:
    r, h, w, t = radius, height, width / 2, 0.008
    brim = f.turned(
        [
            (r * 0.8, t),
            (w * 0.8, 0),
            (w, h * 0.04),
            (w, h * 0.04 + t),
            (w * 0.8, t * 1.3),
            (r * 0.8, t * 2.4),
        ]
    )
    line, thick = (
        triples("0 .01 0, 0 .3 0, .02 .6 0, .1 .85 0, .24 .98 0", h),
        (1, 0.72, 0.42, 0.2, 0.05),
    )
    cone = f.hose(line, [r * x for x in thick], share=0.8, up=(0, 0, 1))
    line = triples("0 -.12 0, 0 .24 0, .02 .46 0", h)
    hollow = f.hose(line, [r * 1.06, r * 0.68, r * 0.36], share=0.8, up=(0, 0, 1))
    stars = []
    for turn, y, size in (
        (20, 0.3, 0.2),
        (-50, 0.44, 0.16),
        (100, 0.36, 0.2),
        (190, 0.4, 0.18),
        (250, 0.52, 0.14),
    ):
        star = f.bevelled(f.star(r * size * 1.5, points), r * 0.3, r * 0.03).rotate((-14, 0, 0))
        stars.append(star.translate((0.01 * h, h * y, r * (0.9 - y * 0.9))).rotate((0, turn, 0)))
    band = f.post(r * 1.04, h * 0.08, (0, h * 0.03, 0), r * 0.97, share=1)
    ground = f.box((1, 1, 1), (0, 0.5, 0))
    return [
        main("body brim", (brim + cone - hollow) ^ ground),
        second("band ribbon", band - hollow, finish="gold"),
        fixed("stars", unite(stars) - hollow, finish="golden yellow paint"),
    ]


@family("cap", "baseball_cap snapback", "red fabric")
def cap(
    f: Forms, *, height: float = 0.12, radius: float = 0.09, length: float = 0.085
) -> list[Part]:
    r, h, above = radius, height, f.box((1, 1, 1), (0, 0.5, 0))
    inner = f.ball(1, (0, 0, 0), (r * 0.87, h * 0.95, r * 0.95), 1)
    dome = f.ball(1, (0, 0, 0), (r * 0.92, h, r), 1) - inner
    edge = smooth(
        [
            (-0.84 * r, 0.25 * r),
            (-0.74 * r, r + length * 0.6),
            (0, r + length),
            (0.74 * r, r + length * 0.6),
            (0.84 * r, 0.25 * r),
        ]
    )
    bent = (
        f.floor(edge, 0.006)
        .refine_to_length(0.015)
        .warp(lambda v: (v[0], v[1] + 0.022 - 3.0 * v[0] ** 2, v[2]))
    )
    seam = unite(
        [f.ring(1, 0.014, axis="z", share=0.6).rotate((0, 60 * i + 30, 0)) for i in range(3)]
    )
    seams = seam.scale((r * 0.925, h, r * 1.005)) ^ above
    return [
        main("body crown", dome ^ above),
        second("visor brim bill", (bent - inner) ^ above, finish="red fabric"),
        fixed(
            "button seams",
            f.ball(r * 0.09, (0, h, 0), (1, 0.6, 1), 0.4),
            seams - inner,
            finish="dark grey fabric",
        ),
    ]


@family("helmet", "knight_helmet medieval_helmet armet", "steel")
def helmet(
    f: Forms, *, height: float = 0.32, radius: float = 0.12, depth: float = 0.28
) -> list[Part]:
    r, h, long, soft = radius, height, depth / (2 * radius), Forms(f.detail * 0.75)
    shape = pairs(".95 0, .9 .12, .86 .24, .96 .42, 1 .6, .86 .84, .5 .98, 0 1.02", 1, h)
    around_ = [
        soft.turned([(max(x * r - by, 0.0), y) for x, y in shape]).scale((1, 1, long))
        for by in (0, r * 0.07, -r * 0.06)
    ]
    hollow = (
        around_[1]
        - f.box((1, h * 0.1, 1), (0, h * 1.02, 0))
        + f.post(r * 0.8, h * 0.2, (0, -h * 0.1, 0))
    )
    slit = f.box((r * 1.5, h * 0.045, depth), (0, h * 0.6, depth / 2))
    beak = Manifold.batch_hull(
        [
            f.box((r * 0.1, h * 0.46, 0.01), (0, h * 0.36, depth * 0.57)),
            f.box((r * 1.3, h * 0.46, 0.01), (0, h * 0.36, depth * 0.3)),
        ]
    )
    visor = (around_[2] + beak) ^ f.box((1, h * 0.62, 1), (0, h * 0.42, 0.5 + depth * 0.06))
    spots = [(r * 0.2 * i, h * (0.44 - 0.09 * j)) for i in (-3, -2, 2, 3) for j in range(3)]
    holes = unite([f.rod(r * 0.05, 1, (x, y, 0.5), "z", share=0.3) for x, y in spots])
    bolts = mirrored(f.rod(r * 0.16, r * 0.16, (r * 1.02, h * 0.6, 0), "x", share=0.5))
    rim = f.ring(r * 0.95, r * 0.06).scale((1, 1, long)).translate((0, r * 0.06, 0))
    return [
        main("shell body", around_[0] - hollow - slit, _crest(f, r, h, depth)),
        main("visor", visor - hollow - slit - holes, finish="steel"),
        second("plume feather", _plume(f, r, h, depth), finish="red feathers"),
        fixed("bolts rim", bolts, rim, finish="gold"),
    ]


def _crest(f: Forms, r: float, h: float, depth: float) -> Manifold:
    line = [(0.0, y * h, z * depth) for y, z in pairs(".8 .4, 1 .2, 1.05 -.1, .85 -.46, .5 -.5")]
    return f.hose(line, [r * 0.06, r * 0.13, r * 0.15, r * 0.12, r * 0.05], up=(1, 0, 0))


def _plume(f: Forms, r: float, h: float, depth: float) -> Manifold:
    line = [(0.0, y * h, z * depth) for y, z in pairs("1.02 -.05, 1.3 -.16, 1.2 -.5, .75 -.78")]
    return f.hose(line, [r * 0.1, r * 0.3, r * 0.34, r * 0.06], up=(1, 0, 0), squash=1.4)


def _foot(
    y: float, back: float, front: float, wide: float
) -> tuple[float, list[tuple[float, float]]]:
    """A level of a shoe in shares of its height, length and width: an outline from heel to toe."""
    sole = smooth(
        pairs(
            "0 -.5, .42 -.38, .34 0, .5 .24, .36 .44, 0 .5, -.38 .42, -.48 .22, -.3 0, -.42 -.38"
        ),
        3,
        closed=True,
    )
    middle, long = (back + front) / 2, front - back
    return y, [(x * wide, z * long + middle) for x, z in sole]


def _levels(
    rows: str, sizes: tuple[float, float, float], wall: float = 0.0
) -> list[tuple[float, Flat]]:
    """Levels "height back front width, ..." of a shoe in metres, `wall` (a share) smaller."""
    w, h, long = sizes
    found = [_foot(*map(float, row.split())) for row in rows.split(",")]
    return [(y * h, scaled(flat, w * (1 - wall * 1.4), long * (1 - wall))) for y, flat in found]


@family("shoe", "sneaker sneakers trainers running_shoe tennis_shoe", "red fabric")
def shoe(f: Forms, *, length: float = 0.29, height: float = 0.13, width: float = 0.1) -> list[Part]:
    sizes, h, w = (width, height, length), height, width
    rows = ".1 -.48 .48 .94, .3 -.485 .475 .97, .46 -.48 .42 .92, .6 -.47 .27 .82, .8 -.46 .08 .7, 1 -.47 -.05 .64"
    room = ".3 -.46 .1 .8, .6 -.46 .1 .76, .8 -.46 .06 .68, 1 -.47 -.05 .64, 1.1 -.47 -.06 .64"
    bars = [
        f.bone((-w * 0.24, h * y, length * z), (w * 0.24, h * y, length * z), h * 0.03)
        for y, z in pairs(".67 .2, .76 .14, .85 .08, .95 .02")
    ]
    tongue = (
        f.soft_box((w * 0.4, h * 0.08, length * 0.3), (0, 0, 0), h * 0.03)
        .rotate((38, 0, 0))
        .translate((0, h * 0.85, length * 0.05))
    )
    side = f.bevelled(
        pairs("-.2 .4, -.05 .4, .12 .62, .1 .7, 0 .55", length, h), w * 0.99, 0.001
    ).rotate((0, -90, 0))
    return [
        main("upper body", f.stack(_levels(rows, sizes)) - f.stack(_levels(room, sizes, 0.08))),
        second(
            "sole",
            f.stack(_levels("0 -.5 .5 1, .14 -.51 .51 1.04, .24 -.5 .5 1.02", sizes)),
            side ^ f.stack(_levels(rows, sizes, -0.02)),
            finish="white rubber",
        ),
        fixed("tongue", tongue, finish="charcoal fabric"),
        fixed("laces", *bars, finish="white fabric"),
    ]


BOOT = (
    ".06 -.47 .48 .95, .2 -.46 .44 .91, .32 -.45 .16 .82, .42 -.44 0 .8, .7 -.5 .02 .98, 1 -.53 .05 1.1",
    ".4 -.44 0 .8, .7 -.5 .02 .98, 1.01 -.53 .05 1.1",
    ".9 -.53 .05 1.12, .97 -.54 .06 1.16, 1.01 -.54 .06 1.14",
)
BOOT_SOLE = (
    "0 -.5 -.16 .86, .08 -.5 -.1 .9",
    ".04 -.5 .5 1, .1 -.5 .5 1.03",
    "0 -.1 .5 .98, .05 -.1 .5 1",
)


@family("boot", "boots wellington cowboy_boot rain_boot hiking_boot", "brown leather")
def boot(f: Forms, *, length: float = 0.29, height: float = 0.32, width: float = 0.1) -> list[Part]:
    sizes = (width, height, length)
    shaft = f.stack(_levels(BOOT[1], sizes, 0.09))
    return [
        main("body shaft", f.stack(_levels(BOOT[0], sizes)) - shaft),
        second(
            "sole heel",
            *[f.stack(_levels(rows, sizes)) for rows in BOOT_SOLE],
            finish="charcoal rubber",
        ),
        fixed(
            "cuff",
            f.stack(_levels(BOOT[2], sizes)) - shaft.scale((1, 1.1, 1)),
            finish="dark brown leather",
        ),
    ]


@family("glasses", "eyeglasses spectacles sunglasses", "black plastic")
def glasses(
    f: Forms, *, width: float = 0.14, height: float = 0.045, depth: float = 0.14
) -> list[Part]:
    w, h, t, front = width / 2, height, height * 0.085, depth / 2
    form = smooth(
        pairs("-.42 .38, 0 .5, .44 .44, .5 .1, .36 -.36, 0 -.5, -.34 -.4, -.46 0", w * 0.84, h),
        closed=True,
    )
    at = (w * 0.54, h / 2 + t, front)
    rim = f.hose([(x, y, 0.0) for x, y in form], t, steps=1, share=0.25, closed=True, up=(0, 0, 1))
    nose = [(x, y + at[1], front) for x, y in pairs("-.16 .12, 0 .26, .16 .12", w, h)]
    top = at[1] + h * 0.3
    arm = [
        (w * 0.94, top, front),
        (w * 0.98, top, front - 0.01),
        (w * 0.96, top, -depth * 0.2),
        (w * 0.9, t, -front),
    ]
    hinge = f.soft_box((t * 2.4, t * 3, t * 2.6), (w * 0.955, top, front - t * 0.5), t * 0.5)
    pad = f.ball(t * 1.6, (w * 0.12, at[1] - h * 0.08, front - t), (0.6, 1.5, 1), 0.4)
    bridge = f.hose(nose, t * 0.9, up=(0, 0, 1))
    return [
        main("frame rims bridge", mirrored(unite([rim.translate(at), hinge, pad])), bridge),
        main("arms temples", mirrored(f.hose(arm, t * 0.8, squash=0.6)), finish="black plastic"),
        second("lenses glass", mirrored(f.plate(form, t * 0.6, at)), finish="shiny sky blue glass"),
    ]
