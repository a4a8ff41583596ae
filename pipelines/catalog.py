"""All features and model cards known to this build, found by listing the folders.

A feature is a file with FEATURE in features/, a model family is a file with CARDS and ADAPTER in adapters/: it is found
because it is there. Further folders of the same form may be named (plugins). Light: importing a feature or an adapter
imports no heavy library; those load when a method runs.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from pipelines.errors import InvalidValue, ModelNotAvailable
from pipelines.spec import Adapter, Feature, ModelCard

_T = TypeVar("_T")
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Catalog:
    """Features and cards by name. Cards of a feature stand best first: larger `vram_mib`, then ours, then plug-ins."""

    features: dict[str, Feature]
    cards: dict[str, ModelCard]
    adapters: dict[str, type[Adapter]]

    @classmethod
    def discover(cls, plugin_dirs: Sequence[Path] = ()) -> Catalog:
        """Import every feature and adapter here and in `plugin_dirs`. Raises ValueError on a clash or a bad card."""
        features: dict[str, Feature] = {}
        cards: dict[str, ModelCard] = {}
        adapters: dict[str, type[Adapter]] = {}
        for module in _modules("features", plugin_dirs):
            _add(features, module.FEATURE.name, module.FEATURE, module)
        for module in _modules("adapters", plugin_dirs):
            for card in module.CARDS:
                if card.feature not in features:
                    raise ValueError(
                        f"{card.model_id}: no feature {card.feature}; known: {', '.join(features)}"
                    )
                _add(cards, card.model_id, card, module)
                adapters[card.model_id] = module.ADAPTER
        return cls(features, cards, adapters)

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
        return sorted(of_feature, key=lambda card: -card.vram_mib)  # stable: ours before plug-ins'

    def card(self, feature: str, model_id: str | None = None) -> ModelCard:
        """The card asked for, or the best one of the feature. Raises ModelNotAvailable saying what there is."""
        known = self.cards_for(feature)
        if not known:
            raise ModelNotAvailable(f"no model for {feature} is installed here")
        if not model_id:
            return known[0]
        for card in known:
            if card.model_id == model_id:
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


def _modules(folder: str, plugin_dirs: Sequence[Path]) -> Iterator[ModuleType]:
    for path in sorted((_HERE / folder).glob("[a-z]*.py")):
        yield importlib.import_module(f"pipelines.{folder}.{path.stem}")
    for root in plugin_dirs:
        for path in sorted((root / folder).glob("[a-z]*.py")):
            yield _import_file(path, f"meshkiln_plugin_{folder}_{path.stem}")


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
    spec.loader.exec_module(module)
    return module
