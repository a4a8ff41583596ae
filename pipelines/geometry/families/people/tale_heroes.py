"""Elf, dwarf, gnome, ninja and samurai. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.costumes import (
    beard,
    belt,
    boots,
    dyed,
    held,
    long_hair,
    on_head,
    pointed_hat,
    tunic,
)
from pipelines.geometry.families.figure import Figure, above_face
from pipelines.geometry.families.forms import Forms, around, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.ways import shares, way


def long_ears(f: Forms, p: Figure, reach: float = 1.0) -> Manifold:
    """Ears that end in a point; `reach` in heads."""
    leaf = f.bone(
        (0.8, -0.08, -0.05), (0.85 + 0.55 * reach, 0.12 + 0.42 * reach, -0.25), 0.2, 0.03
    ).scale((1, 1, 0.7))
    return on_head(p, mirrored(leaf))


@family(
    "elf",
    "elves wood_elf high_elf legolas archer_elf christmas_elf:red_fabric dark_elf:charcoal_fabric",
    "forest green fabric",
)
def elf(
    f: Forms,
    *,
    height: float = 1.55,
    width: float = 0.35,
    thickness: float = 0.05,
    head: float = 0.12,
) -> list[Part]:
    """With pointed ears and a pointed cap."""
    p = Figure(height, width, thickness, head)
    ring, buckle = belt(f, p, 0.55, 0.86)
    shoe = boots(f, p, 0.16)
    curl = f.hose(
        [
            (width * 0.28, thickness * 0.6, thickness * 2.2),
            (width * 0.29, thickness * 0.75, thickness * 3.4),
            (width * 0.29, thickness * 1.8, thickness * 3.9),
        ],
        thickness * 0.55,
        thickness * 0.12,
    )
    return [
        main(
            "tunic clothes hat cap",
            p.torso().solid(f.detail),
            tunic(f, p, 0.38),
            pointed_hat(f, p, 1.7, 0.6).translate((0, head * 0.14, 0)),
        ),
        second("trousers tights pants", p.trousers().solid(f.detail), finish="beige fabric"),
        p.skin(f),
        fixed("ears ear", long_ears(f, p), finish="flesh plaster"),
        fixed("hair", above_face(p, long_hair(f, p, 1.2)), finish="blonde hair"),
        fixed("belt boots shoes", ring, shoe, mirrored(curl), finish="brown leather"),
        fixed("buckle", buckle, finish="gold"),
        *p.face(f)[:3],
    ]


def _axe_edge(f: Forms) -> Manifold:
    """The blades of an axe."""
    edge = [
        (0.02, 0.3),
        (0.08, 0.3),
        (0.17, 0.2),
        (0.22, 0.3),
        (0.22, 0.42),
        (0.17, 0.52),
        (0.08, 0.42),
        (0.02, 0.42),
    ]
    return mirrored(f.bevelled(edge, 0.035, 0.008))


@family("dwarf", "dwarves dwarven_warrior gimli", "royal blue fabric")
def dwarf(
    f: Forms,
    *,
    height: float = 1.15,
    width: float = 0.48,
    thickness: float = 0.07,
    head: float = 0.14,
) -> list[Part]:
    """Short and broad, with a helmet, a long beard and an axe."""
    p = Figure(height, width, thickness, head)
    dome = f.ball(1.07, (0, 0.1, 0), share=0.7).trim_by_plane((0, 1, 0), 0.34) + f.ring(
        1.03, 0.1, (0, 0.36, 0), share=0.7
    )
    dome += f.soft_box((0.2, 0.62, 0.16), (0, 0.12, 1.0), 0.06) + f.post(
        0.14, 0.5, (0, 1.05, 0), 0.02
    )
    haft = f.bone((0, -0.28, 0), (0, 0.5, 0), 0.02)
    blade = _axe_edge(f)
    ring, buckle = belt(f, p, 0.5, 0.98)
    pads = mirrored(f.ball(thickness * 1.6, (width * 0.5, height * 0.79, 0), (1, 0.85, 1)))
    return [
        main("tunic clothes torso", p.torso(wide=1.1).solid(f.detail), tunic(f, p, 0.3, 1.05)),
        second("beard hair", beard(f, p, 1.9, 0.75), p.hair(f), finish="rust hair"),
        p.skin(f),
        fixed("trousers pants", p.trousers().solid(f.detail), finish="dark brown fabric"),
        fixed("helmet blade armor pads", on_head(p, dome), held(f, p, blade), pads, finish="steel"),
        fixed("belt boots", ring, boots(f, p, 0.2), finish="dark brown leather"),
        fixed("buckle", buckle, finish="gold"),
        fixed("axe handle haft", held(f, p, haft), finish="brown wood"),
        *p.face(f)[:2],
    ]


def _gnome_beard(f: Forms, p: Figure) -> Manifold:
    """A full beard that lies on the belly, with a moustache."""
    at, r = (0.0, p.face_y, 0.0), p.head
    hair = Blob(r * 0.15, 0.3).limb(
        way("0 -0.45 0.55, 0 -0.95 1.05, 0 -1.95 1.5", r, at), shares("0.6 0.55 0.08", r), 3
    )
    hair.mirrored_limb(way("0.1 -0.35 1.1, 0.62 -0.55 0.9", r, at), shares("0.18 0.08", r))
    return hair.solid(f.detail)


@family("gnome", "garden_gnome gnomes lawn_gnome gnome_doll", "blue fabric")
def gnome(
    f: Forms,
    *,
    height: float = 0.62,
    width: float = 0.24,
    thickness: float = 0.036,
    head: float = 0.094,
) -> list[Part]:
    """Short, with a tall pointed cap and a white beard."""
    p = Figure(height * 0.78, width, thickness, head)
    ring, buckle = belt(f, p, 0.42, 1.2)
    nose = f.ball(head * 0.26, (0, p.face_y - head * 0.15, head * 1.0))
    coat = p.torso(wide=1.15).ball((0, p.height * 0.5, 0.02), width * 0.43)
    return [
        main("coat clothes torso", coat.solid(f.detail), tunic(f, p, 0.24, 1.1)),
        second(
            "hat cap",
            pointed_hat(f, p, 2.6, 0.35).translate((0, head * 0.72, -head * 0.1)),
            finish="red fabric",
        ),
        dyed([p.skin(f)], "flesh plaster")[0],
        fixed("nose", nose, finish="rosy plaster"),
        fixed("trousers pants", p.trousers().solid(f.detail), finish="beige fabric"),
        fixed(
            "beard hair",
            _gnome_beard(f, p),
            finish="white hair",
        ),
        fixed("belt boots shoes", ring, boots(f, p, 0.2), finish="brown leather"),
        fixed("buckle", buckle, finish="gold"),
        *p.face(f)[:2],
    ]


def _ninja_hood(f: Forms) -> Manifold:
    """A hood with a slit for the eyes."""
    hood = f.ball(1.06, (0, 0.08, -0.04), (0.93, 1.04, 1.02), 0.7) + f.ball(
        0.75, (0, -0.42, 0.16), (0.95, 0.95, 1.0), 0.6
    )
    hood -= f.soft_box((1.35, 0.42, 1.2), (0, 0.12, 0.95), 0.15)
    return hood


def _scarf_tails(f: Forms, p: Figure) -> Manifold:
    """The band's ends."""
    return on_head(
        p,
        mirrored(
            f.ribbon(way("0.05 0.42 -1.0, 0.3 0.2 -1.4, 0.25 -0.5 -1.6"), 0.22, 0.06, up=(0, 0, 1))
        ),
    )


