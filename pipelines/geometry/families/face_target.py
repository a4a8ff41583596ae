"""A built object with the face count that was asked for: fewer faces, closed as before, each still knowing its part."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipelines.errors import InvalidValue
from pipelines.geometry import decimate
from pipelines.geometry.families.model import Built
from pipelines.geometry.sound import sound, sound_within

# A deviation that nobody sees, as a share of the longest side: where the search begins.
FIRST_SHARE = 1e-4
# Points on the old surface that tell which part is near, and where a new face asks: its middle and near its corners.
SAMPLES = 40_000
COMPARED = 8_000  # points on each of two surfaces
# Above these the eye sees another shape: seen on eleven objects at 60 to 4,000 faces.
FAR = 0.009
MUCH_VOLUME = 0.2
ASKED = np.array([[1, 1, 1], [4, 1, 1], [1, 4, 1], [1, 1, 4]], float)


@dataclass(frozen=True)
class Departure:
    """How far a mesh is from the one it was made of: the mean distance (both ways, shares of the longest side), and
    the share of the volume that was won or lost."""

    distance: float
    volume: float

    @property
    def much(self) -> bool:
        """Whether a user would see another shape."""
        return self.distance > FAR or self.volume > MUCH_VOLUME


def departure(full: Built, fewer: Built) -> Departure:
    """How far the mesh with fewer faces is from the full one."""
    first, again = (_spread_faces(full, COMPARED, seed)[1] for seed in (0, 1))
    other = _spread_faces(fewer, COMPARED, 2)[1]
    longest = float(np.ptp(full.vertices, axis=0).max())
    # Points of one surface are apart too: what they are apart anyway is no departure.
    apart = _mean_distance(first, other) - _mean_distance(first, again)
    volumes = [_volume(built) for built in (full, fewer)]
    return Departure(max(apart, 0.0) / longest, abs(volumes[1] / max(volumes[0], 1e-12) - 1.0))


def _mean_distance(one: NDArray, other: NDArray) -> float:
    """Of points to the nearest of the other points, over both ways."""
    ways = [cKDTree(a).query(b)[0].mean() for a, b in ((one, other), (other, one))]
    return float(sum(ways)) / 2.0


def _volume(built: Built) -> float:
    a, b, c = (built.vertices[built.faces[:, corner]] for corner in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c))) / 6.0


def reduced(built: Built, face_count: int | None, ratio: float = 1.0) -> Built:
    """The object with about `face_count` faces, or as many as it has, times `ratio`; one with no more as it is."""
    wanted = round((face_count or len(built.faces)) * ratio)
    if wanted >= len(built.faces):
        return built
    longest = float(np.ptp(built.vertices, axis=0).max())
    fewer = decimate.to_face_count(
        built.vertices, built.faces, wanted, first_tolerance=FIRST_SHARE * longest
    )
    return _as_before(built, *fewer)


def within_vertices(built: Built, vertex_limit: int | None, name: str) -> Built:
    """The object with at most `vertex_limit` vertices. Raises InvalidValue where no mesh of it has so few."""
    if vertex_limit is None or len(built.vertices) <= vertex_limit:
        return built
    longest = float(np.ptp(built.vertices, axis=0).max())
    wanted = decimate.faces_within(built.vertices, built.faces, vertex_limit)
    found = sound_within(
        built.vertices, built.faces, wanted, vertex_limit, first_tolerance=FIRST_SHARE * longest
    )
    if (count := len(found.vertices)) > vertex_limit:
        raise InvalidValue(f"vertex_limit is {vertex_limit}; this {name} needs at least {count}")
    return _as_before(built, found.vertices, found.faces)


def _as_before(built: Built, vertices: NDArray, faces: NDArray) -> Built:
    """Fewer faces where the object stood, as long as it was, each with its part."""
    longest = float(np.ptp(built.vertices, axis=0).max())
    owner = _nearest_parts(built, vertices, faces)
    low, high = vertices.min(0), vertices.max(0)
    middle = ((low[0] + high[0]) / 2.0, low[1], (low[2] + high[2]) / 2.0)
    scaled = (vertices - middle) * (longest / float((high - low).max()))
    whole = sound(scaled, faces)
    return replace(
        built, vertices=whole.vertices, faces=whole.faces, part_of_face=owner[whole.rows]
    )


def _nearest_parts(built: Built, vertices: NDArray, faces: NDArray) -> NDArray[np.int64]:
    """The part of each new face (m,): what most of its asking points are nearest to."""
    points, parts = _samples(built)
    shares = ASKED / ASKED.sum(1, keepdims=True)
    asking = np.einsum("sk,fkd->fsd", shares, vertices[faces])
    _, near = cKDTree(points).query(asking.reshape(-1, 3))
    votes = parts[near].reshape(len(faces), len(ASKED))
    counts = np.zeros((len(faces), len(built.parts)), np.int64)
    for column in votes.T:
        np.add.at(counts, (np.arange(len(faces)), column), 1)
    return counts.argmax(1)


def _samples(built: Built) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Points (n, 3) spread over the surface by its area, and the middle of every face; and the part of each."""
    face, spread = _spread_faces(built, SAMPLES)
    points = np.concatenate([spread, built.vertices[built.faces].mean(1)])
    return points, np.concatenate([built.part_of_face[face], built.part_of_face])


def _spread_faces(
    built: Built, count: int, seed: int = 0
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Points (count, 3) spread over the surface by its area, and the face of each."""
    corners = built.vertices[built.faces]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(cross, axis=1)
    rng = np.random.default_rng(seed)
    face = rng.choice(len(area), count, p=area / area.sum())
    one, two = np.sqrt(rng.random(count)), rng.random(count)
    weights = np.stack([1.0 - one, one * (1.0 - two), one * two], axis=1)
    return face, np.einsum("nk,nkd->nd", weights, corners[face])
