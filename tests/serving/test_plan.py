"""What a free lane does next: tables of numbers, random days of work, and how much a decision costs."""

from __future__ import annotations

import sys
from collections import deque
from dataclasses import dataclass, field, replace
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serving.worker.residency import plan as planning
from serving.worker.residency.plan import Candidate, Idle, Resident, Rules, Take, Wait, plan

FIFO = Rules()
AFFINE = Rules(affinity_window_s=30)
FAIR = Rules("fair", fair_window_s=600)


def job(name: str, weights: str, price_mib: int, since_s: float = 0, who: str = "") -> Candidate:
    return Candidate(name, weights, weights, price_mib, since_s, who)


def gpu(total_mib: int, free_mib: int | None = None) -> planning.Memory:
    return planning.Memory(
        total_mib, total_mib if free_mib is None else free_mib, reserve_mib=1_000
    )


def idle(weights: str, price_mib: int, used_at_s: float = 0) -> Resident:
    return Resident(weights, price_mib, used_at_s)


def busy(weights: str, price_mib: int) -> Resident:
    return Resident(weights, price_mib, 0, is_busy=True)


# name: price of the new model, residents, memory, and who leaves; None = wait
ROOM: dict[str, tuple[int, list[Resident], planning.Memory, tuple[str, ...] | None]] = {
    "an empty GPU": (9_000, [], gpu(24_000), ()),
    "exactly what is left": (14_000, [idle("a", 9_000)], gpu(24_000, 15_000), ()),
    "one MiB more than is left": (14_001, [idle("a", 9_000)], gpu(24_000, 15_000), ("a",)),
    "the longest unused leaves": (9_000, [idle("a", 9_000, 50), idle("b", 9_000, 10)], gpu(24_000, 6_000), ("b",)),
    "as many as needed":
        (9_500, [idle("a", 7_000, 3), idle("b", 7_000, 2), idle("c", 2_000, 1)], gpu(24_000, 3_000), ("c", "b")),
    "a small one stays that need not leave":
        (12_000, [idle("small", 2_000, 1), idle("large", 14_000, 2)], gpu(24_000, 8_000), ("large",)),
    "a busy one never leaves": (9_000, [busy("a", 9_000), idle("b", 9_000, 99)], gpu(24_000, 6_000), ("b",)),
    "nobody idle": (9_000, [busy("a", 9_000), busy("b", 9_000)], gpu(24_000, 6_000), None),
    "nobody leaves in vain": (15_000, [busy("a", 9_000), idle("b", 9_000)], gpu(24_000, 6_000), None),
    "a stranger has the memory": (9_000, [], gpu(24_000, 9_999), None),
    "a resident has not taken its price yet": (9_000, [idle("a", 16_000)], gpu(24_000, 20_000), ("a",)),
    "a killed one's memory is not back": (20_000, [idle("a", 2_000)], gpu(24_000, 4_000), None),
    "a price of nothing, on a full GPU": (0, [], gpu(24_000, 0), ()),
}  # fmt: skip


@pytest.mark.parametrize("name", ROOM)
def test_room_for_a_new_model(name: str) -> None:
    price_mib, residents, memory, leaving = ROOM[name]
    step = plan([job("j", "new", price_mib)], residents, memory, FIFO, now_s=5)
    if leaving is None:
        assert isinstance(step, Wait) and step.short_mib > 0
        assert "more than idle models could make room for" in step.reason
    else:
        assert step == Take(job("j", "new", price_mib), leaving)


def test_a_resident_is_free_to_use_whatever_strangers_take() -> None:
    step = plan([job("j", "a", 9_000)], [idle("a", 9_000)], gpu(24_000, 100), FIFO, now_s=5)
    assert isinstance(step, Take) and step.evict == ()


def test_a_resident_with_larger_parameters_needs_the_difference() -> None:
    residents = [idle("a", 9_000), idle("b", 9_000)]
    for price_mib, leaving in (14_000, ()), (14_500, ("b",)):
        step = plan([job("j", "a", price_mib)], residents, gpu(24_000, 6_000), FIFO, now_s=5)
        assert isinstance(step, Take) and step.evict == leaving


