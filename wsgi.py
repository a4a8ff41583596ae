"""The WSGI app, for gunicorn -c gunicorn_config.py wsgi:app, whose master provides Redis and the lanes."""

from serving.settings import Settings
from serving.web.app import create_app

app = create_app(Settings.from_env())
