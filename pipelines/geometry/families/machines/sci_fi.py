"""Props of games and films set in the future. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import (
    Forms,
    apart,
    around,
    mirrored,
    unite,
    within,
)
from pipelines.geometry.families.registry import Part, family, fixed, main, second

GLOW = "cyan neon"


@family(
    "gun_turret",
    "turret sentry_gun sentry auto_turret defense_turret machine_gun_turret laser_turret",
    "grey steel",
)
def gun_turret(
    f: Forms, *, height: float = 1.3, radius: float = 0.6, length: float = 1.1, barrels: int = 2
) -> list[Part]:
    h, r = height, radius
    count, y = within(barrels, 1, 6), height * 0.72
    rows = apart(count, r * 0.22 * (count - 1))
    guns = [f.rod(r * 0.09, length, (x, y, r * 0.3 + length / 2), "z", share=0.4) for x in rows]
    ends = [
        f.rod(r * 0.12, length * 0.16, (x, y, r * 0.3 + length * 0.94), "z", share=0.4)
        for x in rows
    ]
    base = [(r, 0), (r, h * 0.08), (r * 0.75, h * 0.2), (r * 0.5, h * 0.3), (r * 0.5, h * 0.46)]
    foot = f.soft_box((r * 0.5, h * 0.1, r * 0.3), (r * 1.0, h * 0.05, 0), 0.03)
    return [
        main(
            "head body",
            f.soft_box((r * 1.0 + r * 0.2 * count, h * 0.42, r * 1.3), (0, y, 0), r * 0.2),
            f.soft_box((r * 0.8, h * 0.12, r * 0.8), (0, y + h * 0.22, -r * 0.15), 0.06),
        ),
        second(
            "base stand",
            f.lathe(base),
            f.post(r * 0.3, h * 0.34, (0, h * 0.4, 0)),
            around(foot, 4).rotate((0, 45, 0)),
            mirrored(
                f.soft_box(
                    (r * 0.2, h * 0.5, r * 0.6), (r * (0.62 + 0.1 * count), h * 0.62, 0), 0.05
                )
            ),
            f.slab((r * (1.24 + 0.2 * count), h * 0.1, r * 0.6), (0, h * 0.38, 0)),
            finish="charcoal steel",
        ),
        fixed("barrels barrel guns gun", *guns, finish="charcoal steel"),
        fixed("muzzles muzzle", *ends, finish="black steel"),
        *_gun_turret_eye(f, h, r, y),
    ]


def _gun_turret_eye(f: Forms, h: float, r: float, y: float) -> list[Part]:
    """A gun turret's eye."""
    return [
        fixed(
            "eye light sensor",
            f.rod(r * 0.14, 0.08, (0, y + h * 0.14, r * 0.64), "z"),
            f.box((r * 0.5, h * 0.03, 0.05), (0, h * 0.14, r * 0.8)),
            finish="red neon",
        ),
    ]


def _mech_leg(f: Forms, h: float, w: float) -> Manifold:
    """A leg bent back at its knee, of a machine h high and w wide."""
    hip, knee, heel = (
        (w * 0.3, h * 0.46, 0.0),
        (w * 0.36, h * 0.3, h * 0.12),
        (w * 0.36, h * 0.08, -h * 0.04),
    )
    toes = [
        f.soft_box(
            (w * 0.1, h * 0.06, h * 0.2), (w * 0.36 + w * 0.09 * s, h * 0.03, h * 0.05), h * 0.015
        )
        for s in (-1, 0, 1)
    ]
    return unite(
        [
            f.bone(hip, knee, h * 0.05, h * 0.04),
            f.bone(knee, heel, h * 0.045, h * 0.035),
            f.ball(h * 0.055, heel),
            f.box((w * 0.3, h * 0.04, h * 0.1), (w * 0.36, h * 0.05, 0)),
            *toes,
        ]
    )


