"""Animals, beings, food and nature: soft bodies, and what counts and states do to them."""

import numpy as np
import pytest
from manifold3d import Manifold

from pipelines.geometry.families import model, registry
from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms
from pipelines.geometry.families.quadruped import Quadruped
from pipelines.geometry.families.relief import Roughness, chance, land
from pipelines.geometry.families.ways import between, shares, way
from tests.gltf_validator import validate_all
from tests.pipelines.classic_pictures import run

ASKED_FOR = """
pig cow giraffe mouse monkey dragon dinosaur crocodile frog spider ant butterfly snail octopus crab whale shark penguin
duck owl jellyfish alien ghost skeleton banana pear strawberry carrot watermelon grapes egg bread cheese pizza hot_dog
cupcake pineapple corn rock mountain cloud log island bamboo vine horse dog cat person fish bird
"""
# A word | the family that shows it: what once was shown by something that only resembles it.
OWN_SHAPES = """
fox wolf | raccoon bear | koala panda | moose deer | bison cow | gorilla monkey | seal whale | parrot bird
peacock bird | turkey chicken | ostrich bird | lobster crab | squid octopus | seahorse fish | lizard crocodile
triceratops dinosaur | dragonfly ant | caterpillar worm | baby person | child person | witch wizard | pirate person
king person | ninja person | mermaid woman | centaur horse | ogre person | lemon orange | peach orange | avocado pear
kiwi apple | coconut watermelon | cabbage apple | chili carrot | taco hot_dog | pie pizza | popsicle ice_cream
willow tree | bonsai tree | dead_tree tree | fern bush | lily flower | crystal gem | waterfall fountain | cave rock
acorn egg | nest basket | snowflake star
"""
HEADED = "dog horse pig sheep lion giraffe dragon snake".split()
LEGGED = {"spider": 8, "ant": 6, "crab": 6, "dog": 4, "crocodile": 4, "flamingo": 2}


def solid_of(name: str, **measures):
    """All parts of an object as one body."""
    row = registry.families()[name]
    parts = registry.made(row, Forms(1.0), {**row.measures, **measures})
    return sum((part.solid for part in parts[1:]), parts[0].solid)


def ground_pieces(body, share: float) -> int:
    """In how many places a body is cut by a level plane at a share of its height."""
    low, high = body.bounding_box()[1], body.bounding_box()[4]
    sliced = body.rotate((90, 0, 0)).slice(low + (high - low) * share)
    return len(sliced.decompose())


@pytest.mark.parametrize("name", ASKED_FOR.replace("_", "-").split())
def test_family_is_there(name):
    assert name.replace("-", " ") in registry.families()


@pytest.mark.parametrize("pair", OWN_SHAPES.replace("\n", " | ").split(" | ")[1:-1])
def test_a_thing_has_a_shape_of_its_own(pair):
    """It is no other in new colours: brought to one size, its sides or its volume differ from its next of kin's."""
    own, kin = (registry.families()[name.replace("_", " ")] for name in pair.split())
    one, other = (body_of(model.build(row, {}, seed=1, lowpoly=True)) for row in (own, kin))
    assert not np.allclose(one, other, rtol=0.03)


def body_of(built: model.Built) -> list[float]:
    """Its three sides and its volume."""
    a, b, c = (built.vertices[built.faces[:, i]] for i in range(3))
    volume = float(np.einsum("ij,ij->", a, np.cross(b, c))) / 6
    return [*np.ptp(built.vertices, axis=0), volume]


@pytest.mark.parametrize("name", sorted(LEGGED))
def test_legs_are_as_many_as_asked_for(name):
    count = LEGGED[name]
    plain, more = (ground_pieces(solid_of(name, legs=n), 0.06) for n in (count, count + 2))
    assert more > plain >= 2


def test_a_dog_stands_on_each_of_its_legs():
    for legs in (4, 6, 8):
        assert ground_pieces(solid_of("dog", legs=legs), 0.1) == legs


@pytest.mark.parametrize("name", HEADED)
def test_a_second_head_makes_the_animal_wider_and_adds_eyes(name):
    row = registry.families()[name]
    one, two = (
        {
            p.name.split()[0]: p.solid
            for p in registry.made(row, Forms(0.5), {**row.measures, "heads": n})
        }
        for n in (1, 2)
    )
    assert len(two["eyes"].decompose()) == 2 * len(one["eyes"].decompose())
    assert two["eyes"].bounding_box()[3] > 1.1 * one["eyes"].bounding_box()[3]


