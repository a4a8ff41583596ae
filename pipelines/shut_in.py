"""What the process of a built-in model can still reach once it is shut in: libraries, inputs, and results.

Such a model needs no network and nothing of the machine's, and reads files that strangers sent. Knows places. What the
kernel does about them is in `formats.confinement`.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import cache_from_source
from pathlib import Path

from pipelines.formats.confinement import confine_model

log = logging.getLogger("meshkiln.runner")

HERE = Path(__file__).resolve().parent
# What libraries ask of the machine: its cores and memory, its clock's zone, random numbers. Nothing of other processes.
MACHINE = (
    *("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/sys/vm"),
    *("/sys/devices", "/sys/bus/pci", "/sys/fs/cgroup", "/dev/urandom", "/dev/random", "/dev/zero"),
    *("/etc/localtime", "/etc/timezone", "/etc/mime.types", "/usr/share/zoneinfo"),
)


def shut_in(written: Sequence[Path], read: Sequence[Path], *, tells: bool) -> tuple[str, ...]:
    """Shut this process in for good, before it has threads: below `written` it may write, below `read` read.

    Where the kernel cannot do all of it, the process goes on with what took effect, and `tells` has it say so. Returns
    that: "files", "calls", both, or nothing.
    """
    held: tuple[str, ...] = ()
    if programs := _programs():
        _compile_ahead()
        held = confine_model(written, (*read, *_libraries(), *map(Path, MACHINE)), programs)
    if tells and len(held) < 2:
        log.warning(
            "this kernel, or the container, lacks %s: built-in models run without that wall; see docs/operations.md",
            " and ".join(
                name
                for part, name in (("files", "Landlock"), ("calls", "seccomp filters"))
                if part not in held
            ),
        )
    return held


def _libraries() -> list[Path]:
    """Where Python and its packages lie, and this one; not the project's folder, which may hold the server's data."""
    known = [HERE]
    for prefix in dict.fromkeys((sys.prefix, sys.base_prefix, sys.exec_prefix)):
        known += [Path(prefix, part) for part in ("lib", "lib64", "pyvenv.cfg")]
    named = [Path(place).resolve() for place in sys.path if place]
    named = [place for place in named if place not in HERE.parents]
    linked = [target for place in (*named, HERE / "weights") for target in _linked(place)]
    return [*known, *named, *linked]


def _linked(folder: Path) -> list[Path]:
    """Where links in a folder lead, as some installers lay packages, and operators weights."""
    try:
        return [Path(entry).resolve() for entry in os.scandir(folder) if entry.is_symlink()]
    except OSError:  # an archive, or a place that is not there
        return []


def _programs() -> list[Path]:
    """What has to be started for the child that opens meshes: this Python, and what loads programs. None where that
    cannot be told, as on systems other than Linux."""
    try:
        mapped = Path("/proc/self/maps").read_text().splitlines()
    except OSError:
        return []
    loaders = [Path(line.split()[-1]) for line in mapped if "/ld-" in line]
    return [Path(sys.executable).resolve(), *dict.fromkeys(loaders)]


def _compile_ahead() -> None:
    """Have our modules compiled beside this process: shut in, it can write none, and would compile them at each start.

    Not waited for; where the folder is not to be written, nothing is.
    """
    if sys.dont_write_bytecode or not os.access(HERE, os.W_OK):
        return
    if any(_is_stale(source) for source in HERE.rglob("*.py")):
        subprocess.Popen(
            [sys.executable, "-I", "-m", "compileall", "-qq", "-j1", str(HERE)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def _is_stale(source: Path) -> bool:
    """Whether a module has no bytecode as young as it is."""
    made = Path(cache_from_source(str(source)))
    return not made.is_file() or made.stat().st_mtime < source.stat().st_mtime
