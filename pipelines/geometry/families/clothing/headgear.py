"""Hats, helmets and masks. They face +Z."""

from __future__ import annotations

from pipelines.geometry.families.curves import both_sides, pairs
from pipelines.geometry.families.forms import Forms, around, mirrored
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("gas_mask", "respirator gasmask breathing_mask hazmat_mask", "olive rubber")
def gas_mask(
    f: Forms, *, height: float = 0.28, width: float = 0.2, radius: float = 0.055
) -> list[Part]:
    h, w, r = height, width / 2, radius
    face = f.ball(1, (0, h * 0.56, 0), (w, h * 0.44, w * 0.8), 1)
    snout = f.hose(
        [(0, h * 0.36, w * 0.5), (0, h * 0.28, w * 0.95), (0, h * 0.22, w * 1.15)],
        [w * 0.5, w * 0.42, w * 0.36],
    )
    ring = f.ring(w * 0.36, w * 0.07, axis="z", share=0.8) + f.rod(
        w * 0.36, w * 0.2, (0, 0, -w * 0.08), "z"
    )
    pane = f.ball(w * 0.33, (0, 0, 0), (1, 1, 0.4))
    eye = (w * 0.42, h * 0.64, w * 0.7)
    can = f.rod(r, r * 1.2, axis="x") + f.rod(r * 0.8, r * 1.5, axis="x")
    turn = (8, 24, 0)
    side = (w * 0.92, h * 0.3, w * 0.55)
    return [
        main("face mask body rubber", face, snout),
        second(
            "filters filter canister",
            mirrored(can.rotate((0, -35, -18)).translate(side)),
            f.rod(w * 0.3, w * 0.26, (0, h * 0.21, w * 1.36), "z"),
            finish="charcoal steel",
        ),
        fixed(
            "eyes lenses glass windows",
            mirrored(pane.rotate(turn).translate(eye)),
            finish="amber glass",
        ),
        fixed(
            "frames rings goggles",
            mirrored(ring.rotate(turn).translate(eye)),
            f.ring(w * 0.29, w * 0.04, (0, h * 0.21, w * 1.49), "z", 0.7),
            finish="black rubber",
        ),
        *_gas_mask_straps(f, h, w),
    ]


def _gas_mask_straps(f: Forms, h: float, w: float) -> list[Part]:
    """A gas mask's straps."""
    return [
        fixed(
            "straps strap",
            *[
                f.ring(1, 0.06, (0, 0, 0), "y", 0.8)
                .scale((w * 1.02, w * 0.5, w * 0.9))
                .rotate((tilt, 0, 0))
                .translate((0, h * y, -w * 0.05))
                for y, tilt in ((0.72, 14), (0.44, -10))
            ],
            finish="brown leather",
        ),
    ]


@family("viking_helmet", "horned_helmet barbarian_helmet norse_helmet", "steel")
def viking_helmet(
    f: Forms, *, height: float = 0.26, radius: float = 0.12, thickness: float = 0.03
) -> list[Part]:
    h, r, t = height, radius, thickness
    dome = f.turned(pairs("1 0, 1 0.15, 0.86 0.5, 0.5 0.8, 0 0.92", r, h * 0.8)) - f.lathe(
        pairs("0.88 -0.1, 0.88 0.15, 0.74 0.5, 0 0.8", r, h * 0.8)
    )
    horn = f.hose(
        [
            (r * 0.85, h * 0.3, 0),
            (r * 1.5, h * 0.36, 0),
            (r * 1.95, h * 0.62, 0),
            (r * 1.8, h * 1.02, 0),
        ],
        [t * 1.05, t * 0.95, t * 0.7, t * 0.1],
        steps=5,
        share=0.5,
    )
    return [
        main("dome helmet body", dome),
        second("horns horn", mirrored(horn), finish="cream plaster"),
        *_viking_helmet_bands(f, h, r, t),
    ]


def _viking_helmet_bands(f: Forms, h: float, r: float, t: float) -> list[Part]:
    """A viking helmet's bands."""
    nose = f.bevelled(
        both_sides(pairs("0.12 -0.5, 0.2 -0.3, 0.14 0.2", r, h * 0.6)),
        t * 0.5,
        r * 0.03,
        t * 0.1,
        (0, h * 0.12, r * 0.98),
    )
    rivets = around(f.ball(t * 0.3, (r * 1.02, h * 0.06, 0), share=0.3), 16)
    return [
        fixed(
            "bands band rim nose rivets",
            f.ring(r, t * 0.5, (0, h * 0.06, 0)).scale((1, 1.5, 1)),
            rivets,
            nose,
            (
                f.ring(1, 0.08, axis="z").scale((r * 0.96, h * 0.7, r * 1.4))
                + f.ring(1, 0.08, axis="x").scale((r * 1.4, h * 0.7, r * 0.96))
            )
            ^ f.slab((4 * r, h, 4 * r), (0, h * 0.04, 0)),
            mirrored(f.rod(t * 1.3, t * 0.8, (r * 0.96, h * 0.31, 0), "x")),
            finish="gold",
        ),
    ]


@family("cowboy_hat", "stetson ten_gallon_hat sheriff_hat western_hat", "brown leather")
def cowboy_hat(
    f: Forms, *, height: float = 0.15, width: float = 0.36, radius: float = 0.1
) -> list[Part]:
    h, w, r = height, width / 2, radius
    crown = f.turned(
        [(r, 0), (r * 0.98, h * 0.3), (r * 0.86, h * 0.75), (r * 0.6, h * 0.94), (0, h)]
    ).scale((0.84, 1, 1))
    dent = f.bone((0, h * 1.12, r * 0.9), (0, h * 1.06, -r * 0.6), r * 0.22, r * 0.3) + mirrored(
        f.ball(r * 0.3, (r * 0.78, h * 0.92, r * 0.46), (0.7, 1, 1))
    )
    flat = f.post(w, h * 0.05, share=1).scale((0.94, 1, 1.06)).refine_to_length(w * 0.12)
    brim = flat.warp(
        lambda v: (
            v[0] * (1 - 0.14 * (v[0] / w) ** 2),
            v[1]
            + h * 0.62 * (v[0] / w) ** 2 * (1 - 0.2 * (v[2] / w) ** 2)
            - h * 0.14 * (v[2] / w) ** 2,
            v[2],
        )
    )
    band = f.lathe([(r * 1.02, 0), (r * 1.01, h * 0.22), (r * 0.9, h * 0.22)]).scale((0.84, 1, 1))
    return [
        main("crown brim body", crown - dent, brim),
        second("band ribbon", band, finish="dark brown leather"),
        fixed(
            "buckle star badge",
            f.plate(f.star(r * 0.16, 5), r * 0.12, (0, h * 0.14, r * 1.03)),
            finish="silver",
        ),
    ]
