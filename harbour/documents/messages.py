"""Messages in the reader's language: what leaves the house says what is fit for everybody.

Inside, a notice has the thing's title. Outside stand its number, its public sentence or its
category: titles and words were typed by people, and may name who lives where.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from babel import dates
from flask_babel import get_locale

from harbour.documents import addresses
from harbour.domain.deadlines import SHANGHAI
from harbour.domain.persons import without_persons
from harbour.domain.text import N_, Text
from harbour.forms.base import say
from harbour.forms.proposals import category_name
from harbour.queries.letters import About, Letter, Waiting

DAY, MOMENT = N_("EEE, d MMM"), N_("EEE, d MMM, HH:mm")
PRODUCT = N_("Deliberation Harbour")
MOST_LINES = 15
# A public sentence ends as sentences do; inside another one it must not.
ENDS = "。.；;！! "


@dataclass(frozen=True)
class Written:
    """A message as it is sent; ``link`` leads to the thing itself, or is in the words already."""

    subject: str
    words: str
    link: str


def spoken_day(day: date) -> str:
    """A day with its weekday, in the reader's language."""
    return dates.format_date(day, say(DAY), locale=str(get_locale()))


def sentence(says: str, facts: Mapping[str, Any], number: str, what: str) -> str:
    """A row's sentence with its places filled in; what is not known is a dash."""
    due, at = facts.get("due"), facts.get("at")
    filled = {
        "number": number,
        "what": what.rstrip(ENDS) or say(N_("see there")),
        "due": spoken_day(date.fromisoformat(due)) if due else "—",
        "at": _moment(at) if at else "—",
        "compound": facts.get("compound", ""),
        "lead": facts.get("lead") or "—",
    }
    return say(Text(says, filled))


def _moment(at: str) -> str:
    return dates.format_datetime(
        datetime.fromisoformat(at), say(MOMENT), tzinfo=SHANGHAI, locale=str(get_locale())
    )


def outside(about: About) -> str:
    """What a message may call the thing, wherever it is read."""
    if about.public:
        return without_persons(about.public)
    category = str(about.facts.get("category", ""))
    return category_name(category) if category else ""


def written(letter: Letter, base: str) -> Written:
    """The message of a letter; ``base`` is the address people reach the site by."""
    if letter.about is not None:
        return _one(letter, letter.about, base)
    if letter.day is not None:
        return _digest(letter, letter.day, base)
    words = say(letter.says)
    return Written(f"{say(PRODUCT)}{say(N_(': '))}{words}", words, f"{base}/")


def _one(letter: Letter, about: About, base: str) -> Written:
    first = sentence(about.says, about.facts, about.number, outside(about))
    compound = str(about.facts.get("compound", ""))
    lines = [f"【{compound}】{first}" if letter.channel and compound else first]
    if compound and not letter.channel:
        lines.append(compound)
    reply_on = about.facts.get("reply_on")
    if reply_on:
        on = spoken_day(date.fromisoformat(str(reply_on)))
        lines.append(say(Text(N_("Reply by %(day)s."), {"day": on})))
    link = base + addresses.of_notice(about.kind, about.slug, about.number, about.subject_id)
    return Written(first, "\n".join(lines), link)


def _digest(letter: Letter, day: date, base: str) -> Written:
    lines: list[str] = []
    shown = letter.waiting[:MOST_LINES]
    if shown:
        lines.append(say(Text(N_("What waits for you: %(n)d"), {"n": len(letter.waiting)})))
        for place, one in enumerate(shown, 1):
            lines += [f"{place}. {_waiting(one)}", f"   {base}{addresses.of_entry(one.entry)}"]
    if len(letter.waiting) > len(shown) or letter.more:
        lines.append(say(N_("There is more in your inbox.")))
    if letter.news:
        lines += ["", say(N_("What has happened:"))]
        for about in letter.news:
            to = addresses.of_notice(about.kind, about.slug, about.number, about.subject_id)
            said = sentence(about.says, about.facts, about.number, outside(about))
            lines += [f"· {said}", f"   {base}{to}"]
    lines += ["", say(N_("When and how you are told, you set here:")), f"{base}/me/telling"]
    subject = say(
        Text(N_("%(day)s: %(n)d waiting, %(m)d news"),
             {"day": spoken_day(day), "n": len(letter.waiting), "m": len(letter.news)})
    )  # fmt: skip
    return Written(subject, "\n".join(lines).strip("\n"), f"{base}/inbox")


def _waiting(one: Waiting) -> str:
    entry = one.entry
    said = [say(entry.act)]
    said += [entry.number] if entry.number else []
    what = without_persons(one.public)
    words = " ".join(said) + (f"{say(N_(': '))}{what}" if what else "")
    if entry.until_day is None:
        return f"{words} ({entry.place})" if not what else words
    until = {"day": spoken_day(entry.until_day)}
    due = Text(N_("overdue since %(day)s") if entry.overdue else N_("until %(day)s"), until)
    return f"{words} ({say(due)})"
