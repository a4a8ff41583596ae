"""Everything that is counted or measured here, in the form that Prometheus reads.

No label is what a client may choose freely: labels are routes, statuses, features and weights of this build, and
machines and GPUs that the operator has. Where Redis is away, what needs it is left out, and meshkiln_redis_up is 0.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from redis.exceptions import RedisError

from serving.jobs.board import LaneState
from serving.jobs.tally import BOUNDS, JOB_EVENTS, MODEL_EVENTS, Histogram, Totals
from serving.settings import MIB
from serving.web import machine
from serving.web.traffic import BOUNDS_S, Answers
from serving.web.v1.lane_wire import held_mib
from serving.web.watch import Watch

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
DEVICES = (
    "cpu",
    "cuda",
)  # told also where there are no such lanes: that nobody works is worth an alarm
MODEL_METRICS = {
    "loads": "Times that a model was loaded.",
    "evictions": "Times that a loaded model left to make room for another.",
    "load_failures": "Times that a model could not be loaded.",
    "oom": "Times that a model ran out of memory, or its process was killed by signal 9.",
}


def exposition(seen: Watch) -> bytes:
    """All metrics as text. Raises nothing for a Redis that is away."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Reading(seen))
    return generate_latest(registry)


class _Reading:
    """What prometheus_client asks for metrics: one look at everything."""

    def __init__(self, seen: Watch) -> None:
        self._seen = seen

    def collect(self) -> Iterator[Metric]:
        yield from _http(self._seen.traffic.read())
        open_streams = self._seen.traffic.streams()
        yield _gauge("event_streams_open", "Answers of live events that are open.", open_streams)
        yield from _machine(self._seen)
        try:
            totals = self._seen.tally.read(tuple(self._seen.core.desk.catalog.features))
            lanes = self._seen.core.board.lanes()
            reasons = self._seen.availability.reasons()
        except RedisError:
            yield _gauge("redis_up", "Whether Redis answers.", 0)
            return
        yield _gauge("redis_up", "Whether Redis answers.", 1)
        yield from _queue(totals)
        yield from _jobs(totals)
        yield from _models(totals, reasons)
        yield from _lanes(lanes)


def _http(rows: list[Answers]) -> Iterator[Metric]:
    requests = _counter("http_requests", "Requests answered.", ("method", "route", "status"))
    seconds = _histogram(
        "http_request_duration_seconds",
        "Seconds from a request to the head of its answer.",
        ("method", "route"),
    )
    of_route: dict[tuple[str, str], list[Answers]] = {}
    for row in rows:
        requests.add_metric([row.method, row.route, row.status], sum(row.counts))
        of_route.setdefault((row.method, row.route), []).append(row)
    bounds = [*(f"{bound:g}" for bound in BOUNDS_S), "+Inf"]
    for labels, parts in of_route.items():
        counts = [sum(column) for column in zip(*(part.counts for part in parts), strict=True)]
        total_s = sum(part.sum_s for part in parts)
        seconds.add_metric(labels, _cumulative(bounds, counts), total_s)
    yield requests
    yield seconds


def _machine(seen: Watch) -> Iterator[Metric]:
    disk, memory = machine.disk(seen.core.settings.data_dir), machine.memory()
    yield _gauge("disk_size_bytes", "Disk that holds inputs and outputs.", disk.total)
    yield _gauge("disk_free_bytes", "Of that disk, what is free.", disk.available)
    yield _gauge("memory_size_bytes", "Memory of this machine.", memory.total)
    yield _gauge("memory_available_bytes", "Of that memory, what may be taken.", memory.available)
    yield _gauge(
        "cpu_usage_ratio", "Share of the processors that is busy.", seen.cpu.percent() / 100
    )
    labels = ("gpu", "name")
    size = _gauge("gpu_memory_size_bytes", "Memory of a GPU.", labels=labels)
    used = _gauge("gpu_memory_used_bytes", "Of that memory, what is taken.", labels=labels)
    busy = _gauge("gpu_utilization_ratio", "Share of the time that a GPU works.", labels=labels)
    heat = _gauge("gpu_temperature_celsius", "Temperature of a GPU.", labels=labels)
    for gpu in seen.gpus.read():
        which = [str(gpu.id), gpu.name]
        size.add_metric(which, gpu.memory_total * MIB)
        used.add_metric(which, gpu.memory_used * MIB)
        for metric, value in ((busy, gpu.gpu_utilization), (heat, gpu.temperature)):
            if value is not None:
                metric.add_metric(which, value)
    yield from (size, used, busy, heat)


