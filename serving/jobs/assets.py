"""Uploaded files that wait to be used: their ids, their owners, when they leave. The bytes lie in storage/content.py.

What a key's holder uploaded is for that key alone; what an address uploaded is for whoever knows its unguessable id.
Ids outlive the web process: they are in Redis. Equal bytes are stored once, however many ids they have.
"""

from __future__ import annotations

import re
import time
from dataclasses import asdict, dataclass, fields, replace
from secrets import token_hex
from typing import Any

from redis import Redis

from pipelines.spec import InputKind
from serving.errors import Gone, NotFound
from serving.jobs.keyspace import PREFIX, scripts
from serving.settings import Settings
from serving.storage.clients import may_use
from serving.storage.content import Contents
from serving.storage.uploads import Asset, Inputs

FILE_ID = re.compile(r"(?:img|mesh)_[0-9a-f]{32}")
_ID_PREFIX = {"image": "img", "mesh": "mesh"}
_HOUR_S = 3600.0
_GONE_IS_KNOWN_S = 30 * 86_400
_UPLOADS = f"{PREFIX}uploads"


@dataclass(frozen=True)
class StoredAsset:
    """An uploaded file. Times are seconds since 1970, UTC; `filename` is what its client called it.

    `content` is the name of its bytes below the uploads folder.
    """

    file_id: str
    client: str
    kind: InputKind
    filename: str
    extension: str
    media_type: str
    size_bytes: int
    sha256: str
    created_at: float
    expires_at: float
    content: str

    @classmethod
    def from_hash(cls, row: dict[str, str]) -> StoredAsset:
        values: dict[str, Any] = {name: kind(row[name]) for name, kind in _KINDS.items()}
        return cls(**values)


@dataclass(frozen=True)
class AssetPage:
    """A part of a client's uploads, newest first, and how many there are in all."""

    assets: list[StoredAsset]
    total: int


