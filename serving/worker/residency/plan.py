"""What a free lane does next: which waiting job it takes, and which models leave for it.

Knows jobs, prices, sizes and ages. Does not know Redis, processes, drivers or the clock: what is true now is an
argument. Times are seconds of one clock, whichever it is; memory is MiB.

**Order.** fifo: the oldest job that this GPU can ever hold, ties by job id. With `affinity_window_s` above 0, and
within the bound below, the oldest whose weights are resident goes before it, and a job younger than the window is left
to an idle lane elsewhere that holds its weights. fair: the candidate of the least served client; among clients within
`affinity_window_s` of service of the least served, resident weights go first.

**Bound.** A job is *passed over* when a lane that has room for it takes a younger one. fifo: nobody goes before a job
that was passed over `affinity_window_s` ago, hence none is passed over for longer, counted from the first time. What
went before an older one is noted (`Passes`); a younger one goes first only where the oldest candidate is younger than
all that was noted a window ago. A job passed over then was older than what was noted, so is the oldest now, and it is
its turn. Lanes share one Passes, or each has its own and the bound is each lane's. Without any, the age stands in for
it, which is stricter: affinity is then off while the backlog is older than the window. fair: a job that has waited
`fair_window_s`, and no less than the affinity window, is never passed over. With `affinity_window_s` 0, fifo is exact.

**Memory.** A job that this GPU could hold, but not now even if all that is idle left, keeps the lane from younger jobs
for `memory_wait_s` in a row, and nobody leaves for it in vain. A killed runner's memory is back by then; if a younger
job took it first, the two would drive each other out for ever. Past that a stranger holds the memory, perhaps for days,
and an idle lane helps nobody: the others go on in their order, while every decision first asks whether there is room
now. So once there is room, what went on costs the waiting job at most the run that is under way.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from operator import attrgetter
from types import MappingProxyType
from typing import Literal, NamedTuple

QueuePolicy = Literal["fifo", "fair"]

_age = attrgetter("since_s", "job_id")  # the smallest is the oldest
_since_s = attrgetter("since_s")
_longest_unused = attrgetter("used_at_s", "weights")
_client = attrgetter("client")
_NOTHING: Mapping[str, float] = MappingProxyType({})


class Candidate(
    NamedTuple
):  # made ten times as fast as a frozen dataclass, and a decision makes a hundred
    """A waiting job that the lane may take: under fifo the oldest of each queue, under fair of each client and queue.

    `since_s` is when it was submitted; under fair when it became the oldest of its client and queue, if that is later:
    a client's own backlog is nobody's delay.
    """

    job_id: str
    queue: str
    weights: str
    price_mib: int
    since_s: float
    client: str = ""


class Resident(NamedTuple):
    """A model process on this GPU, known by its weights. Busy: it runs or loads, and can neither leave nor be used."""

    weights: str
    price_mib: int
    used_at_s: float
    is_busy: bool = False


@dataclass(frozen=True, slots=True)
class Memory:
    """One GPU's memory. `free_mib` as the driver says it: less what strangers and leaks take."""

    total_mib: int
    free_mib: int
    reserve_mib: int = 0

    @property
    def largest_mib(self) -> int:
        """The highest price that this GPU can ever hold. A price of 0 fits everywhere."""
        return max(0, self.total_mib - self.reserve_mib)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator chooses; see the module's docstring.

    `memory_wait_s` must be longer than a driver takes to give a killed runner's memory back.
    """

    queue_policy: QueuePolicy = "fifo"
    affinity_window_s: float = 0.0
    fair_window_s: float = 3_600.0
    memory_wait_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Take:
    """Take the job once `evict` have left; if the memory is not back then, plan again from fresh readings.

    `is_pass`: an older one may have been passed over; the lane notes it once the job is its own.
    """

    candidate: Candidate
    evict: tuple[str, ...] = ()
    is_pass: bool = False
    blocked_since_s: float | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """There is no room for the job whose turn it is: take nothing, and plan again when memory may have changed."""

    candidate: Candidate
    short_mib: int
    blocked_since_s: float

    @property
    def reason(self) -> str:
        """One sentence for logs and the board."""
        if self.short_mib <= 0:
            return f"{self.candidate.weights} is busy"
        need = f"{self.candidate.weights} needs {self.candidate.price_mib:,} MiB"
        return f"{need}, {self.short_mib:,} more than idle models could make room for"


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing for this lane now. From `look_at_s` on it would take what it leaves to a lane that holds the weights."""

    look_at_s: float | None = None
    blocked_since_s: None = None


Step = Take | Wait | Idle


