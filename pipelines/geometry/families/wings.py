"""Wings of feathers and of skin, for whatever flies. Their front is +Z."""

from __future__ import annotations

import math
from itertools import pairwise

from manifold3d import Manifold

from pipelines.geometry.families.forms import Forms, Point, mirrored, unite
from pipelines.geometry.families.registry import Part, fixed

FEATHERS = 7


def feathered_wing(f: Forms, span: float) -> Manifold:
    """A raised wing of feathers on the side of +x, that starts at the origin; its feathers point back and up."""
    arm = f.tube(
        [(0, 0, 0), (span * 0.22, span * 0.34, 0), (span * 0.42, span * 0.62, -span * 0.12)],
        span * 0.055,
        span * 0.03,
    )
    rows, plain = [], Forms(f.detail * 0.5)
    for i in range(FEATHERS):
        s = i / (FEATHERS - 1)
        root = (span * 0.42 * s, span * 0.62 * s, -span * 0.12 * s * s)
        long = span * (0.36 + 0.3 * s)
        turn = math.radians(-12 + 82 * s)
        leaf = plain.ball(1.0, squash=(span * 0.022, span * 0.085, long * 0.55))
        leaf = leaf.translate((0, 0, -long * 0.45)).rotate((math.degrees(turn), 0, 0))
        rows.append(leaf.rotate((0, -14, -10)).translate(root))
    # Turned so that the feathers show from the front too.
    return unite([arm, *rows]).rotate((0, -38, 0))


def feathered_wings(f: Forms, chest: Point, radius: float, span: float) -> Part:
    """A pair of raised wings at an animal's shoulders."""
    wing = feathered_wing(f, span).translate((radius * 0.6, radius * 0.5, -radius * 0.3))
    return fixed("wings wing feathers", mirrored(wing).translate(chest), finish="white feathers")


def skin_wing(f: Forms, span: float) -> Manifold:
    """A raised wing of skin between fingers, on the side of +x, that starts at the origin."""
    tips = [(1.0, 0.62), (0.98, 0.12), (0.74, -0.2), (0.4, -0.3)]
    wrist = (0.42, 0.66)
    edge = [(0.0, 0.0), wrist, tips[0]]
    for one, other in pairwise(tips):
        middle = [(a + b) / 2 for a, b in zip(one, other, strict=True)]
        edge += [(middle[0] * 0.86 + 0.02, middle[1] * 0.86 + 0.06), other]
    edge.append((0.0, -0.22))
    skin = f.plate([(x * span, y * span) for x, y in edge], span * 0.022)
    bones = [f.bone((0, 0, 0), (wrist[0] * span, wrist[1] * span, 0), span * 0.035, span * 0.028)]
    start = (wrist[0] * span, wrist[1] * span, 0.0)
    bones += [f.bone(start, (x * span, y * span, 0), span * 0.026, span * 0.014) for x, y in tips]
    return unite([skin, *bones]).rotate((0, 28, 0))
