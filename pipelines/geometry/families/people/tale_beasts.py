"""Half man, half beast, and other creatures of tales. Their front is +Z."""

from __future__ import annotations

import math
from dataclasses import replace

from manifold3d import Manifold

from pipelines.geometry.families.animals.animals import horse
from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.costumes import horns, long_hair
from pipelines.geometry.families.figure import Figure, above_face
from pipelines.geometry.families.forms import Forms, Point, mirrored, unite
from pipelines.geometry.families.quadruped import EYES, above_ground
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.ways import way
from pipelines.geometry.families.wings import skin_wing


def _brute(p: Figure, f: Forms, wide: float = 1.0) -> Blob:
    """A heavy chest, bent a little forward, with thick arms."""
    x, h, t = p.width / 2, p.height, p.thickness
    body = Blob(t * 0.9, 0.6).limb(
        [(0, h * 0.5, 0), (0, h * 0.62, 0), (0, h * 0.74, 0.02)], [x * 0.62, x * 0.66, x * 0.8], 2
    )
    body.mirrored_ball((x * 0.42, h * 0.74, x * 0.3), x * 0.42).mirrored_limb(
        [
            (x * 0.4, h * 0.79, 0),
            (x * 1.05, h * 0.78, 0),
            (x * 1.35, h * 0.62, 0),
            (x * 1.4, h * 0.47, x * 0.3),
        ],
        [t * 1.5 * wide, t * 1.6 * wide, t * 1.2 * wide, t * 0.9 * wide],
        2,
    )
    body.mirrored_ball((x * 1.42, h * 0.44, x * 0.36), t * 1.05, (0.85, 1.1, 1))
    return body


def _goat_legs(p: Figure) -> Blob:
    """Legs of a beast, bent backwards, with hooves."""
    x, h, t = p.width / 2, p.height, p.thickness
    legs = Blob(t * 0.7, 0.5).mirrored_limb(
        [
            (x * 0.45, h * 0.5, 0),
            (x * 0.6, h * 0.3, x * 0.4),
            (x * 0.55, h * 0.15, -x * 0.3),
            (x * 0.55, h * 0.03, 0),
        ],
        [t * 1.9, t * 1.45, t * 0.8, t * 0.75],
        3,
    )
    return legs.bone((-x * 0.3, h * 0.5, 0), (x * 0.3, h * 0.5, 0), t * 1.8)


def _bull_head(f: Forms, p: Figure) -> tuple[Blob, Point]:
    head, top = p.head, (0.0, p.height * 0.9, p.width * 0.12)
    skull = Blob(head * 0.3, 0.6).ball(top, head, (0.95, 1, 1))
    skull.bone(top, (0, top[1] - head * 0.6, top[2] + head * 0.9), head * 0.7, head * 0.58)
    skull.bone((0, p.height * 0.76, 0), top, p.width * 0.26, head * 0.8)
    return skull.mirrored_bone(
        (head * 0.7, top[1] + head * 0.2, top[2]),
        (head * 1.5, top[1] + head * 0.1, top[2]),
        head * 0.3,
        head * 0.12,
    ), top


def _bull_horn(f: Forms, head: float, y: float, z: float) -> Manifold:
    """One horn."""
    return f.hose(
        [
            (head * 0.6, y + head * 0.6, z),
            (head * 1.5, y + head * 0.85, z),
            (head * 1.9, y + head * 1.7, z + head * 0.3),
        ],
        head * 0.24,
        head * 0.04,
    )