def test_weights_that_are_busy_are_waited_for() -> None:
    step = plan([job("j", "a", 100)], [busy("a", 9_000)], gpu(24_000), FIFO, now_s=5)
    assert isinstance(step, Wait) and step.reason == "a is busy"


def test_what_can_never_fit_is_left_to_a_larger_gpu() -> None:
    large, small = job("1", "large", 23_001), job("2", "small", 23_000, since_s=1)
    assert plan([large, small], [], gpu(24_000), FIFO, now_s=99) == Take(small)
    assert plan([large], [], gpu(24_000), FIFO, now_s=99) == Idle()
    assert plan([], [], gpu(24_000), FIFO, now_s=99) == Idle()


def test_fifo_is_the_oldest_and_then_the_smallest_id() -> None:
    jobs = [job("c", "a", 1, since_s=2), job("b", "b", 1, since_s=1), job("a", "c", 1, since_s=1)]
    step = plan(jobs, [idle("a", 1)], gpu(24_000), FIFO, now_s=1)
    assert isinstance(step, Take) and step.candidate.job_id == "a" and not step.is_pass


@pytest.mark.parametrize(("now_s", "spent_s", "taken"), [
    (29.9, None, "young"), (30, None, "old"),   # without Passes, the age decides
    (9_999, -1, "young"), (9_999, 0, "old"),    # with Passes, what was noted
])  # fmt: skip
def test_resident_weights_go_first_within_the_window(
    now_s: float, spent_s: Any, taken: str
) -> None:
    jobs = [job("old", "new", 9_000), job("young", "a", 9_000, since_s=20)]
    step = plan(jobs, [idle("a", 9_000)], gpu(24_000), AFFINE, now_s=now_s, spent_s=spent_s)
    assert isinstance(step, Take) and step.candidate.job_id == taken
    assert step.is_pass == (taken == "young")


def test_a_job_is_left_to_an_idle_lane_that_holds_its_weights_for_the_window_only() -> None:
    waiting = job("j", "a", 9_000, since_s=100)
    step = plan([waiting], [], gpu(24_000), AFFINE, now_s=101, elsewhere={"a"})
    assert step == Idle(look_at_s=130)
    assert plan([waiting], [], gpu(24_000), AFFINE, now_s=130, elsewhere={"a"}) == Take(waiting)
    assert plan([waiting], [], gpu(24_000), FIFO, now_s=101, elsewhere={"a"}) == Take(waiting)
    younger = job("k", "b", 9_000, since_s=101)
    step = plan([waiting, younger], [], gpu(24_000), AFFINE, now_s=101, elsewhere={"a"})
    assert step == Take(younger, is_pass=True)


def test_passes_tell_what_went_first_a_window_ago() -> None:
    passes = planning.Passes(30)
    passes.note(Take(job("a", "a", 1, since_s=50), is_pass=True), now_s=100)
    passes.note(Take(job("b", "b", 1, since_s=40), is_pass=True), now_s=110)
    passes.note(Take(job("c", "c", 1, since_s=99)), now_s=111)
    assert [passes.spent_s(now_s) for now_s in (129, 130, 999)] == [float("-inf"), 50, 50]


def test_a_large_job_that_waits_for_memory_holds_younger_ones_up_for_a_while() -> None:
    jobs = [job("large", "large", 20_000), job("small", "small", 2_000, since_s=1)]

    def step(now_s: float, free_mib: int, blocked_since_s: float | None) -> Any:
        memory = gpu(24_000, free_mib)
        return plan(jobs, [], memory, FIFO, now_s=now_s, blocked_since_s=blocked_since_s)

    first = step(1_000, 5_000, None)
    assert isinstance(first, Wait) and first.blocked_since_s == 1_000
    assert isinstance(step(1_029, 5_000, first.blocked_since_s), Wait)
    later = step(1_030, 5_000, first.blocked_since_s)
    assert later == Take(jobs[1], blocked_since_s=1_000)  # and goes on without a new wait
    assert step(1_050, 5_000, later.blocked_since_s) == later
    assert step(1_060, 24_000, later.blocked_since_s) == Take(jobs[0])  # its turn still; forgotten
    assert isinstance(step(1_060, 2_500, 0), Wait)  # no room for either


