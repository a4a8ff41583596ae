"""Which models can run: the rule, and what lanes find out and say."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from redis import Redis

from pipelines.catalog import Catalog, unmet
from pipelines.spec import ModelCard, Params, Terms
from serving.jobs import availability
from serving.jobs.availability import FOR_A_GPU, NOBODY, Availability, offer
from serving.jobs.board import LANE_KEY, LANES_KEY, Board, LaneState, ResidentState
from serving.jobs.connect import connect
from serving.jobs.tally import Tally
from tests.serving.house import House, until
from tests.serving.more_models import plugin_with_more


class NoOptions(Params):
    """Nothing may be set."""


def card(model_id: str, **facts: object) -> ModelCard:
    row = {"feature": "f", "family": "x", "weights": model_id, "outputs": ("glb",)}
    row |= {"summary": "", "licence": ""}
    return ModelCard(model_id=model_id, options=NoOptions, **{**row, **facts})  # type: ignore[arg-type]


def catalog_of(*cards: ModelCard) -> Catalog:
    return Catalog({}, {card.model_id: card for card in cards}, {})


def lane(name: str = "a", device: str = "cpu", **said: object) -> LaneState:
    return LaneState(name, "host", 1, device, **said)  # type: ignore[arg-type]


def holding(*weights: str, state: str = "idle") -> tuple[ResidentState, ...]:
    return tuple(ResidentState(name, state, 1) for name in weights)  # type: ignore[arg-type]


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    return plugin_with_more(tmp_path)


# The rule


def test_every_model_counts_as_available_while_no_lane_lives():
    found = offer(catalog_of(card("one", requires=("no_such_library",))), [])
    assert found.reasons == {"one": ""}
    assert found.holder(card("one")) is None


def test_model_that_no_living_lane_speaks_of_has_nobody_to_run_it():
    found = offer(catalog_of(card("one"), card("other")), [lane(models={"one": ""})])
    assert found.reasons == {"one": "", "other": NOBODY}


def test_one_lane_that_can_is_enough_and_else_the_reason_is_told():
    cards = catalog_of(card("one"), card("other"))
    lanes = [lane("a", models={"one": "no", "other": "no"}), lane("b", models={"one": ""})]
    assert offer(cards, lanes).reasons == {"one": "", "other": "no"}


def test_model_for_a_gpu_that_there_is_not_tells_all_that_it_lacks():
    cards = catalog_of(card("bare", vram_mib=9000), card("whole", vram_mib=9000))
    on_cpu = lane(models={"bare": "its environment x is not here", "whole": FOR_A_GPU}, vram_mib=0)
    short = "it needs 9,000 MiB of GPU memory, there is no GPU here"
    assert offer(cards, [on_cpu]).reasons == {
        "bare": f"its environment x is not here; and {short}",
        "whole": short,
    }


def test_what_a_lane_of_a_gpu_says_counts_before_one_of_the_cpu():
    cards = catalog_of(card("one", vram_mib=9000))
    on_cpu = lane("a", models={"one": FOR_A_GPU}, vram_mib=0)
    on_gpu = lane("b", models={"one": "its weights are not here"}, vram_mib=24_000)
    assert offer(cards, [on_cpu, on_gpu]).reasons == {"one": "its weights are not here"}


def test_model_that_also_runs_on_a_cpu_is_offered_without_a_gpu():
    cards = catalog_of(card("one", vram_mib=9000, cpu_capable=True))
    assert offer(cards, [lane(models={"one": ""}, vram_mib=0)]).reasons == {"one": ""}


def test_model_that_also_runs_on_a_cpu_does_not_ask_for_a_gpu():
    cards = catalog_of(card("one", vram_mib=9000, cpu_capable=True))
    said = "its weights are not here"
    assert offer(cards, [lane(models={"one": said}, vram_mib=0)]).reasons == {"one": said}


def test_cpu_leaves_a_model_to_a_gpu_that_is_large_enough():
    both = catalog_of(card("one", vram_mib=9000, cpu_capable=True), card("two", vram_mib=9000))
    seen = [both.on_cpu(mib).cards for mib in (0, 8999, 9000)]
    assert [cards["one"].vram_mib for cards in seen] == [0, 0, 9000]
    assert [cards["two"].vram_mib for cards in seen] == [9000] * 3


def test_models_that_may_not_be_used_commercially_can_be_left_out():
    terms = {use: Terms("", "", use) for use in ("yes", "conditional", "no")}
    cards = catalog_of(*(card(use, terms=said) for use, said in terms.items()))
    assert [*cards.commercial().cards] == ["yes", "conditional"]


def test_higher_standing_goes_before_more_memory():
    cards = [
        card("large", vram_mib=9000, standing=-1),
        card("plain"),
        card("fine", vram_mib=5000),
    ]
    assert [one.model_id for one in catalog_of(*cards).cards_for("f")] == ["fine", "plain", "large"]


def test_loaded_is_what_a_lane_holds_and_can_run():
    ready, broken = card("ready"), card("broken")
    held = lane(models={"ready": "", "broken": "no"}, residents=holding("ready", "broken"))
    found = offer(catalog_of(ready, broken), [held])
    assert found.holder(ready) == held
    assert found.holder(broken) is None
    loads = lane(models={"ready": ""}, residents=holding("ready", state="loading"))
    assert offer(catalog_of(ready), [loads]).holder(ready) is None
    works = lane(models={"ready": ""}, residents=holding("ready", state="busy"))
    assert offer(catalog_of(ready), [loads, works]).holder(ready) == works


def test_model_that_is_broken_on_one_lane_and_well_on_another_is_available():
    shared = card("shared", vram_mib=9_000)
    broken = lane("a", "cuda", models={"shared": "its weights are missing"}, vram_mib=24_000)
    well = lane("b", "cuda", models={"shared": ""}, vram_mib=16_000)
    found = offer(catalog_of(shared), [broken, well])
    assert (found.reasons, found.too_large) == ({"shared": ""}, frozenset())
    both = offer(catalog_of(shared), [broken, replace(well, models={"shared": "no such file"})])
    assert both.reasons == {"shared": "its weights are missing"}


def test_lane_with_the_largest_gpu_says_why_a_model_cannot_run():
    """What keeps it from a smaller one is nothing that an operator could mend."""
    large = card("large", vram_mib=9_000)
    small = lane("a", "cuda", models={"large": "GPU too small"}, vram_mib=8_000)
    roomy = lane("b", "cuda", models={"large": "its weights are missing"}, vram_mib=16_000)
    for lanes in ([small, roomy], [roomy, small]):
        found = offer(catalog_of(large), [*lanes, lane("c", models={}, vram_mib=0)])
        assert (found.reasons, found.too_large) == (
            {"large": "its weights are missing"},
            frozenset(),
        )


def test_best_model_comes_first_among_those_that_can_run():
    cards = catalog_of(card("small"), card("large", vram_mib=5), card("huge", vram_mib=9))
    found = offer(cards, [lane(models={"small": "", "large": "", "huge": "too small a GPU"})])
    assert [card.model_id for card in found.cards(cards, "f")] == ["large", "small"]


SIZES: dict[str, tuple[dict[str, int | None], str, bool]] = {
    # size of each lane's GPU -> the reason why a model of 9,000 MiB cannot run there, and whether it is too large
    "fits none": ({"a": 8_000, "b": 4_000}, "the largest GPU here has 8,000", True),
    "no GPU": ({"a": 0}, "there is no GPU here", False),
    "no GPU, two lanes": ({"a": 0, "b": 0}, "there is no GPU here", False),
    "fits no GPU, and a CPU lane lives": (
        {"a": 0, "b": 8_999, "c": 4_000},
        "it needs 9,000 MiB of GPU memory, the largest GPU here has 8,999",
        True,
    ),
    "fits to the last MiB, which nobody serves": ({"a": 0, "b": 9_000}, NOBODY, False),
    "fits one, which does not serve it": ({"a": 8_000, "b": 16_000}, NOBODY, False),
    "one does not tell": ({"a": 8_000, "b": None}, NOBODY, False),
}


@pytest.mark.parametrize("name", SIZES)
def test_model_is_too_large_where_every_gpu_is_known_and_none_has_the_memory(name):
    sizes, reason, is_too_large = SIZES[name]
    found = offer(
        catalog_of(card("large", vram_mib=9_000), card("small")),
        [lane(title, models={"small": ""}, vram_mib=size) for title, size in sizes.items()],
    )
    assert reason in found.reasons["large"]
    assert found.reasons["small"] == ""
    assert found.too_large == ({"large"} if is_too_large else set())


def test_lane_that_can_run_a_model_is_believed_whatever_the_size_of_its_gpu():
    found = offer(
        catalog_of(card("large", vram_mib=9_000)), [lane(models={"large": ""}, vram_mib=8_000)]
    )
    assert found.reasons == {"large": ""}
    assert found.too_large == set()


def test_what_a_card_requires_is_looked_up_and_not_imported():
    assert unmet(card("plain")) == ""
    assert unmet(card("sound", requires=("json", "antigravity"))) == ""  # importing it opens a page
    lacking = card("lacking", requires=("json", "no_such_library", "nor_this.part"))
    assert unmet(lacking) == "not installed here: no_such_library, nor_this.part"


# The board


def test_word_of_a_lane_of_another_version_is_understood():
    old = '{"name":"a","host":"h","pid":1,"device":"cpu","queue":"cpu"}'
    new = old[:-1] + ',"job_id":"j","models":{"m":""},"loaded":["w"],"colour":"red"}'
    assert LaneState.from_json(old) == LaneState("a", "h", 1, "cpu")
    assert LaneState.from_json(new) == LaneState("a", "h", 1, "cpu", job_id="j", models={"m": ""})
    resident = '{"weights":"w","state":"idle","pid":7,"memory_mib":5,"mood":"good"}'
    newer = LaneState.from_json(old[:-1] + f',"residents":[{resident}],"gpu":2}}')
    assert newer.residents == (ResidentState("w", "idle", 7, memory_mib=5),)
    assert (newer.loaded, newer.gpu) == (("w",), 2)
    assert LaneState.from_json(newer.to_json()) == newer


def test_dead_lane_stays_on_the_roll_until_it_is_buried(redis_url: str, redis_client: Redis):
    board = Board(connect(redis_url, timeout_s=5.0).records)
    redis_client.sadd(LANES_KEY, "alive", "dead")
    redis_client.set(LANE_KEY + "alive", lane("alive").to_json())
    assert board.roll() == {"alive": lane("alive"), "dead": None}
    assert board.lanes() == [lane("alive")]
    board.bury("dead")
    assert list(board.roll()) == ["alive"]


def test_offer_is_looked_up_again_after_a_while(redis_url: str, redis_client: Redis):
    board = Board(connect(redis_url, timeout_s=5.0).records)
    patient = Availability(board, catalog_of(card("one")), keep_s=60)
    hasty = Availability(board, catalog_of(card("one")), keep_s=0)
    assert patient.reasons() == hasty.reasons() == {"one": ""}
    redis_client.sadd(LANES_KEY, "a")
    redis_client.set(LANE_KEY + "a", lane(models={"one": "no"}).to_json())
    assert hasty.reasons() == {"one": "no"}
    assert patient.reasons() == {"one": ""}


def test_model_of_a_lane_that_died_a_moment_ago_is_not_refused(
    redis_url, redis_client, monkeypatch
):
    board = Board(connect(redis_url, timeout_s=5.0).records)
    seen = Availability(board, catalog_of(card("one", vram_mib=9_000)), keep_s=0)
    cpu, gpu = lane("c", title="cpu0", vram_mib=0), lane("g", title="gpu0", vram_mib=10_000)
    gpu = replace(gpu, models={"one": ""})

    def say(*words: LaneState) -> None:
        redis_client.delete(LANE_KEY + "c", LANE_KEY + "g", LANE_KEY + "h")
        for word in words:
            redis_client.sadd(LANES_KEY, word.name)
            redis_client.set(LANE_KEY + word.name, word.to_json())

    say(cpu, gpu)
    assert seen.reasons() == {"one": ""}
    say(cpu)
    assert seen.reasons() == {"one": ""}
    assert [word.name for word in seen.offer().lanes] == ["c"]
    say(
        cpu, replace(gpu, name="h", models={"one": "its weights are missing"})
    )  # it is back, and says so
    assert seen.reasons() == {"one": "its weights are missing"}
    say(cpu, gpu)
    assert seen.reasons() == {"one": ""}
    say(cpu)
    monkeypatch.setattr(availability, "MISSED_S", 0.0)
    assert "there is no GPU here" in seen.reasons()["one"]


# What a lane says


@pytest.fixture
def house(tmp_path: Path, plugin: Path) -> Iterator[House]:
    (tmp_path / "house").mkdir()
    house = House(tmp_path / "house", plugin_dir=plugin)
    try:
        house.start("ai_worker.py")
        house.open()
        yield house
    finally:
        house.end()


def test_lane_tells_what_it_can_run_what_it_has_loaded_and_how_often(house: House, plugin: Path):
    catalog = Catalog.discover([plugin])
    tally = Tally(house.redis)
    first = until(lambda: (word := house.board.lanes()[0]).loaded and word, 20, "a loaded model")
    reasons = offer(catalog, house.board.lanes()).reasons
    assert reasons["absent"] == "not installed here: no_such_library"
    assert first.vram_mib == 0
    assert reasons["large"] == NOBODY or "9,000 MiB" in reasons["large"]  # there is no GPU lane
    assert reasons["rehearsal"] == reasons["awaiting"] == ""
    assert first.models["large"] == FOR_A_GPU
    assert tally.read(()).models[(first.loaded[0], "loads")] == 1
    house.ended(house.submit())
    until(lambda: house.board.lanes()[0].loaded == ("rehearsal",), 10, "another model")
    loads = until(lambda: tally.read(()).models.get(("rehearsal", "loads")), 10, "it is counted")
    assert loads == 1
    assert tally.read(()).models[(first.loaded[0], "evictions")] == 1


def test_busy_lane_goes_on_telling_what_it_can_run(house: House):
    job = house.submit(sleep_s=5)
    house.running(job)
    time.sleep(2.5)  # a beat
    word = house.board.lanes()[0]
    assert word.job_id == job
    assert word.models["rehearsal"] == ""
    assert [(one.state, one.weights) for one in word.residents] == [("busy", "rehearsal")]
    assert word.residents[0].pid in house.pids("runner")
