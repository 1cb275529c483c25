"""The floor: pages of the same size as the harbour's, drawn by Jinja from constants.

``FLOOR_PAGES`` gives name, bytes and rows of each. They are drawn as such pages are: a base, a
navigation, a macro for each row and macros within it; but nothing is asked of any database,
and nobody is signed in.
"""

import json
import os

from flask import Flask, render_template
from jinja2 import DictLoader

BASE = """<!doctype html><html lang="{{ lang }}"><head><meta charset="utf-8"><title>{% block title %}
{% endblock %}</title><link rel="stylesheet" href="{{ sheet }}"></head><body class="{{ kind }}">
<header><nav>{% for one in nav %}<a href="{{ one.href }}"{% if one.current %} aria-current="page"
{% endif %}>{{ one.label }}</a>{% endfor %}</nav><p>{{ reader.name }} {{ reader.role }}</p></header>
<main id="main">{% block content %}{% endblock %}</main></body></html>"""
MACROS = """{% macro light(colour, word) %}<b class="light light-{{ colour }}">{{ word }}</b>
{% endmacro %}{% macro day(on, words) %}<time datetime="{{ on }}">{{ words }}</time>{% endmacro %}
{% macro line(row) %}<li class="row"><a href="{{ row.href }}">{{ row.title }}</a>
<span class="num">{{ row.number }}</span><span>{{ row.place }}</span>{{ day(row.on, row.day) }}
{{ light(row.colour, row.word) }}{% if row.late %}<em>{{ row.late }}</em>{% endif %}%FILL%</li>
{% endmacro %}"""
PAGE = """{% extends "base.html" %}{% from "macros-NAME.html" import line %}{% block title %}
{{ title }}{% endblock %}{% block content %}<h1>{{ title }}</h1><ol>{% for row in rows %}
{{ line(row) }}{% endfor %}</ol>REST{% endblock %}"""
FILLING, REST = '<i class="part">按期办理</i>', "<p>办理情况按日公布</p>"
ROW = {
    "number": "CH01-2026-0031", "title": "9号楼2单元北侧路灯更换灯头", "href": "/tasks/31",
    "place": "春和家园9号楼2单元", "on": "2026-03-12", "day": "2026年3月12日 周四",
    "colour": "green", "word": "按期办理中", "late": "",
}  # fmt: skip
AROUND = {
    "lang": "zh-Hans", "sheet": "/assets/1.css", "kind": "desk", "title": "示例社区的任务",
    "reader": {"name": "赵书记", "role": "社区党委书记"},
    "nav": [{"href": f"/{n}", "label": "任务清单", "current": n == 3} for n in range(7)],
}  # fmt: skip


def create() -> Flask:
    """The floor's application."""
    app = Flask("floor")
    pages: dict[str, tuple[int, int]] = json.loads(os.environ.get("FLOOR_PAGES", "{}"))
    templates = {"base.html": BASE}
    app.jinja_loader = DictLoader(templates)
    for name, (size, rows) in pages.items():
        _write(app, templates, name, size, rows)

    @app.get("/<name>")
    def page(name: str) -> str:
        return render_template(f"{name}.html", rows=[ROW] * pages[name][1], **AROUND)

    @app.get("/")
    def ready() -> str:
        return "ok"

    return app


def _write(app: Flask, templates: dict[str, str], name: str, size: int, rows: int) -> None:
    """Templates that draw about so many bytes in so many rows: four fifths in the rows."""
    fill = rest = 0
    for _ in range(2):
        app.jinja_env.cache.clear()  # type: ignore[union-attr]
        templates[f"macros-{name}.html"] = MACROS.replace("%FILL%", FILLING * fill)
        templates[f"{name}.html"] = PAGE.replace("NAME", name).replace("REST", REST * rest)
        with app.test_request_context():
            drawn = len(render_template(f"{name}.html", rows=[ROW] * rows, **AROUND).encode())
        missing = max(0, size - drawn)
        fill = fill or missing * 4 // 5 // rows // len(FILLING.encode())
        rest = (missing - fill * rows * len(FILLING.encode())) // len(REST.encode())


app = create()
