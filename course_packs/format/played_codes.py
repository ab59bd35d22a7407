"""Diagnostics of tasks that are played move by move; see `codes`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from course_packs.format.code import Code, error, warning

PLAYED_CODES: Final[Mapping[str, Code]] = {
    "P260": error(
        ("симуляция лежит в файле рядом с tasks.yaml, а {value} так не называется", "пишите так: file: shift.sim.yaml"),
        ("a simulation is a file beside tasks.yaml, {value} is no such name", "write file: shift.sim.yaml"),
    ),
    "P261": warning(
        (
            "пакет есть на языке {language}, а симуляция — нет",
            "добавьте язык в languages симуляции и переведите тексты",
        ),
        ("the pack speaks {language}, the simulation does not", "add it to its languages and translate the texts"),
    ),
    "P262": error(
        ("реплика {key} никуда не ведёт: {value} нет{guess}", "впишите в to имя другой реплики или концовки"),
        ("node {key} leads nowhere: there is no {value}{guess}", "let to name a node or an ending"),
    ),
    "P263": error(
        ("из реплики {key} можно не выйти", "один ответ без условий пусть ведёт к концовке или к реплике ниже в файле"),
        ("one may never get out of node {key}", "let one reply without conditions lead to an ending or a later node"),
    ),
    "P264": warning(
        ("до {key} не добраться", "проверьте, куда ведут ответы и какие у них условия, или уберите лишнее"),
        ("{key} is never reached", "check where replies lead and their conditions, or remove it"),
    ),
    "P265": error(
        ("в разговоре нечего заработать без ошибки", "дайте очки (points) хотя бы одному хорошему ответу"),
        ("nothing can be earned in this talk without a mistake", "give points to a good reply"),
    ),
    "P266": warning(
        ("с ошибками тут можно набрать больше ({value}), чем без них ({best})", "дайте очки другому ответу"),
        ("with mistakes one may earn more here ({value}) than without ({best})", "move the points to another reply"),
    ),
    "P267": error(
        ("условие говорит об ответе {value}, а такого нет{guess}", "назовите его так: реплика.ответ"),
        ("a condition speaks of reply {value}, there is none{guess}", "name it node.reply"),
    ),
    "P268": error(
        ("имя {key} занято", "у каждой реплики и концовки своё имя"),
        ("the name {key} is taken", "each node and each ending has a name of its own"),
    ),
    "P269": error(
        (
            "путей больше {limit}: проверить все нельзя",
            "сделайте разговор короче или уберите часть условий и возвратов",
        ),
        ("more than {limit} ways: they cannot all be checked", "make the talk shorter, with fewer ways back"),
    ),
    "P270": warning(
        (
            "самый длинный путь — {count} ответов, на телефоне это утомит",
            "сократите его до {limit} или разбейте надвое",
        ),
        ("the longest way takes {count} replies, tiring on a phone", "cut it to {limit} or make two tasks of it"),
    ),
    "P271": error(
        ("голоса {value} нет{guess}", "перечислите говорящих в speakers"),
        ("there is no speaker {value}{guess}", "list who speaks under speakers"),
    ),
}
