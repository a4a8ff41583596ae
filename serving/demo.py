"""One picture through the whole house, shown to a person: ./setup.sh --demo, or python -m serving.demo.

A client like any other: HTTP to the server, nothing else. Standard library alone, beside the settings.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any, TextIO
from urllib.error import HTTPError

from serving.background import Background, Server, ServerTrouble, ask
from serving.settings import ROOT, Settings

EXAMPLES = ROOT / "examples"
POLL_S = 0.2
SUBMIT_S = 30.0
# Redis or a worker may be away for a moment and come back; longer is a failure.
SILENCE_S = 20.0
BAR_WIDTH = 28


class DemoFailed(Exception):
    """No mesh came out. The message is for the person at the terminal."""


@dataclass
class Watcher:
    """Waits for one job and shows where it is: one line that is redrawn on a terminal, else a line for each stage."""

    server: Server
    background: Background
    out: TextIO
    began_s: float
    shown: str = ""

    def wait(self, job_id: str, limit_s: float) -> dict[str, Any]:
        """The finished job as /task shows it. Raises DemoFailed."""
        heard_s = time.monotonic()
        while True:
            try:
                task = _task(self.server.address, job_id)
                heard_s = time.monotonic()
            except OSError as error:
                self._bear(error, heard_s)
            else:
                self._show(task)
                if task["status"] in ("complete", "error"):
                    return self._judge(task)
            if time.monotonic() - self.began_s > limit_s:
                raise DemoFailed(
                    f"the job is not done after {limit_s:.0f} s. {self.background.last_words()}"
                )
            time.sleep(POLL_S)

    def _bear(self, error: OSError, heard_s: float) -> None:
        """No answer: worth waiting for, unless the server is gone or it has been too long."""
        if isinstance(error, HTTPError) and error.code not in (500, 502, 503, 504):
            raise DemoFailed(f"the server no longer knows the job: {_complaint(error)}") from error
        gone = self.server.in_background and not self.background.alive()
        if gone or time.monotonic() - heard_s > SILENCE_S:
            said = "the server ended" if gone else f"the server does not answer: {error}"
            raise DemoFailed(f"{said}. {self.background.last_words()}") from error

    def _judge(self, task: dict[str, Any]) -> dict[str, Any]:
        if self.out.isatty():
            self.out.write("\n")
        if task["status"] == "error":
            raise DemoFailed(f"the job failed: {task['error']}. {self.background.last_words()}")
        return task

    def _show(self, task: Mapping[str, Any]) -> None:
        stage = _stage(task)
        waited_s = time.monotonic() - self.began_s
        if self.out.isatty():
            done = round(BAR_WIDTH * float(task["progress"]) / 100)
            bar = "#" * done + "-" * (BAR_WIDTH - done)
            line = f"[{bar}] {float(task['progress']):3.0f} %  {waited_s:5.1f} s  {stage}"
            width = shutil.get_terminal_size().columns - 1
            self.out.write("\r" + line[:width].ljust(min(width, len(self.shown))))
            self.shown = line
        elif stage != self.shown:
            self.out.write(f"  {waited_s:5.1f} s  {float(task['progress']):3.0f} %  {stage}\n")
            self.shown = stage
        self.out.flush()


def _stage(task: Mapping[str, Any]) -> str:
    if task["status"] == "queued":
        before = task.get("queue_position") or 0
        return f"waits behind {before} others" if before else "waits for a worker"
    if task["status"] == "complete":
        return "complete"
    return str(task.get("stage") or "starting").replace("_", " ")


def _task(address: str, job_id: str) -> dict[str, Any]:
    try:
        task: dict[str, Any] = json.loads(ask(f"{address}/task/{job_id}"))
    except ValueError as error:
        raise OSError(f"the answer is not JSON: {error}") from error
    return task


def submit(address: str, image: Path) -> str:
    """Post a picture to /image_to_3d. -> the job's id. Raises DemoFailed."""
    boundary = token_hex(16)
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="image"; filename="{image.name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    try:
        body = head.encode() + image.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
        answer = ask(
            f"{address}/image_to_3d",
            SUBMIT_S,
            data=body,
            content_type=f"multipart/form-data; boundary={boundary}",
        )
        return str(json.loads(answer)["request_id"])
    except HTTPError as error:
        raise DemoFailed(f"the server refused {image.name}: {_complaint(error)}") from error
    except (OSError, ValueError, KeyError) as error:
        raise DemoFailed(f"{image.name} could not be sent: {error}") from error


