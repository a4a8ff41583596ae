"""Cups, bottles, bowls and other things that hold something. Most are turned."""

from __future__ import annotations

from pipelines.geometry.families.forms import Forms, around, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("cup", "mug coffee_mug coffee_cup teacup tea_cup tankard beer_mug", "white ceramic")
def cup(
    f: Forms, *, height: float = 0.1, radius: float = 0.045, thickness: float = 0.005
) -> list[Part]:
    body = f.lathe([(radius * 0.85, 0), (radius, height * 0.12), (radius, height)])
    inside = f.lathe(
        [
            (radius * 0.8, thickness),
            (radius - thickness, height * 0.2),
            (radius - thickness, height * 1.1),
        ]
    )
    grip = (
        f.ring(height * 0.27, thickness * 1.3, axis="z")
        .scale((0.8, 1.1, 1))
        .translate((radius, height * 0.52, 0))
    )
    return [
        main("body", body - inside),
        second(
            "handle",
            grip - f.lathe([(radius * 0.97, -1), (radius * 0.97, 1)]),
            finish="white ceramic",
        ),
        fixed(
            "coffee tea drink",
            f.lathe(
                [
                    (radius * 0.82, thickness / 2),
                    (radius - thickness / 2, height * 0.2),
                    (radius - thickness / 2, height * 0.82),
                ]
            ),
            finish="shiny chocolate plastic",
        ),
    ]


@family("bottle", "wine_bottle beer_bottle flask water_bottle potion", "green glass")
def bottle(f: Forms, *, height: float = 0.3, radius: float = 0.04) -> list[Part]:
    shape = [
        (0.95, 0),
        (1, 0.02),
        (1, 0.56),
        (0.86, 0.66),
        (0.42, 0.76),
        (0.36, 0.94),
        (0.42, 0.945),
        (0.42, 0.97),
    ]
    return [
        main("body glass", f.turned([(r * radius, h * height) for r, h in shape])),
        second(
            "label",
            f.lathe([(radius * 1.015, 0), (radius * 1.015, height * 0.26)], (0, height * 0.2, 0)),
            finish="cream paint",
        ),
        fixed(
            "cork cap stopper",
            f.post(radius * 0.33, height * 0.05, (0, height * 0.955, 0)),
            finish="tan wood",
        ),
    ]


@family("vase", "urn amphora jar pot flowerpot flower_pot jug pitcher", "blue ceramic")
def vase(f: Forms, *, height: float = 0.35, radius: float = 0.11) -> list[Part]:
    shape = [
        (0.5, 0),
        (0.56, 0.03),
        (0.86, 0.25),
        (1, 0.45),
        (0.9, 0.64),
        (0.55, 0.82),
        (0.46, 0.9),
        (0.62, 1),
    ]
    inner = [(r - 0.09, max(h, 0.05)) for r, h in shape[1:-1]] + [(0.55, 1.02)]
    body = f.turned([(r * radius, h * height) for r, h in shape])
    hollow = f.turned([(r * radius, h * height) for r, h in inner])
    band = f.lathe(
        [
            (1.02 * radius, height * 0.4),
            (1.03 * radius, height * 0.45),
            (1.02 * radius, height * 0.5),
        ]
    )
    return [
        main("body", body - hollow),
        second(
            "band rim",
            band - hollow,
            f.ring(radius * 0.585, radius * 0.06, (0, height * 0.99, 0)),
            finish="gold",
        ),
    ]


@family("bowl", "dish basin salad_bowl soup_bowl", "cream ceramic")
def bowl(f: Forms, *, height: float = 0.09, radius: float = 0.11) -> list[Part]:
    shape = [(0.42, 0), (0.45, 0.08), (0.75, 0.3), (0.94, 0.65), (1, 1)]
    inner = [(0.4, 0.14), (0.7, 0.36), (0.88, 0.68), (0.95, 1.05)]
    body = f.turned([(r * radius, h * height) for r, h in shape])
    hollow = f.turned([(r * radius, h * height) for r, h in inner])
    return [
        main("body", body - hollow),
        second(
            "rim band", f.ring(radius * 0.98, radius * 0.035, (0, height, 0)), finish="navy ceramic"
        ),
    ]


