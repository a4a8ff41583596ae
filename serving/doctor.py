"""The command that looks whether models can run here, and says what to do where they cannot.

    python -m serving.doctor [--json] [--verify] [MODEL...]

Really imports what models import, each environment in a process of its own; loads no model. Exit status 0 when every
model that is installed is fine, and every one that was named; 1 otherwise, 2 for a name that nobody has.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from pipelines.catalog import Catalog
from pipelines.spec import ModelCard
from serving.doctor_environment import IMPORTS_S, Asked, ask, interpreter_of
from serving.doctor_machine import Machine, examine_machine
from serving.doctor_model import Report, examine, modules_of
from serving.families import Family, read_families
from serving.settings import Settings

_MARKS = {"ok": " ", "note": " ", "missing": "-", "broken": "!"}


class Unknown(Exception):
    """No model, family or environment is called so. The message names those there are."""


def chosen(cards: Mapping[str, ModelCard], names: Sequence[str]) -> list[ModelCard]:
    """The models of these ids, families or environments; all where none is named. Raises Unknown."""
    found: dict[str, ModelCard] = {} if names else dict(cards)
    for name in names:
        named = {
            card.model_id: card
            for card in cards.values()
            if name in (card.model_id, card.family, card.environment)
        }
        if not named:
            raise Unknown(f"no model {name}; there are: {', '.join(sorted(cards))}")
        found |= named
    return list(found.values())


def ask_environments(
    cards: Sequence[ModelCard], families: Mapping[str, Family], settings: Settings, limit_s: float
) -> dict[str, Asked | None]:
    """What each environment answers, by name; None where it is not there."""
    modules: dict[str, dict[str, None]] = {}
    for card in cards:
        needed = modules_of(card, families.get(card.environment))
        modules.setdefault(card.environment, {}).update(dict.fromkeys(needed))
    answers: dict[str, Asked | None] = {}
    for name, wanted in modules.items():
        interpreter = interpreter_of(name, settings)
        there = interpreter.is_file()
        answers[name] = ask(interpreter, list(wanted), settings, limit_s) if there else None
    return answers


def told(machine: Machine, reports: Sequence[Report], *, all_of: bool) -> list[str]:
    """For people: the machine, then the models. Built-in ones that are fine share a line, unless `all_of`."""
    lines = _machine_lines(machine)
    fine = [one for one in reports if not one.environment and one.verdict == "ready"]
    brief = [] if all_of else fine
    if brief:
        lines += ["", f"Built-in models: {len(brief)}, all ready"]
    for report in reports:
        if report in brief:
            continue
        lines += ["", f"{report.model_id}: {report.verdict}"]
        for finding in report.findings:
            lines.append(f"  {_MARKS[finding.state]} {finding.what:<12}{finding.text}")
        if report.next:
            lines.append(f"    {'next':<12}{report.next}")
    return lines


def _machine_lines(machine: Machine) -> list[str]:
    gpus = [
        f"GPU {gpu.id}: {gpu.name}, {gpu.memory_total:,} MiB, {gpu.memory_free:,} free"
        for gpu in machine.gpus
    ]
    lacking = [name for name in ("Landlock", "seccomp filters") if name not in machine.walls]
    walls = f"Walls around what reads meshes: {', '.join(machine.walls) or 'none'}"
    if lacking:
        walls += f" (this kernel or container lacks {', '.join(lacking)})"
    return [
        *(gpus or ["GPUs: none that NVIDIA's driver tells of"]),
        walls,
        f"Redis: {machine.redis}",
        f"Weights: {machine.checkpoints_dir}, {machine.free_mib:,} MiB of the disk are free",
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m serving.doctor")
    parser.add_argument("model", nargs="*", help="ids, families or environments; all if none")
    parser.add_argument("--json", action="store_true", help="everything, for programs")
    parser.add_argument("--verify", action="store_true", help="hash the weights too: takes a while")
    parser.add_argument(
        "--limit-s",
        type=float,
        default=IMPORTS_S,
        help="seconds that the imports of an environment may take",
    )
    args = parser.parse_args()
    settings = Settings.from_env()
    try:
        families = read_families()
        cards = chosen(Catalog.discover(settings.plugin_dirs).cards, args.model)
    except Unknown as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except Exception as error:  # noqa: BLE001 - a plug-in may raise anything
        sys.stderr.write(f"the models cannot be listed: {type(error).__name__}: {error}\n")
        return 1
    try:
        machine, reports = look(cards, families, settings, args.limit_s, hashing=args.verify)
    except KeyboardInterrupt:
        return 130
    is_fine = not machine.troubles and all(
        one.verdict == "ready" if args.model else one.is_fine for one in reports
    )
    lines = told(machine, reports, all_of=bool(args.model))
    if args.json:
        models = [one.to_json() for one in reports]
        rows = {"ok": is_fine, "machine": asdict(machine), "models": models}
        lines = [json.dumps(rows, indent=1)]
    _say("\n".join(lines))
    return 0 if is_fine else 1


def look(
    cards: Sequence[ModelCard],
    families: Mapping[str, Family],
    settings: Settings,
    limit_s: float,
    *,
    hashing: bool,
) -> tuple[Machine, list[Report]]:
    """The machine and each model on it. An environment has `limit_s` seconds for all its imports."""
    machine = examine_machine(settings)
    answers = ask_environments(cards, families, settings, limit_s)
    reports = []
    for card in cards:
        family, asked = families.get(card.environment), answers[card.environment]
        reports.append(examine(card, family, asked, machine.gpus, settings, hashing=hashing))
    return machine, reports


def _say(text: str) -> None:
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read it has seen enough; Python must not try again at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
