"""Beings of tales: aliens, ghosts, skeletons. Their front is +Z."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, Point, mirrored, unite
from pipelines.geometry.families.quadruped import EYES, above_ground
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.ways import shares, way


def _alien_body(arms: int, h: float, x: float, t: float) -> Blob:
    """Trunk, legs, feet, arms and fingers."""
    body = Blob(0.06).limb(
        way("0 0.4 0, 0 0.5 0, 0 0.62 0, 0 0.7 0", (1, h, 1)), [x * 0.7, x * 0.6, x * 0.72, t], 3
    )
    body.mirrored_limb(
        way("0.45 0.4 0, 0.6 0.22 0.02, 0.55 0.04 0", (x, h, 1)), [t * 1.35, t, t * 0.9], 3
    )
    body.mirrored_ball((x * 0.6, 0.03, 0.05), t * 1.2, (0.9, 0.7, 1.9))
    for i in range(max(1, arms // 2)):
        low = i * 0.09 * h
        points = [
            (x * a, b * h - low, c)
            for a, b, c in ((0.6, 0.63, 0), (1.6, 0.5, 0.02), (1.5, 0.33, 0.1))
        ]
        body.mirrored_limb(points, [t * 1.05, t * 0.75, t * 0.65], 3)
        for dx, dz in ((-0.025, 0.02), (0.0, 0.035), (0.025, 0.02)):
            tip = (points[-1][0] + dx, points[-1][1] - 0.09, points[-1][2] + dz)
            body.mirrored_limb([points[-1], tip], [t * 0.5, t * 0.32])
    return body


@family("alien", "extraterrestrial martian et grey_alien space_alien", "lime skin")
def alien(
    f: Forms,
    *,
    height: float = 1.2,
    width: float = 0.26,
    head: float = 0.2,
    thickness: float = 0.036,
    eyes: int = 2,
    arms: int = 2,
) -> list[Part]:
    h, x, t = height, width / 2, thickness
    body = _alien_body(arms, h, x, t)
    top = h - head * 1.15
    body.melt_m = 0.04
    body.bone((0, h * 0.68, 0), (0, top - head * 0.5, 0.01), t)
    body.ball((0, top, 0), head, (1.0, 1.08, 0.98)).ball(
        (0, top - head * 0.6, head * 0.22), head * 0.55, (0.85, 1, 0.9)
    )
    looks = []
    for i in range(max(1, eyes)):
        side = 0.0 if eyes == 1 else (i - (eyes - 1) / 2) * 2 / max(1, eyes - 1)
        at = (side * head * 0.5, top - head * 0.12)
        z = body.reach((*at, 0.0), 2)
        looks.append(
            f.ball(1.0)
            .scale((head * 0.2, head * 0.36, head * 0.12))
            .rotate((0, side * 28, side * 32))
            .translate((*at, z))
        )
    feelers = [
        f.hose(way("0.35 0.9 0, 0.55 1.4 0, 0.75 1.6 0.05", head, (0, top, 0)), t * 0.3),
        f.ball(t * 0.8, (head * 0.75, top + head * 1.62, head * 0.05)),
    ]
    at = (0.0, top - head * 0.78)
    mouth = (
        f.ball(1.0)
        .scale((head * 0.2, head * 0.035, head * 0.05))
        .translate((*at, body.reach((*at, 0.0), 2)))
    )
    return [
        main("body skin head", above_ground(body.solid(f.detail))),
        second("antennae feelers", mirrored(unite(feelers)), finish="green skin"),
        fixed("eyes eye", unite(looks), finish=EYES),
        fixed("mouth", mouth, finish="dark green skin"),
    ]


def _folds(f: Forms, r: float, top: float, rays: int) -> list[Manifold]:
    """Folds down the sheet."""
    return [
        f.bone(
            (math.cos(a) * r * 0.82, r * 0.1, math.sin(a) * r * 0.82),
            (math.cos(a) * r * 0.7, top * 0.55, math.sin(a) * r * 0.7),
            r * 0.26,
            r * 0.1,
        )
        for a in (2 * math.pi * i / rays for i in range(rays))
    ]


@family("ghost", "spirit phantom spook spectre specter", "white fabric")
def ghost(f: Forms, *, height: float = 1.2, radius: float = 0.36, arms: int = 2) -> list[Part]:
    r, top = radius, height - radius
    body = Blob(r * 0.2).limb(
        way("0 0.12 0, 0 0.45 0, 0 1 0", (1, top, 1)), [r * 1.0, r * 0.92, r * 0.94], 3
    )
    if arms:
        body.mirrored_limb(
            way("0.75 -0.75 0.1, 1.25 -0.55 0.35, 1.45 -0.2 0.55", r, (0, top, 0)),
            shares("0.36 0.28 0.2", r),
            3,
        )
    whole = body.solid(f.detail)
    rays = 9
    waves = [
        f.ball(r * 0.3, (math.cos(a) * r * 0.98, 0.0, math.sin(a) * r * 0.98), (1, 1.3, 1))
        for a in (2 * math.pi * (i + 0.5) / rays for i in range(rays))
    ]
    folds = _folds(f, r, top, rays)
    sheet = above_ground(unite([whole, *folds]) - unite(waves))
    eye, mouth = (r * 0.34, top + r * 0.18), (0.0, top - r * 0.32)
    return [
        main("body sheet head arms", sheet),
        fixed(
            "eyes eye",
            mirrored(
                f.ball(r * 0.17, (*eye, body.reach((*eye, 0.0), 2) - r * 0.06), (0.85, 1.35, 0.7))
            ),
            finish=EYES,
        ),
        fixed(
            "mouth",
            f.ball(r * 0.17, (*mouth, body.reach((*mouth, 0.0), 2) - r * 0.05), (0.9, 1.2, 0.7)),
            finish=EYES,
        ),
    ]


def skull_solid(f: Forms, head: float, at: tuple[float, float, float]) -> Manifold:
    """A skull without its lower jaw; `head` is the brain case's radius."""
    skull = Blob(head * 0.2, 0.6).ball((0, 0.15 * head, -0.1 * head), head, (0.88, 0.95, 1.05))
    skull.ball((0, -0.35 * head, 0.42 * head), head * 0.5, (1.1, 0.95, 0.9))
    skull.mirrored_ball((0.58 * head, -0.25 * head, 0.42 * head), head * 0.24)
    skull.bone((0, -0.75 * head, 0.5 * head), (0, -0.6 * head, 0.5 * head), head * 0.36, head * 0.4)
    skull.melt_m = head * 0.06
    for side in (1, -1):
        skull.dent((side * 0.34 * head, -0.06 * head, 0.86 * head), head * 0.27, (1, 1, 1.1))
    skull.dent((0, -0.42 * head, 0.95 * head), head * 0.14, (0.8, 1.2, 1.2))
    return skull.solid(f.detail).translate(at)


