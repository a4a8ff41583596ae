"""A built-in model's process is shut in: what it tries beyond its inputs and results is refused by the kernel."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines import shut_in
from pipelines.catalog import Catalog
from pipelines.messages import Done, Failed, Run
from pipelines.runner import WALLED_OUT
from pipelines.spec import Outcome, Work
from serving.settings import ROOT, Settings
from serving.worker.lane_process import Orders, _walls
from serving.worker.residency.handle import RunnerDied, RunnerHandle, Walls
from serving.worker.residency.pool import Pool

TRIANGLES = b"""v 0 0 0
v 1 0 0
v 0 1 0
v 0 0 1
f 1 2 3
f 1 2 4
f 1 3 4
f 2 3 4
"""
FEATURE = '''
from pipelines.spec import Feature, Params, Slot, Stage
class None_(Params):
    """Nothing may be set."""
FEATURE = Feature("trying", "trying", "Tries", {"mesh": Slot("mesh", required=False)}, None_, (Stage("try", 1.0),),
                  lambda work, adapter, report: adapter.attempt(work))
'''
ADAPTER = '''
import ctypes, errno, os, signal, socket, subprocess, sys, tempfile
from pathlib import Path
from pipelines.spec import ModelCard, Outcome, OutputFile, Params

class None_(Params):
    """Nothing may be set."""

CARDS = (ModelCard("trier", "trying", "trying", "trier", "Tries", "MIT", ("json",), None_),)

class Trier:
    def load(self, device):
        status = Path("/proc/self/status").read_text()
        self.calls = "Seccomp:\\t2" in status
        version = ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1)
        self.files, self.scopes = version >= 1, version >= 6

    def attempt(self, work):
        out, data = work.out_dir, Path(work.inputs["mesh"]).parents[1]
        tries = {
            "files": {
                "read a secret": lambda: (data / "data" / "dump.rdb").read_bytes(),
                "list the data": lambda: os.listdir(data),
                "read accounts": lambda: open("/etc/shadow").read(),
                "list a home": lambda: os.listdir(Path.home()),
                "write an input": lambda: open(work.inputs["mesh"], "ab"),
                "remove an input": lambda: os.unlink(work.inputs["mesh"]),
                "write beside": lambda: (data / "other").write_bytes(b"x"),
                "write to /tmp": lambda: tempfile.NamedTemporaryFile(dir="/tmp"),
                "write a module": lambda: open(sys.modules["pipelines.spec"].__file__, "ab"),
                "write a library": lambda: open(Path(os.__file__).parent / "tried.py", "wb"),
                "read its lane": lambda: open(f"/proc/{os.getppid()}/environ").read(),
                "start a program": lambda: subprocess.run(["/bin/sh", "-c", "true"]),
            },
            "calls": {
                "open a socket": lambda: socket.socket(),
                "open a local one": lambda: socket.socket(socket.AF_UNIX),
                "own a file": lambda: os.chown("/etc/passwd", 0, 0),
                "make it readable": lambda: os.chmod("/etc/passwd", 0o644),
            },
            "scopes": {"end its lane": lambda: os.kill(os.getppid(), 0)},
        }
        ended = {}
        for part, acts in tries.items():
            if getattr(self, part):
                ended.update({name: _ended(act) for name, act in acts.items()})
        (out / "folder").mkdir()
        (out / "folder" / "a").write_text("a")
        os.replace(out / "folder" / "a", out / "b")
        (out / "folder").rmdir()
        size = Path(work.inputs["mesh"]).stat().st_size
        child = subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True, text=True)
        info = {"ended": ended, "size": size, "child": child.stdout.strip()}
        return Outcome((OutputFile("b", "json", "application/json", 1),), info)

def _ended(act):
    try:
        act()
    except PermissionError:
        return "refused"
    except OSError as error:
        return errno.errorcode[error.errno]
    return "done"

ADAPTER = Trier
'''


LACKING = """
import logging, sys
from pipelines.formats import confinement
for part in sys.argv[2:]:
    setattr(confinement, f"_shut_{part}", lambda *_: False)
