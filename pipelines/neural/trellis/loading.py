"""Upstream's two pipelines from local weights. Imports upstream, with stand-ins for what it imports and never uses."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import torch

from pipelines.checkpoints import Checkpoint
from pipelines.errors import ModelLoadFailed
from pipelines.neural import stand_ins
from pipelines.neural.trellis import attention, dinov2
from pipelines.neural.trellis.assembled import assemble

Kind = Literal["text", "image"]

log = logging.getLogger(__name__)

PIPELINES = {"text": "TrellisTextTo3DPipeline", "image": "TrellisImageTo3DPipeline"}
# Pictures are cut out before, meshes are turned into voxels here, files are written here, and splats are not drawn.
UNUSED = ("rembg", "open3d", "utils3d", "plyfile")


def load(kind: Kind, weights: Sequence[Checkpoint], encoder: Checkpoint, below: Path) -> Any:
    """The pipeline, its models on the CPU but for what upstream itself puts on the GPU.

    `weights` hold the pipeline, `encoder` what reads text or pictures, in folders `below`. Raises ModelLoadFailed.
    """
    upstream = _upstream()
    with ExitStack() as held:
        into = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="trellis-")))
        folder = below / encoder.folder
        assemble(into, weights, below, {"text_cond_model": str(folder)} if kind == "text" else {})
        if kind == "image":
            held.enter_context(dinov2.from_folder(folder))
        try:
            return getattr(upstream, PIPELINES[kind]).from_pretrained(str(into))
        except (OSError, ValueError, LookupError, AssertionError, RuntimeError) as error:
            if any(isinstance(one, torch.OutOfMemoryError) for one in _chain(error)):
                raise
            log.warning("the weights of TRELLIS cannot be read", exc_info=error)
            # Upstream tries again elsewhere, whatever went wrong: the first error is the one that tells.
            *_, first = _chain(error)
            raise ModelLoadFailed(f"its weights cannot be read: {_told(first)}") from error


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and those in whose handling it came."""
    one: BaseException | None = error
    while one is not None:
        yield one
        one = one.__cause__ or one.__context__


def _told(error: BaseException) -> str:
    """Torch's own word where it lacks CUDA; else the kind of the error, whose text may name paths of this machine."""
    if isinstance(error, AssertionError) and "CUDA" in str(error):
        return f"{error}; ./setup.sh --doctor says more"
    return type(error).__name__


def _upstream() -> Any:
    """Upstream's module of pipelines. Raises ModelLoadFailed naming what it cannot import."""
    attention.choose()
    stand_ins.put_unused(UNUSED)
    stand_ins.put(OF_KAOLIN)
    try:
        return import_module("trellis.pipelines")
    except ImportError as error:
        log.warning("TRELLIS cannot be imported", exc_info=error)
        missing = f"a library of requirements/trellis.txt is missing: {error.name or 'see the log'}"
        raise ModelLoadFailed(missing) from error


def check_tensor(
    tensor: torch.Tensor,
    shape: Sequence[int | None] | None = None,
    dtype: torch.dtype | None = None,
    device: Any = None,
    throw: bool = True,
) -> bool:
    """Whether a tensor has this shape, None meaning any size, dtype and device; all that upstream uses of kaolin.

    Raises ValueError where it has not, unless `throw` is false.
    """
    sized = shape is None or (
        len(shape) == tensor.ndim
        and all(want in (None, is_) for want, is_ in zip(shape, tensor.shape, strict=True))
    )
    fits = sized and dtype in (None, tensor.dtype)
    fits = fits and (device is None or torch.device(device).type == tensor.device.type)
    if not fits and throw:
        raise ValueError(
            f"a tensor is {tuple(tensor.shape)} {tensor.dtype}, wanted {shape} {dtype}"
        )
    return fits


OF_KAOLIN: dict[str, dict[str, Any]] = {
    "kaolin": {"__path__": []},
    "kaolin.utils": {"__path__": []},
    "kaolin.utils.testing": {"check_tensor": check_tensor},
}
