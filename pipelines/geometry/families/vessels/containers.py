"""What stores, ships and pours things: drums, cans, boxes. Their front is +Z."""

from __future__ import annotations

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import Forms, apart, cornered, mirrored, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family(
    "oil_drum",
    "metal_drum metal_barrel oil_barrel fuel_barrel toxic_barrel:yellow_paint explosive_barrel:red_paint",
    "blue paint",
)
def oil_drum(f: Forms, *, height: float = 0.88, radius: float = 0.29, ribs: int = 3) -> list[Part]:
    h, r = height, radius
    rows = apart(within(ribs, 1, 8), h * 0.52)
    body = f.lathe([(r, 0), (r, h), (r * 0.94, h), (r * 0.94, h * 0.985), (0, h * 0.985)])
    sign = f.rod(r * 0.62, 3 * r, (0, h / 2, 2 * r), "z", share=0.16) ^ f.post(r * 1.02, h, share=1)
    mark = f.plate(
        pairs("-0.09 -0.1, 0.09 -0.1, 0.16 0.42, -0.16 0.42", r, r), 3 * r, (0, h / 2, 2 * r)
    ) + f.rod(r * 0.11, 3 * r, (0, h / 2 - r * 0.28, 2 * r), "z")
    return [
        main("body drum", body, *[f.ring(r, r * 0.045, (0, h / 2 + y, 0)) for y in rows]),
        second(
            "rims rim caps",
            f.ring(r, r * 0.05, (0, r * 0.04, 0)),
            f.ring(r, r * 0.05, (0, h, 0)),
            f.post(r * 0.14, h * 0.02, (r * 0.6, h * 0.98, 0)),
            f.post(r * 0.08, h * 0.02, (-r * 0.6, h * 0.98, 0)),
            finish="grey steel",
        ),
        fixed("label sign", sign, finish="white paint"),
        fixed("mark warning symbol", mark ^ f.post(r * 1.035, h, share=1), finish="black paint"),
    ]


@family(
    "gas_tank",
    "propane_tank gas_canister gas_cylinder gas_bottle propane_cylinder butane_tank lpg_tank",
    "white paint",
)
def gas_tank(f: Forms, *, height: float = 0.6, radius: float = 0.17) -> list[Part]:
    h, r = height, radius
    body = pairs("0.9 0.06, 0.98 0.1, 1 0.2, 1 0.6, 0.9 0.72, 0.5 0.79, 0.2 0.81", r, h)
    collar = f.lathe(
        [(r * 0.66, h * 0.7), (r * 0.66, h), (r * 0.58, h), (r * 0.58, h * 0.7)]
    ) - f.post(r * 0.58, h, (0, h * 0.5, 0))
    gaps = mirrored(f.box((r * 0.8, h * 0.1, r * 0.7), (r * 0.6, h * 0.92, 0)))
    return [
        main("body tank collar", f.turned(body), collar - gaps),
        second(
            "base ring band",
            f.lathe([(r * 0.82, 0), (r * 0.9, h * 0.08), (r * 0.8, h * 0.1)]),
            f.ring(r, r * 0.02, (0, h * 0.4, 0)),
            finish="grey steel",
        ),
        fixed(
            "valve tap knob",
            f.post(r * 0.14, h * 0.16, (0, h * 0.77, 0)),
            f.rod(r * 0.09, r * 0.5, (0, h * 0.87, r * 0.2), "z"),
            f.lathe([(r * 0.3, 0), (r * 0.34, h * 0.02), (r * 0.3, h * 0.04)], (0, h * 0.92, 0)),
            finish="brass",
        ),
        fixed(
            "label sign",
            f.box((r * 0.9, h * 0.2, 3 * r), (0, h * 0.4, 2 * r)) ^ f.post(r * 1.02, h, share=1),
            finish="red paint",
        ),
    ]


@family(
    "shipping_container",
    "cargo_container freight_container sea_container storage_container intermodal_container iso_container",
    "red paint",
)
def shipping_container(
    f: Forms, *, length: float = 6.0, width: float = 2.4, height: float = 2.6, open: float = 0.0
) -> list[Part]:
    w, h, z, t = width / 2, height, length / 2, 0.12
    share = min(max(open, 0.0), 1.0)
    wave = [(0.0, -z * 0.97)]
    n = 26
    for i in range(n):
        a, b = -z * 0.97 + length * 0.97 * i / n, length * 0.97 / n
        wave += [(0.0, a + b * 0.2), (0.07, a + b * 0.35), (0.07, a + b * 0.65), (0.0, a + b * 0.8)]
    wave += [(0.0, z * 0.97), (-0.06, z * 0.97), (-0.06, -z * 0.97)]
    flank = f.floor(wave, h * 0.9, (w - 0.08, h * 0.05, 0))
    inside = f.box((2 * w - 0.28, h * 0.9, length), (0, h / 2, 0.1))
    box = f.box((2 * w - 0.16, h * 0.94, length * 0.985), (0, h / 2, 0))
    rails = [mirrored(f.box((t, t, length), (w - t / 2, y, 0))) for y in (t / 2, h - t / 2)]
    return [
        main("body walls sides", box - inside if share > 0.05 else box, mirrored(flank)),
        second(
            "frame corners rails",
            *rails,
            cornered(f.slab((t, h, t), (w - t / 2, 0, z - t / 2))),
            *[
                f.box((2 * w, t, t), (0, y, s * (z - t / 2)))
                for y in (t / 2, h - t / 2)
                for s in (1, -1)
            ],
            finish="red paint",
        ),
        *_shipping_container_fittings(f, length, h, w, z, share),
    ]


