"""A mesh from the shell, with no server: python -m pipelines image_to_textured_mesh --image cat.png --out folder"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from pipelines.catalog import Catalog
from pipelines.errors import PipelineError
from pipelines.execute import execute
from pipelines.spec import Feature, Work


def main() -> int:
    catalog = Catalog.discover()
    args = _parser(catalog).parse_args()
    feature = catalog.feature(args.feature)
    args.out.mkdir(parents=True, exist_ok=True)
    try:
        card = catalog.card(feature.name, args.model)
        inputs = {
            name: path for name in feature.inputs if (path := getattr(args, name)) is not None
        }
        params, options = dict(map(_pair, args.param)), dict(map(_pair, args.option))
        work = Work("shell", feature.name, card.model_id, inputs, params, options, args.out)
        adapter = catalog.adapters[card.model_id]()
        adapter.load("cpu")
        outcome = execute(
            work, catalog, adapter, lambda stage, fraction=0.0: _show(feature, stage, fraction)
        )
    except PipelineError as error:
        sys.stderr.write(f"\n{error.message}\n")
        return 1
    sys.stderr.write("\n")
    sys.stdout.write(json.dumps(outcome.to_json(), indent=2) + "\n")
    return 0


def _parser(catalog: Catalog) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipelines", description=__doc__)
    parser.add_argument("feature", choices=sorted(catalog.features))
    parser.add_argument("--out", type=Path, required=True, help="folder for the files")
    parser.add_argument("--model", help="model id; default: the best of the feature")
    parser.add_argument("--param", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE")
    slots = {name for feature in catalog.features.values() for name in feature.inputs}
    for name in sorted(slots):
        parser.add_argument(f"--{name.replace('_', '-')}", dest=name, type=Path)
    return parser


def _pair(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    return name, value


def _show(feature: Feature, stage: str, fraction: float) -> None:
    sys.stderr.write(f"\r{feature.percent(stage, fraction):5.1f} %  {stage:<20}")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