@pytest.mark.parametrize(
    ("name", "state", "part"),
    [
        ("horse", "winged", "wings"),
        ("pig", "winged", "wings"),
        ("dragon", "winged", "wings"),
        ("ant", "winged", "wings"),
        ("unicorn", "winged", "wings"),
        ("horse", "horned", "horn"),
        ("cow", "horned", "horns"),
        ("goat", "horned", "horns"),
        ("sheep", "horned", "horns"),
        ("deer", "horned", "antlers"),
        ("rhino", "horned", "horns"),
        ("moose", "horned", "antlers"),
        ("bison", "horned", "horns"),
        ("triceratops", "horned", "horns"),
        ("devil", "winged", "wings"),
    ],
)
def test_a_state_brings_and_takes_its_part(name, state, part):
    row = registry.families()[name]
    assert isinstance(row.measures[state], bool)
    for answer in (True, False):
        parts = registry.made(row, Forms(0.3), {**row.measures, state: answer})
        assert any(part in p.name.split() for p in parts) is answer


@pytest.mark.parametrize(
    ("name", "measure"),
    [
        ("alien", "eyes"),
        ("alien", "arms"),
        ("person", "arms"),
        ("octopus", "arms"),
        ("jellyfish", "arms"),
        ("camel", "humps"),
        ("pancakes", "layers"),
        ("sunflower", "petals"),
        ("bamboo", "stems"),
        ("sun", "rays"),
        ("flame", "tongues"),
        ("cake", "candles"),
        ("peacock", "feathers"),
        ("stegosaurus", "plates"),
        ("squid", "arms"),
        ("caterpillar", "segments"),
        ("crystal", "shards"),
        ("snowflake", "branches"),
        ("garlic", "cloves"),
        ("waffle", "cells"),
        ("sausage", "count"),
        ("nest", "eggs"),
        ("willow", "strands"),
        ("clover", "leaves"),
    ],
)
def test_a_count_changes_the_shape(name, measure):
    row = registry.families()[name]
    standard = row.measures[measure]
    assert isinstance(standard, int)
    plain, more = (solid_of(name, **{measure: n}).volume() for n in (standard, standard * 2))
    assert abs(more / plain - 1) > 1e-4


