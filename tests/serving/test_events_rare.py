"""What a feed and its streams do when something is not as it should be: old lanes, old ids, no thread, a dead line."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from redis import Redis

from serving.errors import Busy
from serving.jobs.events import MOST_MISSED, EventId, EventLog
from serving.jobs.keyspace import EVENTS, client_key, job_key
from serving.jobs.store import JobStore
from serving.settings import Settings
from serving.web import events as streams
from serving.web import feed as feeds
from serving.web.app import create_app
from serving.web.bell import Bell
from serving.web.desk import Core, build_core
from serving.web.feed import Feed, Followed, Follower
from serving.web.slow_clients import Limits, PatientSocket
from serving.web.stream_places import MAX_CLIENT_STREAMS
from serving.web.v1 import events as routes
from tests.serving.event_streams import ALL
from tests.serving.second_api import JOBS, refused
from tests.serving.stored_jobs import NOW_S, saved, started

CLIENT = "127.0.0.1"


@pytest.fixture
def settings(tmp_path: Path, redis_url: str, redis_client: Redis) -> Settings:
    values = {"data_dir": tmp_path, "redis_url": redis_url}
    return Settings(_env_file=None).model_copy(update=values)


@pytest.fixture
def core(settings: Settings) -> Core:
    return build_core(settings)


@pytest.fixture
def app(settings: Settings):
    return create_app(settings)


@contextmanager
def followed(feed: Feed, *job_ids: str) -> Iterator[tuple[Follower, Bell]]:
    """A follower of these, or of all of CLIENT, that has looked at what lives."""
    bell = Bell()
    follower = Follower(Followed(job_ids, "" if job_ids else CLIENT), bell)
    assert feed.join(follower)
    try:
        yield follower, bell
    finally:
        feed.leave(follower)
        bell.close()


def heard(follower: Follower, bell: Bell, count: int = 1) -> list[tuple[str, bytes]]:
    """What is told, as soon as it is so much."""
    until_s, told = time.monotonic() + 10, []
    while len(told) < count:
        assert time.monotonic() < until_s, told
        bell.wait(None, 0.5)
        told += [(event.job_id, event.text) for event in follower.take()[1]]
    return told


def text_of(web: FlaskClient, path: str) -> str:
    """All that a short stream says."""
    with web.get(path) as answer:
        return answer.text


# Changes that nobody wrote down


def test_what_lanes_of_an_older_version_do_is_seen_at_the_next_look(
    core: Core, store: JobStore, redis_client: Redis, monkeypatch
):
    monkeypatch.setattr(feeds, "QUIET_S", 0.3)
    started(store)  # and it stays so
    moving, ending, gone = (saved(store) for _ in range(3))
    feed = Feed(core)
    with followed(feed) as mine, followed(feed, moving.job_id, gone.job_id) as named:
        for follower, _ in (mine, named):
            ids = follower.followed.job_ids or store.live_ids(CLIENT)
            feed.look(dict.fromkeys(ids, follower.after))
        entries = EventLog(store.redis).last_id()
        redis_client.hset(job_key(moving.job_id), mapping={"state": "processing", "progress": "5"})
        redis_client.hset(job_key(ending.job_id), "state", "completed")
        redis_client.zrem(client_key(CLIENT, "waiting"), ending.job_id)
        redis_client.delete(job_key(gone.job_id))
        told = dict(heard(*mine, 3))
        assert set(told) == {moving.job_id, ending.job_id, gone.job_id}
        assert b'"status":"processing"' in told[moving.job_id]
        assert b'"progress":5' in told[moving.job_id]
        assert b'"status":"completed"' in told[ending.job_id]
        assert told[gone.job_id].startswith(b"event: deleted")
        assert {job_id for job_id, _ in heard(*named, 2)} == {moving.job_id, gone.job_id}
        time.sleep(3 * feeds.READ_S / 2)  # a look or more: nothing has changed, nothing is told
        assert mine[0].take()[1] == named[0].take()[1] == []
        redis_client.hset(job_key(moving.job_id), "progress", "6")
        assert dict(heard(*named)).keys() == dict(heard(*mine)).keys() == {moving.job_id}
        assert EventLog(store.redis).last_id() == entries
    feed.close()


def test_who_joined_before_hears_of_what_a_later_one_found(
    core: Core, store: JobStore, redis_client: Redis, monkeypatch
):
    """A look for one follower does not count as told to the others."""
    monkeypatch.setattr(feeds, "QUIET_S", 0.3)
    record = started(store)
    feed = Feed(core)
    with followed(feed, record.job_id) as first, followed(feed, record.job_id) as second:
        feed.look({record.job_id: first[0].after})
        redis_client.hset(job_key(record.job_id), "progress", "7")
        feed.look({record.job_id: second[0].after})
        assert b'"progress":7' in heard(*first)[0][1]
    feed.close()


def test_record_that_cannot_be_shown_costs_nobody_the_others(
    core: Core, store: JobStore, redis_client: Redis, caplog
):
    broken, sound = started(store), started(store)
    feed = Feed(core)
    with followed(feed) as (follower, bell), caplog.at_level(logging.ERROR, "meshkiln.web"):
        redis_client.hset(job_key(broken.job_id), "progress", "much")
        for record in (broken, sound):
            store.cancel(record.job_id, NOW_S + 3)
        assert [job_id for job_id, _ in heard(follower, bell)] == [sound.job_id]
        assert not follower.is_closed
        store.cancel(saved(store).job_id, NOW_S + 4)
        assert heard(follower, bell)
    assert f"job {broken.job_id} cannot be shown" in caplog.text
    feed.close()


# Ids


def test_old_or_unknown_id_costs_one_short_question(store: JobStore, redis_client: Redis):
    record = started(store)
    log = EventLog(store.redis)
    time.sleep(0.01)  # another millisecond than what was before
    store.progress(record, "geometry", 0.0005)
    first = log.last_id()
    for percent in range(MOST_MISSED - 1):
        store.progress(record, "geometry", percent / 100 + 0.001)
    assert len(log.missed(first, 0) or ()) == MOST_MISSED
    redis_client.config_resetstat()
    assert log.missed(EventId(first.ms, first.number + 900), 6_000) is None
    assert redis_client.info("commandstats")["cmdstat_xrange"]["calls"] == 1
    store.progress(record, "geometry", 99.0)
    assert log.missed(first, 0) is None
    assert len(log.missed(log.last_id(), 0) or ()) == 1
    redis_client.delete(EVENTS)
    assert log.missed(first, 0) is None


def test_resumed_stream_is_silent_where_nothing_happened(app, store: JobStore, monkeypatch):
    """Whatever others did, but for what moves the queue."""
    monkeypatch.setattr(routes, "MOST_PLACES_S", 0.0)
    web = app.test_client()
    ids = [saved(store).job_id]
    store.cancel(saved(store, "10.0.0.1").job_id, NOW_S + 3)  # moves it
    time.sleep(1.1)
    ids.append(saved(store).job_id)
    text = text_of(web, f"{ALL}?seconds=0")
    assert [job_id in text for job_id in ids] == [True, True]
    last_id = text.rpartition("id: ")[2].partition("\n")[0]
    saved(store, "10.0.0.1")
    resume = f"{ALL}?jobs={','.join(ids)}&seconds=0&last_event_id={last_id}"
    assert "event:" not in text_of(web, resume)
    store.cancel(saved(store, "10.0.0.1").job_id, NOW_S + 3)
    assert text_of(web, resume).count("event: job") == 2


# What the system refuses


def test_thread_that_cannot_be_started_is_tried_again(app, store: JobStore, monkeypatch):
    record = saved(store)
    web = app.test_client()

    def refuse(self):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as without:
        without.setattr(feeds.threading.Thread, "start", refuse)
        for _ in range(MAX_CLIENT_STREAMS + 1):  # nor is a place lost
            refused(web.get(f"{JOBS}/{record.job_id}/events"), 503, "API_ERROR", "status")
        began_s = time.monotonic()
        waited = web.get(f"{JOBS}/{record.job_id}?wait=0.5")
        assert (waited.status_code, waited.json["status"]) == (200, "queued")
        assert time.monotonic() - began_s > 0.4
    assert record.job_id in text_of(web, f"{JOBS}/{record.job_id}/events?seconds=0")


def test_stream_without_a_descriptor_costs_no_place(app, store: JobStore, monkeypatch):
    web = app.test_client()

    def refuse():
        raise OSError(24, os.strerror(24))

    with monkeypatch.context() as without:
        without.setattr(streams, "Bell", refuse)
        for _ in range(MAX_CLIENT_STREAMS + 1):
            refused(web.get(ALL), 503, "API_ERROR", "too many connections")
    assert text_of(web, f"{ALL}?seconds=0").startswith("retry:")


def test_server_that_cannot_lend_says_so_and_not_to_come_again(app):
    answer = app.test_client().get(ALL, environ_overrides={"gunicorn.socket": object()})
    refused(answer, 503, "API_ERROR", "cannot keep event streams open")
    assert "Retry-After" not in answer.headers


# A line that is dead


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux has it")
def test_system_is_told_to_give_up_a_dead_line_within_a_minute(core: Core):
    """The system ends it: nothing but its own answer would tell that nobody is there."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        theirs = socket.create_connection(server.getsockname())
        crew = SimpleNamespace()
        ours = PatientSocket(server.accept()[0], crew, Limits())  # type: ignore[arg-type]

    def limit_ms() -> int:
        return ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)

    before_ms = limit_ms()
    feed = Feed(core)
    stream = streams.EventStream(feed, Followed(client=CLIENT), ours, CLIENT)
    assert streams.HEARTBEAT_S * 1000 < limit_ms() <= 60_000 - streams.HEARTBEAT_S * 1000
    stream.close()
    assert limit_ms() == before_ms  # other requests may follow
    feed.close()
    theirs.close()
    ours.close()
    with pytest.raises(Busy):
        streams.EventStream(feed, Followed(client=CLIENT), None, CLIENT)
