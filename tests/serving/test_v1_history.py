"""The history of a client's jobs, narrowed down and by page, and the numbers of the queue."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.serving.live import Client, Server
from tests.serving.rehearsal import (
    busy_lane,
    ids_of,
    page,
    rehearse,
)
from tests.serving.second_api import (
    JOBS,
    PICTURE,
    V1,
    completed,
    ended,
    refused,
    status_of,
    submit,
)


@pytest.fixture
def client(rehearsal_server: Server, new_client: Callable[[Server], Client]) -> Client:
    return new_client(rehearsal_server)


@pytest.fixture
def past(at_desk: Client) -> list[dict[str, Any]]:
    """Seven jobs of a client, oldest first: of two features, some cancelled. They are some milliseconds apart."""
    ids = []
    for number in range(7):
        path = f"{V1}/mesh-generation/image-to-{'raw' if number % 2 else 'textured'}-mesh"
        ids.append(submit(at_desk, path, seed=number))
        time.sleep(0.005)
    for job_id in ids[:3]:
        at_desk.post(f"{JOBS}/{job_id}/cancel")
    return [status_of(at_desk, job_id) for job_id in ids]


def test_history_shows_all_jobs_newest_first_and_by_page(at_desk, past):
    newest_first = [job["job_id"] for job in reversed(past)]
    assert ids_of(at_desk) == newest_first
    by_page = [ids_of(at_desk, limit=3, offset=offset) for offset in (0, 3, 6, 9)]
    assert by_page == [newest_first[:3], newest_first[3:6], newest_first[6:], []]
    more = {
        offset: page(at_desk, limit=3, offset=offset)["pagination"] for offset in (0, 3, 4, 6, 9)
    }
    for offset, facts in more.items():
        assert facts == {"limit": 3, "offset": offset, "total": 7, "has_more": offset < 4}
    assert page(at_desk)["pagination"]["limit"] == 50
    assert page(at_desk, limit=500)["pagination"]["total"] == 7


def test_history_of_a_finished_job_shows_its_result(client):
    """Upstream listed finished jobs as queued, without result."""
    status = completed(client, rehearse(client))
    (listed,) = page(client)["jobs"]
    assert listed == status


def test_history_can_be_narrowed_down(at_desk, past):
    raw = [job["job_id"] for job in reversed(past) if job["feature"] == "image_to_raw_mesh"]
    ended_ones = [job["job_id"] for job in reversed(past) if job["status"] == "cancelled"]
    assert ids_of(at_desk, feature="image_to_raw_mesh") == raw
    assert ids_of(at_desk, status="cancelled") == ended_ones
    both = [job_id for job_id in raw if job_id in ended_ones]
    assert ids_of(at_desk, status="cancelled", feature="image_to_raw_mesh") == both
    assert ids_of(at_desk, status="completed") == []
    assert ids_of(at_desk, feature="no_such_feature") == []
    assert len(ids_of(at_desk, status="", feature="", start_date="", end_date="")) == 7
    filters = page(at_desk, status="queued", start_date="2026-01-01T00:00:00Z")["filters"]
    assert filters == {
        "status": "queued",
        "feature": None,
        "start_date": "2026-01-01T00:00:00Z",
        "end_date": None,
    }


def in_berlin(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(tz=DAYLIGHT_SAVING).isoformat()


DAYLIGHT_SAVING = datetime.fromisoformat("2026-07-01T00:00:00+02:00").tzinfo


@pytest.mark.parametrize(
    "spelled",
    [str, lambda moment: moment.removesuffix("Z"), in_berlin],
    ids=["with Z", "without a zone", "of another zone"],
)
def test_history_of_a_span_of_time(at_desk, past, spelled):
    """Upstream answered 500 to a date with Z, the form that its own documents have."""
    newest_first = [job["job_id"] for job in reversed(past)]
    third, fifth = spelled(past[2]["created_at"]), spelled(past[4]["created_at"])
    # Shown times are cut to milliseconds, so a job may be a little younger than it says.
    assert ids_of(at_desk, start_date=third) == newest_first[:5]
    assert ids_of(at_desk, end_date=fifth)[-4:] == newest_first[3:]
    assert ids_of(at_desk, start_date=third, end_date=fifth)[-2:] == newest_first[3:5]
    assert ids_of(at_desk, start_date=fifth, end_date=third) == []


def test_history_takes_a_zone_whose_plus_was_not_encoded(at_desk, past):
    """+02:00 in an address means a space and 02:00; many programs send it so."""
    third = in_berlin(past[2]["created_at"])
    answer = at_desk.get(f"{JOBS}/history?start_date={third}")
    assert len(answer.json()["jobs"]) == 5


def test_history_of_days(at_desk, past):
    assert len(ids_of(at_desk, start_date="2020-01-01")) == 7
    assert ids_of(at_desk, end_date="2020-01-01") == []
    today = datetime.now(UTC).date().isoformat()
    assert len(ids_of(at_desk, end_date=today)) == 7  # the day counts to its end


@pytest.mark.parametrize(
    "query",
    [
        "start_date=yesterday",
        "end_date=2026-13-01T00:00:00Z",
        "end_date=2026-02-30",
        "start_date=99999999999999999999",
        "limit=0",
        "limit=501",
        "limit=ten",
        "limit=",
        "offset=-1",
        "status=done",
        f"feature={'x' * 65}",
    ],
)
def test_history_refuses_what_it_does_not_understand(at_desk, query):
    name = query.partition("=")[0]
    body = refused(at_desk.get(f"{JOBS}/history?{query}"), 422, "INVALID_VALUE", name)
    assert body["detail"][0]["loc"] == ["query", name]


@pytest.mark.parametrize("narrowed", [{}, {"status": "queued"}])
def test_history_shows_of_waiting_jobs_what_their_status_shows(at_desk, past, narrowed):
    shown = {row["job_id"]: row for row in page(at_desk, **narrowed)["jobs"]}
    for job_id in (job["job_id"] for job in past[3:]):
        now = status_of(at_desk, job_id)
        assert shown[job_id]["queue_position"] == now["queue_position"] is not None
        assert shown[job_id]["eta_seconds"] == pytest.approx(now["eta_seconds"], rel=0.5)


def test_jobs_of_others_are_not_in_my_history(at_desk, desk_server, new_client, past):
    assert page(new_client(desk_server))["pagination"]["total"] == 0


def test_both_apis_list_the_jobs_of_both(at_desk):
    first = at_desk.submit(PICTURE)
    second = submit(at_desk)
    assert ids_of(at_desk) == [second, first]
    listed = at_desk.get("/my_requests").json()["requests"]
    assert [row["request_id"] for row in listed] == [second, first]
    assert status_of(at_desk, first)["feature"] == "image_to_textured_mesh"
    assert at_desk.task(second)["status"] == "queued"


def test_numbers_of_the_queue_follow_the_jobs(client):
    def stats() -> dict[str, int]:
        return dict(client.get(f"{JOBS}/queue/stats").json())

    completed(client, rehearse(client))  # what others left has ended
    before = stats()
    assert all(type(number) is int for number in before.values())
    with busy_lane(client):
        waiting = [rehearse(client) for _ in range(2)]
        now = stats()
        for key, number in (("pending_jobs", 2), ("processing_jobs", 1)):
            assert now[key] == now[f"client_{key}"] == number
        client.post(f"{JOBS}/{waiting[0]}/cancel")
        assert stats()["cancelled_jobs"] == before["cancelled_jobs"] + 1
    completed(client, waiting[1])
    ended(client, rehearse(client, fault="fail"))
    after = stats()
    assert after["completed_jobs"] == before["completed_jobs"] + 1
    assert after["failed_jobs"] == before["failed_jobs"] + 1
    assert after["cancelled_jobs"] == before["cancelled_jobs"] + 2
    assert (after["pending_jobs"], after["processing_jobs"]) == (0, 0)
