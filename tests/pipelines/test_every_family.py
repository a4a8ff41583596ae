"""What holds for every family of objects that a text can name: each is made four times, for all its tests."""

from dataclasses import dataclass

import numpy as np
import pytest
import trimesh

from pipelines.geometry import decimate
from pipelines.geometry.families import model, prompt, registry
from pipelines.geometry.materials.registry import materials
from pipelines.words.looks import Looks

FAMILIES = registry.families()
# Solids of one measure: a ball is a ball, whatever the seed.
ROUND = {
    name
    for name, row in FAMILIES.items()
    if len([value for value in row.measures.values() if isinstance(value, float)]) == 1
}


@dataclass(frozen=True)
class Made:
    """A family in full, with few faces, the same again, and of another seed."""

    name: str
    full: model.Built
    low: model.Built
    again: model.Built
    other: model.Built


@pytest.fixture(scope="module", params=sorted(FAMILIES))
def made(request):
    row = FAMILIES[request.param]
    low, again, other = (model.build(row, {}, seed=seed, lowpoly=True) for seed in (3, 3, 4))
    return Made(request.param, model.build(row, {}, seed=3), low, again, other)


def test_family_is_closed_and_stands_where_it_should(made):
    for built in (made.full, made.low):
        assert decimate.is_solid(built.vertices, built.faces)
        low, high = built.vertices.min(0), built.vertices.max(0)
        assert abs(low[1]) < 1e-6 and np.allclose((low + high)[[0, 2]], 0, atol=1e-5)
        assert (high - low).max() == pytest.approx(1.0, abs=1e-5)
        mesh = trimesh.Trimesh(built.vertices, built.faces, process=False)
        assert mesh.volume > 0, "its faces look outward"
    mesh = trimesh.Trimesh(made.full.vertices, made.full.faces, process=False)
    pieces = [piece for piece in mesh.split() if abs(piece.volume) > 1e-5]
    assert len(pieces) == 1, "nothing hangs in the air"
    seen = set(np.unique(made.full.part_of_face))
    assert seen == set(range(len(made.full.parts))), "a part is wholly hidden"


def test_every_seed_makes_the_same_again_and_another_seed_another_shape(made):
    first, again, other = made.low.vertices, made.again.vertices, made.other.vertices
    assert np.array_equal(first, again)
    if made.name not in ROUND:
        assert first.shape != other.shape or np.abs(first - other).max() > 1e-4


def test_every_word_of_a_family_leads_to_it_and_to_materials_that_are_known(made):
    for word in (made.name, *FAMILIES[made.name].synonyms):
        reading = prompt.read_prompt(word)
        assert reading.family.name == made.name
        rows = prompt.finishes(reading, made.low.parts, Looks())
        assert all(row.material in materials() for row in rows)
