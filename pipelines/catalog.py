"""All features and model cards known to this build, found by listing the folders.

A feature is a file with FEATURE in features/, a model family is a file with CARDS and ADAPTER in adapters/: it is found
because it is there. A family of several weights has ADAPTERS in its place, by weights. Further folders of the same form
may be named (plugins). Light: importing a feature or an adapter imports no heavy library; those load when a method
runs.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from pipelines.errors import InvalidValue, ModelNotAvailable
from pipelines.spec import Adapter, Feature, ModelCard

log = logging.getLogger("meshkiln.catalog")

_T = TypeVar("_T")
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Catalog:
    """Features and cards by name. Cards of a feature stand best first: higher `standing`, larger `vram_mib`, then ours,
    then plug-ins."""

    features: dict[str, Feature]
    cards: dict[str, ModelCard]
    adapters: dict[str, Callable[[], Adapter]]

    @classmethod
    def discover(cls, plugin_dirs: Sequence[Path] = (), *, weights: str = "") -> Catalog:
        """Import every feature and adapter here and in `plugin_dirs`. Raises ValueError on a clash or a bad card.

        With `weights`, the catalog holds their cards alone, and a file that cannot be imported is left out: it may be
        of another family, that another environment is for.
        """
        features: dict[str, Feature] = {}
        cards: dict[str, ModelCard] = {}
        adapters: dict[str, Callable[[], Adapter]] = {}
        for module in _modules("features", plugin_dirs, may_fail=bool(weights)):
            _add(features, module.FEATURE.name, module.FEATURE, module)
        for module in _modules("adapters", plugin_dirs, may_fail=bool(weights)):
            for card in module.CARDS:
                if weights and card.weights != weights:
                    continue
                if card.feature not in features:
                    raise ValueError(
                        f"{card.model_id}: no feature {card.feature}; known: {', '.join(features)}"
                    )
                _add(cards, card.model_id, card, module)
                adapters[card.model_id] = _adapter_of(card, module)
        return cls(features, cards, adapters)

    def commercial(self) -> Catalog:
        """The catalog without the models that may not be used commercially."""
        cards = {
            name: card
            for name, card in self.cards.items()
            if card.known_terms().commercial_use != "no"
        }
        return replace(self, cards=cards)

    def on_cpu(self, largest_gpu_mib: int) -> Catalog:
        """The catalog as a CPU sees it: a model that also runs there needs no GPU memory, where no GPU is large enough
        for it."""
        cards = {
            name: replace(card, vram_mib=0)
            if card.cpu_capable and card.vram_mib > largest_gpu_mib
            else card
            for name, card in self.cards.items()
        }
        return replace(self, cards=cards)

    def is_built_in(self, card: ModelCard) -> bool:
        """Whether a model is of this package, runs on the CPU and in the server's own environment."""
        ours = f"{__package__}.adapters."
        return (
            not card.vram_mib
            and not card.environment
            and self.adapters[card.model_id].__module__.startswith(ours)
        )

    def feature(self, name: str) -> Feature:
        """The feature of that name. Raises InvalidValue naming those there are."""
        if name not in self.features:
            raise InvalidValue(
                f"feature {name!r} is unknown; choose one of {', '.join(sorted(self.features))}"
            )
        return self.features[name]

    def cards_for(self, feature: str) -> list[ModelCard]:
        """The cards of a feature, the one to prefer first."""
        of_feature = [card for card in self.cards.values() if card.feature == feature]
        # Stable: ours before plug-ins'.
        return sorted(of_feature, key=lambda card: (-card.standing, -card.vram_mib))

    def card(self, feature: str, model_id: str | None = None) -> ModelCard:
        """The card asked for, or the best one of the feature. Raises ModelNotAvailable saying what there is."""
        known = self.cards_for(feature)
        if not known:
            raise ModelNotAvailable(f"no model for {feature} is installed here")
        if not model_id:
            return known[0]
        for card in known:
            if card.is_called(model_id):
                return card
        raise ModelNotAvailable(
            f"{model_id} does not do {feature}; try {', '.join(card.model_id for card in known)}"
        )


def unmet(card: ModelCard) -> str:
    """Why a model cannot run in this Python: which modules it requires are not installed; "" when none is missing.

    Looks them up and imports nothing.
    """
    missing = [name for name in card.requires if not _is_installed(name)]
    return f"not installed here: {', '.join(missing)}" if missing else ""


def _is_installed(name: str) -> bool:
    """Whether the top-level package is there: looking for a part of it would import it."""
    return importlib.util.find_spec(name.partition(".")[0]) is not None


def _add(rows: dict[str, _T], name: str, row: _T, module: ModuleType) -> None:
    if name in rows:
        raise ValueError(f"{module.__name__}: {name} is already defined")
    rows[name] = row


def _adapter_of(card: ModelCard, module: ModuleType) -> Callable[[], Adapter]:
    """What makes the adapter of a card."""
    by_weights: dict[str, Callable[[], Adapter]] = getattr(module, "ADAPTERS", {})
    made_by: Callable[[], Adapter] | None = by_weights.get(card.weights)
    return made_by or module.ADAPTER


def _modules(
    folder: str, plugin_dirs: Sequence[Path], *, may_fail: bool = False
) -> Iterator[ModuleType]:
    """The modules of a folder, in the order of their names, ours before plug-ins'."""
    for path, module in _importers(folder, plugin_dirs):
        try:
            yield module()
        except Exception as error:
            if not may_fail:
                raise
            log.warning("%s is left out, since it cannot be imported", path.name, exc_info=error)


def _importers(
    folder: str, plugin_dirs: Sequence[Path]
) -> Iterator[tuple[Path, Callable[[], ModuleType]]]:
    for path in sorted((_HERE / folder).glob("[a-z]*.py")):
        yield path, partial(importlib.import_module, f"pipelines.{folder}.{path.stem}")
    for root in plugin_dirs:
        for path in sorted((root / folder).glob("[a-z]*.py")):
            yield path, partial(_import_file, path, f"meshkiln_plugin_{folder}_{path.stem}")


def _import_file(path: Path, name: str) -> ModuleType:
    """Import a file outside any package, once per path."""
    loaded = sys.modules.get(name)
    if loaded is not None and loaded.__file__ == str(path):
        return loaded
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path.name} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]  # else the next to ask would get what there is of it
        raise
    return module
