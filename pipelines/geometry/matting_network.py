"""An optional network that tells an object from a busy background: a file that the operator installs.

Expects an ISNet as ONNX (input (1, 3, s, s) RGB, mostly s = 1024; output 0..1 of the same size; Qin and others, 2022).
None is part of this project. Without the file, or without onnxruntime, there is no network.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.errors import ModelLoadFailed

PATH = Path(__file__).resolve().parent.parent / "weights" / "matting.onnx"
STANDARD_SIDE_PX = 1024
# Less than this share of the picture is no object that was found.
LEAST = 0.002


def installed() -> bool:
    """Whether there is a network to ask."""
    return PATH.is_file() and find_spec("onnxruntime") is not None


def object_mask(rgb: NDArray[np.uint8]) -> NDArray[np.bool_] | None:
    """(h, w, 3) uint8 -> object pixels (h, w) bool; None where the network sees nothing that stands out.

    Raises ModelLoadFailed for a file that onnxruntime cannot read, and for a network that takes or gives anything else.
    """
    session = _session(str(PATH), PATH.stat().st_mtime_ns)
    try:
        soft = _answer(session, rgb)
    except MemoryError:
        raise  # says nothing of the file
    except Exception as error:
        # What onnxruntime raises for input of a wrong shape is a class that it does not export.
        kind = type(error).__name__
        raise ModelLoadFailed(f"{PATH.name} is no network that tells objects ({kind})") from error
    height, width = rgb.shape[:2]
    mask = cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR) >= 0.5
    return mask if LEAST < mask.mean() < 1.0 - LEAST else None


def _answer(session: Any, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """What the network says of a picture (h, w, 3) uint8: (s, s) in 0..1. Raises for one that answers otherwise."""
    entry = session.get_inputs()[0]
    side = entry.shape[-1] if isinstance(entry.shape[-1], int) else STANDARD_SIDE_PX
    kind = np.float16 if "float16" in entry.type else np.float32
    square = cv2.resize(rgb, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)
    maps = ((square - 128.0) / 256.0).transpose(2, 0, 1)[None].astype(kind)
    names = [output.name for output in session.get_outputs()]
    # Some files also hand out the maps of their inner stages; the first is the last stage's.
    wanted = "output" if "output" in names else names[0]
    (answer,) = session.run([wanted], {entry.name: maps})
    soft = np.asarray(answer, np.float32).reshape(side, side)
    if not (np.isfinite(soft).all() and soft.min() > -0.01 and soft.max() < 1.01):
        raise ValueError("the answers are no shares")
    return soft


@lru_cache(maxsize=1)
def _session(path: str, changed_ns: int) -> Any:
    """The loaded network. Another file of the same name, known by its time of change, is loaded anew."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # The arena doubles the memory (measured 1,870 MiB against 880) and saves a seventh of the time.
    options.enable_cpu_mem_arena = False
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except MemoryError:
        raise  # says nothing of the file
    except Exception as error:
        # onnxruntime raises classes of its own that it does not export.
        name, kind = Path(path).name, type(error).__name__
        raise ModelLoadFailed(f"{name} is no network that onnxruntime reads ({kind})") from error
