"""A bare Flask and SQLAlchemy application on the same database: what a list costs at least."""

import os

from flask import Flask, render_template_string
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, String, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

PAGE = """<!doctype html><html lang="zh-Hans"><title>任务</title><ol>{% for one in tasks %}
<li>{{ one.number }} {{ one.title }} {{ one.place }} {{ one.due_at }}</li>{% endfor %}</ol></html>"""


class Model(DeclarativeBase):
    """The base."""


class Task(Model):
    """A task, as far as a list shows it."""

    __tablename__ = "task"
    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int]
    is_open: Mapped[bool]
    number: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(String(200))
    due_at: Mapped[object] = mapped_column(DateTime)


db = SQLAlchemy(model_class=Model, disable_autonaming=True)
app = Flask("bare")
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ.get("BARE_DATABASE", "sqlite://")
db.init_app(app)


@app.get("/")
def listing() -> str:
    """The fifty open tasks due first."""
    found = (
        select(Task)
        .where(Task.community_id == 1, Task.is_open.is_(True))
        .order_by(Task.due_at, Task.id)
        .limit(50)
    )
    return render_template_string(PAGE, tasks=db.session.scalars(found).all())
