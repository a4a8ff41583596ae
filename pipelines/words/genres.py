"""Words for a time or a kind of world: "sci-fi", "futuristic". Of a surface they mean circuits; of an object, plating.

What is alive has neither: there such a word has no effect, and is told.
"""

from __future__ import annotations

from collections.abc import Mapping

FUTURE = frozenset(("sci fi", "futuristic", "cyberpunk", "cyber", "tech"))
PLATED = "plates"
# Folders of things that are built of panels where they are of the future.
_BUILT = frozenset("vessels machines furniture buildings streets arms tools vehicles".split())


def of_genre(materials: Mapping[str, str], folder: str) -> dict[str, str]:
    """Word -> material for an object whose family stands in a folder."""
    if folder in _BUILT:
        return dict(materials) | dict.fromkeys(FUTURE, PLATED)
    return {word: name for word, name in materials.items() if word not in FUTURE}
