"""How gunicorn serves the floor: exactly as it serves the harbour, less its database."""

import runpy
from pathlib import Path

_harbour = runpy.run_path(str(Path(__file__).parent.parent / "gunicorn.conf.py"))
bind, workers, worker_class, threads, keepalive, preload_app, timeout, worker_tmp_dir = (
    _harbour[name]
    for name in (
        "bind", "workers", "worker_class", "threads", "keepalive", "preload_app", "timeout",
        "worker_tmp_dir",
    )
)  # fmt: skip
control_socket_disable = True
