"""Gunicorn's settings, read from ours, and what its master starts and ends: see serving/web/host.py."""

import os

from serving.settings import Settings
from serving.web.host import Host

_settings = Settings.from_env()

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


def when_ready(server):
    """The address is ours, no worker is forked yet. The host outlives a reload of this file."""
    server.meshkiln_host = Host(_settings)
    os.environ["REDIS_URL"] = server.meshkiln_host.start().redis_url  # noqa: TID251 - the forked workers read it
    server.log.info("Meshkiln answers at %s", ", ".join(str(sock) for sock in server.LISTENERS))


def on_exit(server):
    """After the last worker ended."""
    server.meshkiln_host.stop()
