"""The build of animals on four legs, or as many as are asked for: one soft body, and places on its head.

Lengths are in metres, angles in degrees. The front is +Z. Places on the head are in its own frame: the unit is the
head's radius, the origin its middle, +Z goes along the nose.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, Point, mirrored, unite
from pipelines.geometry.families.registry import Part, fixed

EYES = "shiny black plastic"
# Several heads stand side by side, this far apart.
BETWEEN_HEADS = 58.0


@dataclass(frozen=True)
class Quadruped:
    """Measures of a body: length from chest to rump, height of the withers, radius of the chest.

    head is the skull's radius, neck its distance from the body, muzzle the nose's from the skull. `rise` is the neck's
    angle above level, `drop` the nose's below it. The rest are shares: of the radius for belly, rump and leg; of the
    head for snout.
    """

    length: float
    height: float
    radius: float
    head: float
    neck: float
    muzzle: float
    rise: float = 45.0
    drop: float = 20.0
    belly: float = 0.9
    rump: float = 0.9
    leg: float = 0.3
    snout: float = 0.5
    nape: float = 0.75
    paws: bool = True
    legs: int = 4
    heads: int = 1
    stance: float = 0.55

    @property
    def spine(self) -> float:
        """Height of the body's middle line."""
        return self.height - self.radius

    @property
    def chest(self) -> Point:
        return 0.0, self.spine, self.length / 2 - self.radius * 0.85

    @property
    def rear(self) -> Point:
        r = self.radius * self.rump
        return 0.0, self.height - r, -self.length / 2 + r * 0.85

    @property
    def _stride(self) -> float:
        """What the bends of a leg are shares of: its height, if the body is not too short for that."""
        return min(self.spine, self.length * 0.75)

    @property
    def skull(self) -> Point:
        """The middle of the head."""
        turn = math.radians(self.rise)
        _, y, z = self._nape
        return 0.0, y + self.neck * math.sin(turn), z + self.neck * math.cos(turn)

    @property
    def _nape(self) -> Point:
        return 0.0, self.chest[1] + self.radius * 0.3, self.chest[2] + self.radius * 0.25

    def blob(self, melt: float = 0.35) -> Blob:
        """Trunk, legs, neck and head. `melt` is a share of the radius."""
        r = self.radius
        belly = (0.0, self.spine - r * (self.belly - 1) * 0.5, (self.chest[2] + self.rear[2]) / 2)
        body = Blob(r * melt)
        body.limb([self.rear, belly, self.chest], [r * self.rump, r * self.belly, r], 2)
        for z, hind in self._places():
            self._leg(body, z, hind)
        first = len(body.limbs)
        self._head(body)
        return body.fan(first, self._turns, self.chest) if self.heads > 1 else body

    @property
    def _turns(self) -> list[float]:
        middle = (self.heads - 1) / 2
        return [(i - middle) * BETWEEN_HEADS for i in range(self.heads)]

    def _places(self) -> list[tuple[float, bool]]:
        """z of each pair of legs, and whether it is a hind one."""
        pairs = max(1, self.legs // 2)
        front, back = self.chest[2], self.rear[2]
        steps = [i / max(1, pairs - 1) for i in range(pairs)]
        return [(front + (back - front) * step, step > 0.5) for step in steps]

    def feet(self) -> list[Point]:
        """Where the feet are, on the side of +x."""
        x, back = self.radius * self.stance, self._stride
        return [(x, 0.0, z + (-0.05 if hind else 0.0) * back) for z, hind in self._places()]

    def _leg(self, body: Blob, z: float, hind: bool) -> None:
        r, high, x = self.radius, self.spine, self.radius * self.stance
        thin, back = r * self.leg, self._stride
        if hind:
            bends = [(0.85, 0.02), (0.55, 0.09), (0.3, -0.1), (0.07, -0.05)]
            radii = [r * 0.62 * self.rump, thin * 1.35, thin * 0.78, thin * 0.72]
        else:
            bends = [(0.9, 0.0), (0.58, -0.05), (0.3, 0.0), (0.07, 0.0)]
            radii = [r * 0.5, thin * 1.15, thin * 0.82, thin * 0.72]
        points = [(x, y * high, z + dz * back) for y, dz in bends]
        # However long the leg, it begins inside the body.
        points[0] = (x * 0.85, max(points[0][1], high - r * 0.2), points[0][2])
        body.mirrored_limb(points, radii, 3)
        if self.paws:
            paw = (x, thin * 0.62, points[-1][2] + thin * 0.45)
            body.mirrored_ball(paw, thin, (1.05, 0.75, 1.45))

    def _head(self, body: Blob) -> None:
        base, skull, h = self._nape, self.skull, self.head
        middle = tuple((a + b) / 2 for a, b in zip(base, skull, strict=True))
        middle = (0.0, middle[1] - 0.06 * self.neck, middle[2])
        body.limb(
            [base, middle, skull],
            [self.radius * self.nape, (self.radius * self.nape + h) * 0.42, h * 0.8],
            2,
        )
        body.melt_m = h * 0.35
        body.ball(skull, h)
        body.bone(
            self.on(0, -0.12, 0.2), self.on(0, -0.12, self.muzzle / h), h * 0.72, h * self.snout
        )

    def on(self, x: float, y: float, z: float) -> Point:
        """A place on the head in its own frame -> metres."""
        turn, (_, up, front) = math.radians(self.drop), self.skull
        cos, sin = math.cos(turn), math.sin(turn)
        return (
            x * self.head,
            up + self.head * (y * cos - z * sin),
            front + self.head * (z * cos + y * sin),
        )

    def wear(self, solid: Manifold, *, both: bool = False) -> Manifold:
        """A solid made in the head's frame, put in its place, on every head; `both` mirrors it."""
        solid = mirrored(solid) if both else solid
        placed = solid.scale((self.head,) * 3).rotate((self.drop, 0, 0)).translate(self.skull)
        return self.each(placed)

    def each(self, solid: Manifold) -> Manifold:
        """Copies of a solid at every neck or head."""
        x, y, z = self.chest
        still = solid.translate((-x, -y, -z))
        return unite([still.rotate((0, turn, 0)).translate((x, y, z)) for turn in self._turns])

    def eyes(
        self, f: Forms, x: float = 0.62, y: float = 0.35, z: float = 0.62, size: float = 0.15
    ) -> Part:
        return fixed("eyes eye", self.wear(f.ball(size, (x, y, z)), both=True), finish=EYES)

    def nose(self, f: Forms, size: float = 0.2, up: float = 0.2, finish: str = EYES) -> Part:
        """The tip of the nose."""
        at = (0, -0.12 + self.snout * up * 2, self.muzzle / self.head + self.snout * 0.82)
        return fixed("nose", self.wear(f.ball(size, at, (1.25, 0.85, 0.8))), finish=finish)

    def tail(
        self, body: Blob, length: float, bends: Sequence[float], radius: float, end: float
    ) -> list[Point]:
        """Add a tail that leaves the rump; `bends` are its angles above level, piece by piece. -> its points."""
        y, z = self.rear[1] + self.radius * self.rump * 0.45, -self.length / 2 + self.radius * 0.2
        points, step = [(0.0, y, z)], length / len(bends)
        for bend in bends:
            y += step * math.sin(math.radians(bend))
            z -= step * math.cos(math.radians(bend))
            points.append((0.0, y, z))
        radii = [radius + (end - radius) * i / len(bends) for i in range(len(points))]
        body.limb(points, radii, 3)
        return points

    def hooves(self, f: Forms, height: float = 0.14, wide: float = 1.05) -> Manifold:
        """A hoof at each foot. `height` is a share of the spine's."""
        thin = self.radius * self.leg
        return mirrored(
            unite([f.post(thin * wide, self.spine * height, at, thin * 0.78) for at in self.feet()])
        )


def above_ground(solid: Manifold) -> Manifold:
    """What of a solid lies above y = 0."""
    low = solid.bounding_box()[1]
    return solid.trim_by_plane((0, 1, 0), 0.0) if low < 0 else solid


def pointed_ear(
    f: Forms, x: float = 0.55, y: float = 0.6, *, height: float = 0.9, width: float = 0.42
) -> Manifold:
    """An upright ear in the head's frame, on the side of +x."""
    cone = f.post(1.0, 1.0, (0, 0, 0), 0.12).scale((width, height, width * 0.45))
    return cone.rotate((-8, 0, -18)).translate((x, y, -0.15))


def round_ear(f: Forms, x: float = 0.72, y: float = 0.72, *, size: float = 0.42) -> Manifold:
    return f.ball(size, (x, y, -0.05), (1, 1, 0.45))


def hanging_ear(
    f: Forms, *, length: float = 1.1, width: float = 0.42, out: float = 0.85
) -> Manifold:
    """A soft ear that hangs at the side of the head."""
    leaf = f.ball(1.0, share=0.45).scale((0.16, length / 2, width)).translate((0, -length * 0.4, 0))
    return leaf.rotate((8, 0, 16)).translate((out, 0.55, -0.1))


def side_ear(f: Forms, *, length: float = 0.95, width: float = 0.36, up: float = 20.0) -> Manifold:
    """A leaf-shaped ear that stands out to the side."""
    leaf = (
        f.ball(1.0, share=0.45)
        .scale((length / 2, width / 2, 0.14))
        .translate((length * 0.45, 0, 0))
    )
    return leaf.rotate((0, 25, up)).translate((0.6, 0.55, -0.2))