def test_fair_prefers_the_least_served_client_until_the_oldest_has_waited_long() -> None:
    jobs = [job("a1", "a", 1, 0, "busy"), job("b1", "b", 1, 5, "new"), job("c1", "c", 1, 3, "too")]
    served_s = {"busy": 100.0}

    def taken(now_s: float, rules: Rules = FAIR) -> str:
        step = plan(jobs, [idle("a", 1)], gpu(24_000), rules, now_s=now_s, service_s=served_s)
        assert isinstance(step, Take)
        return step.candidate.job_id

    assert taken(599) == "c1"
    assert taken(600) == "a1"
    assert taken(599, replace(FAIR, affinity_window_s=99)) == "c1"
    # Resident, and hardly more served.
    assert taken(599, replace(FAIR, affinity_window_s=100)) == "a1"


def test_idle_models_expire_the_longest_unused_first() -> None:
    residents = [idle("a", 1, 50), idle("b", 1, 40), idle("c", 1, 51), busy("d", 1)]
    assert planning.expired(residents, 150, 100) == ("b", "a")
    assert planning.expired(residents, 1e9, -1) == ()
    assert planning.expired(residents, 51, 0) == ("b", "a", "c")


def test_a_measured_price_replaces_the_declared_one_and_never_falls() -> None:
    prices = planning.Prices()
    assert prices.price_mib("a", "n=8", 9_000) == 9_000
    prices.learn("a", "n=8", 0)
    assert prices.price_mib("a", "n=8", 9_000) == 9_000
    prices.learn("a", "n=8", 7_000)
    prices.learn("a", "n=8", 6_000)
    assert prices.price_mib("a", "n=8", 9_000) == 7_000
    assert prices.price_mib("a", "n=16", 9_000) == 9_000
    assert prices.price_mib("b", "n=8", 9_000) == 9_000


def test_like_parameters_have_one_signature() -> None:
    assert planning.signature({"b": 1_024, "a": "fast", "c": True}) == "a=fast,b=1024,c=True"
    assert (
        planning.signature({"faces": 1_025})
        == planning.signature({"faces": 2_048.0})
        == "faces=2048"
    )
    assert planning.signature({"x": -3, "y": 0, "z": 0.3}) == "x=-4,y=0,z=1"


# A small event loop over plan(): lanes that load, run, evict and wait, on GPUs that strangers use too.


@dataclass(eq=False)
class Gpu:
    total_mib: int
    stranger_mib: int  # until Day.stranger_leaves_s
    recovery_s: int
    residents: dict[str, Resident] = field(default_factory=dict)
    ghosts: list[tuple[float, int]] = field(default_factory=list)  # killed, not yet given back
    blocked_since_s: float | None = None
    free_at_s: float = 0


@dataclass(frozen=True)
class Arrival:
    at_s: int
    weights: str
    run_s: int
    client: str