@family(
    "mech",
    "battle_mech mecha mech_warrior combat_mech war_machine mech_suit",
    "olive paint",
)
def mech(f: Forms, *, height: float = 4.0, width: float = 2.8, depth: float = 2.0) -> list[Part]:
    h, w, d = height, width, depth
    side = pairs("0.42 0.6, 0.5 0.68, 0.18 0.92, -0.3 0.94, -0.45 0.78, -0.3 0.54, 0.2 0.52", d, h)
    small = [(z * 0.8, h * 0.73 + (y - h * 0.73) * 0.75) for z, y in side]
    body = Manifold.batch_hull([f.profile(side, w * 0.36), f.profile(small, w * 0.52)])
    arm = f.soft_box((w * 0.16, h * 0.2, d * 0.3), (w * 0.4, h * 0.76, 0), 0.08)
    guns = unite(
        [
            f.rod(h * 0.022, d * 0.7, (w * 0.4 + x, h * 0.62, d * 0.45), "z", share=0.3)
            for x in (-w * 0.035, w * 0.035)
        ]
    )
    pod = f.soft_box((w * 0.2, h * 0.12, d * 0.4), (w * 0.3, h * 0.98, -d * 0.05), 0.05)
    return [
        main("body torso hull", body, mirrored(arm), mirrored(pod)),
        second(
            "legs leg feet",
            mirrored(_mech_leg(f, h, w)),
            f.rod(h * 0.07, w * 0.7, (0, h * 0.47, 0), "x"),
            f.post(h * 0.09, h * 0.1, (0, h * 0.46, 0)),
            finish="charcoal steel",
        ),
        fixed(
            "guns gun arms",
            mirrored(guns),
            mirrored(f.soft_box((w * 0.13, h * 0.1, d * 0.4), (w * 0.4, h * 0.62, d * 0.1), 0.04)),
            f.rod(h * 0.05, w * 0.8, (0, h * 0.78, -d * 0.05), "x"),
            mirrored(f.slab((w * 0.06, h * 0.14, d * 0.12), (w * 0.28, h * 0.84, -d * 0.05))),
            finish="charcoal steel",
        ),
        *_mech_fittings(f, d, h, w),
    ]


def _mech_fittings(f: Forms, d: float, h: float, w: float) -> list[Part]:
    """A mech's cockpit and rockets."""
    tubes = [
        f.rod(
            h * 0.018,
            0.06,
            (w * (0.25 + 0.05 * i), h * (0.96 + 0.04 * j), d * 0.15),
            "z",
            share=0.3,
        )
        for i in range(3)
        for j in (0, 1)
    ]
    return [
        fixed(
            "cockpit window glass",
            f.profile(
                [
                    (d * 0.37, h * 0.74),
                    (d * 0.48, h * 0.72),
                    (d * 0.26, h * 0.9),
                    (d * 0.15, h * 0.9),
                ],
                w * 0.28,
            ),
            finish="orange glass",
        ),
        fixed(
            "rockets missiles lights",
            mirrored(unite(tubes)),
            mirrored(f.rod(h * 0.03, 0.1, (w * 0.1, h * 0.62, d * 0.42), "z")),
            finish="red paint",
        ),
    ]


@family(
    "control_panel",
    "console control_console computer_console control_desk instrument_panel",
    "light grey paint",
)
def control_panel(
    f: Forms, *, width: float = 1.5, height: float = 1.2, depth: float = 0.8, screens: int = 3
) -> list[Part]:
    w, h, z = width, height, depth / 2
    side = [
        (z * 0.7, 0),
        (z * 0.7, h * 0.5),
        (z, h * 0.56),
        (z, h * 0.62),
        (-z * 0.3, h * 0.76),
        (-z * 0.6, h),
        (-z, h),
        (-z, 0),
    ]
    count = within(screens, 1, 8)
    step = w * 0.92 / count
    panes = [
        f.box((step * 0.88, h * 0.26, 0.03))
        .rotate((-38, 0, 0))
        .translate((x, h * 0.885, -z * 0.44))
        for x in apart(count, w * 0.92 - step)
    ]
    return [
        main(
            "body case desk",
            f.profile(side, w),
            mirrored(
                f.profile([(a * 1.03, b * 1.02) for a, b in side], w * 0.05).translate(
                    (w * 0.5, 0, 0)
                )
            ),
        ),
        second("screens screen displays", *panes, finish="cyan neon"),
        *_control_panel_fittings(f, h, w, z),
    ]


def _control_panel_fittings(f: Forms, h: float, w: float, z: float) -> list[Part]:
    """A control panel's buttons, switches, levers and vents."""
    keys = [
        f.box((0.05, 0.05, 0.05))
        .rotate((8.0, 0, 0))
        .translate((x, h * 0.68 - 0.048 * row, z * (0.28 + 0.3 * row)))
        for row in (0, 1)
        for x in apart(9, w * 0.7)
    ]
    knobs = [f.post(0.03, 0.05, (s * w * 0.43, h * 0.63, z * 0.7)) for s in (1, -1)]
    lever = f.bone((w * 0.43, h * 0.66, z * 0.4), (w * 0.43, h * 0.8, z * 0.5), 0.014) + f.ball(
        0.035, (w * 0.43, h * 0.8, z * 0.5)
    )
    return [
        fixed("buttons button keys", *keys[::2], finish="red neon"),
        fixed("switches lights", *keys[1::2], finish="lemon neon"),
        fixed("levers lever knobs", *knobs, mirrored(lever), finish="black plastic"),
        fixed(
            "vents grille",
            *[
                f.box((w * 0.7, h * 0.025, 0.04), (0, h * (0.14 + 0.07 * i), z * 0.7))
                for i in range(4)
            ],
            finish="charcoal steel",
        ),
    ]
