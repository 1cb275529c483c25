"""What a server imports: ``wsgi:app``."""

import os

from config import load
from harbour import create_app

app = create_app(load(os.environ))
