"""Bring the catalogue in step with the source: ``make translations``; ``--check`` only compares.

Files come out the same on every machine and every day: sorted, without places and without dates
of their own, so that two branches meet in git and a stale file shows as a difference.
"""

import argparse
import io
import sys
import tomllib
from collections.abc import Iterable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import cast

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "harbour" / "translations"
LOCALE = "zh_Hans_CN"
TEMPLATE = FOLDER / "messages.pot"
CATALOGUE = FOLDER / LOCALE / "LC_MESSAGES" / "messages.po"
COMPILED = CATALOGUE.with_suffix(".mo")
PROJECT = "Deliberation Harbour"
HEADER = "# Chinese wording of Deliberation Harbour.\n# Terms come from docs/glossary.md."
WIDTH = 100


def main(arguments: list[str] | None = None) -> int:
    """Write the three files, or with ``--check`` say what is wrong and answer 1."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    check = parser.parse_args(arguments).check
    template = extracted()
    catalogue = updated(template)
    faults = list(wanting(catalogue))
    for path, content in printed(template, catalogue).items():
        if path.is_file() and path.read_bytes() == content:
            continue
        if check:
            faults.append(f"{path.relative_to(ROOT)} is stale: run `make translations`.")
        else:
            replace(path, content)
    for fault in faults:
        print(fault)
    return 1 if check and faults else 0


def extracted() -> Catalog:
    """Every message that the source and the templates mark, as the settings map them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    mappings = settings["tool"]["babel"]["mappings"]
    methods = [(mapping["pattern"], mapping["method"]) for mapping in mappings]
    options = {mapping["pattern"]: mapping.get("options", {}) for mapping in mappings}
    catalogue = Catalog(project=PROJECT, header_comment="", charset="utf-8")
    for _, _, message, _, context in extract_from_dir(
        ROOT, methods, options, directory_filter=ours
    ):
        catalogue.add(message, context=context)
    return catalogue


def ours(folder: str) -> bool:
    """Whether a folder can hold marked text: the application's rooms and the templates."""
    path = Path(folder)
    return path.name != "__pycache__" and path.relative_to(ROOT).parts[0] in {
        "harbour",
        "templates",
    }


def updated(template: Catalog) -> Catalog:
    """The Chinese catalogue with exactly the template's messages, its wording kept."""
    if CATALOGUE.is_file():
        with CATALOGUE.open("rb") as source:
            catalogue = read_po(source, locale=LOCALE)
    else:
        catalogue = Catalog(locale=LOCALE, charset="utf-8", fuzzy=False)
    catalogue.project, catalogue.version, catalogue.header_comment = PROJECT, "1", HEADER
    catalogue.language_team = catalogue.last_translator = catalogue.msgid_bugs_address = "-"
    # A guess at a wording is worse than none: what is not translated must be seen.
    # Babel takes over the very message it is given, and the template must stay without wording.
    catalogue.update(deepcopy(template), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    return catalogue


def printed(template: Catalog, catalogue: Catalog) -> dict[Path, bytes]:
    """What each of the three files should hold."""
    pot, po, mo = io.BytesIO(), io.BytesIO(), io.BytesIO()
    write_po(pot, template, width=WIDTH, no_location=True, omit_header=True, sort_output=True)
    write_po(po, catalogue, width=WIDTH, no_location=True, sort_output=True)
    write_mo(mo, catalogue)
    return {TEMPLATE: pot.getvalue(), CATALOGUE: po.getvalue(), COMPILED: mo.getvalue()}


def wanting(catalogue: Catalog) -> Iterator[str]:
    """A sentence for each message without a sound Chinese wording."""
    for message in sorted(_messages(catalogue), key=lambda one: str(one.id)):
        if not all(_wordings(message)):
            yield f"Not translated: {message.id!r}"
        elif message.fuzzy:
            yield f"Marked as uncertain: {message.id!r}"
        else:
            for fault in message.check(catalogue):
                yield f"{message.id!r}: {fault}"


def replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    draft.write_bytes(content)
    draft.replace(path)


def _messages(catalogue: Catalog) -> Iterable[Message]:
    return (message for message in catalogue if message.id)


def _wordings(message: Message) -> tuple[str, ...]:
    if isinstance(message.string, str):
        return (message.string,)
    return tuple(cast("tuple[str, ...]", message.string or ("",)))


if __name__ == "__main__":
    sys.exit(main())
