"""The environment, read once into a frozen object. Nobody else touches os.environ.

Each field is one variable: MESHKILN_ and the field's name in capitals. A file `meshkiln.env` in the working directory
(or the one MESHKILN_SETTINGS_FILE names) may set the same variables; the environment wins. docs/configuration.md lists
every field; a test compares.
"""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
MIB = 1024 * 1024
LOOPBACK = ("127.0.0.1", "localhost", "::1")
# What a model's process is told: whose it is, for who looks for it, and the ledger of its pretended GPU.
_RUNNERS_OWN = ("MESHKILN_DATA_DIR", "MESHKILN_REHEARSED_GPU", "MESHKILN_CHECKPOINTS_DIR")


# onnxruntime 1.31 brings a part that reports its use to its maker, and keeps a mark of the machine in the home folder.
_SILENT = {"ORT_DISABLE_TELEMETRY": "1"}


class SettingsError(SystemExit):
    """A setting has a bad value. The message names the variable, the value and what is allowed."""


class Settings(BaseSettings):
    """Everything an operator may set."""

    model_config = SettingsConfigDict(env_prefix="MESHKILN_", frozen=True, extra="ignore")

    # server
    host: str = Field("127.0.0.1", description="address to listen on; 0.0.0.0 lets the network in")
    port: int = Field(6006, ge=0, le=65_535, description="port to listen on; 0 takes a free one")
    web_processes: int = Field(
        0, ge=0, le=64, description="web processes; 0 = one per core, at most 4"
    )
    web_threads: int = Field(
        16,
        ge=1,
        le=512,
        description="threads at work in each web process; waiting for slow clients takes none",
    )
    trusted_proxies: int = Field(
        0, ge=0, le=8, description="reverse proxies in front whose X-Forwarded-For counts; 0 = none"
    )
    cors_origins: str = Field(
        "local",
        description='browser origins that may call: "local" (pages served from this machine), "*", "" or a list',
    )
    api_keys_file: Path | None = Field(
        None, description="file of API keys; none = data/api-keys in the data folder"
    )
    share_pages: bool = Field(
        True, description="results can be shown to others by links that no one can guess"
    )
    log_level: str = Field(
        "INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="least severe log line kept"
    )

    # storage
    data_dir: Path = Field(
        ROOT,
        description="holds Redis data (data/), inputs/ and outputs/; the project's own folder by default",
    )
    max_image_mib: int = Field(50, ge=1, description="largest image upload")
    max_mesh_mib: int = Field(200, ge=1, description="largest mesh upload")
    max_image_px: int = Field(4096, ge=16, description="largest side of an image")
    upload_keep_hours: float = Field(
        24, gt=0, description="hours that an uploaded file waits to be used"
    )
    input_roots: str = Field(
        "",
        description="folders whose files *_path may name, between commas; none by default",
    )
    min_free_gib: float = Field(
        1, ge=0, description="GiB of disk that must be free for the server to call itself ready"
    )
    keep_days: float = Field(
        0,
        ge=0,
        description="days that finished jobs and their files are kept; 0 = age removes nothing",
    )
    keep_jobs: int = Field(
        100_000, ge=1, description="finished jobs that are kept, then the oldest leave"
    )
    keep_gib: float = Field(
        50,
        ge=0,
        description="GiB that uploads, inputs and outputs may take, then the oldest jobs leave; 0 = no limit",
    )

    # queue
    redis_url: str | None = Field(
        None,
        validation_alias="REDIS_URL",
        description="Redis to use (variable REDIS_URL); none = an own one is started",
    )
    history_size: int = Field(10, ge=1, description="finished jobs that a client's list shows")
    max_waiting_per_client: int = Field(
        100, ge=1, description="queued jobs that one client may have"
    )
    submits_per_minute: int = Field(
        120,
        ge=0,
        description="jobs that one client may send in a minute, all at once or spread; 0 = no limit",
    )
    max_attempts: int = Field(
        2, ge=1, description="runs of a job whose worker or model process died"
    )

    queue_policy: Literal["fifo", "fair"] = Field(
        "fifo", description="whose turn it is: the oldest job's, or the least served client's"
    )
    fair_window_s: float = Field(
        3_600, gt=0, description="seconds after which a job is never passed over under fair"
    )

    # workers
    start_workers: bool = Field(
        True, description="gunicorn and api.py start this machine's lanes themselves"
    )
    cpu_lanes: int = Field(
        1, ge=0, le=64, description="jobs that run at once on this machine's CPU"
    )
    gpus: str = Field(
        "all", description='GPUs that get a lane: "all", "none", or numbers between commas'
    )
    cuda_visible_devices: str | None = Field(
        None,
        validation_alias="CUDA_VISIBLE_DEVICES",
        description="GPUs that programs may use at all (variable CUDA_VISIBLE_DEVICES); none = all",
    )
    features: str = Field(
        "", description="features that this machine's lanes serve, between commas; none = all"
    )
    drain_s: float = Field(
        10.0, ge=0, description="seconds that a running job gets to end when a worker stops"
    )
    model_fallback: Literal["off", "builtin"] = Field(
        "off", description="what a model that is not here is replaced by: off = refused, or builtin"
    )
    plugin_dir: Path | None = Field(
        None, description="folder with features/ and adapters/ of your own"
    )
    timeouts: str = Field(
        "",
        description="longest run of a model or family in seconds, as name=seconds between commas",
    )
    cancel_grace_s: float = Field(
        2.0,
        ge=0,
        description="seconds that a cancelled run gets to stop before its model is killed",
    )
    shut_in_models: bool = Field(
        True,
        description="the processes of built-in models on the CPU reach no network and no other files",
    )
    environments_dir: Path = Field(
        ROOT / "environments", description="holds the Python environments of model families"
    )
    checkpoints_dir: Path = Field(
        ROOT / "checkpoints", description="holds the weights of model families"
    )
    allow_noncommercial: bool = Field(
        True, description="whether models are offered that may not be used commercially"
    )

    # GPU memory
    keep_alive_s: float = Field(
        900, description="seconds that an unused model stays on a GPU; negative = for ever"
    )
    affinity_window_s: float = Field(
        30,
        ge=0,
        description="seconds by which a job whose model is loaded may go before an older one; 0 = never",
    )
    memory_wait_s: float = Field(
        30,
        ge=0,
        description="seconds that a GPU is kept free for a job that there is no memory for",
    )
    vram_reserve_mib: int = Field(512, ge=0, description="MiB of each GPU that no model is given")
    load_retry_s: float = Field(
        60, gt=0, description="seconds until a model that could not be loaded is tried again"
    )
    rehearsed_gpus: str = Field(
        "",
        description="pretended GPUs to rehearse with: MiB of each between commas, 8x24576 for eight",
    )

    @field_validator("input_roots")
    @classmethod
    def _roots_are_absolute(cls, text: str) -> str:
        for root in _parts(text):
            shown, _, real = root.partition("=")
            if not shown.startswith("/") or not (real or shown).startswith("/"):
                raise ValueError(f"{root} is not an absolute path, nor /shown=/real")
        return text

    @field_validator("gpus")
    @classmethod
    def _gpus_are_numbers(cls, text: str) -> str:
        if text not in ("all", "none") and not re.fullmatch(r"\d+(,\d+)*", text):
            raise ValueError('it is "all", "none" or numbers such as 0,2')
        return text

    @field_validator("timeouts")
    @classmethod
    def _timeouts_are_seconds(cls, text: str) -> str:
        for part in _parts(text):
            name, _, seconds = part.partition("=")
            if not name or not seconds.isdigit() or int(seconds) < 1:
                raise ValueError(f"{part!r} is not a name, =, and whole seconds")
        return text

    @field_validator("rehearsed_gpus")
    @classmethod
    def _rehearsed_gpus_are_sizes(cls, text: str) -> str:
        for part in _parts(text):
            if not re.fullmatch(r"([1-9]\d{0,3}x)?[1-9]\d{0,8}", part):
                raise ValueError(f"{part!r} is no size in MiB, nor a number of GPUs, x, and a size")
        return text

    @property
    def served_features(self) -> frozenset[str]:
        """The features that lanes here serve; none named: all."""
        return frozenset(_parts(self.features))

    @property
    def timeouts_s(self) -> dict[str, int]:
        """Longest runs by model id or family, where the operator set them."""
        rows = (part.partition("=") for part in _parts(self.timeouts))
        return {name: int(seconds) for name, _, seconds in rows}

    @property
    def rehearsed_gpus_mib(self) -> tuple[int, ...]:
        """Sizes of the pretended GPUs."""
        sizes: list[int] = []
        for part in _parts(self.rehearsed_gpus):
            count, _, mib = part.rpartition("x")
            sizes += [int(mib)] * int(count or 1)
        return tuple(sizes)

    @property
    def state_dir(self) -> Path:
        return self.data_dir / "data"

    @property
    def lanes_lock(self) -> Path:
        """Held by the supervisor of this machine's lanes while it lives; other machines may share the folder."""
        return self.state_dir / f"lanes.{_machine()}.lock"

    @property
    def lanes_file(self) -> Path:
        """The supervisor's note of its lanes, for the next one if it is killed."""
        return self.state_dir / f"lanes.{_machine()}.json"

    @property
    def rehearsed_gpus_dir(self) -> Path:
        """Says what of this machine's pretended GPUs is taken."""
        return self.state_dir / f"rehearsed_gpus.{_machine()}"

    @property
    def inputs_dir(self) -> Path:
        return self.data_dir / "inputs"

    @property
    def uploads_dir(self) -> Path:
        return self.data_dir / "uploads"

    @property
    def keys_path(self) -> Path:
        return self.api_keys_file or self.state_dir / "api-keys"

    @property
    def is_exposed(self) -> bool:
        """Whether others than this machine's own programs may reach the server."""
        return bool(self.trusted_proxies) or self.host not in LOOPBACK

    @property
    def outputs_dir(self) -> Path:
        return self.data_dir / "outputs"

    @property
    def plugin_dirs(self) -> tuple[Path, ...]:
        return (self.plugin_dir,) if self.plugin_dir else ()

    @classmethod
    def from_env(cls, **said: Any) -> Settings:
        """Read the settings; `said` on the command line wins. Exits with a sentence for each bad value."""
        named = os.environ.get("MESHKILN_SETTINGS_FILE")  # noqa: TID251 - the one place
        if named and not Path(named).is_file():
            raise SettingsError(
                f"Bad setting: MESHKILN_SETTINGS_FILE is {named!r}: there is no such file"
            )
        file = named or "meshkiln.env"
        try:
            settings = cls(_env_file=file, **said)
        except ValidationError as error:
            lines = [_sentence(row["loc"], row["input"], row["msg"]) for row in error.errors()]
            raise SettingsError("Bad setting: " + "; ".join(lines)) from None
        folders = {
            "data_dir": settings.data_dir,
            "environments_dir": settings.environments_dir,
            "checkpoints_dir": settings.checkpoints_dir,
            "plugin_dir": settings.plugin_dir,
        }
        # Absolute: the processes that inherit these settings work in the project's folder.
        update = {name: path.expanduser().resolve() for name, path in folders.items() if path}
        if settings.api_keys_file:  # not resolved: a mounted secret is renewed by switching a link
            update["api_keys_file"] = Path(os.path.abspath(settings.api_keys_file.expanduser()))
        return settings.model_copy(update=update)

    def child_environment(self, **changes: object) -> dict[str, str]:
        """The whole environment for a process of ours that is to read these settings, with some of them changed."""
        return {**os.environ, **self.model_copy(update=changes).as_environment()}  # noqa: TID251 - handed on whole

    def runner_environment(self) -> dict[str, str]:
        """The environment for a model's process: without our settings, which hold secrets and are no model's affair.

        Names are compared in capitals, since settings are read from either. Libraries that would tell their makers of
        their use are told not to.
        """
        return _SILENT | {
            name: value
            for name, value in os.environ.items()  # noqa: TID251 - handed on, less what is ours
            if name.upper() != "REDIS_URL"
            and (not name.upper().startswith("MESHKILN_") or name in _RUNNERS_OWN)
        }

    def as_environment(self) -> dict[str, str]:
        """The variables that make another process read these same settings."""
        rows = self.model_dump(mode="json", exclude_none=True)
        return {_variable(name): str(value) for name, value in rows.items()}


def _parts(text: str) -> list[str]:
    return [part for part in (part.strip() for part in text.split(",")) if part]


def _machine() -> str:
    """This machine's name, fit for a file name."""
    return re.sub(r"[^A-Za-z0-9.-]", "_", socket.gethostname()) or "unnamed"


def _variable(name: str) -> str:
    """The variable of a field, by the field's name or by its alias."""
    field = Settings.model_fields.get(name)
    alias = field.validation_alias if field else name
    return str(alias or f"MESHKILN_{name.upper()}")


def _sentence(where: tuple[int | str, ...], value: object, complaint: str) -> str:
    variable = _variable(str(where[0]))
    complaint = complaint.removeprefix("Value error, ")
    return f"{variable} is {value!r}: {complaint[0].lower()}{complaint[1:]}"
