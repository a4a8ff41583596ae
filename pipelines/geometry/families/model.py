"""From a family and a prompt's measures to one closed mesh whose faces know their part.

The parts are united by Manifold, so that nothing is inside anything else and the whole can be printed.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from manifold3d import Error, Manifold
from numpy.typing import NDArray

from pipelines.errors import InvalidValue
from pipelines.geometry.families.filling import filled
from pipelines.geometry.families.forms import Forms, unite
from pipelines.geometry.families.part_edits import edited
from pipelines.geometry.families.part_shapes import pieces_of
from pipelines.geometry.families.registry import Family, Part, made
from pipelines.geometry.families.told_apart import told_apart
from pipelines.geometry.families.wear import worn
from pipelines.geometry.sound import sound
from pipelines.words.ages import Age
from pipelines.words.contents import Contents
from pipelines.words.sizes import is_state, limited
from pipelines.words.variants import Variant
from pipelines.words.wishes import Wish

# How much a seed changes each measure, to either side.
VARIATION = 0.08
# Fineness of round things, tried in turn until the mesh fits a vertex limit.
DETAILS = (1.0, 0.7, 0.5, 0.35, 0.2)
LOWPOLY_DETAIL = 0.2
LOWPOLY_TOLERANCE = 0.005  # of the longest side; as much more as few faces need, up to the last
LOWPOLY_COARSEST = 0.012
LOWPOLY_FACES = 1_450
# Slivers below this share of the longest side are no shape, only rounding.
CLEAN = 2e-4
COARSEST = 0.2
CRUMB = 2e-7  # volume, of a body whose longest side is 1
# How much of what a prompt asks for is kept, in turn, until an object can be so: a rim within its tyre needs room.
SHARES_OF_CHANGE = (1.0, 0.7, 0.4)
# Measure -> axis that stands in for it where a family has no such measure.
AXES = {"width": 0, "height": 1, "length": 2, "depth": 2}


@dataclass(frozen=True)
class Asked:
    """What a prompt wants beside measures: of parts, of the object's age, and in it; named: its words, as singulars."""

    wishes: tuple[Wish, ...] = ()
    age: Age | None = None
    named: frozenset[str] = frozenset()
    contents: Contents | None = None


@dataclass(frozen=True)
class Said:
    """What came of that: the wishes that were not met, what age did to the shape, and what it holds unseen."""

    undone: tuple[Wish, ...] = ()
    worn: tuple[str, ...] = ()
    hidden: str = ""


@dataclass(frozen=True)
class Built:
    """A closed mesh: vertices (n, 3) float64 m, faces (m, 3), part_of_face (m,) index into `parts`; and its measures.

    Stands on y = 0, centred in x and z, front to +Z.
    """

    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]
    part_of_face: NDArray[np.int64]
    parts: tuple[Part, ...]
    measures: dict[str, float]
    said: Said = Said()


NOTHING_ASKED = Asked()


def measures_for(family: Family, factors: Mapping[str, float], seed: int) -> dict[str, float]:
    """The family's measures changed by the prompt's factors and, a little, by the seed.

    Counts and states are as the prompt says, or as they are; no seed changes them. It picks a variant that is not
    named.
    """
    rng = np.random.default_rng([seed, zlib.crc32(family.name.encode())])
    values: dict[str, float] = {}
    for name, standard in family.measures.items():
        if isinstance(standard, Variant):
            values[name] = standard.kept(factors.get(name, _chance(family, name, seed)))
            continue
        if isinstance(standard, int):
            values[name] = type(standard)(factors.get(name, standard))
            continue
        if is_state(name, standard) and name in factors:
            values[name] = factors[name]
            continue
        change = 1.0 + VARIATION * float(rng.uniform(-1.0, 1.0))
        values[name] = standard * change * factors.get(name, 1.0)
    return values


def _chance(family: Family, name: str, seed: int) -> int:
    """What a seed picks where words do not: another draw than the lengths', whose shapes stay as they were."""
    rng = np.random.default_rng([seed, zlib.crc32(f"{family.name} {name}".encode())])
    return int(rng.integers(1 << 16))


def sound_parts(
    family: Family, forms: Forms, measures: Mapping[str, float]
) -> tuple[list[Part], dict[str, float]]:
    """The parts, and the measures they have: nearer to the standard ones where an object cannot be as asked."""
    for share in SHARES_OF_CHANGE:
        held = _held(family, measures, share) if share < 1 else dict(measures)
        try:
            parts = made(family, forms, held)
        except ValueError:  # of a body that is not closed or not where its parts are sought
            continue
        if all(part.solid.status() == Error.NoError for part in parts):
            return parts, held
    standard = _held(family, measures, 0.0)
    return made(family, forms, standard), standard


def _held(family: Family, measures: Mapping[str, float], share: float) -> dict[str, float]:
    """Measures with a share of each length's change from its standard; counts and states as they are."""
    held = dict(measures)
    for name, standard in family.measures.items():
        if isinstance(standard, float) and standard > 0 and not is_state(name, standard):
            held[name] = standard * (measures[name] / standard) ** share
    return held


@dataclass(frozen=True)
class Finished:
    """An object's one solid, the part of each of its original ids, its parts and measures, and what came of wishes."""

    body: Manifold
    ids: dict[int, int]
    parts: tuple[Part, ...]
    measures: dict[str, float]
    said: Said


