"""Areas of the backdrop's colour that an object encloses: holes to see through, or white and black parts of the object?

On a coloured backdrop they are holes. On white and black two things tell. A surface is shaded, while a backdrop seen
through a hole is as flat, as bright and as noisy as beside the object, and ends in a step. And a hole has the outside
near: what closes it is mostly thinner than it is wide. A drawing in flat colours has no shading to tell by: there it is
a guess, and said. Measured on 64 renders of 32 things, on white and black with soft shadows, noise, gradients and JPEG:
of 931 holes 81% are cut out (91% without a white fence), 18% are left and told, 1.4% are left without a word; of 239
white parts 2% are cut out and 13% told. Of 14 drawings the holes are cut out by 63%, the white parts by 5%.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

import cv2
import numpy as np
from numpy.typing import NDArray

# Smaller areas, as a share of the picture, are highlights and noise.
LEAST_SHARE = 0.0008
# In Lab units: how far an area may be from the backdrop in its middle colour, and how uneven it may be. Measured: holes
# are off by 0 to 1.3 and end in a step of 10 to 80, white surfaces are off by .6 to 4 and fade by 3 to 14. Behind a
# step more is forgiven: a JPEG or a shadow costs so much.
# Black surfaces have no light in them to differ by.
CRISP, CRISP_BLACK, SOFT = (1.5, 1.5), (0.6, 0.4), (0.3, 0.1)
CRISP_STEP, LEAST_STEP = 15.0, 8.0
# Behind an edge as hard as few surfaces have, a JPEG's ringing is forgiven too.
HARD_STEP, RINGING = 25.0, 2.7
# The gap under a table is closed by its legs, hard, and by its shadow, softly. With half a border as hard no surface
# of 372 was off by less than 1.2; gaps are, by .5 at most, but shadow makes them uneven.
GAP = (0.6, 3.5)
# What may be a hole though it does not look enough like the backdrop, and is told: most of its border (first) or half
# of it (second) ends in such a step, it is off and uneven by no more, and closed by no more than this of its width.
PERHAPS = (
    (20.0, 0.0, 4.7, 3.5, 1.5),
    (8.0, 0.0, 0.6, 0.9, 2.0),
    (0.0, 20.0, 1.0, 4.0, 3.0),
)
# So wide a rim of anything is mixed with what is beside it, at the size at which pictures are looked at here.
RIM_PX, LOOKED_AT_PX = 3, 1024
# What closes a hole, as a share of the hole's own width: of a thing with shading, of a drawing.
MOST_CLOSED, MOST_CLOSED_DRAWN = 2.0, 0.36
# Thinner than this share of the object, a drawing's parts are the lines that it is drawn with.
LINE = 0.03
# A drawing: so much of the object is of so few colours, in cells of three units. Measured: drawings .86 to 1, renders
# of all but the palest things .86 and less.
FEW_COLOURS, MOSTLY = 6, 0.86


@dataclass(frozen=True)
class Enclosed:
    """What an object encloses. holes (h, w) bool are seen through. Where the picture does not tell: how many areas were
    cut out and how many were left, and their share of the object."""

    holes: NDArray[np.bool_]
    cut: int = 0
    left: int = 0
    share: float = 0.0


@dataclass(frozen=True, eq=False)
class _Area:
    """One enclosed area: a window of the picture around it, its pixels there (h, w) bool, and their number."""

    window: tuple[slice, slice]
    pixels: NDArray[np.bool_]
    size: int


def enclosed(
    lab: NDArray[np.float32],
    alike: NDArray[np.bool_],
    background: NDArray[np.bool_],
    centres: NDArray[np.float32],
) -> Enclosed:
    """The holes of an object in a picture (h, w, 3) in Lab. alike (h, w): of the backdrop's colours, centres (k, 3);
    background (h, w): what of it hangs together with the border."""
    scale = LOOKED_AT_PX / max(alike.shape)
    if scale >= 1.0:
        return _enclosed(lab, alike, background, centres)
    height, width = alike.shape
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    outside, like = (
        cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) >= 0.5
        for mask in (background, alike)
    )
    small = np.asarray(cv2.resize(lab, size, interpolation=cv2.INTER_AREA), np.float32)
    found = _enclosed(small, like, outside, centres)
    near = cv2.dilate(found.holes.astype(np.uint8), np.ones((3, 3), np.uint8))
    holes = cv2.resize(near, (width, height), interpolation=cv2.INTER_NEAREST) > 0
    return replace(found, holes=holes & alike & ~background)


def _enclosed(
    lab: NDArray[np.float32],
    alike: NDArray[np.bool_],
    background: NDArray[np.bool_],
    centres: NDArray[np.float32],
) -> Enclosed:
    areas = list(_areas(alike & ~background))
    holes = np.zeros_like(alike)
    if not _is_white_or_black(centres):
        for area in areas:
            holes[area.window] |= area.pixels
        return Enclosed(holes)
    if not areas:
        return Enclosed(holes)
    backdrop = _Backdrop(lab, background)
    looks = {area: backdrop.look(area) for area in areas}
    found = _decided(
        lab,
        background,
        [area for area in areas if looks[area] is _Look.STEP],
        [area for area in areas if looks[area] in (_Look.STEP, _Look.NO_STEP)],
    )
    return _with_doubts(found, background, backdrop.most_closed)


def _areas(inside: NDArray[np.bool_]) -> Iterator[_Area]:
    """The pieces of (h, w) bool that are large enough to matter."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        inside.astype(np.uint8), connectivity=4
    )
    margin = RIM_PX + 3
    for number in range(1, count):
        left, top, width, height, size = (int(value) for value in stats[number])
        if size >= LEAST_SHARE * inside.size:
            rows = slice(max(top - margin, 0), top + height + margin)
            cols = slice(max(left - margin, 0), left + width + margin)
            yield _Area((rows, cols), labels[rows, cols] == number, size)


