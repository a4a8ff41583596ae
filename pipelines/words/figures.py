"""Numbers as texts write them, rewritten as the reader of words takes them: "1,000", "two hundred and five", "3x".

What no number of whole objects can meet is told (1.5 apples, half a pie) or refused (-5 cats, 0 dogs).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from pipelines.words.objects import HEAD_ENDS, STOP_WORDS
from pipelines.words.sizes import NUMBERS
from pipelines.words.tokens import singular, words

IsNoun = Callable[[str], bool]
FURTHEST = 3  # words from a number to its noun: "-5 small red cats"

_TENS = {name: value for name, value in NUMBERS.items() if not name.isdigit() and 20 <= value < 100}
_ONES = {name: value for name, value in NUMBERS.items() if not name.isdigit() and 0 < value < 20}
_ONES = {name: value for name, value in _ONES.items() if name not in ("single", "double", "triple")}
_LARGE = {"hundred": 100, "thousand": 1_000, "million": 1_000_000}
_NAME = "|".join(sorted((*_TENS, *_ONES, *_LARGE), key=len, reverse=True))
# Two or more words of one number: "twenty-five", "a hundred and five", "3 hundred".
_COMPOSED = re.compile(
    rf"\b(?:a (?=hundred|thousand|million)|(?:\d+|{_NAME})[ -]+(?:and +)?)"
    rf"(?:(?:{_NAME})[ -]+(?:and +)?)*(?:{_NAME})\b",
    re.IGNORECASE,
)
_DOZEN = re.compile(r"\bhalf (?:a |of a )?dozen\b", re.IGNORECASE)
_THOUSANDS = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?![\w,]|\.\d)")
_TIMES = re.compile(
    r"(?<![\w.])(\d+) ?[x*] (?=[a-z])|(?<![\w.])(\d+)[x*] ?(?=[a-z]{2})", re.IGNORECASE
)
_TIMES_AFTER = re.compile(r"[ (]\*(\d+)\b")
_RANGE = re.compile(r"(?<![\w.,-])\d+ ?(?:-|to) ?(\d+)(?= [a-z])", re.IGNORECASE)
_NAMED = re.compile(r"\b([a-z]{1,4})-(\d+)\b", re.IGNORECASE)  # "B-52", "AK-47"
_DECIMAL = re.compile(r"(?<![\w.,/-])(\d+\.\d+)(?= +[a-z])", re.IGNORECASE)
_AND_A_HALF = re.compile(rf"\b(\d+|{_NAME}) and a half\b", re.IGNORECASE)
_SHARE = re.compile(
    r"\b(?:(?:an?|one|two|three) +)?(half|halves|thirds?|quarters?|1/2|1/3|2/3|1/4|3/4)(?: +of)? +"
    r"(?=(?:an? |the |one )?([a-z]+))",
    re.IGNORECASE,
)  # fmt: skip
_NONE = re.compile(r"(\b(?:with|and|or|has|have|having) +)(0|zero) +(?=[a-z])", re.IGNORECASE)
_NEGATIVE = re.compile(
    r"(?:^|(?<=[\s(,;]))(?:[-\N{MINUS SIGN}\N{EN DASH}](?=\d)|(?:minus|negative) +)(\d+(?:\.\d+)?|[a-z]+)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Figures:
    """The text as it is read, what it asks for less than whole ones of, and a number that nobody can meet, or ""."""

    text: str
    parted: tuple[str, ...] = ()
    refused: str = ""


def read_figures(text: str, is_noun: IsNoun) -> Figures:
    """The numbers of a text made plain. `is_noun`: whether a word, or several, names a known thing."""
    plain = text.replace("\N{MULTIPLICATION SIGN}", "x")
    for sign, share in (
        ("\N{VULGAR FRACTION ONE HALF}", "1/2"),
        ("\N{VULGAR FRACTION ONE QUARTER}", "1/4"),
    ):
        plain = plain.replace(sign, f" {share} ")
    plain = _THOUSANDS.sub(lambda found: found[0].replace(",", ""), plain)
    refused = _refused(plain, is_noun)
    plain = _DOZEN.sub("6", _COMPOSED.sub(_composed, plain))
    plain = _TIMES.sub(lambda found: f"{found[1] or found[2]} ", plain)
    plain = _TIMES_AFTER.sub(r" x\1", plain)
    plain = _RANGE.sub(r"\1", plain)
    plain = _NAMED.sub(lambda found: _joined(found, is_noun), plain)
    plain, parted = _whole(plain, is_noun)
    return Figures(plain, parted, refused)


def _composed(found: re.Match[str]) -> str:
    """The number of several words in figures; the words as they are where they make up none: "two three"."""
    total, part, last = 0, 0, math.inf
    for word in words(found[0]):
        if word in ("a", "and"):
            part = part or int(word == "a")
            continue
        value = int(word) if word.isdigit() else {**_TENS, **_ONES, **_LARGE}[word]
        if word in _LARGE:
            part = max(part, 1) * value
            total, part = (total + part, 0) if value > 100 else (total, part)
        elif value >= last or (last < 20):
            return found[0]
        else:
            part += value
        last = math.inf if word in _LARGE else value
    return str(total + part)


def _joined(found: re.Match[str], is_noun: IsNoun) -> str:
    """ "B-52" as one word, so that its figures count nothing."""
    joined = f"{found[1]}{found[2]}"
    known = is_noun(f"{found[1]} {found[2]}".lower()) and not is_noun(joined.lower())
    return found[0] if known else joined


def _refused(text: str, is_noun: IsNoun) -> str:
    """The first number of objects that is below one, with its noun: "-5 cats"."""
    for found in _NEGATIVE.finditer(text):
        at_number = found[1][0].isdigit() or found[1].lower() in NUMBERS
        noun = _noun_after(text[found.end() :], is_noun) if at_number else ""
        if noun and (
            found[0][0] in "-\N{MINUS SIGN}\N{EN DASH}" or not text[: found.start()].strip()
        ):
            return f"{found[0]} {noun}"
    found_none = re.match(r"\s*(0|zero) ", text, re.IGNORECASE)
    noun = _noun_after(text[found_none.end() :], is_noun) if found_none else ""
    return f"{found_none[1]} {noun}" if found_none and noun else ""


def _noun_after(text: str, is_noun: IsNoun) -> str:
    """The noun that a number is of: the next word, or a plural among the next few; "" for none."""
    row = words(text.split(",")[0])[:FURTHEST]
    for at, word in enumerate(row):
        if word in STOP_WORDS | HEAD_ENDS:
            return ""
        if is_noun(word) and (at == 0 or word != singular(word)):
            return word
    return ""


def _whole(text: str, is_noun: IsNoun) -> tuple[str, tuple[str, ...]]:
    """The text without parts of objects, and what it asked for in parts: "1.5 apples" as "2 apples"."""
    parted: list[str] = []

    def rounded(found: re.Match[str]) -> str:
        noun = _noun_after(text[found.end() :], is_noun)
        before = words(text[: found.start()])[-1:]
        if not noun or not STOP_WORDS.issuperset(before):
            return found[0]
        parted.append(f"{found[1]} {noun}")
        return str(max(math.ceil(float(found[1])), 1))

    def made_whole(found: re.Match[str]) -> str:
        after = [found[2], *words(text[found.end(2) :])[:1]]
        if (
            not is_noun(after[0].lower())
            or is_noun(f"half {after[0]}".lower())
            or text.lower().count("half ") > 1
        ):
            return found[0]
        parted.append(f"{found[1]} of {after[0]}")
        return ""

    text = _AND_A_HALF.sub(
        lambda found: f"{int(found[1]) if found[1].isdigit() else NUMBERS[found[1].lower()]}.5",
        text,
    )
    text = _DECIMAL.sub(rounded, text)
    text = _SHARE.sub(made_whole, text)
    return _NONE.sub(r"\1no ", text), tuple(parted)
