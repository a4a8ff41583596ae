"""Placement over a day of traffic, simulated: what serving/worker/residency/plan.py decides, and what else could be.

    python benchmarks/placement.py [--quick]

The simulation calls that very plan() for every job, on fleets of 1 to 1,024 GPUs of 8, 24, 48 and 80 GiB. Beside it:
one model per GPU at a time, strict FIFO; and each job sent to a random GPU that can hold it. Every row of a table sees
the same jobs. Not simulated: strangers, leaks, crashes, slow recovery of memory, GPUs of unequal speed. An idle lane
that holds the weights hears of a new job first, unless affinity is off; that is what plan()'s `elsewhere` comes to.

Prices are published measurements on a 4090, of models behind the second API. Run times are near published figures
where there are any (TRELLIS 10 s a sample on an A100, before decoding and baking; TRELLIS.2 17 s at 1024^3 on an H100,
before export; PartField 10 s; UniRig 6 to 10 s for a skeleton; Hunyuan3D-2 17 to 120 s on an A100). Load times, shares
of features and the traffic are assumptions: no figures were found.
"""

from __future__ import annotations

import argparse
import heapq
import math
import random
import statistics
import sys
import time
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import harness

sys.path.insert(0, str(harness.ROOT))

from serving.worker.residency.plan import Candidate, Memory, Passes, Resident, Rules, Take, plan

DAY_S = 86_400.0
RESERVE_MIB = 1_024
LOAD = 0.5  # of all GPUs, if nothing had to be loaded
HALF_LIFE_S = 600.0  # of a client's service under fair


@dataclass(frozen=True)
class Model:
    """Weights: MiB, seconds to load, median seconds of a run."""

    price_mib: int
    load_s: float
    run_s: float


MODELS = {
    "trellis_image": Model(11_776, 25, 20),
    "trellis_text": Model(11_776, 30, 25),
    "trellis2": Model(23_552, 45, 35),
    "hunyuan_mini": Model(5_120, 15, 20),
    "hunyuan21_shape": Model(8_192, 30, 45),
    "hunyuan21_paint": Model(12_288, 35, 90),
    "partfield": Model(4_096, 10, 10),
    "unirig": Model(9_216, 25, 15),
    "skintokens": Model(15_360, 20, 12),
    "holopart": Model(10_240, 25, 60),
}
# The nine features: share of bursts, and which weights answer them how often.
FEATURES: dict[str, tuple[float, dict[str, float]]] = {
    "text_to_raw_mesh": (0.08, {"trellis_text": 1}),
    "text_to_textured_mesh": (0.12, {"trellis_text": 1}),
    "image_to_raw_mesh": (0.20, {"trellis_image": 0.5, "hunyuan_mini": 0.2, "hunyuan21_shape": 0.3}),
    "image_to_textured_mesh": (0.30, {"trellis_image": 0.5, "trellis2": 0.5}),
    "text_mesh_painting": (0.05, {"trellis_text": 1}),
    "image_mesh_painting": (0.07, {"trellis_image": 0.4, "hunyuan21_paint": 0.3, "trellis2": 0.3}),
    "mesh_segmentation": (0.07, {"partfield": 1}),
    "auto_rig": (0.08, {"unirig": 0.6, "skintokens": 0.4}),
    "part_completion": (0.03, {"holopart": 1}),
}  # fmt: skip


@dataclass(frozen=True)
class Fleet:
    """GPUs by GiB, how many clients they have, and how long is simulated: a whole day, squeezed where it is short."""

    gpus: Mapping[int, int]
    clients: int
    span_s: float

    @property
    def size(self) -> int:
        return sum(self.gpus.values())


FLEETS = (
    Fleet({24: 1}, 12, DAY_S),
    Fleet({8: 1, 24: 4, 48: 2, 80: 1}, 60, DAY_S),
    Fleet({8: 8, 24: 28, 48: 18, 80: 10}, 300, DAY_S / 4),
    Fleet({8: 128, 24: 448, 48: 288, 80: 160}, 3_000, DAY_S / 48),
)


@dataclass(frozen=True)
class Variant:
    """A row of a table."""

    name: str
    rules: Rules
    keeps_one: bool = False  # one model per GPU at a time
    notes_passes: bool = True
    is_random: bool = False  # a job is bound to a random GPU when it comes


