"""Uploaded files on disk: stored under names that are never used twice."""

from __future__ import annotations

import errno
import hashlib
import os
import time

import pytest

from serving.settings import Settings
from serving.storage.content import Contents

DATA = b"some bytes"
SHA = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def contents(tmp_path) -> Contents:
    return Contents(Settings(_env_file=None).model_copy(update={"data_dir": tmp_path}))


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "incoming"
    path.write_bytes(DATA)
    return path


def test_file_is_filed_by_its_digest_and_its_source_stays(contents, source, tmp_path):
    name = contents.put(source, SHA, "png")
    assert name.startswith(f"{SHA[:2]}/{SHA}.")
    assert name.endswith(".png")
    assert contents.path(name) == tmp_path / "uploads" / name
    assert contents.path(name).read_bytes() == source.read_bytes() == DATA
    assert contents.path(name).samefile(source)


def test_same_bytes_get_a_name_of_their_own_each_time(contents, source):
    assert len({contents.put(source, SHA, "png") for _ in range(20)}) == 20


def test_file_is_copied_where_no_link_can_be_made(contents, source, monkeypatch):
    def no_link(*_: object) -> None:
        raise OSError(errno.EXDEV, "another file system")

    monkeypatch.setattr("serving.storage.links.os.link", no_link)
    name = contents.put(source, SHA, "png")
    assert contents.path(name).read_bytes() == DATA
    assert not contents.path(name).samefile(source)
    assert list(contents.names(time.time() + 60)) == [name]


def test_restore_fills_a_gap_and_leaves_what_is_there(contents, source, tmp_path):
    name = contents.put(source, SHA, "png")
    other = tmp_path / "other"
    other.write_bytes(b"other")
    contents.restore(other, name)
    assert contents.path(name).read_bytes() == DATA
    contents.path(name).unlink()
    contents.restore(source, name)
    assert contents.path(name).read_bytes() == DATA


def test_removing_frees_bytes_once_and_only_with_the_last_name(contents, source):
    name = contents.put(source, SHA, "png")
    assert contents.remove(name) == 0  # the source still has them
    name = contents.put(source, SHA, "png")
    source.unlink()
    assert contents.remove(name) == len(DATA)
    assert contents.remove(name) == 0
    assert not contents.exists(name)


@pytest.mark.parametrize("name", ["", "../x", f"{SHA[:2]}/../../etc/passwd", f"/{SHA}", "ab/cd"])
def test_what_is_no_name_leads_nowhere(contents, name):
    for use in (contents.path, contents.exists, contents.remove):
        with pytest.raises(ValueError, match="no name of a stored file"):
            use(name)


def test_old_files_are_listed_and_copies_left_half_way_leave(contents, source):
    name = contents.put(source, SHA, "png")
    half = contents.path(name).with_name(".0123456789abcdef")
    half.write_bytes(b"half")
    foreign = contents.path(name).with_name("README")
    foreign.write_bytes(b"the operator's")
    assert contents.names(time.time() - 60) == {}
    assert half.exists()
    assert contents.names(time.time() + 60) == {name: SHA}
    assert not half.exists()
    assert foreign.exists()


def test_folder_that_is_not_there_yet_holds_nothing(contents):
    assert contents.names(time.time()) == {}
    assert not os.path.exists(contents.root)
