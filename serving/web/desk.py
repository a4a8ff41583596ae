"""What a web process holds: the desk where jobs come in, and the folder of results. Made once, never a global."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from flask import Request, current_app, request

from serving.jobs.assets import AssetStore
from serving.jobs.availability import Availability
from serving.jobs.board import Board
from serving.jobs.connect import WEB_TIMEOUT_S, QuickConnections, connect
from serving.jobs.named_inputs import NamedInputs
from serving.jobs.queues import Queues
from serving.jobs.reader import Listed
from serving.jobs.record import JobState
from serving.jobs.store import JobStore
from serving.jobs.submit import Desk
from serving.keys import Keys, keys_of
from serving.licensed import licensed_catalog
from serving.settings import Settings
from serving.storage.input_roots import InputRoots
from serving.storage.outputs import Outputs
from serving.storage.uploads import Inputs


@dataclass(frozen=True)
class Core:
    """The core, as the skins see it."""

    settings: Settings
    desk: Desk
    outputs: Outputs
    board: Board
    availability: Availability
    keys: Keys
    assets: AssetStore
    names: NamedInputs
    started_at: float = field(default_factory=time.time)

    def eta_s(self, listed: Listed) -> float | None:
        """Seconds until a job is done, from how long runs of its model take here. None for one that has ended."""
        record = listed.record
        if record.has_ended:
            return None
        card = self.desk.catalog.cards.get(record.model_id)
        if card is None:  # its plug-in was taken away
            return None
        pace_s = self.desk.store.pace_s(card)
        if record.state is JobState.PROCESSING:
            return round(max(0.0, record.started_at + pace_s - time.time()), 1)
        lanes = max(1, listed.running)
        return round(pace_s * (1 + ((listed.position or 0) + listed.running) / lanes), 1)


def build_core(settings: Settings) -> Core:
    """The core of a web process. Connects on first use. Raises ValueError without a Redis URL."""
    if settings.redis_url is None:
        raise ValueError("settings.redis_url is not set; see serving.redis_server.redis_for")
    redis = connect(settings.redis_url, timeout_s=WEB_TIMEOUT_S, kind=QuickConnections)
    catalog, board = licensed_catalog(settings), Board(redis.records)
    availability = Availability(board, catalog)
    desk = Desk(
        catalog=catalog,
        inputs=Inputs(settings),
        store=JobStore(redis.records, settings),
        queues=Queues(redis.envelopes),
        substitutes=settings.model_fallback == "builtin",
        offer=availability.offer,
        timeouts_s=settings.timeouts_s,
    )
    outputs, assets = Outputs(settings), AssetStore(redis.records, settings)
    return Core(
        settings=settings,
        desk=desk,
        outputs=outputs,
        board=board,
        availability=availability,
        keys=keys_of(settings),
        assets=assets,
        names=NamedInputs(desk.inputs, assets, desk.store, outputs, InputRoots(settings)),
    )


def core() -> Core:
    """The core of the present request's process."""
    held: Core = current_app.extensions["meshkiln"]
    return held


def present_request() -> Request:
    """The present request itself. Each attribute that is read through Flask's proxy costs a search for it."""
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]
    return asked
