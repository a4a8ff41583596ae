"""Text as the numbers that an uncased BERT model reads.

WordPiece: each word is cut, from its start, into the longest pieces of the vocabulary (Wu et al. 2016, as in BERT).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipelines.words.tokens import words

START, STOP, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
MOST_PIECES = 64


def vocabulary(path: Path) -> dict[str, int]:
    """Piece -> number, of a vocab.txt with a piece a line."""
    return {piece: at for at, piece in enumerate(path.read_text(encoding="utf-8").splitlines())}


def numbers(text: str, pieces: Mapping[str, int]) -> list[int]:
    """The numbers of a text's pieces between those of START and STOP, at most MOST_PIECES."""
    cut = [piece for word in words(text) for piece in _pieces(word, pieces)]
    return [pieces[piece] for piece in (START, *cut[: MOST_PIECES - 2], STOP)]


def _pieces(word: str, known: Mapping[str, int]) -> list[str]:
    found: list[str] = []
    at = 0
    while at < len(word):
        lead = "##" if at else ""
        ends = (end for end in range(len(word), at, -1) if lead + word[at:end] in known)
        end = next(ends, None)
        if end is None:
            return [UNKNOWN]
        found.append(lead + word[at:end])
        at = end
    return found
