"""What a free lane takes next: reads the line, its GPU and its pool, asks plan(), and makes room for what is chosen.

Carries out what serving.worker.residency.plan decides. Knows no processes and no RQ.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from pipelines.spec import ModelCard
from serving.gpus import Gpu
from serving.jobs.line import Idler, Line, View, Waiting
from serving.jobs.store import Pass
from serving.worker.residency.plan import (
    Candidate,
    Idle,
    Memory,
    Prices,
    Resident,
    Rules,
    Step,
    Take,
    Wait,
    plan,
    signature,
    unwanted,
)
from serving.worker.residency.pool import RECOVERY_LOOK_S, RECOVERY_S, Pool

log = logging.getLogger("meshkiln.lane")

# A lane that waits for memory which a stranger holds looks again so often.
MEMORY_LOOK_S = 0.5
PRICES_LOOK_S = 5.0
DRAINED = "drained by the operator"


@dataclass(frozen=True)
class Chosen:
    """A job to take, what is reserved for it, and whether it goes before older ones."""

    job_id: str
    card: ModelCard
    price_mib: int
    passes: Pass | None


@dataclass(frozen=True)
class Rest:
    """Nothing to take: look again after so many seconds, or when the bell rings. `why` it waits though jobs do."""

    seconds: float
    why: str = ""


class Placement:
    """The choices of one lane. `cards` by queue. `read_gpu` answers its GPU as it is now; None for a lane of a CPU.

    `others_can` tells whether another living lane can run a model, on a GPU of at least so many MiB for models. `beat`
    is called while memory is waited for.
    """

    def __init__(
        self,
        line: Line,
        pool: Pool,
        cards: Mapping[str, ModelCard],
        rules: Rules,
        *,
        idle_s: float,
        reserve_mib: int = 0,
        read_gpu: Callable[[], Gpu | None] | None = None,
        others_can: Callable[[str, int], bool] = lambda model_id, mib: False,
    ) -> None:
        self.prices = Prices()
        self._line = line
        self._pool = pool
        self._cards = cards
        self._rules = rules
        self._idle_s = idle_s
        self._reserve_mib = reserve_mib
        self._read_gpu = read_gpu
        self._others_can = others_can
        self.beat: Callable[[], None] = lambda: None
        self._blocked_since_s: float | None = None
        self._obeyed: dict[str, str] | None = None
        self._ask_prices_at_s = 0.0
        self._gpu: Gpu | None = None
        self._room_mib = 0  # if all that is ours left
        self.gpu_failure = ""  # why the GPU cannot be used now

    def next(self) -> Chosen | Rest:
        """The job to take now, after room was made for it; or how long to rest. Raises RedisError.

        A lane that is to rest is rung for: it looks once more after it said so.
        """
        for listens in (False, True):
            now_s, memory = time.time(), self._memory()
            residents = self._pool.planned()
            idler = self._idler(memory, residents)
            view = self._line.look(now_s, idler, listens=listens)
            has_left = self._obey(view.unloads)
            if view.is_drained:
                return Rest(self._idle_s, DRAINED)
            if has_left:  # its memory is back in a moment
                return Rest(MEMORY_LOOK_S)
            if not view.waiting:
                return Rest(self._idle_s)
            if memory is None:
                return Rest(MEMORY_LOOK_S, self.gpu_failure)
            step = self._plan(view, memory, residents, now_s)
            if isinstance(step, Take):
                # If the memory is not back in time: a look at what is true then, not one eviction after the other.
                return self._chosen(step) if self._make_room(step) else Rest(MEMORY_LOOK_S)
        return self._rest(step, time.time())

    def obey(self) -> None:
        """Have idle models leave that the operator wants unloaded, beside the one that runs. Raises RedisError."""
        if len(self._pool.residents()) > 1:
            self._obey(self._line.unloads())

    def _obey(self, orders: Mapping[str, str]) -> bool:
        """Whether a model left. One that runs, or loads for a job, does so afterwards; one that comes later stays.

        What was ordered before this lane's first look is not meant for it.
        """
        if self._obeyed is None:
            self._obeyed = dict(orders)
        if orders == self._obeyed:
            return False
        residents = self._pool.planned()
        leaving = unwanted(residents, orders, self._obeyed)
        for weights in leaving:
            log.info("%s leaves, as the operator has ordered", weights)
            self._pool.leave(weights)
        busy = {one.weights for one in residents if one.is_busy}
        self._obeyed = {
            weights: self._obeyed.get(weights, "") if weights in busy else order
            for weights, order in orders.items()
        }
        return bool(leaving)

    def refresh_prices(self) -> None:
        """What other lanes have measured, asked now and then. Raises RedisError."""
        if self._read_gpu is not None and time.monotonic() >= self._ask_prices_at_s:
            self._ask_prices_at_s = time.monotonic() + PRICES_LOOK_S
            for name, mib in self._line.prices_mib().items():
                weights, _, like = name.partition("|")
                self.prices.learn(weights, like, mib)

    def learn(self, card: ModelCard, params: Mapping[str, object], has_completed: bool) -> None:
        """A run with these params and options is over. Raises RedisError.

        What its process holds is the most that any of its runs took. It is this run's price only if the process grew
        in it, or has had no runs of another kind.
        """
        resident = self._pool.resident(card.weights)
        if resident is None:
            return
        like, peak_mib = _like(card, params), resident.peak_mib
        resident.likes.add(like)
        has_grown = peak_mib > resident.told_mib
        resident.told_mib = peak_mib
        if has_completed and (has_grown or resident.likes == {like}):
            self._note_price(card, like, peak_mib)

    def outgrown(self, card: ModelCard, params: Mapping[str, object]) -> bool:
        """Whether a job for which this GPU was too small is better left to a larger one; then this lane will do so.

        Raises RedisError.
        """
        if self._gpu is None:
            return False
        more_mib = self._gpu.memory_total - self._reserve_mib + 1
        if not self._others_can(card.model_id, more_mib):
            return False
        self._note_price(card, _like(card, params), more_mib)
        return True

    def _note_price(self, card: ModelCard, like: str, mib: int) -> None:
        if mib > self.prices.peaks_mib.get((card.weights, like), 0):
            self.prices.learn(card.weights, like, mib)
            self._line.note_price(f"{card.weights}|{like}", mib)

    def _idler(self, memory: Memory | None, residents: Sequence[Resident]) -> Idler:
        """What this lane tells the others while it is idle. One whose GPU does not answer has nothing to offer."""
        if memory is None:
            return Idler()
        prices_mib = sum(one.price_mib for one in residents)
        free_mib = min(memory.free_mib, memory.total_mib - prices_mib) - memory.reserve_mib
        runs = [
            model_id
            for model_id, card in self._cards.items()
            if not self._pool.broken.reason(card.weights)
        ]
        return Idler(self._pool.loaded, tuple(runs), free_mib)

    def _plan(
        self, view: View, memory: Memory, residents: Sequence[Resident], now_s: float
    ) -> Step:
        ask = partial(
            plan,
            self._candidates(view.waiting, memory),
            residents,
            memory,
            self._rules,
            now_s=now_s,
            # A job whose run died is never passed over.
            spent_s=max([view.spent_s, *(one.since_s for one in view.waiting if one.attempt)]),
            service_s=view.service_s,
            blocked_since_s=self._blocked_since_s,
        )
        elsewhere = self._held_elsewhere(view)
        step = ask(elsewhere=elsewhere)
        if isinstance(step, Take) and step.evict and _fits_elsewhere(step.candidate, view.idlers):
            # Nobody need leave for it there; as with weights that are ready elsewhere, for a window at most.
            step = ask(elsewhere={*elsewhere, step.candidate.weights})
        self._blocked_since_s = step.blocked_since_s
        return step

    def _held_elsewhere(self, view: View) -> set[str]:
        """The weights that an idle lane elsewhere has ready and may use for the job that waits for them."""
        return {
            self._cards[one.queue].weights
            for one in view.waiting
            for idler in view.idlers
            if one.queue in idler.runs and self._cards[one.queue].weights in idler.holds
        }

    def _candidates(self, waiting: Sequence[Waiting], memory: Memory) -> list[Candidate]:
        found = []
        largest_mib = memory.largest_mib
        for one in waiting:
            card = self._cards[one.queue]
            price_mib = self._price_mib(card, one, largest_mib)
            if price_mib is not None:
                row = (one.job_id, one.queue, card.weights, price_mib, one.since_s, one.client)
                found.append(Candidate(*row))
        return found

    def _price_mib(self, card: ModelCard, one: Waiting, largest_mib: int) -> int | None:
        """None for a job that this lane leaves alone: its model could not be loaded here, or a larger GPU is for it.

        Where the model itself has said so and nobody else has it, its jobs are taken, to fail with that reason.
        """
        broken = self._pool.broken
        if broken.reason(card.weights):
            told = broken.is_certain(card.weights) and not self._others_can(card.model_id, 0)
            return 0 if told else None
        if not card.vram_mib:
            return 0
        like = _like(card, one.params()) if card.memory_params else ""
        price_mib = self.prices.price_mib(card.weights, like, card.vram_mib)
        if price_mib > largest_mib and self._others_can(card.model_id, price_mib):
            return None
        if price_mib <= card.vram_mib:
            return price_mib
        # Whoever was promised a smaller price may try with all there is: never out of reach for ever.
        return min(price_mib, max(card.vram_mib, min(self._room_mib, largest_mib)))

    def _memory(self) -> Memory | None:
        """None for a GPU that does not answer."""
        if self._read_gpu is None:
            return Memory(0, 0)
        self._gpu = gpu = self._read_gpu()
        self.gpu_failure = "" if gpu else "its GPU does not answer"
        if gpu is None:
            return None
        # The reserve is for what others hold, before anything else.
        ours_mib = self._pool.held_mib()
        others_mib = max(0, gpu.memory_used - ours_mib)
        free_mib = gpu.memory_free + min(others_mib, self._reserve_mib)
        self._room_mib = free_mib + ours_mib - self._reserve_mib
        return Memory(gpu.memory_total, free_mib, self._reserve_mib)

    def _make_room(self, step: Take) -> bool:
        """End those who leave. False when the memory is not back in time: plan again, from fresh readings."""
        if not step.evict:
            return True
        for weights in step.evict:
            self._pool.leave(weights)
            self.beat()
        until_s = time.monotonic() + RECOVERY_S
        while time.monotonic() < until_s:
            now = self._memory()
            if now is not None and self._has_room(step.candidate, now):
                return True
            self.beat()
            time.sleep(RECOVERY_LOOK_S)
        log.warning("the memory of %s did not come back", ", ".join(step.evict))
        return False

    def _has_room(self, candidate: Candidate, memory: Memory) -> bool:
        """Whether the driver has what the job needs beyond what its model holds."""
        held = sum(
            one.price_mib for one in self._pool.planned() if one.weights == candidate.weights
        )
        return candidate.price_mib - held <= memory.free_mib - memory.reserve_mib

    def _chosen(self, step: Take) -> Chosen:
        one, window_s = step.candidate, self._rules.affinity_window_s
        noted = Pass(one.since_s, window_s) if step.is_pass and window_s > 0 else None
        return Chosen(one.job_id, self._cards[one.queue], one.price_mib, noted)

    def _rest(self, step: Step, now_s: float) -> Rest:
        if isinstance(step, Wait):
            return Rest(MEMORY_LOOK_S, step.reason)
        if isinstance(step, Idle) and step.look_at_s is not None:
            return Rest(min(self._idle_s, max(0.0, step.look_at_s - now_s)))
        return Rest(self._idle_s)


def _fits_elsewhere(candidate: Candidate, idlers: Sequence[Idler]) -> bool:
    return any(
        candidate.queue in idler.runs and candidate.price_mib <= idler.free_mib for idler in idlers
    )


def _like(card: ModelCard, params: Mapping[str, object]) -> str:
    return signature({name: params[name] for name in card.memory_params if name in params})
