"""Size and build words: what they do to an object's named measures, and to the whole of it."""

from __future__ import annotations

from collections.abc import Sequence

# Word -> measure -> factor.
BUILDS: dict[str, dict[str, float]] = {
    "tall": {"height": 1.45},
    "high": {"height": 1.45},
    "short": {"height": 0.7, "length": 0.8},
    "low": {"height": 0.7},
    "squat": {"height": 0.65},
    "long": {"length": 1.45},
    "elongated": {"length": 1.45},
    "wide": {"width": 1.35},
    "broad": {"width": 1.35},
    "narrow": {"width": 0.7},
    "thin": {"width": 0.75, "radius": 0.7, "thickness": 0.6},
    "slim": {"width": 0.75, "radius": 0.75, "thickness": 0.7},
    "slender": {"width": 0.75, "radius": 0.75, "thickness": 0.7},
    "skinny": {"width": 0.7, "radius": 0.7, "thickness": 0.6},
    "thick": {"width": 1.15, "radius": 1.2, "thickness": 1.6},
    "fat": {"width": 1.35, "radius": 1.3, "thickness": 1.4},
    "chubby": {"width": 1.3, "radius": 1.25, "thickness": 1.4},
    "plump": {"width": 1.3, "radius": 1.25, "thickness": 1.4},
    "stout": {"width": 1.25, "radius": 1.2},
    "flat": {"height": 0.6},
    "deep": {"depth": 1.35},
    "shallow": {"depth": 0.7},
}
# Word -> the longest side in metres; without one it is 1 m, as for meshes from pictures.
WHOLE: dict[str, float] = {
    "tiny": 0.25,
    "miniature": 0.25,
    "small": 0.5,
    "little": 0.5,
    "mini": 0.5,
    "big": 1.5,
    "large": 1.5,
    "huge": 2.5,
    "giant": 2.5,
    "enormous": 2.5,
    "gigantic": 2.5,
    "massive": 2.5,
}
SIZE_WORDS = frozenset((*BUILDS, *WHOLE))


def measures(row: Sequence[str]) -> dict[str, float]:
    """Factors by measure (height, width, length, depth, radius, thickness) that a prompt's words ask for."""
    factors: dict[str, float] = {}
    for word in row:
        for name, factor in BUILDS.get(word, {}).items():
            factors[name] = factors.get(name, 1.0) * factor
    return factors


def longest_side_m(row: Sequence[str]) -> float:
    """The length in metres that the longest side gets."""
    return next((WHOLE[word] for word in row if word in WHOLE), 1.0)
