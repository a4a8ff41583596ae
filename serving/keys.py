"""API keys: who holds which, and the commands that make, list and remove them.

    python -m serving.keys new NAME | list | remove NAME

One file, a key a line: `name sha256:<64 hex>`. Blank lines and lines that begin with # count for nothing. The token
itself is told once and kept nowhere. It has 256 random bits, so a plain hash of it cannot be guessed back.

It fails closed: while the file cannot be read, has a bad line, is empty or has vanished, keys exist and nobody holds
one. Knows the file. Does not know HTTP or Redis.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import logging
import os
import re
import secrets
import stat
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from serving.file_lock import locked
from serving.settings import MIB, Settings, SettingsError

log = logging.getLogger("meshkiln.keys")

LOOK_S = 0.25  # a removed key stops working so soon
LOCK_S = 10.0
TOKEN_BYTES = 32
MAX_BYTES = MIB
HEAD = "# API keys of Meshkiln: name sha256:<hash of the token>\n"
NAME_RULE = "1 to 64 letters, digits, dots, dashes or underscores"
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HASH = re.compile(r"sha256:([0-9a-fA-F]{64})")


class KeysError(Exception):
    """The file cannot be used, or a command makes no sense. The message is for the operator."""


@dataclass(frozen=True)
class Key:
    """One line of the file."""

    name: str
    sha256: str
    line: int


@dataclass(frozen=True)
class _Ring:
    """What one reading of the file gave. `trouble`: why nobody holds a key."""

    keys: tuple[Key, ...] = ()
    trouble: str = ""


class Keys:
    """The keys as the file tells them now. One instance per process; safe to use from several threads."""

    def __init__(self, path: Path, *, expected: bool = False) -> None:
        """`expected`: the file must be there; a setting names it."""
        self._path = path
        self._expected = expected
        self._ring = _Ring()
        self._stamp: object = None
        self._look_at_s = 0.0
        self._turn = threading.Lock()

    def exist(self) -> bool:
        """Whether there are keys, or may be: true as well while the file cannot be used."""
        ring = self._now()
        return bool(ring.keys or ring.trouble)

    def in_trouble(self) -> bool:
        """Whether the file cannot be used, so that no key can be told from a wrong one."""
        return bool(self._now().trouble)

    def holder(self, token: str) -> str | None:
        """The name of the key whose token this is. Takes as long for a wrong token as for a right one."""
        digest = _hash_of(token)
        name = None
        for key in self._now().keys:
            if hmac.compare_digest(key.sha256, digest):
                name = key.name
        return name

    def _now(self) -> _Ring:
        if time.monotonic() >= self._look_at_s:
            with self._turn:
                if time.monotonic() >= self._look_at_s:
                    self._look()
                    self._look_at_s = time.monotonic() + LOOK_S
        return self._ring

    def _look(self) -> None:
        """Read the file again if it is not the one that was read last. Each news is logged once."""
        try:
            stamp: object = _stamp(self._path.stat())
        except OSError as error:
            stamp = error.errno
        if stamp == self._stamp and not self._ring.trouble:  # trouble may pass without a change
            return
        known, self._ring, self._stamp = self._ring, self._read(), stamp
        if self._ring.trouble and self._ring != known:
            log.error("%s; until that is mended no API key is valid", self._ring.trouble)
        elif self._ring != known:
            log.info("API keys that are valid now: %d", len(self._ring.keys))

    def _read(self) -> _Ring:
        try:
            keys = read_keys(self._path)
        except FileNotFoundError:
            if not self._expected:
                return _Ring()
            return _Ring(trouble=f"the file of API keys, {self._path}, is not there")
        except KeysError as error:
            return _Ring(trouble=str(error))
        self._expected = True  # no command removes it: if it vanishes, something is wrong
        return _Ring(keys)


def keys_of(settings: Settings) -> Keys:
    """The keys that the settings name."""
    return Keys(settings.keys_path, expected=settings.api_keys_file is not None)


def check_keys(settings: Settings) -> None:
    """At the start of a server: raises SettingsError if the file of keys cannot be used, with the line's number."""
    path = settings.keys_path
    try:
        read_keys(path)
    except FileNotFoundError:
        if settings.api_keys_file:
            raise SettingsError(
                f"Bad setting: MESHKILN_API_KEYS_FILE is {str(path)!r}: there is no such file;"
                " ./setup.sh --new-key NAME makes it"
            ) from None
    except KeysError as error:
        raise SettingsError(f"Bad API keys: {error}") from None


def read_keys(path: Path) -> tuple[Key, ...]:
    """The keys of a file, in its order. Raises FileNotFoundError; KeysError for any other file that cannot be used."""
    text = _text_of(path)
    keys: list[Key] = []
    for number, line in enumerate(text.split("\n"), start=1):
        words = line.split()
        if words and not words[0].startswith("#"):
            keys.append(_key_of(path, number, words))
            _refuse_twins(path, keys)
    return tuple(keys)


def _text_of(path: Path) -> str:
    try:
        kind = path.stat()
        if not stat.S_ISREG(kind.st_mode):
            raise KeysError(f"{path} is not a file")
        if kind.st_size > MAX_BYTES:
            raise KeysError(f"{path} has {kind.st_size} bytes; a file of API keys has less")
        data = path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise KeysError(f"{path} cannot be read: {error.strerror}") from error
    if not data:
        # An editor empties a file before it writes it; for that moment no key must seem to exist.
        raise KeysError(f"{path} is empty; remove it, or make a key")
    return data.decode("utf-8-sig", "replace")


