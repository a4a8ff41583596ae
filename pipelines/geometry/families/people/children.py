"""Babies and children. Their front is +Z."""

from __future__ import annotations

from dataclasses import replace

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.figure import Figure, above_face
from pipelines.geometry.families.forms import Forms, Point, mirrored, unite
from pipelines.geometry.families.quadruped import EYES, above_ground
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.ways import shares, way


def _romper(x: float, t: float, neck: float) -> Blob:
    """Trunk, sleeves and legs."""
    suit = Blob(t * 0.8, 0.7).limb(
        [(0, x * 0.75, -0.01), (0, neck * 0.62, -0.005), (0, neck * 0.92, 0)],
        [x * 0.95, x * 0.8, x * 0.55],
        2,
    )
    suit.mirrored_limb(
        [
            (x * 0.55, neck * 0.92, 0),
            (x * 1.25, neck * 0.75, t * 0.8),
            (x * 1.55, neck * 0.66, t * 1.8),
        ],
        [t * 0.85, t * 0.8, t * 0.72],
        2,
    )
    suit.mirrored_limb(
        [(x * 0.5, x * 0.6, 0), (x * 1.15, t * 1.1, x * 1.1), (x * 1.2, t * 0.95, x * 1.7)],
        [t * 1.5, t * 1.15, t * 0.95],
        3,
    )
    return suit


def _baby_head(head: float, top: Point) -> Blob:
    """Head, cheeks, ears and nose."""
    skin = (
        Blob(head * 0.2, 0.6)
        .ball(top, head, (1.0, 0.98, 0.98))
        .mirrored_ball((head * 0.45, top[1] - head * 0.42, top[2] + head * 0.42), head * 0.48)
    )
    skin.mirrored_ball((head * 0.98, top[1] - head * 0.05, top[2]), head * 0.2, (0.5, 1.1, 0.8))
    skin.ball((0, top[1] - head * 0.14, top[2] + head * 0.98), head * 0.1)
    return skin


def _baby_limbs(x: float, t: float, neck: float) -> Blob:
    """Hands and feet."""
    limbs = Blob(t * 0.3, 0.5).mirrored_ball((x * 1.75, neck * 0.6, t * 2.3), t * 0.72)
    return limbs.mirrored_limb(
        [(x * 1.2, t * 0.95, x * 1.75), (x * 1.25, t * 1.5, x * 2.05)], [t * 0.8, t * 0.72]
    )


def _curl(f: Forms, head: float, top: Point) -> Manifold:
    """The one lock of hair."""
    line = way("0 0.9 0.2, 0.12 1.12 0.3, 0.02 1.2 0.45, -0.1 1.08 0.45", head, top)
    return f.hose(line, head * 0.08, head * 0.03)


@family(
    "baby",
    "infant toddler newborn babies baby_boy baby_girl crawling_baby",
    "sky blue fabric",
)
def baby(
    f: Forms,
    *,
    height: float = 0.5,
    width: float = 0.2,
    thickness: float = 0.042,
    head: float = 0.108,
) -> list[Part]:
    """Sitting in a romper, its arms out."""
    x, t, top = width / 2, thickness, (0.0, height - head * 1.02, 0.01)
    neck = top[1] - head * 0.85
    suit = _romper(x, t, neck)
    skin = _baby_head(head, top)
    limbs = _baby_limbs(x, t, neck)

    def on(a: float, b: float) -> tuple[float, float, float]:
        return head * a, top[1] + head * b, skin.reach((head * a, top[1] + head * b, 0.0), 2)

    mouth = f.hose([on(a, b) for a, b in ((-0.24, -0.42), (0, -0.5), (0.24, -0.42))], head * 0.04)
    eye = on(0.36, 0.08)
    return [
        main("romper suit clothes onesie", above_ground(suit.solid(f.detail))),
        fixed(
            "skin head face hands feet",
            skin.solid(f.detail),
            above_ground(limbs.solid(f.detail)),
            finish="flesh plaster",
        ),
        second(
            "collar buttons",
            f.ring(x * 0.55, t * 0.28, (0, neck * 0.97, 0), share=0.7),
            *[
                f.ball(t * 0.25, (0, neck * y, suit.reach((0, neck * y, 0), 2)))
                for y in (0.75, 0.5)
            ],
            finish="white fabric",
        ),
        fixed("hair", _curl(f, head, top), finish="chestnut hair"),
        fixed(
            "eyes eye",
            mirrored(f.ball(head * 0.12, (0, 0, -head * 0.02), (0.9, 1.1, 0.6)).translate(eye)),
            finish=EYES,
        ),
        fixed("mouth lips", mouth, finish="rosy plaster"),
    ]


