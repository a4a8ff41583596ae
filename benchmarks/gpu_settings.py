"""Which lanes ai_worker.py starts for what CUDA_VISIBLE_DEVICES and MESHKILN_GPUS say. A table of on_a_gpu.py."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import harness

sys.path.insert(0, str(harness.ROOT))

from gpu_site import PLUGIN, REHEARSED_MIB, Table

from serving.gpus import Gpu
from tests.serving.house import House, until

_VISIBLE = "CUDA_VISIBLE_DEVICES"
_COUNT = "from benchmarks.gpu_plugin.adapters.gpu_work import count_devices; print(count_devices())"


def settings(table: Table, known: list[Gpu], *, is_rehearsed: bool) -> None:
    """Which lanes there are for what the variables say, and how many GPUs CUDA shows a program with the same."""
    uuid, beyond = known[0].uuid, len(known)  # a number that there is not
    visible = {
        "0": True,
        uuid: True,
        uuid[:12]: True,
        f"0,{beyond}": True,
        f"{beyond},0": False,
        "-1": False,
        "": False,
    }
    with ThreadPoolExecutor(6) as pool:
        if not is_rehearsed:  # pretended GPUs are all visible
            counts = pool.map(_cuda_count, visible)
            lanes = pool.map(lambda value: _lanes({_VISIBLE: value}, is_rehearsed=False), visible)
            for value, found, count in zip(visible, lanes, counts, strict=True):
                wanted = "gpu0, cpu0" if visible[value] else "cpu0"
                ok = found == wanted and count == int(visible[value])
                table.row(f"{_VISIBLE}={value}", wanted, f"{found}; CUDA shows {count}", ok)
        gpus = {
            "all": ", ".join([*(f"gpu{gpu.id}" for gpu in known), "cpu0"]),
            "0": "gpu0, cpu0",
            "none": "cpu0",
            f"{beyond}": f"there is no GPU {beyond}",
        }
        asked = pool.map(
            lambda value: _lanes({"MESHKILN_GPUS": value}, is_rehearsed=is_rehearsed), gpus
        )
        for (value, wanted), found in zip(gpus.items(), asked, strict=True):
            ok = found == wanted or (found.startswith("Bad setting") and wanted in found)
            table.row(f"MESHKILN_GPUS={value}", wanted, found, ok)


def _cuda_count(visible: str) -> int:
    told = subprocess.run(
        [sys.executable, "-c", _COUNT],
        cwd=harness.ROOT,
        env={**os.environ, _VISIBLE: visible},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return int(told.stdout)


def _lanes(variables: dict[str, str], *, is_rehearsed: bool) -> str:
    """The lanes that ai_worker.py says it starts, or its last words."""
    settings = {"rehearsed_gpus": REHEARSED_MIB} if is_rehearsed else {}
    with tempfile.TemporaryDirectory(prefix="meshkiln-gpu-") as folder:
        house = House(Path(folder), gpus="all", plugin_dir=PLUGIN, features="gpu_work", **settings)
        house.environment.update(variables)
        try:
            worker = house.start("ai_worker.py")
            pattern = re.compile(r"; lanes: (.*)$", re.M)
            until(
                lambda: pattern.search(house.log()) or worker.poll() is not None,
                30,
                "lanes",
                house.log,
            )
            said = pattern.search(house.log())
            return said[1] if said else house.log().strip().splitlines()[-1]
        finally:
            house.end()
