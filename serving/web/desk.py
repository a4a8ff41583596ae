"""What a web process holds: the desk where jobs come in, and the folder of results. Made once, never a global."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from pipelines.catalog import Catalog
from serving.jobs.board import Board
from serving.jobs.connect import WEB_TIMEOUT_S, connect
from serving.jobs.queues import Queues
from serving.jobs.store import JobStore
from serving.jobs.submit import Desk
from serving.settings import Settings
from serving.storage.outputs import Outputs
from serving.storage.uploads import Inputs


@dataclass(frozen=True)
class Core:
    """The core, as the skins see it."""

    settings: Settings
    desk: Desk
    outputs: Outputs
    board: Board
    started_at: float = field(default_factory=time.time)


def build_core(settings: Settings) -> Core:
    """The core of a web process. Connects on first use. Raises ValueError without a Redis URL."""
    if settings.redis_url is None:
        raise ValueError("settings.redis_url is not set; see serving.redis_server.redis_for")
    redis = connect(settings.redis_url, timeout_s=WEB_TIMEOUT_S)
    desk = Desk(
        catalog=Catalog.discover(settings.plugin_dirs),
        inputs=Inputs(settings),
        store=JobStore(redis.records, settings),
        queues=Queues(redis.envelopes),
    )
    return Core(settings, desk, Outputs(settings), Board(redis.records))
