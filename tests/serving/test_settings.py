"""The environment, read once: defaults, bad values in words, and what is handed to other processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from serving.settings import ROOT, Settings, SettingsError


def variable(field: str) -> str:
    return "REDIS_URL" if field == "redis_url" else f"MESHKILN_{field.upper()}"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch, tmp_path):
    """No variable of ours, and a working directory without a settings file."""
    for name in list(os.environ):
        if name.startswith("MESHKILN_") or name == "REDIS_URL":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_defaults_serve_this_machine_alone_on_the_documented_port():
    settings = Settings.from_env()
    assert (settings.host, settings.port) == ("127.0.0.1", 6006)
    assert settings.redis_url is None
    assert settings.trusted_proxies == 0
    assert settings.history_size == 10
    assert settings.max_image_mib == 50
    assert settings.max_image_px == 4096
    assert settings.start_workers
    assert settings.data_dir == ROOT


def test_environment_beats_the_file_and_the_file_beats_the_default(monkeypatch, tmp_path):
    (tmp_path / "meshkiln.env").write_text(
        "MESHKILN_PORT=7001\nMESHKILN_HOST=0.0.0.0\n# a remark\nREDIS_URL=redis://elsewhere/1\n"
    )
    monkeypatch.setenv("MESHKILN_PORT", "7002")
    settings = Settings.from_env()
    assert (settings.port, settings.host) == (7002, "0.0.0.0")
    assert settings.redis_url == "redis://elsewhere/1"


def test_settings_file_may_lie_elsewhere(monkeypatch, tmp_path):
    (tmp_path / "my.env").write_text("MESHKILN_PORT=7003\n")
    monkeypatch.setenv("MESHKILN_SETTINGS_FILE", str(tmp_path / "my.env"))
    assert Settings.from_env().port == 7003


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("port", "eighty", "valid integer"),
        ("port", "65536", "less than or equal to 65535"),
        ("port", "-1", "greater than or equal to 0"),
        ("trusted_proxies", "-1", "greater than or equal to 0"),
        ("max_image_mib", "0", "greater than or equal to 1"),
        ("cpu_lanes", "0", "greater than or equal to 1"),
        ("drain_s", "-0.1", "greater than or equal to 0"),
        ("start_workers", "perhaps", "valid boolean"),
        ("log_level", "CHATTY", "DEBUG|INFO|WARNING|ERROR"),
    ],
)
def test_bad_value_is_named_with_its_variable_and_what_is_allowed(monkeypatch, field, value, words):
    monkeypatch.setenv(variable(field), value)
    with pytest.raises(SettingsError) as caught:
        Settings.from_env()
    message = str(caught.value)
    assert f"{variable(field)} is '{value}'" in message
    assert words in message
    assert "\n" not in message


def test_all_bad_values_are_named_at_once(monkeypatch):
    monkeypatch.setenv("MESHKILN_PORT", "x")
    monkeypatch.setenv("MESHKILN_CPU_LANES", "y")
    with pytest.raises(SettingsError, match=r"MESHKILN_PORT.*MESHKILN_CPU_LANES"):
        Settings.from_env()


def test_program_with_a_bad_setting_ends_with_a_sentence_and_no_traceback():
    for program in ("api.py", "web_worker.py", "ai_worker.py", "wsgi.py"):
        ended = subprocess.run(
            [sys.executable, program],
            cwd=ROOT,
            env={**os.environ, "MESHKILN_PORT": "eighty"},
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
        assert ended.returncode == 1
        assert ended.stderr.startswith("Bad setting: MESHKILN_PORT is 'eighty'")
        assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("name", ["data_dir", "plugin_dir"])
def test_folder_is_made_absolute_since_other_processes_work_elsewhere(monkeypatch, tmp_path, name):
    monkeypatch.setenv(variable(name), "somewhere/../here")
    assert getattr(Settings.from_env(), name) == tmp_path / "here"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(variable(name), "~/there")
    assert getattr(Settings.from_env(), name) == tmp_path / "there"


def test_folders_of_data_lie_below_the_data_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("MESHKILN_DATA_DIR", str(tmp_path / "all"))
    settings = Settings.from_env()
    for folder in (settings.inputs_dir, settings.outputs_dir, settings.state_dir):
        assert folder.parent == tmp_path / "all"
    assert not (tmp_path / "all").exists()  # reading settings makes nothing


def test_settings_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        Settings.from_env().port = 1


CHANGES = {
    "host": "::1",
    "port": 7004,
    "data_dir": Path("/elsewhere/with a space"),
    "plugin_dir": Path("/plugins"),
    "redis_url": "redis://:secret@127.0.0.1:1/0",
    "start_workers": False,
    "cors_origins": 'https://a.example, "*"',
    "drain_s": 0.25,
    "trusted_proxies": 2,
}


def test_another_process_reads_the_same_settings(monkeypatch):
    settings = Settings.from_env().model_copy(update=CHANGES)
    for name, value in settings.as_environment().items():
        monkeypatch.setenv(name, value)
    assert Settings.from_env() == settings


def test_child_keeps_the_rest_of_the_environment(monkeypatch):
    monkeypatch.setenv("SOMETHING_ELSE", "kept")
    child = Settings.from_env().child_environment(start_workers=False)
    assert child["SOMETHING_ELSE"] == "kept"
    assert child["MESHKILN_START_WORKERS"] == "False"
    assert child["PATH"] == os.environ["PATH"]


def test_document_lists_every_setting_with_its_default():
    text = (ROOT / "docs" / "configuration.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("|")]
    for name, field in Settings.model_fields.items():
        mine = [row for row in rows if f"`{variable(name)}`" in row]
        assert len(mine) == 1, f"{variable(name)} has {len(mine)} rows in docs/configuration.md"
        assert field.description, name
        if isinstance(field.default, int | float) and not isinstance(field.default, bool):
            assert f"{field.default:g}" in mine[0].replace(",", ""), mine[0]
    listed = {word for row in rows for word in row.split("`") if word.startswith("MESHKILN_")}
    known = {variable(name) for name in Settings.model_fields} | {"MESHKILN_SETTINGS_FILE"}
    assert listed <= known
