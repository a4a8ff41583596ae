"""Large birds. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.animals.birds import eye_pair, folded_wing
from pipelines.geometry.families.animals.farm_animals import patches
from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, mirrored, unite
from pipelines.geometry.families.quadruped import EYES, above_ground
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.ways import shares, way
from pipelines.geometry.families.wings import feathered_wing


def _swan_body(r: float, half: float, y: float) -> Blob:
    """The trunk and tail."""
    return Blob(r * 0.3).limb(
        [
            (0, y + r * 0.6, -half),
            (0, y + r * 0.1, -half * 0.5),
            (0, y, half * 0.1),
            (0, y + r * 0.1, half * 0.55),
        ],
        [r * 0.12, r * 0.75, r, r * 0.72],
        3,
    )


@family("swan", "", "white feathers")
def swan(f: Forms, *, length: float = 0.9, height: float = 0.8, radius: float = 0.2) -> list[Part]:
    r, half, y = radius, length / 2, radius * 0.8
    top = height - r * 0.3
    body = _swan_body(r, half, y)
    neck = [
        (0, y + r * 0.1, half * 0.55),
        (0, y + r * 0.9, half * 0.82),
        (0, height * 0.62, half * 0.55),
        (0, height * 0.88, half * 0.5),
        (0, top + r * 0.1, half * 0.72),
        (0, top - r * 0.1, half * 0.9),
    ]
    body.limb(neck, shares("0.6 0.38 0.26 0.22 0.22 0.24", r), 4)
    tip = neck[-1]
    beak = f.bone(
        (0, tip[1] - r * 0.08, tip[2] + r * 0.15),
        (0, tip[1] - r * 0.28, tip[2] + r * 0.6),
        r * 0.15,
        r * 0.07,
    )
    wing = unite(
        [
            f.ball(1.0)
            .scale((r * 0.14, r * 0.5 - r * 0.06 * i, half * 0.55))
            .rotate((18 + 9 * i, 10, 14))
            .translate((r * (0.9 - 0.05 * i), y + r * (0.45 + 0.13 * i), -half * (0.2 + 0.05 * i)))
            for i in range(3)
        ]
    )
    return [
        main("body feathers head neck", above_ground(body.solid(f.detail))),
        main("wings wing", mirrored(wing)),
        second("beak bill", beak, finish="orange plastic"),
        fixed(
            "eyes eye mask",
            mirrored(f.ball(r * 0.075, (r * 0.17, tip[1] + r * 0.08, tip[2] + r * 0.08))),
            f.ball(r * 0.14, (0, tip[1] + r * 0.05, tip[2] + r * 0.2)),
            finish=EYES,
        ),
    ]


def _owl_claws(f: Forms, r: float) -> Manifold:
    """Claws of both feet."""
    return mirrored(
        unite(
            [
                f.bone(
                    (r * 0.4 + dx * 0.3, r * 0.45, r * 0.35),
                    (r * 0.4 + dx * 1.5, r * 0.07, r * 0.95),
                    r * 0.12,
                    r * 0.06,
                )
                for dx in (-r * 0.2, 0, r * 0.2)
            ]
        )
    )


@family("owl", "barn_owl:beige_feathers snowy_owl:white_feathers owlet", "brown feathers")
def owl(f: Forms, *, height: float = 0.4, radius: float = 0.12) -> list[Part]:
    r, top = radius, height * 0.74
    body = Blob(r * 0.3).limb(
        [(0, r * 0.95, -0.01), (0, height * 0.42, 0), (0, top, 0.01)], [r * 0.8, r, r * 0.86], 3
    )
    body.ball((0, top, 0.01), r * 0.92, (1.1, 0.9, 0.95))
    body.melt_m = r * 0.15
    body.mirrored_limb(
        [(r * 0.5, top + r * 0.5, 0.0), (r * 0.78, top + r * 1.2, 0.0)], [r * 0.28, r * 0.05]
    )
    body.limb([(0, r * 0.9, -r * 0.6), (0, r * 0.25, -r * 1.15)], [r * 0.5, r * 0.32])
    zone = [((0.0, height * 0.38, r * 1.1), r * 0.95)]
    coat, belly = patches(f, above_ground(body.solid(f.detail)), zone)
    eye = (r * 0.4, top + r * 0.1)
    z = body.reach((*eye, 0.0), 2)
    disc, iris, pupil = (
        f.ball(r * size, (*eye, z + r * out), (1, 1, 0.5))
        for size, out in ((0.46, -0.12), (0.29, 0.02), (0.17, 0.1))
    )
    beak = f.bone((0, top - r * 0.12, z), (0, top - r * 0.42, z + r * 0.1), r * 0.14, r * 0.03)
    wings = folded_wing(
        f, body, (height * 0.4, -r * 0.1), (r * 0.22, r * 1.0, r * 0.62), (18, 0, 6)
    )
    claws = _owl_claws(f, r)
    return [
        main("body feathers head", coat),
        main("wings wing", wings),
        second("belly face breast", belly, mirrored(disc), finish="beige feathers"),
        fixed("eyes eye", mirrored(iris), finish="shiny golden yellow plastic"),
        fixed("pupils", mirrored(pupil), finish=EYES),
        fixed("beak claws feet", beak, claws, finish="mustard plastic"),
    ]


def _flipper(f: Forms, height: float, r: float) -> Manifold:
    """One flipper."""
    return (
        f.ball(1.0)
        .scale((r * 0.13, r * 1.02, r * 0.36))
        .translate((0, -r * 0.8, 0))
        .rotate((12, 0, 20))
        .translate((r * 0.72, height * 0.64, 0))
    )


def _penguin_feet(f: Forms, r: float) -> Manifold:
    """Webbed feet."""
    return mirrored(
        unite(
            [
                f.bone(
                    (r * 0.42, r * 0.12, r * 0.35),
                    (r * 0.42 + dx, r * 0.09, r * 1.15),
                    r * 0.16,
                    r * 0.1,
                )
                for dx in (-r * 0.22, 0, r * 0.22)
            ]
        )
    )


@family("penguin", "emperor_penguin", "black feathers")
def penguin(f: Forms, *, height: float = 0.75, radius: float = 0.17) -> list[Part]:
    r, top = radius, height * 0.84
    body = Blob(r * 0.3).limb(
        [(0, r * 0.75, -0.01), (0, height * 0.36, 0.01), (0, height * 0.64, 0), (0, top, 0.02)],
        [r * 0.82, r * 1.05, r * 0.82, r * 0.62],
        3,
    )
    body.ball((0, top, 0.02), r * 0.66)
    body.limb([(0, r * 0.6, -r * 0.5), (0, r * 0.15, -r * 1.25)], [r * 0.4, r * 0.12])
    zone = [
        ((0.0, height * 0.27, r * 1.05), r * 1.12),
        ((0.0, height * 0.45, r * 1.05), r * 0.98),
        ((0.0, height * 0.6, r * 0.9), r * 0.75),
    ]
    zone += [((side * r * 0.3, top - r * 0.05, r * 0.66), r * 0.38) for side in (1, -1)]
    coat, white = patches(f, above_ground(body.solid(f.detail)), zone)
    flipper = _flipper(f, height, r)
    beak = f.rod(r * 0.18, r * 0.62, (0, top - r * 0.08, r * 0.98), "z", r * 0.02)
    feet = _penguin_feet(f, r)
    return [
        main("body feathers head", coat),
        main("wings flippers wing", mirrored(flipper)),
        second("belly breast chest face", white, finish="white feathers"),
        fixed("beak feet", beak, feet, finish="orange plastic"),
        eye_pair(f, body, r * 0.34, top + r * 0.14, r * 0.1),
    ]


def _tail_fan(f: Forms, r: float) -> Manifold:
    """The tail's feathers, spread."""
    return f.floor(
        [
            (r * x, -r * z)
            for x, z in (
                (-0.35, 0),
                (-1.0, 2.0),
                (-0.5, 2.2),
                (0, 2.25),
                (0.5, 2.2),
                (1.0, 2.0),
                (0.35, 0),
            )
        ],
        r * 0.16,
    )


