"""Routes that need a key: closed where others may come, until there is one and it is sent."""

from __future__ import annotations

import time

import pytest
from flask import Response, jsonify

from serving.keys import LOOK_S, new_key, remove_key
from serving.settings import Settings
from serving.storage.clients import (
    key_client_name,
)
from serving.web.app import create_app
from serving.web.described import describe
from tests.serving.second_api import NEEDS_KEY


def app_of(tmp_path, **settings):
    """An app that has a route which needs a key and two which do not. Its Redis is away."""
    values = {"data_dir": tmp_path, "redis_url": "redis://127.0.0.1:1/0", **settings}
    app = create_app(Settings(_env_file=None).model_copy(update=values))

    @describe("test", needs_key=True)
    def guarded() -> Response:
        """For key holders."""
        return jsonify(done=True)

    @describe("test")
    def open_to_all() -> Response:
        """For everybody."""
        return jsonify(done=True)

    app.add_url_rule("/api/v1/test/guarded", view_func=guarded, methods=["GET", "DELETE"])
    app.add_url_rule("/api/v1/test/open", view_func=open_to_all)
    return app.test_client()


def test_on_this_machine_alone_nothing_needs_a_key_while_there_are_none(tmp_path):
    client = app_of(tmp_path)
    assert client.get("/api/v1/test/guarded").status_code == 200
    assert client.delete("/api/v1/test/guarded").status_code == 200


@pytest.mark.parametrize(("method", "rule"), sorted(NEEDS_KEY))
def test_documented_routes_are_closed_where_others_may_come(tmp_path, method, rule):
    path = rule.replace("<job_id>", "0" * 32)
    answer = app_of(tmp_path, host="0.0.0.0").open(path, method=method)
    assert answer.status_code == 401
    assert "--new-key" in answer.get_json()["message"]
    assert app_of(tmp_path).open(path, method=method).status_code != 401


def test_view_with_two_paths_is_guarded_on_both(tmp_path):
    client = app_of(tmp_path, host="0.0.0.0")
    view = describe("test", needs_key=True)(lambda: "secret")
    for path in ("/test/one", "/test/other"):
        client.application.add_url_rule(path, "both", view)
    assert [client.get(f"/test/{name}").status_code for name in ("one", "other")] == [401, 401]


@pytest.mark.parametrize("setting", [{"host": "0.0.0.0"}, {"host": "::"}, {"trusted_proxies": 1}])
def test_where_others_may_come_guarded_routes_are_closed_until_there_is_a_key(tmp_path, setting):
    client = app_of(tmp_path, **setting)
    path = tmp_path / "data" / "api-keys"
    for headers in ({}, {"Authorization": "Bearer whatever"}):
        answer = client.get("/api/v1/test/guarded", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert "--new-key" in answer.get_json()["message"]
        assert client.get("/api/v1/test/open", headers=headers).status_code == 200
    right = {"Authorization": f"Bearer {new_key(path, 'a')}"}
    time.sleep(2 * LOOK_S)
    assert client.get("/api/v1/test/guarded", headers=right).status_code == 200
    remove_key(path, "a")
    time.sleep(2 * LOOK_S)
    assert client.get("/api/v1/test/guarded", headers=right).status_code == 401


def test_with_keys_a_guarded_route_asks_for_one_also_on_this_machine(tmp_path):
    token = new_key(tmp_path / "data" / "api-keys", "a")
    client = app_of(tmp_path)
    for send in (client.get, client.head, client.delete):
        assert send("/api/v1/test/guarded").status_code == 401
        wrong = {"Authorization": "Bearer nonsense"}
        assert send("/api/v1/test/guarded", headers=wrong).status_code == 401
        right = {"Authorization": f"Bearer {token}"}
        assert send("/api/v1/test/guarded", headers=right).status_code == 200
    assert "Bearer <key>" in client.get("/api/v1/test/guarded").get_json()["message"]
    assert client.get("/api/v1/test/open").status_code == 200
    assert client.options("/api/v1/test/guarded").status_code == 200


def test_broken_file_closes_guarded_routes_and_leaves_the_others_open(tmp_path):
    token = new_key(tmp_path / "data" / "api-keys", "a")
    (tmp_path / "data" / "api-keys").write_text("oops")
    client = app_of(tmp_path)
    right = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/test/guarded").status_code == 401
    assert client.get("/api/v1/test/guarded", headers=right).status_code == 503
    assert client.get("/api/v1/test/open").status_code == 200


def test_files_of_keys_are_guarded_without_asking_redis(tmp_path):
    token = new_key(tmp_path / "data" / "api-keys", "a")
    folder = tmp_path / "outputs" / key_client_name("a") / ("0" * 32)
    folder.mkdir(parents=True)
    (folder / "output.glb").write_bytes(b"glTF")
    client = app_of(tmp_path)
    path = f"/outputs/{key_client_name('a')}/{'0' * 32}/output.glb"
    right = {"Authorization": f"Bearer {token}"}
    assert client.get("/my_requests", headers=right).status_code == 503  # Redis is away
    assert client.get(path, headers=right).data == b"glTF"
    assert client.get(path).status_code == 404
