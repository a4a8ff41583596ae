"""Seals and their kin, and the horned whale. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.animals.farm_animals import patches
from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, Point, mirrored, unite
from pipelines.geometry.families.quadruped import EYES, above_ground
from pipelines.geometry.families.registry import Part, family, fixed, main, second


def _flippers(body: Blob, half: float, r: float) -> Blob:
    """Two at the sides, and two behind."""
    side = [
        (r * 0.7, r * 0.45, half * 0.3),
        (r * 1.35, r * 0.12, half * 0.38),
        (r * 1.95, r * 0.08, half * 0.15),
    ]
    body.mirrored_limb(side, [r * 0.3, r * 0.26, r * 0.1], 3)
    rear = [
        (r * 0.1, r * 0.25, -half * 0.95),
        (r * 0.55, r * 0.14, -half * 1.15),
        (r * 0.85, r * 0.1, -half * 1.35),
    ]
    return body.mirrored_limb(rear, [r * 0.24, r * 0.22, r * 0.1], 2)


def _seal_body(length: float, height: float, r: float, head: float, top: Point) -> Blob:
    half = length / 2
    body = Blob(r * 0.2).limb(
        [
            (0, r * 0.3, -half),
            (0, r * 0.7, -half * 0.4),
            (0, r * 0.95, half * 0.25),
            (0, height * 0.68, half * 0.55),
            top,
        ],
        [r * 0.28, r * 0.82, r, r * 0.62, head * 0.85],
        4,
    )
    _flippers(body, half, r)
    body.melt_m = head * 0.2
    body.ball(top, head).ball((0, top[1] - head * 0.2, top[2] + head * 0.6), head * 0.55)
    return body.mirrored_ball(
        (head * 0.26, top[1] - head * 0.32, top[2] + head * 0.95), head * 0.32
    )


def _face(f: Forms, body: Blob, head: float, top: Point) -> list[Part]:
    _, y, z = top
    eye = (head * 0.42, y + head * 0.22)
    hair = [
        f.bone(
            (head * 0.35, y - head * 0.3, z + head * 1.1),
            (head * 1.1, y - head * (0.5 + up), z + head),
            head * 0.03,
        )
        for up in (-0.25, 0.0, 0.25)
    ]
    return [
        fixed(
            "nose",
            f.ball(head * 0.17, (0, y - head * 0.08, z + head * 1.16), (1.2, 0.8, 0.8)),
            finish=EYES,
        ),
        fixed("whiskers", mirrored(unite(hair)), finish="black plastic"),
        fixed(
            "eyes eye",
            mirrored(f.ball(head * 0.15, (*eye, body.reach((*eye, 0.0), 2) - head * 0.04))),
            finish=EYES,
        ),
    ]


@family(
    "seal",
    "sea_lion:brown_skin harp_seal seal_pup:white_fur sealion:brown_skin",
    "grey skin",
)
def seal(
    f: Forms, *, length: float = 1.3, height: float = 0.62, radius: float = 0.24, head: float = 0.15
) -> list[Part]:
    """Lying on its belly, its head raised."""
    top = (0.0, height - head, length * 0.36)
    body = _seal_body(length, height, radius, head, top)
    zone = [
        ((0.0, height * 0.25, length * 0.42), radius * 0.95),
        ((0.0, height * 0.55, length * 0.47), radius * 0.6),
    ]
    coat, belly = patches(f, above_ground(body.solid(f.detail)), zone)
    return [
        main("body skin fur flippers", coat),
        second("belly chest", belly, finish="pale grey skin"),
        *_face(f, body, head, top),
    ]


@family("walrus", "walruses", "sienna skin")
def walrus(
    f: Forms,
    *,
    length: float = 1.5,
    height: float = 0.85,
    radius: float = 0.38,
    head: float = 0.2,
    tusk: float = 0.36,
) -> list[Part]:
    """With two long teeth and a moustache."""
    top = (0.0, height - head, length * 0.4)
    body = _seal_body(length, height, radius, head, top)
    _, y, z = top
    start = (head * 0.28, y - head * 0.55, z + head * 0.95)
    tooth = f.hose(
        [
            start,
            (head * 0.36, y - head * 0.6 - tusk * 0.5, z + head * 1.15),
            (head * 0.26, y - head * 0.6 - tusk, z + head),
        ],
        head * 0.14,
        head * 0.04,
    )
    return [
        main("body skin flippers", above_ground(body.solid(f.detail))),
        second(
            "cheeks moustache muzzle",
            mirrored(
                f.ball(head * 0.42, (head * 0.28, y - head * 0.32, z + head * 0.95), (1, 0.85, 0.8))
            ),
            finish="beige skin",
        ),
        fixed("tusks tusk teeth", mirrored(tooth), finish="ivory plastic"),
        *_face(f, body, head, top),
    ]


def _horn(f: Forms, length: float, r: float, at: Point) -> Manifold:
    """A twisted tooth, long and straight."""
    x, y, z = at
    core = f.bone(at, (x, y + length * 0.12, z + length), r, r * 0.2)
    coil = [
        f.ring(r * (1 - 0.75 * s), r * 0.16, (x, y + length * 0.12 * s, z + length * s), "z", 0.4)
        for s in (0.08, 0.2, 0.32, 0.44, 0.56, 0.68, 0.8)
    ]
    return unite([core, *coil])


def _narwhal_body(half: float, r: float) -> Blob:
    """The trunk and head."""
    return Blob(r * 0.25).limb(
        [
            (0, r * 1.7, -half * 0.9),
            (0, r * 1.15, -half * 0.45),
            (0, r, half * 0.2),
            (0, r * 1.02, half * 0.62),
        ],
        [r * 0.16, r * 0.55, r, r * 0.85],
        4,
    )


@family("narwhal", "narwal unicorn_whale", "pale blue skin")
def narwhal(
    f: Forms, *, length: float = 3.0, height: float = 0.8, width: float = 0.8, horn: float = 1.2
) -> list[Part]:
    """A small whale with a long tooth."""
    half, r = length / 2, height / 2
    body = _narwhal_body(half, r)
    whole = body.solid(f.detail).scale((width / height, 1, 1))
    upper, belly = patches(
        f,
        above_ground(whole),
        [((0, -r * 0.35, half * t), r * 1.05) for t in (0.7, 0.4, 0.1, -0.2)],
    )
    fluke = [(0.0, 0.3), (0.5, 0.15), (0.95, -0.4), (0.5, -0.25), (0.0, -0.1)]
    tail = mirrored(f.floor([(x * r * 1.3, z * r * 1.3) for x, z in fluke], r * 0.1))
    flipper = (
        f.ball(1.0)
        .scale((r * 0.6, r * 0.1, r * 0.28))
        .translate((r * 0.55, 0, 0))
        .rotate((0, 35, -28))
    )
    at = (0.0, r * 1.15, half * 0.5)
    eye = (body.reach(at, 0) * width / height, *at[1:])
    return [
        main(
            "body skin",
            upper,
            tail.rotate((26, 0, 0)).translate((0, r * 1.72, -half * 0.92)),
            mirrored(flipper.translate((width * 0.36, r * 0.6, half * 0.25))),
        ),
        second("belly", belly, finish="white skin"),
        fixed(
            "horn tusk tooth",
            _horn(f, horn, r * 0.13, (0, r * 1.1, half * 0.62 + r * 0.7)),
            finish="ivory plastic",
        ),
        fixed("eyes eye", mirrored(f.ball(r * 0.11, eye)), finish=EYES),
    ]
