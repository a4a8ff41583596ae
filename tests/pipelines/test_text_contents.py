"""What a prompt says is in things, of several kinds, of people's age, or so already: made, or told."""

import numpy as np
import pytest

from pipelines.errors import InvalidValue
from pipelines.geometry import decimate
from pipelines.geometry.families import described, prompt
from pipelines.geometry.families.registry import families
from pipelines.words import assortments, contents
from pipelines.words.anatomy import LEGS
from pipelines.words.coats import read_dress
from pipelines.words.indoors import ROOMS
from pipelines.words.looks_of_parts import default_finish


def made(text: str) -> described.Described:
    return described.make(text, seed=0, style="lowpoly", vertex_limit=None)


def codes(text: str) -> set[str]:
    return {notice.code for notice in made(text).notices()}


def ignored(text: str) -> set[str]:
    return set(described.painted(made(text), "").ignored)


def things(text: str) -> list[str]:
    return [f"{row.count} {row.family.name}" for row in prompt.read_things(text).things]


def looks(text: str) -> dict[str, tuple]:
    """Each word of a part's name -> its material and colour."""
    shown = made(text)
    rows = zip(shown.built.parts, described.painted(shown, "").finishes, strict=True)
    return {word: (look.material, look.colour) for part, look in rows for word in part.name.split()}


@pytest.mark.parametrize(
    "text",
    [
        "a barrel of beer",
        "a bucket full of water",
        "a sack of rice",
        "a bowl of tomato soup",
        "a cart of hay",
    ],
)
def test_what_a_vessel_holds_is_level_in_it_and_the_vessel_is_as_it_is(text):
    shown = made(text)
    assert len(shown.reading.things) == 1
    assert codes(text) == set()
    assert ignored(text) == set()
    assert decimate.is_solid(shown.built.vertices, shown.built.faces)
    held = next(at for at, part in enumerate(shown.built.parts) if part.name == "contents")
    seen = shown.built.faces[shown.built.part_of_face == held]
    top = shown.built.vertices[np.unique(seen), 1].max()
    assert 0.4 < top / shown.built.vertices[:, 1].max() < 1
    empty = looks(text.split(" of ")[0].removesuffix(" full"))
    assert looks(text)["body"] == empty["body"]


@pytest.mark.parametrize(
    ("text", "part", "colour"),
    [
        ("a cup of milk", "drink", "white"),
        ("a jar of honey", "body", "amber"),
        ("a bottle of milk", "body", "white"),
        ("a cauldron of poison", "brew", "lime"),
    ],
)
def test_what_is_seen_of_it_already_gets_its_look(text, part, colour):
    assert (
        looks(text)[part][1] == default_finish(f"{colour} plastic", {"plastic": "plastic"}).colour
    )


@pytest.mark.parametrize(
    "text", ["a teapot full of tea", "a dog in a car", "a candle inside a lantern"]
)
def test_what_is_in_closed_things_is_told(text):
    assert "CONTENTS_UNSEEN" in codes(text)


def test_things_lie_in_open_vessels_rather_than_on_lids():
    for vessel in ("barrel", "crate", "sack"):
        read = prompt.read_things(f"a {vessel} of apples")
        assert [(link.child, link.place, link.of) for link in read.links] == [(1, "in", 0)]
        assert "open" in families()[vessel].measures
    assert things("a box of chocolates")[0] == "1 box"
    assert things("a barrel full of fish") == ["1 barrel", "5 fish"]


def test_a_bird_is_behind_the_bars():
    shown = made("a bird in a cage")
    cage = [owner == 1 for owner in shown.thing_of_part]
    points = [
        shown.built.vertices[
            shown.built.faces[np.isin(shown.built.part_of_face, np.flatnonzero(own))]
        ]
        for own in (np.logical_not(cage), cage)
    ]
    low, high = points[1].reshape(-1, 3).min(0), points[1].reshape(-1, 3).max(0)
    assert (points[0].reshape(-1, 3) > low).all()
    assert (points[0].reshape(-1, 3) < high).all()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a bowl of fruit", ["1 bowl", "1 apple", "1 orange", "1 pear", "1 lemon"]),
        (
            "five vegetables on a plate",
            ["2 carrot", "1 tomato", "1 broccoli", "1 onion", "1 plate"],
        ),
        ("a vase of mixed flowers", ["1 vase", "2 flower", "2 tulip", "1 daffodil"]),
        ("two tools", ["1 hammer", "1 wrench"]),
        ("a fruit", ["1 apple"]),
        ("a toolbox", ["1 toolbox"]),
    ],
)
def test_things_of_several_kinds_are_several(text, named):
    assert things(text) == named


@pytest.mark.parametrize(
    "text",
    ["a bowl of fruit", "a bowl with an apple, a pear and a lemon", "a basket of vegetables"],
)
def test_no_thing_in_a_vessel_lies_within_another(text):
    shown = made(text)
    owners = np.array(shown.thing_of_part)
    faces = np.bincount(owners[shown.built.part_of_face], minlength=len(shown.reading.things))
    assert (faces > 20).all(), faces


def test_what_lies_in_a_bowl_does_not_come_through_it():
    shown = made("a bowl of fruit")
    owners = np.array(shown.thing_of_part)[shown.built.part_of_face]
    middles = shown.built.vertices[shown.built.faces].mean(axis=1)
    rim = middles[owners == 0][:, 1].max()
    assert (middles[owners > 0][:, 1] > 0.35 * rim).all()


