"""Starts the lanes of this machine, starts them again when they end, and sweeps up after deaths.

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
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType

from redis.exceptions import RedisError

from serving.file_lock import FileLock
from serving.jobs.board import Board
from serving.jobs.connect import connect
from serving.jobs.queues import Queues
from serving.jobs.retention import RETENTION_INTERVAL_S, Retention
from serving.jobs.store import JobStore
from serving.redis_server import redis_for
from serving.settings import ROOT, Settings
from serving.storage.outputs import Outputs
from serving.storage.uploads import Inputs
from serving.worker.reconcile import SWEEP_INTERVAL_S, Sweep

log = logging.getLogger("meshkiln.supervisor")

LOOK_INTERVAL_S = 0.1
# A lane that ends sooner than this after its start is not restarted at once, but after a growing pause.
SHORT_LIFE_S = 5.0
MAX_PAUSE_S = 10.0
KILL_GRACE_S = 5.0
# RQ takes a second signal within a second of the first for an echo of it.
SECOND_SIGNAL_S = 1.2
# The supervisor waits for Redis no longer, so that it stays quick to answer a signal.
REDIS_TIMEOUT_S = 3.0


class AlreadySupervised(SystemExit):
    """Another supervisor has the lanes of this data folder."""


@dataclass
class Slot:
    """A place for a lane: its device and queue stay, its processes come and go."""

    title: str
    device: str
    queue: str
    process: subprocess.Popen[bytes] | None = None
    name: str = ""
    has_spoken: bool = False
    started_at_s: float = 0.0
    pause_s: float = 0.0
    start_again_at_s: float = 0.0


@dataclass
class Supervisor:
    """The lanes of one machine."""

    settings: Settings
    sweep: Sweep
    slots: list[Slot]
    stopping: bool = False
    dead_lanes: set[str] = field(default_factory=set)  # not yet buried

    def run(self) -> None:
        """Keep the lanes alive until told to stop, then end them."""
        self.dead_lanes |= self._predecessors()
        sweep_at_s = 0.0
        while not self.stopping:
            died = {slot.name for slot in self.slots if self._tend(slot)}
            self.dead_lanes |= died
            if died or time.monotonic() >= sweep_at_s:
                sweep_at_s = time.monotonic() + SWEEP_INTERVAL_S
                self._sweep()
            time.sleep(LOOK_INTERVAL_S)
        self._stop()

    def _tend(self, slot: Slot) -> bool:
        """Start the lane of a slot when it is time. Whether it was found dead just now."""
        now_s = time.monotonic()
        if slot.process is None:
            if now_s >= slot.start_again_at_s and self._redis_answers():
                self._start(slot)
            return False
        code = slot.process.poll()
        if code is None:
            return False
        lived_s = now_s - slot.started_at_s
        slot.pause_s = min(MAX_PAUSE_S, slot.pause_s * 2 + 0.5) if lived_s < SHORT_LIFE_S else 0.0
        slot.start_again_at_s = now_s + slot.pause_s
        slot.process = None
        log.warning("lane %s ended with code %s, again in %.1f s", slot.name, code, slot.pause_s)
        return True

    def _start(self, slot: Slot) -> None:
        slot.started_at_s = time.monotonic()
        # A new name for every start: RQ refuses the name of a killed worker until its key expires.
        slot.name = f"{socket.gethostname()}.{slot.title}.{time.time_ns() // 1_000_000:x}"
        command = [sys.executable, "-m", "serving.worker.lane", "--name", slot.name]
        command += ["--parent-pid", str(os.getpid())]
        command += ["--device", slot.device, "--queue", slot.queue]
        slot.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.settings.child_environment(),
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which ends its lanes in order
        )
        slot.has_spoken = False
        log.info("lane %s started, pid %d", slot.name, slot.process.pid)
        pids = {slot.name: slot.process.pid for slot in self.slots if slot.process}
        self.settings.lanes_file.write_text(json.dumps(pids))

    def _predecessors(self) -> set[str]:
        """The lanes of a supervisor that was killed here. They died with it, and nobody said so."""
        try:
            pids = json.loads(self.settings.lanes_file.read_text())
        except (FileNotFoundError, ValueError):
            return set()
        return {name for name, pid in pids.items() if not _exists(pid)}

    def _redis_answers(self) -> bool:
        """A lane that starts without Redis ends at once, and the pause before the next start grows."""
        with suppress(RedisError):
            return bool(self.sweep.redis.ping())
        return False

    def _sweep(self) -> None:
        try:
            self.dead_lanes |= {slot.name for slot in self.slots if self._end_silent(slot)}
            for name in self.dead_lanes:
                self.sweep.board.bury(name)
            if self.dead_lanes:
                self.sweep.sweep(time.time(), self.dead_lanes)
                self.dead_lanes.clear()
            else:
                self.sweep.take_turn()
        except RedisError as error:
            log.warning("Redis is away: %s", error)

    def _end_silent(self, slot: Slot) -> bool:
        """Kill a lane that lives and says nothing any more: its job will run again, and must not run twice at once."""
        is_there = self.sweep.board.lane(slot.name) is not None
        slot.has_spoken = slot.has_spoken or is_there
        if is_there or not slot.has_spoken or not slot.process:
            return False
        if not self.sweep.silence_is_death():
            return False
        log.warning("lane %s stands still, killed", slot.name)
        slot.process.kill()
        slot.process.wait()
        return True

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
        self.settings.lanes_file.unlink(missing_ok=True)


def _wait_all(processes: list[subprocess.Popen[bytes]], patience_s: float) -> None:
    until_s = time.monotonic() + patience_s
    for process in processes:
        try:
            process.wait(max(0.0, until_s - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.info("pid %d still runs after %.0f s", process.pid, patience_s)


def _exists(pid: int) -> bool:
    """Whether a process of ours has that number. One of another user was given it after ours had ended."""
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, 0)
        return True
    return False


def supervise(settings: Settings) -> None:
    """Run the lanes of this machine until SIGTERM or SIGINT. Raises AlreadySupervised."""
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    with _only_one(settings), redis_for(settings.state_dir, settings.redis_url) as lease:
        settings = settings.model_copy(update={"redis_url": lease.url})
        redis = connect(lease.url, timeout_s=REDIS_TIMEOUT_S)
        store, outputs = JobStore(redis.records, settings), Outputs(settings)
        sweep = Sweep(redis.records, store, Queues(redis.envelopes), Board(redis.records), outputs)
        retention = Retention(settings, store, Inputs(settings), outputs)
        threading.Thread(target=_retain, args=(retention,), name="retention", daemon=True).start()
        slots = [Slot(f"cpu{index}", "cpu", "cpu") for index in range(settings.cpu_lanes)]
        supervisor = Supervisor(settings, sweep, slots)
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