@family("minotaur", "bull_man minotaurs taurus cow_man", "brown fur")
def minotaur(
    f: Forms,
    *,
    height: float = 2.0,
    width: float = 0.6,
    thickness: float = 0.085,
    head: float = 0.15,
) -> list[Part]:
    """A man with the head and the legs of a bull."""
    p = Figure(height, width, thickness, head)
    skull, (_, y, z) = _bull_head(f, p)
    nose = (0.0, y - head * 0.72, z + head * 1.35)
    horn = _bull_horn(f, head, y, z)
    ring = f.ring(
        head * 0.26, head * 0.06, (0, nose[1] - head * 0.3, nose[2] + head * 0.2), "z", 0.5
    )
    hoof = f.post(thickness * 1.0, height * 0.05, (width * 0.275, 0, 0.02), thickness * 0.75)
    cloth = f.turned(
        [
            (width * 0.3, height * 0.53),
            (width * 0.34, height * 0.48),
            (width * 0.42, height * 0.34),
            (width * 0.4, height * 0.34),
        ]
    ).scale((1, 1, 0.85))
    eye = (head * 0.45, y + head * 0.15)
    return [
        main(
            "fur head legs coat", skull.solid(f.detail), above_ground(_goat_legs(p).solid(f.detail))
        ),
        second("loincloth clothes", cloth, finish="maroon leather"),
        fixed("skin torso chest arms hands", _brute(p, f).solid(f.detail), finish="flesh skin"),
        fixed("horns horn", mirrored(horn), finish="ivory plastic"),
        fixed("snout muzzle", f.ball(head * 0.62, nose, (1, 0.8, 0.6)), finish="beige skin"),
        fixed("ring", ring, finish="gold"),
        fixed("hooves hoof", mirrored(hoof), finish="charcoal plastic"),
        fixed(
            "eyes eye",
            mirrored(f.ball(head * 0.14, (*eye, skull.reach((*eye, 0.0), 2)))),
            finish="shiny red plastic",
        ),
    ]


def _horse_parts(
    f: Forms, length: float, height: float, radius: float, legs: int
) -> dict[str, Part]:
    """The parts of a horse by name."""
    return {
        q.name: q
        for q in horse(
            f,
            length=length,
            height=height,
            radius=radius,
            head=0.05,
            neck=0.05,
            muzzle=0.05,
            legs=legs,
        )
    }


@family("centaur", "centaurs horse_man chiron sagittarius centauress", "brown fur")
def centaur(
    f: Forms,
    *,
    length: float = 1.5,
    height: float = 1.3,
    radius: float = 0.27,
    head: float = 0.12,
    legs: int = 4,
) -> list[Part]:
    """The body of a horse with the upper half of a man."""
    beast = _horse_parts(f, length, height, radius, legs)
    z = length / 2 - radius * 0.75
    p = Figure(height * 1.2, 0.42, 0.062, head)
    lift = height * 0.8 - p.height * 0.5
    man = [p.skin(f), *p.face(f)]
    chest = p.torso().solid(f.detail)
    moved = [replace(q, solid=q.solid.translate((0, lift, z))) for q in man]
    coat = beast["body fur coat"].solid.trim_by_plane((0, -0.35, -1.0), -(z + radius * 0.55))
    tail = beast["mane tail"].solid ^ f.box((9, 9, 9), (0, 0, -length * 0.3 - 4.5))
    hair = above_face(p, long_hair(f, p, 1.6)).translate((0, lift, z))
    join = Blob(radius * 0.2, 0.5).limb(
        [(0, height * 0.62, z - radius * 0.2), (0, height * 0.88, z)],
        [radius * 0.85, radius * 0.62],
    )
    return [
        main("fur coat body", coat, join.solid(f.detail)),
        second("tail hair mane", tail, hair, finish="dark chocolate hair"),
        fixed("torso chest", chest.translate((0, lift, z)), finish="flesh plaster"),
        beast["hooves hoof"],
        *moved,
    ]


def _devil_tail(f: Forms, height: float, x: float) -> Manifold:
    """A thin tail."""
    return f.hose(
        [
            (0, height * 0.5, -x * 0.4),
            (0.1, height * 0.3, -0.3),
            (0.32, height * 0.25, -0.4),
            (0.42, height * 0.42, -0.36),
        ],
        0.032,
        0.02,
    )