VARIANTS = (
    Variant("one model per GPU, fifo", Rules(), keeps_one=True),
    Variant("random GPU", Rules(), is_random=True),
    Variant("fifo, affinity 0", Rules()),
    Variant("fifo, affinity 15 s", Rules(affinity_window_s=15)),
    Variant("fifo, affinity 120 s", Rules(affinity_window_s=120)),
    Variant("fifo, affinity 600 s", Rules(affinity_window_s=600)),
    Variant("fifo, 120 s by age", Rules(affinity_window_s=120), notes_passes=False),
    Variant("fair, affinity 0", Rules("fair")),
    Variant("fair, affinity 120 s", Rules("fair", affinity_window_s=120)),
)


Job = tuple[Candidate, float]  # and the seconds of its run


def traffic(fleet: Fleet, seed: int) -> list[Job]:
    """A day of bursts in order of arrival: heavy-tailed clients, long bursts of one feature, busy and quiet hours."""
    rng = random.Random(seed)
    clients = [f"client-{number}" for number in range(fleet.clients)]
    activity = [rng.paretovariate(1.2) for _ in clients]
    features, shares = list(FEATURES), [share for share, _ in FEATURES.values()]
    rows: list[tuple[float, str, str, float]] = []
    left_s = LOAD * fleet.size * fleet.span_s
    while left_s > 0:
        client, at_s = rng.choices(clients, activity)[0], _moment(rng, fleet.span_s)
        feature = rng.choices(features, shares)[0]
        for _ in range(min(40, int(rng.paretovariate(1.3)))):
            by_weights = FEATURES[feature][1]
            weights = rng.choices(list(by_weights), list(by_weights.values()))[0]
            run_s = MODELS[weights].run_s * rng.lognormvariate(0, 0.35)
            rows.append((at_s, client, weights, run_s))
            left_s -= run_s
            at_s += rng.expovariate(1 / 5)
            if rng.random() < 0.2:
                feature = rng.choices(features, shares)[0]
    rows.sort()
    jobs = []
    for number, (at_s, client, weights, run_s) in enumerate(rows):
        price_mib = MODELS[weights].price_mib
        candidate = Candidate(f"{number:07}", weights, weights, price_mib, at_s, client)
        jobs.append((candidate, run_s))
    return jobs


def _moment(rng: random.Random, span_s: float) -> float:
    """A time of the day; noon sees six times the traffic of midnight."""
    while True:
        at_s = rng.uniform(0, span_s)
        if rng.random() * 1.7 < 1 - 0.7 * math.cos(2 * math.pi * at_s / span_s):
            return at_s


class Service(dict[str, float]):
    """Seconds of GPU by client, halved every HALF_LIFE_S. Kept as if from the start, so that none need be touched."""

    growth = 1.0  # since the start; what was then is worth one part of it

    def get(self, client: str, default: float = 0.0) -> float:  # type: ignore[override]
        return float(super().get(client, default)) / self.growth


@dataclass(eq=False)
class Lane:
    """One GPU: what it holds, and when that was last used."""

    number: int
    total_mib: int
    used_at_s: dict[str, float] = field(default_factory=dict)
    is_idle: bool = True


# What is known of a run: client, seconds from submit to start, seconds to load (0: it was there), seconds of the run.
Run = tuple[str, float, float, float]


