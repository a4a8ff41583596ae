"""Machines of a household that play, heat or blow."""

from __future__ import annotations

from pipelines.geometry.families.curves import pairs, smooth, triples
from pipelines.geometry.families.forms import Forms, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("speaker", "loudspeaker subwoofer stereo_speaker hifi_speaker", "black wood")
def speaker(
    f: Forms, *, height: float = 0.6, width: float = 0.32, depth: float = 0.28
) -> list[Part]:
    w, h, d = width, height, depth
    box = f.soft_box((w, h, d), (0, h / 2, 0), w * 0.04)
    cones, rims, caps = [], [], []
    for y, r in ((0.32, 0.4), (0.74, 0.22)):
        at = (0, h * y, d / 2)
        rims.append(f.ring(w * r, w * 0.03, at, "z"))
        cones.append(
            f.lathe(
                [
                    (w * r * 0.25, -w * r * 0.4),
                    (w * r * 0.9, 0),
                    (w * r, 0.003),
                    (w * r * 0.98, -w * r * 0.5),
                ]
            )
            .rotate((90, 0, 0))
            .translate(at)
        )
        box = box - f.rod(w * r * 0.98, w * r * 0.7, at, "z", share=1)
        caps.append(f.ball(w * r * 0.3, (0, h * y, d / 2 - w * r * 0.36), (1, 1, 0.6), 0.7))
    return [
        main("body cabinet", box),
        second("cones membranes", *cones, finish="charcoal rubber"),
        fixed("rims rings", *rims, finish="silver"),
        fixed("caps", *caps, finish="silver"),
    ]


@family("radio", "boombox portable_radio transistor_radio stereo", "red plastic")
def radio(f: Forms, *, width: float = 0.4, height: float = 0.22, depth: float = 0.12) -> list[Part]:
    w, h, d, z = width, height, depth, depth / 2
    rims = [f.ring(h * 0.3, h * 0.03, (s * w * 0.32, h * 0.42, z), "z") for s in (1, -1)]
    nets = [f.rod(h * 0.29, d * 0.08, (s * w * 0.32, h * 0.42, z), "z", share=1) for s in (1, -1)]
    dial = f.soft_box((w * 0.24, h * 0.22, d * 0.08), (0, h * 0.62, z), d * 0.02)
    needle = f.box((w * 0.006, h * 0.18, d * 0.02), (w * 0.04, h * 0.62, z + d * 0.045))
    knobs = [f.rod(h * 0.06, d * 0.2, (x * w, h * 0.3, z), "z", share=0.6) for x in (-0.07, 0.07)]
    grip = f.hose(
        [(x * w, h * y, 0.0) for x, y in pairs("-.42 .95, -.38 1.22, 0 1.26, .38 1.22, .42 .95")],
        h * 0.045,
        up=(0, 0, 1),
    )
    rod = f.bone((w * 0.4, h * 0.95, -d * 0.3), (w * 0.62, h * 1.9, -d * 0.3), h * 0.014) + f.ball(
        h * 0.03, (w * 0.62, h * 1.9, -d * 0.3), share=0.4
    )
    keys = [
        f.soft_box(
            (w * 0.05, h * 0.07, d * 0.2), ((i - 2.5) * w * 0.06, h * 0.99, d * 0.2), h * 0.01
        )
        for i in range(6)
    ]
    return [
        main("body case", f.soft_box((w, h, d), (0, h / 2, 0), h * 0.1)),
        second("speakers grilles", *nets, finish="charcoal steel"),
        fixed("rims knobs handle antenna", *rims, *knobs, grip, rod, *keys, finish="silver"),
        fixed("dial display", dial, finish="cream paint"),
        fixed("needle", needle, finish="red paint"),
    ]


@family("gramophone", "phonograph victrola", "brown wood")
def gramophone(
    f: Forms, *, width: float = 0.38, height: float = 0.62, radius: float = 0.2
) -> list[Part]:
    w, r, low = width, radius, height * 0.2
    rows = ((1, 0.8, 0.5), (1.1, 0.16, 0.08), (1.06, 0.14, 0.93))
    base = [f.soft_box((w * x, low * y, w * x), (0, low * at, 0), 0.008) for x, y, at in rows]
    disc = f.rod(w * 0.42, 0.012, (0, low + 0.008, w * 0.04), share=1)
    label = f.rod(w * 0.13, 0.016, (0, low + 0.008, w * 0.04), share=0.8)
    stem = triples(".3 0 -.4, .3 .2 -.4, .14 .42 -.35, 0 .5 .06")
    neck = f.hose(
        [(w * x, low + height * y, w * z) for x, y, z in stem],
        [0.014, 0.018, 0.026, 0.04],
        up=(0, 0, 1),
    )
    outside, inside = (
        "0 -.1, .18 0, .24 .3, .5 .75, 1 1, 1.03 1.02",
        "0 .05, .14 .1, .2 .33, .46 .78, .98 1.02, 1 1.1",
    )
    flare = f.turned(pairs(outside, r, r * 1.3)) - f.turned(pairs(inside, r, r * 1.3))
    horn = flare.rotate((62, 0, 0)).translate((0, low + height * 0.5, w * 0.02))
    reach = triples(".3 .07 -.4, .26 .08 -.1, .12 .045 .1")
    arm = f.hose([(w * x, low + height * y, w * z) for x, y, z in reach], 0.009)
    crank = f.hose(
        [
            (w * x, low * y, w * z)
            for x, y, z in triples(".45 .5 0, .62 .5 0, .63 .9 .05, .74 .92 .05")
        ],
        0.007,
    )
    return [
        main("box base body", *base),
        second("horn", horn, neck, finish="gold"),
        fixed("record disc", disc, finish="black plastic"),
        fixed("label", label, finish="red paint"),
        fixed("arm crank", arm, crank, finish="brass"),
    ]


