"""Gunicorn's settings, read from ours, and what its master starts and ends: see serving/web/host.py."""

import os

from serving.settings import Settings
from serving.web.host import Host

_settings = Settings.from_env()
_host = Host(_settings)

bind = (
    f"[{_settings.host}]:{_settings.port}"
    if ":" in _settings.host
    else f"{_settings.host}:{_settings.port}"
)
workers = _settings.web_processes or min(4, os.cpu_count() or 1)
threads = _settings.web_threads
worker_class = "serving.web.gunicorn_worker.PatientThreadWorker"
worker_connections = 2000
keepalive = 15
timeout = 60
graceful_timeout = 10
forwarded_allow_ips = "*" if _settings.trusted_proxies else "127.0.0.1"
loglevel = _settings.log_level.lower()
proc_name = "meshkiln-web"
control_socket_disable = True  # one file per user: a second server on the machine would take it over
umask = 0o022


def on_starting(server):
    """Before any worker is forked."""
    os.environ["REDIS_URL"] = _host.start().redis_url or ""  # noqa: TID251 - the forked workers read it


def when_ready(server):
    """The address is open."""
    server.log.info("Meshkiln answers at %s", ", ".join(str(sock) for sock in server.LISTENERS))


def on_exit(server):
    """After the last worker ended."""
    _host.stop()
