"""Which lanes a machine gets: one for each GPU that is to be used and needed, pinned at its start, and some on CPUs."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.catalog import Catalog
from pipelines.spec import Feature, ModelCard, Outcome, Params
from serving.gpus import Gpus, gpus_of
from serving.jobs.record import JobState
from serving.rehearsed_gpus import ledger
from serving.settings import ROOT, Settings, SettingsError
from serving.worker.slots import Places
from tests.doubles import GIB, PretendDriver, PretendGpu
from tests.serving.house import House, until

UUIDS = ("GPU-aa10", "GPU-ab20", "GPU-b030")
THREE = ", ".join(
    f"{number} (NVIDIA Pretend, {mib} MiB)"
    for number, mib in enumerate(("24,576", "49,152", "73,728"))
)


def card(model_id: str, feature: str, vram_mib: int = 0) -> ModelCard:
    return ModelCard(model_id, feature, "f", model_id, "", "MIT", ("glb",), Params, vram_mib)


def catalog(*cards: ModelCard) -> Catalog:
    def run(*_: object) -> Outcome:
        raise NotImplementedError

    names = {card.feature for card in cards}
    features = {name: Feature(name, f"/{name}", "", {}, Params, (), run) for name in names}
    return Catalog(features, {card.model_id: card for card in cards}, {})


# A feature that a CPU does, one that only a GPU does, one that both do.
CATALOG = catalog(
    card("small", "on_cpu"),
    card("large", "on_gpu", 9_000),
    card("plain", "on_both"),
    card("fine", "on_both", 16_000),
)
NO_GPU_MODELS = catalog(card("small", "on_cpu"), card("other", "on_both"))


def three_gpus() -> Gpus:
    driver = PretendDriver(
        *(PretendGpu("NVIDIA Pretend", 24 * GIB * (number + 1)) for number in range(3))
    )
    for gpu, uuid in zip(driver.gpus, UUIDS, strict=True):
        gpu.uuid = uuid
    return Gpus(lambda: driver)


def no_gpus() -> Gpus:
    return Gpus(lambda: None)


def settings(**said: object) -> Settings:
    visible = said.pop("visible", None)
    values = {"cpu_lanes": 1, **said}
    return Settings(_env_file=None, **values).model_copy(update={"cuda_visible_devices": visible})  # type: ignore[arg-type]


def titles(said: Settings, gpus: Gpus | None = None, models: Catalog = CATALOG) -> list[str]:
    return [slot.title for slot in Places(said, gpus or three_gpus(), models).slots()]


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("MESHKILN_") or name in ("REDIS_URL", "CUDA_VISIBLE_DEVICES"):
            monkeypatch.delenv(name)


# Who gets a lane

LANES = {
    "all by default": ({}, ["gpu0", "gpu1", "gpu2", "cpu0"]),
    "some": ({"gpus": "0,2"}, ["gpu0", "gpu2", "cpu0"]),
    "in any order, once": ({"gpus": "2,0,2"}, ["gpu0", "gpu2", "cpu0"]),
    "none": ({"gpus": "none"}, ["cpu0"]),
    "no CPU": ({"cpu_lanes": 0}, ["gpu0", "gpu1", "gpu2"]),
    "many CPUs": ({"gpus": "1", "cpu_lanes": 3}, ["gpu1", "cpu0", "cpu1", "cpu2"]),
    "a feature of GPUs alone": ({"features": "on_gpu"}, ["gpu0", "gpu1", "gpu2"]),
    "a feature of CPUs alone": ({"features": "on_cpu"}, ["cpu0"]),
    "a feature of both": ({"features": "on_both"}, ["gpu0", "gpu1", "gpu2", "cpu0"]),
    "two features": ({"features": "on_cpu, on_gpu", "gpus": "1"}, ["gpu1", "cpu0"]),
    "visible by number": ({"visible": "2,0"}, ["gpu0", "gpu2", "cpu0"]),
    "visible by UUID": ({"visible": "GPU-ab20"}, ["gpu1", "cpu0"]),
    "visible by the beginning of a UUID": ({"visible": "GPU-b,1"}, ["gpu1", "gpu2", "cpu0"]),
    "visible by a beginning of two": ({"visible": "2,GPU-a"}, ["gpu2", "cpu0"]),
    "visible until one that there is not": ({"visible": "1,7,0"}, ["gpu1", "cpu0"]),
    "visible until minus one": ({"visible": "0,-1,1"}, ["gpu0", "cpu0"]),
    "none visible": ({"visible": ""}, ["cpu0"]),
    "minus one visible": ({"visible": "-1"}, ["cpu0"]),
    "visible and wanted": ({"visible": "1,2", "gpus": "2"}, ["gpu2", "cpu0"]),
}


@pytest.mark.parametrize("name", LANES)
def test_lanes_are_those_that_are_wanted_visible_and_needed(name: str):
    said, expected = LANES[name]
    assert titles(settings(**said)) == expected


def test_gpus_that_no_model_needs_lie_idle_and_the_log_says_why(caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO")
    assert titles(settings(gpus="0,1"), models=NO_GPU_MODELS) == ["cpu0"]
    assert [record.message for record in caplog.records] == [
        "GPU 0, 1: no lane, no model here needs a GPU",
        f"GPUs found: {THREE}; lanes: cpu0",
    ]
    caplog.clear()
    assert titles(settings(features="on_cpu")) == ["cpu0"]
    assert [record.message for record in caplog.records] == [
        "GPU 0, 1, 2: no lane, no model of the features served here needs a GPU",
        f"GPUs found: {THREE}; lanes: cpu0",
    ]


def test_driver_is_not_even_looked_for_where_no_gpu_is_wanted():
    def load() -> None:
        raise AssertionError("looked for")

    assert titles(settings(gpus="none"), Gpus(load)) == ["cpu0"]


def test_lost_gpu_gets_no_lane_and_the_others_do():
    driver = PretendDriver(PretendGpu(), PretendGpu(), PretendGpu())
    driver.gpus[1].is_lost = True
    assert titles(settings(), Gpus(lambda: driver)) == ["gpu0", "gpu2", "cpu0"]


def test_gpus_of_a_driver_that_is_ready_late_get_lanes_then(caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO")
    driver = PretendDriver(PretendGpu(), PretendGpu(), PretendGpu())
    driver.gpus[0].is_lost = driver.gpus[1].is_lost = driver.gpus[2].is_lost = True
    places = Places(settings(gpus="all"), Gpus(lambda: driver), CATALOG)

    def looked() -> list[str]:
        places.gpus._look_again_at_s = 0.0  # it asks a driver that failed only now and then
        caplog.clear()
        return [slot.title for slot in places.late_slots()]

    assert [slot.title for slot in places.slots()] == ["cpu0"]
    assert caplog.messages[-1] == "GPUs found: none; lanes: cpu0"
    assert looked() == []
    driver.gpus[1].is_lost = False
    assert looked() == ["gpu1", "cpu0"]
    assert caplog.messages[-1] == "GPUs found late: 1 (NVIDIA Pretend 24, 24,576 MiB)"
    assert looked() == []
    assert caplog.messages == []  # nothing is told again
    driver.gpus[0].is_lost = driver.gpus[2].is_lost = False
    assert looked() == ["gpu0", "gpu1", "gpu2", "cpu0"]
    driver.gpus[0].is_lost = True
    assert looked() == []
    driver.gpus[0].is_lost = False
    assert looked() == []  # nor when it comes back


def test_late_gpus_that_get_no_lane_are_told_of_once(caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO")
    ready: list[PretendDriver] = []
    places = Places(settings(), Gpus(lambda: ready[0] if ready else None), NO_GPU_MODELS)
    places.slots()
    places.gpus._look_again_at_s = 0.0
    ready.append(PretendDriver(PretendGpu()))
    caplog.clear()
    heard = [[slot.title for slot in places.late_slots()] for _ in range(3)]
    assert heard == [["cpu0"], [], []]
    assert caplog.messages == [
        "GPUs found late: 0 (NVIDIA Pretend 24, 24,576 MiB)",
        "GPU 0: no lane, no model here needs a GPU",
    ]


# The pin


def test_lane_of_a_gpu_sees_that_gpu_alone_and_one_of_the_cpu_sees_none():
    gpu, cpu = Places(settings(gpus="1"), three_gpus(), CATALOG).slots()
    assert (gpu.device, gpu.gpu, gpu.gpu_index) == ("cuda", "GPU-ab20", 1)
    assert gpu.environment == {
        "CUDA_VISIBLE_DEVICES": "GPU-ab20",
        "CUDA_DEVICE_ORDER": "PCI_BUS_ID",
    }
    assert (cpu.device, cpu.gpu, cpu.gpu_index) == ("cpu", "", None)
    assert cpu.environment == {"CUDA_VISIBLE_DEVICES": ""}


def test_lane_of_a_pretended_gpu_sees_no_real_one_and_has_its_ledger(tmp_path: Path):
    said = settings(data_dir=tmp_path, rehearsed_gpus="24576,49152", gpus="1", visible="")
    gpu, cpu = Places(said, gpus_of(said), CATALOG).slots()
    assert (gpu.title, gpu.device, gpu.gpu, gpu.gpu_index) == ("gpu1", "cuda", "REHEARSED-1", 1)
    folder = said.rehearsed_gpus_dir / "1"
    assert gpu.environment == {"CUDA_VISIBLE_DEVICES": "", "MESHKILN_REHEARSED_GPU": str(folder)}
    assert cpu.environment == {"CUDA_VISIBLE_DEVICES": ""}


# Refusals

REFUSED = {
    "a GPU that there is not": (
        {"gpus": "0,3"},
        three_gpus,
        "MESHKILN_GPUS is '0,3': there is no GPU 3; there are 0 (NVIDIA Pretend, 24,576 MiB), 1 (",
    ),
    "a GPU where there is none": (
        {"gpus": "0"},
        no_gpus,
        "MESHKILN_GPUS is '0': there is no GPU 0; there are none",
    ),
    "a GPU that is hidden": (
        {"gpus": "0", "visible": "1"},
        three_gpus,
        "no GPU 0; there are 1 (NVIDIA Pretend, 49,152 MiB) with CUDA_VISIBLE_DEVICES=1",
    ),
    "a feature that there is not": (
        {"features": "on_cpu,tea"},
        three_gpus,
        "MESHKILN_FEATURES is 'on_cpu,tea': there is no feature 'tea'; there are on_both, on_cpu, on_gpu",
    ),
    "nothing without a GPU": (
        {"cpu_lanes": 0},
        no_gpus,
        "nothing to start: MESHKILN_CPU_LANES is 0, and no GPU was found",
    ),
    "nothing without any": (
        {"cpu_lanes": 0, "gpus": "none"},
        three_gpus,
        "nothing to start: MESHKILN_CPU_LANES is 0, and MESHKILN_GPUS is none",
    ),
    "nothing that is visible": (
        {"cpu_lanes": 0, "visible": "-1"},
        three_gpus,
        "nothing to start: MESHKILN_CPU_LANES is 0, and CUDA_VISIBLE_DEVICES is '-1'",
    ),
    "nothing that a GPU is needed for": (
        {"cpu_lanes": 0, "features": "on_cpu"},
        three_gpus,
        "MESHKILN_CPU_LANES is 0, and no model of the features served here needs a GPU",
    ),
    "nothing that a CPU can do": (
        {"features": "on_gpu"},
        no_gpus,
        "nothing to start: no model that is served here runs on a CPU, and no GPU was found",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_in_a_sentence(name: str):
    said, gpus, words = REFUSED[name]
    with pytest.raises(SettingsError, match=re.escape(words)):
        Places(settings(**said), gpus(), CATALOG).slots()


# The real program


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path, rehearsed_gpus="24576,49152", drain_s=1.2)
    yield house
    house.end()


def test_rehearsed_gpu_gets_one_lane_pinned_when_its_process_starts(house: House):
    worker = house.start("ai_worker.py", "--gpus", "1", "--cpu-lanes", "0")
    house.open()
    lane = house.pid("lane")
    assert "--title gpu1 --device cuda --gpu REHEARSED-1" in " ".join(proc(lane, "cmdline"))
    record = house.ended(house.submit(model_id="rehearsal_gpu_small"))
    assert record.state is JobState.COMPLETED
    folder = ledger(Settings(_env_file=None, data_dir=house.folder), 1)
    for pid in (
        lane,
        house.pid("runner"),
    ):  # what a process had when it started, before any line of it ran
        pin = {"CUDA_VISIBLE_DEVICES=", f"MESHKILN_REHEARSED_GPU={folder}"}
        assert pin <= set(proc(pid, "environ"))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(15) == 0
    until(lambda: house.pids() == [], 5, "the end of all")


def proc(pid: int, what: str) -> list[str]:
    return (Path("/proc") / str(pid) / what).read_text().split("\0")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--cpu-lanes", "65"], "MESHKILN_CPU_LANES is '65': input should be less than or equal"),
        (["--cpu-lanes", "two"], "MESHKILN_CPU_LANES is 'two': input should be a valid integer"),
        (["--gpus", "first"], 'MESHKILN_GPUS is \'first\': it is "all", "none" or numbers'),
        (["--gpus", "2"], "MESHKILN_GPUS is '2': there is no GPU 2; there are 0 (Rehearsed GPU,"),
        (["--features", "tea"], "MESHKILN_FEATURES is 'tea': there is no feature 'tea'"),
        (["--gpus", "none", "--cpu-lanes", "0"], "There is nothing to start: MESHKILN_CPU_LANES"),
    ],
)
def test_bad_argument_ends_the_program_with_a_sentence(
    house: House, arguments: list[str], words: str
):
    ended = subprocess.run(
        [sys.executable, "ai_worker.py", *arguments],
        cwd=ROOT,
        env=house.environment,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert ended.returncode == 1
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert house.pids() == []  # no Redis either