class Day:
    """One variant over one day. An event is an arrival or the end of a run; each needs one decision at most.

    Jobs wait in lines: of a queue under fifo, of a client and queue under fair, of a lane where lanes are drawn.
    """

    def __init__(self, fleet: Fleet, jobs: list[Job], variant: Variant) -> None:
        self.variant, self.jobs = variant, jobs
        self.runs: list[Run] = []
        self.ended_s = 0.0
        self.service, self.rng = Service(), random.Random(1)
        self.passes = Passes(variant.rules.affinity_window_s)
        self.waiting: dict[str, deque[Job]] = defaultdict(deque)
        self.heads: dict[str, Candidate] = {}
        sizes = [gib * 1024 for gib, count in fleet.gpus.items() for _ in range(count)]
        self.lanes = [Lane(number, size) for number, size in enumerate(sizes)]
        self.idle = {
            size: [lane for lane in self.lanes if lane.total_mib == size] for size in sizes
        }
        self.holders: dict[str, list[Lane]] = {weights: [] for weights in MODELS}
        self.fitting = {
            weights: [one for one in self.lanes if one.total_mib - RESERVE_MIB >= model.price_mib]
            for weights, model in MODELS.items()
        }
        self.ends: list[tuple[float, int]] = []

    def run(self) -> Day:
        for job in self.jobs:
            self._until(job[0].since_s)
            self._arrive(job)
        self._until(math.inf)
        if len(self.runs) != len(self.jobs):
            raise RuntimeError("jobs were left")
        return self

    def _until(self, at_s: float) -> None:
        while self.ends and self.ends[0][0] <= at_s:
            self.ended_s, number = heapq.heappop(self.ends)
            self._set_idle(self.lanes[number], True)
            self._decide(self.lanes[number], self.ended_s)

    def _arrive(self, job: Job) -> None:
        candidate = job[0]
        if self.variant.is_random:
            drawn = self.rng.choice(self.fitting[candidate.weights])
            line, lane = f"lane {drawn.number}", drawn if drawn.is_idle else None
        else:
            line, lane = self._line(candidate), self._idle_for(candidate)
        self.waiting[line].append(job)
        self.heads.setdefault(line, candidate)
        if lane is not None:
            self._decide(lane, candidate.since_s)

    def _line(self, candidate: Candidate) -> str:
        is_fair = self.variant.rules.queue_policy == "fair"
        return f"{candidate.client} {candidate.queue}" if is_fair else candidate.queue

    def _idle_for(self, candidate: Candidate) -> Lane | None:
        holders = self.holders[candidate.weights]
        if self.variant.rules.affinity_window_s > 0 and holders:
            return self.rng.choice(holders)
        least_mib = candidate.price_mib + RESERVE_MIB
        idle = [lanes for size, lanes in self.idle.items() if size >= least_mib and lanes]
        if not idle:
            return None
        return self.rng.choice(self.rng.choices(idle, [len(lanes) for lanes in idle])[0])

    def _decide(self, lane: Lane, now_s: float) -> None:
        heads = self.heads
        if self.variant.is_random:
            heads = {line: heads[line] for line in (f"lane {lane.number}",) if line in heads}
        self.service.growth = math.exp2(now_s / HALF_LIFE_S)
        step = self._plan(lane, list(heads.values()), now_s)
        if step is None:
            return
        self._set_idle(lane, False)
        self.passes.note(step, now_s)
        weights = step.candidate.weights
        for name in set(lane.used_at_s) - {weights} if self.variant.keeps_one else step.evict:
            del lane.used_at_s[name]
        line = f"lane {lane.number}" if self.variant.is_random else self._line(step.candidate)
        self._start(lane, self._dequeue(line, now_s), now_s)

    def _plan(self, lane: Lane, candidates: list[Candidate], now_s: float) -> Take | None:
        held = lane.used_at_s.items()
        residents = [Resident(name, MODELS[name].price_mib, used_at_s) for name, used_at_s in held]
        free_mib = lane.total_mib - sum(one.price_mib for one in residents)
        memory, rules = Memory(lane.total_mib, free_mib, RESERVE_MIB), self.variant.rules
        spent_s = self.passes.spent_s(now_s) if self.variant.notes_passes else None
        step = plan(
            candidates,
            residents,
            memory,
            rules,
            now_s=now_s,
            spent_s=spent_s,
            service_s=self.service,
        )
        return step if isinstance(step, Take) else None

    def _dequeue(self, line: str, now_s: float) -> Job:
        job = self.waiting[line].popleft()
        del self.heads[line]
        if self.waiting[line]:
            head = self.waiting[line][0][0]
            if self.variant.rules.queue_policy == "fair":  # its turn with its client begins now
                head = head._replace(since_s=max(head.since_s, now_s))
            self.heads[line] = head
        return job

    def _start(self, lane: Lane, job: Job, now_s: float) -> None:
        candidate, run_s = job
        weights, client = candidate.weights, candidate.client
        load_s = 0.0 if weights in lane.used_at_s else MODELS[weights].load_s
        lane.used_at_s[weights] = now_s + load_s + run_s
        served_s = self.service.get(client) + load_s + run_s
        self.service[client] = served_s * self.service.growth
        self.runs.append((client, now_s + load_s - candidate.since_s, load_s, run_s))
        heapq.heappush(self.ends, (now_s + load_s + run_s, lane.number))

    def _set_idle(self, lane: Lane, is_idle: bool) -> None:
        lane.is_idle = is_idle
        for lanes in (self.idle[lane.total_mib], *(self.holders[held] for held in lane.used_at_s)):
            if is_idle:
                lanes.append(lane)
            else:
                lanes.remove(lane)


