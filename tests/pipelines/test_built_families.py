"""Vehicles, furniture, buildings and what stands in streets: their counts and their opening do what they say."""

import numpy as np
import pytest
import trimesh

from pipelines.geometry import decimate
from pipelines.geometry.families import model, prompt, registry
from pipelines.words.variants import Variant

THEMES = (
    "vehicles buses rail craft ridden heavy_vehicles road_vehicles race_vehicles sea_craft small_craft air_craft "
    "flying_things furniture work_furniture seats household room_parts piano buildings old_buildings "
    "landscape_buildings landmarks street street_lights kitchen_machines house_machines office_machines space_things "
    "sci_fi sci_fi_rooms siege dungeon idols arms polearms playground markets city street_fittings home_things "
    "home_fittings boards containers flasks fitness worn_things headgear yard_buildings old_stones work_machines "
    "play_pieces"
).split()
ROWS = [
    row for row in registry.families().values() if row.make.__module__.rsplit(".")[-1] in THEMES
]
COUNTED = [
    (row.name, name)
    for row in ROWS
    for name, standard in row.measures.items()
    if isinstance(standard, int)
]
OPENING = [row.name for row in ROWS if "open" in row.measures]
VARIED = [
    (row.name, name)
    for row in registry.families().values()
    for name, standard in row.measures.items()
    if isinstance(standard, Variant)
]


def made(name: str, **measures: float) -> model.Built:
    return model.build(registry.families()[name], measures, seed=1)


def size(built: model.Built) -> np.ndarray:
    return np.ptp(built.vertices, axis=0)


def pieces_cut(built: model.Built, y: float) -> int:
    """How many separate outlines a level cut at the height y has."""
    mesh = trimesh.Trimesh(built.vertices, built.faces, process=False)
    section = mesh.section(plane_origin=(0, y, 0), plane_normal=(0, 1, 0))
    return len(section.discrete)


@pytest.mark.parametrize(("name", "count"), COUNTED)
def test_any_count_gives_a_closed_object(name, count):
    for value in (0, 1, 24):
        built = made(name, **{count: value})
        assert decimate.is_solid(built.vertices, built.faces), value


@pytest.mark.parametrize("name", ["house", "tower", "bus"])
def test_more_storeys_make_it_taller(name):
    low, high = (size(made(name, storeys=count)) for count in (1, 4))
    assert high[1] / high[0] > 1.2 * low[1] / low[0]


@pytest.mark.parametrize(
    ("name", "legs"), [("table", 3), ("table", 6), ("stool", 3), ("stool", 5), ("water tower", 6)]
)
def test_legs_can_be_counted_near_the_ground(name, legs):
    pipe = name == "water tower"
    assert pieces_cut(made(name, legs=legs), 0.05) == legs + pipe


def test_masts_wagons_and_blades_add_to_a_craft():
    assert size(made("train", wagons=2))[1] < 0.5 * size(made("train"))[1], "it grew in length"
    one, two = (made("boat", masts=count) for count in (1, 2))
    assert pieces_cut(one, 0.8) < pieces_cut(two, 0.8)
    assert size(made("boat", masts=0))[1] < 0.5 < size(one)[1]


@pytest.mark.parametrize("name", OPENING)
def test_what_opens_changes_its_shape_and_stays_whole(name):
    shut, ajar = (made(name, open=share) for share in (0.0, 0.8))
    assert decimate.is_solid(ajar.vertices, ajar.faces)
    assert shut.vertices.shape != ajar.vertices.shape or not np.allclose(
        shut.vertices, ajar.vertices
    )


def test_front_is_ahead():
    """A van's lamps, a church's door, an oven's window and a piano's keys are on the side of +Z."""
    for name, part in (
        ("van", "lights"),
        ("church", "door"),
        ("stove", "window"),
        ("piano", "keys"),
    ):
        built = made(name)
        index = next(i for i, row in enumerate(built.parts) if part in row.name.split())
        middle = built.vertices[built.faces[built.part_of_face == index]].mean((0, 1))
        assert middle[2] > 0.05, name


def variants(name: str, measure: str) -> Variant:
    standard = registry.families()[name].measures[measure]
    assert isinstance(standard, Variant)
    return standard


@pytest.mark.parametrize(("name", "measure"), VARIED)
def test_each_variant_is_whole_and_another_shape(name, measure):
    shapes = set()
    for at in range(len(variants(name, measure).words)):
        built = made(name, **{measure: at})
        assert decimate.is_solid(built.vertices, built.faces), at
        pieces = trimesh.Trimesh(built.vertices, built.faces, process=False).split()
        assert sum(abs(piece.volume) > 1e-5 for piece in pieces) == 1, at
        assert tuple(part.name for part in built.parts) == registry.part_names(name), at
        assert len(set(built.part_of_face)) == len(built.parts), f"a part is hidden in {at}"
        shapes.add(np.round(np.sort(built.vertices, axis=0), 4).tobytes())
    assert len(shapes) == len(variants(name, measure).words)


@pytest.mark.parametrize(("name", "measure"), VARIED)
def test_a_variant_is_reached_by_its_words(name, measure):
    for at, words in enumerate(variants(name, measure).words):
        for word in words:
            reading = prompt.read_prompt(f"a {word} {name}")
            if reading.family.name != name:  # "a sports car" may have a family of its own
                continue
            assert reading.measures[measure] == at, word
            parts = model.build(reading.family, reading.measures, seed=1, lowpoly=True).parts
            looks = prompt.looks_for(reading, parts)
            finishes = prompt.finishes(reading, parts, looks)
            assert word not in prompt.without_effect(reading, looks, finishes)


@pytest.mark.parametrize(("name", "measure"), VARIED)
def test_seeds_vary_what_is_not_named(name, measure):
    row = registry.families()[name]
    found = {model.measures_for(row, {}, seed)[measure] for seed in range(24)}
    assert len(found) == len(variants(name, measure).words)
    assert {model.measures_for(row, {measure: 1}, seed)[measure] for seed in range(24)} == {1}


def test_variants_without_a_name_are_reached_by_chance_alone():
    kinds = Variant("-, round circular")
    assert (kinds.called("circular"), kinds.called("oval"), kinds.kept(3)) == (1, None, 1)
