"""Charts of a dense mesh without an unwrapper: faces that look the same way hang together and are laid flat that way.

Linear in the faces, where xatlas grows faster. A face is stretched by at most some 1.7; charts that would lie upon
themselves are found and told, so that the caller can cut them with care.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from pipelines.geometry.bake import texel_faces
from pipelines.geometry.normals import face_normals
from pipelines.geometry.weld import face_pairs, spots

# A face joins its neighbours' direction while it is stretched by less than 1 / this.
LEAST_COSINE = 0.35
# Patches of fewer faces, and of less than this share of all, are specks: they join a neighbour where they can.
FEWEST_FACES, SPECK, ROUNDS = 24, 1 / 80, 4
SMOOTHING = 3
CHECK_PX = 512
# About so many corners of a chart say how it is turned; its box is found of all.
ENOUGH_CORNERS = 60_000
# So many charts are looked at on one sheet: at 64 px each, 2048 px a side, whatever the mesh.
SHEET_CHARTS = 1024
# A chart's area above this multiple of what it covers means that it lies upon itself.
MOST_UPON_ITSELF = 1.02


@dataclass(frozen=True)
class Charts:
    """chart (m,) of each face; flat (m, 3, 2) float64: the corners laid flat, in the mesh's unit; folded (c,) bool:
    charts that lie upon themselves; direction (m,): the way each face is laid flat, 0 to 2 along x, y, z, 3 to 5
    against them."""

    chart: NDArray[np.int64]
    flat: NDArray[np.float64]
    folded: NDArray[np.bool_]
    direction: NDArray[np.int64]


def charts(vertices: NDArray, faces: NDArray) -> Charts:
    """vertices (n, 3), faces (m, 3) -> charts by the six directions of the axes."""
    welded = spots(vertices, faces)[faces]
    cosines = _cosines(vertices, faces, welded)
    pairs, _ = face_pairs(welded)
    direction = cosines[0].argmax(1)
    refused = np.take_along_axis(cosines[1], direction[:, None], 1)[:, 0] < LEAST_COSINE
    direction[refused] = cosines[1][refused].argmax(1)
    for _ in range(ROUNDS):
        chart = patches(direction, pairs)
        small = np.bincount(chart)[chart] < min(FEWEST_FACES, SPECK * len(faces))
        if not small.any():
            break
        direction = _absorbed(direction, chart, small, pairs, cosines[1])
    chart = patches(direction, pairs)
    # A million faces' worth of them would stay for the largest step.
    del cosines, pairs, welded
    flat = _laid_flat(np.asarray(vertices, np.float64)[faces], direction)
    return Charts(chart, upright(chart, flat), _folded(chart, flat), direction)


def _cosines(vertices: NDArray, faces: NDArray, welded: NDArray) -> tuple[NDArray, NDArray]:
    """How well each of the six directions suits each face, its surroundings considered and alone: two (m, 6)."""
    own = face_normals(vertices, faces)
    count = int(welded.max()) + 1
    weight = np.maximum(np.bincount(welded.reshape(-1), minlength=count), 1)
    ends = np.ascontiguousarray(welded.T)
    # Axis by axis: numpy is slow along rows of three.
    smooth = np.ascontiguousarray(own.T)
    for column in smooth:
        for _ in range(SMOOTHING):
            mean = np.bincount(welded.reshape(-1), np.repeat(column, 3), count) / weight
            column[:] = (mean[ends[0]] + mean[ends[1]] + mean[ends[2]]) / 3.0
    return np.concatenate([smooth, -smooth]).T, np.concatenate([own.T, -own.T]).T


def patches(direction: NDArray, pairs: NDArray) -> NDArray[np.int64]:
    """Faces of one direction that hang together: (m,) numbers from 0."""
    same = pairs[direction[pairs[:, 0]] == direction[pairs[:, 1]]]
    size = (len(direction), len(direction))
    joined = sparse.coo_matrix((np.ones(len(same), np.int8), (same[:, 0], same[:, 1])), shape=size)
    return csgraph.connected_components(joined, directed=False)[1].astype(np.int64)


def _absorbed(
    direction: NDArray, chart: NDArray, small: NDArray, pairs: NDArray, own: NDArray
) -> NDArray[np.int64]:
    """Faces of small patches take the direction that most of their patch's neighbours have, where they can bear it."""
    votes = np.zeros((int(chart.max()) + 1, 6))
    for one, other in ((0, 1), (1, 0)):
        mine, theirs = pairs[:, one], pairs[:, other]
        across = small[mine] & (chart[mine] != chart[theirs])
        # Among small neighbours the larger patch counts; all large ones count alike.
        np.add.at(votes, (chart[mine[across]], direction[theirs[across]]), 1.0)
    wanted = votes.argmax(1)[chart]
    fits = own[np.arange(len(own)), wanted] > LEAST_COSINE
    # A patch moves as a whole or stays.
    whole = np.bincount(chart, fits, len(votes)) == np.bincount(chart, minlength=len(votes))
    moves = small & whole[chart] & (votes.max(1)[chart] > 0)
    return np.where(moves, wanted, direction)


