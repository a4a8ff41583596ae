"""People and what is built like them. Their front is +Z."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.costumes import beard, pointed_hat, robe, tunic
from pipelines.geometry.families.figure import Figure, above_face
from pipelines.geometry.families.forms import Forms, mirrored, unite
from pipelines.geometry.families.quadruped import above_ground
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.ways import shares, way


@family(
    "person",
    "man human figure statue sculpture figurine soldier:camouflage doctor:white_fabric",
    "blue fabric",
)
def person(
    f: Forms,
    *,
    height: float = 1.75,
    width: float = 0.4,
    thickness: float = 0.06,
    head: float = 0.118,
    arms: int = 2,
) -> list[Part]:
    p = Figure(height, width, thickness, head, arms)
    return [
        main("shirt torso clothes jacket", p.torso().solid(f.detail)),
        second("trousers legs pants", p.trousers().solid(f.detail), finish="navy fabric"),
        p.skin(f),
        fixed("hair", p.hair(f), finish="chocolate hair"),
        fixed("shoes boots", p.shoes(f), finish="dark brown leather"),
        *p.face(f),
    ]


@family(
    "woman",
    "lady female mother bride:white_fabric dancer",
    "red fabric",
)
def woman(
    f: Forms,
    *,
    height: float = 1.68,
    width: float = 0.35,
    thickness: float = 0.052,
    head: float = 0.116,
    length: float = 0.5,
    arms: int = 2,
) -> list[Part]:
    """In a dress, `length` long from the waist."""
    p = Figure(height, width, thickness, head, arms)
    waist, x = height * 0.6, width / 2
    hem = max(0.05, waist - length)
    skirt = f.turned(
        [(x * 0.5, waist + 0.02), (x * 0.8, waist - 0.08), (x * 1.25, hem), (x * 1.2, hem + 0.004)]
    )
    hair = Blob(0.05, 0.5).ball((0, p.face_y + head * 0.22, -head * 0.18), head * 0.98)
    hair.limb(
        [
            (0, p.face_y + head * 0.1, -head * 0.5),
            (0, p.face_y - head * 1.0, -head * 0.72),
            (0, p.face_y - head * 2.1, -head * 0.95),
        ],
        [head * 0.85, head * 0.72, head * 0.42],
        3,
    )
    hair.mirrored_limb(
        way("0.72 0.2 0.1, 0.86 -0.5 -0.05, 0.7 -1.3 -0.2", head, (0, p.face_y, 0)),
        shares("0.26 0.24 0.12", head),
        2,
    )
    dress = p.torso(slim=0.86).mirrored_ball((x * 0.4, height * 0.73, 0.075), 0.062)
    return [
        main(
            "dress clothes skirt gown",
            dress.solid(f.detail),
            skirt,
        ),
        p.skin(f, bare_legs=True),
        second("hair", above_face(p, hair.solid(f.detail)), finish="chestnut hair"),
        fixed("shoes boots", p.shoes(f), finish="maroon leather"),
        *p.face(f),
    ]


def _plume(head: float, y: float) -> Blob:
    """Feathers over the helmet."""
    return Blob(0.03, 0.4).limb(
        way("0 0.95 0.1, 0 1.75 -0.2, 0 1.6 -1.0, 0 0.7 -1.55", head, (0, y, 0)),
        shares("0.24 0.3 0.34 0.12", head),
        3,
    )


def _knight_sword(f: Forms) -> Manifold:
    """A sword, its hilt at the origin."""
    return unite(
        [
            f.profile(
                [(-0.028, 0.1), (0.028, 0.1), (0.028, 0.75), (0, 0.86), (-0.028, 0.75)], 0.014
            ),
            f.soft_box((0.03, 0.03, 0.2), (0, 0.1, 0), 0.01),
            f.bone((0, -0.08, 0), (0, 0.1, 0), 0.018),
            f.ball(0.03, (0, -0.1, 0)),
        ]
    )


def _closed_helmet(f: Forms, head: float, y: float) -> Manifold:
    """With a slit for the eyes and a ridge; y is the height of the head's middle."""
    helmet = f.turned(
        [(0.0, 1.28), (0.6, 1.12), (0.98, 0.55), (1.02, -0.4), (0.82, -1.15), (0.5, -1.25)]
    )
    helmet = helmet.scale((head, head, head * 1.06)).translate((0, y, 0))
    slit = f.box((head * 1.5, head * 0.16, head), (0, y + head * 0.16, head * 0.95))
    ridge = f.box((head * 0.12, head * 1.9, head * 0.2), (0, y - head * 0.1, head * 1.0))
    return helmet - slit + ridge


