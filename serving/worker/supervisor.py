"""Starts the lanes of this machine, starts them again when they end, and sweeps up after deaths.

Where they go is said by serving.worker.slots. One lane that cannot live, with its GPU perhaps, holds up no other.

One supervisor per data folder; a lock says so. Holds no model and no record of its own: kill it, and a new one goes
on where it stopped. Its lanes die with it.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType

from redis.exceptions import RedisError

from serving.alive import is_alive
from serving.file_lock import FileLock
from serving.gpus import gpus_of
from serving.jobs.board import Board
from serving.jobs.connect import connect
from serving.jobs.queues import Queues
from serving.jobs.retention import RETENTION_INTERVAL_S, Retention
from serving.jobs.store import JobStore
from serving.licensed import licensed_catalog
from serving.redis_server import redis_for
from serving.rehearsed_gpus import open_ledgers
from serving.settings import ROOT, Settings, SettingsError
from serving.storage.outputs import Outputs
from serving.storage.uploads import Inputs
from serving.worker.homeless import Homeless
from serving.worker.reconcile import SWEEP_INTERVAL_S, Sweep
from serving.worker.slots import Places, Slot

log = logging.getLogger("meshkiln.supervisor")

LOOK_INTERVAL_S = 0.1
# A lane that ends sooner than this after its start is not restarted at once, but after a growing pause.
SHORT_LIFE_S = 5.0
MAX_PAUSE_S = 10.0
# Importing and meeting Redis takes a lane a second, and a minute where 64 of them do it at once on two cores.
FIRST_WORD_S = 120.0
KILLED_S = 0.5
KILL_GRACE_S = 5.0
# RQ takes a second signal within a second of the first for an echo of it.
SECOND_SIGNAL_S = 1.2
# At a boot, a driver may be ready later than this server.
LATE_GPUS_INTERVAL_S = 60.0
# The supervisor waits for Redis no longer, so that it stays quick to answer a signal.
REDIS_TIMEOUT_S = 3.0


class AlreadySupervised(SystemExit):
    """Another supervisor has the lanes of this data folder."""


@dataclass
class Supervisor:
    """The lanes of one machine. `late_slots` answers what may have been added since it was last asked."""

    settings: Settings
    sweep: Sweep
    slots: list[Slot]
    late_slots: Callable[[], list[Slot]] = list
    stopping: bool = False
    dead_lanes: set[str] = field(default_factory=set)  # not yet buried
    predecessors: dict[str, int] = field(default_factory=dict)  # by name the pid, perhaps dying
    has_emptied_old_queue: bool = False

    def run(self) -> None:
        """Keep the lanes alive until told to stop, then end them."""
        self.predecessors = self._read_note()
        sweep_at_s = 0.0
        while not self.stopping:
            died = self._see_the_dead()
            self.dead_lanes |= died
            if died or time.monotonic() >= sweep_at_s:
                sweep_at_s = time.monotonic() + SWEEP_INTERVAL_S
                self._sweep()
            self._start_due()
            time.sleep(LOOK_INTERVAL_S)
        self._stop()

    def take_in_late(self) -> None:
        """Make room for lanes of what was found since; none is ever taken away."""
        known = {slot.gpu for slot in self.slots}
        try:
            late = self.late_slots()
        except (SettingsError, OSError) as error:  # the lanes that are there go on
            log.warning("GPUs that were found late get no lane: %s", error)
            return
        for slot in late:
            if slot.gpu and slot.gpu not in known:
                log.info("GPU %s gets a lane, %s", slot.gpu_index, slot.title)
                self.slots.append(slot)  # run() goes through the list meanwhile, which bears it

    def _see_the_dead(self) -> set[str]:
        """The lanes that were found dead just now, also those of a supervisor that was killed here.

        They died with it, and nobody said so; some take a moment.
        """
        gone = {name for name, pid in self.predecessors.items() if not is_alive(pid)}
        for name in gone:
            del self.predecessors[name]
        return gone | {slot.name for slot in self.slots if self._has_ended(slot)}

    def _has_ended(self, slot: Slot) -> bool:
        """Whether a slot's lane ended since the last look; if so, when another one starts."""
        code = slot.process.poll() if slot.process else None
        if code is None:
            return False
        lived_s = time.monotonic() - slot.started_at_s
        slot.process = None
        reason = f"ended after {lived_s:.1f} s, {_how(code)}"
        self._pause(slot, reason, is_short=lived_s < SHORT_LIFE_S)
        return True

    def _pause(self, slot: Slot, reason: str, *, is_short: bool) -> None:
        """What fails at once is tried again ever later."""
        slot.pause_s = min(MAX_PAUSE_S, slot.pause_s * 2 + 0.5) if is_short else 0.0
        slot.start_again_at_s = time.monotonic() + slot.pause_s
        log.warning("lane %s %s, again in %.1f s", slot.name or slot.title, reason, slot.pause_s)

    def _start_due(self) -> None:
        """Start the lanes whose time it is, unless Redis is away: then they would end at once."""
        now_s = time.monotonic()
        due = [slot for slot in self.slots if not slot.process and now_s >= slot.start_again_at_s]
        if not due or not self._redis_answers():
            return
        for slot in due:
            if not self.stopping:
                self._start(slot)
        self._write_note()

    def _start(self, slot: Slot) -> None:
        slot.started_at_s = time.monotonic()
        # A new name for every start: RQ refuses the name of a killed worker until its key expires.
        slot.name = f"{socket.gethostname()}.{slot.title}.{time.time_ns() // 1_000_000:x}"
        slot.has_spoken = slot.is_condemned = False
        command = [sys.executable, "-m", "serving.worker.lane_process", "--name", slot.name]
        command += ["--parent-pid", str(os.getpid())]
        command += ["--title", slot.title, "--device", slot.device]
        command += ["--gpu", slot.gpu] if slot.gpu else []
        command += ["--largest-gpu-mib", str(slot.largest_gpu_mib)] if not slot.gpu else []
        try:
            slot.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**self.settings.child_environment(), **slot.environment},
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which ends its lanes in order
            )
        except OSError as error:  # no memory for a process, too many open files: it may pass
            self._pause(slot, f"cannot be started ({error})", is_short=True)
            return
        log.info("lane %s started, pid %d", slot.name, slot.process.pid)

    def _write_note(self) -> None:
        """Of the lanes that live, for the next supervisor. Without it their jobs run again a few seconds later."""
        pids = {slot.name: slot.process.pid for slot in self.slots if slot.process}
        try:
            self.settings.lanes_file.write_text(json.dumps(pids))
        except OSError as error:
            log.warning("the lanes cannot be noted: %s", error)

    def _read_note(self) -> dict[str, int]:
        try:
            return dict(json.loads(self.settings.lanes_file.read_text()))
        except (OSError, ValueError, TypeError):
            return {}

    def _redis_answers(self) -> bool:
        with suppress(RedisError):
            return bool(self.sweep.redis.ping())
        return False

    def _sweep(self) -> None:
        try:
            for slot in self.slots:
                self._end_silent(slot)
            if not self.has_emptied_old_queue:  # before any lane takes a younger job
                self.sweep.empty_old_queue()
                self.has_emptied_old_queue = True
            if self.dead_lanes:
                self._bury()
            else:
                self.sweep.take_turn()
        except RedisError as error:
            log.warning("Redis is away: %s", error)
        except OSError as error:  # the data folder may lie on another machine
            log.warning("what dead lanes left cannot be cleared away now: %s", error)

    def _bury(self) -> None:
        """Give back what the dead lanes had. Raises RedisError; then they are still to be buried."""
        for name in self.dead_lanes:
            self.sweep.board.bury(name)
        self.sweep.sweep(time.time(), self.dead_lanes)
        self.dead_lanes.clear()

    def _end_silent(self, slot: Slot) -> None:
        """Kill a lane that lives and says nothing any more: its job will run again, and must not run twice at once."""
        if slot.process is None or slot.is_condemned:
            return
        is_there = self.sweep.board.lane(slot.name) is not None
        slot.has_spoken = slot.has_spoken or is_there
        is_young = time.monotonic() - slot.started_at_s < FIRST_WORD_S
        if is_there or (is_young and not slot.has_spoken) or not self.sweep.silence_is_death():
            return
        log.warning("lane %s stands still, killed", slot.name)
        slot.is_condemned = True
        slot.process.kill()
        # One that hangs in its GPU's driver ends when that lets it go; the others are not left alone for it.
        with suppress(subprocess.TimeoutExpired):
            slot.process.wait(KILLED_S)

    def _stop(self) -> None:
        """Let running jobs end for a while, then have them given back, then kill."""
        for patience_s, how in (
            (max(self.settings.drain_s, SECOND_SIGNAL_S), signal.SIGTERM),
            (KILL_GRACE_S, signal.SIGTERM),
            (KILL_GRACE_S, signal.SIGKILL),
        ):
            living = [
                slot.process for slot in self.slots if slot.process and slot.process.poll() is None
            ]
            for process in living:
                process.send_signal(how)
            _wait_all(living, patience_s)
        self.dead_lanes |= {
            slot.name for slot in self.slots if slot.process and slot.process.poll()
        }
        try:
            if self.dead_lanes:
                self._bury()
            self.settings.lanes_file.unlink(missing_ok=True)
        except (RedisError, OSError) as error:
            log.warning("what dead lanes had is left to the next start: %s", error)


