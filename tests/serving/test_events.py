"""Live events over real sockets: what a stream says of real jobs, to whom, and how it goes on after a cut."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise

import pytest

from serving.keys import new_key, remove_key
from serving.settings import Settings
from serving.web.feed import PLACES_S
from tests.serving.conftest import living
from tests.serving.event_streams import ALL, Stream, Told, is_at, of_job, of_jobs, place_of
from tests.serving.house import until, whole_house
from tests.serving.live import Client, Server
from tests.serving.rehearsal import busy_lane, checked, rehearse
from tests.serving.second_api import (
    JOBS,
    PICTURE,
    RAW_MESH,
    V1,
    as_base64,
    completed,
    job_of,
    refused,
    status_of,
    submit,
)


@pytest.fixture
def client(rehearsal_server: Server, new_client: Callable[[Server], Client]) -> Client:
    return new_client(rehearsal_server)


def statuses(stream: Stream) -> list[str]:
    """What the events said, one after the other, without repetitions."""
    said = [event.data["status"] for event in stream.told]
    return said[:1] + [b for a, b in pairwise(said) if a != b]


# One job


def test_events_of_a_job_are_its_status_from_now_to_its_end(client):
    with busy_lane(client) as running:
        job_id = rehearse(client, sleep_s=1.0, steps=20)
        with of_job(client, job_id) as stream:
            assert checked(stream.next().data) == status_of(client, job_id)
            assert stream.said == {"retry": "3000"}
            client.post(f"{JOBS}/{running}/cancel")
            stream.rest()
    assert statuses(stream) == ["queued", "processing", "completed"]
    ids = [place_of(event.id) for event in stream.told]
    assert ids == sorted(ids)
    seen = [checked(event.data) for event in stream.told]
    assert len({status["progress"] for status in seen}) >= 4
    assert [s["progress"] for s in seen] == sorted(status["progress"] for status in seen)
    assert seen[-1] == status_of(client, job_id)


def test_stream_has_the_headers_that_keep_it_going(client):
    job_id = completed(client, rehearse(client))["job_id"]
    page = "http://localhost:3000"
    with of_job(client, job_id) as stream:
        headers = stream.answer.headers
    assert headers["Content-Type"].partition(";")[0] == "text/event-stream"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Accel-Buffering"] == "no"
    answer = client.get(f"{JOBS}/{job_id}/events", headers={"Origin": page})
    assert answer.headers["Access-Control-Allow-Origin"] == page
    assert client.head(f"{JOBS}/{job_id}/events").headers["Content-Type"] == headers["Content-Type"]


def test_job_that_has_ended_is_told_once_and_not_again(client):
    job_id = rehearse(client)
    done = completed(client, job_id)
    with of_job(client, job_id) as stream:
        assert [event.data for event in stream.rest()] == [done]
    again = client.get(f"{JOBS}/{job_id}/events", headers={"Last-Event-ID": stream.last_id})
    assert (again.status_code, again.content) == (204, b"")


def test_failed_and_cancelled_jobs_end_their_stream(client):
    with of_job(client, rehearse(client, fault="fail")) as stream:
        assert stream.rest()[-1].data["error_code"] == "JOB_FAILED"
    with busy_lane(client) as running, of_job(client, running) as stream:
        stream.next()
        client.post(f"{JOBS}/{running}/cancel")
        assert stream.rest()[-1].data["status"] == "cancelled"


def test_second_run_of_a_job_is_told(client, tmp_path):
    job_id = rehearse(client, fault="crash_once", marker=str(tmp_path / "crashed"))
    with of_job(client, job_id) as stream:
        attempts = [event.data["attempt"] for event in stream.rest()]
    assert attempts == sorted(attempts)
    assert (attempts[-1], stream.told[-1].data["status"]) == (2, "completed")


# Many jobs


def test_client_hears_of_its_own_jobs_also_of_those_made_later(rehearsal_server, new_client):
    one, other = new_client(rehearsal_server), new_client(rehearsal_server)
    with of_jobs(one) as mine, of_jobs(other) as theirs:
        made = [rehearse(one), rehearse(one)]
        foreign = rehearse(other)
        mine.until(is_at(made[1], "completed"))
        theirs.until(is_at(foreign, "completed"))
    assert {event.data["job_id"] for event in mine.told} == set(made)
    assert {event.data["job_id"] for event in theirs.told} == {foreign}


def test_named_jobs_are_followed_whoever_made_them(rehearsal_server, new_client):
    one, other = new_client(rehearsal_server), new_client(rehearsal_server)
    with busy_lane(one):
        ids = [rehearse(one), rehearse(other)]
        unheard = rehearse(one)
        with of_jobs(other, *ids, ids[0]) as stream:
            assert [stream.next().data["job_id"] for _ in ids] == ids
            for job_id in (unheard, *ids):
                one.post(f"{JOBS}/{job_id}/cancel")
            stream.until(is_at(ids[1], "cancelled"))
    assert {event.data["job_id"] for event in stream.told} == set(ids)


def test_snapshot_has_what_has_not_ended_and_its_id_at_its_end(at_desk):
    with of_jobs(at_desk, seconds=0) as stream:
        assert stream.rest() == []
        assert place_of(stream.said["id"])
    ids = [submit(at_desk) for _ in range(3)]
    at_desk.post(f"{JOBS}/{ids[1]}/cancel")
    with of_jobs(at_desk, seconds=0) as stream:
        told = stream.rest()
    assert [event.data["job_id"] for event in told] == [ids[0], ids[2]]
    # One that is cut off within a snapshot gets all of it again.
    assert [bool(event.id) for event in told] == [False, True]


def test_places_of_those_that_wait_are_told_as_others_go(at_desk):
    first, second, third = (submit(at_desk) for _ in range(3))
    with of_jobs(at_desk, third) as stream:
        before = stream.next().data["queue_position"]
        for job_id in (first, second):
            at_desk.post(f"{JOBS}/{job_id}/cancel")
            place = status_of(at_desk, third)["queue_position"]
            moved = stream.until(has_place(place))
            assert {event.data["job_id"] for event in moved} == {third}
        assert place == before - 2


def has_place(place: int) -> Callable[[Told], bool]:
    return lambda event: event.data["queue_position"] == place


def test_places_are_not_told_more_often_than_once_a_second(at_desk):
    ids = [submit(at_desk) for _ in range(30)]
    last = submit(at_desk)
    with of_jobs(at_desk, last) as stream:
        before, began_s = stream.next().data["queue_position"], time.monotonic()
        for job_id in ids:
            at_desk.post(f"{JOBS}/{job_id}/cancel")
        told = stream.until(has_place(before - len(ids)))
        took_s = time.monotonic() - began_s
    assert len(told) <= took_s / PLACES_S + 2


def test_deleted_job_is_told_as_such(at_desk):
    kept, gone = submit(at_desk), submit(at_desk)
    with of_jobs(at_desk) as stream:
        stream.next(), stream.next()
        assert at_desk.delete(f"{JOBS}/{gone}").status_code == 200
        told = stream.until(lambda event: event.kind == "deleted")
    assert told[-1].data == {"job_id": gone}
    assert kept not in [event.data["job_id"] for event in told]
    refused(at_desk.get(f"{JOBS}/{gone}/events"), 410, "NOT_FOUND", gone)
    refused(at_desk.get(f"{ALL}?jobs={kept},{gone}"), 410, "NOT_FOUND", gone)
    # Who had followed it is told so, after a cut too.
    with of_jobs(at_desk, kept, gone, last_id=stream.told[0].id or told[0].id, seconds=0) as again:
        assert [event.data for event in again.rest() if event.kind == "deleted"] in (
            [],
            [{"job_id": gone}],
        )


# After a cut


def test_resumed_stream_tells_exactly_what_was_missed(at_desk):
    first, second, third = (submit(at_desk) for _ in range(3))
    with of_jobs(at_desk) as stream:
        for _ in range(3):
            stream.next()
    at_desk.post(f"{JOBS}/{second}/cancel")
    made = submit(at_desk)
    place = status_of(at_desk, third)["queue_position"]
    for query in ({"last_id": stream.last_id}, {"last_event_id": stream.last_id}):
        with of_jobs(at_desk, seconds=0, **query) as again:
            told = again.rest()
        # What happened, in its order; then those that wait, since the queue has moved.
        assert [event.data["job_id"] for event in told] == [second, made, first, third]
        assert [event.data["status"] for event in told] == ["cancelled"] + ["queued"] * 3
        assert told[3].data["queue_position"] == place
        assert all(place_of(event.id) > place_of(stream.last_id) for event in told)


def test_job_that_ends_while_its_stream_is_cut_is_told_afterwards(client):
    job_id = rehearse(client, sleep_s=0.6, steps=6)
    with of_job(client, job_id) as stream:
        stream.until(is_at(job_id, "processing"))
    done = completed(client, job_id)
    with of_job(client, job_id, last_id=stream.last_id) as again:
        assert [event.data for event in again.rest()] == [done]


def test_id_that_is_not_known_any_more_resets(at_desk):
    job_id = submit(at_desk)
    for forgotten in ("1-1", "99999999999999-0"):
        with of_jobs(at_desk, last_id=forgotten, seconds=0) as stream:
            told = stream.rest()
        assert [event.kind for event in told] == ["reset", "job"]
        assert (told[0].data, told[1].data["job_id"]) == ({}, job_id)
        assert [bool(event.id) for event in told] == [False, True]


def test_stream_goes_on_after_redis_was_killed(tmp_path):
    with whole_house(tmp_path) as house:
        server = _Address(f"http://127.0.0.1:{house.port}")
        with Client(server, "127.0.0.1") as client:  # type: ignore[arg-type]
            job_id = rehearse(client, sleep_s=3.0, steps=30)
            with of_jobs(client) as stream:
                stream.until(is_at(job_id, "processing"))
                house.kill("redis")
                stream.until(is_at(job_id, "completed"))
                after = rehearse(client)
                stream.until(is_at(after, "completed"))
        assert "Traceback" not in house.log()


class _Address:
    def __init__(self, url: str) -> None:
        self.url = url


# Who may listen


def test_jobs_of_a_key_are_for_that_key_alone(tmp_path, new_client):
    settings = Settings(data_dir=tmp_path)  # type: ignore[call-arg]
    mine, theirs = (
        {"Authorization": f"Bearer {new_key(settings.keys_path, name)}"} for name in ("me", "you")
    )
    with living(Server(tmp_path, "web_worker.py")) as server:
        client = new_client(server)
        body = {"image_base64": as_base64(PICTURE)}
        job_id = job_of(client.post(RAW_MESH, json=body, headers=mine))
        for headers in (theirs, {}):
            for path in (f"{JOBS}/{job_id}/events", f"{ALL}?jobs={job_id}"):
                refused(client.get(path, headers=headers), 404, "NOT_FOUND", job_id)
            assert "data:" not in client.get(f"{ALL}?seconds=0", headers=headers).text
        refused(client.get(ALL, headers={"Authorization": "Bearer x"}), 401, "API_ERROR")
        assert job_id in client.get(f"{ALL}?seconds=0", headers=mine).text
        client.headers.update(mine)
        with of_jobs(client) as stream:
            stream.next()
            remove_key(settings.keys_path, "me")
            asked = f"{V1}/system/auth-status"
            until(lambda: client.get(asked).status_code == 401, 10, "the key is forgotten")
            server.store.cancel(job_id, time.time())
            assert stream.rest() == []  # the key is no more, and so is the stream


@pytest.mark.parametrize(
    ("query", "status", "word"),
    [
        ("last_event_id=soon", 400, "Last-Event-ID"),
        ("seconds=-1", 422, "seconds"),
        ("seconds=3601", 422, "seconds"),
        ("seconds=nan", 422, "seconds"),
        ("jobs=" + ",".join(f"{n:032x}" for n in range(101)), 400, "101"),
    ],
)
def test_bad_query_is_refused(at_desk, query, status, word):
    refused(at_desk.get(f"{ALL}?{query}"), status, "INVALID_VALUE", word)


@pytest.mark.parametrize("text", ["x", "1", "1-2-3", "18446744073709551616-0"])
def test_bad_last_event_id_is_refused(at_desk, text):
    answer = at_desk.get(ALL, headers={"Last-Event-ID": text})
    refused(answer, 400, "INVALID_VALUE", "Last-Event-ID", text)


def test_unknown_job_is_named(at_desk):
    job_id = submit(at_desk)
    for unknown in ("0" * 32, "nothing"):
        refused(at_desk.get(f"{JOBS}/{unknown}/events"), 404, "NOT_FOUND", unknown)
        refused(at_desk.get(f"{ALL}?jobs={job_id},{unknown}"), 404, "NOT_FOUND", unknown)
