"""GPUs as their driver tells of them, and as a driver for rehearsals pretends; what fails hides nothing else."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pynvml
import pytest
from flask import Flask
from redis import Redis

from serving import gpus as gpus_module
from serving import rehearsed_gpus
from serving.gpus import Gpu, Gpus, gpus_of
from serving.jobs.board import LANE_KEY, LANES_KEY, LaneState, ResidentState
from serving.rehearsed_gpus import RETURN_S, RehearsedDriver, ledger, open_ledgers
from serving.settings import Settings
from serving.web.app import create_app
from tests.doubles import GIB, PretendDriver, PretendGpu
from tests.serving.house import until

SYSTEM = "/api/v1/system"


def driver_names(kind: type) -> set[str]:
    return {name for name in vars(kind) if name.lower().startswith("nvml")}


# What the driver says


def test_gpu_is_told_with_its_memory_in_mib():
    driver = PretendDriver(PretendGpu(), PretendGpu("NVIDIA Pretend 80", 80 * GIB, 0, None))
    first, second = Gpus(lambda: driver).read()
    assert first == Gpu(0, "GPU-0", "NVIDIA Pretend 24", 24576, 6144, 18432, 0.75, 65)
    assert (first.memory_utilization, second.memory_utilization) == (0.25, 0)
    assert (second.id, second.uuid, second.gpu_utilization) == (1, "GPU-1", None)


def test_one_gpu_is_found_by_its_uuid_without_a_word_to_the_others():
    driver = PretendDriver(*(PretendGpu(used=number * GIB) for number in range(8)))
    gpus = Gpus(lambda: driver)
    found = gpus.find("GPU-5")
    assert found is not None
    assert (found.id, found.memory_used, found.memory_free) == (5, 5 * 1024, 19 * 1024)
    assert driver.asked == 1
    driver.gpus[5].used = 6 * GIB
    again = gpus.find("GPU-5")
    assert again is not None
    assert again.memory_used == 6 * 1024  # a fresh reading


def test_gpu_that_there_is_not_is_not_found():
    gpus = Gpus(lambda: PretendDriver(PretendGpu()))
    assert gpus.find("GPU-9") is None
    assert gpus.held_mib("GPU-9") == {}


def test_memory_by_process_counts_what_computes_and_what_draws_once():
    gpu = PretendGpu(
        processes={10: 5 * GIB, 11: 2 * GIB, 12: None}, drawing={11: 2 * GIB, 13: GIB, 14: None}
    )
    driver = PretendDriver(PretendGpu(processes={10: 9 * GIB}), gpu)
    assert Gpus(lambda: driver).held_mib("GPU-1") == {10: 5120, 11: 2048, 13: 1024}


@pytest.mark.parametrize("kind", [PretendDriver, RehearsedDriver])
def test_pretended_driver_has_nothing_that_the_real_library_lacks(kind: type):
    names = driver_names(kind)
    assert len(names) >= 14
    assert [name for name in names if not hasattr(pynvml, name)] == []
    for error in ("NVMLError_NotSupported", "NVMLError_NotFound"):
        assert issubclass(getattr(pynvml, error), pynvml.NVMLError)


def test_pretended_drivers_answer_to_the_same_names():
    assert driver_names(PretendDriver) == driver_names(RehearsedDriver)


# What fails


def test_machine_whose_driver_fails_or_is_missing_has_no_gpus():
    driver = PretendDriver(PretendGpu(processes={7: GIB}))
    gpus = Gpus(lambda: driver)
    assert len(gpus.read()) == 1
    driver.is_gone = True
    assert gpus.read() == []
    assert gpus.find("GPU-0") is None
    assert gpus.held_mib("GPU-0") == {}
    for none in (Gpus(lambda: None), Gpus(lambda: PretendDriver())):
        assert none.read() == []
        assert none.find("GPU-0") is None
        assert none.held_mib("GPU-0") == {}


def test_lost_gpu_hides_no_other_one():
    driver = PretendDriver(PretendGpu(), PretendGpu(), PretendGpu())
    driver.gpus[1].is_lost = True
    gpus = Gpus(lambda: driver)
    assert [gpu.id for gpu in gpus.read()] == [0, 2]
    assert gpus.find("GPU-2") is not None


@pytest.mark.parametrize(
    "what",
    [
        "nvmlDeviceGetComputeRunningProcesses",
        "nvmlDeviceGetGraphicsRunningProcesses",
        "nvmlDeviceGetUtilizationRates",
        "nvmlDeviceGetTemperature",
    ],
)
@pytest.mark.parametrize("error", ["NVMLError", "NVMLLibraryMismatchError"])
def test_what_a_driver_refuses_to_tell_is_no_failure_of_it(
    monkeypatch, caplog, error: str, what: str
):
    """As one that is older than the library, or that allows no look at processes."""
    driver = PretendDriver(PretendGpu(processes={10: GIB}, drawing={11: GIB}))

    def refuse(*_: object) -> None:
        raise getattr(driver, error)("Function Not Found")

    monkeypatch.setattr(driver, what, refuse)
    gpus = Gpus(lambda: driver)
    held = gpus.held_mib("GPU-0")
    (gpu,) = gpus.read()  # a driver that counts as failed is not asked again at once
    assert (held.get(10), held.get(11)) == (
        None if "Compute" in what else 1024,
        None if "Graphics" in what else 1024,
    )
    assert (gpu.memory_used, gpu.gpu_utilization, gpu.temperature) == (
        6144,
        None if "Utilization" in what else 0.75,
        None if "Temperature" in what else 65,
    )
    assert caplog.messages == []


def test_gpu_whose_holders_cannot_be_told_hides_no_other_one():
    driver = PretendDriver(PretendGpu(), PretendGpu())
    driver.gpus[0].is_lost = True
    gpus = Gpus(lambda: driver)
    assert gpus.held_mib("GPU-0") == {}
    assert gpus.find("GPU-1")


def test_driver_that_failed_is_started_anew_after_a_while(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(gpus_module, "FAILURE_RETRY_S", 0.05)
    driver, starts, ends = PretendDriver(PretendGpu()), [], []
    monkeypatch.setattr(driver, "nvmlShutdown", lambda: ends.append(1))

    def load() -> PretendDriver:
        starts.append(1)
        return driver

    gpus = Gpus(load)
    assert gpus.find("GPU-0")
    driver.is_gone = True
    assert gpus.find("GPU-0") is None
    driver.is_gone = False
    assert gpus.find("GPU-0") is None  # not asked again at once
    assert (len(starts), len(ends)) == (1, 1)
    time.sleep(0.06)
    assert gpus.find("GPU-0")
    assert (len(starts), len(ends)) == (2, 1)


def test_failure_is_logged_once_and_not_at_every_question(caplog: pytest.LogCaptureFixture):
    driver = PretendDriver(PretendGpu(), PretendGpu())
    driver.gpus[0].is_lost = True
    gpus = Gpus(lambda: driver)
    for _ in range(5):
        gpus.read()
    assert [record.message for record in caplog.records] == ["GPU 0 does not answer: GPU is lost"]


# Rehearsed


@pytest.fixture
def rehearsing(tmp_path: Path) -> Settings:
    settings = Settings(_env_file=None, data_dir=tmp_path, rehearsed_gpus="2x24576,49152")
    open_ledgers(settings)
    return settings


@pytest.fixture
def holder(rehearsing: Settings) -> Iterator[Callable[[int, int], subprocess.Popen[bytes]]]:
    """Makes real processes that say that they hold some MiB of a pretended GPU."""
    made: list[subprocess.Popen[bytes]] = []

    def hold(index: int, mib: int) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        made.append(process)
        (ledger(rehearsing, index) / str(process.pid)).write_text(str(mib))
        return process

    yield hold
    for process in made:
        process.kill()
        process.communicate()


def used(settings: Settings, index: int) -> int:
    gpu = gpus_of(settings).find(f"REHEARSED-{index}")
    assert gpu is not None
    return gpu.memory_used


def test_rehearsed_gpus_are_as_many_and_as_large_as_said(rehearsing: Settings):
    rows = [(gpu.id, gpu.uuid, gpu.memory_total) for gpu in gpus_of(rehearsing).read()]
    assert rows == [(0, "REHEARSED-0", 24576), (1, "REHEARSED-1", 24576), (2, "REHEARSED-2", 49152)]
    gpu = gpus_of(rehearsing).read()[0]
    assert (ledger(rehearsing, 2) / "total_mib").read_text() == "49152"  # for models to read
    assert (gpu.name, gpu.memory_free, gpu.gpu_utilization, gpu.temperature) == (
        "Rehearsed GPU",
        24576,
        None,
        None,
    )


def test_machine_that_does_not_rehearse_asks_the_real_driver():
    assert gpus_of(Settings(_env_file=None))._load is gpus_module._nvml


def test_living_processes_hold_what_they_say_on_their_gpu_alone(
    rehearsing: Settings, holder: Callable[[int, int], subprocess.Popen[bytes]]
):
    first, second = holder(1, 9000), holder(1, 500)
    gpu = gpus_of(rehearsing).find("REHEARSED-1")
    assert gpu is not None
    assert (gpu.memory_used, gpu.memory_free) == (9500, 15076)
    assert gpus_of(rehearsing).held_mib("REHEARSED-1") == {first.pid: 9000, second.pid: 500}
    assert used(rehearsing, 0) == used(rehearsing, 2) == 0


def test_memory_of_a_killed_process_comes_back_after_a_moment(
    rehearsing: Settings,
    holder: Callable[[int, int], subprocess.Popen[bytes]],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(rehearsed_gpus, "RETURN_S", 60.0)
    process = holder(0, 9000)
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # ended, and not fetched yet
    assert used(rehearsing, 0) == used(rehearsing, 0) == 9000
    assert gpus_of(rehearsing).held_mib("REHEARSED-0") == {process.pid: 9000}
    monkeypatch.setattr(rehearsed_gpus, "RETURN_S", RETURN_S)
    until(lambda: used(rehearsing, 0) == 0, 5, "the memory")
    assert gpus_of(rehearsing).held_mib("REHEARSED-0") == {}
    assert [path.name for path in ledger(rehearsing, 0).iterdir()] == ["total_mib"]


def test_memory_that_is_given_back_is_free_at_once(
    rehearsing: Settings, holder: Callable[[int, int], subprocess.Popen[bytes]]
):
    process = holder(0, 9000)
    (ledger(rehearsing, 0) / str(process.pid)).unlink()
    assert used(rehearsing, 0) == 0


def test_ledger_that_says_nonsense_or_too_much_breaks_nothing(rehearsing: Settings):
    folder = ledger(rehearsing, 0)
    (folder / "notes").write_text("9000")
    (folder / str(os.getpid())).write_text("")  # being written
    assert used(rehearsing, 0) == 0
    (folder / str(os.getpid())).write_text("999999")
    assert used(rehearsing, 0) == 24576
    open_ledgers(rehearsing)  # the next start
    assert used(rehearsing, 0) == 0


def test_gpu_without_a_ledger_yet_is_empty(tmp_path: Path):
    settings = Settings(_env_file=None, data_dir=tmp_path, rehearsed_gpus="8192")
    assert used(settings, 0) == 0


# What the web shows


def app_of(settings: Settings, redis_url: str) -> Flask:
    return create_app(settings.model_copy(update={"redis_url": redis_url}))


def told(app: Flask, path: str) -> Any:
    answer = app.test_client().get(path)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_gpus_are_listed_as_their_driver_tells(tmp_path: Path, redis_url: str, redis_client: Redis):
    driver = PretendDriver(
        PretendGpu(), PretendGpu("NVIDIA Pretend 80", 80 * GIB, 0, busy_percent=None)
    )
    app = app_of(Settings(_env_file=None, data_dir=tmp_path), redis_url)
    watched = app.extensions["meshkiln.watch"]
    app.extensions["meshkiln.watch"] = replace(watched, gpus=Gpus(lambda: driver))
    first, second = told(app, f"{SYSTEM}/status")["gpu"]
    assert first == {
        "id": 0,
        "name": "NVIDIA Pretend 24",
        "memory_total": 24576,
        "memory_used": 6144,
        "memory_free": 18432,
        "gpu_utilization": 0.75,
        "temperature": 65,
        "memory_utilization": 0.25,
    }
    assert (second["id"], second["gpu_utilization"], second["memory_utilization"]) == (1, None, 0)
    driver.gpus[0].used = 12 * GIB
    assert told(app, f"{SYSTEM}/scheduler-status")["scheduler"]["gpu_status"][0] == {
        "id": 0,
        "memory_used": 12288,
        "memory_total": 24576,
    }
    text = app.test_client().get("/metrics").text
    assert 'meshkiln_gpu_memory_used_bytes{gpu="0",name="NVIDIA Pretend 24"}' in text
    assert 'meshkiln_gpu_utilization_ratio{gpu="1"' not in text


def test_rehearsed_gpus_are_listed_like_real_ones(
    rehearsing: Settings, redis_url: str, redis_client: Redis
):
    (ledger(rehearsing, 2) / str(os.getpid())).write_text("9000")
    rows = told(app_of(rehearsing, redis_url), f"{SYSTEM}/status")["gpu"]
    assert [row["memory_used"] for row in rows] == [0, 0, 9000]
    assert {row["name"] for row in rows} == {"Rehearsed GPU"}


def test_memory_of_a_loaded_model_is_what_its_process_holds(
    tmp_path: Path, redis_url: str, redis_client: Redis
):
    (tmp_path / "adapters").mkdir()
    (tmp_path / "adapters" / "large.py").write_text(LARGE)
    app = app_of(Settings(_env_file=None, data_dir=tmp_path, plugin_dir=tmp_path), redis_url)
    resident = ResidentState("large", "idle", 4321, price_mib=9500, memory_mib=5120)
    publish(redis_client, resident)
    models = told(app, f"{SYSTEM}/scheduler-status")["scheduler"]["models"]
    assert models["large_a"] == models["large_b"] == {"status": "loaded", "vram_usage": 5120}
    counts = told(app, f"{SYSTEM}/status")["models"]
    assert (counts["loaded"], counts["total_vram_used"]) == (2, 5120)  # one runner holds both
    publish(redis_client, replace(resident, memory_mib=None))  # which the driver does not tell
    assert told(app, f"{SYSTEM}/status")["models"]["total_vram_used"] == 9500


def publish(redis_client: Redis, resident: ResidentState) -> None:
    """A lane says what it holds, as a living one does."""
    models = {"large_a": "", "large_b": ""}
    word = LaneState(
        "a", platform.node(), 1, "cuda", models=models, residents=(resident,), vram_mib=24064
    )
    redis_client.sadd(LANES_KEY, word.name)
    redis_client.set(LANE_KEY + word.name, word.to_json())


LARGE = '''
"""Two models that share one set of weights."""
from pipelines.spec import ModelCard, Params


class NoOptions(Params):
    """Nothing."""


class Large:
    """Never run."""


CARDS = tuple(
    ModelCard(name, "image_to_raw_mesh", "large", "large", "", "MIT", ("glb",), NoOptions, vram_mib=9000)
    for name in ("large_a", "large_b")
)
ADAPTER = Large
'''
