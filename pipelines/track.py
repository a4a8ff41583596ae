"""Where one run stands: a model's stages become a percentage for the lane, the lane's cancel an exception in the model.

Any thread of a model may report; the runner's listening thread tells what a model that has fallen silent said last.
Knows one run. Does not know pipes or what is computed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from pipelines.messages import Progress
from pipelines.spec import Feature, RunCancelled

LOADING = "loading_model"
# A message costs a pipe write and a wake-up of the lane; a person sees no more than ten a second.
PROGRESS_INTERVAL_S = 0.1


class Track:
    """One run. What it tells never falls, comes ten times a second at most, and 0.1 s late at most.

    `say` takes what is to be told. A report between two tellings costs a comparison and no lock: models report from
    their innermost loops.
    """

    def __init__(self, job_id: str, say: Callable[[Progress], None]) -> None:
        self.job_id = job_id
        self.was_refused = False  # whether the model was told that the run is cancelled
        self._say = say
        self._feature: Feature | None = None
        self._lock = threading.Lock()
        self._newest: tuple[str, float] = ("", 0.0)
        self._is_pending = False  # whether the newest waits to be told by tell_newest()
        self._percent = 0.0
        self._quiet_until_s = float("-inf")
        self._is_cancelled = self._is_over = self._is_unwanted = False

    def begin(self, feature: Feature) -> None:
        """The run begins: these are its stages."""
        self._feature = feature

    def report(self, stage: str, fraction: float = 0.0) -> None:
        """The Report of the run. Raises RunCancelled, and ValueError for a stage that its feature does not have."""
        if self._is_unwanted:
            self.refuse_cancelled()
            return
        last, reached = self._newest
        if stage != last:
            self._percent_of(stage)  # raises for a stage that there is not
        elif fraction <= reached:
            return
        self._newest = stage, fraction if type(fraction) is float else float(fraction)
        # In this order: who takes the newest has first said that nothing is pending any more.
        if not self._is_pending:
            self._is_pending = True
            self.tell_newest()

    def tell_newest(self) -> float | None:
        """Say what was reported last, if it is time. Seconds until it is; None when there is nothing left to say."""
        if not self._is_pending:
            return None
        with self._lock:
            wait_s = self._quiet_until_s - time.monotonic()
            if self._is_over or wait_s > 0:
                return max(wait_s, 0.0)
            self._say(self._take_newest())
        return None

    def cancel(self) -> None:
        """The run is not wanted any more: its next report raises RunCancelled, and every one after it."""
        self._is_cancelled = self._is_unwanted = True

    def refuse_cancelled(self) -> None:
        """Raises RunCancelled if the run goes on and is not wanted any more."""
        if self._is_cancelled and not self._is_over:
            self.was_refused = True
            raise RunCancelled(self.job_id)

    def close(self) -> Progress | None:
        """The run is over. -> what is still to be told of it.

        From now on nothing is said, whatever a thread that the model left still reports.
        """
        with self._lock:
            self._is_over = self._is_unwanted = True
            return self._take_newest() if self._is_pending else None

    def _take_newest(self) -> Progress:
        """What is to be told now. Under the lock."""
        self._is_pending = False
        stage, fraction = self._newest
        self._percent = max(self._percent, self._percent_of(stage, fraction))
        self._quiet_until_s = time.monotonic() + PROGRESS_INTERVAL_S
        return Progress(self.job_id, stage, round(self._percent, 1))

    def _percent_of(self, stage: str, fraction: float = 0.0) -> float:
        if stage == LOADING or self._feature is None:
            return 0.0
        return self._feature.percent(stage, fraction)