def _fork(f: Forms) -> tuple[Manifold, Manifold]:
    """A shaft with three prongs."""
    shaft = f.bone((0, -0.55, 0), (0, 0.55, 0), 0.018)
    prongs = unite(
        [
            f.hose(way("0 0.42 0, 0.14 0.46 0, 0.15 0.75 0"), 0.02, 0.006),
            f.hose(way("0 0.42 0, -0.14 0.46 0, -0.15 0.75 0"), 0.02, 0.006),
            f.bone((0, 0.4, 0), (0, 0.8, 0), 0.02, 0.006),
        ]
    )
    return shaft, prongs


def _goatee(f: Forms, p: Figure, head: float) -> Manifold:
    """A pointed beard."""
    return f.bone(
        (0, p.face_y - head * 0.75, head * 0.78),
        (0, p.face_y - head * 1.35, head * 0.9),
        head * 0.18,
        head * 0.03,
    )


@family("devil", "demon imp satan lucifer fiend devils demons incubus", "red skin")
def devil(
    f: Forms,
    *,
    height: float = 1.76,
    width: float = 0.46,
    thickness: float = 0.068,
    head: float = 0.12,
    winged: bool = True,
) -> list[Part]:
    """Red, with horns, a tail and a fork with three prongs."""
    p = Figure(height, width, thickness, head)
    x = width / 2
    tail = _devil_tail(f, height, x)
    tip = f.plate([(-0.07, 0), (0.07, 0), (0, 0.13)], 0.03, (0.42, height * 0.42, -0.36))
    shaft, prongs = _fork(f)
    goatee = _goatee(f, p, head)
    legs = _goat_legs(p)
    parts = [
        main("skin body", _brute(p, f, 0.85).solid(f.detail), p.bare_head(f), tail, tip),
        second("fur legs trousers", above_ground(legs.solid(f.detail)), finish="maroon fur"),
        fixed(
            "horns horn hooves",
            horns(f, p, "0.45 0.7 0.3, 0.75 1.25 0.3, 0.55 1.7 0.55", 0.2),
            mirrored(f.post(thickness, height * 0.05, (x * 0.55, 0, 0.02), thickness * 0.75)),
            finish="charcoal plastic",
        ),
        fixed("beard hair goatee", goatee, finish="black hair"),
        fixed(
            "fork trident pitchfork",
            unite([shaft, prongs]).translate((x * 1.42, height * 0.44, x * 0.4)),
            finish="black steel",
        ),
        *[
            replace(q, finish="shiny yellow plastic") if q.name.startswith("eyeballs") else q
            for q in p.face(f)
        ],
    ]
    if winged:
        wings = mirrored(skin_wing(f, height * 0.5).translate((x * 0.3, height * 0.68, -x * 0.6)))
        parts.append(fixed("wings wing", wings, finish="dark crimson skin"))
    return parts


def _ogre_face(f: Forms, body: Blob, head: float, top: Point) -> list[Part]:
    """Eyes, brow, ears, nose and tusks."""
    _, y, z = top
    eye = (head * 0.36, y + head * 0.18)
    front = body.reach((*eye, 0.0), 2)
    tusk = f.bone(
        (head * 0.4, y - head * 0.55, z + head * 0.75),
        (head * 0.46, y - head * 0.12, z + head * 0.92),
        head * 0.12,
        head * 0.03,
    )
    mouth = f.hose(
        way("-0.5 -0.5 0.84, -0.2 -0.58 1.03, 0.2 -0.58 1.03, 0.5 -0.5 0.84", head, top),
        head * 0.06,
    )
    return [
        fixed(
            "eyeballs",
            mirrored(f.ball(head * 0.17, (*eye, front - head * 0.04), (1.1, 0.8, 0.8))),
            finish="shiny yellow plastic",
        ),
        fixed("eyes eye", mirrored(f.ball(head * 0.09, (*eye, front + head * 0.06))), finish=EYES),
        fixed("tusks teeth", mirrored(tusk), finish="ivory plastic"),
        fixed("mouth", mouth, finish="dark brown plastic"),
    ]