def _key_of(path: Path, number: int, words: list[str]) -> Key:
    """A line as a key. Raises KeysError, which does not repeat the line: a token may stand there by mistake."""
    name, found = words[0], _HASH.fullmatch(words[-1])
    if len(words) != 2 or not found:
        raise KeysError(f"{path}, line {number}: not of the form 'name sha256:<64 hex digits>'")
    if not _NAME.fullmatch(name):
        raise KeysError(f"{path}, line {number}: the name is not {NAME_RULE}")
    return Key(name, found[1].lower(), number)


def _refuse_twins(path: Path, keys: list[Key]) -> None:
    """Raises KeysError if the last key has the name or the token of one before it."""
    last = keys[-1]
    for key in keys[:-1]:
        if key.name == last.name or key.sha256 == last.sha256:
            what = "name" if key.name == last.name else "token"
            raise KeysError(f"{path}, line {last.line}: the same {what} as in line {key.line}")


def _stamp(found: os.stat_result) -> tuple[int, ...]:
    return (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino, found.st_mode)


def _hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# Changing the file


def new_key(path: Path, name: str) -> str:
    """Make a key. -> its token, which is kept nowhere. Raises KeysError if the name is taken or not a name; OSError."""
    if not _NAME.fullmatch(name):
        raise KeysError(f"{name!r} is no name for a key: it has {NAME_RULE}")
    token = "mk_" + secrets.token_urlsafe(TOKEN_BYTES)
    with _alone_at(path):
        keys, text = _keys_and_text(path)
        if name in (key.name for key in keys):
            raise KeysError(f"there is a key {name} already; remove it first, or take another name")
        if not text.endswith("\n"):
            text += "\n"
        _replace(path, f"{text}{name} sha256:{_hash_of(token)}\n")
    return token


def remove_key(path: Path, name: str) -> int:
    """Remove a key; the rest of the file stays. -> how many are left. Raises KeysError if there is none; OSError."""
    with _alone_at(path):
        keys, text = _keys_and_text(path)
        lines = text.split("\n")
        for key in keys:
            if key.name == name:
                del lines[key.line - 1]
                _replace(path, "\n".join(lines))
                return len(keys) - 1
    known = ", ".join(key.name for key in keys) or "none"
    raise KeysError(f"there is no key {name}; there are: {known}")


def _keys_and_text(path: Path) -> tuple[tuple[Key, ...], str]:
    try:
        return read_keys(path), _text_of(path)
    except FileNotFoundError:
        return (), HEAD


@contextmanager
def _alone_at(path: Path) -> Iterator[None]:
    """No other command changes the file during the block. Raises KeysError when one does all the time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.with_name(path.name + ".lock")
    try:
        with locked(lock, LOCK_S):
            if os.geteuid() == 0:
                owner = path.parent.stat()
                os.chown(lock, owner.st_uid, owner.st_gid, follow_symlinks=False)
            yield
    except TimeoutError as error:
        raise KeysError(str(error)) from error


def _replace(path: Path, text: str) -> None:
    """Replace the file in one step. Only its owner may read it, who stays the same when root changes it."""
    path = path.resolve()  # a link stays one
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(fd, "w", encoding="utf-8", newline="") as file:
        if os.geteuid() == 0:
            owner = (path if path.exists() else path.parent).stat()
            os.fchown(fd, owner.st_uid, owner.st_gid)
        file.write(text)
        file.flush()
        os.fsync(fd)
    draft.replace(path)


# At the terminal


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m serving.keys")
    what = parser.add_subparsers(dest="what", required=True)
    what.add_parser("new", help="make a key and tell its token, once").add_argument("name")
    what.add_parser("list", help="the names of the keys")
    what.add_parser("remove", help="end a key").add_argument("name")
    args = parser.parse_args()
    path = Settings.from_env().keys_path
    try:
        if args.what == "new":
            _new(path, args.name)
        elif args.what == "remove":
            _remove(path, args.name)
        else:
            keys, _ = _keys_and_text(path)
            sys.stdout.write("".join(f"{key.name}\n" for key in keys))
            _note(
                ""
                if keys
                else f"there are no API keys in {path}; ./setup.sh --new-key NAME makes one"
            )
    except (KeysError, OSError) as error:
        _note(f"{error}")
        return 1
    return 0


def _new(path: Path, name: str) -> None:
    """The token alone goes to stdout, so that a script can take it."""
    token = new_key(path, name)
    _note(f"The token of {name}. It is shown this once; {path} holds a hash of it.")
    sys.stdout.write(f"{token}\n")
    sys.stdout.flush()
    _note(f"Clients send it as a header:  Authorization: Bearer {token[:6]}...")


def _remove(path: Path, name: str) -> None:
    left = remove_key(path, name)
    _note(f"The key {name} is removed; a running server knows within a second.")
    if not left:
        _note("No key is left: a server that listens on this machine alone asks for none now.")


def _note(text: str) -> None:
    if text:
        sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