@family("plate", "saucer platter", "white ceramic")
def plate(f: Forms, *, height: float = 0.025, radius: float = 0.13) -> list[Part]:
    shape = [(0.6, 0), (0.64, 0.3), (1, 0.9), (1, 1.0), (0.62, 0.5), (0.58, 0.3)]
    body = f.turned([(r * radius, h * height) for r, h in shape])
    return [
        main("body", body),
        second(
            "rim",
            f.ring(radius * 0.99, radius * 0.018, (0, height * 0.95, 0)),
            finish="blue ceramic",
        ),
    ]


@family("teapot", "tea_pot kettle coffee_pot", "white ceramic")
def teapot(f: Forms, *, height: float = 0.16, radius: float = 0.09) -> list[Part]:
    y = height * 0.42
    belly = [(0.6, 0), (0.7, 0.03), (1, 0.3), (0.96, 0.52), (0.55, 0.78)]
    spout = f.tube(
        [
            (radius * 0.7, y * 0.8, 0),
            (radius * 1.35, y * 1.05, 0),
            (radius * 1.6, y * 1.75, 0),
            (radius * 1.85, y * 1.95, 0),
        ],
        0.022,
        0.009,
    )
    grip = f.tube(
        [
            (-radius * 0.85, y * 1.6, 0),
            (-radius * 1.5, y * 1.65, 0),
            (-radius * 1.62, y * 1.0, 0),
            (-radius * 0.9, y * 0.5, 0),
        ],
        0.009,
    )
    lid = [(0.58, 0), (0.5, 0.06), (0.2, 0.12), (0.1, 0.14)]
    return [
        main("body", f.turned([(r * radius, h * height) for r, h in belly]), spout),
        second(
            "handle lid",
            grip,
            f.lathe([(r * radius, h * height) for r, h in lid], (0, height * 0.77, 0)),
            f.ball(radius * 0.14, (0, height * 0.95, 0)),
            finish="white ceramic",
        ),
    ]


@family("goblet", "wine_glass chalice trophy grail glass", "gold")
def goblet(f: Forms, *, height: float = 0.22, radius: float = 0.05) -> list[Part]:
    shape = [
        (0.8, 0),
        (0.8, 0.03),
        (0.2, 0.1),
        (0.13, 0.3),
        (0.2, 0.42),
        (0.7, 0.52),
        (0.98, 0.7),
        (1, 1),
    ]
    inner = [(0.2, 0.5), (0.62, 0.56), (0.88, 0.72), (0.9, 1.05)]
    cup_ = f.turned([(r * radius, h * height) for r, h in shape])
    hollow = f.turned([(r * radius, h * height) for r, h in inner])
    return [
        main("body", cup_ - hollow),
        second(
            "gems band",
            around(f.ball(radius * 0.15, (radius * 0.97, height * 0.76, 0)), 8),
            finish="ruby glass",
        ),
    ]


@family("barrel", "keg cask", "brown wood")
def barrel(f: Forms, *, height: float = 0.9, radius: float = 0.35) -> list[Part]:
    shape = [(0.78, 0), (0.92, 0.22), (1, 0.5), (0.92, 0.78), (0.78, 1)]
    body = f.turned([(r * radius, h * height) for r, h in shape])
    lids = [f.post(radius * 0.68, 0.05, (0, y, 0)) for y in (-0.001, height - 0.045)]
    hoops = [
        f.lathe(
            [
                (r * radius, (h - 0.035) * height),
                (r * radius * 1.012, h * height),
                (r * radius, (h + 0.035) * height),
            ]
        )
        for r, h in ((0.84, 0.07), (0.98, 0.3), (0.98, 0.7), (0.84, 0.93))
    ]
    return [
        main("body staves", body - unite(lids)),
        second("hoops bands rings", *hoops, finish="charcoal steel"),
    ]


