"""Numbers, groups and relations of a prompt: how many are made and how they stand, and what is told or refused."""

import pytest

from pipelines.errors import InvalidValue
from pipelines.geometry.families import described, prompt
from pipelines.geometry.families.registry import families
from pipelines.words.emojis import spelled
from pipelines.words.figures import read_figures
from pipelines.words.notices import MOST_OBJECTS
from pipelines.words.relations import ANIMALS, BEINGS

# prompt | things, with how they stand | links: child place parent
READ = """
a stack of ten pancakes | 1 pancakes |
two stacks of pancakes | 2 pancakes |
three dumplings | 1 dumpling |
a ring of 8 standing stones | 1 stonehenge |
a pile of 5 books | 5 book pile |
a bunch of 7 balloons | 7 balloon cluster |
a tower of 4 cubes | 4 cube stack |
a tower of stone | 1 tower |
a ring of fire | 1 ring |
two rows of three trees | 6 tree row |
a school of fish | 5 fish cluster |
a flock of sheep | 5 sheep cluster |
an army of skeletons | 5 skeleton cluster |
a litter of 5 puppies | 5 dog cluster |
a pile of rocks with a sword on top | 9 rock pile, 1 sword | 1 on 0
5 stacked crates | 5 crate stack |
8 lamps in a row | 8 lamp row |
half a dozen donuts | 6 donut |
a pair of headphones | 1 headphones |
two pairs of boots | 4 boot |
two pairs of scissors | 2 scissors |
twin towers | 2 skyscraper |
a trio of owls | 3 owl |
3x wooden barrels | 3 barrel |
barrel x4 | 4 barrel |
health potion, set of 3 | 3 potion |
3 barrel | 3 barrel |
B-52 bomber | 1 airplane |
a Boeing 747 airplane | 1 airplane |
two AK-47 rifles | 2 rifle |
1967 red sports car | 1 car |
a 24 hour clock | 1 clock |
slices of pizza | 3 pizza slice |
sun, moon and stars | 1 sun, 1 moon, 3 star | 1 beside 0, 2 beside 0
a mug to the right of a laptop | 1 cup, 1 laptop | 0 right 1
a house with a tree on the left | 1 house, 1 tree | 1 left 0
unicorn eating icecream | 1 unicorn, 1 ice cream | 1 front 0
a horse pulling a cart | 1 horse, 1 cart | 1 behind 0
man eating shark | 1 shark |
trees round a house | 5 tree, 1 house | 0 around 1
a cottage with a thatched roof, a round wooden door | 1 house |
a knight with a sword and a shield | 1 knight, 1 shield | 1 hold 0
a dinosaur with a party hat | 1 dinosaur, 1 cone | 1 wear 0
two crates stacked beside a wagon | 2 crate stack, 1 cart | 0 beside 1
a table with two chairs on each side | 1 table, 2 chair | 1 beside 0
modular stone wall segment | 1 wall |
"""
CASES = [[cell.strip() for cell in row.split("|")] for row in READ.splitlines() if row]


def told(text: str) -> dict[str, str]:
    """What is told of a prompt, by code."""
    return {notice.code: notice.message for notice in made(text).notices()}


def made(text: str) -> described.Described:
    return described.make(text, seed=0, style="lowpoly", vertex_limit=None)


@pytest.mark.parametrize(("text", "things", "links"), CASES, ids=[case[0] for case in CASES])
def test_so_many_are_read_and_stand_so(text, things, links):
    scene = prompt.read_things(text)
    read = [" ".join((str(row.count), row.family.name, row.layout)).strip() for row in scene.things]
    assert ", ".join(read) == things
    assert ", ".join(f"{link.child} {link.place} {link.of}" for link in scene.links) == links


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("a hundred and five coins", 105),
        ("twenty-five apples", 25),
        ("two hundred red cars", 200),
        ("1,000 bees", 1000),
        ("999999 dogs", 999_999),
        ("two dozen eggs", 24),
        ("9" * 30 + " dogs", 10**9),
    ],
)
def test_too_many_are_the_most_possible_and_told(text, number):
    assert f"asks for {number} of" in told(text)["FEWER_OBJECTS"]
    assert prompt.read_prompt(text).count == MOST_OBJECTS


def test_more_than_one_object_holds_are_told():
    assert "50 of pancakes; 24 were made" in told("50 pancakes")["FEWER_OBJECTS"]
    assert prompt.read_prompt("ten pancakes").measures["layers"] == 10


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("-5 cats", "-5 cats"),
        ("minus one cat", "minus one cat"),
        ("0 dogs", "0 dogs"),
        ("zero red dogs", "zero dogs"),
    ],
)
def test_fewer_than_one_are_refused(text, named):
    with pytest.raises(InvalidValue, match=f"asks for {named}; ask for at least one"):
        prompt.read_things(text)


@pytest.mark.parametrize(
    "text", ["- 3 chairs", "zero gravity chair", "a -40 degree freezer", "a table with 0 chairs"]
)
def test_what_is_no_number_of_objects_is_not_refused(text):
    assert prompt.read_things(text).things


@pytest.mark.parametrize(
    ("text", "number", "said"),
    [
        ("1.5 apples", 2, "1.5 apples"),
        ("0.5 car", 1, "0.5 car"),
        ("two and a half men", 3, "2.5 men"),
        ("half an apple", 1, "half of apple"),
        ("a quarter of a pizza", 1, "quarter of pizza"),
        ("½ apple", 1, "1/2 of apple"),
    ],
)
def test_parts_of_objects_are_told(text, number, said):
    assert said in told(text)["WHOLE_OBJECTS"]
    assert prompt.read_prompt(text).count == number


@pytest.mark.parametrize("text", ["half moon", "half open door", "half man half horse", "2x4 wood"])
def test_a_half_that_is_no_part_of_an_object_stays(text):
    known = {"moon", "half moon", "door", "man", "horse", "wood"}
    assert read_figures(text, known.__contains__).parted == ()


def test_what_lives_may_wear_and_people_may_hold():
    folders = {name: row.make.__module__.split(".")[-2] for name, row in families().items()}
    people = {name for name, folder in folders.items() if folder == "people"} - {"skull", "centaur"}
    assert people <= BEINGS and not ANIMALS & people


def test_words_that_count_are_not_told_as_ignored():
    for text in ("two pairs of boots", "potions, set of 3", "8 lamps in a row", "barrel x4"):
        assert described.painted(made(text), "").ignored == [], text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("🍌🐱", "banana and cat"),
        ("🐱 🐶", "cat and dog"),
        ("🎂🎈🎈", "cake and 2 balloon"),
        ("👩‍🚀", "astronaut"),
        ("cat 🐱", "cat"),
    ],
)
def test_emojis_together_are_several_things(text, said):
    known = {"apple", "banana", "cat", "dog", "cake", "balloon", "astronaut"}
    assert " ".join(spelled(text, known.__contains__).split()).removeprefix("birthday ") == said
