"""How often the built-in model for text finds the right family: prompts.txt beside this file, or another such list.

python benchmarks/prompts.py [list]. Prints the share that is right, and the wrong ones; never a pass or a fail.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = Path(__file__).with_name("prompts.txt")


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
    for case, (family, how) in zip(listed, answers, strict=True):
        if family not in case.families:
            print(f"wrong: {case.prompt!r} -> {family} ({how}), not {' or '.join(case.families)}")
    right = sum(family in case.families for case, (family, _) in zip(listed, answers, strict=True))
    print(f"{right} of {len(listed)} right, {100 * right / len(listed):.1f} %")
    print(f"{1000 * seconds / len(listed):.1f} ms of CPU a prompt")


if __name__ == "__main__":
    main()
