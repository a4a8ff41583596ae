"""Mermaid, fairy and angel. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.costumes import gown, held, long_hair
from pipelines.geometry.families.figure import Figure, above_face
from pipelines.geometry.families.forms import Forms, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.wings import feathered_wing


def _tail(f: Forms, p: Figure) -> tuple[Manifold, Manifold]:
    """A fish's tail below the waist, and its fin, curved to the side."""
    x, h = p.width / 2, p.height
    body = Blob(x * 0.3, 0.8).limb(
        [
            (0, h * 0.6, 0),
            (0, h * 0.48, 0.01),
            (0, h * 0.28, 0.06),
            (0, h * 0.11, -0.04),
            (0, h * 0.09, -0.24),
        ],
        [x * 0.62, x * 0.86, x * 0.55, x * 0.27, x * 0.18],
        4,
    )
    shape = [(0, 0), (0.35, -0.1), (1.0, -0.75), (0.95, -1.0), (0.4, -0.85), (0, -0.6)]
    fin = mirrored(f.floor([(a * x * 1.7, b * x * 1.7) for a, b in shape], x * 0.12)).rotate(
        (22, 0, 0)
    )
    return body.solid(f.detail), fin.translate((0, h * 0.075, -0.26))


@family("mermaid", "little_mermaid ariel mermaids nereid", "teal scales")
def mermaid(
    f: Forms,
    *,
    height: float = 1.5,
    width: float = 0.34,
    thickness: float = 0.05,
    head: float = 0.115,
) -> list[Part]:
    """A woman with the tail of a fish."""
    p = Figure(height, width, thickness, head)
    x = width / 2
    tail, fin = _tail(f, p)
    bust = p.torso(slim=0.8).mirrored_ball((x * 0.4, height * 0.73, 0.075), 0.06)
    shells = mirrored(f.ball(0.062, (x * 0.4, height * 0.728, 0.088), (1.1, 1, 0.95)))
    belt = f.ring(x * 0.74, 0.02, (0, height * 0.575, 0), share=0.6).scale((1, 1, 0.9))
    star = f.plate(
        f.star(head * 0.32, 5), head * 0.25, (head * 0.75, p.face_y + head * 0.62, head * 0.35)
    )
    return [
        main("tail scales fish", tail),
        second("fin fins belt", fin, belt, finish="turquoise scales"),
        p.skin(f),
        fixed("torso", bust.solid(f.detail), finish="flesh plaster"),
        fixed("shells top bra", shells, finish="lavender ceramic"),
        fixed("hair", above_face(p, long_hair(f, p, 3.4)), finish="terracotta hair"),
        fixed("starfish star", star, finish="orange plastic"),
        *p.face(f),
    ]


def _fairy_dress(f: Forms, p: Figure, hem: float) -> Manifold:
    x = p.width / 2
    waist = p.height * 0.6
    skirt = f.turned(
        [
            (x * 0.5, waist + 0.02),
            (x * 0.9, waist - 0.07),
            (x * 1.6, waist - hem),
            (x * 1.5, waist - hem),
        ]
    )
    torso = p.torso(slim=0.8).mirrored_ball((x * 0.4, p.height * 0.73, 0.075), 0.055)
    return torso.solid(f.detail) + skirt


@family("fairy", "pixie tinkerbell tinker_bell tooth_fairy sprite fairies", "lime fabric")
def fairy(
    f: Forms,
    *,
    height: float = 1.3,
    width: float = 0.27,
    thickness: float = 0.038,
    head: float = 0.105,
    wing: float = 0.5,
) -> list[Part]:
    """With the wings of a butterfly and a wand."""
    p = Figure(height, width, thickness, head)
    leaf = [(0, 0), (0.25, 0.55), (0.7, 1.0), (0.95, 0.85), (0.85, 0.35), (0.4, 0.02)]
    low = [(0, 0), (0.4, -0.02), (0.72, -0.3), (0.6, -0.68), (0.3, -0.6), (0.08, -0.25)]
    panes = [f.plate([(a * wing, b * wing) for a, b in rows], 0.012) for rows in (leaf, low)]
    wings = mirrored(unite(panes).rotate((0, 24, 0)).translate((0.0, height * 0.73, -0.05)))
    stick = f.bone((0, -0.05, 0), (0.03, 0.34, 0.1), 0.008)
    star = f.plate(f.star(0.055, 5), 0.02, (0.03, 0.355, 0.102))
    bun = f.ball(head * 0.45, (0, p.face_y + head * 1.25, -head * 0.25))
    return [
        main("dress clothes skirt", _fairy_dress(f, p, 0.24)),
        second("wings wing", wings, finish="pale aqua glass"),
        p.skin(f, bare_legs=True),
        fixed("hair", p.hair(f), bun, finish="blonde hair"),
        fixed("wand", held(f, p, stick), finish="white plastic"),
        fixed("star", held(f, p, star), finish="gold"),
        fixed("shoes", p.shoes(f), finish="grass green leather"),
        *p.face(f),
    ]


@family("angel", "archangel guardian_angel seraph christmas_angel angels valkyrie", "white fabric")
def angel(
    f: Forms,
    *,
    height: float = 1.7,
    width: float = 0.35,
    thickness: float = 0.052,
    head: float = 0.116,
    wing: float = 1.15,
) -> list[Part]:
    """In a long gown, with feathered wings and a ring of light."""
    p = Figure(height, width, thickness, head)
    pair = mirrored(feathered_wing(f, wing).translate((0.05, height * 0.66, -0.1)))
    ring = f.ring(head * 0.9, head * 0.12, (0, height + head * 0.42, -0.02))
    halo = ring + f.bone(
        (0, height - head * 0.6, -head * 0.75), (0, height + head * 0.42, -head * 1.0), head * 0.06
    )
    sash = f.ring(width * 0.42, 0.02, (0, height * 0.6, 0), share=0.6).scale((1, 1, 0.85))
    return [
        main("gown dress clothes robe", p.torso(slim=0.88).solid(f.detail), gown(f, p, 0.0, 1.6)),
        second("wings wing feathers", pair, finish="white feathers"),
        p.skin(f),
        fixed("hair", above_face(p, long_hair(f, p, 1.9)), finish="golden yellow hair"),
        fixed("halo sash belt", halo, sash, finish="shiny gold"),
        *p.face(f),
    ]