def _is_white_or_black(centres: NDArray[np.float32]) -> bool:
    lightness, chroma = centres[:, 0], np.hypot(centres[:, 1], centres[:, 2])
    return bool(((chroma < 20.0) & ((lightness > 90.0) | (lightness < 12.0))).any())


class _Look(Enum):
    """What an enclosed area looks like: the backdrop behind a step, without one, perhaps, or a surface."""

    STEP = auto()
    NO_STEP = auto()
    PERHAPS = auto()
    SURFACE = auto()


class _Backdrop:
    """The backdrop around an object: what colour to expect of it anywhere, and its noise."""

    def __init__(self, lab: NDArray[np.float32], background: NDArray[np.bool_]) -> None:
        self.lab, self.background = lab, background
        # How thick, as a share of an area's width, what closes it may be, of those that are holes perhaps.
        self.most_closed: dict[_Area, float] = {}
        away = cv2.distanceTransform(background.astype(np.uint8), cv2.DIST_L2, 5)
        # Not the rim, where an edge's blur is.
        sure = away > RIM_PX
        sure = sure if sure.any() else background
        wide = _polynomial(lab, sure)
        smooth = cv2.blur(lab, (5, 5))
        # Beside the object, where a JPEG's ringing is, as within a hole.
        beside = sure & (away < 4 * RIM_PX)
        self.noise = float(np.percentile(np.linalg.norm((lab - smooth)[beside], axis=1), 75))
        _, nearest = cv2.distanceTransformWithLabels(
            (~sure).astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
        )
        shadow = np.zeros((nearest.max() + 1, 3), np.float32)
        shadow[nearest[sure]] = (smooth - wide)[sure]
        self._expected = wide + shadow[nearest]

    def look(self, area: _Area) -> _Look:
        """Whether an area looks as the backdrop beside the object does, and ends in a step."""
        pixels, gaps = area.pixels, self.lab[area.window] - self._expected[area.window]
        solid = ~self.background[area.window]
        around = _grown(pixels, RIM_PX + 2) & ~_grown(pixels, RIM_PX) & solid
        if not around.any():
            return _Look.SURFACE
        # A highlight fades into the surface that it is on, a hole ends.
        sharp, half = np.percentile(np.linalg.norm(gaps[around], axis=1), (30, 50))
        gap = gaps[_inner(pixels)]
        middle = np.median(gap, axis=0)
        uneven = float(np.percentile(np.linalg.norm(gap - middle, axis=1), 75))
        off = float(np.linalg.norm(middle))
        if sharp <= CRISP_STEP and half > HARD_STEP and off < GAP[0] and uneven < GAP[1]:
            return _Look.STEP
        most_off, most_uneven = self._forgiven(float(sharp))
        if off <= most_off + 0.1 * self.noise and uneven <= most_uneven + 1.6 * self.noise:
            return _Look.STEP if sharp > LEAST_STEP else _Look.NO_STEP
        closed = self._perhaps(float(sharp), float(half), off, uneven)
        if closed:
            self.most_closed[area] = closed
            return _Look.PERHAPS
        return _Look.SURFACE

    @staticmethod
    def _perhaps(sharp: float, half: float, off: float, uneven: float) -> float:
        """How thick, as a share of its width, what closes an area may be that perhaps is a hole; 0 where it is none."""
        return max(
            (
                closed
                for step, half_step, most_off, most_uneven, closed in PERHAPS
                if sharp > step and half > half_step and off < most_off and uneven < most_uneven
            ),
            default=0.0,
        )

    def _forgiven(self, sharp: float) -> tuple[float, float]:
        """How far off and how uneven an area that ends in so sharp a step may be."""
        if sharp <= CRISP_STEP:
            return SOFT
        if self._expected[..., 0].mean() < 50.0:
            return CRISP_BLACK
        return (CRISP[0], RINGING) if sharp > HARD_STEP else CRISP


