"""Stand-ins for modules that upstream code imports: those that its inference never calls, and those we have ourselves.

Some would be compiled for hours, some may not be used freely, most are of its training scripts. Knows module names, no
model. A module that is installed is never replaced.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping, MutableSequence, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any


class NotInstalled(ImportError):
    """Upstream code called into a module that it was not to need."""


class _Unused:
    """Whatever is taken from a module that is not here. Taking is free, calling is an error that names it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> _Unused:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Unused(f"{self._name}.{name}")

    def __call__(self, *_: Any, **__: Any) -> Any:
        raise NotInstalled(f"{self._name} was called and is not installed")

    def __getitem__(self, _: Any) -> _Unused:
        return self  # a type in an annotation

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return (object,)  # a class of a training script may inherit from it


class _UnusedModule(ModuleType):
    """A module of which everything can be imported and nothing called."""

    __path__: MutableSequence[str] = []  # noqa: RUF012 - a package of no folder

    def __getattr__(self, name: str) -> _Unused:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Unused(f"{self.__name__}.{name}")


def put_unused(names: Sequence[str]) -> tuple[str, ...]:
    """Have `import` find an inert module by each name that is not installed; a dotted one with its parents.

    -> those that were put.
    """
    put = []
    for name in names:
        parts = name.split(".")
        for end in range(1, len(parts) + 1):
            part = ".".join(parts[:end])
            if not _is_here(part):
                _put(_UnusedModule(part))
                put.append(part)
    return tuple(put)


def put(modules: Mapping[str, Any]) -> tuple[str, ...]:
    """Have `import` find a module with these contents by each name whose package is not installed. -> those put."""
    missing = [name for name in modules if not _is_here(name.partition(".")[0])]
    for name in missing:
        module = ModuleType(name)
        vars(module).update(modules[name])
        _put(module)
    return tuple(missing)


def _is_here(name: str) -> bool:
    if name in sys.modules:
        return True
    try:
        return importlib.util.find_spec(name) is not None
    except ImportError:  # its parent is no package
        return False


def _put(module: ModuleType) -> None:
    # Libraries ask by its spec whether a module is installed, and take one without for broken.
    module.__spec__ = ModuleSpec(module.__name__, None, is_package=hasattr(module, "__path__"))
    sys.modules[module.__name__] = module
    parent, _, name = module.__name__.rpartition(".")
    if parent:
        setattr(sys.modules[parent], name, module)