@dataclass
class Day:
    """Second by second. Raises AssertionError where a promise is broken."""

    gpus: list[Gpu]
    prices: dict[str, int]
    arrivals: list[Arrival]
    rules: Rules
    stranger_leaves_s: int
    reserve_mib: int = 1
    waiting: dict[Any, deque[Candidate]] = field(default_factory=dict)
    first_passed_s: dict[str, float] = field(default_factory=dict)
    served_s: dict[str, float] = field(default_factory=dict)
    since_s: dict[str, float] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.passes = planning.Passes(self.rules.affinity_window_s)
        self.run_s: dict[str, int] = {}

    def run(self) -> None:
        coming = deque(sorted(self.arrivals, key=lambda one: one.at_s))
        largest_mib = max(gpu.total_mib for gpu in self.gpus) - self.reserve_mib
        expected = sum(self.prices[one.weights] <= largest_mib for one in coming)
        work_s = sum(one.run_s + self.rules.memory_wait_s + 20 for one in coming)
        end_s, now_s = 100 + self.stranger_leaves_s + work_s, 0
        while len(self.done) < expected:
            assert now_s <= end_s, "jobs are left"
            while coming and coming[0].at_s <= now_s:
                self._arrive(coming.popleft(), largest_mib)
            for gpu in self.gpus:
                if gpu.free_at_s <= now_s:
                    self._decide(gpu, now_s)
            now_s += 1

    def _arrive(self, one: Arrival, largest_mib: int) -> None:
        price_mib = self.prices[one.weights]
        if price_mib > largest_mib:
            return  # refused at submit
        job_id = f"{len(self.run_s):04}"
        self.run_s[job_id] = one.run_s
        candidate = Candidate(job_id, one.weights, one.weights, price_mib, one.at_s, one.client)
        self.waiting.setdefault(self._line(candidate), deque()).append(candidate)

    def _line(self, candidate: Candidate) -> Any:
        is_fair = self.rules.queue_policy == "fair"
        return (candidate.client, candidate.queue) if is_fair else candidate.queue

    def _heads(self) -> list[Candidate]:
        heads = [line[0] for line in self.waiting.values() if line]
        return [one._replace(since_s=self.since_s.get(one.job_id, one.since_s)) for one in heads]

    def _memory(self, gpu: Gpu, now_s: float) -> planning.Memory:
        taken_mib = sum(one.price_mib for one in gpu.residents.values())
        taken_mib += sum(mib for back_s, mib in gpu.ghosts if back_s > now_s)
        taken_mib += gpu.stranger_mib if now_s < self.stranger_leaves_s else 0
        return planning.Memory(gpu.total_mib, gpu.total_mib - taken_mib, self.reserve_mib)

    def _decide(self, gpu: Gpu, now_s: float) -> None:
        step = self._plan(gpu, now_s)
        gpu.blocked_since_s = step.blocked_since_s
        if not isinstance(step, Take):
            return
        self._check_order(gpu, step, now_s)
        for name in step.evict:
            gpu.ghosts.append((now_s + gpu.recovery_s, gpu.residents.pop(name).price_mib))
        held = gpu.residents.get(step.candidate.weights)
        need_mib = step.candidate.price_mib if held is None else 0
        memory = self._memory(gpu, now_s)
        if need_mib > max(0, memory.free_mib - self.reserve_mib):
            assert step.evict, "taken without room"
            return  # the memory is not back yet: plan again
        self._start(gpu, step, now_s)

    def _plan(self, gpu: Gpu, now_s: float) -> Any:
        others = [one for one in self.gpus if one is not gpu and one.free_at_s <= now_s]
        elsewhere = {name for other in others for name in other.residents}
        residents, memory = list(gpu.residents.values()), self._memory(gpu, now_s)
        lane = {"elsewhere": elsewhere, "blocked_since_s": gpu.blocked_since_s}
        shared = {"spent_s": self.passes.spent_s(now_s), "service_s": self.served_s}
        return plan(self._heads(), residents, memory, self.rules, now_s=now_s, **lane, **shared)

    def _check_order(self, gpu: Gpu, step: Take, now_s: float) -> None:
        taken = step.candidate
        rules = self.rules
        for one in self._passed_over(gpu, taken, now_s):
            if rules.queue_policy == "fair":
                assert now_s - one.since_s < max(rules.fair_window_s, rules.affinity_window_s)
                continue
            assert rules.affinity_window_s > 0, "fifo is exact"
            first_s = self.first_passed_s.setdefault(one.job_id, now_s)
            assert now_s - first_s < rules.affinity_window_s

    def _passed_over(self, gpu: Gpu, taken: Candidate, now_s: float) -> list[Candidate]:
        """Jobs older than the taken one that this GPU has room for now, also those behind in their queues."""
        memory = self._memory(gpu, now_s)
        idle_mib = sum(one.price_mib for one in gpu.residents.values())
        room_mib = min(memory.free_mib + idle_mib, gpu.total_mib) - self.reserve_mib
        is_fair = self.rules.queue_policy == "fair"
        jobs = self._heads() if is_fair else [one for line in self.waiting.values() for one in line]
        age = taken.since_s, taken.job_id
        older = [one for one in jobs if (one.since_s, one.job_id) < age]
        return [one for one in older if one.weights in gpu.residents or one.price_mib <= room_mib]

    def _start(self, gpu: Gpu, step: Take, now_s: float) -> None:
        one = step.candidate
        self.passes.note(step, now_s)
        line = self.waiting[self._line(one)]
        assert line.popleft().job_id == one.job_id
        if line and self.rules.queue_policy == "fair":
            self.since_s[line[0].job_id] = max(line[0].since_s, now_s)
        run_s = self.run_s[one.job_id]
        gpu.free_at_s = now_s + run_s
        gpu.residents[one.weights] = Resident(one.weights, one.price_mib, gpu.free_at_s)
        prices_mib = sum(each.price_mib for each in gpu.residents.values())
        assert prices_mib <= gpu.total_mib - self.reserve_mib, "over budget"
        self.served_s[one.client] = self.served_s.get(one.client, 0) + run_s
        self.done.append(one.job_id)


