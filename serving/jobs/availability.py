"""Which models can run on this installation now, as the living lanes tell; and why the others cannot.

The rule is a pure function of what stands on the board. Knows cards and lanes; knows no web and no processes.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipelines.catalog import Catalog
from pipelines.spec import ModelCard
from serving.jobs.board import Board, LaneState

KEEP_S = 2.0  # as often as lanes speak
# A lane that died is back within seconds; what it could run is not refused meanwhile.
MISSED_S = 15.0
NOBODY = "no living worker serves it"
# What a lane of the CPU says of a model for a GPU that lacks nothing else.
FOR_A_GPU = "it needs a GPU"


@dataclass(frozen=True)
class Offer:
    """What is to be had: why each model cannot run, by id ("" = it can), and the lanes that live.

    `too_large` are the models that no GPU here has the memory for.
    """

    reasons: Mapping[str, str]
    lanes: tuple[LaneState, ...]
    too_large: frozenset[str] = frozenset()

    def cards(self, catalog: Catalog, feature: str) -> list[ModelCard]:
        """The models of a feature that can run, the one to prefer first."""
        return [card for card in catalog.cards_for(feature) if not self.reasons[card.model_id]]

    def holder(self, card: ModelCard) -> LaneState | None:
        """A lane that holds the card's weights ready; None when they would have to be loaded."""
        if self.reasons[card.model_id]:
            return None
        return next((lane for lane in self.lanes if card.weights in lane.loaded), None)


def offer(catalog: Catalog, lanes: Iterable[LaneState], missed: Iterable[LaneState] = ()) -> Offer:
    """What the living lanes offer of a catalog. `missed` are lanes that died a moment ago: they come back.

    One lane that can run a model is enough, whatever the others lack; where none can, the one with the largest GPU says
    why. While no lane lives at all, every model counts as available: jobs wait for one. A model that no lane speaks of,
    while some live, has nobody to run it, or is too large for every GPU.
    """
    living, missed = tuple(lanes), tuple(missed)
    said: dict[str, list[tuple[bool, int, str]]] = {}
    for lane in (*living, *missed):
        for model_id, reason in lane.models.items():
            said.setdefault(model_id, []).append((bool(reason), -(lane.vram_mib or 0), reason))
    silent = [(True, 0, NOBODY if living else "")]
    reasons = {model_id: min(said.get(model_id, silent))[2] for model_id in catalog.cards}
    sizes = [lane.vram_mib for lane in (*living, *missed)]
    if not living or None in sizes:
        return Offer(reasons, living)
    largest_mib = max(size for size in sizes if size is not None)
    homeless = {
        card.model_id: _homeless(card, largest_mib, reasons[card.model_id])
        for card in catalog.cards.values()
        if card.vram_mib > largest_mib and reasons[card.model_id]
    }
    return Offer(
        {**reasons, **homeless}, living, frozenset(homeless) if largest_mib else frozenset()
    )


def _homeless(card: ModelCard, largest_mib: int, said: str) -> str:
    """Why no GPU here is for the model, and what else a lane says that it lacks."""
    there = (
        f"the largest GPU here has {largest_mib:,} for models"
        if largest_mib
        else "there is no GPU here"
    )
    short = f"it needs {card.vram_mib:,} MiB of GPU memory, {there}"
    if not said or said in (NOBODY, FOR_A_GPU) or "MiB of GPU memory" in said:
        return short
    if card.cpu_capable:  # it lacks that, and no GPU
        return said
    return f"{said}; and {short}"


class Availability:
    """The offer of now, asked for at every submit and looked up at most every KEEP_S in a process."""

    def __init__(self, board: Board, catalog: Catalog, keep_s: float = KEEP_S) -> None:
        self._board = board
        self._catalog = catalog
        self._keep_s = keep_s
        self._seen: tuple[float, Offer] | None = None
        self._spoken: dict[tuple[str, str], tuple[float, LaneState]] = {}

    def offer(self) -> Offer:
        """What can run now. Raises RedisError where Redis is away and nothing recent is known."""
        now_s = time.monotonic()
        seen = self._seen
        if seen is None or now_s - seen[0] >= self._keep_s:
            living = self._board.lanes()
            seen = self._seen = now_s, offer(self._catalog, living, self._missed(living, now_s))
        return seen[1]

    def _missed(self, living: Iterable[LaneState], now_s: float) -> list[LaneState]:
        """The last words of lanes whose place, on their host, nobody has taken for a moment."""
        there = {(lane.host, lane.title): (now_s, lane) for lane in living}
        self._spoken = {
            place: word
            for place, word in {**self._spoken, **there}.items()
            if now_s - word[0] < MISSED_S
        }
        return [lane for place, (_, lane) in self._spoken.items() if place not in there]

    def reasons(self) -> Mapping[str, str]:
        """Why each model of the catalog cannot run now, by id; "" for those that can. Raises RedisError."""
        return self.offer().reasons
