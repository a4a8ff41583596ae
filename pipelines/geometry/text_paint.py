"""What a prompt means for one client's mesh: which faces get which finish, what keeps its look, and what is told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InvalidValue
from pipelines.geometry import client_own
from pipelines.geometry.client_paint import Subject
from pipelines.geometry.materials.dressing import Known
from pipelines.geometry.materials.registry import materials, painting_words, words_beside
from pipelines.spec import Notice
from pipelines.words.coats import SILENT, Dress, PartLook, read_dress
from pipelines.words.colours import COLOURS
from pipelines.words.finish import Finish
from pipelines.words.objects import near_words
from pipelines.words.tokens import singulars, words
from pipelines.words.weather import WEATHER

# A complaint names these materials: all of them would be a page.
SHOWN = (
    "gold silver copper steel rust wood planks stone rock marble brick leather fabric fur glass plastic ceramic moss "
    "snow lava"
)
MOST_NAMED = 20
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass
class Plan:
    """A dress for one mesh. finishes: those of parts, numbered from 1 in `known`; parts: their names and finishes."""

    dress: Dress
    keeps: bool = False
    known: list[Known] = field(default_factory=list)
    parts: list[tuple[str, Finish]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    notices: tuple[Notice, ...] = ()

    @property
    def finishes(self) -> list[Finish]:
        return [finish for _, finish in self.parts]


def planned(text: str, subject: Subject, path: Path) -> Plan:
    """Read a prompt for the mesh at `path`. Raises InvalidValue naming what is near and what is known."""
    names = client_own.part_names(subject, path)
    vocabulary = _vocabulary(names)
    spoken = {word for row in vocabulary for word in row}
    dress = read_dress(text, words_beside(spoken), spoken)
    chosen = _chosen(dress, vocabulary)
    if names and any(len(found) == len(names) for found in chosen):
        # A name that all of the mesh has is no part of it.
        dress = read_dress(text, painting_words())
        chosen = _chosen(dress, [frozenset() for _ in names])
    if not dress:
        raise InvalidValue(_unknown(text))
    looks = None if dress.named and not dress.alone else client_own.own_looks(subject, path)
    if dress.alone and looks is not None:
        dress = read_dress(text, painting_words(), over_own=True)
    plan = Plan(dress, ignored=list(dress.unused))
    missing = [part for part, found in zip(dress.parts, chosen, strict=True) if not found]
    if missing == dress.parts and missing and not (dress.named or dress.coats or dress.weather):
        raise InvalidValue(_nothing_left(text, missing, spoken))
    owners = _owners(plan, subject, path, chosen)
    plan.keeps = looks is not None
    plan.known = [
        Known(own, owner) for own, owner in zip(looks or [None] * len(owners), owners, strict=True)
    ]
    if plan.keeps:
        plan.dress = replace(dress, base=_left_open(dress))
    plan.notices = (*_missing(missing, spoken), *_rest(plan))
    plan.ignored += [
        word for part in missing for word in part.said if word not in {*plan.ignored, *SILENT}
    ]
    return plan


def _chosen(dress: Dress, vocabulary: Sequence[frozenset[str]]) -> list[list[int]]:
    """For each part that a dress asks for the numbers of the names that are meant."""
    return [
        [at for at, row in enumerate(vocabulary) if _is_meant(part.noun, row)]
        for part in dress.parts
    ]


def _owners(
    plan: Plan, subject: Subject, path: Path, chosen: Sequence[Sequence[int]]
) -> list[NDArray[np.int64] | None]:
    """The number of the finish of each face of each surface; `chosen` are the names of each part that is asked for."""
    if not any(chosen):
        return [None for _ in subject.surfaces]
    named = client_own.part_of_faces(subject, path)
    owners = [np.zeros(len(row), np.int64) for row in named]
    for part, numbers in zip(plan.dress.parts, chosen, strict=True):
        if numbers:
            plan.parts.append((" ".join(part.noun), part.finish))
            for owner, row in zip(owners, named, strict=True):
                owner[np.isin(row, numbers)] = len(plan.parts)
    return list(owners)


def _left_open(dress: Dress) -> Finish:
    """What a prompt says of gloss, shade and weather alone: "shiny"."""
    return dress.weather.changed(Finish()) if dress.base.material else dress.base


def _vocabulary(names: Sequence[str]) -> list[frozenset[str]]:
    """Each name's words, but for those that most of the names have: they name the whole."""
    split = [frozenset(words(_CAMEL.sub(" ", name).replace("_", " "))) for name in names]
    every = Counter(word for row in split for word in row)
    common = {word for word, count in every.items() if count > max(len(names) / 2, 2)}
    return [
        frozenset(word for word in row if len(word) > 2 and word not in common) for row in split
    ]


def _is_meant(noun: Sequence[str], name: frozenset[str]) -> bool:
    """Whether a name has the noun and every other word of it that is no mere description: "left arm"."""
    return all(word in name or any(form in name for form in singulars(word)) for word in noun)


def _rest(plan: Plan) -> tuple[Notice, ...]:
    """What is told where the prompt says nothing of the rest of a surface that has no look to keep."""
    if plan.dress.named or plan.keeps:
        return ()
    base = plan.dress.base.material or "light grey paint"
    said = f"text_prompt says nothing of the rest of the surface, and the mesh has no look of its own; it is {base}"
    return (Notice("REST_PLAIN", said),)


def _missing(parts: Sequence[PartLook], spoken: Collection[str]) -> tuple[Notice, ...]:
    if not parts:
        return ()
    nouns = ", ".join(repr(" ".join(part.noun)[:40]) for part in parts)
    said = f"the mesh has no part of that name: {nouns}; what was asked of it is not painted; {_known(spoken)}"
    return (Notice("PART_NOT_FOUND", said),)


def _known(spoken: Collection[str]) -> str:
    known = sorted(spoken)
    if not known:
        return "none of its parts has a name"
    more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
    return f"its parts are named by {', '.join(known[:MOST_NAMED])}{more}"


def _nothing_left(text: str, parts: Sequence[PartLook], spoken: Collection[str]) -> str:
    nouns = ", ".join(repr(" ".join(part.noun)[:40]) for part in parts)
    return (
        f"text_prompt is {text!r:.80}; the mesh has no part of that name: {nouns}; {_known(spoken)}"
    )


def _unknown(text: str) -> str:
    known = {**painting_words(), **dict.fromkeys(COLOURS, ""), **dict.fromkeys(WEATHER, "")}
    near = near_words(words(text), known)
    hint = f"near is {', '.join(near)}; " if near else ""
    shown = SHOWN.split()
    return (
        f"text_prompt is {text!r:.80}; it names no material and no colour that this model knows; "
        f"{hint}materials are {', '.join(shown)} and {len(materials()) - len(shown)} more"
    )
