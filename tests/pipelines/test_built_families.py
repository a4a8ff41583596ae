"""Vehicles, furniture, buildings and what stands in streets: their counts and their opening do what they say."""

import numpy as np
import pytest
import trimesh

from pipelines.geometry import decimate
from pipelines.geometry.families import model, registry

THEMES = (
    "vehicles buses rail craft ridden heavy_vehicles road_vehicles race_vehicles sea_craft small_craft air_craft "
    "flying_things furniture work_furniture seats household room_parts piano buildings old_buildings "
    "landscape_buildings landmarks street street_lights"
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
