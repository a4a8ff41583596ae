"""What has been counted since this data folder's first job: jobs by feature and outcome, waits, runs, model loads.

The scripts in lua/ count jobs where they move them, lanes count models; here it is read. Counts survive restarts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from redis import Redis

from serving.jobs.keyspace import PREFIX

JOBS_KEY = PREFIX + "count:jobs"
MODELS_KEY = PREFIX + "count:models"
JOB_EVENTS = ("submitted", "started", "completed", "failed", "cancelled", "requeued")
MODEL_EVENTS = ("loads", "evictions", "load_failures", "oom")
# Seconds, as lua/_shared.lua writes them.
BOUNDS = (
    "0.1",
    "0.5",
    "1",
    "2",
    "5",
    "10",
    "30",
    "60",
    "120",
    "300",
    "600",
    "1800",
    "3600",
    "+Inf",
)


@dataclass(frozen=True)
class Histogram:
    """How many took at most each bound, in the order of BOUNDS and not cumulative; and their seconds together."""

    counts: tuple[int, ...]
    sum_s: float

    @classmethod
    def of(cls, row: Mapping[str, str]) -> Histogram:
        return cls(tuple(int(row.get(bound, 0)) for bound in BOUNDS), float(row.get("sum", 0.0)))


@dataclass(frozen=True)
class Totals:
    """One reading. `jobs` and `models` are by (feature or weights, event); `wait` and `run` by feature.

    `oldest_at` is when the job was accepted that has waited longest, seconds since 1970; 0 when none waits.
    """

    waiting: int
    running: int
    oldest_at: float
    jobs: Mapping[tuple[str, str], int]
    models: Mapping[tuple[str, str], int]
    wait: Mapping[str, Histogram]
    run: Mapping[str, Histogram]

    def of_all(self, event: str) -> int:
        """How often something happened to a job of any feature."""
        return sum(count for (_, what), count in self.jobs.items() if what == event)


class Tally:
    """Reads the counters. Two trips to Redis, whatever there is."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def read(self, features: Collection[str]) -> Totals:
        """All counts, with the histograms of these features. Raises RedisError."""
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.zcard(PREFIX + "waiting")
            pipe.zcard(PREFIX + "running")
            pipe.zrange(PREFIX + "waiting", 0, 0)
            pipe.hgetall(JOBS_KEY)
            pipe.hgetall(MODELS_KEY)
            for name in ("wait", "run"):
                for feature in features:
                    pipe.hgetall(f"{PREFIX}hist:{name}:{feature}")
            waiting, running, oldest, jobs, models, *rows = pipe.execute()
        histograms = [Histogram.of(row) for row in rows]
        return Totals(
            waiting,
            running,
            self._accepted_at(oldest),
            _by_pair(jobs),
            _by_pair(models),
            dict(zip(features, histograms[: len(features)], strict=True)),
            dict(zip(features, histograms[len(features) :], strict=True)),
        )

    def count_models(self, events: Mapping[tuple[str, str], int]) -> None:
        """Add to the counts of models, by (weights, event). Raises RedisError."""
        with self._redis.pipeline() as pipe:
            for (weights, event), times in events.items():
                pipe.hincrby(MODELS_KEY, f"{weights}|{event}", times)
            pipe.execute()

    def _accepted_at(self, job_ids: Iterable[str]) -> float:
        for job_id in job_ids:
            return float(self._redis.hget(f"{PREFIX}job:{job_id}", "created_at") or 0.0)
        return 0.0


def _by_pair(row: Mapping[str, str]) -> dict[tuple[str, str], int]:
    """`feature|event` -> count, as (feature, event) -> count."""
    counts: dict[tuple[str, str], int] = {}
    for name, count in row.items():
        first, _, event = name.rpartition("|")
        counts[first, event] = int(count)
    return counts
