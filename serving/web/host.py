"""What the gunicorn master does beside serving: it holds the Redis lease and keeps this machine's lanes running.

The lanes are another program (ai_worker.py): the web never imports the worker.
"""

from __future__ import annotations

import atexit
import logging
import os
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack

from serving.children import no_fork
from serving.file_lock import is_locked
from serving.redis_server import redis_for
from serving.settings import ROOT, Settings

log = logging.getLogger("meshkiln.host")

LOOK_INTERVAL_S = 0.5
SHORT_LIFE_PAUSE_S = 2.0


class Host:
    """One gunicorn master's part."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._stack = ExitStack()
        self._master_pid = os.getpid()
        self._lanes: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._watch = threading.Thread(target=self._keep_lanes, name="lanes-keeper", daemon=True)

    def start(self) -> Settings:
        """Join or start Redis, and the lanes. Answers the settings with the Redis that is to be used."""
        self.settings.state_dir.mkdir(parents=True, exist_ok=True)
        atexit.register(self.stop)  # gunicorn calls no hook when it cannot start its first worker
        lease = self._stack.enter_context(
            redis_for(self.settings.state_dir, self.settings.redis_url)
        )
        self.settings = self.settings.model_copy(update={"redis_url": lease.url})
        if self.settings.start_workers:
            self._watch.start()
        return self.settings

    def stop(self) -> None:
        """End the lanes that were started here, and leave Redis; the last one out ends it. Does nothing in a fork."""
        if os.getpid() != self._master_pid or self._stopping.is_set():
            return
        self._stopping.set()
        if self._watch.is_alive():
            self._watch.join()
        self._end_lanes()
        self._stack.close()

    def _keep_lanes(self) -> None:
        """Start ai_worker.py whenever nobody has the lanes of this data folder."""
        pause_s = 0.0
        while not self._stopping.wait(pause_s):
            try:
                pause_s = self._look_after_lanes()
            except OSError as error:  # too many open files, no memory for a process: it may pass
                log.error("the lanes cannot be started now: %s", error)
                pause_s = SHORT_LIFE_PAUSE_S

    def _look_after_lanes(self) -> float:
        """Seconds until the next look."""
        if self._lanes is not None:
            if self._lanes.poll() is None:
                return LOOK_INTERVAL_S
            log.warning("the lanes ended, starting them again")
            self._lanes = None
            return SHORT_LIFE_PAUSE_S
        if not is_locked(self.settings.lanes_lock):
            self._lanes = self._start_lanes()
        return LOOK_INTERVAL_S

    def _start_lanes(self) -> subprocess.Popen[bytes]:
        with no_fork():  # of gunicorn's workers, in the main thread
            return subprocess.Popen(
                [sys.executable, str(ROOT / "ai_worker.py"), "--die-with-parent", str(os.getpid())],
                cwd=ROOT,
                env=self.settings.child_environment(),
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C reaches the master alone, which ends its lanes in order
            )

    def _end_lanes(self) -> None:
        if self._lanes is None:
            return
        if self._lanes.poll() is None:
            self._lanes.send_signal(signal.SIGTERM)
        try:
            self._lanes.wait(self.settings.drain_s + 15.0)
        except subprocess.TimeoutExpired:
            self._lanes.kill()
            self._lanes.wait()
