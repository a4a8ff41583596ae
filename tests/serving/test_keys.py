"""The file of API keys and its commands. What keys do over HTTP is in test_callers.py."""

from __future__ import annotations

import hashlib
import logging
import os
import resource
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from serving.keys import (
    HEAD,
    LOOK_S,
    Keys,
    KeysError,
    check_keys,
    new_key,
    read_keys,
    remove_key,
)
from serving.settings import ROOT, Settings, SettingsError

HASH = "sha256:" + "ab" * 32
OTHER_HASH = "sha256:" + "cd" * 32


def eventually(happens, within_s: float = 5.0) -> bool:
    deadline = time.monotonic() + within_s
    while not happens():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


# The file


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "api-keys"


def test_token_is_told_once_and_only_its_hash_is_kept(path):
    token = new_key(path, "studio")
    text = path.read_text()
    assert token.startswith("mk_")
    assert len(token) >= 40
    assert token not in text
    assert text == f"{HEAD}studio sha256:{hashlib.sha256(token.encode()).hexdigest()}\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_each_token_opens_for_its_own_holder_and_nothing_else_does(path):
    tokens = {name: new_key(path, name) for name in ("a", "b", "c")}
    keys = Keys(path)
    assert {name: keys.holder(token) for name, token in tokens.items()} == {n: n for n in tokens}
    digest = hashlib.sha256(tokens["a"].encode()).hexdigest()
    for wrong in ("", "a", tokens["a"][:-1], tokens["a"] + "x", tokens["a"].upper(), digest):
        assert keys.holder(wrong) is None
    assert keys.exist()


def test_comments_blank_lines_and_the_habits_of_editors_do_no_harm(path):
    token = new_key(path, "a")
    line = path.read_text().splitlines()[-1].replace("sha256:", "sha256:").encode()
    path.write_bytes(
        b"\xef\xbb\xbf# caf\xc3\xa9\r\n\r\n   # two\r\n \t\r\n"
        + line.replace(b" ", b"\t ")
        + b"\r\nb "
        + HASH.upper().replace("SHA", "sha").encode()
    )
    assert [key.name for key in read_keys(path)] == ["a", "b"]
    assert Keys(path).holder(token) == "a"


BAD = {
    "no hash": ("a", 1),
    "a token in place of its hash": (f"a {HASH}\n\nb mk_0123456789abcdefghijklmnop", 3),
    "too short": (f"# x\na {HASH[:-1]}", 2),
    "too long": (f"a {HASH}0", 1),
    "no hex": ("a sha256:" + "xy" * 32, 1),
    "another hash": ("a md5:" + "ab" * 16, 1),
    "three words": (f"a {HASH} b", 1),
    "a name with other letters": (f"caf\u00e9 {HASH}", 1),
    "a name with a slash": (f"../a {HASH}", 1),
    "a long name": (f"{'a' * 65} {HASH}", 1),
    "the name again": (f"a {HASH}\nb {OTHER_HASH}\na sha256:{'ef' * 32}", 3),
    "the token again": (f"a {HASH}\nb {HASH}", 2),
    "a line in pieces": (f"a\n{HASH}", 1),
    "no text": ("\0\0\0\0", 1),
}


@pytest.mark.parametrize(("text", "line"), BAD.values(), ids=BAD)
def test_bad_line_ends_the_start_with_its_number_and_opens_nothing(path, caplog, text, line):
    token = new_key(path, "good")
    with path.open("a") as file:
        file.write(text)
    line += 2
    settings = Settings(_env_file=None).model_copy(update={"data_dir": path.parent.parent})
    with pytest.raises(SettingsError, match=rf"line {line}: ") as stopped:
        check_keys(settings)
    assert "mk_0123" not in str(stopped.value)
    keys = Keys(path)
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            assert keys.exist()
            assert keys.in_trouble()
            assert keys.holder(token) is None
            keys._look_at_s = 0.0  # as if the time for another look had come
    assert len(caplog.records) == 1
    assert f"line {line}" in caplog.text


@pytest.mark.parametrize("what", ["empty", "folder", "pipe", "huge", "gone"])
def test_file_that_cannot_be_used_leaves_nobody_a_key(path, what):
    token = new_key(path, "a")
    keys = Keys(path)
    assert keys.holder(token) == "a"
    text = path.read_text()
    path.unlink()
    if what == "empty":
        path.write_text("")
    elif what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    elif what == "huge":
        path.write_text(text + "#" * 2**20)
    assert eventually(keys.in_trouble)
    assert keys.exist()
    assert keys.holder(token) is None
    if what == "folder":
        path.rmdir()
    path.unlink(missing_ok=True)
    path.write_text(text)
    assert eventually(lambda: keys.holder(token) == "a")


NOBODY = 65_534


@pytest.fixture
def no_longer_root():
    """Root may read everything, so as root the test goes on as somebody else."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder():
    """A folder that everybody may look into, as pytest's own may not be."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def closed_file(open_folder):
    """A file of one key that its owner alone may open, and not even that; and the key."""
    path = open_folder / "api-keys"
    token = new_key(path, "a")
    path.chmod(0)
    return path, token


