"""The command behind setup.sh's flags for models: makes and completes the environments of model families.

    python3 -m serving.install_models [--print] [--log FILE] FLAG...

The standard library alone, so that any Python 3.11 runs it. What is done is remembered in the environment, step by
step: what was broken off goes on where it stopped. Knows commands; serving.install_steps decides which.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from serving.families import Extension, FamiliesError, Family, environments_dir, read_families
from serving.install_machine import Lacking, gpu_wanted, lacking_tools, machine_for, making
from serving.install_steps import (
    ENVIRONMENT,
    STAMP,
    Machine,
    NotOurs,
    Run,
    Step,
    Write,
    shown,
    steps,
)

TAIL_LINES = 30
LOOK_S = 0.2
END_S = 5.0


class InstallError(Exception):
    """What was asked for cannot be installed. The message is for the operator."""


Wanted = list[tuple[Family, list[Extension]]]


def wanted(families: dict[str, Family], flags: Sequence[str], *, has_gpu: bool) -> Wanted:
    """The families that the flags name, each with the extensions that it gets, in the register's order.

    An extension's flag brings the first family that has it, with those that this has by default. Where no GPU is, flags
    of extensions that are of no use there are said to be left out. Raises InstallError for flags that nobody knows.
    """
    owners: dict[str, str] = {}
    for family in families.values():
        for extension in family.extensions:
            owners.setdefault(extension.flag, family.name)
    known = ["--all-models", *(family.flag for family in families.values()), *owners]
    if unknown := [flag for flag in flags if flag not in known]:
        raise InstallError(f"unknown: {' '.join(unknown)}; known: {' '.join(known)}")
    found: Wanted = []
    for family in families.values():
        named = family.flag in flags or "--all-models" in flags
        usable = [one for one in family.extensions if has_gpu or one.pip_cpu]
        asked = [one for one in family.extensions if one.flag in flags]
        brought = [one for one in asked if owners[one.flag] == family.name]
        for one in brought:
            if one not in usable or not (named or has_gpu):
                _say(f"# {one.flag} is left out: it is of no use without NVIDIA's driver")
        if named or (has_gpu and brought):
            found.append((family, [one for one in usable if one.default or one in asked]))
    return found


class Installation:
    """One environment, and what of it is done. Prints its commands instead where `printing`."""

    def __init__(self, home: Path, log: Path, *, printing: bool) -> None:
        self._home = home
        self._stamp = home / STAMP
        self._log = log
        self._printing = printing
        self._fresh = False
        self._last_words = ""

    def install(self, family: Family, extensions: Sequence[Extension], machine: Machine) -> None:
        """Do what is not done yet. Raises InstallError."""
        busy = False
        try:
            for step in steps(family, extensions, self._home, machine):
                if not self._is_done(step):
                    self._do(step)
                    busy = True
        except NotOurs as error:
            raise InstallError(str(error)) from error
        if not busy:
            _say(f"Everything is installed ({shown(self._home)})")

    def _is_done(self, step: Step) -> bool:
        if step.key == ENVIRONMENT:
            return False
        path, beginning = step.proof
        try:
            with open(path, "rb") as file:
                begins = file.read(len(beginning)) == beginning.encode()
        except OSError:
            return False
        return begins and (not step.digest or self._done().get(step.key) == step.digest)

    def _done(self) -> dict[str, str]:
        with suppress(OSError, ValueError):
            if self._fresh:
                return {}
            done = json.loads(self._stamp.read_text())
            if isinstance(done, dict):
                return done
        return {}

    def _do(self, step: Step) -> None:
        self._fresh = self._printing and (self._fresh or step.key == ENVIRONMENT)
        if self._printing:
            _say(" || ".join(" && ".join(map(_pasteable, way)) for way in step.ways))
            return
        began_s = time.monotonic()
        if step.key == ENVIRONMENT:
            making(self._home).touch()
        for number, way in enumerate(step.ways, start=1):
            if all(self._carry_out(step.title, command) for command in way):
                break
            if number == len(step.ways):
                sys.stderr.write(self._last_words)
                raise InstallError(
                    f"failed: {step.title}. The whole log is {self._log}; run it again, it goes on where it stopped"
                )
        self._remember(step)
        making(self._home).unlink(missing_ok=True)
        _say(f"{step.title}: done in {time.monotonic() - began_s:.0f} s")

    def _remember(self, step: Step) -> None:
        draft = self._stamp.with_suffix(".new")
        draft.write_text(json.dumps({**self._done(), step.key: step.digest}, indent=1) + "\n")
        draft.replace(self._stamp)

    def _carry_out(self, title: str, command: Run | Write) -> bool:
        if isinstance(command, Write):
            command.path.write_text(command.text)
            return True
        with open(self._log, "a+b") as log:
            log.write(f"\n== {time.ctime()}\n{_pasteable(command)}\n".encode())
            log.flush()
            began = log.tell()
            status = _run(title, command, log)
            if status:
                log.seek(began)
                lines = log.read().decode(errors="replace").splitlines()
                self._last_words = "\n".join(lines[-TAIL_LINES:]) + "\n"
        return status == 0


def _run(title: str, command: Run, log: IO[bytes]) -> int:
    """Its exit status; 127 where it cannot be started. It ends with this process."""
    added = dict(row.split("=", 1) for row in command.variables)
    try:
        child = subprocess.Popen(
            command.words,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, **added},  # noqa: TID251 - handed on whole
            start_new_session=True,  # what it starts in turn ends with it
        )
    except OSError as error:
        log.write(f"{command.words[0]}: {error.strerror}\n".encode())
        return 127
    began_s = time.monotonic()
    try:
        while sys.stdout.isatty():
            with suppress(subprocess.TimeoutExpired):
                child.wait(LOOK_S)
                break
            sys.stdout.write(f"\r{title} {time.monotonic() - began_s:.0f} s \033[K")
            sys.stdout.flush()
        return child.wait()
    finally:
        if sys.stdout.isatty():
            sys.stdout.write("\r\033[K")
        if child.poll() is None:
            _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a command and what it started, kindly at first."""
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        os.killpg(child.pid, signal_number)
        with suppress(subprocess.TimeoutExpired):
            child.wait(END_S)
            return