@family("knight", "paladin crusader armored_knight armoured_knight", "polished steel")
def knight(
    f: Forms,
    *,
    height: float = 1.8,
    width: float = 0.44,
    thickness: float = 0.072,
    head: float = 0.122,
) -> list[Part]:
    p = Figure(height, width, thickness, head)
    y, x = p.face_y, width / 2
    plume = _plume(head, y)
    plates = [
        f.ball(thickness * 1.75, (x * 1.02, height * 0.8, 0), (1, 0.9, 1)),
        f.ball(thickness * 1.3, (x * 0.52, height * 0.28, 0.025)),
    ]
    cuffs = [f.bone(p.elbow, p.wrist, thickness * 0.95, thickness * 0.85)]
    sword = _knight_sword(f)
    hand = (-p.hand[0], *p.hand[1:])
    mail = Blob(0.05, 0.6).mirrored_limb(
        way("0.42 0.5 0, 0.5 0.28 0.03, 0.5 0.05 0", (x, height, 1)),
        shares("1.25 1.0 0.9", thickness),
        2,
    )
    return [
        main(
            "armour armor body helmet plates",
            p.torso(wide=1.06).solid(f.detail),
            _closed_helmet(f, head, y),
            mirrored(unite(plates + cuffs)),
            above_ground(mail.solid(f.detail)),
            p.shoes(f),
        ),
        second(
            "plume tunic cloth",
            plume.solid(f.detail),
            tunic(f, p, 0.41, 0.95),
            finish="red fabric",
        ),
        fixed("sword blade", sword.rotate((70, 0, 0)).translate(hand), finish="silver"),
        fixed(
            "gloves hands hilt",
            mirrored(f.ball(thickness * 0.85, p.hand, (0.8, 1.2, 1))),
            f.ball(head * 0.98, (0, y + head * 0.1, 0)),
            finish="charcoal leather",
        ),
    ]


@family(
    "wizard",
    "sorcerer mage",
    "indigo fabric",
)
def wizard(
    f: Forms,
    *,
    height: float = 1.7,
    width: float = 0.4,
    thickness: float = 0.062,
    head: float = 0.12,
) -> list[Part]:
    p = Figure(height, width, thickness, head)
    y, x = p.face_y, width / 2
    x_, y_, z_ = p.hand
    staff = f.hose(
        [(x_, 0.0, z_ + 0.04), (x_ + 0.01, y_, z_ + 0.03), (x_, height * 0.95, z_ + 0.04)], 0.02
    )
    band = (
        f.ring(head * 0.98, 0.018, share=0.6)
        .rotate((-8, 0, 0))
        .translate((0, y + head * 0.62, -head * 0.03))
    )
    return [
        main(
            "robe clothes hat",
            p.torso().solid(f.detail),
            robe(f, p),
            pointed_hat(f, p, 3.0, 0.45, 2.0),
        ),
        second(
            "beard hair",
            beard(f, p, 1.7),
            f.ball(head * 1.0, (0, y + head * 0.05, -head * 0.2)),
            finish="white hair",
        ),
        p.skin(f),
        fixed("staff wand", staff, finish="dark brown wood"),
        fixed(
            "orb crystal", f.ball(0.06, (x_, height * 0.97, z_ + 0.04)), finish="shiny cyan plastic"
        ),
        fixed(
            "band belt",
            band,
            f.lathe(
                [(x * 0.86, height * 0.545), (x * 0.9, height * 0.56), (x * 0.86, height * 0.575)]
            ),
            finish="gold",
        ),
        *p.face(f)[:1],
    ]


def _space_suit(p: Figure) -> Blob:
    """Trunk, legs and thick sleeves."""
    suit, t = p.torso(wide=1.15), p.thickness
    suit.mirrored_limb(
        way("0.45 0.5 0, 0.55 0.28 0.02, 0.55 0.06 0", (p.width / 2, p.height, 1)),
        shares("1.25 1.1 0.95", t),
        3,
    )
    return suit.mirrored_limb([p.elbow, p.wrist], [t * 0.9, t * 0.85])


@family("astronaut", "spaceman cosmonaut space_suit spacesuit", "white fabric")
def astronaut(
    f: Forms,
    *,
    height: float = 1.85,
    width: float = 0.46,
    thickness: float = 0.1,
    head: float = 0.19,
) -> list[Part]:
    p = Figure(height, width, thickness, head)
    x, y = width / 2, height - head * 1.02
    suit = _space_suit(p)
    helmet = f.ball(head, (0, y, 0))
    visor = f.ball(head * 0.9, (0, y, head * 0.2), (0.95, 0.8, 1))
    pack = f.soft_box((width * 0.95, height * 0.3, 0.2), (0, height * 0.7, -0.26), 0.05)
    boots = mirrored(f.soft_box((0.19, 0.14, 0.32), (x * 0.56, 0.07, 0.05), 0.05))
    front = suit.reach((0.0, height * 0.66, 0.0), 2)
    panel = f.soft_box((0.2, 0.13, 0.09), (0, height * 0.66, front), 0.02)
    lights = [f.ball(0.018, (dx, height * 0.67, front + 0.045)) for dx in (-0.06, 0, 0.06)]
    rings = [
        f.ring(thickness * 0.95, 0.02, share=0.6).translate(p.wrist),
        f.ring(thickness * 1.0, 0.022, (x * 0.55, height * 0.1, 0), share=0.6),
    ]
    return [
        main("suit body helmet clothes", above_ground(suit.solid(f.detail)), helmet),
        second(
            "pack backpack boots gloves",
            pack,
            boots,
            mirrored(f.ball(thickness * 0.9, p.hand)),
            panel,
            finish="grey plastic",
        ),
        fixed("visor glass", visor, finish="shiny gold"),
        fixed(
            "stripes rings",
            mirrored(unite(rings)),
            f.ring(head * 0.72, 0.035, (0, y - head * 0.78, 0), share=0.7),
            finish="orange plastic",
        ),
        fixed("lights buttons", *lights, finish="shiny red plastic"),
    ]