@family("toaster", "bread_toaster", "silver")
def toaster(
    f: Forms, *, width: float = 0.3, height: float = 0.2, depth: float = 0.18
) -> list[Part]:
    w, h, d = width, height, depth
    body = f.soft_box((w, h * 0.92, d), (0, h * 0.52, 0), d * 0.26)
    slots = [f.box((w * 0.72, h * 0.8, d * 0.15), (0, h * 0.8, s * d * 0.17)) for s in (1, -1)]
    slice_ = smooth(
        pairs(
            "-.46 0, .46 0, .46 .6, .5 .8, .36 1, 0 .96, -.36 1, -.5 .8, -.46 .6",
            w * 0.62,
            h * 0.86,
        ),
        2,
        closed=True,
    )
    bread = [
        f.bevelled(slice_, d * 0.11, d * 0.02, at=(0, h * 0.38, s * d * 0.17)) for s in (1, -1)
    ]
    lever = f.soft_box((d * 0.1, h * 0.1, d * 0.26), (w * 0.5, h * 0.62, 0), d * 0.03)
    dial = f.rod(h * 0.11, d * 0.1, (w * 0.3, h * 0.3, d * 0.5), "z", share=0.6)
    foot = f.soft_box((w * 0.94, h * 0.14, d * 0.92), (0, h * 0.07, 0), h * 0.04)
    return [
        main("body", body - unite(slots)),
        second("base lever dial", foot, lever, dial, finish="black plastic"),
        fixed("toast bread", *bread, finish="caramel waffle"),
    ]


@family("fan", "electric_fan desk_fan table_fan ventilator", "white plastic")
def fan(
    f: Forms, *, height: float = 0.5, radius: float = 0.17, depth: float = 0.12, blades: int = 4
) -> list[Part]:
    r, d, y = radius, depth, height - radius
    base = f.turned(pairs("1 0, 1 .03, .9 .05, .3 .08, .2 .12", r * 0.75, height))
    post = f.post(r * 0.1, y - r * 0.1, (0, height * 0.06, -d * 0.35))
    motor = f.rod(r * 0.3, d * 0.8, (0, y, -d * 0.5), "z", share=0.7)
    petal = smooth(pairs("0 .1, .3 .3, .42 .7, .2 .92, -.1 .86, -.14 .4", r, r), closed=True)
    blade = f.plate(petal, d * 0.06).rotate((0, 18, 0))
    rotor = unite([blade.rotate((0, 0, 360 * i / blades)) for i in range(blades)])
    wires = 24 if f.detail > 0.4 else 9
    wire = f.hose(
        [(0, r * a, d * z) for a, z in pairs(".08 .42, .5 .4, .9 .26, 1 0, .9 -.26, .3 -.36")],
        r * 0.28 / wires,
        steps=2,
        share=0.15,
        up=(1, 0, 0),
    )
    cage = unite([wire.rotate((0, 0, 360 * i / wires)) for i in range(wires)])
    hoops = [f.ring(r * a, r * 0.02, (0, 0, d * z), "z", 0.8) for a, z in ((1, 0), (0.5, 0.4))]
    cap = f.rod(r * 0.16, d * 0.14, (0, 0, d * 0.42), "z", share=0.7)
    up = (0, y, 0)
    return [
        main("base stand motor body", base, post, motor, f.rod(r * 0.12, d * 0.8, up, "z")),
        second("blades", rotor.translate(up), finish="sky blue plastic"),
        fixed(
            "cage grille",
            cage.translate(up),
            *[h.translate(up) for h in hoops],
            cap.translate(up),
            finish="silver",
        ),
    ]


@family("iron", "clothes_iron flat_iron steam_iron", "sky blue plastic")
def iron(
    f: Forms, *, length: float = 0.28, width: float = 0.12, height: float = 0.14
) -> list[Part]:
    w, h, long = width / 2, height, length
    tip = pairs("0 .5, .5 .3, .88 0, 1 -.3, .94 -.5, -.94 -.5, -1 -.3, -.88 0, -.5 .3", w, long)
    sole = smooth(tip, 3, closed=True)
    plate = f.stack([(0, sole), (h * 0.12, [(x * 1.01, z * 1.005) for x, z in sole])])
    levels = ((0.12, 0.98, 0.0), (0.3, 0.94, -0.01), (0.5, 0.74, -0.03), (0.58, 0.6, -0.04))
    body = f.stack(
        [(h * y, [(x * k, z * (k + 0.04) + long * s) for x, z in sole]) for y, k, s in levels]
    )
    grip = f.hose(
        [
            (0, y * h, z * long)
            for y, z in pairs(".5 .2, .8 .24, .96 .1, .95 -.2, .8 -.42, .4 -.44")
        ],
        h * 0.1,
        up=(1, 0, 0),
    )
    dial = f.post(w * 0.3, h * 0.1, (0, h * 0.55, -long * 0.06), share=0.7)
    cord = triples("0 .6 -.46, 0 .66 -.56, .4 .4 -.66, .6 .06 -.62")
    wire = f.hose([(w * x, h * y, long * z) for x, y, z in cord], h * 0.03)
    return [
        main("body handle", body, grip),
        second("soleplate plate", plate, finish="polished steel"),
        fixed("dial cord", dial, wire, finish="charcoal plastic"),
    ]
