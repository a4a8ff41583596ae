"""The process of one lane: reads its orders, builds the lane with all it needs, and works until it is told to stop."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from pipelines.catalog import Catalog
from pipelines.spec import ModelCard
from serving.gpus import Gpu, Gpus, gpus_of
from serving.jobs.availability import FOR_A_GPU
from serving.jobs.board import Board, LaneState
from serving.jobs.connect import WORKER_TIMEOUT_S, Connections, QuickConnections, connect
from serving.jobs.line import Line
from serving.jobs.queues import Queues, queue_for
from serving.jobs.store import JobStore
from serving.licensed import licensed_catalog
from serving.settings import Settings
from serving.storage.outputs import Outputs
from serving.storage.uploads import Inputs
from serving.worker.execute import Executor
from serving.worker.lane import Lane
from serving.worker.placement import Placement
from serving.worker.process import die_with_parent
from serving.worker.residency.broken import ModelBroken
from serving.worker.residency.environments import Environments
from serving.worker.residency.handle import RunnerDied, Walls
from serving.worker.residency.plan import Rules
from serving.worker.residency.pool import Pool
from serving.worker.watch_run import BEAT_S

_BOARD_KEPT_S = 2.0


@dataclass(frozen=True)
class Orders:
    """What the supervisor wants of a lane. `gpu` is the UUID of its GPU, "" for a lane of the CPU, which is told what
    the largest GPU beside it has for models: these are left to that."""

    name: str
    title: str
    device: str
    gpu: str = ""
    largest_gpu_mib: int = 0


def main() -> None:
    parser = argparse.ArgumentParser(prog="serving.worker.lane_process")
    parser.add_argument("--name", required=True)
    parser.add_argument("--title", required=True)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--gpu", default="", metavar="UUID")
    parser.add_argument("--largest-gpu-mib", type=int, default=0)
    parser.add_argument("--parent-pid", type=int, required=True)
    args = parser.parse_args()
    die_with_parent(signal.SIGKILL, args.parent_pid)
    settings = Settings.from_env()
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    orders = Orders(args.name, args.title, args.device, args.gpu, args.largest_gpu_mib)
    lane = build_lane(settings, orders)
    if args.device == "cpu":
        _warm(lane)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    lane.work(logging_level="WARNING")


def _warm(lane: Lane) -> None:
    """Load the first model that can run, before anybody asks."""
    for card in lane.executor.catalog.cards.values():
        if lane.lane_state.models.get(card.model_id) == "":
            with suppress(RunnerDied, ModelBroken):  # the job that needs it will say why
                lane.executor.pool.warm(card)
            return


def build_lane(settings: Settings, orders: Orders) -> Lane:
    """A lane and all it needs, from settings."""
    if settings.redis_url is None:
        raise SystemExit("a lane needs REDIS_URL; start ai_worker.py, which sets it")
    redis = connect(settings.redis_url, timeout_s=WORKER_TIMEOUT_S, kind=QuickConnections)
    gpus = gpus_of(settings)
    gpu = gpus.find(orders.gpu) if orders.gpu else None
    if orders.gpu and gpu is None:
        raise SystemExit(f"lane {orders.name}: the driver does not know GPU {orders.gpu}")
    environments = Environments(settings.environments_dir, settings.checkpoints_dir)
    catalog = licensed_catalog(settings)
    if gpu is None:
        catalog = catalog.on_cpu(orders.largest_gpu_mib)
    models = _models(catalog, environments, settings, gpu)
    queues = Queues(redis.envelopes)
    executor = Executor(
        catalog=catalog,
        store=JobStore(redis.records, settings),
        queues=queues,
        inputs=Inputs(settings),
        outputs=Outputs(settings),
        pool=_pool(settings, orders, environments, gpus, catalog),
        cancel_grace_s=settings.cancel_grace_s,
    )
    served = {
        queues.queue(queue_for(catalog.cards[model_id])): catalog.cards[model_id]
        for model_id, reason in models.items()
        if not reason
    }
    rules = _rules(settings, gpu)
    line = Line(
        redis.records,
        orders.name,
        {queue.key: queue.name for queue in served},
        is_fair=rules.queue_policy == "fair",
        window_s=rules.affinity_window_s,
        patience_s=rules.fair_window_s,
        told={card.model_id for card in served.values() if card.memory_params},
    )
    placement = Placement(
        line,
        executor.pool,
        {queue.name: card for queue, card in served.items()},
        rules,
        idle_s=BEAT_S,
        reserve_mib=settings.vram_reserve_mib,
        read_gpu=(lambda: gpus.find(orders.gpu)) if gpu else None,
        others_can=_others_can(redis, orders.name),
    )
    executor.learn, executor.outgrown = placement.learn, placement.outgrown
    return Lane(
        # RQ wants one, also where nothing can run.
        list(served) or [queues.queue(orders.title)],
        _state(settings, orders, models, gpu),
        executor,
        placement,
        line,
        charges=rules.queue_policy == "fair",
        keep_alive_s=settings.keep_alive_s if gpu else -1.0,
    )


def _models(
    catalog: Catalog, environments: Environments, settings: Settings, gpu: Gpu | None
) -> dict[str, str]:
    """Why each model that may be asked for cannot run here, by id; "" for those that can.

    A lane of the CPU says of models for a GPU what else they lack, for where there is no lane of a GPU to say it.
    """
    features = settings.served_features
    return {
        card.model_id: _why_not(card, environments, settings, gpu)
        for card in catalog.cards.values()
        if (card.vram_mib or not gpu) and (not features or card.feature in features)
    }


def _why_not(
    card: ModelCard, environments: Environments, settings: Settings, gpu: Gpu | None
) -> str:
    if card.vram_mib and not gpu:
        return environments.unmet(card) or FOR_A_GPU
    return environments.unmet(card) or _too_large(card, settings, gpu)


def _too_large(card: ModelCard, settings: Settings, gpu: Gpu | None) -> str:
    largest_mib = _largest_mib(settings, gpu)
    if card.vram_mib <= largest_mib:
        return ""
    return f"it needs {card.vram_mib:,} MiB of GPU memory, this GPU has {largest_mib:,} for models"


def _largest_mib(settings: Settings, gpu: Gpu | None) -> int:
    return max(0, gpu.memory_total - settings.vram_reserve_mib) if gpu else 0


def _pool(
    settings: Settings, orders: Orders, environments: Environments, gpus: Gpus, catalog: Catalog
) -> Pool:
    return Pool(
        orders.device,
        settings.plugin_dirs,
        keeps_many=bool(orders.gpu),
        environments=environments,
        environment=settings.runner_environment(),
        retry_s=settings.load_retry_s,
        held_mib=(lambda: gpus.held_mib(orders.gpu)) if orders.gpu else dict,
        walls=lambda card: _walls(settings, orders, catalog, card),
    )


def _walls(settings: Settings, orders: Orders, catalog: Catalog, card: ModelCard) -> Walls | None:
    """What a built-in model's process on the CPU may reach; None for others, whose needs are not known."""
    alike = [other for other in catalog.cards.values() if other.weights == card.weights]
    if not settings.shut_in_models or orders.gpu or not all(map(catalog.is_built_in, alike)):
        return None
    weights = [settings.checkpoints_dir] if settings.checkpoints_dir.is_dir() else []
    return Walls((settings.outputs_dir,), (settings.inputs_dir, *weights))


