"""The runners of one lane: which models are loaded, which cannot be, what each takes, how often what happened.

A lane of a CPU keeps one runner, that of a GPU as many as its memory holds. Who leaves for whom is decided elsewhere
(plan.py); here it is carried out. Knows no Redis: the lane takes what was counted here to where it is kept.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from pipelines.messages import Done, Failed, Message, Progress, Ready, Warm
from pipelines.spec import ModelCard
from serving.jobs.board import ResidentState
from serving.worker.residency import plan
from serving.worker.residency.broken import Broken
from serving.worker.residency.environments import Environments
from serving.worker.residency.handle import RunnerDied, RunnerHandle, Walls

log = logging.getLogger("meshkiln.lane")

# A driver gives the memory of a killed process back within a moment; a CUDA context takes the longest.
RECOVERY_S = 5.0
RECOVERY_LOOK_S = 0.05
LOADING = "loading_model"  # the stage that a runner tells while it loads


class Resident(RunnerHandle):
    """A runner that is listened to: what it says on its way to the lane tells how its model is.

    `price_mib` is what is reserved for it, `memory_mib` what the driver says that it holds, `peak_mib` the most that
    was seen. `returned_mib` is what the last run has given back of its peak, until that is measured. `used_at_s` is of
    the wall clock. `likes` are the kinds of runs that it has had (plan.signature), `told_mib` the peak that was known
    after the last of them.
    """

    def __init__(
        self,
        card: ModelCard,
        hear: Callable[[Resident, Message | RunnerDied], None],
        *,
        device: str,
        plugin_dirs: Sequence[Path],
        interpreter: Path | None,
        environment: Mapping[str, str] | None,
        walls: Walls | None,
    ) -> None:
        self.card = card
        self.is_loaded = self.is_busy = False
        self.price_mib = self.peak_mib = self.returned_mib = 0
        self.memory_mib: int | None = None
        self.likes: set[str] = set()
        self.told_mib = 0
        self.used_at_s = time.time()
        self._hear = hear
        super().__init__(
            card.weights,
            device=device,
            plugin_dirs=plugin_dirs,
            interpreter=interpreter,
            environment=environment,
            walls=walls,
        )

    def receive(self, timeout_s: float) -> Message | None:
        try:
            message = super().receive(timeout_s)
        except RunnerDied as death:
            self._hear(self, death)
            raise
        if message is not None:
            self._hear(self, message)
        return message

    def state(self) -> ResidentState:
        return ResidentState(
            weights=self.weights,
            state="busy" if self.is_busy else "idle" if self.is_loaded else "loading",
            pid=self.pid,
            price_mib=self.price_mib,
            memory_mib=self.memory_mib,
            used_at=round(self.used_at_s, 3),
        )


class Pool:
    """The runners of one lane. `events` counts, by (weights, event), what happened to models; the lane takes it.

    `keeps_many`: leasing one model does not end the others. `held_mib` answers what each process holds on the GPU.
    `walls` answers what a runner may reach that is to be shut in.
    """

    def __init__(
        self,
        device: str,
        plugin_dirs: Sequence[Path],
        *,
        keeps_many: bool = False,
        environments: Environments | None = None,
        environment: Mapping[str, str] | None = None,
        retry_s: float = 60.0,
        held_mib: Callable[[], Mapping[int, int]] = dict,
        walls: Callable[[ModelCard], Walls | None] = lambda card: None,
    ) -> None:
        self.events: Counter[tuple[str, str]] = Counter()
        self.broken = Broken(retry_s)
        self._device = device
        self._plugin_dirs = plugin_dirs
        self._keeps_many = keeps_many
        self._environments = environments
        self._environment = environment
        self._held_mib = held_mib
        self._walls = walls
        self._has_told = False
        self._residents: dict[str, Resident] = {}
        self._warmed: ModelCard | None = None

    @property
    def is_on_gpu(self) -> bool:
        return self._device != "cpu"

    def lease(self, card: ModelCard, price_mib: int = 0) -> Resident:
        """A living runner for the card's weights: the one that is there, or a new one.

        Raises ModelBroken for a model that could not be loaded a moment ago.
        """
        resident = self._residents.get(card.weights)
        if resident is None or not resident.is_loaded:
            self.broken.check(card.weights)
        if resident is None or not (resident.is_alive() and resident.reaches()):
            resident = self._replace(card)
        resident.price_mib = max(resident.price_mib, price_mib)
        resident.is_busy, resident.returned_mib = True, 0
        return resident

    def _replace(self, card: ModelCard) -> Resident:
        """A new runner, in the place of the one that died, or of all others where one alone is kept."""
        for other in self.residents():
            if other.weights == card.weights or not self._keeps_many:
                self.leave(other.weights)
        log.info("starting a runner for %s", card.weights)
        walls = self._walls_of(card)
        try:
            resident = Resident(
                card,
                self._heard,
                device=self._device,
                # What is shut in is ours alone, and may not reach what plug-ins import.
                plugin_dirs=() if walls else self._plugin_dirs,
                interpreter=self._environments.interpreter(card) if self._environments else None,
                environment=self._environment,
                walls=walls,
            )
        except RunnerDied as death:  # its interpreter is gone, or there is no memory for a process
            self.load_ended(card.weights, str(death))
            raise
        self._residents[card.weights] = resident
        return resident

    def _walls_of(self, card: ModelCard) -> Walls | None:
        """The first runner that is shut in says what the kernel lacks for that; those after it would only repeat it."""
        walls = self._walls(card)
        if walls is None:
            return None
        told, self._has_told = self._has_told, True
        return replace(walls, tells=not told)

    def release(self, card: ModelCard) -> None:
        """The run is over. The most that its runner was seen to hold is its price: what it takes it keeps."""
        resident = self._residents.get(card.weights)
        if resident is None:
            return
        resident.is_busy, resident.used_at_s = False, time.time()
        if resident.peak_mib:
            resident.price_mib = resident.peak_mib

    def leave(self, weights: str) -> None:
        """A model makes room for another."""
        resident = self._residents.get(weights)
        if resident is not None and resident.is_loaded and resident.is_alive():
            self.events[weights, "evictions"] += 1
        self.evict(weights)

    def evict(self, weights: str = "") -> None:
        """Kill a runner, or all. The next lease starts a new one."""
        for name in [weights] if weights else list(self._residents):
            resident = self._residents.pop(name, None)
            if resident is not None:
                resident.kill()

    def clear(self, beat: Callable[[], None]) -> None:
        """End all runners, and wait until the driver has their memory back, for a moment at most.

        Where it does not know our processes, as in a container, for all of that moment.
        """
        runners = {resident.pid for resident in self.residents()}
        ours = {pid for pid in self._held_mib() if _group(pid) in runners}
        for resident in self.residents():
            self.evict(resident.weights)
            beat()
        is_unknown = self._keeps_many and bool(runners) and not ours
        until_s = time.monotonic() + RECOVERY_S
        while time.monotonic() < until_s and (is_unknown or ours & self._held_mib().keys()):
            beat()
            time.sleep(RECOVERY_LOOK_S)

    def warm(self, card: ModelCard) -> None:
        """Load a model before anybody asks for it. Does not wait. Raises ModelBroken, RunnerDied."""
        self._warmed = card
        self.lease(card).send(Warm(card.model_id))
        self._residents[card.weights].is_busy = False

    def look(self) -> None:
        """Hear what idle runners have to say, and try the model again that could not be loaded ahead.

        Not while a job runs: the runner's words are the job's then.
        """
        for resident in self.residents():
            try:
                while resident.receive(0.0) is not None:
                    continue
            except RunnerDied as death:
                log.warning("the idle runner of %s is gone: %s", resident.weights, death)
                self.evict(resident.weights)
            if not resident.is_loaded and self.broken.reason(resident.weights):
                self.evict(resident.weights)
        self._try_again()

    def _try_again(self) -> None:
        """A model that is not wanted any more is left alone: the next job that asks for it will tell."""
        card = self._warmed
        if card is None or not self.broken.has_lapsed(card.weights):
            return
        if card.weights in self._residents:  # it is being tried
            return
        if not self._residents:
            with suppress(RunnerDied):
                self.warm(card)
        else:
            self.broken.forget(card.weights)

    def expire(self, keep_alive_s: float) -> None:
        """End the models that have been idle too long."""
        now_s = time.time()
        for weights in plan.expired(self.planned(), now_s, keep_alive_s):
            log.info("%s was idle for %.0f s and leaves", weights, keep_alive_s)
            self.leave(weights)

    def measure(self) -> None:
        """Ask the driver what each runner and its children hold.

        Just after a run that is the peak, but for what the run gave back: the driver counts all that a process holds,
        while torch knows only of its own.
        """
        held: Counter[int] = Counter()
        for pid, mib in self._held_mib().items():
            held[_group(pid)] += mib
        for resident in self.residents():
            if resident.pid in held:
                resident.memory_mib = held[resident.pid]
                peak_mib = held[resident.pid] + resident.returned_mib
                resident.peak_mib = max(resident.peak_mib, peak_mib)
                resident.returned_mib = 0

    def residents(self) -> list[Resident]:
        return list(self._residents.values())

    def planned(self) -> list[plan.Resident]:
        """The residents as plan() knows them. One that loads ahead may be used or leave as well as an idle one."""
        return [
            plan.Resident(one.weights, one.price_mib, one.used_at_s, one.is_busy)
            for one in self._residents.values()
        ]

    def resident(self, weights: str) -> Resident | None:
        return self._residents.get(weights)

    def held_mib(self) -> int:
        """What the runners hold, as the driver says; for those of which it does not tell, what is reserved for them."""
        return sum(
            one.price_mib if one.memory_mib is None else one.memory_mib
            for one in self.residents()
            if one.is_loaded or one.memory_mib is not None
        )

    @property
    def loaded(self) -> tuple[str, ...]:
        """The weights that are ready to run."""
        return tuple(one.weights for one in self._residents.values() if one.is_loaded)

    def _heard(self, resident: Resident, message: Message | RunnerDied) -> None:
        weights = resident.weights
        match message:
            case RunnerDied():
                self._count_death(resident, message)
            case Ready():
                self._now_loaded(resident)
            case Progress(stage=stage) if stage != LOADING:
                self._now_loaded(resident)
            case Done(peak_mib=peak_mib, returned_mib=returned_mib):
                self._now_loaded(resident)
                resident.peak_mib = max(resident.peak_mib, peak_mib)
                resident.returned_mib = returned_mib
            case Failed(message=reason, memory=memory, while_loading=while_loading):
                if while_loading:
                    self.events[weights, "load_failures"] += 1
                if memory:
                    self.events[weights, "oom"] += 1
                elif while_loading:
                    self.broken.note(weights, reason)

    def _count_death(self, resident: Resident, death: RunnerDied) -> None:
        # Not by us: nobody listens any more to a runner that we killed.
        if death.returncode == -signal.SIGKILL:
            self.events[resident.weights, "oom"] += 1
        if not resident.is_loaded:
            self.load_ended(resident.weights, str(death))
        resident.is_loaded = False

    def load_ended(self, weights: str, how: str) -> None:
        """A load ended without a word of the model: its runner died, or was killed because it took too long."""
        self.events[weights, "load_failures"] += 1
        self.broken.note_death(weights, how)

    def _now_loaded(self, resident: Resident) -> None:
        if not resident.is_loaded:
            resident.is_loaded = True
            self.events[resident.weights, "loads"] += 1
            self.broken.forget(resident.weights)


def _group(pid: int) -> int:
    """The process group of a process, which is its runner's pid; 0 for one that is gone, or of another namespace."""
    try:
        return os.getpgid(pid)
    except OSError:
        return 0
