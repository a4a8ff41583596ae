"""Which models can run: the rule, what lanes find out and say, and what a pool learns of its runner."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from pipelines.catalog import Catalog, unmet
from pipelines.messages import Done, Failed, Run
from pipelines.spec import ModelCard, Params, Work
from serving.gpus import Gpus
from serving.jobs.availability import NOBODY, Availability, offer
from serving.jobs.board import LANE_KEY, LANES_KEY, Board, LaneState
from serving.jobs.connect import connect
from serving.jobs.tally import Tally
from serving.worker.residency import pool as pool_module
from serving.worker.residency.handle import RunnerDied
from serving.worker.residency.pool import Pool
from tests.serving.house import PLUGIN, House, until

MORE_MODELS = '''
"""Models that do not run here: one lacks a library, one cannot be loaded until a file is there."""
from pathlib import Path

from pipelines.errors import ModelLoadFailed
from pipelines.spec import ModelCard, Params


class NoOptions(Params):
    """Nothing."""


def card(model_id, **facts):
    return ModelCard(model_id, "rehearsal", "rehearsal", model_id, "an example", "MIT", ("json",), NoOptions, **facts)


CARDS = (card("absent", requires=("json", "no_such_library")), card("awaiting"), card("large", vram_mib=9000))


class Awaiting:
    def load(self, device):
        if not Path(MARKER).exists():
            raise ModelLoadFailed("its weights are missing; put them into weights/")


ADAPTER = Awaiting
'''


class NoOptions(Params):
    """Nothing may be set."""


def card(model_id: str, **facts: object) -> ModelCard:
    row = {"feature": "f", "family": "x", "weights": model_id, "outputs": ("glb",)}
    row |= {"summary": "", "licence": ""}
    return ModelCard(model_id=model_id, options=NoOptions, **{**row, **facts})  # type: ignore[arg-type]


def catalog_of(*cards: ModelCard) -> Catalog:
    return Catalog({}, {card.model_id: card for card in cards}, {})


def lane(name: str = "a", **said: object) -> LaneState:
    return LaneState(name, "host", 1, "cpu", "cpu", **said)  # type: ignore[arg-type]


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """A folder with the models above; the marker is `weights` in it."""
    (tmp_path / "adapters").mkdir()
    code = MORE_MODELS.replace("MARKER", repr(str(tmp_path / "weights")))
    (tmp_path / "adapters" / "more.py").write_text(code)
    for kind in ("features", "adapters"):
        (tmp_path / kind).mkdir(exist_ok=True)
        text = (PLUGIN / kind / "rehearsal.py").read_text()
        (tmp_path / kind / "rehearsal.py").write_text(text)
    return tmp_path


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


def test_loaded_is_what_a_lane_holds_and_can_run():
    ready, broken = card("ready"), card("broken")
    held = lane(models={"ready": "", "broken": "no"}, loaded=("ready", "broken"))
    found = offer(catalog_of(ready, broken), [held])
    assert found.holder(ready) == held
    assert found.holder(broken) is None


def test_best_model_comes_first_among_those_that_can_run():
    cards = catalog_of(card("small"), card("large", vram_mib=5), card("huge", vram_mib=9))
    found = offer(cards, [lane(models={"small": "", "large": "", "huge": "too small a GPU"})])
    assert [card.model_id for card in found.cards(cards, "f")] == ["large", "small"]


SIZES: dict[str, tuple[dict[str, int | None], str, bool]] = {
    # size of each lane's GPU -> the reason why a model of 9,000 MiB cannot run there, and whether it is too large
    "fits none": ({"a": 8_000, "b": 4_000}, "the largest GPU here has 8,000", True),
    "no GPU": ({"a": 0}, "there is no GPU here", False),
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
    assert LaneState.from_json(old) == LaneState("a", "h", 1, "cpu", "cpu")
    assert LaneState.from_json(new).loaded == ("w",)
    assert LaneState.from_json(LaneState.from_json(new).to_json()) == LaneState.from_json(new)


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


# What a pool learns of its runner


@pytest.fixture
def new_pool() -> Iterator[Callable[[Path], Pool]]:
    made: list[Pool] = []

    def make(plugin: Path) -> Pool:
        made.append(Pool("cpu", [plugin]))
        return made[-1]

    yield make
    for pool in made:
        pool.evict()


def run(pool: Pool, plugin: Path, out_dir: Path, model_id: str = "rehearsal", **params: object):
    """Run a job as a lane does. -> the answer"""
    catalog = Catalog.discover([plugin])
    runner = pool.lease(catalog.cards[model_id])
    out_dir.mkdir(exist_ok=True)
    runner.send(Run(Work("job", "rehearsal", model_id, {}, params, {}, out_dir)))
    while not isinstance(message := runner.receive(20.0), Done | Failed):
        assert message is not None
    pool.look()
    return message


def looked(pool: Pool, what: Callable[[], object]) -> None:
    until(lambda: (pool.look(), what())[1], 20, "the pool hears of it")


def test_model_counts_as_loaded_when_its_runner_says_so(new_pool, plugin: Path):
    pool = new_pool(plugin)
    assert (pool.loaded, pool.runner_pid) == ((), 0)
    pool.warm(Catalog.discover([plugin]).cards["rehearsal"])
    assert pool.loaded == ()
    looked(pool, lambda: pool.loaded == ("rehearsal",))
    assert pool.runner_pid > 0
    assert pool.events == {("rehearsal", "loads"): 1}


def test_model_that_leaves_for_another_is_counted_as_evicted(new_pool, plugin, tmp_path):
    pool = new_pool(plugin)
    run(pool, plugin, tmp_path / "out")
    run(pool, plugin, tmp_path / "out")
    run(pool, plugin, tmp_path / "out", "rehearsal_other")
    assert pool.loaded == ("rehearsal_other",)
    assert pool.events == {
        ("rehearsal", "loads"): 1,
        ("rehearsal", "evictions"): 1,
        ("rehearsal_other", "loads"): 1,
    }


def test_model_that_cannot_be_loaded_says_why_and_is_tried_again(
    new_pool, plugin: Path, monkeypatch: pytest.MonkeyPatch
):
    pool = new_pool(plugin)
    pool.warm(Catalog.discover([plugin]).cards["awaiting"])
    looked(pool, lambda: pool.load_failure)
    assert pool.load_failure == "its weights are missing; put them into weights/"
    assert (pool.warmed, pool.loaded) == ("awaiting", ())
    pool.look()
    assert pool.events == {("awaiting", "load_failures"): 1}  # not tried again at once
    (plugin / "weights").touch()
    monkeypatch.setattr(pool_module, "RETRY_LOAD_S", 0.0)
    looked(pool, lambda: pool.loaded)
    assert pool.load_failure == ""
    assert pool.events[("awaiting", "loads")] == 1


def test_model_that_is_loaded_does_not_leave_for_one_that_could_not_be(
    new_pool, plugin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    pool = new_pool(plugin)
    pool.warm(Catalog.discover([plugin]).cards["awaiting"])
    looked(pool, lambda: pool.load_failure)
    run(pool, plugin, tmp_path / "out")
    assert pool.load_failure
    monkeypatch.setattr(pool_module, "RETRY_LOAD_S", 0.0)
    pool.look()
    assert pool.loaded == ("rehearsal",)
    assert pool.load_failure == ""  # unknown again


@pytest.mark.parametrize("fault", ["memory", "killed"])
def test_runs_that_end_for_lack_of_memory_are_counted(new_pool, plugin, tmp_path, fault):
    pool = new_pool(plugin)
    try:
        assert isinstance(run(pool, plugin, tmp_path / "out", fault=fault), Failed)
    except RunnerDied:
        pool.evict()
    assert pool.events == {("rehearsal", "loads"): 1, ("rehearsal", "oom"): 1}


def test_idle_runner_that_dies_is_no_longer_loaded(new_pool, plugin, tmp_path):
    pool = new_pool(plugin)
    run(pool, plugin, tmp_path / "out")
    pool.lease(Catalog.discover([plugin]).cards["rehearsal"])._process.kill()
    looked(pool, lambda: not pool.loaded)
    assert pool.runner_pid == 0


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
    assert first.vram_mib == Gpus().largest_mib()
    assert reasons["large"] == NOBODY or "9,000 MiB" in reasons["large"]  # there is no GPU lane
    assert reasons["rehearsal"] == reasons["awaiting"] == ""
    assert "large" not in first.models
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
    assert word.runner_pid in house.pids("runner")
