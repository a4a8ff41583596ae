"""What is built into a room or around a garden: doors, windows, hearths, fences. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.forms import Forms, apart, doorway, mirrored, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second


def hung(leaf: Manifold, x: float, z: float, degrees: float) -> Manifold:
    """A leaf turned about the upright hinge at (x, z); positive opens the left edge to the front."""
    return leaf.translate((-x, 0, -z)).rotate((0, degrees, 0)).translate((x, 0, z))


@family("door", "wooden_door front_door doorway entrance_door", "brown wood")
def door(
    f: Forms,
    *,
    width: float = 0.95,
    height: float = 2.1,
    thickness: float = 0.05,
    panels: int = 3,
    open: float = 0.0,
) -> list[Part]:
    post, t, panels = 0.09, thickness, within(panels, 1, 8)
    frame = f.slab((width, height, t * 2.4)) - f.slab(
        (width - 2 * post, height - post, 1), (0, -0.001, 0)
    )
    sill = f.slab((width, 0.025, t * 2.8))
    return [
        main("frame", frame, sill),
        *_leaf(f, width, height, panels, open, post, t),
    ]


def _leaf(
    f: Forms, width: float, height: float, panels: int, open: float, post: float, t: float
) -> list[Part]:
    """A door's leaf with its panels, and the knob and hinges."""
    w, h = width - 2 * post - 0.012, height - post - 0.03
    leaf = f.slab((w, h, t), (0, 0.02, 0))
    tall = h / panels
    cut = unite(
        [
            f.box((w * 0.7, tall * 0.76, t * 0.7), (0, 0.02 + tall * (i + 0.5), 0))
            for i in range(panels)
        ]
    )
    raised = unite(
        [
            f.box((w * 0.54, tall * 0.56, t * 0.7), (0, 0.02 + tall * (i + 0.5), 0))
            for i in range(panels)
        ]
    )
    leaf = leaf - cut.translate((0, 0, t / 2)) - cut.translate((0, 0, -t / 2))
    lock = (-w * 0.41, h * 0.48)
    knob = unite(
        [
            f.rod(0.013, t + 0.1, (*lock, 0), "z"),
            f.rod(0.034, t + 0.012, (*lock, 0), "z"),
            *[f.ball(0.034, (*lock, s * (t / 2 + 0.05)), (1, 1, 0.8)) for s in (1, -1)],
        ]
    )
    pins = [f.post(0.016, 0.12, (w / 2 + 0.004, h * y, t / 2)) for y in (0.12, 0.82)]
    turn = 62.0 * open
    return [
        second("door leaf", hung(leaf, w / 2, t / 2, turn), finish="caramel wood"),
        second("panels panel", hung(raised, w / 2, t / 2, turn), finish="brown wood"),
        fixed("knob handle hinges", hung(knob, w / 2, t / 2, turn), *pins, finish="brass"),
    ]


@family("window", "casement window_frame", "white paint")
def window(
    f: Forms,
    *,
    width: float = 1.0,
    height: float = 1.3,
    thickness: float = 0.07,
    panes: int = 6,
    open: float = 0.0,
) -> list[Part]:
    t, low = thickness, 0.06
    frame = f.slab((width, height, t * 1.7), (0, low, 0)) - f.slab(
        (width - 2 * t, height - 2 * t, 1), (0, low + t, 0)
    )
    w, h = width / 2 - t, height - 2 * t
    rows = max(1, round(panes / 2))
    wing = f.slab((w, h, t * 0.8)) - f.slab((w - t, h - t, 1), (0, t / 2, 0))
    bars = [f.box((w - t * 0.5, t * 0.4, t * 0.6), (0, h * i / rows, 0)) for i in range(1, rows)]
    grip = f.tube(
        [(w * 0.43, h * 0.5, 0), (w * 0.43, h * 0.5, t), (w * 0.43, h * 0.42, t)], t * 0.16
    )
    glass = f.slab((w - t * 0.5, h - t * 0.5, t * 0.25), (0, t * 0.25, 0))
    turn = -68.0 * open

    def both(leaf: Manifold) -> Manifold:
        return mirrored(hung(leaf.translate((-w / 2, low + t, 0)), -w, t * 0.4, turn))

    return [
        main("frame", frame),
        main("wings sashes bars", both(unite([wing, *bars]))),
        second("glass panes pane", both(glass), finish="light sky blue glass"),
        fixed(
            "sill ledge",
            f.soft_box((width * 1.14, low, t * 3.2), (0, low / 2 + 0.005, t * 0.5), 0.015),
            finish="white paint",
        ),
        fixed("handles handle", both(grip), finish="brass"),
    ]