def _shipping_container_fittings(
    f: Forms, length: float, h: float, w: float, z: float, share: float
) -> list[Part]:
    """A shipping container's doors, bars and logo."""
    leaf = [
        f.box((w * 0.92, h * 0.86, 0.06), (-w * 0.47, 0, 0)),
        unite(
            [f.rod(0.03, h * 0.86, (x, 0, 0.05), share=0.4) for x in (-w * 0.3, -w * 0.7)]
            + [f.box((w * 0.4, 0.06, 0.08), (-w * 0.5, -h * 0.1, 0.06))]
        ),
    ]
    doors, bars = (
        mirrored(part.rotate((0, 105 * share, 0)).translate((w * 0.95, h / 2, z - 0.01)))
        for part in leaf
    )
    return [
        fixed("doors door", doors, finish="red paint"),
        fixed("bars locks handles", bars, finish="silver"),
        fixed(
            "logo label sign",
            mirrored(f.box((0.06, h * 0.2, length * 0.3), (w - 0.02, h * 0.66, 0))),
            finish="white paint",
        ),
    ]


@family("toolbox", "tool_box tool_chest tackle_box", "red paint")
def toolbox(
    f: Forms, *, width: float = 0.5, height: float = 0.26, depth: float = 0.24
) -> list[Part]:
    w, h, z = width, height, depth / 2
    roof = [(z * 0.98, h * 0.54), (z * 0.4, h * 0.82), (-z * 0.4, h * 0.82), (-z * 0.98, h * 0.54)]
    grip = [
        (-w * 0.2, h * 0.8, 0),
        (-w * 0.18, h * 1.0, 0),
        (w * 0.18, h * 1.0, 0),
        (w * 0.2, h * 0.8, 0),
    ]
    return [
        main("body box case", f.soft_box((w, h * 0.54, depth), (0, h * 0.27, 0), 0.012)),
        second(
            "lid cover top",
            f.profile(roof, w * 0.99),
            f.box((w * 1.02, h * 0.06, depth * 1.03), (0, h * 0.54, 0)),
            finish="red paint",
        ),
        fixed("handle", f.tube(grip, h * 0.05), finish="black plastic"),
        fixed(
            "latches latch locks corners",
            *[f.box((w * 0.08, h * 0.2, 0.02), (s * w * 0.3, h * 0.5, z * 1.02)) for s in (1, -1)],
            cornered(f.slab((w * 0.05, h * 0.1, z * 0.2), (w * 0.48, 0, z * 0.9))),
            finish="silver",
        ),
        fixed(
            "tray label", f.box((w * 0.3, h * 0.14, 0.012), (0, h * 0.26, z)), finish="white paint"
        ),
    ]


@family(
    "jerry_can",
    "jerrycan jerry_cans fuel_can petrol_can gas_can gasoline_can fuel_canister",
    "green paint",
)
def jerry_can(
    f: Forms, *, height: float = 0.46, width: float = 0.34, depth: float = 0.16
) -> list[Part]:
    w, h, d = width, height, depth
    shape = [(-w / 2, 0), (w / 2, 0), (w / 2, h * 0.76), (w * 0.26, h * 0.88), (-w * 0.5, h * 0.88)]
    cross = [
        f.bone((-w * 0.34, h * 0.12, d / 2), (w * 0.34, h * 0.66, d / 2), d * 0.07),
        f.bone((w * 0.34, h * 0.12, d / 2), (-w * 0.34, h * 0.66, d / 2), d * 0.07),
    ]
    bars = [
        f.tube(
            [
                (-w * 0.4, h * 0.86, a),
                (-w * 0.36, h * 0.97, a),
                (w * 0.06, h * 0.97, a),
                (w * 0.1, h * 0.86, a),
            ],
            d * 0.07,
        )
        for a in (-d * 0.28, 0.0, d * 0.28)
    ]
    ring = unite(cross)
    return [
        main("body can", f.bevelled(shape, d, d * 0.12, d * 0.16), ring, ring.mirror((0, 0, 1))),
        second("handles handle", *bars, finish="green paint"),
        fixed(
            "cap spout lid",
            f.rod(d * 0.24, h * 0.16, (w * 0.36, h * 0.86, 0)),
            f.rod(d * 0.32, h * 0.06, (w * 0.36, h * 0.95, 0)),
            f.box((w * 0.16, h * 0.02, d * 0.3), (w * 0.36, h * 0.985, 0)),
            finish="black plastic",
        ),
        fixed(
            "seam rim", f.plate(shape, d * 0.06).scale((1.02, 1.0, 1)), finish="dark green paint"
        ),
    ]