def _eagle_claws(f: Forms, r: float, y: float) -> list[Manifold]:
    """One leg and its claws."""
    claws = [
        f.bone((r * 0.45, y - r * 0.6, 0), (r * 0.45, y - r * 1.5, r * 0.2), r * 0.22, r * 0.12)
    ]
    claws += [
        f.hose(
            [
                (r * 0.45, y - r * 1.5, r * 0.2),
                (r * (0.45 + dx), y - r * 1.6, r * 0.65),
                (r * (0.45 + dx), y - r * 1.9, r * 0.75),
            ],
            r * 0.1,
            r * 0.03,
        )
        for dx in (-0.25, 0, 0.25)
    ]
    return claws


@family(
    "eagle",
    "hawk falcon bald_eagle",
    "brown feathers",
)
def eagle(f: Forms, *, length: float = 0.8, width: float = 2.0, radius: float = 0.13) -> list[Part]:
    """A bird of prey with its wings spread."""
    r, half, y = radius, length / 2, radius * 3.2
    head = (0.0, y + r * 0.85, half * 0.72)
    body = Blob(r * 0.3).limb(
        [(0, y - r * 0.5, -half * 0.62), (0, y, -half * 0.1), (0, y + r * 0.25, half * 0.32), head],
        [r * 0.4, r, r * 0.9, r * 0.5],
        3,
    )
    body.ball(head, r * 0.56)
    coat, white = patches(
        f, body.solid(f.detail), [((0, head[1] + r * 0.25, head[2] + r * 0.35), r * 1.0)]
    )
    fan = _tail_fan(f, r)
    wing = (
        feathered_wing(f, width * 0.52)
        .rotate((-42, 0, -22))
        .translate((r * 0.5, y + r * 0.4, half * 0.25))
    )
    beak = f.hose(way("0 0 0.4, 0 0.02 0.85, 0 -0.3 1.05", r, head), r * 0.22, r * 0.04)
    claws = _eagle_claws(f, r, y)
    return [
        main("body feathers", coat),
        main("wings wing", mirrored(wing)),
        second(
            "head tail",
            white,
            fan.rotate((-8, 0, 0)).translate((0, y - r * 0.6, -half * 0.6)),
            finish="white feathers",
        ),
        fixed("beak claws feet", beak, mirrored(unite(claws)), finish="golden yellow plastic"),
        eye_pair(f, body, r * 0.4, head[1] + r * 0.16, r * 0.1),
    ]


