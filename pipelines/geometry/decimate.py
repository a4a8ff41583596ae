"""Fewer faces without a hole: quadric collapse, kept only if Manifold finds its result closed; else Manifold's own.

Quadrics keep the shape better at the same count and are faster, but now and then leave an edge with one or three faces.
Manifold's simplification is closed and manifold by construction, so it is the fallback.
"""

from __future__ import annotations

import fast_simplification
import manifold3d
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

# Standard size of a built-in mesh: keeps the outline of a 256 voxel grid (IoU about .99), cheap to unwrap.
STANDARD_FACES = 12_000
# What a limit on vertices above the standard count may raise it to: 20,000 vertices, some 4 s of unwrapping.
FINEST_FACES = 40_000
# A low-poly mesh shows its faces: fewer lose the object, more look round.
LOWPOLY_FACES = 500
# A closed body needs 4 faces; 60 still resemble something.
FEWEST_FACES = 60
# fast-simplification's haste, 0 to 10, in the order of trial: at 5 nine of ten inflated meshes come out closed, and
# another haste mostly helps the tenth. At 3 it stops far too early.
AGGRESSIONS = (5, 7, 6, 4)
# The first step, from hundreds of thousands of faces to tens, is coarse anyway: at 7 it takes two thirds of the time
# for the same deviation.
FIRST_AGGRESSIONS = (7, 5, 6, 4)
# Fewer faces enclose nothing.
LEAST_FACES = 4
# How often a mesh above its limit of vertices is taken further down: the first mostly fits.
FITTINGS = 6
# Mending takes doubled faces out: some 1 to 4 of a hundred in a mesh of 500.
MENDED_WITHIN = 0.05
# A piece of less than this share of the largest's volume that was none before is pinched off: a whisker's end.
PINCHED = 1e-4
# Two steps cost the same as one, and make a second trial of the last step cheap.
FIRST_STEP = 4


def is_closed(faces: NDArray) -> bool:
    """Whether every edge of faces (m, 3) has exactly two faces that run along it in opposite directions."""
    if len(faces) == 0:
        return False
    corners = np.asarray(faces, np.int64)
    base = int(corners.max()) + 1
    start, end = corners.reshape(-1), np.roll(corners, -1, axis=1).reshape(-1)
    forward = np.sort(start * base + end)
    return bool(
        np.all(np.diff(forward) > 0) and np.array_equal(forward, np.sort(end * base + start))
    )


def is_solid(vertices: NDArray, faces: NDArray) -> bool:
    """Whether the mesh is closed, manifold and oriented, so that Manifold takes it as a body.

    It takes any such mesh of four faces and more that is finite in float32; asked itself, it would build the body.
    """
    with np.errstate(over="ignore"):
        finite = np.isfinite(np.asarray(vertices, np.float32)).all()
    return len(faces) >= LEAST_FACES and bool(finite) and is_closed(faces)


