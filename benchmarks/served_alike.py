"""How gunicorn serves the floor: exactly as it serves the harbour, less its database."""

import runpy
from pathlib import Path

_harbour = runpy.run_path(str(Path(__file__).parent.parent / "gunicorn.conf.py"))
bind, workers, worker_class, threads, keepalive, preload_app, timeout, worker_tmp_dir, when_ready = (
    _harbour[name]
    for name in (
        "bind", "workers", "worker_class", "threads", "keepalive", "preload_app", "timeout",
        "worker_tmp_dir", "when_ready",
    )
)  # fmt: skip
control_socket_disable = True