@family("robot", "android droid mech cyborg", "silver grey steel")
def robot(f: Forms, *, height: float = 1.6, width: float = 0.55, depth: float = 0.36) -> list[Part]:
    hip, chest = height * 0.38, height * 0.36
    x, head_y = width / 2, height * 0.86
    body = f.soft_box((width, chest, depth), (0, hip + chest / 2, 0), 0.04)
    head = f.soft_box((width * 0.56, height * 0.18, depth * 0.8), (0, head_y, 0), 0.04)
    arm = f.bone((x + 0.09, hip + chest * 0.86, 0), (x + 0.12, hip + chest * 0.1, 0.02), 0.055)
    leg = f.bone((x * 0.5, hip, 0), (x * 0.5, 0.12, 0), 0.07)
    foot = f.soft_box((0.2, 0.1, 0.32), (x * 0.52, 0.05, 0.04), 0.03)
    hand = f.ball(0.085, (x + 0.125, hip + chest * 0.02, 0.02))
    return [
        main("body torso", body, head),
        second(
            "arms legs hands feet joints",
            mirrored(unite([arm, leg, foot, hand])),
            mirrored(f.ball(0.1, (x + 0.05, hip + chest * 0.88, 0))),
            f.post(0.07, 0.12, (0, hip + chest - 0.01, 0)),
            finish="charcoal steel",
        ),
        fixed(
            "eyes eye",
            mirrored(f.rod(0.045, 0.06, (0.08, head_y + 0.02, depth * 0.4), "z")),
            finish="shiny cyan plastic",
        ),
        fixed(
            "panel buttons mouth",
            f.box((0.16, 0.025, 0.04), (0, head_y - 0.07, depth * 0.4)),
            f.box((width * 0.5, chest * 0.35, 0.03), (0, hip + chest * 0.6, depth / 2)),
            finish="black plastic",
        ),
        fixed(
            "antenna light lights",
            f.post(0.012, 0.12, (0, head_y + height * 0.08, 0)),
            f.ball(0.035, (0, head_y + height * 0.08 + 0.14, 0)),
            *[
                f.rod(0.025, 0.05, (dx, hip + chest * 0.6, depth / 2), "z")
                for dx in (-0.07, 0, 0.07)
            ],
            finish="shiny red plastic",
        ),
    ]


@family("snowman", "snow_man", "snow")
def snowman(f: Forms, *, height: float = 1.7, radius: float = 0.45) -> list[Part]:
    r = radius
    # As tall as the balls are wide, unless the measures say otherwise.
    tall = height * 0.265 / r
    ys = [height * 0.233, height * 0.556, height * 0.83]
    balls = [
        f.ball(r * s, (0, y, 0), (1, tall, 1)) for s, y in zip((1, 0.74, 0.52), ys, strict=True)
    ]
    head = ys[2]
    coal = [f.ball(0.035, (s * 0.09, head + 0.06, r * 0.45)) for s in (1, -1)]
    coal += [f.ball(0.035, (0, ys[1] + dy, r * 0.71)) for dy in (0.14, 0.0, -0.14)]
    coal += [
        f.ball(0.02, (0.1 * math.sin(a), head - 0.1 * math.cos(a) - 0.02, r * 0.46))
        for a in (-0.8, -0.4, 0.0, 0.4, 0.8)
    ]
    arm = f.bone((r * 0.6, ys[1] + 0.1, 0), (r * 1.7, ys[1] + 0.42, 0), 0.022, 0.015) + f.bone(
        (r * 1.4, ys[1] + 0.3, 0), (r * 1.5, ys[1] + 0.5, 0.04), 0.014, 0.009
    )
    top = head + r * 0.42 * tall
    return [
        main("body snow", unite(balls) - f.box((9, 2, 9), (0, -1, 0))),
        second(
            "scarf",
            f.ring(r * 0.46, 0.06, (0, head - r * 0.42 * tall, 0)),
            f.soft_box((0.1, 0.32, 0.05), (0.14, head - r * 0.42 * tall - 0.15, r * 0.56), 0.02),
            finish="red fabric",
        ),
        fixed(
            "hat",
            f.post(r * 0.58, 0.04, (0, top - 0.03, 0)),
            f.post(r * 0.38, 0.28, (0, top, 0), r * 0.4),
            finish="black fabric",
        ),
        fixed(
            "nose carrot",
            f.rod(0.045, 0.26, (0, head, r * 0.52 + 0.1), "z", 0.005),
            finish="orange plastic",
        ),
        fixed("coal eyes buttons", *coal, finish="black stone"),
        fixed("arms twigs", mirrored(arm), finish="bark"),
    ]