@family("child", "kid boy schoolboy youngster boys little_boy schoolchild", "golden yellow fabric")
def child(
    f: Forms,
    *,
    height: float = 1.1,
    width: float = 0.27,
    thickness: float = 0.044,
    head: float = 0.118,
    arms: int = 2,
) -> list[Part]:
    """With a great head, in a shirt and short trousers."""
    p = Figure(height, width, thickness, head, arms)
    x, t = width / 2, thickness
    shorts = Blob(t * 0.7, 0.5).mirrored_limb(
        way("0.42 0.5 0, 0.52 0.32 0.01", (x, height, 1)), shares("1.45 1.4", t), 2
    )
    shorts.bone((-x * 0.35, height * 0.515, 0), (x * 0.35, height * 0.515, 0), t * 1.5)
    hair = Blob(head * 0.15, 0.5).ball(
        (0, p.face_y + head * 0.28, -head * 0.15), head, (0.96, 0.96, 1.0)
    )
    for a, b, c in ((0.35, 0.9, 0.55), (-0.05, 1.0, 0.62), (-0.45, 0.88, 0.5)):
        hair.ball((head * a, p.face_y + head * b, head * c), head * 0.34)
    socks = mirrored(
        f.bone((x * 0.46, height * 0.05, -0.01), (x * 0.46, height * 0.11, -0.005), t * 0.78)
    )
    return [
        main("shirt torso clothes jacket", p.torso().solid(f.detail)),
        second("shorts trousers pants", shorts.solid(f.detail), finish="navy fabric"),
        p.skin(f, bare_legs=True),
        fixed("hair", above_face(p, hair.solid(f.detail)), finish="chestnut hair"),
        fixed("shoes boots", p.shoes(f), finish="red leather"),
        fixed("socks", socks, finish="white fabric"),
        *p.face(f),
    ]


@family("girl", "schoolgirl little_girl girls daughter", "pink fabric")
def girl(
    f: Forms,
    *,
    height: float = 1.1,
    width: float = 0.26,
    thickness: float = 0.04,
    head: float = 0.118,
    length: float = 0.36,
) -> list[Part]:
    """With two plaits, in a dress that is `length` long from the waist."""
    p = Figure(height, width, thickness, head)
    y, x = p.face_y, width / 2
    waist = height * 0.6
    hem = max(0.05, waist - length)
    skirt = f.turned(
        [(x * 0.5, waist + 0.02), (x * 0.95, waist - 0.05), (x * 1.7, hem), (x * 1.6, hem + 0.004)]
    )
    hair = Blob(head * 0.15, 0.5).ball((0, y + head * 0.26, -head * 0.16), head, (0.97, 0.97, 1.0))
    plait = way("0.85 0.1 -0.35, 1.2 -0.4 -0.3, 1.3 -1.0 -0.2, 1.25 -1.5 -0.1", head, (0, y, 0))
    hair.mirrored_limb(plait, shares("0.22 0.26 0.2 0.1", head), 2)
    bows = [f.ball(head * 0.2, plait[0], (0.7, 1.0, 1.0))]
    bows += [
        f.ball(
            head * 0.16,
            (plait[0][0] + head * 0.12, plait[0][1] + head * s * 0.2, plait[0][2]),
            (0.8, 1.2, 0.6),
        )
        for s in (1, -1)
    ]
    return [
        main("dress clothes skirt", p.torso(slim=0.92).solid(f.detail), skirt),
        p.skin(f, bare_legs=True),
        second("hair plaits", above_face(p, hair.solid(f.detail)), finish="blonde hair"),
        fixed("bows ribbons", mirrored(unite(bows)), finish="red fabric"),
        fixed("shoes boots", p.shoes(f), finish="maroon leather"),
        *[
            replace(part, finish="caramel hair") if part.name.startswith("brows") else part
            for part in p.face(f)
        ],
    ]
