"""Uploads that wait to be used: ids and owners in Redis, bytes stored once, expiry, and sweeps that race uploads."""

from __future__ import annotations

import hashlib
import threading
import time
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import ConnectionError

from serving.errors import Gone, NotFound
from serving.jobs.assets import FILE_ID, AssetStore, StoredAsset
from serving.jobs.connect import connect
from serving.settings import Settings
from serving.storage.clients import key_client_name
from tests.serving import pictures

PICTURE = pictures.encoded(pictures.disc())
ME, OTHER = "127.0.0.1", "10.0.0.2"
NOW = 1_000_000.0
HOUR = 3600.0


@pytest.fixture
def settings(tmp_path) -> Settings:
    changes = {"data_dir": tmp_path, "upload_keep_hours": 2.0}
    return Settings(_env_file=None).model_copy(update=changes)


@pytest.fixture
def redis(redis_url: str, redis_client: Redis) -> Redis:
    """The test's Redis, answering text. It is empty."""
    return connect(redis_url, timeout_s=5.0).records


@pytest.fixture
def store(redis: Redis, settings: Settings) -> AssetStore:
    return AssetStore(redis, settings)


def upload(
    store: AssetStore, data: bytes = PICTURE, client: str = ME, now_s: float = NOW, name: str = "a"
) -> StoredAsset:
    incoming = store.inputs.receive("file", "image" if data[:1] == b"\x89" else "mesh")
    try:
        incoming.write(data)
        asset = store.inputs.inspect(incoming, "image" if data[:1] == b"\x89" else "mesh")
        return store.add(asset, client, name, now_s)
    finally:
        incoming.discard()


def on_disk(store: AssetStore) -> list[Path]:
    return [path for path in store.contents.root.rglob("*") if path.is_file()]


def test_upload_is_found_again_by_its_id_with_all_its_facts(store):
    stored = upload(store, name="cat.jpg")
    assert FILE_ID.fullmatch(stored.file_id)
    assert store.get(stored.file_id, ME, now_s=NOW) == stored
    assert stored.filename == "cat.jpg"
    assert (stored.kind, stored.extension, stored.media_type) == ("image", "png", "image/png")
    assert stored.size_bytes == len(PICTURE)
    assert stored.sha256 == hashlib.sha256(PICTURE).hexdigest()
    assert (stored.created_at, stored.expires_at) == (NOW, NOW + 2 * HOUR)
    assert upload(store, pictures.OBJ).file_id.startswith("mesh_")


def test_upload_without_a_name_is_called_by_its_id(store):
    stored = upload(store, name="")
    assert stored.filename == f"{stored.file_id}.png"


def test_ids_outlive_the_process_that_gave_them(store, redis, settings):
    stored = upload(store)
    assert AssetStore(redis, settings).get(stored.file_id, ME, now_s=NOW) == stored


def test_asset_of_an_upload_knows_its_digest_and_its_bytes(store):
    asset = store.asset(upload(store))
    assert asset.path.read_bytes() == PICTURE
    assert asset.known_sha256 == asset.sha256() == hashlib.sha256(PICTURE).hexdigest()
    assert asset.incoming is None


def test_same_bytes_are_stored_once_and_leave_with_the_last_id(store):
    first, second = upload(store), upload(store, client=OTHER)
    assert first.file_id != second.file_id
    assert len(on_disk(store)) == 1
    assert store.delete(first.file_id, ME, NOW) == 0
    assert store.asset(store.get(second.file_id, OTHER, now_s=NOW)).path.read_bytes() == PICTURE
    assert store.delete(second.file_id, OTHER, NOW) == len(PICTURE)
    assert on_disk(store) == []


