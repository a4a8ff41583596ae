"""Gunicorn's settings, read from ours, and what its master starts and ends: see serving/web/host.py."""

import ctypes
import logging
import os
import resource
import sys

from serving.keys import check_keys
from serving.settings import Settings
from serving.web.host import Host

_settings = Settings.from_env()
logging.basicConfig(
    level=_settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s"
)

# A stalled client costs a descriptor, not a thread; the usual soft limit of 1024 would be reached first.
_soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
if _soft != resource.RLIM_INFINITY and _soft < 16_384:
    _wanted = 16_384 if _hard == resource.RLIM_INFINITY else min(16_384, _hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (_wanted, _hard))

# glibc keeps freed memory for each thread apart; with two such pools a web process takes 67 MiB and not 78.
if sys.platform == "linux" and hasattr(_libc := ctypes.CDLL(None), "mallopt"):
    _libc.mallopt(-8, 2)  # M_ARENA_MAX

bind = (
    f"[{_settings.host}]:{_settings.port}"
    if ":" in _settings.host
    else f"{_settings.host}:{_settings.port}"
)
workers = _settings.web_processes or min(4, os.cpu_count() or 1)
threads = _settings.web_threads
worker_class = "serving.web.gunicorn_worker.PatientThreadWorker"
worker_connections = 4000
keepalive = 15
timeout = 60
graceful_timeout = 10
# What proxies say is for serving/web/app.py to believe, by MESHKILN_TRUSTED_PROXIES; gunicorn would any local client.
forwarded_allow_ips = ""
forwarder_headers = ""
loglevel = _settings.log_level.lower()
proc_name = "meshkiln-web"
control_socket_disable = (
    True  # one file per user: a second server on the machine would take it over
)
umask = 0o022


def when_ready(server):
    """The address is ours, no worker is forked yet. The host outlives a reload of this file."""
    check_keys(_settings)
    server.meshkiln_host = Host(_settings)
    os.environ["REDIS_URL"] = server.meshkiln_host.start().redis_url  # noqa: TID251 - the forked workers read it
    server.log.info("Meshkiln answers at %s", ", ".join(str(sock) for sock in server.LISTENERS))


def on_exit(server):
    """After the last worker ended."""
    server.meshkiln_host.stop()
