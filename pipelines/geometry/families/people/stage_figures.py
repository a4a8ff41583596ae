"""Superhero, clown and cowboy. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.costumes import (
    belt,
    boots,
    cape,
    dyed,
    on_head,
)
from pipelines.geometry.families.figure import Figure
from pipelines.geometry.families.forms import Forms, around, mirrored, unite
from pipelines.geometry.families.quadruped import above_ground
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.ways import shares, way


def _emblem(f: Forms, height: float, front: float) -> Manifold:
    """A shield on the breast."""
    return f.bevelled(
        [(0, -0.1), (0.09, 0.0), (0.06, 0.06), (-0.06, 0.06), (-0.09, 0)],
        0.05,
        0.01,
        at=(0, height * 0.72, front),
    )


def _gloves(f: Forms, p: Figure, thickness: float) -> Manifold:
    """Gloves with cuffs."""
    return mirrored(
        unite(
            [
                f.bone(
                    p.wrist,
                    (p.wrist[0], p.wrist[1] + 0.07, p.wrist[2] - 0.01),
                    thickness * 0.82,
                    thickness * 0.95,
                ),
                f.ball(thickness * 0.85, p.hand, (0.75, 1.25, 1)),
            ]
        )
    )


@family(
    "superhero",
    "superman super_hero hero caped_hero wonder_hero",
    "royal blue fabric",
)
def superhero(
    f: Forms,
    *,
    height: float = 1.86,
    width: float = 0.5,
    thickness: float = 0.072,
    head: float = 0.115,
) -> list[Part]:
    """Broad, masked, in a suit with an emblem and a cape."""
    p = Figure(height, width, thickness, head)
    x = width / 2
    torso = p.torso(slim=0.82, wide=1.08).mirrored_ball(
        (x * 0.38, height * 0.725, 0.05), x * 0.4, (1, 0.8, 0.8)
    )
    torso.mirrored_limb([p.elbow, p.wrist], [thickness * 0.85, thickness * 0.7])
    pants = Blob(thickness * 0.5, 0.3).mirrored_bone(
        (x * 0.2, height * 0.52, 0), (x * 0.5, height * 0.47, 0), thickness * 1.75, thickness * 1.5
    )
    front = torso.reach((0.0, height * 0.72, 0.0), 2)
    shield = _emblem(f, height, front)
    star = f.plate(f.star(0.045, 5), 0.03, (0, height * 0.72, front + 0.025))
    mask = f.ball(1.03, (0, 0.1, -0.03), (0.88, 1.0, 1.0)) ^ f.box((3, 0.42, 1.4), (0, 0.14, 0.75))
    mask -= unite([f.ball(0.2, (s * 0.34, 0.1, 0.95), (1.1, 0.75, 1.5)) for s in (1, -1)])
    ring, buckle = belt(f, p, 0.535, 0.8)
    gloves = _gloves(f, p, thickness)
    return [
        main("suit clothes torso", torso.solid(f.detail), p.trousers().solid(f.detail)),
        second(
            "cape boots gloves pants",
            cape(f, p, 0.1, 0.95),
            boots(f, p, 0.22),
            gloves,
            pants.solid(f.detail),
            finish="red fabric",
        ),
        p.skin(f),
        fixed("hair", p.hair(f), finish="black hair"),
        fixed("mask", on_head(p, mask), finish="black fabric"),
        fixed("belt emblem logo", ring, buckle, shield, finish="golden yellow plastic"),
        fixed("star", star, finish="red plastic"),
        *p.face(f)[:3],
    ]


def _clown_suit(p: Figure, height: float, thickness: float, x: float) -> Blob:
    """A wide suit."""
    suit = p.torso(wide=1.1).ball((0, height * 0.58, 0.02), x * 0.8, (1, 1.1, 0.85))
    suit.mirrored_limb([p.elbow, p.wrist], [thickness, thickness * 0.95])
    suit.mirrored_limb(
        way("0.42 0.5 0, 0.55 0.28 0.02, 0.55 0.09 0", (x, height, 1)),
        shares("1.6 1.6 1.35", thickness),
        2,
    )
    return suit


def _tufts(p: Figure, head: float) -> Blob:
    """Hair on both sides of the head."""
    tufts = Blob(head * 0.15, 0.5)
    for a, b, c in (
        (0.95, 0.3, -0.1),
        (1.2, 0.0, -0.1),
        (1.0, -0.25, -0.15),
        (1.05, 0.15, 0.25),
        (0.85, 0.5, -0.3),
    ):
        tufts.mirrored_ball((head * a, p.face_y + head * b, head * c), head * 0.36)
    return tufts


def _painted_lips(f: Forms, p: Figure, head: float) -> Manifold:
    """A broad mouth."""
    return f.hose(
        [
            (a * head, p.face_y + b * head, c * head)
            for a, b, c in (
                (-0.4, -0.35, 0.82),
                (-0.2, -0.52, 0.92),
                (0.2, -0.52, 0.92),
                (0.4, -0.35, 0.82),
            )
        ],
        head * 0.1,
    )


def _great_shoe(thickness: float, x: float) -> Blob:
    """Shoes far too long."""
    return Blob(thickness * 0.4, 0.4).mirrored_limb(
        [
            (x * 0.55, thickness, -thickness),
            (x * 0.6, thickness * 0.9, thickness * 1.8),
            (x * 0.68, thickness * 1.0, thickness * 4.2),
        ],
        shares("1.0 0.95 1.3", thickness),
        2,
    )


@family(
    "clown",
    "harlequin circus_clown fool",
    "yellow dots",
)
def clown(
    f: Forms,
    *,
    height: float = 1.74,
    width: float = 0.46,
    thickness: float = 0.066,
    head: float = 0.125,
) -> list[Part]:
    """With a red nose, tufts of hair, a ruff and great shoes."""
    p = Figure(height, width, thickness, head)
    x = width / 2
    suit = _clown_suit(p, height, thickness, x)
    tufts = _tufts(p, head)
    ruff = around(f.ball(head * 0.42, (head * 1.0, height * 0.81, 0), (1.0, 0.4, 0.8)), 11)
    lips = _painted_lips(f, p, head)
    shoe = _great_shoe(thickness, x)
    buttons = [
        f.ball(head * 0.26, (0, height * y, suit.reach((0, height * y, 0), 2)))
        for y in (0.74, 0.65, 0.56)
    ]
    hat = on_head(p, f.post(0.55, 1.0, (0, 0, 0), 0.05) + f.ball(0.18, (0, 1.0, 0)), 0.98, -10)
    return [
        main("suit clothes costume torso", above_ground(suit.solid(f.detail))),
        second("hair tufts", tufts.solid(f.detail), finish="orange hair"),
        dyed([p.skin(f)], "white plaster")[0],
        fixed(
            "nose lips mouth",
            f.ball(head * 0.24, (0, p.face_y - head * 0.12, head * 1.05)),
            lips,
            finish="shiny red plastic",
        ),
        fixed("ruff collar", ruff, finish="white fabric"),
        fixed("buttons hat", *buttons, hat, finish="blue fabric"),
        fixed("shoes", above_ground(shoe.solid(f.detail)), finish="red leather"),
        *p.face(f)[:2],
    ]


@family("cowboy", "sheriff gunslinger cowpoke rancher outlaw", "blue denim")
def cowboy(
    f: Forms,
    *,
    height: float = 1.78,
    width: float = 0.41,
    thickness: float = 0.06,
    head: float = 0.118,
) -> list[Part]:
    """With a broad hat, a waistcoat and boots."""
    p = Figure(height, width, thickness, head)
    x = width / 2
    brim = f.lathe([(0.9, 0.0), (1.9, 0.02), (1.95, 0.1), (0.9, 0.12)]).warp(
        lambda v: (v[0], v[1] + 0.16 * v[0] * v[0], v[2])
    )
    top = f.turned([(0.98, 0.0), (0.9, 0.5), (0.72, 0.92), (0.3, 0.98), (0, 0.9)]) - f.ball(
        0.42, (0, 1.22, 0), (0.6, 1, 2)
    )
    vest = p.torso(wide=1.1)
    torso = p.torso()
    open_ = f.box((x * 0.55, height, 1.0), (0, height * 0.6, 0.5))
    sleeves = unite([f.box((1, 1, 2), (s * (x * 1.0 + 0.5), height * 0.7, 0)) for s in (1, -1)])
    ring, buckle = belt(f, p, 0.52, 0.86)
    scarf = f.ring(head * 0.62, head * 0.2, (0, height * 0.815, 0.01), share=0.7) + f.plate(
        [(-0.09, 0), (0.09, 0), (0, -0.13)], 0.04, (0, height * 0.81, head * 0.75)
    )
    star = f.plate(
        f.star(0.045, 5), 0.03, (x * 0.55, height * 0.7, vest.reach((x * 0.55, height * 0.7, 0), 2))
    )
    return [
        main("trousers jeans pants", p.trousers().solid(f.detail)),
        second("shirt", torso.solid(f.detail), finish="red tartan"),
        fixed(
            "vest waistcoat hat",
            vest.solid(f.detail) - open_ - sleeves,
            on_head(p, brim + top, 0.5, -4),
            finish="brown leather",
        ),
        p.skin(f),
        fixed("hair", p.hair(f), finish="dark brown hair"),
        fixed("scarf bandana", scarf, finish="scarlet fabric"),
        fixed("belt boots holster", ring, boots(f, p, 0.2), finish="dark brown leather"),
        fixed("star badge buckle", star, buckle, finish="gold"),
        *p.face(f),
    ]