def jain(values: list[float]) -> float:
    """1 when all are equal, 1/n when one has everything."""
    return sum(values) ** 2 / (len(values) * sum(value * value for value in values))


def p(values: Sequence[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


HEAD = "policy,run %,load %,loads/job,wait p50,p99 s,light p99,Jain wait,Jain slowdown".split(",")


def row(day: Day) -> list[object]:
    """Shares of all GPUs' time, waits from submit to start, and how equal the clients' means of wait and slowdown are.

    Light: the half of the clients that sent least.
    """
    total_s = len(day.lanes) * day.ended_s
    by_client: dict[str, list[Run]] = defaultdict(list)
    for run in day.runs:
        by_client[run[0]].append(run)
    clients = by_client.values()
    median = statistics.median(map(len, clients))
    light = [run[1] for runs in clients if len(runs) <= median for run in runs]
    waits = [statistics.fmean(wait for _, wait, _, _ in runs) for runs in clients]
    slow = [statistics.fmean(1 + wait / run for _, wait, _, run in runs) for runs in clients]
    _, all_waits, loads, ran = zip(*day.runs, strict=True)
    shares = f"{100 * sum(ran) / total_s:.1f}", f"{100 * sum(loads) / total_s:.1f}"
    often = f"{sum(load > 0 for load in loads) / len(loads):.3f}"
    tails = f"{p(all_waits, 50):,.1f}", f"{p(all_waits, 99):,.0f}", f"{p(light, 99):,.0f}"
    return [day.variant.name, *shares, often, *tails, f"{jain(waits):.2f}", f"{jain(slow):.2f}"]


def simulate(fleet: Fleet) -> None:
    jobs = traffic(fleet, seed=fleet.size)
    mixture = ", ".join(f"{count} x {gib} GiB" for gib, count in fleet.gpus.items())
    traffic_of = f"{fleet.clients:,} clients, {len(jobs):,} jobs in {fleet.span_s / 3600:g} h"
    rows = [row(Day(fleet, jobs, variant).run()) for variant in VARIANTS]
    harness.table(f"{fleet.size:,} GPU ({mixture}); {traffic_of}", HEAD, rows)


def decision_cost(rounds: int) -> None:
    """What one plan() takes with 64 residents, and candidates of 10,000 jobs in 40 queues."""
    rng = random.Random(2)
    residents = [Resident(f"w{n}", 1_000, n) for n in range(8, 72)]
    memory = Memory(81_920, 8_000, RESERVE_MIB)
    rows = []
    several = Rules(), Rules(affinity_window_s=600), Rules("fair"), Rules("fair", 60)
    for rules, clients in (*((rules, 400) for rules in several), (several[-1], 10_000)):
        candidates = _heads(rng, clients, rules)
        service_s = {one.client: rng.random() * 600 for one in candidates}
        took_us = []
        for _ in range(rounds):
            began_s = time.perf_counter()
            plan(candidates, residents, memory, rules, now_s=500.0, service_s=service_s)
            took_us.append((time.perf_counter() - began_s) * 1e6)
        name = f"{rules.queue_policy}, affinity {rules.affinity_window_s:g} s"
        costs = f"{p(took_us, 50):,.0f}", f"{p(took_us, 99):,.0f}"
        rows.append([name, f"{clients:,}", f"{len(candidates):,}", *costs])
    head = ["policy", "clients", "candidates", "median us", "p99 us"]
    harness.table("One decision: 64 residents, 10,000 waiting jobs", head, rows)


def _heads(rng: random.Random, clients: int, rules: Rules) -> list[Candidate]:
    """The candidates among 10,000 jobs; clients are heavy-tailed, or as many as jobs."""
    heads: dict[object, Candidate] = {}
    for n in range(10_000):
        client = n if clients == 10_000 else min(clients, int(rng.paretovariate(0.6)))
        queue = rng.randrange(40)
        price_mib = rng.randrange(1_000, 30_000)
        one = Candidate(f"j{n:05}", f"q{queue}", f"w{queue}", price_mib, n / 20, f"c{client}")
        heads.setdefault((client, queue) if rules.queue_policy == "fair" else queue, one)
    return list(heads.values())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="a tenth of the day, no 1,024 GPUs")
    args = parser.parse_args()
    decision_cost(200 if args.quick else 2_000)
    for fleet in FLEETS[:3] if args.quick else FLEETS:
        simulate(replace(fleet, span_s=fleet.span_s / 10) if args.quick else fleet)


if __name__ == "__main__":
    main()
