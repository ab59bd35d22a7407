"""What people see: the front page, the course, the activity, the gradebook."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from . import activities, course, database, gradebook, journal, runtime, weather
from .course import COURSE_TITLE, RESOURCE_LINK_ID, Person
from .gradebook import Column, Grade
from .texts import LANGUAGES, language, say
from .visitor import enter, leave, visiting
from .wording import MODES, describe

pages = Blueprint("pages", __name__, template_folder="templates", static_folder="static", static_url_path="/static")


@pages.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Up, and the database answers."""
    database.current().execute("SELECT 1")
    return {"status": "ok"}


@pages.get("/")
def front() -> ResponseReturnValue:
    """Choose who you are."""
    return render_template("demo_lms/front.html", people=course.people(database.current()))


@pages.post("/enter")
def choose() -> ResponseReturnValue:
    """Become one of the invented people in this browser."""
    person = course.find_by_slug(database.current(), request.form.get("person", ""))
    if person is None:
        abort(404)
    enter(person)
    return redirect(url_for("pages.course_page", slug=person.slug), 303)


@pages.post("/as/<slug>/leave")
def go(slug: str) -> ResponseReturnValue:
    """Stop being this person."""
    leave(visiting(slug))
    return redirect(url_for("pages.front"), 303)


@pages.get("/language/<code>")
def choose_language(code: str) -> ResponseReturnValue:
    """Switch the language and come back to the page in ``next``, which must be one of ours."""
    if code not in LANGUAGES:
        abort(404)
    session["language"] = code
    following = request.args.get("next", "/")
    parts = urlsplit(following)
    ours = following.startswith("/") and not following.startswith(("//", "/\\")) and not parts.netloc
    return redirect(following if ours else "/", 303)


@pages.get("/as/<slug>/")
def course_page(slug: str) -> ResponseReturnValue:
    """The course with its activities."""
    known = activities.listed(database.current(), runtime.current().settings)
    return render_template("demo_lms/course.html", person=visiting(slug), course=COURSE_TITLE, activities=known)


@pages.get("/as/<slug>/activity")
@pages.get("/as/<slug>/activity/<link>")
def activity(slug: str, link: str | None = None) -> ResponseReturnValue:
    """The page with the tool in an iframe."""
    person = visiting(slug)
    found = activities.find(database.current(), runtime.current().settings, link or RESOURCE_LINK_ID)
    if found is None:
        abort(404)
    if not person.enrolled:
        return render_template("demo_lms/not_enrolled.html", person=person, framed=False), 403
    here = runtime.current()
    return render_template(
        "demo_lms/activity.html",
        person=person,
        activity=found.title,
        link=link,
        tool_origin=here.settings.tool_url,
        storage=here.storage.mode,
    )


@pages.get("/storage-frame")
def storage_frame() -> ResponseReturnValue:
    """The frame beside the tool's: it keeps data, or speaks for the page from an origin that is not the platform's."""
    return render_template("demo_lms/storage_frame.html", mode=runtime.current().storage.mode)


@pages.get("/as/<slug>/return")
def come_back(slug: str) -> ResponseReturnValue:
    """Where ``return_url`` leads: shows what the tool has to say (LTI Core 1.3, 5.4.4)."""
    return render_template(
        "demo_lms/returned.html",
        person=visiting(slug),
        framed=request.args.get("target") == "iframe",
        message=request.args.get("lti_msg", "")[:500],
        problem=request.args.get("lti_errormsg", "")[:500],
    )


@pages.get("/as/<slug>/gradebook")
def gradebook_page(slug: str) -> ResponseReturnValue:
    """All pupils and the teacher's tools for the teacher; a pupil sees their own line."""
    person = visiting(slug)
    return render_template("demo_lms/gradebook.html", **_gradebook(person))


@pages.get("/as/<slug>/gradebook/live")
def live(slug: str) -> ResponseReturnValue:
    """The part of the gradebook that renews itself."""
    answer = Response(render_template("demo_lms/_live.html", **_gradebook(visiting(slug))))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _gradebook(person: Person) -> dict[str, object]:
    connection = database.current()
    columns = gradebook.columns(connection)
    shown = course.learners(connection) if person.teaches else [person]
    tables: list[tuple[Column, list[tuple[Person, Grade | None]]]] = []
    for column in columns:
        grades = gradebook.grades(connection, column)
        tables.append((column, [(pupil, grades.get(pupil.id)) for pupil in shown]))
    return {
        "person": person,
        "tables": tables,
        "has_activity_column": any(column.made_by == "activity" for column in columns),
        "weather": weather.now(connection) if person.teaches else None,
        "modes": {mode: words[0 if language() == "ru" else 1] for mode, words in MODES.items()},
        "entries": journal.latest(connection) if person.teaches else [],
        "tell": lambda entry: describe(entry.event, entry.fields, language()),
    }


def clock_time(moment: float) -> str:
    """Hours, minutes and seconds of a moment (seconds of the epoch); the day too when it was not today."""
    local = datetime.fromtimestamp(moment, UTC).astimezone()
    return local.strftime("%H:%M:%S" if local.date() == datetime.now(UTC).astimezone().date() else "%d.%m %H:%M:%S")


def points(number: float) -> str:
    """A number of points without needless zeros; the decimal comma in Russian."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if language() == "ru" else text


def error_page(status: int, heading: str) -> tuple[str, int]:
    """A page for a failure: what happened, what is safe, what to do."""
    return render_template("demo_lms/error.html", heading=say(heading)), status
