"""The application for a WSGI server, e.g. `gunicorn wsgi:application`."""

import atexit
from contextlib import ExitStack

from config import Config
from webapp.application import create_app
from webapp.database import opened

_open = ExitStack()
atexit.register(_open.close)

application = create_app(_open.enter_context(opened(Config.from_environ())))