def _ogre_body(
    f: Forms, p: Figure, height: float, thickness: float, head: float, x: float, top: Point
) -> Blob:
    """Trunk, belly, legs and feet."""
    body = _brute(p, f).ball((0, height * 0.55, x * 0.25), x * 0.72, (1, 0.95, 0.9))
    body.limb([(0, height * 0.76, 0.02), top], [x * 0.5, head * 0.8])
    body.mirrored_limb(
        [
            (x * 0.5, height * 0.46, 0),
            (x * 0.58, height * 0.24, 0.03),
            (x * 0.58, height * 0.05, 0),
        ],
        [x * 0.42, x * 0.34, x * 0.26],
        2,
    )
    body.mirrored_ball((x * 0.6, thickness * 0.5, x * 0.25), x * 0.3, (0.9, 0.55, 1.4))
    return body


def _ogre_skull(head: float, top: Point) -> Blob:
    """Head with its nose and brow."""
    face = (
        Blob(head * 0.25, 0.8)
        .ball(top, head, (0.95, 1.0, 0.95))
        .ball((0, top[1] - head * 0.5, top[2] + head * 0.3), head * 0.68, (1.1, 0.8, 0.9))
    )
    face.ball((0, top[1] - head * 0.08, top[2] + head * 0.98), head * 0.22, (1.2, 0.9, 1)).bone(
        (-head * 0.45, top[1] + head * 0.42, top[2] + head * 0.7),
        (head * 0.45, top[1] + head * 0.42, top[2] + head * 0.7),
        head * 0.2,
    )
    return face


def _loincloth(f: Forms, height: float, x: float) -> Manifold:
    """A cloth about the hips."""
    return (
        f.turned(
            [
                (x * 0.74, height * 0.49),
                (x * 0.8, height * 0.45),
                (x * 0.95, height * 0.27),
                (x * 0.9, height * 0.27),
            ]
        )
        .scale((1, 1, 0.92))
        .translate((0, 0, x * 0.12))
    )


def _club_knots(f: Forms) -> Manifold:
    """Spikes about the club's end."""
    return unite(
        [
            f.post(0.03, 0.09, (0, 0, 0), 0.004)
            .rotate((0, 0, 90 * i))
            .translate(
                (-0.1 * math.sin(math.pi * i / 2), 0.56 + 0.1 * math.cos(math.pi * i / 2), 0.23)
            )
            for i in range(4)
        ]
    )


@family("ogre", "shrek ", "olive skin")
def ogre(
    f: Forms,
    *,
    height: float = 1.9,
    width: float = 0.75,
    thickness: float = 0.105,
    head: float = 0.18,
) -> list[Part]:
    """Heavy, with tusks and a club."""
    p = Figure(height, width, thickness, head)
    x, top = width / 2, (0.0, height - head * 1.15, width * 0.14)
    body = _ogre_body(f, p, height, thickness, head, x, top)
    face = _ogre_skull(head, top)
    ear = f.bone(
        (head * 0.85, top[1], top[2]),
        (head * 1.6, top[1] + head * 0.35, top[2] - head * 0.2),
        head * 0.26,
        head * 0.05,
    )
    cloth = _loincloth(f, height, x)
    club = (
        Blob(0.03, 0.5)
        .limb([(0, -0.1, 0), (0, 0.25, 0.1), (0, 0.62, 0.25)], [0.04, 0.06, 0.13], 2)
        .solid(f.detail)
    )
    knots = _club_knots(f)
    hand = (x * 1.42, height * 0.44, x * 0.4)
    return [
        main(
            "skin body head",
            above_ground(body.solid(f.detail)),
            face.solid(f.detail),
            mirrored(ear),
        ),
        second("clothes loincloth trousers", cloth, finish="brown leather"),
        fixed("club", club.translate(hand), finish="dark brown wood"),
        fixed("spikes", knots.translate(hand), finish="steel"),
        *_ogre_face(f, face, head, top),
    ]
