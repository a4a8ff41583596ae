"""A mesh from the shell, with no server: python -m pipelines image_to_textured_mesh --image cat.png --out folder"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines.catalog import Catalog
from pipelines.errors import InvalidValue, PipelineError
from pipelines.execute import execute
from pipelines.spec import Feature, ModelCard, Outcome, Work
from pipelines.spellings import told_apart


def main() -> int:
    plugins, _ = _plugins().parse_known_args()
    try:
        catalog = Catalog.discover([_folder(path) for path in plugins.plugin_dir])
        outcome = _run(catalog, _parser(catalog).parse_args())
    except PipelineError as error:
        sys.stderr.write(f"{error.message}\n")
        return 1
    sys.stdout.write(json.dumps(outcome.to_json(), indent=2) + "\n")
    return 0


def _run(catalog: Catalog, args: argparse.Namespace) -> Outcome:
    feature = catalog.feature(args.feature)
    card = catalog.card(feature.name, args.model) if args.model else _best(catalog, feature)
    inputs = _inputs(catalog, feature, args)
    given = (dict(map(_pair, rows)) for rows in (args.param, args.option))
    params, options = told_apart(feature, card, *given)
    try:
        args.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidValue(f"--out {args.out} cannot be made: {error.strerror}") from None
    work = Work("shell", feature.name, card.model_id, inputs, params, options, args.out)
    adapter = catalog.adapters[card.model_id]()
    adapter.load("cpu")
    try:
        return execute(
            work, catalog, adapter, lambda stage, fraction=0.0: _show(feature, stage, fraction)
        )
    finally:
        sys.stderr.write("\n")  # ends the line of progress


def _best(catalog: Catalog, feature: Feature) -> ModelCard:
    """The best model of the feature that is at home in this Python and needs no GPU. Raises ModelNotAvailable."""
    home = Path(sys.prefix).name
    here = {
        name: card
        for name, card in catalog.cards.items()
        if card.environment in ("", home) and (card.cpu_capable or not card.vram_mib)
    }
    return replace(catalog, cards=here).card(feature.name)


def _plugins() -> argparse.ArgumentParser:
    """Read before everything else: features of plug-ins bring arguments of their own."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument(
        "--plugin-dir",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="a folder with adapters/ and features/ of your own; may be repeated",
    )
    return parser


def _parser(catalog: Catalog) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pipelines", description=__doc__, parents=[_plugins()], allow_abbrev=False
    )
    parser.add_argument("feature", choices=sorted(catalog.features))
    parser.add_argument("--out", type=Path, required=True, help="folder for the files")
    parser.add_argument(
        "--model", help="model id; default: the best of the feature that runs in this Python"
    )
    parser.add_argument("--param", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE")
    for name in _slots(catalog):
        parser.add_argument(_flag(name), dest=name, type=Path, metavar="FILE")
    return parser


def _slots(catalog: Catalog) -> list[str]:
    return sorted({name for feature in catalog.features.values() for name in feature.inputs})


def _flag(slot: str) -> str:
    return f"--{slot.replace('_', '-')}"


def _inputs(catalog: Catalog, feature: Feature, args: argparse.Namespace) -> dict[str, Path]:
    """The files by slot. Raises InvalidValue for one that cannot be read or has no place in the feature."""
    given = {name: path for name in _slots(catalog) if (path := getattr(args, name)) is not None}
    for name, path in given.items():
        if name not in feature.inputs:
            raise InvalidValue(
                f"{_flag(name)} has no place in {feature.name}; it takes "
                f"{', '.join(map(_flag, feature.inputs)) or 'no files'}"
            )
        try:
            path.open("rb").close()
        except OSError as error:
            raise InvalidValue(f"{_flag(name)} {path} cannot be read: {error.strerror}") from None
    return given


def _folder(path: Path) -> Path:
    if not path.is_dir():
        raise InvalidValue(f"--plugin-dir {path} is not a folder")
    return path


def _pair(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    return name, value


def _show(feature: Feature, stage: str, fraction: float) -> None:
    sys.stderr.write(f"\r{feature.percent(stage, fraction):5.1f} %  {stage:<20}")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