def test_what_a_key_holder_uploaded_is_for_that_key_alone(store):
    ann, bob = key_client_name("ann"), key_client_name("bob")
    hers, open_to_all = upload(store, client=ann), upload(store, client=ME)
    assert store.get(hers.file_id, ann, now_s=NOW) == hers
    for caller in (bob, ME):
        with pytest.raises(NotFound):
            store.get(hers.file_id, caller, now_s=NOW)
        with pytest.raises(NotFound):
            store.delete(hers.file_id, caller, NOW)
    assert store.get(open_to_all.file_id, bob, now_s=NOW) == open_to_all
    store.delete(hers.file_id, ann, NOW)
    with pytest.raises(Gone):
        store.get(hers.file_id, ann, now_s=NOW)
    with pytest.raises(NotFound):  # whether it was ever there is hers to know
        store.get(hers.file_id, bob, now_s=NOW)


@pytest.mark.parametrize(
    "file_id", ["", "img_1", "img_" + "0" * 32, "IMG_" + "0" * 32, "../" + "0" * 32, "img_*" * 9]
)
def test_unknown_id_is_not_found_and_the_field_is_named(store, file_id):
    with pytest.raises(NotFound, match=r"^image_file_id .*upload it first"):
        store.get(file_id, ME, "image_file_id")


def test_upload_expires_by_the_clock_and_that_stays_known_after_the_sweep(store):
    stored = upload(store)
    just_before, then = stored.expires_at - 0.001, stored.expires_at
    assert store.get(stored.file_id, ME, now_s=just_before)
    assert store.of_client(ME, 10, now_s=just_before).total == 1
    with pytest.raises(Gone, match="expired"):
        store.get(stored.file_id, ME, now_s=then)
    assert store.of_client(ME, 10, now_s=then).total == 0
    assert store.expire(just_before, 10) == 0
    assert store.expire(then, 10) == 1
    assert on_disk(store) == []
    with pytest.raises(Gone, match="expired"):
        store.get(stored.file_id, ME, now_s=just_before)
    assert store.expire(then, 10) == 0


def test_sweep_takes_the_oldest_first_and_no_more_than_its_limit(store):
    ids = [upload(store, PICTURE + bytes([n]), now_s=NOW + n).file_id for n in range(5)]
    assert store.expire(NOW + 3 * HOUR, 2) == 2
    left = [row.file_id for row in store.of_client(ME, 10, now_s=NOW).assets]
    assert left == ids[:1:-1]
    assert [row.file_id for row in store.oldest(NOW + 4, 10)] == ids[2:4]


def test_nothing_is_left_in_redis_of_a_swept_upload_but_that_it_was_there(store, redis):
    stored = upload(store)
    store.expire(stored.expires_at, 10)
    assert redis.keys("*") == [f"meshkiln:gone:{stored.file_id}"]
    assert 0 < redis.ttl(f"meshkiln:gone:{stored.file_id}") <= 30 * 86_400


def test_list_shows_own_uploads_newest_first_by_pages(store):
    ids = [upload(store, now_s=NOW + n).file_id for n in range(5)]
    upload(store, client=OTHER)
    page = store.of_client(ME, 2, 1, now_s=NOW)
    assert page.total == 5
    assert [row.file_id for row in page.assets] == [ids[3], ids[2]]
    assert store.of_client(ME, 10, 5, now_s=NOW).assets == []
    assert store.of_client("192.0.2.1", 10, now_s=NOW).assets == []


def test_upload_whose_file_was_removed_by_hand_is_gone_and_comes_back_with_the_bytes(store):
    stored = upload(store)
    on_disk(store)[0].unlink()
    with pytest.raises(Gone, match="lost its file"):
        store.asset(stored)
    again = upload(store)
    assert store.asset(again).path == store.asset(stored).path
    assert len(on_disk(store)) == 1


def test_job_keeps_what_it_needs_of_an_upload_that_leaves(store):
    stored = upload(store)
    kept = store.inputs.keep(ME, "0" * 32, {"image": store.asset(stored)})
    assert store.inputs.path(kept["image"]).samefile(on_disk(store)[0])
    assert store.remove(stored.file_id) == 0  # the job has the bytes now
    assert store.inputs.path(kept["image"]).read_bytes() == PICTURE
    assert store.inputs.forget(kept) == len(PICTURE)