def to_face_count(
    vertices: NDArray, faces: NDArray, target: int, *, first_tolerance: float, within: float = 0.02
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """A closed mesh with about `target` faces. vertices (n, 3), faces (m, 3) -> the same, of fewer rows.

    A mesh with fewer faces is returned as it is. first_tolerance, in the unit of the vertices, is a deviation that is
    invisible: where the search of the fallback begins.
    """
    target = max(int(target), FEWEST_FACES)
    points, corners = np.asarray(vertices, np.float64), np.asarray(faces, np.int64)
    if len(corners) <= target:
        return points, corners
    found = points, corners
    for step, aggressions in ((target * FIRST_STEP, FIRST_AGGRESSIONS), (target, AGGRESSIONS)):
        if len(found[1]) > step:
            fewer = _by_quadrics(*found, step, within, aggressions)
            if fewer is None:
                return by_tolerance(*found, target, first_tolerance=first_tolerance, within=within)
            # What one step pinches off would cost the next one faces.
            whole = without_pinched(points, corners, *fewer)
            if step == target and len(whole[1]) < (1 - within) * target:
                whole = _again(*found, *whole, target, within)
            found = whole
    return found


def _again(
    vertices: NDArray,
    faces: NDArray,
    fewer: NDArray,
    few_faces: NDArray,
    target: int,
    within: float,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """A decimated mesh that lost pieces, made anew with room for them; as it is where that is no better."""
    aim = 2 * target - len(few_faces)
    found = _by_quadrics(vertices, faces, aim, within) if aim < len(faces) else None
    if found is None:
        return fewer, few_faces
    points, corners = without_pinched(vertices, faces, *found)
    closer = abs(len(corners) - target) < target - len(few_faces)
    return (points, corners) if closer else (fewer, few_faces)


def without_pinched(
    vertices: NDArray, faces: NDArray, fewer: NDArray, few_faces: NDArray
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """A decimated mesh without the tiny pieces that its decimation pinched off: no more pieces than the mesh had."""
    count, piece = pieces(len(fewer), few_faces)
    if count == 1 or count == (most := pieces(len(vertices), faces)[0]):
        return fewer, few_faces
    volume = np.abs(volumes(fewer, few_faces, piece))
    stays = (volume >= PINCHED * volume.max()) | (volume >= np.sort(volume)[-min(most, count)])
    return of_pieces(fewer, few_faces, stays[piece])


def pieces(vertex_count: int, faces: NDArray) -> tuple[int, NDArray[np.int32]]:
    """How many pieces faces (m, 3) hang together in, and the piece of each vertex (n,)."""
    links = sparse.coo_matrix(
        (np.ones(2 * len(faces), np.int8), (faces[:, :2].ravel(), faces[:, 1:].ravel())),
        shape=(vertex_count, vertex_count),
    )
    count, piece = csgraph.connected_components(links, directed=False)
    return int(count), piece


def volumes(vertices: NDArray, faces: NDArray, piece: NDArray) -> NDArray[np.float64]:
    """The volume of each piece; a hollow's is negative. piece (n,) is that of each vertex."""
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    share = np.einsum("ij,ij->i", a, np.cross(b, c)) / 6.0
    summed = np.bincount(piece[faces[:, 0]], weights=share, minlength=int(piece.max()) + 1)
    return np.asarray(summed, np.float64)


def of_pieces(
    vertices: NDArray, faces: NDArray, wanted: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The mesh of the vertices `wanted` (n,), which are whole pieces."""
    number = np.cumsum(wanted) - 1
    return vertices[wanted], number[faces[wanted[faces[:, 0]]]]


def faces_within(vertices: NDArray, faces: NDArray, vertex_limit: int) -> int:
    """About how many faces the closed mesh may have for `vertex_limit` vertices, by its Euler characteristic.

    Every piece of a body costs two vertices beyond half its faces, every hole through it saves two.
    """
    excess = len(vertices) - len(faces) // 2
    return max(2 * (vertex_limit - excess), FEWEST_FACES)


def to_vertex_limit(
    vertices: NDArray, faces: NDArray, target: int, vertex_limit: int, *, first_tolerance: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """As `to_face_count`, with at most `vertex_limit` vertices: fewer faces, small pieces given up last.

    A mesh that is not closed may stay above the limit.
    """
    found = to_face_count(vertices, faces, target, first_tolerance=first_tolerance)
    for _ in range(FITTINGS):
        over = len(found[0]) - vertex_limit
        if over <= 0:
            return found
        fewer = len(found[1]) - 2 * over - max(over // 4, 2)
        if fewer < FEWEST_FACES:
            break
        found = to_face_count(*found, fewer, first_tolerance=first_tolerance, within=0.01)
    if len(found[0]) <= vertex_limit:
        return found
    return by_tolerance(*found, vertex_limit, first_tolerance=first_tolerance)


def _by_quadrics(
    vertices: NDArray,
    faces: NDArray,
    target: int,
    within: float,
    aggressions: tuple[int, ...] = AGGRESSIONS,
) -> tuple[NDArray[np.float64], NDArray[np.int64]] | None:
    """The first trial that reaches the face count and stays closed, or can be mended; None if none."""
    for aggression in aggressions:
        fewer, fewer_faces = fast_simplification.simplify(
            vertices.astype(np.float32), faces.astype(np.int32), target_count=target, agg=aggression
        )
        if abs(len(fewer_faces) - target) > within * target:
            continue
        if _is_kept(vertices, fewer, fewer_faces):
            return fewer.astype(np.float64), fewer_faces.astype(np.int64)
        mended = _mended(vertices, fewer, fewer_faces, target)
        if mended is not None:
            return mended
    return None


def _mended(
    vertices: NDArray, fewer: NDArray, faces: NDArray, target: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]] | None:
    """A decimated mesh whose sheets touch along an edge, taken apart there by Manifold; None where that fails."""
    body = _solid(fewer, faces)
    if body.status() != manifold3d.Error.NoError:
        return None
    mesh = body.to_mesh()
    points = np.array(mesh.vert_properties[:, :3], np.float64)
    corners = np.array(mesh.tri_verts, np.int64)
    close = abs(len(corners) - target) <= MENDED_WITHIN * target
    return (points, corners) if close and _is_kept(vertices, points, corners) else None


def _is_kept(vertices: NDArray, fewer: NDArray, faces: NDArray) -> bool:
    """Whether a decimated mesh is closed, wound outward and no larger: few faces may turn inside out."""
    if not is_closed(faces):
        return False
    a, b, c = (fewer[faces[:, i]].astype(np.float64) for i in range(3))
    if np.einsum("ij,ij->", a, np.cross(b, c)) <= 0:
        return False
    return bool(np.all(np.ptp(fewer, axis=0) <= np.ptp(vertices, axis=0) * 1.05))


def by_tolerance(
    vertices: NDArray, faces: NDArray, target: int, *, first_tolerance: float, within: float = 0.02
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """As `to_face_count`, by Manifold alone. A mesh that is not closed is returned as it is."""
    body = _solid(vertices, faces)
    if body.status() != manifold3d.Error.NoError:
        return np.asarray(vertices, np.float64), np.asarray(faces, np.int64)
    above, tolerance = body, first_tolerance
    below = above.simplify(tolerance)
    # Climb in steps, each from the last result: far cheaper than from the full mesh every time.
    while below.num_tri() > target * (1 + within) and tolerance < first_tolerance * 1e4:
        above, tolerance = below, tolerance * 1.6
        below = above.simplify(tolerance)
    mesh = _closest(above, below, tolerance, target, within).to_mesh()
    return np.array(mesh.vert_properties[:, :3], np.float64), np.array(mesh.tri_verts, np.int64)


def _closest(
    above: manifold3d.Manifold,
    below: manifold3d.Manifold,
    tolerance: float,
    target: int,
    within: float,
) -> manifold3d.Manifold:
    """Bisect between a mesh with too many faces and one, at `tolerance`, with too few."""
    best, low, high = below, 0.0, tolerance
    for _ in range(14):
        if abs(best.num_tri() - target) <= within * target:
            break
        middle = (low + high) / 2.0
        trial = above.simplify(middle)
        low, high = (middle, high) if trial.num_tri() > target else (low, middle)
        if trial.num_tri() >= 4 and abs(trial.num_tri() - target) < abs(best.num_tri() - target):
            best = trial
    return best if best.num_tri() >= 4 else above


def _solid(vertices: NDArray, faces: NDArray) -> manifold3d.Manifold:
    return manifold3d.Manifold(
        manifold3d.Mesh(
            vert_properties=np.ascontiguousarray(vertices, np.float32),
            tri_verts=np.ascontiguousarray(faces, np.uint32),
        )
    )
