"""The parts of a client's scene, for every model that completes parts: read, counted, named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import InvalidValue

if TYPE_CHECKING:
    from pipelines.geometry.mesh_io import Piece


def read(path: Path, most: int) -> dict[str, Piece]:
    """The nodes of the file at `path` as they stand in its scene, by name. Raises InvalidValue for more than `most`."""
    from pipelines.geometry import mesh_io

    pieces = mesh_io.read_pieces(path)
    if len(pieces) > most:
        raise InvalidValue(
            f"mesh has {len(pieces)} nodes; at most {most} parts are completed, join some of them"
        )
    return named(pieces)


def named(pieces: list[Piece]) -> dict[str, Piece]:
    """The pieces under names that differ: those of the file, cut to 64 characters, or their number."""
    named: dict[str, Piece] = {}
    for index, piece in enumerate(pieces):
        name = piece.name[:64].strip() or part_name(index)
        while name in named:
            name = f"{name}_{index:02d}"
        named[name] = piece
    return named


def part_name(index: int) -> str:
    return f"part_{index:02d}"


def listed(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