@family("fence", "picket_fence garden_fence palisade paling", "white paint")
def fence(
    f: Forms,
    *,
    width: float = 2.4,
    height: float = 1.0,
    thickness: float = 0.03,
    pickets: int = 12,
) -> list[Part]:
    pickets, t = within(pickets, 2, 40), thickness
    step = width / pickets
    w = step * 0.62
    picket = f.plate(
        [(-w / 2, 0), (w / 2, 0), (w / 2, height * 0.88), (0, height), (-w / 2, height * 0.88)], t
    )
    rows = apart(pickets, width - step)
    post = f.slab((t * 3, height * 0.96, t * 3), (0, 0, -t * 2.4)) + f.post(
        t * 2.4, t * 2.4, (0, height * 0.95, -t * 2.4), 0.0
    )
    return [
        main("pickets boards", *[picket.translate((x, height * 0.04, 0)) for x in rows]),
        second(
            "rails posts post",
            *[f.box((width, height * 0.09, t), (0, height * y, -t * 0.9)) for y in (0.28, 0.72)],
            *[post.translate((x, 0, 0)) for x in (rows[0], rows[pickets // 2], rows[-1])],
            finish="white paint",
        ),
    ]


def _flames(f: Forms, width: float, height: float) -> Manifold:
    """Five pointed flames side by side on y = 0."""
    tongues = []
    for i, share in enumerate((0.5, 0.8, 1.0, 0.72, 0.45)):
        shape = [(0.0, 0.0), (0.8, 0.1), (1.0, 0.28), (0.55, 0.65), (0.0, 1.0)]
        tongue = f.turned([(r * width * 0.13, y * height * share) for r, y in shape])
        tongues.append(tongue.translate(((i - 2) * width * 0.15, 0, 0.03 * (-1) ** i)))
    return unite(tongues)


@family("fireplace", "hearth chimneypiece open_fire", "brick")
def fireplace(
    f: Forms,
    *,
    width: float = 1.5,
    height: float = 1.25,
    depth: float = 0.5,
    thickness: float = 0.26,
) -> list[Part]:
    w, h = width - 2 * thickness, height * 0.66
    floor = 0.09
    hole = f.plate(doorway(w, h), depth * 0.8, (0, floor, depth * 0.2))
    body = f.slab((width, height, depth)) - hole
    breast = f.slab((width * 0.72, height * 0.5, depth * 0.75), (0, height, -depth * 0.125))
    arch = f.plate(doorway(w + 0.16, h + 0.08), 0.05, (0, floor, depth / 2)) - hole
    return [
        main("walls chimney bricks", body, breast),
        second(
            "mantel mantelpiece shelf surround",
            f.soft_box((width * 1.14, 0.07, depth * 1.25), (0, height, depth * 0.06), 0.02),
            arch,
            finish="white stone",
        ),
        *_fire(f, width, depth, h, w, floor),
    ]


def _fire(f: Forms, width: float, depth: float, h: float, w: float, floor: float) -> list[Part]:
    """A hearth with burning logs."""
    z = depth * 0.16
    logs = [
        f.rod(0.05, w * 0.72, (0, floor + 0.05, z + 0.06), "x"),
        f.rod(0.05, w * 0.68, (0, floor + 0.05, z - 0.07), "x"),
        f.rod(0.05, w * 0.6, (0, floor + 0.13, z), "x").rotate((0, 6, 0)),
    ]
    andiron = f.box((0.025, 0.04, 0.3), (w * 0.25, floor + 0.01, z)) + f.post(
        0.018, 0.22, (w * 0.25, floor, z + 0.15)
    )
    return [
        fixed(
            "hearthstone base",
            f.slab((width * 1.1, floor, depth * 1.5), (0, 0, depth * 0.22)),
            finish="grey stone",
        ),
        fixed("logs log", *logs, finish="bark"),
        fixed(
            "fire flames flame",
            _flames(f, w, h * 0.66).translate((0, floor + 0.1, z)),
            finish="lava",
        ),
        fixed("grate irons", mirrored(andiron), finish="charcoal steel"),
    ]


@family("stairs", "staircase stairway steps stair", "grey stone")
def stairs(
    f: Forms, *, width: float = 1.1, height: float = 1.8, length: float = 2.6, steps: int = 9
) -> list[Part]:
    steps = within(steps, 1, 40)
    rise, run = height / steps, length / steps
    blocks = []
    for i in range(steps):
        z = length / 2 - run * (i + 0.5)
        blocks.append(f.slab((width, rise * (i + 1), run * 1.01), (0, 0, z)))
    treads = [
        f.slab((width * 1.04, 0.04, run * 1.12), (0, rise * (i + 1), length / 2 - run * (i + 0.46)))
        for i in range(steps)
    ]
    x, up = width * 0.47, 0.85
    posts = [
        f.post(0.02, up, (x, rise * (i + 1), length / 2 - run * (i + 0.5))) for i in range(steps)
    ]
    rail = f.bone(
        (x, rise + up, length / 2 - run * 0.5), (x, height + up, -length / 2 + run * 0.5), 0.035
    )
    return [
        main("body steps", *blocks),
        second("treads", *treads, finish="caramel wood"),
        fixed("rail railing banister", mirrored(unite([*posts, rail])), finish="dark brown wood"),
    ]