class AssetStore:
    """The uploads. One instance per process; safe to use from several threads.

    `inputs` is where an upload comes in: its SHA-256 is counted on the way.
    """

    def __init__(self, redis: Redis, settings: Settings) -> None:
        self.redis = redis
        self.contents = Contents(settings)
        self.inputs = Inputs(settings, hashed=True)
        self._keep_s = settings.upload_keep_hours * _HOUR_S
        known = scripts(redis)
        self._add, self._drop = known["asset_add"], known["asset_drop"]

    def add(
        self, asset: Asset, client: str, filename: str, now_s: float | None = None
    ) -> StoredAsset:
        """Store a file that came in. The caller discards it afterwards: until then its bytes are not lost."""
        now_s = time.time() if now_s is None else now_s
        file_id = f"{_ID_PREFIX[asset.kind]}_{token_hex(16)}"
        sha256 = asset.sha256()
        # A first name for the bytes. Where equal ones are registered, theirs counts; if Redis goes away here, the
        # sweep finds a name that nobody registered.
        put = self.contents.put(asset.path, sha256, asset.extension)
        stored = StoredAsset(
            file_id=file_id,
            client=client,
            kind=asset.kind,
            filename=filename or f"{file_id}.{asset.extension}",
            extension=asset.extension,
            media_type=asset.media_type,
            size_bytes=asset.size_bytes,
            sha256=sha256,
            created_at=now_s,
            expires_at=now_s + self._keep_s,
            content=put,
        )
        content = self._register(stored)
        if content != put:
            # From the registration on, nobody removes that name. It may be missing where files were removed by hand.
            self.contents.restore(asset.path, content)
            self.contents.remove(put)
        return replace(stored, content=content)

    def _register(self, stored: StoredAsset) -> str:
        row = {name: str(value) for name, value in asdict(stored).items() if name != "content"}
        row |= {"created_at": repr(stored.created_at), "expires_at": repr(stored.expires_at)}
        pairs = [part for pair in row.items() for part in pair]
        return str(
            self._add(
                [_upload(stored.file_id), _content(stored.sha256)],
                [stored.file_id, stored.client, repr(stored.expires_at), stored.content, *pairs],
            )
        )

    def get(
        self, file_id: str, caller: str, field: str = "file_id", now_s: float | None = None
    ) -> StoredAsset:
        """An upload that the caller may use. Raises NotFound, or Gone when it was there, naming `field`."""
        unknown = NotFound(f"{field} {file_id:.64} is not an uploaded file here; upload it first")
        if not FILE_ID.fullmatch(file_id):
            raise unknown
        now_s = time.time() if now_s is None else now_s
        row: dict[str, str] = self.redis.hgetall(_upload(file_id))  # type: ignore[assignment]
        owner = row.get("client") or self.redis.get(_gone(file_id))
        if not owner or not may_use(str(owner), caller):
            raise unknown
        if not row or float(row["expires_at"]) <= now_s:
            raise Gone(f"{field} {file_id} was deleted or has expired; upload the file again")
        return StoredAsset.from_hash(row)

    def asset(self, stored: StoredAsset, field: str = "file_id") -> Asset:
        """An upload as the input of a job. Raises Gone when its bytes are not there."""
        path = self.contents.path(stored.content)
        if not path.is_file():
            raise Gone(f"{field} {stored.file_id} has lost its file; upload it again")
        return Asset(
            kind=stored.kind,
            path=path,
            extension=stored.extension,
            media_type=stored.media_type,
            size_bytes=stored.size_bytes,
            known_sha256=stored.sha256,
            name=stored.filename,
        )

    def of_client(
        self, client: str, limit: int, offset: int = 0, now_s: float | None = None
    ) -> AssetPage:
        """A client's own uploads that have not expired, those first that stay longest: the newest."""
        after = f"({time.time() if now_s is None else now_s!r}"
        key = f"{PREFIX}client:{client}:uploads"
        with self.redis.pipeline(transaction=False) as pipe:
            pipe.zcount(key, after, "+inf")
            pipe.zrevrangebyscore(key, "+inf", after, start=offset, num=limit)
            total, file_ids = pipe.execute()
        return AssetPage(self._get_many(file_ids), total)

    def delete(self, file_id: str, caller: str, now_s: float | None = None) -> int:
        """Remove an upload that the caller may use. Bytes freed. Raises NotFound, Gone.

        Jobs that were submitted with it keep what they need.
        """
        return self.remove(self.get(file_id, caller, now_s=now_s).file_id)

    def remove(self, file_id: str) -> int:
        """Remove an upload, whoever has it. Bytes freed: none while another upload or a job has the same bytes."""
        content = self._drop([_upload(file_id)], [file_id, _GONE_IS_KNOWN_S])
        return self.contents.remove(str(content)) if content else 0

    def expire(self, now_s: float, limit: int) -> int:
        """Remove uploads whose time is over. How many."""
        file_ids = self.redis.zrangebyscore(_UPLOADS, "-inf", now_s, start=0, num=limit)
        for file_id in file_ids:
            self.remove(str(file_id))
        return len(file_ids)

    def oldest(self, before_s: float, limit: int) -> list[StoredAsset]:
        """The uploads that came before a time, those first that expire first."""
        file_ids = self.redis.zrange(_UPLOADS, 0, limit - 1)
        return [stored for stored in self._get_many(file_ids) if stored.created_at < before_s]

    def drop_unregistered(self, before_s: float) -> None:
        """Remove stored bytes of no upload: a process died between storing and registering, or Redis was lost."""
        names = self.contents.names(before_s)
        with self.redis.pipeline(transaction=False) as pipe:
            for sha256 in names.values():
                pipe.smembers(_content(sha256))
            members = [file_id for row in pipe.execute() for file_id in row]
        registered = {stored.content for stored in self._get_many(members)}
        for name in names.keys() - registered:
            self.contents.remove(name)

    def _get_many(self, file_ids: list[Any]) -> list[StoredAsset]:
        with self.redis.pipeline(transaction=False) as pipe:
            for file_id in file_ids:
                pipe.hgetall(_upload(str(file_id)))
            return [StoredAsset.from_hash(row) for row in pipe.execute() if row]


def _upload(file_id: str) -> str:
    return f"{PREFIX}upload:{file_id}"


def _content(sha256: str) -> str:
    return f"{PREFIX}content:{sha256}"


def _gone(file_id: str) -> str:
    return f"{PREFIX}gone:{file_id}"


_KINDS: dict[str, Any] = {
    field.name: {"int": int, "float": float}.get(str(field.type), str)
    for field in fields(StoredAsset)
}