def _queue(totals: Totals) -> Iterator[Metric]:
    age_s = max(0.0, time.time() - totals.oldest_at) if totals.oldest_at else 0.0
    yield _gauge("jobs_waiting", "Jobs that wait.", totals.waiting)
    yield _gauge("jobs_running", "Jobs that run.", totals.running)
    yield _gauge("oldest_waiting_seconds", "Age of the job that has waited longest.", age_s)


def _jobs(totals: Totals) -> Iterator[Metric]:
    jobs = _counter("jobs", "What happened to jobs.", ("feature", "event"))
    for (feature, event), count in sorted(totals.jobs.items()):
        if event in JOB_EVENTS:
            jobs.add_metric([feature, event], count)
    yield jobs
    for name, help_text, rows in (
        ("job_wait_seconds", "Seconds from a job's acceptance to its first start.", totals.wait),
        ("job_run_seconds", "Seconds of the run that completed a job.", totals.run),
    ):
        metric = _histogram(name, help_text, ("feature",))
        for feature, histogram in rows.items():
            if any(histogram.counts):
                metric.add_metric([feature], *_of(histogram))
        yield metric


def _models(totals: Totals, reasons: Mapping[str, str]) -> Iterator[Metric]:
    for event in MODEL_EVENTS:
        metric = _counter(f"model_{event}", MODEL_METRICS[event], ("weights",))
        for (weights, what), count in sorted(totals.models.items()):
            if what == event:
                metric.add_metric([weights], count)
        yield metric
    available = _gauge("model_available", "Whether a model can run here.", labels=("model",))
    for model_id, reason in reasons.items():
        available.add_metric([model_id], 0.0 if reason else 1.0)
    yield available


def _lanes(lanes: list[LaneState]) -> Iterator[Metric]:
    living = _gauge("lanes", "Workers that live.", labels=("device",))
    busy = _gauge("lanes_busy", "Workers that run a job.", labels=("device",))
    for device in sorted({*DEVICES, *(lane.device for lane in lanes)}):
        alike = [lane for lane in lanes if lane.device == device]
        living.add_metric([device], len(alike))
        busy.add_metric([device], sum(bool(lane.job_id) for lane in alike))
    yield from (living, busy, _residents(lanes))


def _residents(lanes: list[LaneState]) -> Metric:
    found_mib: Counter[tuple[str, str, str]] = Counter()
    for lane in lanes:
        for one in lane.residents if lane.gpu is not None else ():
            found_mib[one.weights, lane.host, str(lane.gpu)] += held_mib(one)
    metric = _gauge(
        "resident_memory_bytes",
        "GPU memory that a model holds, or that is reserved for it.",
        labels=("weights", "host", "gpu"),
    )
    for labels, mib in sorted(found_mib.items()):
        metric.add_metric(labels, mib * MIB)
    return metric


def _of(histogram: Histogram) -> tuple[list[tuple[str, float]], float]:
    return _cumulative(BOUNDS, histogram.counts), histogram.sum_s


def _cumulative(bounds: Iterable[str], counts: Iterable[int]) -> list[tuple[str, float]]:
    return list(zip(bounds, accumulate(map(float, counts)), strict=True))


def _gauge(
    name: str, help_text: str, value: float | None = None, labels: tuple[str, ...] | None = None
) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"meshkiln_{name}", help_text, value=value, labels=labels)


def _counter(name: str, help_text: str, labels: tuple[str, ...]) -> CounterMetricFamily:
    return CounterMetricFamily(f"meshkiln_{name}", help_text, labels=labels)


def _histogram(name: str, help_text: str, labels: tuple[str, ...]) -> HistogramMetricFamily:
    return HistogramMetricFamily(f"meshkiln_{name}", help_text, labels=labels)
