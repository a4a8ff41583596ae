"""People of tales and of fancy dress: pirate, king, witch and others. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.costumes import (
    beard,
    belt,
    boots,
    cape,
    crown,
    dyed,
    gown,
    held,
    long_hair,
    on_head,
    pointed_hat,
    robe,
    tunic,
)
from pipelines.geometry.families.figure import Figure, above_face
from pipelines.geometry.families.forms import Forms, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.ways import way


@family(
    "witch",
    "crone old_witch halloween_witch",
    "black fabric",
)
def witch(
    f: Forms,
    *,
    height: float = 1.62,
    width: float = 0.35,
    thickness: float = 0.052,
    head: float = 0.118,
) -> list[Part]:
    """With a pointed hat, a hooked nose and a broom."""
    p = Figure(height, width, thickness, head)
    nose = f.hose(
        way("0 0.02 0.9, 0 -0.15 1.3, 0 -0.42 1.3", head, (0, p.face_y, 0)),
        [head * 0.13, head * 0.12, head * 0.05],
    )
    stick = f.bone((0, -height * 0.3, 0), (0, height * 0.42, 0), 0.016)
    twigs = f.lathe(
        [(0.022, 0), (0.06, -0.1), (0.085, -0.3), (0.02, -0.31)], (0, -height * 0.18, 0)
    )
    ring, buckle = belt(f, p, 0.58, 0.8)
    band = on_head(p, f.lathe([(0.9, 0), (1.03, 0), (0.93, 0.24), (0.8, 0.24)]), 0.56, -8)
    return [
        main(
            "dress clothes hat robe",
            p.torso(slim=0.9).solid(f.detail),
            gown(f, p, 0.05, 1.5),
            pointed_hat(f, p, 2.5, 0.5, 1.95),
        ),
        second("hair", above_face(p, long_hair(f, p)), finish="grey hair"),
        *dyed([p.skin(f)], "pale lime plaster"),
        fixed("nose", nose, finish="pale lime plaster"),
        fixed("band belt", band, ring, finish="purple fabric"),
        fixed("buckle", buckle, finish="gold"),
        fixed("broom broomstick", held(f, p, stick), finish="brown wood"),
        fixed("twigs", held(f, p, twigs), finish="mustard hair"),
        fixed("shoes boots", p.shoes(f), finish="charcoal leather"),
        *p.face(f)[:3],
    ]


def _cocked_brim(f: Forms) -> Manifold:
    """The brim of a hat, turned up on three sides."""
    brim = f.stack(
        [
            (0, [(1.5, 0.95), (0, 1.35), (-1.5, 0.95), (-1.15, -1.2), (1.15, -1.2)]),
            (0.7, [(1.75, 1.1), (0, 1.55), (-1.75, 1.1), (-1.3, -1.45), (1.3, -1.45)]),
        ]
    )
    brim -= f.stack(
        [
            (0.12, [(1.3, 0.75), (0, 1.1), (-1.3, 0.75), (-0.95, -1.0), (0.95, -1.0)]),
            (0.8, [(1.65, 1.0), (0, 1.45), (-1.65, 1.0), (-1.2, -1.35), (1.2, -1.35)]),
        ]
    )
    return brim


def _hook(f: Forms) -> Manifold:
    """In place of a hand."""
    line = [
        (0, 0, 0),
        (0, -0.08, 0),
        (0.05, -0.13, 0.02),
        (0.09, -0.09, 0.03),
        (0.085, -0.05, 0.03),
    ]
    return f.post(0.045, 0.06, (0, -0.02, 0)) + f.hose(line, 0.014, 0.006)


def _sabre(f: Forms) -> tuple[Manifold, Manifold]:
    """Blade and hilt."""
    blade = f.bevelled(
        [(-0.02, 0.06), (0.025, 0.06), (0.06, 0.4), (0.14, 0.66), (0.03, 0.45)], 0.016, 0.005
    )
    guard = (
        f.bone((0, -0.05, 0), (0, 0.07, 0), 0.016)
        + f.ring(0.05, 0.012, (0, 0.03, 0), "x", 0.4).scale((1, 1.2, 1))
        + f.ball(0.045, (0, 0.055, 0), (1, 0.4, 1))
    )
    return blade, guard


@family(
    "pirate",
    "buccaneer corsair captain_hook blackbeard pirate_captain jack_sparrow",
    "crimson fabric",
)
def pirate(
    f: Forms,
    *,
    height: float = 1.76,
    width: float = 0.42,
    thickness: float = 0.062,
    head: float = 0.12,
) -> list[Part]:
    """With a three-cornered hat, an eye patch, a beard, a hook and a sabre."""
    p = Figure(height, width, thickness, head)
    coat = tunic(f, p, 0.33, 1.05) - f.box((width * 0.23, height, 1), (0, height * 0.4, 0.5))
    brim = _cocked_brim(f)
    hat = on_head(p, brim + f.ball(0.98, (0, 0.15, -0.05), (1, 0.9, 1), 0.7), 0.55, -6)
    skull = on_head(p, f.ball(0.2, (0, 1.0, 1.38), (1, 1, 0.5)), 0.0)
    patch = on_head(
        p,
        f.ball(0.22, (-0.34, 0.1, 0.86), (1.1, 1, 0.5))
        + f.ring(0.97, 0.045, share=0.6).rotate((0, 0, -16)).translate((0, 0.22, -0.02)),
    )
    hook, (blade, guard) = _hook(f), _sabre(f)
    ring, buckle = belt(f, p)
    return [
        main("coat jacket clothes torso", p.torso(wide=1.04).solid(f.detail), coat),
        second("trousers pants legs", p.trousers().solid(f.detail), finish="charcoal fabric"),
        p.skin(f),
        fixed("hat", hat, finish="black fabric"),
        fixed("skull emblem", skull, finish="white plaster"),
        fixed(
            "beard hair",
            beard(f, p, 0.9),
            above_face(p, long_hair(f, p, 1.3)),
            finish="dark brown hair",
        ),
        fixed("belt boots patch", ring, boots(f, p), patch, finish="black leather"),
        fixed("buckle guard hilt", buckle, held(f, p, guard, -1), finish="gold"),
        fixed("hook blade sabre sword", held(f, p, hook), held(f, p, blade, -1), finish="silver"),
        *p.face(f)[:2],
    ]


@family(
    "king",
    "monarch emperor king_arthur majesty",
    "royal blue fabric",
)
def king(
    f: Forms,
    *,
    height: float = 1.78,
    width: float = 0.43,
    thickness: float = 0.062,
    head: float = 0.12,
) -> list[Part]:
    """With crown, cape, beard and sceptre."""
    p = Figure(height, width, thickness, head)
    rod = f.bone((0, -0.3, 0), (0, 0.5, 0), 0.017)
    knob = f.ball(0.05, (0, 0.54, 0)) + f.bone((0, 0.58, 0), (0, 0.64, 0), 0.016)
    collar = f.ring(0.17, 0.055, (0, height * 0.815, -0.01), share=0.7).scale((1.05, 1, 0.9))
    ring, buckle = belt(f, p, 0.55, 0.98)
    gems = on_head(
        p,
        unite(
            [
                f.ball(0.1, (0.9 * x, 0.18, 0.9 * z))
                for x, z in ((0, 1), (0.78, 0.62), (-0.78, 0.62))
            ]
        ),
        0.72,
    )
    return [
        main("robe clothes torso", p.torso(wide=1.04).solid(f.detail), robe(f, p)),
        second("cape cloak mantle", cape(f, p, 0.02), finish="crimson fabric"),
        p.skin(f),
        fixed("fur collar hem", collar, finish="white fur"),
        fixed("crown belt sceptre", crown(f, p), ring, buckle, held(f, p, rod), finish="gold"),
        fixed("gems jewels orb", gems, held(f, p, knob), finish="shiny ruby plastic"),
        fixed("beard", beard(f, p, 0.7), finish="grey hair"),
        fixed("hair", p.hair(f), finish="grey hair"),
        *p.face(f)[:2],
    ]


@family(
    "queen",
    "empress princess:pink_fabric duchess:pink_fabric countess noblewoman ",
    "purple fabric",
)
def queen(
    f: Forms,
    *,
    height: float = 1.7,
    width: float = 0.34,
    thickness: float = 0.05,
    head: float = 0.115,
) -> list[Part]:
    """In a long, wide gown, with a crown."""
    p = Figure(height, width, thickness, head)
    x = width / 2
    dress = p.torso(slim=0.8).mirrored_ball((x * 0.4, height * 0.73, 0.075), 0.06)
    puffs = mirrored(f.ball(thickness * 1.7, (x * 1.02, height * 0.775, -0.01)))
    front = f.turned(
        [(x * 0.2, height * 0.6), (x * 0.75, height * 0.36), (x * 1.35, 0.012), (x * 1.3, 0.012)]
    ).translate((0, 0, x * 1.2))
    neck = f.ring(head * 0.62, 0.014, (0, height * 0.805, 0.01), share=0.6)
    return [
        main("dress clothes gown skirt", dress.solid(f.detail), gown(f, p, 0.0, 2.4), puffs),
        second("apron front trim", front.trim_by_plane((0, 1, 0), 0.0), finish="white fabric"),
        p.skin(f),
        fixed("hair", above_face(p, long_hair(f, p, 2.4)), finish="blonde hair"),
        fixed("crown tiara necklace", crown(f, p, 0.66), neck, finish="gold"),
        *p.face(f),
    ]


@family("santa", "santa_claus father_christmas st_nicholas saint_nicholas saint_nick", "red fabric")
def santa(
    f: Forms,
    *,
    height: float = 1.72,
    width: float = 0.52,
    thickness: float = 0.075,
    head: float = 0.128,
) -> list[Part]:
    """Round, with a white beard, a cap and a sack."""
    p = Figure(height, width, thickness, head)
    x, _y = width / 2, p.face_y
    coat = p.torso(wide=1.12).ball((0, height * 0.6, 0.06), x * 0.92, (1, 1.05, 0.85))
    coat.mirrored_limb([p.elbow, p.wrist], [thickness * 0.95, thickness * 0.85])
    skirt = f.turned(
        [
            (x * 0.8, height * 0.56),
            (x * 1.0, height * 0.46),
            (x * 1.08, height * 0.38),
            (x, height * 0.38),
        ]
    )
    hat = pointed_hat(f, p, 1.5, 0.9).translate((0, head * 0.22, 0))
    fur = [
        on_head(p, f.ring(0.95, 0.2, share=0.7), 0.78, -8),
        f.ring(x * 1.03, 0.045, (0, height * 0.385, 0), share=0.8),
        on_head(p, f.ball(0.3, (0.9, 1.72, -0.9)), 0.22),
    ]
    cuff = f.ring(thickness * 0.85, thickness * 0.35, share=0.5).translate(p.wrist)
    ring, buckle = belt(f, p, 0.53, 1.12)
    sack = Blob(0.06, 0.25).limb([(0, -0.26, 0), (0, -0.05, 0), (0, 0.12, 0)], [0.2, 0.17, 0.05], 2)
    return [
        main(
            "coat clothes hat trousers suit",
            coat.solid(f.detail),
            skirt,
            p.trousers().solid(f.detail),
            hat,
        ),
        fixed("fur trim cuffs", *fur, mirrored(cuff), finish="white fur"),
        p.skin(f),
        fixed("beard hair brows", beard(f, p, 1.2, 0.62), finish="white hair"),
        fixed("belt boots", ring, boots(f, p), finish="black leather"),
        fixed("buckle", buckle, finish="gold"),
        second("sack bag", held(f, p, sack.solid(f.detail)), finish="brown fabric"),
        *p.face(f)[:2],
    ]


def _axe_blade(f: Forms) -> Manifold:
    """The blade of an axe, its haft along y."""
    return f.plate(
        [
            (0.0, 0.26),
            (0.06, 0.26),
            (0.17, 0.13),
            (0.22, 0.24),
            (0.23, 0.32),
            (0.22, 0.4),
            (0.17, 0.5),
            (0.06, 0.38),
            (0, 0.38),
        ],
        0.025,
    )


def _viking_helmet(f: Forms) -> tuple[Manifold, Manifold]:
    """Helmet and horns, for a head of radius 1."""
    dome = (
        f.ball(1.08, (0, 0.1, -0.02), (1, 1, 1.02), 0.7).trim_by_plane((0, 1, 0), 0.32)
        + f.ring(1.04, 0.09, (0, 0.36, 0), share=0.7)
        + f.soft_box((0.2, 0.75, 0.12), (0, 0.2, 1.05), 0.05)
    )
    return dome, mirrored(f.hose(way("0.9 0.6 0, 1.5 0.75 0, 1.75 1.5 0.1"), 0.24, 0.04))


def _fur_collar(p: Figure) -> Blob:
    """Tufts about the shoulders."""
    fur = Blob(0.04, 0.5)
    for spot in way(
        "0.35 0.82 0.06, 0.8 0.815 0.02, 1.02 0.785 -0.02, 0.45 0.82 -0.1",
        (p.width / 2, p.height, 1),
    ):
        fur.mirrored_ball(spot, p.thickness * 1.15)
    return fur


@family(
    "viking",
    "norseman viking_warrior norse_warrior ragnar",
    "chestnut fabric",
)
def viking(
    f: Forms,
    *,
    height: float = 1.78,
    width: float = 0.48,
    thickness: float = 0.07,
    head: float = 0.122,
) -> list[Part]:
    """With a horned helmet, a beard, an axe and a round shield."""
    p = Figure(height, width, thickness, head)
    helmet, horn = (on_head(p, solid) for solid in _viking_helmet(f))
    haft = f.bone((0, -0.25, 0), (0, 0.42, 0), 0.02)
    axe = _axe_blade(f)
    board = f.rod(0.3, 0.04, (0, 0, 0), "z")
    rim = f.ring(0.3, 0.025, (0, 0, 0), "z", 0.7) + f.ball(0.08, (0, 0, 0.03), (1, 1, 0.7))
    ring, buckle = belt(f, p)
    return [
        main("tunic clothes torso", p.torso(wide=1.05).solid(f.detail), tunic(f, p, 0.36, 0.96)),
        second("trousers pants legs", p.trousers().solid(f.detail), finish="khaki fabric"),
        p.skin(f),
        fixed("beard hair", beard(f, p, 1.1, 0.58), finish="rust hair"),
        fixed(
            "helmet blade rim",
            helmet,
            held(f, p, axe),
            held(f, p, rim.translate((0.02, 0.05, 0.09)), -1),
            finish="steel",
        ),
        fixed("horns horn", horn, finish="ivory plastic"),
        fixed("fur collar", _fur_collar(p).solid(f.detail), finish="brown fur"),
        fixed("belt boots", ring, boots(f, p, 0.2), finish="dark brown leather"),
        fixed("buckle", buckle, finish="gold"),
        fixed("axe handle haft", held(f, p, haft), finish="brown wood"),
        fixed("shield", held(f, p, board.translate((0.02, 0.05, 0.08)), -1), finish="red wood"),
        *p.face(f)[:2],
    ]
