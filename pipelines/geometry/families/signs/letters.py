"""Letters and figures as solid strokes, to be read from the front."""

from __future__ import annotations

from manifold3d import CrossSection, OpType

from pipelines.geometry.families.curves import pairs, smooth
from pipelines.geometry.families.forms import Forms
from pipelines.geometry.families.registry import Part, family, main

# Strokes of each sign on a grid 1 wide and 1 high, apart by ";". A stroke that begins with "~" is a curve.
STROKES = {
    "A": "0 0, .5 1, 1 0; .2 .38, .8 .38",
    "B": "0 0, 0 1; ~0 1, .6 1, .86 .78, .6 .54, 0 .54; ~0 .54, .66 .54, 1 .27, .66 0, 0 0",
    "C": "~1 .84, .74 .98, .42 1, .08 .78, 0 .5, .08 .22, .42 0, .74 .02, 1 .16",
    "D": "0 0, 0 1; ~0 1, .5 1, .9 .78, 1 .5, .9 .22, .5 0, 0 0",
    "E": "1 1, 0 1, 0 0, 1 0; 0 .52, .8 .52",
    "F": "1 1, 0 1, 0 0; 0 .52, .8 .52",
    "G": "~1 .84, .74 .98, .42 1, .08 .78, 0 .5, .08 .22, .42 0, .8 .04, 1 .2; 1 .2, 1 .46, .6 .46",
    "H": "0 0, 0 1; 1 0, 1 1; 0 .5, 1 .5",
    "I": ".5 0, .5 1; .15 0, .85 0; .15 1, .85 1",
    "J": "~.9 1, .9 .3, .7 .03, .4 0, .12 .08, 0 .3",
    "K": "0 0, 0 1; .95 1, 0 .42; .3 .6, 1 0",
    "L": "0 1, 0 0, .95 0",
    "M": "0 0, 0 1, .5 .4, 1 1, 1 0",
    "N": "0 0, 0 1, 1 0, 1 1",
    "O": "~.5 0, .1 .18, 0 .5, .1 .82, .5 1, .9 .82, 1 .5, .9 .18, .5 0",
    "P": "0 0, 0 1; ~0 1, .66 1, .98 .74, .66 .46, 0 .46",
    "Q": "~.5 0, .1 .18, 0 .5, .1 .82, .5 1, .9 .82, 1 .5, .9 .18, .5 0; .6 .3, 1 -.06",
    "R": "0 0, 0 1; ~0 1, .66 1, .98 .74, .66 .47, 0 .47; .5 .47, 1 0",
    "S": "~.95 .86, .7 .98, .4 1, .06 .84, .14 .6, .5 .5, .9 .38, .96 .14, .6 0, .3 .01, .02 .16",
    "T": ".5 0, .5 1; 0 1, 1 1",
    "U": "~0 1, 0 .34, .14 .06, .5 0, .86 .06, 1 .34, 1 1",
    "V": "0 1, .5 0, 1 1",
    "W": "0 1, .24 0, .5 .66, .76 0, 1 1",
    "X": "0 0, 1 1; 0 1, 1 0",
    "Y": "0 1, .5 .48, 1 1; .5 .48, .5 0",
    "Z": "0 1, 1 1, 0 0, 1 0",
    "0": "~.5 0, .14 .16, .06 .5, .14 .84, .5 1, .86 .84, .94 .5, .86 .16, .5 0",
    "1": ".15 .78, .55 1, .55 0; .2 0, .9 0",
    "2": "~.06 .76, .2 .95, .5 1, .86 .9, .9 .66, .6 .36, .05 0; .05 0, .97 0",
    "3": "~.06 .84, .36 1, .76 .96, .86 .74, .7 .56, .4 .52; ~.4 .52, .8 .48, .94 .26, .8 .04, .4 0, .04 .14",
    "4": ".7 0, .7 1, .02 .3, 1 .3",
    "5": ".88 1, .18 1, .12 .56; ~.12 .56, .5 .62, .88 .5, .94 .24, .7 .02, .36 0, .04 .12",
    "6": "~.84 .92, .5 1, .18 .74, .06 .34, .18 .06, .5 0, .86 .1, .94 .34, .76 .56, .4 .56, .08 .36",
    "7": ".03 1, .96 1, .36 0",
    "8": (
        "~.5 .53, .14 .66, .16 .88, .5 1, .84 .88, .86 .66, .5 .53; "
        "~.5 .53, .08 .4, .08 .14, .5 0, .92 .14, .92 .4, .5 .53"
    ),
    "9": "~.16 .08, .5 0, .82 .26, .94 .66, .82 .94, .5 1, .14 .9, .06 .66, .24 .44, .6 .44, .92 .64",
}


def _sign(
    f: Forms, sign: str, width: float, height: float, thickness: float, depth: float
) -> list[Part]:
    """A letter or figure of strokes, each with round ends."""
    t = thickness / 2
    strokes = []
    for row in STROKES[sign].split(";"):
        line = pairs(row.strip().lstrip("~"), width - thickness, height - thickness)
        if row.strip().startswith("~"):
            line = smooth(line, max(2, round(4 * f.detail)))
        dots = [CrossSection.circle(t, f.segments(0.6)).translate((x, y + t)) for x, y in line]
        strokes += [CrossSection.batch_hull([dots[i], dots[i + 1]]) for i in range(len(dots) - 1)]
    flat = CrossSection.batch_boolean(strokes, OpType.Add)
    return [main("body", flat.extrude(depth).translate((0, 0, -depth / 2)))]


@family("letter", "letter_a alphabet_letter initial", "red plastic")
def letter(
    f: Forms,
    *,
    height: float = 1.0,
    width: float = 0.75,
    thickness: float = 0.2,
    depth: float = 0.24,
    sign: int = 65,
) -> list[Part]:
    """`sign` is the letter's code, 65 to 90 for A to Z; one that is no letter is shown as an A."""
    name = chr(sign).upper()
    return _sign(f, name if name in STROKES else "A", width, height, thickness, depth)


@family("digit", "number numeral figure_one", "blue plastic")
def digit(
    f: Forms,
    *,
    height: float = 1.0,
    width: float = 0.65,
    thickness: float = 0.2,
    depth: float = 0.24,
    value: int = 1,
) -> list[Part]:
    """`value` is 0 to 9; of a larger number its last figure is shown."""
    return _sign(f, str(value % 10), width, height, thickness, depth)