def test_file_that_may_not_be_read_leaves_nobody_a_key(closed_file, no_longer_root):
    path, token = closed_file
    keys = Keys(path)
    assert keys.exist()
    assert keys.in_trouble()
    assert keys.holder(token) is None


def test_trouble_that_passes_by_itself_ends_without_a_change_of_the_file(path):
    token = new_key(path, "a")
    keys = Keys(path)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        assert keys.in_trouble()
        assert keys.holder(token) is None
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert eventually(lambda: keys.holder(token) == "a")


def test_without_a_file_there_are_no_keys_unless_a_setting_names_it(path):
    path.parent.mkdir()
    assert not Keys(path).exist()
    assert Keys(path, expected=True).exist()
    settings = Settings(_env_file=None).model_copy(update={"data_dir": path.parent.parent})
    check_keys(settings)
    with pytest.raises(
        SettingsError, match=r"MESHKILN_API_KEYS_FILE .* no such file; .* --new-key"
    ):
        check_keys(settings.model_copy(update={"api_keys_file": path}))
    new_key(path, "a")
    check_keys(settings.model_copy(update={"api_keys_file": path}))


def test_change_of_the_file_is_seen_at_once(path):
    path.parent.mkdir()
    keys = Keys(path)
    assert not keys.exist()
    token = new_key(path, "a")
    assert eventually(lambda: keys.holder(token) == "a", within_s=LOOK_S + 1.0)
    assert remove_key(path, "a") == 0
    assert eventually(lambda: keys.holder(token) is None, within_s=LOOK_S + 1.0)
    assert not keys.exist()
    assert not keys.in_trouble()


@pytest.mark.parametrize("name", ["", " ", "a b", "a/b", "a\n", "#a", "\u0661", "a" * 65, "a:b"])
def test_name_that_the_file_could_not_hold_is_refused(path, name):
    with pytest.raises(KeysError, match="no name for a key"):
        new_key(path, name)
    assert not path.exists()


def test_removing_a_key_leaves_all_else_as_it_stood(path):
    new_key(path, "a")
    new_key(path, "b")
    before = path.read_text().splitlines()
    path.write_text("\n".join([*before[:2], "# between", "", before[2], "# end without newline"]))
    assert remove_key(path, "a") == 1
    new_key(path, "c")
    lines = path.read_text().splitlines()
    assert lines[:-1] == [before[0], "# between", "", before[2], "# end without newline"]
    assert lines[-1].startswith("c sha256:")
    with pytest.raises(KeysError, match="no key a; there are: b, c"):
        remove_key(path, "a")


def test_file_that_is_a_link_stays_one(path, tmp_path):
    path.parent.mkdir()
    path.symlink_to(tmp_path / "elsewhere")
    token = new_key(path, "a")
    assert path.is_symlink()
    assert Keys(tmp_path / "elsewhere").holder(token) == "a"


def test_keys_made_at_the_same_time_are_all_there(path):
    names = [f"k{number}" for number in range(8)]
    threads = [threading.Thread(target=new_key, args=(path, name)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(key.name for key in read_keys(path)) == names


def command(data_dir, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: text for name, text in os.environ.items() if "MESHKILN" not in name}
    return subprocess.run(
        arguments,
        cwd=ROOT,
        env={**environment, "MESHKILN_DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def test_commands_make_list_and_remove_keys(tmp_path):
    keys = (sys.executable, "-m", "serving.keys")
    made = command(tmp_path, *keys, "new", "studio-1")
    assert made.returncode == 0, made.stderr
    (token,) = made.stdout.splitlines()
    assert token not in made.stderr
    assert Keys(tmp_path / "data" / "api-keys").holder(token) == "studio-1"
    again = command(tmp_path, *keys, "new", "studio-1")
    assert (again.returncode, again.stdout) == (1, "")
    assert "already" in again.stderr
    assert command(tmp_path, *keys, "list").stdout == "studio-1\n"
    gone = command(tmp_path, *keys, "remove", "studio-1")
    assert gone.returncode == 0
    assert "No key is left" in gone.stderr
    assert command(tmp_path, *keys, "remove", "studio-1").returncode == 1
    assert command(tmp_path, *keys, "list").stdout == ""


def test_setup_has_a_flag_for_each_command(tmp_path):
    setup = (str(ROOT / "setup.sh"), "--print")
    shown = command(tmp_path, *setup, "--new-key", "a", "--keys", "--remove-key", "b").stdout
    said = [line.partition("serving.keys ")[2].strip() for line in shown.splitlines()[1:]]
    assert said == ["new a", "list", "remove b"]
    for arguments in (["--new-key"], ["--remove-key", "--keys"]):
        refused = command(tmp_path, *setup, *arguments)
        assert refused.returncode == 2
        assert "needs the name of a key" in refused.stderr


@pytest.mark.parametrize("program", ["api.py", "web_worker.py"])
def test_server_does_not_start_with_a_broken_file(tmp_path, program):
    path = tmp_path / "data" / "api-keys"
    new_key(path, "a")
    path.write_text(path.read_text() + "oops\n")
    started = command(tmp_path, sys.executable, program)
    assert started.returncode == 1
    assert "Bad API keys: " in started.stderr
    assert "line 3: not of the form" in started.stderr
    assert "Traceback" not in started.stderr