def _polynomial(lab: NDArray[np.float32], sure: NDArray[np.bool_]) -> NDArray[np.float32]:
    """A backdrop's colours (h, w, 3) as a polynomial of second degree through those at `sure` (h, w)."""
    height, width = sure.shape
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=-1).astype(np.float32)
    rows, colours = terms[sure], lab[sure]
    step = max(1, len(rows) // 20_000)
    factors, *_ = np.linalg.lstsq(rows[::step], colours[::step], rcond=None)
    return np.asarray(terms @ factors, np.float32)


def _grown(area: NDArray[np.bool_], px: int) -> NDArray[np.bool_]:
    side = 2 * px + 1
    return cv2.dilate(area.astype(np.uint8), np.ones((side, side), np.uint8)) > 0


def _inner(area: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """An area without its rim, where that leaves enough to judge by."""
    for width in (7, 5, 3):
        kept = cv2.erode(area.astype(np.uint8), np.ones((width, width), np.uint8)) > 0
        if kept.sum() >= 30:
            return kept
    return area


def _decided(
    lab: NDArray[np.float32],
    background: NDArray[np.bool_],
    sharp: Sequence[_Area],
    areas: Sequence[_Area],
) -> Enclosed:
    """Which of the areas that look as the backdrop are holes: some of those that end in a step (`sharp`). Areas beside
    a hole are judged with it as the outside."""
    holes = np.zeros_like(background)
    if not areas:
        return Enclosed(holes)
    solid, bare = ~background, ~background
    for area in areas:
        bare[area.window] &= ~area.pixels
    drawn = _is_drawing(lab, bare)
    rows, cols = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    line_px = LINE * max(rows[-1] - rows[0], cols[-1] - cols[0]) if drawn else 0.0
    most = MOST_CLOSED_DRAWN if drawn else MOST_CLOSED
    waiting, found = set(sharp), set(sharp)
    while found:
        around = (~(background | holes)).astype(np.uint8)
        away = np.asarray(cv2.distanceTransform(around, cv2.DIST_L2, 5), np.float32)
        found = {
            area for area in waiting if line_px < _closed_by(area, away) < most * area.size**0.5
        }
        for area in found:
            holes[area.window] |= area.pixels
        waiting -= found
    cut, left = len(sharp) - len(waiting), len(areas) - len(sharp) + len(waiting)
    doubtful = areas if drawn else [*waiting, *(area for area in areas if area not in sharp)]
    share = sum(area.size for area in doubtful) / float(solid.sum())
    return Enclosed(holes, cut if drawn else 0, left, share)


def _with_doubts(
    found: Enclosed, background: NDArray[np.bool_], most_closed: Mapping[_Area, float]
) -> Enclosed:
    """As found, and told: areas that may be holes though they were left."""
    around = (~(background | found.holes)).astype(np.uint8)
    away = np.asarray(cv2.distanceTransform(around, cv2.DIST_L2, 5), np.float32)
    doubtful = [
        area for area, most in most_closed.items() if _closed_by(area, away) < most * area.size**0.5
    ]
    share = sum(area.size for area in doubtful) / float((~background).sum())
    return replace(found, left=found.left + len(doubtful), share=found.share + share)


def _closed_by(area: _Area, away: NDArray[np.float32]) -> float:
    """How thick what closes an area is, in pixels, where it is thin: a quarter of its border is nearer the outside."""
    inside = cv2.erode(area.pixels.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return float(np.percentile(away[area.window][area.pixels & ~inside], 25))


def _is_drawing(lab: NDArray[np.float32], solid: NDArray[np.bool_]) -> bool:
    """Whether an object (h, w) bool is made of few flat colours: nothing on it is shaded."""
    # Without rims and specks: a JPEG's ringing is there.
    inside = cv2.erode(solid.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    points = cv2.medianBlur(lab, 5)[inside if inside.sum() >= 200 else solid]
    points = points[:: max(1, len(points) // 20_000)]
    _, counts = np.unique(np.round(points / 3.0).astype(np.int16), axis=0, return_counts=True)
    return bool(np.sort(counts)[-FEW_COLOURS:].sum() >= MOSTLY * len(points))