@pytest.mark.parametrize(
    "name",
    "rock mountain volcano cloud island cow owl egg potato coral crystal waterfall willow".split(),
)
def test_a_seed_varies_the_shape_and_only_it(name):
    row = registry.families()[name]
    first, again, other = (
        model.build(row, {}, seed=seed, lowpoly=True).vertices for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert first.shape != other.shape or not np.allclose(first, other, atol=1e-3)


def parts_of(name: str) -> dict[str, Manifold]:
    """The parts of a family by the first word of their names."""
    row = registry.families()[name]
    return {p.name.split()[0]: p.solid for p in registry.made(row, Forms(1.0), row.measures)}


def test_a_snow_globe_shows_what_is_in_it():
    parts = parts_of("snow globe")
    low_x, low_y, _, high_x, high_y, _ = parts["roof"].bounding_box()
    front = parts["globe"] ^ Manifold.cube((high_x - low_x, high_y - low_y, 9)).translate(
        (low_x, low_y, 0.03)
    )
    assert front.is_empty(), "no glass before the house"


def test_a_croissant_thins_towards_both_horns_which_point_to_the_front():
    body = solid_of("croissant")
    low, high = np.split(np.array(body.bounding_box()), 2)
    across = [
        body.rotate((0, 90, 0)).slice(x).area()
        for x in (high - low)[0] * np.array([-0.4, 0.0, 0.4])
    ]
    assert across[1] > 1.5 * max(across[0], across[2])
    tips = [
        body.trim_by_plane((s, 0, 0), 0.42 * (high - low)[0]).bounding_box()[5] for s in (1, -1)
    ]
    assert min(tips) > 0.9 * high[2]


def test_a_whirlwind_widens_upward():
    funnel = parts_of("tornado")["funnel"].rotate((90, 0, 0))
    low, high = funnel.bounding_box()[2], funnel.bounding_box()[5]
    wide = [funnel.slice(low + (high - low) * s).bounds() for s in (0.05, 0.5, 0.95)]
    spans = sorted(right - left for left, _, right, _ in wide)
    assert spans[1] > 1.8 * spans[0] and spans[2] > 1.8 * spans[1]


@pytest.mark.parametrize("measure", ["neck", "tail", "head", "muzzle"])
def test_measures_of_an_animal_reach_its_shape(measure):
    low, high = (
        solid_of("dog", **{measure: registry.families()["dog"].measures[measure] * k})
        for k in (1.0, 1.5)
    )
    assert np.abs(np.subtract(low.bounding_box(), high.bounding_box())).max() > 0.02


def test_a_limb_that_bends_smoothly_has_no_knobs():
    """Bones of equal radius in a row are as thick at their joints as between them."""
    body = Blob(0.2).limb([(0, 0, 0), (0, 1, 0), (0, 2, 0), (0, 3, 0)], [0.2] * 4, 4)
    width = [body.reach((0.0, y, 0.0), 0) for y in np.linspace(0.5, 2.5, 21)]
    assert np.ptp(width) < 0.03 and np.mean(width) == pytest.approx(0.2, abs=0.03)


def test_reach_finds_the_skin_and_says_where_there_is_none():
    body = Blob(0.05).ball((0, 1, 0), 0.5, (2, 1, 1))
    assert body.reach((0.0, 1.0, 0.0), 0) == pytest.approx(1.0, abs=0.03)
    assert body.reach((0.0, 1.0, 0.0), 2) == pytest.approx(0.5, abs=0.03)
    with pytest.raises(ValueError, match="misses the body"):
        body.reach((0.0, 3.0, 0.0), 0)


def test_stretched_balls_and_dents_have_the_size_they_should():
    ball = Blob(0.02).ball((0, 0, 0), 0.5, (2, 1, 0.5), (0, 0, 90)).solid()
    assert np.subtract(ball.bounding_box()[3:], ball.bounding_box()[:3]) == pytest.approx(
        [1, 2, 0.5], abs=0.05
    )
    dented = Blob(0.02).ball((0, 0, 0), 0.5).dent((0, 0, 0.5), 0.2)
    assert dented.reach((0.0, 0.0, 0.0), 2) == pytest.approx(0.3, abs=0.03)
    assert 0 < dented.solid().volume() < Blob(0.02).ball((0, 0, 0), 0.5).solid().volume()


def test_a_head_wears_things_in_its_own_frame():
    q = Quadruped(1.0, 0.8, 0.2, head=0.1, neck=0.3, muzzle=0.2, drop=30)
    f = Forms(1.0)
    worn = q.wear(f.ball(0.1, (0, 0, 2.0)))
    low, high = np.split(np.array(worn.bounding_box()), 2)
    assert (low + high) / 2 == pytest.approx(q.on(0, 0, 2.0), abs=1e-4)
    assert q.on(0, 0, 2.0)[1] < q.skull[1], "the nose points down"


def test_land_is_a_closed_solid_that_rises_as_it_is_told():
    hill = land(2.0, lambda x, z: 1.5 - 0.5 * np.hypot(x, z), rings=10, spokes=24)
    low_x, low_y, _, high_x, high_y, _ = hill.bounding_box()
    assert (low_y, high_y) == pytest.approx((0.0, 1.5)) and high_x - low_x == pytest.approx(4.0)
    assert hill.volume() > 0
    same, other = (Roughness.of(chance(1.0, size)).lattice for size in (2.0, 2.1))
    assert np.array_equal(same, Roughness.of(chance(1.0, 2.0)).lattice) and not np.allclose(
        same, other
    )


def test_lines_written_as_text():
    assert way("0 1 0, 1 0.5 2", (2, 4, 1), (1, 0, 0)) == [(1, 4, 0), (3, 2, 2)]
    assert shares("1 0.5", 3) == [3, 1.5]
    assert between((0, 0, 0), (2, 4, 6), 0.5) == (1, 2, 3)


def test_files_of_soft_and_patched_bodies_are_valid(tmp_path):
    paths = []
    for number, text in enumerate(
        ("a cow", "an owl", "a skeleton", "a watermelon", "a volcano", "a pizza")
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert run("text_to_raw_mesh", {}, folder, {"text_prompt": text}, None).info["watertight"]
        paths.append(folder / "output.glb")
    complaints = [report.complaints for report in validate_all(paths)]
    assert not any(complaints), complaints
