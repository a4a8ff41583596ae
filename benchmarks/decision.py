"""One decision of a lane: its look at the line in Redis, and what it makes of that. A table of gpu_lanes.py.

Ten thousand jobs wait, in a real Redis; 64 models are resident on one GPU. Not in it: what the GPU's driver takes to
say how much is free.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import harness

sys.path.insert(0, str(harness.ROOT))

from pipelines.spec import ModelCard, Params
from serving.gpus import Gpu
from serving.jobs.connect import Connections, QuickConnections, connect
from serving.jobs.line import Idler, Line, View
from serving.jobs.queues import Queues
from serving.jobs.record import JobRecord
from serving.jobs.store import JobStore
from serving.redis_server import redis_for
from serving.settings import Settings
from serving.worker.placement import Chosen, Placement
from serving.worker.residency.plan import Rules
from serving.worker.residency.pool import Pool

JOBS, QUEUES, CLIENTS, RESIDENTS = 10_000, 25, 1_000, 64
AT_HAND = 5  # of the queues wait for a resident
PRICE_MIB, GPU_MIB = 1_000, 81_920
ROUNDS = 100
POLICIES = (Rules(), Rules(affinity_window_s=30), Rules("fair", 30))
CARDS = [
    ModelCard(
        model_id=f"model_{number}",
        feature="timed",
        family="none",
        weights=f"model_{number}",
        summary="",
        licence="MIT",
        outputs=("json",),
        options=Params,
        vram_mib=PRICE_MIB,
    )
    for number in range(QUEUES)
]


class FullPool(Pool):
    """A pool whose residents are there in name alone: 64 processes would measure nothing more."""

    def __init__(self) -> None:
        super().__init__("cuda", (), keeps_many=True)
        names = [f"model_{number + QUEUES - AT_HAND}" for number in range(RESIDENTS)]
        self._residents: dict[str, Any] = {
            name: SimpleNamespace(
                weights=name,
                price_mib=PRICE_MIB,
                memory_mib=PRICE_MIB,
                peak_mib=PRICE_MIB,
                used_at_s=float(used),
                is_busy=False,
                is_loaded=True,
            )
            for used, name in enumerate(names)
        }


def decision_table() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="meshkiln-bench-") as folder,
        redis_for(Path(folder) / "data", None) as lease,
    ):
        redis = connect(lease.url, timeout_s=30, kind=QuickConnections)
        _fill(redis)
        rows = [_row(redis, rules) for rules in POLICIES]
    head = ("", "candidates", "look", "of it Redis", "plan", "both", "p95", "limit")
    waiting = f"{JOBS:,} waiting jobs of {CLIENTS:,} clients in {QUEUES} queues"
    title = f"One decision, median ms: {waiting}, {RESIDENTS} residents"
    harness.table(title, head, rows)


def _fill(redis: Connections) -> None:
    store = JobStore(redis.records, Settings(submits_per_minute=0))
    queues, now_s = Queues(redis.envelopes), time.time()
    for index in range(JOBS):
        record = JobRecord(
            job_id=f"{index:032x}",
            client=f"10.0.{index % CLIENTS // 250}.{index % 250}",
            feature="timed",
            model_id=CARDS[index * 7 // 3 % QUEUES].model_id,
            timeout_s=60,
            created_at=now_s + index / 1000,
        )
        store.save(record, queues.envelope(record))


def _row(redis: Connections, rules: Rules) -> tuple[object, ...]:
    queues = {Queues(redis.envelopes).queue(card.model_id).key: card.model_id for card in CARDS}
    is_fair = rules.queue_policy == "fair"
    window_s, told = rules.affinity_window_s, [one.model_id for one in CARDS if one.memory_params]
    patience_s = rules.fair_window_s
    line = Line(
        redis.records,
        "bench",
        queues,
        is_fair=is_fair,
        window_s=window_s,
        patience_s=patience_s,
        told=told,
    )
    pool = FullPool()
    idler = Idler(pool.loaded)
    placement = _placement(line, pool, rules)
    view = line.look(time.time(), idler)
    redis.records.config_resetstat()
    look_ms = _took_ms(lambda: line.look(time.time(), idler))
    in_redis_ms = redis.records.info("commandstats")["cmdstat_evalsha"]["usec_per_call"] / 1000
    planned = _placement(Seen(view), pool, rules)
    plan_ms = _took_ms(planned.next)
    both_ms = _took_ms(placement.next)
    if not isinstance(placement.next(), Chosen):
        raise RuntimeError("nothing was chosen")
    name = f"{rules.queue_policy}, affinity {rules.affinity_window_s:g} s"
    medians = statistics.median(look_ms), in_redis_ms, statistics.median(plan_ms)
    whole = statistics.median(both_ms), sorted(both_ms)[int(ROUNDS * 0.95)]
    return name, len(view.waiting), *(f"{ms:.2f}" for ms in (*medians, *whole)), "1"


class Seen(Line):
    """A line that has been looked at: what is left of a decision is ours."""

    def __init__(self, view: View) -> None:
        self._view = view

    def look(self, *args: Any, **kwargs: Any) -> View:
        return self._view


def _placement(line: Line, pool: Pool, rules: Rules) -> Placement:
    free_mib = GPU_MIB - RESIDENTS * PRICE_MIB
    gpu = Gpu(0, "GPU-0", "none", GPU_MIB, GPU_MIB - free_mib, free_mib, None, None)
    cards = {card.model_id: card for card in CARDS}
    return Placement(line, pool, cards, rules, idle_s=2.0, reserve_mib=512, read_gpu=lambda: gpu)


def _took_ms(step: Callable[[], object]) -> list[float]:
    took_ms = []
    for _ in range(ROUNDS):
        began_s = time.perf_counter()
        step()
        took_ms.append((time.perf_counter() - began_s) * 1000)
    return took_ms


if __name__ == "__main__":
    decision_table()
