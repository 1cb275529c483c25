"""2,000 equal submits at once make one row and one answer, under real gunicorn.

python -m tests.drills.submitting --times 2000
"""

import argparse
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.drills.serving import Scratch

HANDS = 32


def drill(folder: Path, times: int) -> tuple[Counter[tuple[int, str]], int]:
    """So many equal submits: the different answers, and how many rows stand there."""
    scratch = Scratch(folder)
    scratch.start()

    def submit(_: int) -> tuple[int, str]:
        return scratch.request(
            "POST", "/c/ch/proposals/new", "ch-lin", key="one-and-the-same", title="楼道灯不亮",
            compound="1", category="ENV/楼道保洁", place="3号楼", wanted="换一盏灯",
        )  # fmt: skip

    try:
        with ThreadPoolExecutor(HANDS) as pool:
            answers = Counter(pool.map(submit, range(times)))
    finally:
        scratch.stop()
    return answers, len(scratch.rows("SELECT id FROM proposal"))


def main() -> int:
    """Run the drill; 1 unless there is one row and one answer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=2000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        answers, rows = drill(Path(folder), asked.times)
    for (status, where), number in answers.items():
        print(f"{number:6} × {status} {where}")  # noqa: T201
    print(f"{rows:6} rows")  # noqa: T201
    return int(len(answers) != 1 or rows != 1)


if __name__ == "__main__":
    sys.exit(main())