@family("crate", "box wooden_box package parcel cargo_crate", "caramel wood")
def crate(
    f: Forms,
    *,
    width: float = 0.8,
    height: float = 0.8,
    depth: float = 0.8,
    thickness: float = 0.09,
) -> list[Part]:
    t = thickness
    w, h, d = width, height, depth
    bars = [
        f.box((w, t, t), (0, y, z))
        for y in (t / 2, h - t / 2)
        for z in (d / 2 - t / 2, t / 2 - d / 2)
    ]
    bars += [
        f.box((t, t, d), (x, y, 0))
        for y in (t / 2, h - t / 2)
        for x in (w / 2 - t / 2, t / 2 - w / 2)
    ]
    bars += [
        f.box((t, h, t), (x, h / 2, z))
        for x in (w / 2 - t / 2, t / 2 - w / 2)
        for z in (d / 2 - t / 2, t / 2 - d / 2)
    ]
    slant = (
        f.box((t * 0.9, ((w - t) ** 2 + (h - t) ** 2) ** 0.5, d - t * 0.35), (0, 0, 0))
        .rotate((0, 0, 45))
        .translate((0, h / 2, 0))
    )
    inner = f.box((w - t * 0.6, h - t * 0.6, d - t * 0.6), (0, h / 2, 0))
    return [
        main("boards", inner),
        second(
            "frame bars edges",
            *bars,
            slant ^ f.box((w - t, h - t, d), (0, h / 2, 0)),
            finish="brown wood",
        ),
    ]


@family("chest", "treasure_chest coffer trunk_box", "brown wood")
def chest(f: Forms, *, width: float = 0.9, height: float = 0.65, depth: float = 0.55) -> list[Part]:
    low = height * 0.58
    lid = f.rod(depth / 2, width, (0, low, 0), "x").scale((1, 1, 1)) - f.box(
        (2, 2 * low, 2), (0, 0, 0)
    )
    lid = (
        lid.translate((0, -low, 0))
        .scale((1, (height - low) / (depth / 2), 1))
        .translate((0, low, 0))
    )
    strap = f.box((0.07, low, depth * 1.03), (0, low / 2, 0)) + lid.scale(
        (0.07 / width, 1, 1)
    ).translate((0, -low, 0)).scale((1, 1.04, 1.04)).translate((0, low, 0))
    return [
        main(
            "body lid",
            f.slab((width, low - 0.008, depth)),
            lid,
            f.box((width * 0.98, 0.03, depth * 0.98), (0, low, 0)),
        ),
        second(
            "straps bands",
            *[strap.translate((x * width, 0, 0)) for x in (-0.36, 0.36)],
            finish="charcoal steel",
        ),
        fixed(
            "lock",
            f.box((0.13, 0.15, 0.07), (0, low * 0.97, depth / 2)),
            mirrored(f.ball(0.012, (0.04, low * 1.02, depth / 2 + 0.035))),
            finish="gold",
        ),
    ]


@family("bucket", "pail", "steel")
def bucket(f: Forms, *, height: float = 0.3, radius: float = 0.16) -> list[Part]:
    body = f.lathe([(radius * 0.7, 0), (radius, height)]) - f.lathe(
        [(radius * 0.67, 0.008), (radius * 0.97, height * 1.01)]
    )
    arc = [
        (radius * x, height * (1 + y), 0.0)
        for x, y in (
            (-1, -0.04),
            (-0.85, 0.3),
            (-0.45, 0.52),
            (0, 0.6),
            (0.45, 0.52),
            (0.85, 0.3),
            (1, -0.04),
        )
    ]
    return [
        main("body", body),
        second(
            "rim handle",
            f.ring(radius, 0.008, (0, height, 0)),
            f.tube(arc, 0.006),
            finish="charcoal steel",
        ),
    ]
