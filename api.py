"""Everything on one machine, for development: Redis, the lanes, and the web."""

from serving.settings import Settings
from serving.web.launch import become_gunicorn

if __name__ == "__main__":
    settings = Settings.from_env()
    become_gunicorn(settings, start_workers=settings.start_workers)