def _flamingo_legs(
    f: Forms, length: float, thickness: float, legs: int, r: float, y: float
) -> list[Manifold]:
    """Thin legs with webbed feet."""
    rows = []
    for i in range(max(1, legs)):
        x = r * 0.35 * (1 if i % 2 == 0 else -1)
        z = -length * 0.1 * (i // 2)
        rows += [
            f.hose([(x, y - r * 0.5, z), (x, y * 0.5, z - 0.02), (x, thickness, z)], thickness),
            f.ball(thickness * 1.7, (x, y * 0.5, z - 0.02)),
        ]
        rows += [
            f.bone(
                (x, thickness * 0.7, z), (x + dx, thickness * 0.6, z + r * 0.75), thickness * 0.7
            )
            for dx in (-r * 0.35, 0, r * 0.35)
        ]
    return rows


@family(
    "flamingo",
    "",
    "pink feathers",
)
def flamingo(
    f: Forms,
    *,
    height: float = 1.2,
    length: float = 0.5,
    radius: float = 0.12,
    thickness: float = 0.016,
    legs: int = 2,
) -> list[Part]:
    r, y = radius, height * 0.56
    body = Blob(r * 0.3).limb(
        [(0, y - r * 0.1, -length * 0.62), (0, y, -length * 0.2), (0, y + r * 0.1, length * 0.15)],
        [r * 0.2, r * 0.95, r * 0.8],
        3,
    )
    curve = [
        (0, y + r * 0.1, length * 0.15),
        (0, y + r * 0.6, length * 0.5),
        (0, height * 0.78, length * 0.42),
        (0, height * 0.9, length * 0.3),
        (0, height * 0.96, length * 0.48),
        (0, height * 0.93, length * 0.6),
    ]
    body.limb(curve, shares("0.55 0.32 0.24 0.22 0.28 0.28", r), 4)
    tip = curve[-1]
    beak = f.hose(way("0 -0.1 0.2, 0 -0.5 0.6, 0 -1.05 0.6", r, tip), r * 0.22, r * 0.08)
    black = f.bone(
        (0, tip[1] - r * 0.75, tip[2] + r * 0.62),
        (0, tip[1] - r * 1.1, tip[2] + r * 0.58),
        r * 0.17,
        r * 0.07,
    )
    rows = _flamingo_legs(f, length, thickness, legs, r, y)
    wings = folded_wing(
        f, body, (y + r * 0.15, -length * 0.2), (r * 0.2, r * 0.6, length * 0.38), (-6, 4, 8)
    )
    return [
        main("body feathers neck head", body.solid(f.detail)),
        main("wings wing", wings),
        second("legs feet leg", *rows, finish="salmon plastic"),
        fixed("beak", beak, finish="cream plastic"),
        fixed("tip", black, finish="black plastic"),
        eye_pair(f, body, r * 0.25, tip[1] + r * 0.08, r * 0.07),
    ]
