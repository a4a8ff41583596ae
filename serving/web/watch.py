"""What the system views, the probes and the metrics look at. Made once for a web process, when they are registered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app
from flask.blueprints import BlueprintSetupState

from serving.gpus import Gpus, gpus_of
from serving.jobs.availability import Availability
from serving.jobs.tally import Tally
from serving.web.desk import Core
from serving.web.machine import Cpu
from serving.web.traffic import Counted, Traffic

_KEY = "meshkiln.watch"


@dataclass(frozen=True)
class Watch:
    """The instruments of one process, and the core that they look at."""

    core: Core
    availability: Availability
    tally: Tally
    cpu: Cpu
    gpus: Gpus
    traffic: Traffic


def install(state: BlueprintSetupState) -> None:
    """For `Blueprint.record_once`: make the instruments, and begin to count requests."""
    app = cast(Flask, state.app)
    if _KEY in app.extensions:
        return
    core: Core = app.extensions["meshkiln"]
    watched = Watch(
        core=core,
        availability=core.availability,
        tally=Tally(core.desk.store.redis),
        cpu=Cpu(),
        gpus=gpus_of(core.settings),
        traffic=Traffic(core.settings.state_dir / "metrics"),
    )
    app.extensions[_KEY] = watched
    app.wsgi_app = Counted(app.wsgi_app, watched.traffic)  # type: ignore[method-assign]


def watch() -> Watch:
    """The instruments of this process."""
    found: Watch = current_app.extensions[_KEY]
    return found