def teeth_row(f: Forms, head: float, count: int, out: float) -> Manifold:
    """A row of teeth about the mouth's middle."""
    rows = []
    for i in range(count):
        a = (i - (count - 1) / 2) * 0.3
        rows.append(
            f.ball(
                head * 0.075,
                (math.sin(a) * head * 0.34, 0, out * head + math.cos(a) * head * 0.34),
                (0.8, 1.5, 0.7),
            )
        )
    return unite(rows)


@family("skull", "death_head", "ivory plaster")
def skull(f: Forms, *, height: float = 0.22, width: float = 0.15) -> list[Part]:
    h = height / 2.3
    at = (0.0, h * 1.28, 0.0)
    jaw = Blob(h * 0.12, 0.5).limb(
        way(
            "-0.56 -0.45 0.05, -0.46 -0.95 0.5, 0 -1.1 0.85, 0.46 -0.95 0.5, 0.56 -0.45 0.05", h, at
        ),
        shares("0.09 0.13 0.17 0.13 0.09", h),
        3,
    )
    hollows = [f.ball(h * 0.24, (s * 0.34 * h, at[1] - 0.06 * h, 0.63 * h)) for s in (1, -1)]
    hollows.append(f.ball(h * 0.12, (0, at[1] - 0.42 * h, 0.72 * h), (0.8, 1.2, 1)))
    slim = (width / 0.15 * 0.22 / height, 1, 1)
    return [
        main(
            "skull bone head jaw",
            skull_solid(f, h, at).scale(slim),
            above_ground(jaw.solid(f.detail)).scale(slim),
        ),
        second(
            "teeth",
            teeth_row(f, h, 7, 0.52).translate((0, at[1] - 0.8 * h, 0)).scale(slim),
            teeth_row(f, h, 7, 0.48).translate((0, at[1] - 0.98 * h, 0)).scale(slim),
            finish="cream plastic",
        ),
        fixed("eyes sockets nose", unite(hollows).scale(slim), finish="black plaster"),
    ]


def _ribs(f: Forms, high: float, wide: float, thick: float) -> Manifold:
    """Five pairs of ribs and the breastbone, about a spine at x = 0; `high` is the chest's middle."""
    rows = []
    for i in range(5):
        y, r = high + (2 - i) * wide * 0.3, wide * (0.82 + 0.09 * i if i < 3 else 1.18 - 0.08 * i)
        points = [
            (
                r * math.sin(a),
                y - 0.16 * wide * (1 - math.cos(a)),
                wide * 0.1 + wide * 0.5 * -math.cos(a),
            )
            for a in (math.pi * s / 6 for s in range(7))
        ]
        rows.append(f.hose(points, thick, steps=1))
    front = f.bone(
        (0, high + wide * 0.55, wide * 0.55), (0, high - wide * 0.7, wide * 0.58), thick * 1.3
    )
    return mirrored(unite(rows)) + front


