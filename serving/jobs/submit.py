"""The one door for every job of both APIs: validate, keep the inputs, save the record and enqueue its id."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from secrets import token_hex
from typing import Any

from pipelines.catalog import Catalog
from pipelines.errors import InsufficientVram, InvalidValue, ModelNotAvailable
from pipelines.spec import Feature, ModelCard, Notice, validated
from serving.errors import BadRequest, KeyReused, TooManyJobs
from serving.jobs.availability import Offer
from serving.jobs.queues import Queues
from serving.jobs.record import JobRecord
from serving.jobs.store import JobStore, Once
from serving.storage.uploads import Asset, Inputs

# A new record is a copy of it: the frozen class itself starts slowly.
_BLANK = JobRecord("", "", "", "", 0, 0.0)


@dataclass(frozen=True)
class Choice:
    """The model that does a job, and what the client is told of that."""

    card: ModelCard
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class Request:
    """What a client asks for, in the core's words. `options` are the model's, `shown` is for the skin alone.

    `choice` is what Desk.choose() answered for it, where the skin asked already. `timeout_s` is the longest that its
    run may take; None: as long as any of its model.
    """

    client: str
    feature: str
    model_id: str | None = None
    choice: Choice | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    assets: Mapping[str, Asset] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    idempotency_key: str = ""
    timeout_s: int | None = None


@dataclass(frozen=True)
class Accepted:
    """A job that was accepted, now or (`replayed`) when the same request came before."""

    record: JobRecord
    replayed: bool


def _everything() -> Offer:
    """Nothing speaks against any model."""
    return Offer({}, ())


@dataclass(frozen=True)
class Desk:
    """Where jobs come in: what submit() needs, made once per process.

    `timeouts_s` are the longest runs by model id or family, where the operator set them.
    """

    catalog: Catalog
    inputs: Inputs
    store: JobStore
    queues: Queues
    substitutes: bool = (
        False  # a model that is not here is replaced by one that is, and that is said
    )
    offer: Callable[[], Offer] = _everything  # which models can run here now
    timeouts_s: Mapping[str, int] = field(default_factory=dict)

    def submit(self, request: Request) -> JobRecord:
        """Accept a job. Raises as accept() does."""
        return self.accept(request).record

    def accept(self, request: Request) -> Accepted:
        """Accept a job. Raises InvalidValue, ModelNotAvailable, BadRequest, KeyReused, TooManyJobs, or RedisError.

        When this returns, the job is saved and waits. When it raises, nothing of it is left; only where Redis went away
        in the middle may it be saved all the same, or its inputs lie about until retention finds them.
        """
        feature = self.catalog.feature(request.feature)
        choice = request.choice or self.choose(request.feature, request.model_id)
        card = choice.card
        _check_inputs(feature, request.assets)
        record = _BLANK.having(
            job_id=token_hex(16),
            client=request.client,
            feature=feature.name,
            model_id=card.model_id,
            timeout_s=self._timeout_s(choice, request.timeout_s),
            created_at=time.time(),
            params=validated(feature.params, request.params),
            options=validated(card.options, request.options),
            shown=request.shown,
            warnings=tuple(asdict(notice) for notice in (*request.notices, *choice.notices)),
        )
        return self._accept(record, request)

    def limit_s(self, card: ModelCard) -> int:
        """The longest that a run of a model may take: as set for it, else for its family, else as its card says."""
        of_family = self.timeouts_s.get(card.family, card.timeout_s)
        return self.timeouts_s.get(card.model_id, of_family)

    def _timeout_s(self, choice: Choice, asked_s: int | None) -> int:
        """The longest that this run may take. Raises InvalidValue for more than the limit of its model."""
        card, limit_s = choice.card, self.limit_s(choice.card)
        if asked_s is None:
            return limit_s
        if asked_s > limit_s and choice.notices:  # meant for the model that this one stands in for
            return limit_s
        if not 1 <= asked_s <= limit_s:
            raise InvalidValue(
                f"timeout_seconds is {asked_s!s:.20}; it must be between 1 and {limit_s} for {card.model_id}"
            )
        return asked_s

    def able(self) -> Catalog:
        """The catalog without the models that cannot run here now.

        While no lane lives, a model for a GPU is left out too where another does its feature: whether one with a GPU
        will come is not known.
        """
        offer = self.offer()
        cards = {
            name: card for name, card in self.catalog.cards.items() if not offer.reasons.get(name)
        }
        if not offer.lanes:
            sure = {card.feature for card in cards.values() if not card.vram_mib}
            cards = {
                name: card
                for name, card in cards.items()
                if not card.vram_mib or card.feature not in sure
            }
        return (
            replace(self.catalog, cards=cards)
            if len(cards) < len(self.catalog.cards)
            else self.catalog
        )

    def choose(self, feature: str, model_id: str | None) -> Choice:
        """The model that will do it: the one asked for, or the best that can run here. Raises ModelNotAvailable."""
        offer = self.offer()
        reasons = offer.reasons
        able = [card for card in self.catalog.cards_for(feature) if not reasons.get(card.model_id)]
        if (
            not offer.lanes
        ):  # whether one with a GPU will come is not known, and a job must not wait for ever
            able.sort(key=lambda card: card.vram_mib > 0)
        for card in able:
            if not model_id or card.is_called(model_id):
                return Choice(card)
        if model_id and able and self.substitutes:
            said = f"{model_id} is not available here; {able[0].model_id} did it instead"
            return Choice(able[0], (Notice("MODEL_SUBSTITUTED", said),))
        raise self._not_available(feature, model_id, able, offer)

    def _not_available(
        self,
        feature: str,
        model_id: str | None,
        able: Sequence[ModelCard],
        offer: Offer,
    ) -> ModelNotAvailable:
        there = f"available for {feature}: {', '.join(card.model_id for card in able) or 'none'}"
        reasons, too_large = offer.reasons, offer.too_large
        if not model_id:
            cards = self.catalog.cards_for(feature)
            why = "; ".join(f"{card.model_id}: {reasons[card.model_id]}" for card in cards)
            small = bool(cards) and all(card.model_id in too_large for card in cards)
            return (InsufficientVram if small else ModelNotAvailable)(
                f"no model for {feature} can run here ({why or 'none is installed'})"
            )
        called = (card for card in self.catalog.cards_for(feature) if card.is_called(model_id))
        known = next(called, None) or self.catalog.cards.get(model_id)
        if known is None:
            return ModelNotAvailable(f"{model_id} is not installed here; {there}")
        if known.feature != feature:
            return ModelNotAvailable(f"{model_id} does not do {feature}; {there}")
        return (InsufficientVram if known.model_id in too_large else ModelNotAvailable)(
            f"{model_id} cannot run here: {reasons[known.model_id]}; {there}"
        )

    def _accept(self, record: JobRecord, request: Request) -> Accepted:
        """Record and envelope go in at once: both are there, or neither."""
        once = _once(record, request)
        kept = self.inputs.keep(request.client, record.job_id, dict(request.assets))
        record = record.having(inputs=kept)
        try:
            saved = self.store.save(record, self.queues.envelope(record), once)
        except (TooManyJobs, KeyReused):
            self.inputs.forget(kept)
            raise
        replayed = saved.job_id != record.job_id
        if replayed:
            self.inputs.forget(kept)
        return Accepted(saved, replayed)


def _once(record: JobRecord, request: Request) -> Once | None:
    """The request's idempotency key, and a digest of all that makes the job what it is, its inputs' bytes included."""
    if not request.idempotency_key:
        return None
    whole: dict[str, Any] = {
        "feature": record.feature,
        "model_id": request.model_id,
        "params": record.params,
        "options": record.options,
        "inputs": {slot: asset.sha256() for slot, asset in sorted(request.assets.items())},
    }
    if request.timeout_s is not None:
        whole["timeout_s"] = request.timeout_s
    digest = hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
    return Once(hashlib.sha256(request.idempotency_key.encode()).hexdigest(), digest)


def _check_inputs(feature: Feature, assets: Mapping[str, Asset]) -> None:
    for name, slot in feature.inputs.items():
        if slot.required and name not in assets:
            raise BadRequest(f"{name} is missing; send {slot.description or 'a file'}")
    for name in assets:
        if name not in feature.inputs:
            raise BadRequest(f"{name} is not an input of {feature.name}")