WEIGHTS = "abc"
pick = st.sampled_from
gpus = st.builds(
    Gpu, total_mib=pick([5, 9, 17]), stranger_mib=pick([0, 0, 0, 2, 6, 12]), recovery_s=pick([0, 0, 2])
)  # fmt: skip
arrivals = st.builds(
    Arrival, at_s=st.integers(0, 30), weights=pick(WEIGHTS), run_s=st.integers(1, 12), client=pick("xyz")
)  # fmt: skip
rules = st.builds(
    Rules,
    queue_policy=pick(["fifo", "fair"]),
    affinity_window_s=pick([0, 4, 12]),
    fair_window_s=pick([0, 8, 30]),
    memory_wait_s=pick([4, 10]),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(gpus, min_size=1, max_size=3),
    st.fixed_dictionaries({name: st.integers(0, 16) for name in WEIGHTS}),
    st.lists(arrivals, min_size=12, max_size=40),
    rules,
    st.integers(0, 120),
)
def test_any_day_ends_within_budget_and_bound(
    gpus: list[Gpu], prices: dict[str, int], arrivals: list[Arrival], rules: Rules, leaves_s: int
) -> None:
    Day(gpus, prices, arrivals, rules, leaves_s).run()


def _steps(candidates: list[Candidate], rules: Rules) -> int:
    """Lines of the module that one decision with 64 residents runs."""
    residents = [idle(f"w{n}", 1_000, n) for n in range(64)]
    lines = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal lines
        if frame.f_code.co_filename != planning.__file__:
            return None
        lines += event == "line"
        return trace

    memory, before = gpu(90_000, 9_000), sys.gettrace()
    sys.settrace(trace)
    try:
        plan(candidates, residents, memory, rules, now_s=10_000)
    finally:
        sys.settrace(before)
    return lines


@pytest.mark.parametrize(
    "rules", [FIFO, Rules(affinity_window_s=1e6), Rules("fair", 1e6, 1e6)], ids=str
)
def test_a_decision_takes_few_steps_with_64_residents_and_10_000_waiting_jobs(rules: Rules) -> None:
    queues = [job(f"j{n}", f"w{n * 3}", 2_000 + n, n) for n in range(40)]
    # The jobs behind the oldest of each queue never come to plan().
    assert _steps(queues, rules) < 3_000
    # The worst that fair can meet: as many clients as jobs.
    jobs = [job(f"j{n}", f"w{n % 100}", 2_000 + n, n, f"c{n}") for n in range(10_000)]
    assert _steps(jobs, rules) < 30 * len(jobs)
