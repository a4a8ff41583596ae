"""How much of a prompt for painting the built-in model understands: painting_prompts.txt beside this file, or another.

python benchmarks/painting_words.py [list]. Prints what was misread, the share of prompts that is right, and that
of words that had an effect; never a pass or a fail.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
LIST = Path(__file__).with_name("painting_prompts.txt")
# Two colours this far apart in sRGB are called by one name; roughness that is glossy, and that is matte.
SAME_COLOUR, GLOSSY, MATTE = 0.35, 0.3, 0.75

if TYPE_CHECKING:
    from pipelines.words.coats import Dress


@dataclass(frozen=True)
class Case:
    """A prompt and what it should become, in the words of the list."""

    prompt: str
    wanted: tuple[str, ...]


def cases(path: Path) -> list[Case]:
    """The rows of a list, "prompt: material coat@place"."""
    rows = path.read_text(encoding="utf-8").splitlines()
    pairs = [
        row.rsplit(":", 1) if " of:" not in row else _with_stuff(row)
        for row in rows
        if row.strip()[:1] != "#"
    ]
    return [Case(text.strip(), tuple(does.split())) for text, does in pairs if text]


def _with_stuff(row: str) -> list[str]:
    prompt, _, does = row.partition(": ")
    return [prompt, does]


def missed(case: Case, dress: Dress) -> list[str]:
    """What a case wants and the dress has not."""
    first, *rest = case.wanted
    base = "own" if not dress.named else dress.base.material or "paint"
    wrong = [] if base in first.split("/") else [first]
    return wrong + [item for item in rest if not _has(item, dress)]


def _has(item: str, dress: Dress) -> bool:
    base = dress.base
    if item.startswith("of:"):
        return base.stuff in item[3:].split("/")
    if item.startswith("#"):
        return any(_like(item[1:], colour) for colour in (base.colour, base.accent) if colour)
    if item.startswith("+"):
        rough = base.roughness
        return {
            "gloss": rough is not None and rough <= GLOSSY,
            "matte": rough is not None and rough >= MATTE,
            "dark": base.shade < 0,
            "light": base.shade > 0,
            "glow": base.glow > 0,
        }[item[1:]]
    names, places = (side.split("/") for side in item.split("@"))
    return any(
        ("*" in places or coat.place in places)
        and ("*" in names or (coat.finish.material or "paint") in names)
        for coat in dress.coats
    )


def _like(name: str, colour: tuple[float, float, float]) -> bool:
    from pipelines.words.colours import COLOURS

    wanted = COLOURS[name]
    return sum((a - b) ** 2 for a, b in zip(wanted, colour, strict=True)) ** 0.5 < SAME_COLOUR


def main() -> None:
    """Read every prompt and print what was misread."""
    sys.path.insert(0, str(ROOT))
    from pipelines.geometry.materials.registry import painting_words
    from pipelines.words.coats import read_dress
    from pipelines.words.tokens import words

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("list", nargs="?", type=Path, default=LIST)
    listed = cases(parser.parse_args().list)
    known = painting_words()
    start = time.process_time()
    dresses = [read_dress(case.prompt, known) for case in listed]
    seconds = time.process_time() - start
    right = 0
    for case, dress in zip(listed, dresses, strict=True):
        wrong = missed(case, dress)
        right += not wrong
        if wrong:
            coats = " ".join(f"{coat.finish.material}@{coat.place}" for coat in dress.coats)
            base = dress.base.material or "paint"
            print(
                f"{case.prompt!r}: not {' '.join(wrong)}, but {base} {coats}; ignored {dress.unused}"
            )
    said = sum(len(words(case.prompt)) for case in listed)
    lost = sum(len(dress.unused) + sum(len(part.said) for part in dress.parts) for dress in dresses)
    print(
        f"{right} of {len(listed)} prompts right ({right / len(listed):.0%}); {1 - lost / said:.0%} of {said} words "
        f"had an effect; {seconds / len(listed) * 1000:.1f} ms a prompt"
    )


if __name__ == "__main__":
    main()