# a sweep that meets an upload


def test_upload_survives_a_sweep_between_storing_and_registering(store, monkeypatch):
    old = upload(store)
    put = store.contents.put

    def put_then_sweep(*what: object) -> str:
        name = put(*what)
        assert store.remove(old.file_id) >= 0
        return name

    monkeypatch.setattr(store.contents, "put", put_then_sweep)
    new = upload(store)
    assert store.asset(new).path.read_bytes() == PICTURE
    assert [store.contents.path(new.content)] == on_disk(store)


def test_upload_survives_a_sweep_that_removes_late(store):
    old = upload(store)
    released = store._drop([f"meshkiln:upload:{old.file_id}"], [old.file_id, 60])
    new = upload(store)
    store.contents.remove(released)  # a sweep that was held up between Redis and disk
    assert store.asset(new).path.read_bytes() == PICTURE
    assert [store.contents.path(new.content)] == on_disk(store)


def test_uploads_and_sweeps_at_once_lose_nothing_and_leave_nothing(store, redis, settings):
    """Four clients upload the same bytes while two sweeps remove whatever they find."""
    stop, failures, made = threading.Event(), [], []

    def send() -> None:
        own = AssetStore(redis, settings)
        for _ in range(60):
            stored = upload(own)
            made.append(stored.file_id)
            # A sweep may have taken it again, but then it says so.
            try:
                data = own.asset(own.get(stored.file_id, ME, now_s=NOW)).path.read_bytes()
                if data != PICTURE:
                    failures.append(f"{stored.file_id} has other bytes")
            except (Gone, FileNotFoundError):
                if redis.exists(f"meshkiln:upload:{stored.file_id}"):
                    failures.append(f"{stored.file_id} is registered and its bytes are gone")

    def sweep() -> None:
        own = AssetStore(redis, settings)
        while not stop.is_set():
            own.expire(NOW + 3 * HOUR, 3)
            time.sleep(0.001)

    senders = [threading.Thread(target=send) for _ in range(4)]
    sweeps = [threading.Thread(target=sweep) for _ in range(2)]
    for thread in (*senders, *sweeps):
        thread.start()
    for thread in senders:
        thread.join()
    stop.set()
    for thread in sweeps:
        thread.join()
    assert failures == []
    assert len(set(made)) == 240
    last = upload(store)
    assert store.asset(last).path.read_bytes() == PICTURE
    while store.expire(NOW + 3 * HOUR, 1_000):
        pass
    # An upload that was swept while it was still being made may leave a name; nobody is told of it.
    store.drop_unregistered(time.time() + 60)
    assert on_disk(store) == []


def test_bytes_that_nobody_registered_leave_after_a_while_and_others_stay(store, monkeypatch):
    kept = upload(store)

    def away(*_: object) -> None:
        raise ConnectionError("Redis is away")

    with monkeypatch.context() as patch:
        patch.setattr(store, "_add", away)
        with pytest.raises(ConnectionError):
            upload(store, pictures.OBJ)
    assert len(on_disk(store)) == 2
    store.drop_unregistered(time.time() - 60)
    assert len(on_disk(store)) == 2
    store.drop_unregistered(time.time() + 60)
    assert on_disk(store) == [store.contents.path(kept.content)]


def test_registering_again_after_a_lost_answer_changes_nothing(store, redis):
    stored = upload(store)
    before = redis.hgetall(f"meshkiln:upload:{stored.file_id}")
    assert store._register(stored) == stored.content
    assert redis.hgetall(f"meshkiln:upload:{stored.file_id}") == before
    assert redis.scard(f"meshkiln:content:{stored.sha256}") == 1


def test_member_without_a_record_does_not_name_the_bytes(store, redis):
    stored = upload(store)
    redis.delete(f"meshkiln:upload:{stored.file_id}")
    again = upload(store)
    assert store.asset(again).path.read_bytes() == PICTURE
    assert redis.smembers(f"meshkiln:content:{stored.sha256}") == {again.file_id}
