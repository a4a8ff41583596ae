"""The build of people: soft bodies with clothes. Lengths are in metres, the front is +Z."""

from __future__ import annotations

from dataclasses import dataclass

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, Point, mirrored, unite
from pipelines.geometry.families.quadruped import EYES, above_ground
from pipelines.geometry.families.registry import Part, fixed
from pipelines.geometry.families.ways import shares, way

BETWEEN_ARMS = 0.1  # of the height, where there are more than two


@dataclass(frozen=True)
class Figure:
    """Measures of a person: height, width of the shoulders, thickness of the limbs, the head's radius."""

    height: float
    width: float
    thickness: float
    head: float
    arms: int = 2

    @property
    def face_y(self) -> float:
        """Height of the middle of the head."""
        return self.height - self.head * 1.12

    @property
    def shoulder(self) -> Point:
        return self.width / 2 * 0.94, self.height * 0.79, -0.01

    @property
    def elbow(self) -> Point:
        return self.width / 2 + self.height * 0.045, self.height * 0.64, -0.015

    @property
    def wrist(self) -> Point:
        return self.width / 2 + self.height * 0.07, self.height * 0.505, 0.04

    @property
    def hand(self) -> Point:
        x, y, z = self.wrist
        return x + 0.005, y - self.thickness * 0.9, z + 0.015

    def _drops(self) -> list[float]:
        """How much lower each pair of arms is than the first."""
        return [self.height * BETWEEN_ARMS * i for i in range(max(1, self.arms // 2))]

    def torso(self, slim: float = 1.0, wide: float = 1.0) -> Blob:
        """Chest, waist and the sleeves down to the elbows."""
        h, x, t = self.height, self.width / 2, self.thickness
        body = Blob(t * 0.9, 0.36)
        chest, waist = x * 0.56 * wide, x * 0.6 * slim * wide
        for side in (0.3, -0.3):
            points = [
                (side * x, h * 0.51, 0),
                (side * x * 0.9, h * 0.61, 0),
                (side * x, h * 0.745, 0.005),
            ]
            body.limb(points, [waist * 1.0, waist * 0.92, chest], 3)
        body.mirrored_limb([(0, h * 0.805, -0.01), self.shoulder], [t * 1.1, t * 0.95])
        for drop in self._drops():
            points = [
                (x + drop * s, y - drop, z)
                for (x, y, z), s in ((self.shoulder, -0.2), (self.elbow, 0.9))
            ]
            body.mirrored_limb(points, [t * 1.0 * wide, t * 0.82 * wide])
        return body

    def trousers(self) -> Blob:
        h, x, t = self.height, self.width / 2, self.thickness
        body = Blob(t * 0.7, 0.24)
        body.mirrored_limb(
            way("0.42 0.5 0, 0.5 0.285 0.012, 0.5 0.055 -0.005", (x, h, 1)),
            shares("1.4 1.05 0.86", t),
            3,
        )
        return body.bone((-x * 0.35, h * 0.515, 0), (x * 0.35, h * 0.515, 0), t * 1.5)

    def _face(self) -> Blob:
        """Head, ears, nose and neck."""
        y, r = self.face_y, self.head
        skin = Blob(r * 0.3, 0.33).ball((0, y + r * 0.12, -r * 0.04), r, (0.86, 1.0, 0.98))
        skin.ball((0, y - r * 0.42, r * 0.16), r * 0.68, (0.88, 0.95, 0.95))
        skin.bone((0, self.height * 0.8, -0.01), (0, y - r * 0.5, -r * 0.05), self.thickness * 0.82)
        skin.melt_m = r * 0.12
        skin.bone((0, y + r * 0.06, r * 0.88), (0, y - r * 0.22, r * 1.0), r * 0.07, r * 0.13)
        skin.mirrored_ball((r * 0.86, y - r * 0.06, -r * 0.05), r * 0.22, (0.45, 1.1, 0.75))
        return skin

    def skin(self, f: Forms, *, bare_legs: bool = False) -> Part:
        """Head, forearms and hands, and the legs if no trousers hide them."""
        t, arms = self.thickness, Blob(self.thickness * 0.3, 0.36)
        for drop in self._drops():
            elbow, wrist, hand = (
                (x + drop * 0.9, y - drop, z) for x, y, z in (self.elbow, self.wrist, self.hand)
            )
            arms.mirrored_limb([elbow, wrist], [t * 0.68, t * 0.5])
            x, y, z = hand
            arms.mirrored_ball(hand, t * 0.72, (0.55, 1.15, 0.9))
            arms.mirrored_limb(
                [(x, y - t * 0.5, z), (x, y - t * 1.25, z + t * 0.25)], [t * 0.42, t * 0.3]
            )
            arms.mirrored_limb(
                [(x, y + t * 0.1, z + t * 0.5), (x, y - t * 0.5, z + t * 0.85)], [t * 0.25, t * 0.2]
            )
        solids = [self._face().solid(f.detail), arms.solid(f.detail)]
        if bare_legs:
            legs = Blob(t * 0.4, 0.28).mirrored_limb(
                way(
                    "0.4 0.5 0, 0.45 0.285 0.012, 0.45 0.03 -0.01", (self.width / 2, self.height, 1)
                ),
                shares("1.3 0.85 0.6", t),
                3,
            )
            solids.append(above_ground(legs.solid(f.detail)))
        return fixed("skin head face hands arms", *solids, finish="flesh plaster")

    def bare_head(self, f: Forms) -> Manifold:
        """Head and neck alone."""
        return self._face().solid(f.detail)

    def hair(self, f: Forms) -> Manifold:
        """Short hair."""
        y, r = self.face_y, self.head
        hair = Blob(r * 0.25, 0.17).ball((0, y + r * 0.3, -r * 0.16), r, (0.93, 0.95, 1.0))
        hair.ball((0, y - r * 0.15, -r * 0.4), r * 0.78)
        return above_face(self, hair.solid(f.detail))

    def shoes(self, f: Forms) -> Manifold:
        x, t = self.width / 2, self.thickness
        shoe = Blob(t * 0.4, 0.13).mirrored_limb(
            [
                (x * 0.5, t * 0.75, -t * 0.5),
                (x * 0.53, t * 0.6, t * 1.2),
                (x * 0.56, t * 0.5, t * 2.2),
            ],
            [t * 0.8, t * 0.78, t * 0.66],
            2,
        )
        shoe.mirrored_limb(
            [(x * 0.5, t * 0.7, -t * 0.2), (x * 0.5, t * 1.8, -t * 0.1)], [t * 0.8, t * 0.75]
        )
        return above_ground(shoe.solid(f.detail))

    def face(self, f: Forms) -> list[Part]:
        """Eyes, and brows with the mouth."""
        y, r, skin = self.face_y, self.head, self._face()

        def on(x: float, up: float) -> Point:
            return x * r, y + up * r, skin.reach((x * r, y + up * r, 0.0), 2)

        ball = f.ball(r * 0.135, (0, 0, -r * 0.05), (1.15, 0.85, 0.8)).translate(on(0.34, 0.1))
        iris = f.ball(r * 0.085, (0, 0, r * 0.03)).translate(on(0.34, 0.1))
        lips = f.hose(
            [on(x, up) for x, up in ((-0.26, -0.5), (-0.1, -0.55), (0.1, -0.55), (0.26, -0.5))],
            r * 0.045,
            share=0.2,
        )
        brow = f.hose(
            [on(x, up) for x, up in ((0.16, 0.31), (0.35, 0.36), (0.52, 0.29))],
            r * 0.045,
            steps=3,
            share=0.2,
        )
        return [
            fixed("eyes eye", mirrored(iris), finish=EYES),
            fixed("eyeballs", mirrored(ball), finish="white plastic"),
            fixed("mouth lips", lips, finish="rosy plaster"),
            fixed("brows eyebrows", mirrored(brow), finish="chocolate hair"),
        ]


def above_face(figure: Figure, hair: Manifold) -> Manifold:
    """Hair without what would hang before the face."""
    y, r = figure.face_y, figure.head
    keep_free = unite(
        [
            Manifold.sphere(r * 0.72, 24)
            .scale((0.95, 1.15, 1))
            .translate((0, y - r * 0.2, r * 0.78)),
            Manifold.cube((r * 1.1, r * 1.2, r), True).translate((0, y - r * 0.6, r * 0.9)),
        ]
    )
    return hair - keep_free