@family(
    "first_aid_kit",
    "medkit med_kit health_pack medical_kit first_aid_box health_kit medpack first_aid",
    "white plastic",
)
def first_aid_kit(
    f: Forms, *, width: float = 0.36, height: float = 0.26, depth: float = 0.14
) -> list[Part]:
    w, h = width, height
    a = h * 0.09
    cross = f.box((a * 6, a * 2, depth * 1.06), (0, h * 0.46, 0)) + f.box(
        (a * 2, a * 6, depth * 1.06), (0, h * 0.46, 0)
    )
    grip = [
        (-w * 0.16, h * 0.9, 0),
        (-w * 0.15, h * 1.06, 0),
        (w * 0.15, h * 1.06, 0),
        (w * 0.16, h * 0.9, 0),
    ]
    return [
        main("body case box", f.soft_box((w, h * 0.92, depth), (0, h * 0.46, 0), 0.03)),
        second("cross symbol", cross, finish="red paint"),
        fixed(
            "handle seam",
            f.tube(grip, 0.011),
            f.soft_box((w * 1.01, h * 0.93, depth * 0.05), (0, h * 0.465, 0), 0.002),
            finish="grey plastic",
        ),
        fixed(
            "latches locks",
            *[f.box((w * 0.1, 0.02, depth * 0.3), (s * w * 0.3, h * 0.92, 0)) for s in (1, -1)],
            finish="silver",
        ),
    ]


@family("fire_extinguisher", "extinguisher fire_extinguishers", "red paint")
def fire_extinguisher(f: Forms, *, height: float = 0.55, radius: float = 0.085) -> list[Part]:
    h, r = height, radius
    body = pairs("0.94 0, 1 0.03, 1 0.58, 0.86 0.69, 0.4 0.755, 0.3 0.79", r, h)
    hose = [
        (0, h * 0.84, r * 0.2),
        (0, h * 0.87, r * 1.0),
        (0, h * 0.74, r * 1.55),
        (0, h * 0.36, r * 1.4),
        (0, h * 0.26, r * 1.3),
    ]
    return [
        main("body tank cylinder", f.turned(body)),
        second(
            "hose nozzle horn",
            f.hose(hose, r * 0.17),
            f.rod(r * 0.18, h * 0.18, (0, h * 0.2, r * 1.3), end=r * 0.18),
            f.post(r * 0.34, h * 0.16, (0, h * 0.08, r * 1.28), r * 0.16),
            finish="black rubber",
        ),
        fixed(
            "valve handle lever",
            f.post(r * 0.3, h * 0.1, (0, h * 0.77, 0)),
            f.bone((0, h * 0.86, 0), (0, h * 0.89, -r * 1.4), r * 0.15),
            f.bone((0, h * 0.88, r * 0.2), (0, h * 0.98, -r * 1.3), r * 0.15),
            f.rod(r * 0.2, r * 0.5, (r * 0.3, h * 0.84, 0), "x"),
            finish="charcoal steel",
        ),
        fixed(
            "label sign",
            f.box((r * 1.7, h * 0.24, 3 * r), (0, h * 0.38, 2 * r)) ^ f.post(r * 1.02, h, share=1),
            f.post(r * 0.98, h * 0.015, (0, -h * 0.005, 0)),
            finish="white paint",
        ),
        fixed(
            "clip bracket",
            f.ring(r * 1.0, r * 0.06, (0, h * 0.26, 0)),
            f.box((r * 0.2, r * 0.2, r * 0.6), (0, h * 0.26, r * 1.14)),
            finish="grey steel",
        ),
    ]


@family("pallet", "wooden_pallet euro_pallet shipping_pallet", "caramel wood")
def pallet(
    f: Forms, *, width: float = 1.2, depth: float = 0.8, height: float = 0.145, boards: int = 5
) -> list[Part]:
    w, d, h = width, depth, height
    count = within(boards, 2, 12)
    t = h * 0.16
    tops = [
        f.box((w, t, d / count * 0.72), (0, h - t / 2, z))
        for z in apart(count, d - d / count * 0.72)
    ]
    cross = [f.box((w * 0.12, t, d), (x, h - t * 1.4, 0)) for x in apart(3, w * 0.88)]
    feet = [f.slab((w, t, w * 0.09), (0, 0, z)) for z in apart(3, d - w * 0.09)]
    blocks = [
        f.slab((w * 0.12, h - t * 1.4, w * 0.09), (x, 0, z))
        for x in apart(3, w * 0.88)
        for z in apart(3, d - w * 0.09)
    ]
    return [
        main("boards planks top", *tops, *cross, *feet),
        second("blocks feet", *blocks, finish="brown wood"),
    ]
