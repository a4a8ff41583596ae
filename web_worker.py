"""The web process alone; the lanes are ai_worker.py's."""

from serving.settings import Settings
from serving.web.launch import become_gunicorn

if __name__ == "__main__":
    become_gunicorn(Settings.from_env(), start_workers=False)
