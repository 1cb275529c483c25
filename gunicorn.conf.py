"""How gunicorn serves ``wsgi:app``: a few processes of a few threads, started from one copy."""

import gc
import os
from pathlib import Path

from config import load

_settings = load(os.environ)

# Loading makes nothing that could be thrown away: the collector would only look through it again
# and again. It begins once the application stands (``when_ready``).
gc.disable()

bind = f"127.0.0.1:{_settings['PORT']}"
workers = _settings["HARBOUR_PROCESSES"]
worker_class = "gthread"
threads = 4
keepalive = 5

# Loaded once and forked: the start is quick and the processes share memory.
preload_app = True

# The application alone believes forwarded headers, and only behind HARBOUR_PROXIES.
forwarded_allow_ips = ""

# A request under way at SIGTERM is finished before the process goes.
graceful_timeout = 30
timeout = 60

# The heartbeat file must not wait for a busy disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108

# Gunicorn's own control socket would live in the home folder, which may be read-only or shared.
control_socket_disable = True


def when_ready(server):  # type: ignore[no-untyped-def]
    """Take what was loaded out of the collector's sight: it would copy shared pages by looking."""
    gc.collect()
    gc.freeze()
    gc.enable()


def post_fork(server, worker):  # type: ignore[no-untyped-def]
    """Give each process its own database connections: one may not be shared across a fork."""
    app = server.app.wsgi()
    with app.app_context():
        for engine in app.extensions["sqlalchemy"].engines.values():
            engine.dispose(close=False)
