"""Butterflies. Their front is +Z."""

from __future__ import annotations

from dataclasses import replace

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Flat, Forms, mirrored, unite
from pipelines.geometry.families.quadruped import EYES
from pipelines.geometry.families.registry import Part, family, fixed, main, second


def _butterfly_wing(u: float) -> list[list[tuple[float, float]]]:
    """Outlines of the fore and the hind wing, seen from above (x, z), in shares of the span."""
    fore = [
        (0.02, 0.1),
        (0.3, 0.5),
        (0.6, 0.78),
        (0.86, 0.84),
        (1.0, 0.72),
        (0.96, 0.42),
        (0.78, 0.1),
        (0.45, -0.06),
        (0.03, 0.0),
    ]
    hind = [
        (0.03, 0.04),
        (0.45, -0.02),
        (0.74, -0.12),
        (0.8, -0.38),
        (0.66, -0.62),
        (0.46, -0.7),
        (0.3, -0.55),
        (0.03, -0.12),
    ]
    return [_rounded(fore, u), _rounded(hind, u)]


def _rounded(outline: Flat, scale: float) -> list[tuple[float, float]]:
    """Chaikin's corner cutting, twice."""
    row = [(x * scale, z * scale) for x, z in outline]
    for _ in range(2):
        row = [
            (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t)
            for a, b in zip(row, [*row[1:], row[0]], strict=True)
            for t in (0.25, 0.75)
        ]
    return row


def _butterfly_wings(
    f: Forms, u: float, t: float
) -> tuple[list[Manifold], list[Manifold], list[Manifold]]:
    """Edges, skins and spots of the wings of one side, flat."""
    edges, skins, spots = [], [], []
    for outline in _butterfly_wing(u):
        edges.append(f.floor(outline, t))
        middle = (
            sum(x for x, _ in outline) / len(outline),
            sum(z for _, z in outline) / len(outline),
        )
        inner = [
            (middle[0] + (x - middle[0]) * 0.84 - u * 0.02, middle[1] + (z - middle[1]) * 0.84)
            for x, z in outline
        ]
        skins.append(f.floor(inner, t * 1.8, (0, -t * 0.4, 0)))
    for x, z, size in ((0.86, 0.7, 0.05), (0.9, 0.5, 0.04), (0.66, -0.45, 0.06), (0.5, 0.42, 0.06)):
        spots.append(f.post(u * size, t * 2.6, (x * u, -t * 0.8, z * u)))
    return edges, skins, spots


@family("butterfly", "monarch_butterfly", "orange paint")
def butterfly(
    f: Forms, *, width: float = 0.1, length: float = 0.05, height: float = 0.03
) -> list[Part]:
    u, t = width / 2, width * 0.014
    y, tilt = height * 0.45, 24.0
    edges, skins, spots = _butterfly_wings(f, u, t)

    def placed(rows: list[Manifold]) -> Manifold:
        return mirrored(unite(rows).rotate((0, 0, tilt)).translate((u * 0.02, y, 0)))

    r = length * 0.075
    body = Blob(r * 0.4).limb(
        [(0, y, -length * 0.5), (0, y, -length * 0.1), (0, y, length * 0.22)],
        [r * 0.5, r * 0.9, r * 1.15],
        3,
    )
    body.ball((0, y + r * 0.3, length * 0.36), r * 1.05)
    feelers = f.hose(
        [
            (r * 0.3, y + r, length * 0.4),
            (r * 1.8, y + r * 4, length * 0.62),
            (r * 3, y + r * 5, length * 0.78),
        ],
        r * 0.18,
    )
    knob = f.ball(r * 0.4, (r * 3, y + r * 5, length * 0.78))
    # Nose up, so that the open wings are seen from the front and the back.
    parts = [
        main("wings wing", placed(skins)),
        second("edges edge borders", placed(edges), finish="black paint"),
        fixed("spots dots", placed(spots), finish="white paint"),
        fixed(
            "body feelers antennae",
            body.solid(f.detail),
            mirrored(feelers + knob),
            finish="charcoal fur",
        ),
        fixed(
            "eyes eye",
            mirrored(f.ball(r * 0.45, (r * 0.7, y + r * 0.6, length * 0.4))),
            finish=EYES,
        ),
    ]
    return [replace(part, solid=part.solid.rotate((-55, 0, 0))) for part in parts]
