"""What is said where a model has run and nothing is in what it made."""

from __future__ import annotations

from pipelines.neural.coloured import EmptyShape


def empty_shape() -> EmptyShape:
    """The error to raise."""
    return EmptyShape(
        "the model made an empty shape; try another seed, or an input that shows one plain object"
    )
