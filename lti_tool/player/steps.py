"""Making the page of one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from course_packs import Step, Task, TaskType, Unit, pick, tasks
from course_packs.tasks.contract import moves_of
from lti_tool.catalog.rendering import pack_html, task_values
from lti_tool.db import new_id
from lti_tool.learning.attempts import Progress, door_of
from lti_tool.learning.errors import RunBroken
from lti_tool.learning.models import Answer, AttemptState
from lti_tool.learning.results import percent
from lti_tool.learning.runs import Run, played_type
from lti_tool.learning.seats import Seat
from lti_tool.learning.terms import Door
from lti_tool.learning.units import step_key
from lti_tool.player.pages import JudgementView, RunView, StepDot, StepPage, TaskView
from lti_tool.player.wording import assessor_label


def find_step(seat: Seat, unit_id: str, step_id: str) -> tuple[Unit, Step]:
    """Return a step of the pack.

    Raises:
        LookupError: there is no such step.
    """
    for unit in seat.pack.units:
        if unit.id == unit_id:
            for step in unit.steps:
                if step.id == step_id:
                    return unit, step
    raise LookupError(f"{unit_id}/{step_id}")


def step_page(
    seat: Seat,
    progress: Progress,
    unit: Unit,
    step: Step,
    *,
    visit_id: UUID,
    language: str,
    task: TaskView | None = None,
    run: Run | None = None,
    again: bool = False,
) -> StepPage:
    """Make the page of a step; ``task`` is given when an answer was just tried, else ``run`` for a task that is played
    (see `task_view`)."""
    order = [(one, step_) for one in seat.pack.units for step_ in one.steps]
    index = order.index((unit, step))
    before = order[index - 1] if index else None
    after = order[index + 1] if index + 1 < len(order) else None

    def address(pair: tuple[Unit, Step]) -> str:
        return url_for("player.step", visit_id=visit_id, unit_id=pair[0].id, step_id=pair[1].id)

    if task is None and step.task is not None:
        task = task_view(seat, progress, step.task, visit_id=visit_id, language=language, run=run, again=again)
    course_url = url_for("player.course", visit_id=visit_id)
    active = seat.attempt is not None and seat.attempt.state == AttemptState.ACTIVE
    end = url_for("player.finish", visit_id=visit_id) if active else course_url
    return StepPage(
        course_title=pick(seat.pack.title, language),
        course_url=course_url,
        unit_number=seat.pack.units.index(unit) + 1,
        unit_count=len(seat.pack.units),
        unit_title=pick(unit.title, language),
        position=unit.steps.index(step) + 1,
        total=len(unit.steps),
        dots=[_dot(progress, unit, one, step, address((unit, one)), language) for one in unit.steps],
        prev_url=address(before) if before else None,
        next_url=address(after) if after else end,
        next_label="finish" if after is None else "next" if after[0] is unit else "unit",
        kind=step.kind,
        title=pick(step.title, language) if step.title else "",
        html=page_html(seat, step.html, language) if step.html else "",
        task=task,
        preview=seat.participation.preview,
    )


def task_view(
    seat: Seat,
    progress: Progress,
    task: Task,
    *,
    visit_id: UUID,
    language: str,
    error: str | None = None,
    form: Mapping[str, Sequence[str]] | None = None,
    run: Run | None = None,
    again: bool = False,
) -> TaskView:
    """Make the view of a task; ``error`` and ``form`` tell of an answer that could not be read.

    ``run`` is given for a task that is played; ``again``: another run is wanted though the last one is over.

    Raises:
        RunBroken: the moves that are stored cannot be played.
    """
    attempt = seat.attempt
    seed = attempt.seed if attempt else 0
    task = tasks.concrete(task, seed)
    kind = tasks.get_type(task.type)
    given = progress.answers.get(task.id, [])
    last = given[-1] if given else None
    over = attempt is None or attempt.state != AttemptState.ACTIVE or door_of(seat) is Door.CLOSED
    closed = progress.is_closed(task) or over
    # Marking is repeatable: what a page says of an answer follows from it and the release, and is not kept twice.
    outcome = tasks.outcome_of(task, last.response, last.judgement) if last is not None else None
    waiting = outcome is not None and outcome.verdict == "pending"
    shown = len(task.hints) if over else progress.hints.get(task.id, 0)
    unit_id, step_id = task.id.split("/")
    where: dict[str, Any] = {"visit_id": visit_id, "unit_id": unit_id, "step_id": step_id}
    played = None
    if run is not None:
        played = run_view(
            task, run, last, closed=closed, again=again, language=language, release_id=release_of(seat), address=where
        )
    return TaskView(
        id=task.id,
        type=task.type,
        prompt=page_html(seat, task.prompt, language),
        view=task_values(kind.view(task, language=language, seed=seed), release_of(seat)),
        response=_shown(kind, task, form, last),
        state="closed" if closed else "open" if last is not None else "new",
        verdict=outcome.verdict if outcome is not None else None,
        feedback=[page_html(seat, text, language) for text in outcome.feedback] if outcome is not None else [],
        parts=outcome.parts if outcome is not None else {},
        solution=task_values(kind.solution(task, language=language), release_of(seat))
        if closed and last is not None and not waiting
        else None,
        points=progress.points(task.id),
        points_possible=task.points,
        tries_used=len(given),
        tries_total=task.tries,
        hints=[page_html(seat, hint, language) for hint in task.hints[:shown]],
        hint_url=url_for("player.hint", **where) if shown < len(task.hints) and not closed else None,
        hint_cost=task.hint_penalty * 100,
        post_url=url_for("player.answer", **where),
        error=error,
        submission_id=new_id().hex,
        run=played,
        judgement=judgement_view(last) if last is not None and not waiting else None,
    )


def judgement_view(answer: Answer) -> JudgementView | None:
    """What people found of an answer; None when nobody has judged it."""
    if answer.judgement is None:
        return None
    return JudgementView(
        levels=answer.judgement["levels"],
        by_label=assessor_label(answer.judgement["by"]),
        comment=answer.judgement["comment"],
    )


def run_view(
    task: Task,
    run: Run,
    last: Answer | None,
    *,
    closed: bool,
    again: bool,
    language: str,
    release_id: UUID | None,
    address: Mapping[str, Any],
) -> RunView:
    """Make the view of a run: of the one under way, else of the last one that is over, else of a new one.

    Raises:
        RunBroken: the moves that are stored cannot be played.
    """
    kind = played_type(task)
    assert kind is not None, "only a task that is played has a run"
    over = last is not None and (closed or not (run.moves or again))
    moves = (moves_of(last.response) or []) if over and last is not None else run.moves
    try:
        scene = kind.scene(task, moves, language=language)
    except tasks.MovesError as error:
        raise RunBroken from error
    return RunView(
        scene=task_values(scene, release_id),
        live=not closed and not over,
        place=run.place,
        percent=percent(last.fraction) if over and last is not None else None,
        again_url=url_for("player.step", **address, again=1) if over and not closed else None,
        broken_off=closed and not over and bool(run.moves),
    )


def _shown(
    kind: TaskType, task: Task, form: Mapping[str, Sequence[str]] | None, last: Answer | None
) -> Mapping[str, Any] | None:
    """What the fields hold: what was typed and could not be read, else the last answer. Nothing typed is lost."""
    typed = kind.draft(task, form) if form is not None else None
    return typed or (last.response if last is not None else None)


def page_html(seat: Seat, text: Mapping[str, str], language: str) -> Markup:
    """Return a text of the pack as HTML; pictures are those of the release the learner is on."""
    return pack_html(text, language, release_of(seat))


def release_of(seat: Seat) -> UUID | None:
    """The release the learner is on: that of the attempt, if there is one."""
    return seat.attempt.release_id if seat.attempt is not None else seat.placement.release_id


def _dot(progress: Progress, unit: Unit, step: Step, here: Step, address: str, language: str) -> StepDot:
    done = step_key(unit, step) in progress.steps
    state = "current" if step is here else "done" if done else "todo"
    if step is not here and step.task is not None and done:
        given = progress.answers.get(step.task.id, [])
        verdict = given[-1].verdict if given else "wrong"
        state = {"correct": "done", "noted": "done", "pending": "waiting"}.get(verdict, "wrong")
    label = pick(step.title, language) if step.title else _("Task %(number)d", number=unit.steps.index(step) + 1)
    return StepDot(url=address, state=state, kind=step.kind, label=label)