def _laid_flat(corners: NDArray, direction: NDArray) -> NDArray[np.float64]:
    """Corners (m, 3, 3) seen from outside along each face's direction: (m, 3, 2), counter-clockwise as they were."""
    flat = np.zeros((len(corners), 3, 2))
    for way in range(6):
        rows = np.flatnonzero(direction == way)
        axis = way % 3
        right, up = (axis + 1) % 3, (axis + 2) % 3
        flat[rows, :, 0] = corners[rows, :, right] * (1.0 if way < 3 else -1.0)
        flat[rows, :, 1] = corners[rows, :, up]
    return flat


def upright(chart: NDArray, flat: NDArray) -> NDArray[np.float64]:
    """Charts (m, 3, 2) turned so that the box around each is small."""
    order = np.argsort(chart, kind="stable")
    ends = np.cumsum(np.bincount(chart))
    turned = flat.copy()
    for rows in np.split(order, ends[:-1]):
        here = flat[rows]
        corners = here.reshape(-1, 2)
        some = corners[:: max(1, len(corners) // ENOUGH_CORNERS)]
        angle = np.radians(cv2.minAreaRect(some.astype(np.float32))[2])
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        turned[rows] = (corners @ turn).reshape(here.shape)
    return turned


def _folded(chart: NDArray, flat: NDArray) -> NDArray[np.bool_]:
    """Which charts cover less than their area, a sheet of them at a time. A face alone cannot lie upon itself."""
    sizes = np.bincount(chart)
    folded = np.zeros(len(sizes), bool)
    asked = np.flatnonzero(sizes > 1)
    order, ends = np.argsort(chart, kind="stable"), np.cumsum(sizes)
    # Place in its sheet of each chart that is asked about.
    place = np.zeros(len(sizes), np.int64)
    for start in range(0, len(asked), SHEET_CHARTS):
        here = asked[start : start + SHEET_CHARTS]
        place[here] = np.arange(len(here))
        # In order of charts, those of a sheet stand between its first and its last.
        span = order[ends[here[0]] - sizes[here[0]] : ends[here[-1]]]
        rows = span[sizes[chart[span]] > 1]
        folded[here] = folded_on_sheet(place[chart[rows]], flat[rows])
    return folded


def folded_on_sheet(chart: NDArray, flat: NDArray) -> NDArray[np.bool_]:
    """As `_folded`, of charts 0 to c: drawn side by side in rows of squares, and counted."""
    return layers(chart, *sheet(chart, flat)) > MOST_UPON_ITSELF


def sheet(chart: NDArray, flat: NDArray) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Charts 0 to c drawn side by side: where their corners (m, 3, 2) stand, in texels from the lower left, and the
    face of each texel, -1 for none (s, s); row 0 is at the top."""
    count = int(chart.max()) + 1
    low, high = bounds(chart, flat, count)
    columns = int(np.ceil(np.sqrt(count)))
    cell = CHECK_PX * max(1, int(np.ceil(columns / 8))) / columns
    side = int(np.ceil(cell * columns))
    scale = (cell - 2.0) / np.maximum((high - low).max(1), 1e-30)
    corner = np.stack([np.arange(count) % columns, np.arange(count) // columns], 1) * cell + 1.0
    placed = (flat - low[chart][:, None]) * scale[chart][:, None, None] + corner[chart][:, None]
    owner = texel_faces(
        (placed / side).reshape(-1, 2).astype(np.float32),
        np.arange(3 * len(flat)).reshape(-1, 3),
        side,
    )
    return placed, owner


def layers(chart: NDArray, placed: NDArray, owner: NDArray[np.int32]) -> NDArray[np.float64]:
    """The area of each chart as a multiple of what it covers on a sheet, on which a chart reaches a little beyond its
    border: (c,), about 1 or less for one that does not lie upon itself."""
    count = int(chart.max()) + 1
    covered = np.bincount(chart[owner[owner >= 0]], minlength=count)
    one, other = placed[:, 1] - placed[:, 0], placed[:, 2] - placed[:, 0]
    area = np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]) / 2.0
    area = np.bincount(chart, area, count)
    # A chart none of whose faces is drawn counts as folded, unless it has no area.
    return np.divide(area, covered, out=np.where(area > 0, np.inf, 0.0), where=covered > 0)


def bounds(chart: NDArray, flat: NDArray, count: int) -> tuple[NDArray, NDArray]:
    """The box of each of `count` charts: its lower left and upper right corners, two (count, 2)."""
    low, high = np.full((count, 2), np.inf), np.full((count, 2), -np.inf)
    # Column by column, since numpy is slow along short rows.
    for corner in range(3):
        for axis in range(2):
            np.minimum.at(low[:, axis], chart, flat[:, corner, axis])
            np.maximum.at(high[:, axis], chart, flat[:, corner, axis])
    return low, high