from pipelines.shut_in import shut_in
logging.basicConfig(format="%(message)s")
print(*shut_in([], [], tells=sys.argv[1] == "telling"))
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A data folder with a secret, an input and a plug-in that tries to get out."""
    for place, text in (("features/trying.py", FEATURE), ("adapters/trier.py", ADAPTER)):
        (tmp_path / "plugin" / place).parent.mkdir(parents=True)
        (tmp_path / "plugin" / place).write_text(text)
    data = tmp_path / "house"
    for place in ("data/dump.rdb", "inputs/mesh.obj", "outputs/job/.keep"):
        (data / place).parent.mkdir(parents=True)
        (data / place).write_bytes(TRIANGLES)
    return data


@pytest.fixture
def runner(house: Path) -> Iterator[RunnerHandle]:
    walls = Walls((house / "outputs",), (house / "inputs",))
    handle = RunnerHandle("trier", plugin_dirs=[house.parent / "plugin"], walls=walls)
    yield handle
    handle.kill()


def outcome_of(runner: RunnerHandle, house: Path) -> Outcome:
    inputs = {"mesh": house / "inputs" / "mesh.obj"}
    runner.send(Run(Work("a", "trying", "trier", inputs, {}, {}, house / "outputs" / "job")))
    until_s = time.monotonic() + 60
    while time.monotonic() < until_s:
        answer = runner.receive(1.0)
        assert not isinstance(answer, Failed), answer
        if isinstance(answer, Done):
            return answer.outcome
    raise AssertionError("no answer in a minute")


def test_a_model_that_tries_to_get_out_is_refused(runner, house):
    ended = outcome_of(runner, house).info["ended"]
    if not ended:
        pytest.skip("this kernel has neither Landlock nor seccomp filters")
    assert ended == dict.fromkeys(ended, "refused")
    assert (house / "inputs" / "mesh.obj").read_bytes() == TRIANGLES


def test_a_shut_in_model_reads_inputs_arranges_results_and_has_its_meshes_opened_in_a_child(
    runner, house
):
    info = outcome_of(runner, house).info
    assert (info["size"], info["child"]) == (len(TRIANGLES), "42")


def test_a_runner_whose_folder_was_made_anew_is_known_to_reach_it_no_more(runner, house):
    assert runner.reaches()
    (house / "outputs").rename(house / "away")
    assert not runner.reaches()
    (house / "outputs").mkdir()
    assert not runner.reaches()


def test_a_runner_that_is_walled_out_of_its_results_dies_so_that_another_takes_the_job(
    runner, house
):
    """As after the folder was mounted anew, which nobody else can tell."""
    if not outcome_of(runner, house).info["ended"].get("read a secret"):
        pytest.skip("this kernel has no Landlock")
    beside = house / "elsewhere" / "job"
    beside.mkdir(parents=True)
    inputs = {"mesh": house / "inputs" / "mesh.obj"}
    runner.send(Run(Work("b", "trying", "trier", inputs, {}, {}, beside)))
    with pytest.raises(RunnerDied) as death:
        while not isinstance(runner.receive(10.0), Done | Failed):
            pass
    assert death.value.returncode == WALLED_OUT


def test_a_folder_that_cannot_be_made_is_a_runner_that_did_not_start(house):
    (house / "link").symlink_to(house / "nowhere")
    with pytest.raises(RunnerDied, match="could not be started"):
        RunnerHandle("trier", walls=Walls((house / "outputs",), (house / "link",)))


def test_packages_that_are_links_stay_in_reach(tmp_path, monkeypatch):
    (tmp_path / "away" / "library").mkdir(parents=True)
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "library").symlink_to(tmp_path / "away" / "library")
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.syspath_prepend(tmp_path / "no_such_archive.zip")
    assert tmp_path / "away" / "library" in shut_in._libraries()


def test_built_in_models_of_the_cpu_are_shut_in_and_no_others(house):
    settings = Settings(data_dir=house)
    orders = Orders("cpu-0", "cpu", "cpu")
    catalog = Catalog.discover([ROOT / "tests" / "plugin"])
    walled = {
        card.model_id for card in catalog.cards.values() if _walls(settings, orders, catalog, card)
    }
    assert walled == {name for name in catalog.cards if name.startswith("classic_")}
    off = settings.model_copy(update={"shut_in_models": False})
    assert not any(_walls(off, orders, catalog, card) for card in catalog.cards.values())


@pytest.mark.parametrize(
    ("lacks", "named"),
    [(["files"], "Landlock"), (["calls"], "seccomp"), (["files", "calls"], "Landlock and seccomp")],
)
def test_what_the_kernel_lacks_is_told_and_the_rest_holds(lacks, named):
    for how, says in (("telling", True), ("silent", False)):
        done = subprocess.run(
            [sys.executable, "-c", LACKING, how, *lacks],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert not set(lacks) & set(done.stdout.split())
        assert (named in done.stderr) is says, done.stderr


def test_only_the_first_runner_of_a_lane_tells_what_the_kernel_lacks(house):
    card = next(iter(Catalog.discover().cards.values()))
    pool = Pool("cpu", (), walls=lambda card: Walls((house,), ()))
    told = [pool._walls_of(card) for _ in range(3)]
    assert [walls.tells for walls in told if walls] == [True, False, False]