def _rules(settings: Settings, gpu: Gpu | None) -> Rules:
    """On a CPU the oldest always goes first: its models load at once."""
    return Rules(
        queue_policy=settings.queue_policy,
        affinity_window_s=settings.affinity_window_s if gpu else 0.0,
        fair_window_s=max(settings.fair_window_s, settings.affinity_window_s),
        memory_wait_s=settings.memory_wait_s,
    )


def _state(
    settings: Settings, orders: Orders, models: dict[str, str], gpu: Gpu | None
) -> LaneState:
    return LaneState(
        orders.name,
        socket.gethostname(),
        os.getpid(),
        orders.device,
        title=orders.title,
        models=models,
        vram_mib=_largest_mib(settings, gpu),
        gpu=gpu.id if gpu else None,
        gpu_name=gpu.name if gpu else "",
        started_at=round(time.time(), 3),
    )


def _others_can(redis: Connections, name: str) -> Callable[[str, int], bool]:
    """Whether another living lane can run a model, with so much GPU memory for it, as the board said a moment ago."""
    board = Board(redis.records)
    seen: tuple[float, list[LaneState]] = (-_BOARD_KEPT_S, [])

    def can(model_id: str, mib: int) -> bool:
        nonlocal seen
        if time.monotonic() - seen[0] >= _BOARD_KEPT_S:
            seen = time.monotonic(), board.lanes()
        return any(
            lane.models.get(model_id) == "" and (lane.vram_mib or 0) >= mib
            for lane in seen[1]
            if lane.name != name
        )

    return can


if __name__ == "__main__":
    main()