@family("ninja", "shinobi ninja_warrior ninjas kunoichi shadow_warrior", "black fabric")
def ninja(
    f: Forms,
    *,
    height: float = 1.74,
    width: float = 0.4,
    thickness: float = 0.058,
    head: float = 0.118,
) -> list[Part]:
    """Masked, with a band about the head and a sword on the back."""
    p = Figure(height, width, thickness, head)
    hood = _ninja_hood(f)
    band = on_head(p, f.ring(0.98, 0.1, (0, 0.42, -0.03), share=0.7))
    tails = _scarf_tails(f, p)
    wraps = [
        f.ring(thickness * s, thickness * 0.16, share=0.5).translate(at)
        for at, s in ((p.wrist, 0.72),)
    ]
    legs = [
        f.ring(thickness * 1.0, thickness * 0.16, (width * 0.25, height * y, 0), share=0.5)
        for y in (0.1, 0.13, 0.16)
    ]
    arm = f.bone(p.elbow, p.wrist, thickness * 0.78, thickness * 0.62)
    ring, _ = belt(f, p, 0.54, 0.86)
    sheath = f.bone((0, -0.42, 0), (0, 0.3, 0), 0.024)
    hilt = f.bone((0, 0.34, 0), (0, 0.56, 0), 0.02) + f.post(0.05, 0.02, (0, 0.31, 0))
    slung = [s.rotate((0, 0, -38)).translate((0, height * 0.68, -0.1)) for s in (sheath, hilt)]
    return [
        main(
            "suit clothes torso mask hood",
            p.torso().solid(f.detail),
            p.trousers().solid(f.detail),
            tunic(f, p, 0.42, 0.95),
            on_head(p, hood),
            mirrored(arm),
            p.shoes(f),
        ),
        second("band belt sash", band, tails, ring, finish="red fabric"),
        p.skin(f),
        fixed("wraps", mirrored(unite(wraps + legs)), finish="charcoal fabric"),
        fixed("sheath sword", slung[0], finish="shiny black plastic"),
        fixed("hilt handle", slung[1], finish="maroon fabric"),
        *[part for part in p.face(f) if not part.name.startswith("mouth")],
    ]


