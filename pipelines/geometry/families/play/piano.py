"""The grand piano. Whoever plays it sits in front and looks to -Z."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.curves import Pair, pairs, smooth
from pipelines.geometry.families.forms import Forms, mirrored
from pipelines.geometry.families.furniture.work_furniture import keys
from pipelines.geometry.families.registry import Part, family, fixed, main, second

# The curved side from the keyboard's right end to its left, in shares of half the width and of half the length.
WALL = "1 0.62, 1 0.12, 0.9 -0.2, 0.55 -0.42, 0.2 -0.62, -0.02 -0.86, -0.3 -0.98, -0.62 -1, -0.92 -0.94, -1 -0.8"


@family("piano", "grand_piano pianoforte concert_grand baby_grand", "glossy black paint")
def piano(
    f: Forms,
    *,
    width: float = 1.5,
    height: float = 1.0,
    length: float = 1.8,
    thickness: float = 0.3,
    open: float = 1.0,
) -> list[Part]:
    low, x, z = height - thickness, width / 2, length / 2
    wall = [*smooth(pairs(WALL, x, z), 3), (-x, z * 0.62)]
    case = f.floor(wall, thickness, (0, low, 0))
    room = f.floor([(a * 0.93, b * 0.93) for a, b in wall], thickness, (0, height - 0.07, 0))
    arms = mirrored(f.slab((width * 0.06, thickness * 0.85, z * 0.44), (x * 0.94, low, z * 0.8)))
    bed = f.slab((width, thickness * 0.35, z * 0.44), (0, low, z * 0.8))
    rest = f.soft_box((width * 0.5, 0.32, 0.02), (0, height + 0.05, z * 0.5), 0.008)
    white, black = keys(f, width * 0.87, low + thickness * 0.35 + 0.008, z * 0.8, z * 0.24)
    leg = f.lathe([(0.05, 0), (0.04, 0.06), (0.06, low * 0.6), (0.075, low + 0.02)])
    spots = [(x * 0.84, z * 0.68), (-x * 0.84, z * 0.68), (-x * 0.4, -z * 0.78)]
    pedal = f.box((0.03, 0.012, 0.12), (0, 0.08, z * 0.5 + 0.09))
    pedals = [pedal.translate((s * 0.06, 0, 0)) for s in (-1, 0, 1)]
    lyre = f.bone((0.07, 0.08, z * 0.5), (0.05, low + 0.01, z * 0.5), 0.014)
    return [
        main(
            "body case legs leg",
            *[
                case - room if open else case,
                arms,
                bed,
                f.slab((0.2, 0.06, 0.1), (0, 0.06, z * 0.5)),
            ],
            *[leg.translate((a, 0, b)) for a, b in spots],
            mirrored(lyre),
        ),
        main("lid top music_stand", _lid(f, wall, x, height, open), rest),
        fixed("keys key", white, finish="glossy ivory plastic"),
        fixed("sharps", black, finish="glossy black plastic"),
        second("strings harp", room ^ f.slab((9, 0.02, 9), (0, height - 0.07, 0)), finish="gold"),
        fixed("pedals pedal", *pedals, finish="brass"),
    ]


def _lid(f: Forms, wall: list[Pair], x: float, height: float, open: float) -> Manifold:
    """The lid on its hinges along the straight side, and the stick that holds it; `open` from 0 to 1."""
    lid = f.floor(wall, 0.025).translate((x, 0, 0)).rotate((0, 0, 38 * open))
    lid = lid.translate((-x, height - 0.004, 0))
    if open < 0.1:
        return lid
    turn, reach = math.radians(38 * open), 1.45 * x
    stop = (reach * math.cos(turn) - x, height + reach * math.sin(turn), 0.1)
    return lid + f.bone((x * 0.95, height - 0.04, 0.1), stop, 0.012)
