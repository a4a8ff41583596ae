"""Bodies that stay closed when a reader welds their points: no two vertices on one spot, no crumbs, no face of no area.

A mesh may be closed by its indices and yet hold two vertices on one spot: bodies that touch along an edge, sheets that
decimation laid upon each other, points that fell together when they were rounded. Readers that join points by place
(most do) then find edges with four faces. Such places are taken apart here by a step too small to see.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry.decimate import (
    LEAST_FACES,
    is_closed,
    of_pieces,
    pieces,
    to_vertex_limit,
    volumes,
)
from pipelines.geometry.halfedges import manifold, partners
from pipelines.geometry.normals import vertex_normals
from pipelines.geometry.slivers import HEIGHT, without_slivers
from pipelines.geometry.weld import bodies, numbered, used

# Shares of the longest side. Points nearer than this are one: some 50 steps of float32, so that scaling a file
# later does not join others.
NEAR = 3e-6
# How far each of two points on one spot moves into its own body: a fiftieth of a millimetre in a metre.
STEP = 2e-5
# A body of less than this share of the whole's volume is a crumb, if it is thin or has no more than so many faces.
CRUMB, CRUMB_FACES, CRUMB_FULLNESS = 1e-6, 40, 1e-4
# Taking points apart seldom makes new neighbours.
ROUNDS = 4
# A face is halved once at a time.
SPLITS = 6
# Any direction that no object's sides lie along: far points along it are far points.
ACROSS = np.array([0.5345, 0.6237, 0.5703])


@dataclass(frozen=True)
class Sound:
    """vertices (n, 3), rounded to float32; faces (m, 3); rows (m,): the face of the given mesh that each one was."""

    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]
    rows: NDArray[np.int64]


# The mesh, the first vertex on each one's spot, and how near is one spot -> the mesh joined anew.
Way = Callable[[Sound, NDArray[np.int64], float], Sound]


def sound(vertices: NDArray, faces: NDArray) -> Sound:
    """A closed mesh whose points may be welded. vertices (n, 3), faces (m, 3), wound outward; no unused vertices.

    A mesh that is sound is returned as it is. What cannot be mended stays; `is_sound` tells.
    """
    given = Sound(_rounded(vertices), np.asarray(faces, np.int64), np.arange(len(faces)))
    return _boxed(given, _best(given))


def _best(given: Sound) -> Sound:
    """The mesh mended, with its faces joined as they are or anew."""
    kept = _in_rounds(given, _shortened)
    if kept is given:
        return given
    whole = is_sound(kept.vertices, kept.faces)
    if whole and not _any_back_to_back(given):
        return kept
    joined = _in_rounds(given, _rejoined)
    if not is_sound(joined.vertices, joined.faces):
        return kept if is_closed(kept.faces) else given
    # Nothing that hung together by a mere edge comes loose.
    return kept if whole and _piece_count(kept) < _piece_count(joined) else joined


def _boxed(given: Sound, found: Sound) -> Sound:
    """The mended mesh as large as it was, if its outermost points moved by steps only."""
    (low, high), (under, above) = (
        (mesh.vertices.min(axis=0), mesh.vertices.max(axis=0)) for mesh in (given, found)
    )
    off = max(np.abs(low - under).max(), np.abs(high - above).max())
    if off == 0.0 or off > 10.0 * STEP * (high - low).max():
        return found
    size = above - under
    factor = np.divide(high - low, size, out=np.ones(3), where=size > 0.0)
    return replace(found, vertices=_rounded(low + (found.vertices - under) * factor))


def _in_rounds(given: Sound, way: Way) -> Sound:
    mesh = given
    for _ in range(ROUNDS):
        step = _mended(mesh, way)
        if step is mesh:
            break
        mesh = step
    return mesh


def _piece_count(mesh: Sound) -> int:
    return pieces(len(mesh.vertices), mesh.faces)[0]


def sound_within(
    vertices: NDArray, faces: NDArray, target: int, vertex_limit: int, *, first_tolerance: float
) -> Sound:
    """As `decimate.to_vertex_limit`, sound: what was taken apart has a few vertices more, and room is left for them."""
    room = vertex_limit
    for _ in range(ROUNDS):
        fewer = to_vertex_limit(vertices, faces, target, room, first_tolerance=first_tolerance)
        found = sound(*fewer)
        over = len(found.vertices) - vertex_limit
        if over <= 0 or len(fewer[0]) > room:
            break
        room -= over
    return found


def is_sound(vertices: NDArray, faces: NDArray) -> bool:
    """Whether a mesh is closed, manifold and oriented as a reader finds it that joins points on exactly one spot.

    vertices (n, 3), rounded to float32 as a file has them; faces (m, 3). Seams of a texture do not matter.
    """
    with np.errstate(over="ignore"):
        points = np.asarray(vertices, np.float32)
    if len(faces) < LEAST_FACES or not np.isfinite(points).all():
        return False
    return is_closed(_exact_spots(points)[faces])


def _rounded(vertices: NDArray) -> NDArray[np.float64]:
    return np.asarray(vertices, np.float32).astype(np.float64)


def _exact_spots(points: NDArray[np.float32]) -> NDArray[np.int64]:
    """One number (n,) for all points (n, 3) at exactly one place."""
    # Adding 0 makes -0 and 0 one number.
    whole = np.ascontiguousarray(points + np.float32(0)).view(np.uint32).astype(np.int64)
    number = numbered(whole[:, 0] << 32 | whole[:, 1])[1]
    return numbered(number << 32 | whole[:, 2])[1]


def _mended(mesh: Sound, way: Way) -> Sound:
    """One round; the very mesh where nothing was wrong."""
    longest = float(np.ptp(mesh.vertices, axis=0).max())
    spot = near_spots(mesh.vertices, NEAR * longest)
    found = mesh
    if spot is not None:
        found = way(mesh, spot, NEAR * longest)
    found = _without_crumbs(found)
    turned = without_slivers(found.vertices, found.faces, HEIGHT * longest)
    if turned.rows is not None:
        found = Sound(found.vertices, turned.faces, found.rows[turned.rows])
    moving = np.zeros(len(found.vertices), bool)
    moving[turned.tops] = True
    again = None if spot is None else near_spots(found.vertices, NEAR * longest)
    if again is None:
        again = np.arange(len(found.vertices))
    moving |= np.bincount(again, minlength=len(again))[again] > 1
    if not moving.any():
        return found
    moved = _pulled(found, moving, again, STEP * longest)
    return Sound(moved, found.faces, found.rows)


def near_spots(points: NDArray[np.float64], near: float) -> NDArray[np.int64] | None:
    """The first vertex (n,) on the spot of each point (n, 3), where any are nearer than `near`; else None."""
    along = points @ ACROSS
    order = np.argsort(along)
    ordered, places = along[order], points[order]
    pairs = []
    for ahead in range(1, len(points)):
        close = np.flatnonzero(ordered[ahead:] - ordered[:-ahead] <= near)
        if not len(close):
            break
        apart = np.abs(places[close + ahead] - places[close]).max(axis=1)
        close = close[apart <= near]
        pairs.append(np.stack([order[close], order[close + ahead]], axis=1))
    joined = np.concatenate(pairs) if pairs else np.zeros((0, 2), np.int64)
    if not len(joined):
        return None
    return _first_joined(joined, len(points))


def _shortened(mesh: Sound, spot: NDArray[np.int64], near: float) -> Sound:
    """The mesh without edges of no length, where it stays closed without them."""
    edges = np.concatenate([mesh.faces[:, pair] for pair in ((0, 1), (1, 2), (2, 0))])
    ends = mesh.vertices[edges]
    short = edges[np.abs(ends[:, 0] - ends[:, 1]).max(axis=1) <= near]
    if not len(short):
        return mesh
    corners = _first_joined(short, len(mesh.vertices))[mesh.faces]
    rows = _whole(corners)
    if not is_closed(corners[rows]):
        return mesh
    return _compact(mesh.vertices, corners[rows], mesh.rows[rows])


def _rejoined(mesh: Sound, spot: NDArray[np.int64], near: float) -> Sound:
    """The surface of the welded points, taken apart by the bodies that meet there.

    Pairs of faces that lie back to back go: bodies that touch with a face are one.
    """
    rows = _whole(spot[mesh.faces])
    rows = rows[_not_back_to_back(spot[mesh.faces[rows]])]
    if not len(rows):
        return mesh
    vertices, corners = manifold(mesh.vertices, spot[mesh.faces[rows]])
    vertices, corners, rows = _split_doubled(vertices, corners, rows)
    return _compact(vertices, corners, mesh.rows[rows])


def _compact(vertices: NDArray, corners: NDArray, rows: NDArray[np.int64]) -> Sound:
    """The mesh without vertices that no face has."""
    named = used(corners)
    number = np.zeros(len(vertices), np.int64)
    number[named] = np.arange(len(named))
    return Sound(vertices[named], number[corners], rows)


def _any_back_to_back(mesh: Sound) -> bool:
    spot = near_spots(mesh.vertices, NEAR * float(np.ptp(mesh.vertices, axis=0).max()))
    if spot is None:
        return False
    corners = spot[mesh.faces]
    return not _not_back_to_back(corners[_whole(corners)]).all()


def _whole(corners: NDArray[np.int64]) -> NDArray[np.int64]:
    """The faces (m, 3) whose corners are three."""
    return np.flatnonzero((corners != np.roll(corners, 1, axis=1)).all(axis=1))


def _first_joined(pairs: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """The first (count,) of those that pairs (p, 2) join to each."""
    _, label = bodies(pairs, count)
    _, first, number = np.unique(label, return_index=True, return_inverse=True)
    return np.asarray(first[number.reshape(-1)], np.int64)


def _not_back_to_back(corners: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which faces (m, 3) are left when each that lies on one of the opposite winding goes with it."""
    turn = corners.argmin(axis=1)
    at = np.arange(len(corners))
    ring = [corners[at, (turn + k) % 3] for k in range(3)]
    back = ring[1] > ring[2]
    low, high = np.minimum(ring[1], ring[2]), np.maximum(ring[1], ring[2])
    order = np.lexsort((back, high, low, ring[0]))
    keys = np.stack([ring[0], low, high], axis=1)[order]
    same = np.flatnonzero(
        (keys[1:] == keys[:-1]).all(axis=1) & (back[order][1:] != back[order][:-1])
    )
    kept = np.ones(len(corners), bool)
    for here in same:  # few
        one, other = order[here], order[here + 1]
        if kept[one] and kept[other]:
            kept[one] = kept[other] = False
    return kept