def _complaint(error: HTTPError) -> str:
    try:
        return str(json.loads(error.read())["error"])
    except (OSError, ValueError, KeyError, TypeError):
        return str(error)


def sample_image() -> Path:
    """The picture that the project ships. Raises DemoFailed."""
    pictures = sorted(EXAMPLES.glob("*.png"))
    if not pictures:
        raise DemoFailed(f"there is no picture in {EXAMPLES}; name one with --image")
    return pictures[0]


def result_path(task: Mapping[str, Any], data_dir: Path) -> Path:
    """Where the GLB lies. Raises DemoFailed unless it is a GLB and whole."""
    path = data_dir / str(task["request_output_dir"]) / "output.glb"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DemoFailed(f"the job is complete, but its file cannot be read: {error}") from error
    if data[:4] != b"glTF" or int.from_bytes(data[8:12], "little") != len(data):
        raise DemoFailed(f"the job is complete, but {path} is no whole GLB")
    return path


def summary(task: Mapping[str, Any], path: Path, waited_s: float) -> str:
    """The lines that say what was made and how long each stage took."""
    info = task["generation_info"]
    seconds: Mapping[str, float] = task["stage_seconds"]
    facts = [f"{path.stat().st_size / 1e6:.1f} MB"]
    facts += [f"{info[key]:,} {word}" for key, word in COUNTS.items() if key in info]
    facts += ["watertight"] if info.get("watertight") else []
    rows = [*seconds.items(), ("submit to done", waited_s)]
    lines = [f"  {name.replace('_', ' '):<16}{value:7.2f} s" for name, value in rows]
    lines += [f"Mesh   {path}", f"       {', '.join(facts)}; model {task['model']}"]
    lines += [f"Note   {notice['message']}" for notice in task.get("warnings", [])]
    return "\n".join(lines)


COUNTS = {"face_count": "faces", "vertex_count": "vertices"}


def farewell(server: Server, image: Path) -> str:
    """Where to go on, and how to end it."""
    shown = image.relative_to(ROOT) if image.is_relative_to(ROOT) else image
    end = "./setup.sh --stop" if server.in_background else "Ctrl-C where it was started"
    return "\n".join(
        (
            f"Studio {server.address}/  (in a browser)",
            f"Go on  curl -F 'image=@{shown}' {server.address}/image_to_3d",
            f"End    {end}",
        )
    )


def run(settings: Settings, image: Path | None, limit_s: float, out: TextIO) -> None:
    """The demo. Raises DemoFailed or ServerTrouble."""

    def say(text: str) -> None:
        out.write(text + "\n")
        out.flush()

    image = image or sample_image()
    background = Background(settings, say)
    server = background.start()
    say(f"Turning {image.name} into a mesh")
    began_s = time.monotonic()
    job_id = submit(server.address, image)
    task = Watcher(server, background, out, began_s).wait(job_id, limit_s)
    waited_s = time.monotonic() - began_s
    say(summary(task, result_path(task, settings.data_dir), waited_s))
    say(farewell(server, image))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m serving.demo", description=__doc__)
    parser.add_argument(
        "--image", type=Path, help="picture to use; default: the first in examples/"
    )
    parser.add_argument("--limit", type=float, default=600.0, help="seconds that the job may take")
    args = parser.parse_args()
    try:
        run(Settings.from_env(), args.image, args.limit, sys.stdout)
    except (DemoFailed, ServerTrouble) as trouble:
        sys.stderr.write(f"\nThe demo failed: {trouble}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted. If the server runs, ./setup.sh --stop ends it.\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