def _shoulder_plates(f: Forms, height: float, thickness: float, x: float) -> list[Manifold]:
    """Four plates, one below the other."""
    plates = []
    for i in range(4):
        low = 0.76 - 0.05 * i
        plates.append(
            Forms(f.detail * 0.4).soft_box(
                (x * 0.16, height * 0.052, thickness * 2.6),
                (x * (1.08 + 0.06 * i), height * low, 0),
                0.01,
            )
        )
    return plates


def _cuirass(f: Forms, height: float, x: float) -> Manifold:
    """The breast plate."""
    return (
        Forms(f.detail * 0.7)
        .turned(
            [
                (x * 0.72, height * 0.55),
                (x * 0.84, height * 0.66),
                (x * 0.9, height * 0.76),
                (x * 0.5, height * 0.8),
            ]
        )
        .scale((1, 1, 0.78))
    )


def _plated_skirt(f: Forms, height: float, x: float) -> list[Manifold]:
    """Four rings of plates below the belt."""
    return [
        around(
            Forms(f.detail * 0.4).soft_box(
                (x * 0.62, height * 0.05, 0.03),
                (0, height * (0.5 - 0.048 * i), x * (0.76 + 0.05 * i)),
                0.012,
            ),
            7,
        )
        for i in range(4)
    ]


def _neck_guard(f: Forms) -> list[Manifold]:
    """Three rims, open in front."""
    f = Forms(f.detail * 0.7)
    return [
        f.lathe(
            [
                (1.1 + 0.2 * i, 0.3 - 0.3 * i),
                (1.2 + 0.22 * i, 0.22 - 0.3 * i),
                (1.3 + 0.22 * i, 0.02 - 0.3 * i),
                (1.2 + 0.2 * i, 0.06 - 0.3 * i),
            ]
        )
        - f.box((2.4, 5, 3), (0, 0, 1.7))
        for i in range(3)
    ]


def _samurai_helmet(f: Forms) -> tuple[Manifold, Manifold]:
    """The cap and the crest, for a head of radius 1."""
    dome = f.ball(1.12, (0, 0.12, -0.02), share=0.7).trim_by_plane((0, 1, 0), 0.32)
    line = way("0.04 0.6 0.9, 0.6 1.2 1.1, 0.75 1.95 1.0")
    return dome, mirrored(f.hose(line, [0.09, 0.16, 0.03], squash=0.5, steps=3))


def _long_sword(f: Forms) -> tuple[Manifold, Manifold, Manifold]:
    """Blade, hilt and guard of a sword that stands in the hand."""
    blade = f.hose(
        [(0, 0.06, 0), (0.01, 0.4, 0), (0.06, 0.82, 0)], [0.022, 0.02, 0.006], squash=0.4
    )
    hilt = f.bone((0, -0.16, 0), (0, 0.05, 0), 0.018)
    return blade, hilt, f.post(0.05, 0.014, (0, 0.05, 0))


@family("samurai", "ronin shogun samurai_warrior bushi", "crimson leather")
def samurai(
    f: Forms,
    *,
    height: float = 1.76,
    width: float = 0.46,
    thickness: float = 0.066,
    head: float = 0.12,
) -> list[Part]:
    """In lacquered plates, with a crested helmet and a long sword."""
    p = Figure(height, width, thickness, head)
    x = width / 2
    plates = _shoulder_plates(f, height, thickness, x)
    chest = _cuirass(f, height, x)
    rows = [
        f.ring(x * (0.83 + 0.02 * i), 0.012, (0, height * (0.58 + 0.045 * i), 0), share=0.5).scale(
            (1, 1, 0.79)
        )
        for i in range(4)
    ]
    skirt = _plated_skirt(f, height, x)
    dome, crest = _samurai_helmet(f)
    blade, hilt, tsuba = _long_sword(f)
    return [
        main(
            "armour armor plates clothes helmet",
            chest,
            mirrored(unite(plates)),
            *skirt,
            on_head(p, unite(_neck_guard(f))),
            boots(f, p, 0.2),
        ),
        second(
            "trousers sleeves cloth",
            p.torso().solid(f.detail),
            p.trousers().solid(f.detail),
            tunic(f, p, 0.34, 1.2),
            finish="navy fabric",
        ),
        p.skin(f),
        fixed("dome", on_head(p, dome), finish="charcoal steel"),
        fixed("crest cords guard", on_head(p, crest), *rows, held(f, p, tsuba, -1), finish="gold"),
        fixed("hair", p.hair(f), finish="black hair"),
        fixed("sword blade katana", held(f, p, blade, -1), finish="silver"),
        fixed("hilt handle", held(f, p, hilt, -1), finish="black fabric"),
        *p.face(f),
    ]
