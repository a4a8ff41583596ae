"""Everything on one machine, for development: Redis, the lanes, and the web."""

from serving.settings import Settings
from serving.web.launch import become_gunicorn

if __name__ == "__main__":
    become_gunicorn(Settings.from_env(), start_workers=True)