@pytest.mark.parametrize("text", ["a ruby ring", "an emerald ring", "a ring with a sapphire"])
def test_a_gem_is_in_its_setting_and_no_stuff_of_the_whole(text):
    shown, plain = looks(text), looks("a ring")
    assert shown["band"] == plain["band"]
    assert shown["gem"][0] == "glass"
    assert shown["gem"] != plain["gem"]


def test_several_glasses_are_drunk_from_and_a_pair_is_worn():
    assert things("a table with two glasses") == ["1 table", "2 goblet"]
    assert things("a pair of glasses") == ["1 glasses"]


def test_who_is_in_a_hat_wears_it():
    read = prompt.read_things("a man in a top hat")
    assert [(link.child, link.place, link.of) for link in read.links] == [(1, "wear", 0)]


@pytest.mark.parametrize("text", ["an old man", "an elderly woman", "a grandmother", "grandpa"])
def test_the_old_have_grey_hair(text):
    red, green, blue = looks(text)["hair"][1]
    assert min(red, green, blue) > 0.6
    assert max(red, green, blue) - min(red, green, blue) < 0.1
    assert ignored(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "an octopus with eight legs",
        "a bird with two wings",
        "a table with 0 chairs",
        "a young woman",
        "a car without people",
    ],
)
def test_what_is_so_already_needs_no_warning(text):
    assert codes(text) == set()
    assert ignored(text) == set()


@pytest.mark.parametrize(
    "text", ["an octopus with six legs", "a six-legged robot", "a man with two heads"]
)
def test_what_is_not_so_is_told_once(text):
    assert codes(text) == {"PARTS_UNCHANGED"}
    assert ignored(text) == set()


@pytest.mark.parametrize(
    ("text", "named", "told"),
    [
        ("girl with yellow socks", ["1 girl"], {"yellow", "socks"}),
        ("airship with brass pipes and gears", ["1 blimp"], {"brass", "pipes", "gears"}),
        ("a man wearing a scarf and a hat", ["1 person", "1 hat"], {"scarf"}),
        ("a cat wearing glasses", ["1 cat"], {"glasses"}),
        ("a toy train with two wagons", ["1 train"], set()),
        ("a train with carriages", ["1 train"], set()),
        ("a plate of cookies", ["1 plate", "3 cookie"], set()),
        ("shelves full of books, bottles and vases", ["1 bookshelf", "3 bottle", "3 vase"], set()),
    ],
)
def test_a_piece_of_a_thing_is_no_thing_beside_it(text, named, told):
    assert things(text) == named
    assert ignored(text) == told


@pytest.mark.parametrize(
    ("text", "part", "material"),
    [
        ("a skyscraper made of glass", "walls", "glass"),
        ("a glass skyscraper", "walls", "glass"),
        ("a house with glass doors", "door", "glass"),
        ("crystal skull", "skull", "amethyst"),
        ("a green glass vase", "body", "glass"),
    ],
)
def test_a_stuff_is_no_part_where_it_is_what_things_are_of(text, part, material):
    assert looks(text)[part][0] == material


def test_a_pyramid_of_things_is_a_pile_and_crossed_ones_cross():
    assert things("a pyramid of ten oranges") == ["10 orange"]
    assert things("a pyramid of stone") == ["1 pyramid"]
    crossed, alone = made("two swords crossed").built, made("a sword").built
    assert np.ptp(crossed.vertices[:, 0]) > 2 * np.ptp(alone.vertices[:, 0])


@pytest.mark.parametrize(
    "text", ["a piece of wood", "2x4 wood", "wooden plank", "an oak board", "a timber beam"]
)
def test_sawn_wood_is_made(text):
    assert prompt.read_prompt(text).family.name in ("plank", "beam")


def test_a_shade_at_a_place_is_of_what_lies_there():
    known = {"oak": "wood", "gold": "gold"}
    dark = read_dress("polished oak with a dark bottom", known).coats[0]
    assert (dark.place, dark.finish.material, dark.finish.shade < 0) == ("bottom", "wood", True)
    dull = read_dress("gold with a matte top", known).coats[0]
    assert (dull.finish.material, dull.finish.roughness) == ("gold", 0.95)


def test_every_name_in_the_tables_is_a_family():
    kinds = {name for row in assortments.KINDS.values() for name in prompt.words(row)}
    known = families().keys()
    assert all(name in known for name in kinds)
    assert LEGS.keys() <= known
    assert ROOMS <= known


def test_every_stuff_has_a_look():
    for look in set(contents.LOOK_OF.values()):
        assert default_finish(look, prompt.coat_words())


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a grey-haired professor", "hair"),
        ("a blue-roofed house", "roof"),
        ("a blue-eyed cat", "eyes"),
    ],
)
def test_a_look_joined_with_a_part_is_for_the_part(text, part):
    plain, shown = looks("a " + text.split()[-1]), looks(text)
    assert shown[part] != plain[part]
    body = next(iter(plain))
    assert shown[body] == plain[body]
    assert ignored(text) == set()


def test_a_state_is_no_part_for_a_look():
    assert looks("a red winged dragon")["body"] == looks("a red dragon")["body"]


def test_a_beam_is_of_wood_and_not_of_light():
    with pytest.raises(InvalidValue):
        made("a beam of light")


def test_what_is_held_may_be_dyed_and_its_other_words_are_told():
    assert looks("a bucket of blue paint")["contents"] == ("paint", looks("a blue car")["body"][1])
    assert (
        looks("a jar of green slime")["body"][1]
        == default_finish("lime plastic", {"plastic": "plastic"}).colour
    )
    assert ignored("a bowl of lukewarm soup") == {"lukewarm"}
