"""The command that fetches the weights of models, or looks whether they are still what was fetched.

    python -m serving.fetch_weights [--accept-noncommercial] [--verify] FAMILY... | --all

Shows the terms first. What is fetched goes into MESHKILN_CHECKPOINTS_DIR; serving.fetch_checkpoint does it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipelines.catalog import Catalog
from pipelines.checkpoints import Checkpoint
from pipelines.spec import ModelCard, Terms
from serving.fetch_checkpoint import FetchError, fetch, is_here, verify
from serving.file_lock import locked
from serving.settings import MIB, Settings

SHOW_S = 0.5
LOCK = ".fetching.lock"
LOCK_S = 2.0


@dataclass(frozen=True)
class Wanted:
    """The weights of a family, each once, and the terms of its models."""

    family: str
    checkpoints: tuple[Checkpoint, ...]
    terms: tuple[Terms, ...]

    @property
    def is_noncommercial(self) -> bool:
        return any(terms.commercial_use == "no" for terms in self.terms)


class UnknownFamily(Exception):
    """Nobody is called so. The message names those there are."""


def wanted(cards: Iterable[ModelCard], names: Sequence[str]) -> list[Wanted]:
    """The weights of the named families; of all where none is named. Raises UnknownFamily."""
    by_family: dict[str, list[ModelCard]] = {}
    for card in cards:
        if card.checkpoints:
            by_family.setdefault(card.environment or card.family, []).append(card)
    asked = {name.removeprefix("--").replace("-", "_") for name in names}
    asked = set() if "all_models" in asked else asked
    if unknown := sorted(asked - set(by_family)):
        known = ", ".join(sorted(by_family)) or "none"
        raise UnknownFamily(f"no weights are known of {', '.join(unknown)}; of these: {known}")
    return [
        Wanted(
            family,
            tuple({one.folder: one for card in members for one in card.checkpoints}.values()),
            tuple(dict.fromkeys(card.known_terms() for card in members)),
        )
        for family, members in sorted(by_family.items())
        if not asked or family in asked
    ]


def show_terms(row: Wanted) -> None:
    """What is fetched, and what may be done with it."""
    _say(f"{row.family}:")
    for one in row.checkpoints:
        _say(f"    {one.repo}, about {one.size_mib:,} MiB")
    for terms in row.terms:
        _say(f"    code: {terms.code}; weights: {terms.weights}")
        note = f" ({terms.note})" if terms.note else ""
        _say(f"    commercial use: {terms.commercial_use}{note}")
        if terms.territory:
            _say(f"    not to be used in: {terms.territory}")


class _Progress:
    """Says how far a file is: on a terminal all the time, else once it is there."""

    def __init__(self) -> None:
        self._shown_at_s = 0.0

    def __call__(self, name: str, there: int, size_bytes: int) -> None:
        now_s = time.monotonic()
        line = f"    {name}: {there / MIB:,.0f} of {size_bytes / MIB:,.0f} MiB"
        if there >= size_bytes:
            _say(f"\r{line}\033[K" if sys.stdout.isatty() else line)
        elif sys.stdout.isatty() and now_s - self._shown_at_s >= SHOW_S:
            self._shown_at_s = now_s
            sys.stdout.write(f"\r{line}\033[K")
            sys.stdout.flush()


def fetch_all(rows: Sequence[Wanted], settings: Settings) -> None:
    """Fetch what is not here. Raises FetchError; TimeoutError where another fetches into the same folder."""
    below = settings.checkpoints_dir
    below.mkdir(parents=True, exist_ok=True)
    with locked(below / LOCK, LOCK_S):
        for one in dict.fromkeys(one for row in rows for one in row.checkpoints):
            if is_here(one, below):
                _say(f"{one.repo} is here: {below / one.folder}")
                continue
            _say(f"Fetching {one.repo} into {below / one.folder}")
            fetch(one, below, _Progress())
            _say(f"{one.repo} is here, checked by hash")


def verify_all(rows: Sequence[Wanted], settings: Settings) -> bool:
    """Say of all weights whether they are as they were fetched. Whether all are."""
    found = {one: verify(one, settings.checkpoints_dir) for row in rows for one in row.checkpoints}
    for one, trouble in found.items():
        _say(trouble or f"{one.repo} is as it was fetched")
    return not any(found.values())


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m serving.fetch_weights")
    parser.add_argument("family", nargs="*", help="trellis, holopart, ...; as setup.sh names them")
    parser.add_argument("--all", action="store_true", help="those of all families")
    parser.add_argument("--verify", action="store_true", help="hash what is here, fetch nothing")
    parser.add_argument(
        "--accept-noncommercial",
        action="store_true",
        help="also weights that may not be used commercially",
    )
    args = parser.parse_args()
    if bool(args.family) == args.all:
        parser.error("name families, or say --all")
    settings = Settings.from_env()
    try:
        rows = wanted(Catalog.discover(settings.plugin_dirs).cards.values(), args.family)
        if args.verify:
            return 0 if verify_all(rows, settings) else 1
        for row in rows:
            show_terms(row)
        closed = [row.family for row in rows if row.is_noncommercial]
        if closed and not args.accept_noncommercial:
            raise FetchError(
                f"the weights of {', '.join(closed)} may not be used commercially, and nothing is fetched:"
                " say --accept-noncommercial, or leave them out"
            )
        fetch_all(rows, settings)
    except (UnknownFamily, FetchError, TimeoutError, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted; run it again, it goes on where it stopped\n")
        return 130
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
