"""Tensors of a checkpoint file of torch, and nothing else of it: no class that the file names is imported or run.

Published checkpoints carry the whole state of a training, objects of its libraries among it. Torch's own way to read
tensors alone refuses such a file; this one passes over what is no tensor.
"""

from __future__ import annotations

import pickle  # noqa: TID251 - torch's format; classes are replaced below
from collections import OrderedDict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pipelines.errors import ModelLoadFailed

# What rebuilds a tensor; nothing here runs code of the file's choice.
_REBUILDS = {
    ("torch._utils", "_rebuild_tensor_v2"),
    ("torch._utils", "_rebuild_tensor"),
    ("torch._utils", "_rebuild_parameter"),
    ("torch", "Size"),
    ("torch", "device"),
    ("torch.serialization", "_get_layout"),
}


class _PassedOver(dict[Any, Any]):
    """Stands for an object of any class: takes what the file says of it, and does nothing."""

    def __new__(cls, *_: Any, **__: Any) -> _PassedOver:
        return super().__new__(cls)

    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__()

    # A file may use such an object as a key.
    __hash__ = object.__hash__  # type: ignore[assignment]

    def __setstate__(self, state: Any) -> None: ...

    def __call__(self, *_: Any, **__: Any) -> _PassedOver:
        return self

    def append(self, item: Any) -> None: ...

    def extend(self, items: Any) -> None: ...

    def add(self, item: Any) -> None: ...


class _Tensors(pickle.Unpickler):
    """An unpickler that knows how tensors are rebuilt, and no other class."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _REBUILDS or (module == "torch" and name.endswith("Storage")):
            return super().find_class(module, name)
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if module == "torch" and _is_dtype(name):
            return super().find_class(module, name)
        return _PassedOver


def _is_dtype(name: str) -> bool:
    import torch

    return isinstance(getattr(torch, name, None), torch.dtype)


def _load(file: Any, **words: Any) -> Any:
    return _Tensors(file, **words).load()


def state_dict(path: Path, key: str = "state_dict", prefix: str = "") -> dict[str, Any]:
    """The tensors below `key` of a checkpoint, on the CPU; of those with a `prefix` the rest of their names.

    Without that key the file itself is the table. Raises ModelLoadFailed for a file that is none.
    """
    import torch

    reader = SimpleNamespace(Unpickler=_Tensors, load=_load, __name__="tensors_alone")
    try:
        held = torch.load(path, map_location="cpu", weights_only=False, pickle_module=reader)
    except (
        *(OSError, RuntimeError, pickle.UnpicklingError, EOFError),
        *(KeyError, TypeError, AttributeError, ValueError, IndexError),
    ) as error:
        raise ModelLoadFailed(
            f"the weights {path.name} cannot be read: {type(error).__name__}"
        ) from error
    table = held.get(key, held) if isinstance(held, dict) else {}
    tensors = {
        name.removeprefix(prefix): value
        for name, value in table.items()
        if isinstance(value, torch.Tensor) and name.startswith(prefix)
    }
    if not tensors:
        raise ModelLoadFailed(f"the weights {path.name} hold no tensors under {key}")
    return tensors


def load_into(model: Any, tensors: dict[str, Any], name: str) -> None:
    """Put tensors into a torch module. Raises ModelLoadFailed naming what does not fit."""
    try:
        lacks = model.load_state_dict(tensors, strict=False).missing_keys
    except RuntimeError as error:  # a tensor of another shape
        said = str(error).splitlines()[-1].strip()
        raise ModelLoadFailed(f"the weights {name} are not this model's: {said:.200}") from error
    if lacks:
        raise ModelLoadFailed(
            f"the weights {name} lack {len(lacks)} tensors of the model, {lacks[0]} among them"
        )
