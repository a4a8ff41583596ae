"""What a texture prompt says of an object: the finishes of its parts, and coats by their places over the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from pipelines.geometry.families.registry import Part
from pipelines.geometry.materials.registry import material_words, words_beside
from pipelines.words.coats import Coat, Dress, read_dress
from pipelines.words.finish import Finish
from pipelines.words.looks import Looks, part_words, read_looks
from pipelines.words.objects import STOP_WORDS
from pipelines.words.tokens import known_phrase, words


@dataclass(frozen=True)
class SurfacePrompt:
    """Looks for the object and its parts, coats over it, and the words without effect."""

    looks: Looks
    coats: list[Coat] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        looks = self.looks
        return bool(looks.main or looks.second or looks.parts or self.coats)


def read_surface(texture_prompt: str, parts: Sequence[Part]) -> SurfacePrompt:
    """Read a texture prompt for an object of these parts."""
    return _read(texture_prompt, tuple(part.name for part in parts))


@lru_cache(maxsize=8)
def _read(texture_prompt: str, names: tuple[str, ...]) -> SurfacePrompt:
    known = part_words(names)
    dress = read_dress(texture_prompt, words_beside(known), known)
    looks = read_looks(words(texture_prompt), None, names, material_words())
    unused = [word for word in looks.unused if word not in STOP_WORDS]
    dressed, lost = _looks_of(dress, known)
    # Both ways to read know colours and materials; the dress knows places, weather and more words.
    if dress.coats or dress.weather or len(lost) < len(unused):
        return SurfacePrompt(dressed, dress.coats, lost)
    return SurfacePrompt(looks, [], unused)


def _looks_of(dress: Dress, known: dict[str, str]) -> tuple[Looks, list[str]]:
    """A dress as looks of parts, and its words without effect."""
    looks, lost = Looks(), list(dress.unused)
    # What is not named keeps the object's own finish, in the weather asked for.
    looks.main = dress.base if dress.named else dress.weather.changed(Finish())
    for part in dress.parts:
        name = known_phrase(part.noun, len(part.noun) - 1, known)[0]
        if name:
            looks.parts[known[name]] = part.finish
            looks.words.setdefault(known[name], []).append(name)
        else:
            lost += [word for word in part.said if word not in STOP_WORDS]
    return looks, list(dict.fromkeys(lost))