def _split_doubled(
    vertices: NDArray, faces: NDArray[np.int64], rows: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Where two sheets of one body share an edge and both its ends, all but one get a vertex on its middle.

    vertices (n, 3), faces (m, 3), rows (m,) -> the same, with the rows of halved faces repeated.
    """
    for _ in range(SPLITS):
        if is_closed(faces):
            break
        pairs = partners(vertices, faces)
        start, end = faces.reshape(-1), np.roll(faces, -1, axis=1).reshape(-1)
        low, high = np.minimum(start, end)[pairs[:, 0]], np.maximum(start, end)[pairs[:, 0]]
        first = np.unique(low * len(vertices) + high, return_index=True)[1]
        surplus = np.ones(len(pairs), bool)
        surplus[first] = False
        vertices, faces, halved = _halved(vertices, faces, pairs[surplus])
        rows = np.concatenate([rows, rows[halved]])
    return vertices, faces, rows


def _halved(
    vertices: NDArray, faces: NDArray[np.int64], pairs: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """The edges that pairs (p, 2) of sides are, cut in the middle; a face at most once.

    -> vertices, faces, and the faces (k,) that the last k new ones are halves of.
    """
    rows: list[list[int]] = faces.tolist()
    added: list[NDArray] = []
    halved: list[int] = []
    done: set[int] = set()
    for sides in pairs.tolist():
        if done & {side // 3 for side in sides}:
            continue
        done |= {side // 3 for side in sides}
        middle = len(vertices) + len(added)
        for side in sides:
            a, b, c = (rows[side // 3][(side + k) % 3] for k in range(3))
            rows[side // 3] = [a, middle, c]
            rows.append([middle, b, c])
            halved.append(side // 3)
        added.append((vertices[a] + vertices[b]) / 2.0)
    points = np.concatenate([vertices, np.reshape(added, (-1, 3))])
    return points, np.asarray(rows, np.int64), np.asarray(halved, np.int64)


def _without_crumbs(mesh: Sound) -> Sound:
    """The mesh without bodies of no volume to speak of. Small things that are whole stay: a fly beside an elephant."""
    count, piece = pieces(len(mesh.vertices), mesh.faces)
    if count == 1:
        return mesh
    volume = np.abs(volumes(mesh.vertices, mesh.faces, piece))
    small = volume < CRUMB * volume.sum()
    if not small.any():
        return mesh
    low, high = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    np.minimum.at(low, piece, mesh.vertices)
    np.maximum.at(high, piece, mesh.vertices)
    length = np.linalg.norm(high - low, axis=1)
    faces = np.bincount(piece[mesh.faces[:, 0]], minlength=count)
    crumb = small & ((faces <= CRUMB_FACES) | (volume < CRUMB_FULLNESS * length**3))
    if not crumb.any():
        return mesh
    stays = ~crumb[piece]
    return Sound(*of_pieces(mesh.vertices, mesh.faces, stays), mesh.rows[stays[mesh.faces[:, 0]]])


def _pulled(
    mesh: Sound, wanted: NDArray[np.bool_], spot: NDArray[np.int64], step: float
) -> NDArray[np.float64]:
    """The vertices, those `wanted` (n,) each moved into its own body, and no two of a spot (n,) equally far."""
    touched = np.flatnonzero(wanted[mesh.faces].any(axis=1))
    faces = mesh.faces[touched]
    named, corners = np.unique(faces, return_inverse=True)
    corners = corners.reshape(-1, 3)
    points = mesh.vertices[named]
    moving = wanted[named]
    inward = -vertex_normals(points, corners)
    # Those on one spot may look the same way: each goes a little further than the one before.
    inward *= (1.0 + 0.5 * _rank(spot[named]))[:, None]
    moved = points.copy()
    for share in (1.0, 0.5, 0.25):
        trial = _rounded(np.where(moving[:, None], points + inward * (step * share), moved))
        flipped = _flipped(points, trial, corners)
        stuck = np.zeros(len(points), bool)
        stuck[corners[flipped]] = True
        good = moving & ~stuck
        moved[good] = trial[good]
        moving &= stuck
        if not moving.any():
            break
    # Whoever cannot go anywhere without turning a face goes all the same: a hair's fold rather than a leak.
    moved[moving] = _rounded(points + inward * step)[moving]
    vertices = mesh.vertices.copy()
    vertices[named] = moved
    return vertices


def _rank(label: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many before each row (n,) have its label."""
    order = np.argsort(label, kind="stable")
    fresh = np.concatenate([[True], label[order][1:] != label[order][:-1]])
    start = np.maximum.accumulate(np.where(fresh, np.arange(len(label)), 0))
    rank = np.zeros(len(label), np.int64)
    rank[order] = np.arange(len(label)) - start
    return rank


def _flipped(before: NDArray, after: NDArray, corners: NDArray) -> NDArray[np.bool_]:
    """Which faces (m, 3) turn over when their points move."""
    sides = []
    for points in (before, after):
        a, b, c = (points[corners[:, i]] for i in range(3))
        sides.append(np.cross(b - a, c - a))
    return np.asarray(np.einsum("ij,ij->i", *sides) < 0.0)
