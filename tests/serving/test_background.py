"""The server in the background and the demo: real servers, and every way in which they may disappoint."""

from __future__ import annotations

import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from serving import background as background_module
from serving.background import Background, Server, ServerTrouble
from serving.demo import DemoFailed, Watcher, sample_image, submit
from serving.settings import ROOT, Settings
from tests.gltf_validator import validate
from tests.serving import live

LIMIT_S = 120


def silent(text: str) -> None:
    """Nobody listens."""


class Home:
    """A data folder, and the demo run on it as a person would, its port taken by another program."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.taken = socket.create_server(("127.0.0.1", 0))
        self.port = self.taken.getsockname()[1]
        self.environment = {
            **os.environ,
            "MESHKILN_DATA_DIR": str(data_dir),
            "MESHKILN_PORT": str(self.port),
            "MESHKILN_WEB_PROCESSES": "1",
        }

    def run(self, module: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", f"serving.{module}", *map(str, arguments)],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=LIMIT_S,
            check=False,
        )

    def pid(self) -> int:
        return int((self.data_dir / "data" / "meshkiln.pid").read_text())


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("home"))
    yield home
    home.run("background", "stop")
    home.taken.close()


@pytest.fixture
def settings(tmp_path):
    return Settings(data_dir=tmp_path, port=0, web_processes=1)


@pytest.fixture
def background(settings):
    background = Background(settings, silent)
    yield background
    background.stop()


@pytest.fixture(scope="module")
def first(home):
    done = home.run("demo")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_demo_makes_a_valid_mesh_and_says_all_that_one_needs(home, first):
    address = re.search(
        r"^Studio (http://127\.0\.0\.1:\d+)/  \(in a browser\)$", first, re.MULTILINE
    )[1]
    assert f"curl -F 'image=@examples/{sample_image().name}' {address}/image_to_3d" in first
    assert "./setup.sh --stop" in first
    path = Path(re.search(r"^Mesh   (.+)$", first, re.MULTILINE)[1])
    assert path.is_relative_to(home.data_dir)
    assert validate(path).complaints == []
    for stage in ("preprocess", "geometry", "texture", "export", "submit to done"):
        assert re.search(rf"^  {stage} +\d+\.\d\d s$", first, re.MULTILINE), stage


def test_demo_takes_the_next_port_when_its_own_is_taken(home, first):
    assert re.search(rf"Port {home.port} is taken by another program; using \d+", first)


def test_second_demo_uses_the_server_that_runs(home, first):
    pid = home.pid()
    done = home.run("demo")
    assert done.returncode == 0, done.stderr
    assert "The server runs already" in done.stdout
    assert home.pid() == pid


def test_progress_is_one_line_on_a_terminal(home, first):
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "serving.demo"]
    with subprocess.Popen(command, cwd=ROOT, env=home.environment, stdout=theirs) as process:
        os.close(theirs)
        said = b""
        while chunk := _read(ours):
            said += chunk
    os.close(ours)
    assert process.returncode == 0
    bar = next(line for line in said.decode().split("\r\n") if "100 %" in line)
    assert bar.startswith("\r[-") and bar.count("\r[") > 2
    assert bar.rstrip().endswith("complete")


def test_job_that_fails_is_a_failed_demo_with_the_reason(home, first, tmp_path):
    Image.new("RGBA", (64, 64)).save(tmp_path / "nothing.png")
    done = home.run("demo", "--image", tmp_path / "nothing.png")
    assert done.returncode == 1
    assert "the job failed: " in done.stderr and "transparent" in done.stderr


def test_picture_that_is_refused_is_a_failed_demo_with_the_reason(home, first, tmp_path):
    (tmp_path / "words.png").write_text("not a picture")
    done = home.run("demo", "--image", tmp_path / "words.png")
    assert done.returncode == 1
    assert "the server refused words.png: image is" in done.stderr


def test_picture_that_is_not_there_is_a_failed_demo_with_the_reason(home, first):
    done = home.run("demo", "--image", "/nonexistent.png")
    assert done.returncode == 1
    assert "nonexistent.png could not be sent" in done.stderr


def test_demo_does_not_wait_for_ever(home, first):
    done = home.run("demo", "--limit", "0.1")
    assert done.returncode == 1
    assert "the job is not done after" in done.stderr


def test_stop_ends_what_was_started_and_may_be_said_twice(home, first):
    pid = home.pid()
    assert home.run("background", "stop").stdout == "The server has ended.\n"
    assert not _lives(pid)
    assert home.run("background", "stop").stdout == "No server runs in the background here.\n"
    assert not (home.data_dir / "data" / "meshkiln.pid").exists()


def test_server_that_was_started_by_hand_is_used_and_left_running(tmp_path):
    server = live.Server(tmp_path)
    try:
        settings = Settings(data_dir=tmp_path, port=server.port)
        background = Background(settings, silent)
        assert background.start() == Server(server.url, in_background=False)
        assert background.stop() is False
        assert live.requests.get(f"{server.url}/health", timeout=5).ok
    finally:
        server.stop()


def test_server_of_another_data_folder_is_not_taken_for_ours(tmp_path):
    server = live.Server(tmp_path / "theirs")
    background = Background(Settings(data_dir=tmp_path / "ours", port=server.port), silent)
    try:
        mine = background.start()
        assert mine.in_background
        assert mine.address != server.url
    finally:
        background.stop()
        server.stop()


def test_server_that_dies_under_a_job_is_told_with_its_last_words(background):
    server = background.start()
    job_id = submit(server.address, sample_image())
    os.killpg(int((background.log.parent / "meshkiln.pid").read_text()), signal.SIGKILL)
    watcher = Watcher(server, background, open(os.devnull, "w"), time.monotonic())
    with watcher.out, pytest.raises(DemoFailed, match=r"(?s)the server ended.*The end of .*log"):
        watcher.wait(job_id, LIMIT_S)
    assert background.stop() is False
    assert background.start().in_background  # joins the Redis that was left, and ends it in the end


def test_server_that_cannot_start_is_told_with_its_last_words(settings, monkeypatch):
    monkeypatch.setattr(background_module, "READY_S", 10.0)
    nowhere = settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    background = Background(nowhere, silent)
    with pytest.raises(ServerTrouble, match=r"(?s)The end of .*127\.0\.0\.1:1"):
        background.start()
    background.stop()


def test_data_folder_that_cannot_be_written_is_told(settings):
    nowhere = settings.model_copy(update={"data_dir": Path("/proc/nowhere")})
    with pytest.raises(ServerTrouble, match="cannot be started"):
        Background(nowhere, silent).start()


def test_process_number_alone_is_never_believed(settings):
    settings.state_dir.mkdir()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (settings.state_dir / "meshkiln.pid").write_text(str(stranger.pid))
        (settings.state_dir / "meshkiln.lock").write_text("http://127.0.0.1:1")
        assert Background(settings, silent).stop() is False
        assert stranger.poll() is None
        stranger.kill()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65_536)
    except OSError:  # the other side has closed
        return b""


def _lives(pid: int) -> bool:
    """Whether a process is there and not just waiting for somebody to read its end."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