def _beside(at: Point, x: float) -> Point:
    return at[0] + x, at[1], at[2]


def _limb_bones(f: Forms, h: float, x: float, t: float) -> list[Manifold]:
    """Arm and leg on the side of +x, with hand and foot; x is half the shoulders' width, t a bone's thickness."""
    bones = []
    for text in (
        "0.92 0.79 -0.1, 1.15 0.62 -0.1, 1.3 0.47 0.15",
        "0.42 0.5 0, 0.45 0.27 0.05, 0.45 0.035 -0.05",
    ):
        at = way(text, (x, h, x))
        bones.append(f.bone(at[0], at[1], t * 0.85, t * 0.75))
        bones += [
            f.bone(_beside(at[1], s * t * 0.7), _beside(at[2], s * t * 0.7), t * 0.5)
            for s in (1, -1)
        ]
        bones += [f.ball(t * 1.35, p) for p in at]
    hand, foot = (1.3 * x, 0.46 * h, 0.15 * x), (0.45 * x, 0.02 * h, 0.0)
    for i in range(4):
        dx = (i - 1.5) * t * 0.9
        finger = way(f"0 0 0, {dx} -0.055 0.01, {dx * 1.3} -0.115 0.03", 1.0, hand)
        toe = [foot, (foot[0] + dx * 1.3, t * 0.5, 0.1), (foot[0] + dx * 1.5, t * 0.4, 0.19)]
        bones += [
            f.hose(finger, t * 0.42, t * 0.3, steps=2),
            f.hose(toe, t * 0.5, t * 0.35, steps=2),
        ]
    return [*bones, f.bone(foot, (foot[0], t, -0.05), t * 0.9)]


def _hips(h: float, x: float, t: float) -> Blob:
    hips = Blob(t * 1.5, 0.6).mirrored_ball(
        (x * 0.42, h * 0.515, -x * 0.1), x * 0.34, (1, 0.9, 0.55), (0, 0, 25)
    )
    hips.ball((0, h * 0.5, -x * 0.2), x * 0.22).mirrored_ball((x * 0.25, h * 0.475, 0), t * 1.2)
    for side in (1, -1):
        hips.dent((side * x * 0.3, h * 0.525, x * 0.05), x * 0.2)
    return hips


def _limbs(f: Forms, h: float, x: float, t: float, chest: float) -> list[Manifold]:
    """Arms, legs and shoulders of one side, and how high the shoulder bones are."""
    limbs = _limb_bones(f, h, x, t)
    shoulder, high = (0.92 * x, h * 0.79, -0.1 * x), chest + x * 0.43
    limbs.append(f.bone((0, high, x * 0.43), shoulder, t * 0.6))
    limbs.append(
        f.hose([shoulder, (x * 0.6, h * 0.76, -x * 0.42), (0, h * 0.74, -x * 0.3)], t * 0.5)
    )
    return limbs


def _jaw(f: Forms, head: float, top: Point) -> Manifold:
    """The lower jaw."""
    return f.hose(
        way("-0.5 -0.5 0.1, -0.4 -0.95 0.5, 0 -1.05 0.75, 0.4 -0.95 0.5, 0.5 -0.5 0.1", head, top),
        head * 0.16,
    )


@family("skeleton", "", "ivory plaster")
def skeleton(
    f: Forms, *, height: float = 1.7, width: float = 0.4, thickness: float = 0.022
) -> list[Part]:
    f = Forms(f.detail * 0.5)
    h, x, t = height, width / 2, thickness
    head, chest = h * 0.062, h * 0.68
    top = (0.0, h * 0.925, 0.0)
    column = [
        f.ball(t * 1.25, (0, h * (0.52 + 0.022 * i), -x * 0.3), (1.1, 0.75, 1)) for i in range(16)
    ]
    column.append(f.bone((0, h * 0.5, -x * 0.3), (0, top[1] - head * 0.5, -x * 0.25), t * 0.6))
    limbs = _limbs(f, h, x, t, chest)
    blade = f.ball(x * 0.3, (x * 0.6, h * 0.735, -x * 0.42), (0.8, 1.2, 0.2))
    jaw = _jaw(f, head, top)
    return [
        main(
            "bones bone skull head",
            skull_solid(f, head, top),
            jaw,
            above_ground(mirrored(unite([*limbs, blade]))),
        ),
        main(
            "ribs spine hips",
            _ribs(f, chest, x * 0.78, t * 0.62),
            _hips(h, x, t).solid(f.detail),
            *column,
        ),
        second(
            "teeth",
            teeth_row(f, head, 6, 0.5).translate((0, top[1] - 0.82 * head, 0)),
            finish="cream plastic",
        ),
        fixed(
            "eyes sockets",
            *[
                f.ball(head * 0.22, (s * 0.34 * head, top[1] - 0.06 * head, 0.63 * head))
                for s in (1, -1)
            ],
            finish="black plaster",
        ),
    ]