def _wait_all(processes: list[subprocess.Popen[bytes]], patience_s: float) -> None:
    until_s = time.monotonic() + patience_s
    for process in processes:
        try:
            process.wait(max(0.0, until_s - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.info("pid %d still runs after %.0f s", process.pid, patience_s)


def _how(code: int) -> str:
    if code >= 0:
        return f"with code {code}"
    return f"by signal {-code} ({signal.strsignal(-code)})"


def supervise(settings: Settings) -> None:
    """Run the lanes of this machine until SIGTERM or SIGINT. Raises AlreadySupervised, SettingsError."""
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    with _only_one(settings), ExitStack() as stack:
        open_ledgers(settings)
        places = Places(settings, gpus_of(settings), licensed_catalog(settings))
        slots = places.slots()
        lease = stack.enter_context(redis_for(settings.state_dir, settings.redis_url))
        settings = settings.model_copy(update={"redis_url": lease.url})
        redis = connect(lease.url, timeout_s=REDIS_TIMEOUT_S)
        store, outputs = JobStore(redis.records, settings), Outputs(settings)
        board = Board(redis.records)
        homeless = Homeless(places.catalog, board)
        sweep = Sweep(redis.records, store, Queues(redis.envelopes), board, outputs, homeless)
        retention = Retention(settings, store, Inputs(settings), outputs)
        threading.Thread(target=_retain, args=(retention,), name="retention", daemon=True).start()
        supervisor = Supervisor(settings, sweep, slots, places.late_slots)
        if settings.gpus != "none":
            threading.Thread(
                target=_look_for_gpus, args=(supervisor,), name="late GPUs", daemon=True
            ).start()
        _stop_on_signals(supervisor)
        supervisor.run()


def _retain(retention: Retention) -> None:
    """Removing may take long; the lanes are looked after meanwhile."""
    while True:
        try:
            retention.take_turn(time.time())
        except (RedisError, OSError) as error:
            log.warning("old jobs were not removed: %s", error)
        time.sleep(RETENTION_INTERVAL_S)


def _look_for_gpus(supervisor: Supervisor) -> None:
    """A driver that fails may keep who asks it waiting; the lanes are looked after meanwhile."""
    while True:
        time.sleep(LATE_GPUS_INTERVAL_S)
        supervisor.take_in_late()


def _stop_on_signals(supervisor: Supervisor) -> None:
    def stop(signum: int, frame: FrameType | None) -> None:
        # Not an Event: its set() in a handler can wait for ever for the wait() that it interrupted.
        supervisor.stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


@contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    lock = FileLock(settings.lanes_lock)
    if not lock.try_acquire():
        raise AlreadySupervised(
            "The lanes of this data folder run already, started by ai_worker.py, api.py or gunicorn. "
            "To start them here, stop those, or start gunicorn with MESHKILN_START_WORKERS=0."
        )
    try:
        yield
    finally:
        lock.release()
