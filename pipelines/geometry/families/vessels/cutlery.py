"""What one eats and cuts with. Each stands upright, its handle below."""

from __future__ import annotations

from pipelines.geometry.families.curves import pairs, smooth, triples
from pipelines.geometry.families.forms import Forms
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("knife", "kitchen_knife chef_knife butcher_knife cleaver pocket_knife", "polished steel")
def knife(
    f: Forms, *, length: float = 0.32, width: float = 0.05, thickness: float = 0.02
) -> list[Part]:
    grip, t = length * 0.37, thickness
    edge = smooth(
        pairs("0.52 0.02, 0.53 0.3, 0.44 0.6, 0.18 0.84, -0.42 1", width, length - grip), 4
    )
    blade = [*pairs("-0.42 0.0, 0.52 0.0", width, length - grip), *edge]
    hold = smooth(
        pairs(
            "-0.4 0, 0.22 -0.02, 0.32 0.1, 0.1 0.35, 0.2 0.65, 0.12 1, -0.4 1, -0.42 0.5",
            width,
            grip,
        ),
        closed=True,
    )
    rivets = [
        f.rod(t * 0.16, t * 1.06, (-width * 0.12, grip * y, 0), "z", share=0.4)
        for y in (0.25, 0.5, 0.75)
    ]
    return [
        main("blade", f.bevelled(blade, t * 0.3, width * 0.14, t * 0.14, (0, grip, 0))),
        second("handle grip", f.bevelled(hold, t, t * 0.22), finish="dark brown wood"),
        fixed(
            "rivets bolster",
            *rivets,
            f.soft_box((width * 0.62, t * 0.5, t * 1.1), (-width * 0.12, grip, 0), t * 0.2),
            finish="steel",
        ),
    ]


@family("spoon", "teaspoon tablespoon soup_spoon wooden_spoon", "silver")
def spoon(
    f: Forms, *, length: float = 0.2, width: float = 0.042, thickness: float = 0.005
) -> list[Part]:
    r, long = width / 2, width * 0.78
    shape = (1, long / r, 0.55)
    y = length - long
    outer = f.ball(r, (0, 0, 0), shape, 1)
    inner = f.ball(r, (0, 0, thickness * 0.45), (0.94, long / r * 0.95, 0.52), 1)
    bowl = (outer - inner - f.box((1, 1, 1), (0, 0, 0.5))).translate((0, y, 0))
    low = y - long
    path = [(0, 0, 0.006), (0, low * 0.3, 0.012), (0, low * 0.8, 0.004), (0, low * 1.08, -r * 0.12)]
    handle = f.hose(
        path,
        [0.5 * thickness, 0.45 * thickness, 0.4 * thickness, 0.55 * thickness],
        squash=2.4,
        up=(0, 0, 1),
    )
    end = f.ball(width * 0.22, (0, width * 0.25, 0.0065), (1, 1.7, 0.13), 0.6)
    return [main("bowl handle", bowl, handle), second("end", end, finish="silver")]


@family("fork", "dinner_fork salad_fork", "silver")
def fork(
    f: Forms, *, length: float = 0.2, width: float = 0.028, thickness: float = 0.005, tines: int = 4
) -> list[Part]:
    t, top = thickness, length
    low = length * 0.72
    spread = [(i / (tines - 1) - 0.5) * (width - t) for i in range(tines)]
    bends = ((0.7, -0.2), (0.8, -0.9), (0.9, -0.6), (1, 0.9))
    prongs = [
        f.hose([(x, top * y, t * z) for y, z in bends], t * 0.5, t * 0.26, up=(0, 0, 1), squash=1.1)
        for x in spread
    ]
    palm = f.bevelled(
        smooth(
            pairs(
                "0.12 0, 0.35 0.25, 0.5 0.7, 0.5 1, -0.5 1, -0.5 0.7, -0.35 0.25, -0.12 0",
                width,
                length * 0.13,
            )
        ),
        t * 0.8,
        t * 0.2,
        at=(0, low - length * 0.065, -t * 0.3),
    )
    path = triples("0 0 1, 0 0.2 1.6, 0 0.55 0.8, 0 0.7 -0.3")
    handle = f.hose(
        [(x, y * length, z * t) for x, y, z in path],
        [t * 0.5, t * 0.55, t * 0.4, t * 0.5],
        squash=2.4,
        up=(0, 0, 1),
    )
    end = f.ball(width * 0.3, (0, width * 0.36, t * 1.15), (1, 1.9, 0.14), 0.6)
    return [main("tines handle", *prongs, palm, handle), second("end", end, finish="silver")]
