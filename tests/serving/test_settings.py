"""The environment, read once: defaults, bad values in words, and what is handed to other processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from serving.settings import ROOT, Settings, SettingsError


def variable(field: str) -> str:
    return str(Settings.model_fields[field].validation_alias or f"MESHKILN_{field.upper()}")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch, tmp_path):
    """No variable of ours, and a working directory without a settings file."""
    for name in list(os.environ):
        if name.startswith("MESHKILN_") or name in ("REDIS_URL", "CUDA_VISIBLE_DEVICES"):
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
        ("cpu_lanes", "-1", "greater than or equal to 0"),
        ("cpu_lanes", "65", "less than or equal to 64"),
        ("gpus", "", '"all", "none" or numbers'),
        ("gpus", "0;2", "numbers such as 0,2"),
        ("gpus", "0,,2", "numbers such as 0,2"),
        ("timeouts", "unirig", "'unirig' is not a name"),
        ("timeouts", "unirig=0", "whole seconds"),
        ("timeouts", "unirig=30,=5", "'=5' is not a name"),
        ("rehearsed_gpus", "24 GiB", "'24 GiB' is no size in MiB"),
        ("rehearsed_gpus", "0x24576", "'0x24576' is no size in MiB"),
        ("queue_policy", "lifo", "'fifo' or 'fair'"),
        ("load_retry_s", "0", "greater than 0"),
        ("vram_reserve_mib", "-1", "greater than or equal to 0"),
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


@pytest.mark.parametrize("name", ["data_dir", "plugin_dir", "environments_dir"])
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
    "cuda_visible_devices": "1,GPU-8f6d",
    "gpus": "0,2",
    "features": "auto_rigging,rehearsal",
    "rehearsed_gpus": "2x24576,49152",
    "timeouts": "unirig=300",
}


def test_another_process_reads_the_same_settings(monkeypatch):
    settings = Settings.from_env().model_copy(update=CHANGES)
    for name, value in settings.as_environment().items():
        monkeypatch.setenv(name, value)
    assert Settings.from_env() == settings


def test_no_gpu_at_all_is_said_to_another_process_too(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    settings = Settings.from_env().model_copy(update={"cuda_visible_devices": ""})
    assert settings.child_environment()["CUDA_VISIBLE_DEVICES"] == ""


def test_what_is_said_on_the_command_line_wins_and_is_checked_alike(monkeypatch):
    monkeypatch.setenv("MESHKILN_GPUS", "none")
    assert Settings.from_env(gpus="0,2", cpu_lanes="3").gpus == "0,2"
    assert Settings.from_env(gpus="0,2", cpu_lanes="3").cpu_lanes == 3
    with pytest.raises(SettingsError, match='MESHKILN_GPUS is \'both\': it is "all", "none"'):
        Settings.from_env(gpus="both")


def test_pretended_gpus_are_counted_out():
    sizes = Settings(_env_file=None, rehearsed_gpus="2x24576, 49152").rehearsed_gpus_mib
    assert sizes == (24576, 24576, 49152)


def test_lists_are_told_apart_at_commas():
    settings = Settings(_env_file=None, features="b, a", timeouts="unirig=300, trellis_image=9")
    assert settings.served_features == {"a", "b"}
    assert settings.timeouts_s == {"unirig": 300, "trellis_image": 9}


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