class Passes:
    """Which jobs went before older ones in the last `window_s`, and the youngest that did before that."""

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._recent: deque[tuple[float, float]] = deque()
        self._spent_s = -inf

    def note(self, step: Take, now_s: float) -> None:
        if step.is_pass:
            self._recent.append((now_s, step.candidate.since_s))

    def spent_s(self, now_s: float) -> float:
        """Jobs that wait since then or longer may have been passed over for the whole window. -inf: none was."""
        while self._recent and self._recent[0][0] <= now_s - self._window_s:
            self._spent_s = max(self._spent_s, self._recent.popleft()[1])
        return self._spent_s


def plan(
    candidates: Iterable[Candidate],
    residents: Sequence[Resident],
    memory: Memory,
    rules: Rules,
    *,
    now_s: float,
    spent_s: float | None = None,
    service_s: Mapping[str, float] = _NOTHING,
    elsewhere: Collection[str] = (),
    blocked_since_s: float | None = None,
) -> Step:
    """The next step of a lane that runs nothing. Linear in candidates and residents.

    `spent_s` is what Passes says; None for no Passes. `service_s` is, under fair, the seconds of GPU that each client
    has and lately had; who is not in it had none. `elsewhere` are the weights that idle lanes on other GPUs hold.
    `blocked_since_s` is the lane's last step's.
    """
    gpu = _Gpu(residents, memory)
    turn = _Turn(gpu, rules, now_s, service_s, spent_s)
    largest_mib = memory.largest_mib
    ours = [candidate for candidate in candidates if candidate.price_mib <= largest_mib]
    left = _left_to_others(ours, gpu, rules, now_s, elsewhere)
    if left:
        ours = [candidate for candidate in ours if candidate.job_id not in left]
    if not ours:
        return Idle(
            min((one.since_s + rules.affinity_window_s for one in left.values()), default=None)
        )
    first, oldest = turn.of(ours)
    if gpu.has_room(first):
        return Take(first, gpu.victims(first), first is not oldest or _is_behind(first, left))
    since_s = now_s if blocked_since_s is None else blocked_since_s
    if now_s - since_s >= rules.memory_wait_s:
        others = [candidate for candidate in ours if gpu.has_room(candidate)]
        if others:
            other, oldest = turn.of(others)
            is_pass = other is not oldest or _is_behind(other, left)
            return Take(other, gpu.victims(other), is_pass, since_s)
    return Wait(first, gpu.short_mib(first), since_s)


def expired(residents: Iterable[Resident], now_s: float, keep_alive_s: float) -> tuple[str, ...]:
    """The weights that leave on their own: idle for `keep_alive_s`, the longest first. A negative one means never."""
    if keep_alive_s < 0:
        return ()
    leaving = [
        resident
        for resident in residents
        if not resident.is_busy and now_s - resident.used_at_s >= keep_alive_s
    ]
    return tuple(resident.weights for resident in sorted(leaving, key=_longest_unused))


def unwanted(
    residents: Iterable[Resident], orders: Mapping[str, str], obeyed: Mapping[str, str]
) -> tuple[str, ...]:
    """The weights that leave because the operator said so: idle ones, with an order that was not obeyed yet."""
    return tuple(
        one.weights
        for one in residents
        if not one.is_busy and orders.get(one.weights) not in (None, obeyed.get(one.weights))
    )


@dataclass
class Prices:
    """What weights cost in MiB when run with like parameters: as declared until they ran, then as measured.

    The measured price replaces the declared one, also where it is lower: a card must promise for its worst case, and a
    price that never fell below the promise would keep models apart that fit together. It is the largest peak measured,
    never less: the next run may be the one that peaked.
    """

    peaks_mib: dict[tuple[str, str], int] = field(default_factory=dict)

    def price_mib(self, weights: str, signature: str, declared_mib: int) -> int:
        return self.peaks_mib.get((weights, signature), declared_mib)

    def learn(self, weights: str, signature: str, peak_mib: int) -> None:
        """Note what a finished run took at most. A run that measured nothing (0) teaches nothing."""
        key = weights, signature
        if peak_mib > self.peaks_mib.get(key, 0):
            self.peaks_mib[key] = peak_mib


def signature(params: Mapping[str, object]) -> str:
    """Parameters made coarse: numbers up to the next power of two, the rest as it is.

    Hand in those that memory depends on; a seed or a prompt would make every run unlike every other.
    """
    return ",".join(f"{name}={_coarse(value)}" for name, value in sorted(params.items()))


