"""How often the built-in model for text finds the right family: prompts.txt beside this file, or another such list.

python benchmarks/prompts.py [list]. Prints how many find a right family; of the others, how many are told as only the
nearest, how many are refused, and how many are silently wrong. Never a pass or a fail.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = Path(__file__).with_name("prompts.txt")
VERDICTS = ("right", "nearest and told", "refused and told", "silently wrong")


@dataclass(frozen=True)
class Case:
    """A prompt and the families that are right for it."""

    families: tuple[str, ...]
    prompt: str


def cases(path: Path) -> list[Case]:
    """The rows of a list, "family: prompt" or "family|another: prompt"."""
    rows = path.read_text(encoding="utf-8").splitlines()
    pairs = [row.split(":", 1) for row in rows if row.strip() and not row.startswith("#")]
    return [
        Case(tuple(name.strip() for name in head.split("|")), text.strip()) for head, text in pairs
    ]


def found(text: str) -> tuple[str, str]:
    """The family that a prompt finds and how, or what the client is told instead."""
    from pipelines.errors import InvalidValue
    from pipelines.geometry.families.prompt import read_prompt

    try:
        reading = read_prompt(text)
    except InvalidValue:
        return "nothing", "refused"
    return reading.family.name, f"{reading.match.kind}: {reading.match.word}"


def verdict(case: Case, family: str, how: str) -> str:
    """Whether the answer is right; and if it is not, what the client is told: one of VERDICTS."""
    if family in case.families:
        return "right"
    if how == "refused":
        return "refused and told"
    return "nearest and told" if how.startswith("nearest") else "silently wrong"


def main() -> None:
    """Read every prompt and print what was found."""
    sys.path.insert(0, str(ROOT))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("list", nargs="?", type=Path, default=LIST)
    listed = cases(parser.parse_args().list)
    found(listed[0].prompt)
    start = time.process_time()
    answers = [found(case.prompt) for case in listed]
    seconds = time.process_time() - start
    verdicts = [verdict(case, *answer) for case, answer in zip(listed, answers, strict=True)]
    for case, said, (family, how) in zip(listed, verdicts, answers, strict=True):
        if said != "right":
            print(f"{said}: {case.prompt!r} -> {family} ({how}), not {' or '.join(case.families)}")
    counts = Counter(verdicts)
    print(f"{len(listed)} prompts: " + ", ".join(f"{counts[name]} {name}" for name in VERDICTS))
    print(f"{100 * counts['right'] / len(listed):.1f} % right")
    print(f"{1000 * seconds / len(listed):.1f} ms of CPU a prompt")


if __name__ == "__main__":
    main()