def finished(
    family: Family, forms: Forms, measures: Mapping[str, float], asked: Asked, seed: int
) -> Finished:
    """The object with its parts as wished for, united, and as old as asked."""
    parts, held = sound_parts(family, forms, measures)
    parts, undone = edited(parts, asked.wishes) if asked.wishes else (parts, ())
    parts = told_apart(parts, asked.named)
    parts, hidden = filled(parts, asked.contents, family.name)
    body, ids = united(parts)
    if asked.wishes:
        body = Manifold.compose(pieces_of(body))  # what a smaller part leaves standing are crumbs
    old = worn(body, ids, parts, asked.age, finish=family.finish, seed=seed)
    return Finished(old.body, old.ids, tuple(parts), held, Said(undone, old.done, hidden))


def build(
    family: Family,
    factors: Mapping[str, float],
    *,
    seed: int,
    longest_m: float = 1.0,
    lowpoly: bool = False,
    vertex_limit: int | None = None,
    asked: Asked = NOTHING_ASKED,
) -> Built:
    """Make an object. `factors` by measure; longest_m is the length of its longest side; `asked`: of parts and age.

    Raises InvalidValue where no mesh of the object has so few vertices.
    """
    measures = measures_for(family, factors, seed)
    scale = stretch(family, factors)
    details = (LOWPOLY_DETAIL,) if lowpoly else DETAILS
    for detail in details:
        made = finished(family, Forms(detail), measures, asked, seed)
        body = sized(made.body, scale)
        body = few_faces(body) if lowpoly else without_crumbs(body.simplify(CLEAN))
        if vertex_limit is None or body.num_vert() <= vertex_limit:
            break
    else:
        body = simplified(body, vertex_limit or 0, family.name)
    mesh = mesh_of(sized(body, size_m=longest_m), made.ids, made.parts, made.measures)
    if vertex_limit is not None and (over := len(mesh.vertices) - vertex_limit) > 0:
        # What was taken apart has a few more.
        body = simplified(body, vertex_limit, family.name, spare=over)
        mesh = mesh_of(sized(body, size_m=longest_m), made.ids, made.parts, made.measures)
    return replace(mesh, said=made.said)


def stretch(family: Family, factors: Mapping[str, float]) -> tuple[float, float, float]:
    """Scale of the whole by words whose measure the family does not have."""
    scale = [1.0, 1.0, 1.0]
    for name, factor in factors.items():
        if name in AXES and name not in family.measures:
            scale[AXES[name]] *= factor
    x, y, z = (limited(factor) for factor in scale)
    return x, y, z


def united(parts: Sequence[Part]) -> tuple[Manifold, dict[int, int]]:
    """All parts as one solid, and the part of each of its original ids."""
    originals = [part.solid.as_original() for part in parts]
    ids = {solid.original_id(): index for index, solid in enumerate(originals)}
    return unite(originals), ids


def sized(
    body: Manifold, scale: tuple[float, float, float] = (1, 1, 1), *, size_m: float = 1.0
) -> Manifold:
    """The body stretched, its longest side brought to size_m, on the ground and centred.

    Raises InvalidValue where there is no body.
    """
    body = body.scale(scale)
    box = np.array(body.bounding_box())
    if body.is_empty() or not np.isfinite(box).all():
        raise InvalidValue(
            "text_prompt asks for sizes that its object cannot have; use fewer size words"
        )
    size, middle = box[3:] - box[:3], (box[:3] + box[3:]) / 2
    factor = size_m / float(size.max())
    return body.translate((-middle[0], -box[1], -middle[2])).scale((factor, factor, factor))


def few_faces(body: Manifold) -> Manifold:
    """The body, its longest side 1 m, in the few flat faces of low-poly art."""
    share, fewer = LOWPOLY_TOLERANCE, body.simplify(LOWPOLY_TOLERANCE)
    while fewer.num_tri() > LOWPOLY_FACES and share < LOWPOLY_COARSEST:
        share *= 1.4
        fewer = body.simplify(share)
    return without_crumbs(fewer)


def without_crumbs(body: Manifold) -> Manifold:
    """The body without pieces of no volume, which simplifying leaves where thin things collapse."""
    pieces = body.decompose()
    kept = [piece for piece in pieces if abs(piece.volume()) > CRUMB]
    return body if len(kept) in (0, len(pieces)) else Manifold.compose(kept)


def simplified(body: Manifold, limit: int, name: str, *, spare: int = 0) -> Manifold:
    """At most `limit` vertices and `spare` fewer, by growing tolerance, closed all the way."""
    share, fewest = 1e-3, body.num_vert()
    while share < COARSEST:
        # Each step works on the last one's result: one coarse step alone leaves more than many fine ones.
        body = body.simplify(share)
        if body.num_vert() < 4:
            break
        fewest = min(fewest, body.num_vert() + spare)
        if body.num_vert() <= limit - spare:
            return without_crumbs(body)
        share *= 1.4
    raise InvalidValue(f"vertex_limit is {limit}; this {name} needs at least {fewest}")


def mesh_of(
    body: Manifold, ids: Mapping[int, int], parts: tuple[Part, ...], measures: dict[str, float]
) -> Built:
    """The body as arrays; `ids` leads from each original id to its part."""
    mesh = body.to_mesh()
    vertices = np.array(mesh.vert_properties[:, :3], np.float64)
    faces = np.array(mesh.tri_verts, np.int64)
    part_of_face = np.zeros(len(faces), np.int64)
    bounds = np.asarray(mesh.run_index) // 3
    for run, original in enumerate(mesh.run_original_id):
        part_of_face[bounds[run] : bounds[run + 1]] = ids[int(original)]
    whole = sound(vertices, faces)
    vertices, part_of_face = whole.vertices, part_of_face[whole.rows]
    vertices[:, 1] -= vertices[:, 1].min()
    return Built(vertices, whole.faces, part_of_face, parts, measures)