def _pasteable(command: Run | Write) -> str:
    if isinstance(command, Write):
        return f"printf %s {shlex.quote(command.text)} > {shlex.quote(str(command.path))}"
    return " ".join([*map(shlex.quote, command.variables), shlex.join(command.words)])


def install(flags: Sequence[str], log: Path, *, printing: bool) -> None:
    """All that the flags name. What cannot be had is found before anything is done. Raises InstallError."""
    has_gpu = gpu_wanted()
    folder = environments_dir()
    rows = wanted(read_families(), flags, has_gpu=has_gpu)
    try:
        machines = [machine_for(family, folder / family.name, has_gpu) for family, _ in rows]
        lacking_tools(rows, printing=printing)
    except Lacking as error:
        raise InstallError(str(error)) from error
    for (family, extensions), machine in zip(rows, machines, strict=True):
        for extension in extensions:
            if extension.note:
                _say(f"# {extension.name}: {extension.note}")
        home = folder / family.name
        if not printing:
            home.parent.mkdir(parents=True, exist_ok=True)
            log.parent.mkdir(parents=True, exist_ok=True)
        Installation(home, log, printing=printing).install(family, extensions, machine)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m serving.install_models")
    parser.add_argument("--print", action="store_true", help="print the commands, run none")
    parser.add_argument("--log", type=Path, default=Path("data/setup.log"))
    args, flags = parser.parse_known_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        install(flags, args.log.absolute(), printing=args.print)
    except (InstallError, FamiliesError, OSError) as error:
        sys.stderr.write(f"setup.sh: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("setup.sh: interrupted; run it again, it goes on where it stopped\n")
        return 130
    return 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