def _coarse(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    power = 1
    while power < abs(value) < float("inf"):
        power *= 2
    return str(power if value > 0 else -power if value < 0 else 0)


class _Gpu:
    """What residents and memory leave room for. Evicting gives back a resident's price, on both sides of the budget."""

    def __init__(self, residents: Sequence[Resident], memory: Memory) -> None:
        prices_mib = sum(resident.price_mib for resident in residents)
        idle_mib = sum(resident.price_mib for resident in residents if not resident.is_busy)
        budget_mib = min(memory.free_mib, memory.total_mib - prices_mib) - memory.reserve_mib
        self._residents = residents
        self._held = {resident.weights: resident for resident in residents}
        self.idle = frozenset(one.weights for one in residents if not one.is_busy)
        self._budget_mib = budget_mib
        self._reach_mib = max(0, budget_mib + idle_mib)  # if all that is idle left

    def has_room(self, candidate: Candidate) -> bool:
        """Whether the job can start now, perhaps after evictions.

        A resident's price is paid: like parameters need nothing more, larger ones the difference. That the others' idle
        memory covers the difference is the same as that all idle memory, its own too, covers the whole.
        """
        resident = self._held.get(candidate.weights)
        if resident is None:
            return candidate.price_mib <= self._reach_mib
        if resident.is_busy:
            return False
        return candidate.price_mib <= max(resident.price_mib, self._reach_mib)

    def short_mib(self, candidate: Candidate) -> int:
        return candidate.price_mib - self._reach_mib

    def victims(self, candidate: Candidate) -> tuple[str, ...]:
        """Who leaves for a job that there is room for: the least recently used, and nobody who need not."""
        resident = self._held.get(candidate.weights)
        short_mib = candidate.price_mib - (resident.price_mib if resident else 0)
        if short_mib <= 0:
            return ()
        short_mib -= self._budget_mib
        leaving: list[Resident] = []
        for other in sorted(self._residents, key=_longest_unused):
            if short_mib <= 0:
                break
            if not other.is_busy and other is not resident:
                leaving.append(other)
                short_mib -= other.price_mib
        # A small one that left before a large one may not have been needed: it stays.
        for other in reversed(leaving[:-1]):
            if short_mib + other.price_mib <= 0:
                leaving.remove(other)
                short_mib += other.price_mib
        return tuple(other.weights for other in leaving)


def _left_to_others(
    fitting: Iterable[Candidate],
    gpu: _Gpu,
    rules: Rules,
    now_s: float,
    elsewhere: Collection[str],
) -> dict[str, Candidate]:
    """By id, the candidates whose weights an idle lane elsewhere holds and this one does not: its for a window."""
    if not elsewhere or rules.affinity_window_s <= 0:
        return {}
    window_s = rules.affinity_window_s
    away = set(elsewhere) - gpu.idle
    return {
        one.job_id: one for one in fitting if one.weights in away and one.since_s + window_s > now_s
    }


def _oldest(candidates: Sequence[Candidate]) -> Candidate:
    """Like min() by age, in a third of the time where there are thousands."""
    since_s = min(map(_since_s, candidates))
    return min((one for one in candidates if one.since_s == since_s), key=_age)


def _is_behind(candidate: Candidate, others: Mapping[str, Candidate]) -> bool:
    """Whether one of the others is older."""
    age = _age(candidate)
    return any(_age(other) < age for other in others.values())


@dataclass(frozen=True)
class _Turn:
    """Whose turn it is."""

    gpu: _Gpu
    rules: Rules
    now_s: float
    service_s: Mapping[str, float]
    spent_s: float | None

    def of(self, candidates: list[Candidate]) -> tuple[Candidate, Candidate]:
        """The candidate to take, and the oldest."""
        oldest = _oldest(candidates)
        if self.rules.queue_policy == "fair":
            if self.now_s - oldest.since_s < self.rules.fair_window_s:
                return self._least_served(candidates), oldest
        elif self._may_wait(oldest):
            return _oldest(self._at_hand(candidates) or [oldest]), oldest
        return oldest, oldest

    def _may_wait(self, oldest: Candidate) -> bool:
        """Whether a younger one may go before the oldest, for its resident weights."""
        window_s = self.rules.affinity_window_s
        spent_s = self.now_s - window_s if self.spent_s is None else self.spent_s
        return window_s > 0 and oldest.since_s > spent_s

    def _at_hand(self, candidates: list[Candidate]) -> list[Candidate]:
        idle, has_room = self.gpu.idle, self.gpu.has_room
        return [one for one in candidates if one.weights in idle and has_room(one)]

    def _least_served(self, candidates: list[Candidate]) -> Candidate:
        slack_s = self.rules.affinity_window_s
        served_s = {
            client: self.service_s.get(client, 0.0) for client in set(map(_client, candidates))
        }
        limit_s = min(served_s.values()) + slack_s
        peers = [one for one in candidates if served_s[one.client] <= limit_s]
        if slack_s > 0:
            peers = self._at_hand(peers) or peers
        return min(peers, key=lambda one: (served_s[one.client], one.since_s, one.job_id))
