"""Diagnostics of tasks with generated values; see `codes`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from course_packs.format.code import Code, error, warning

FORMULA_CODES: Final[Mapping[str, Code]] = {
    "P240": error(
        ("имя {key} не годится или уже занято", "строчная латиница, цифры и подчёркивание; не имя функции и не answer"),
        (
            "the name {key} does not fit or is taken",
            "lower-case Latin, digits, underscores; no function's name, nor answer",
        ),
    ),
    "P241": error(
        (
            "значения {key} записаны неверно",
            "{{from: 2, to: 8, step: 0.5}} или {{one_of: [2, 4, 5]}}, не больше 10 000",
        ),
        ("the values of {key} are wrong", "{{from: 2, to: 8, step: 0.5}} or {{one_of: [2, 4, 5]}}, 10,000 at most"),
    ),
    "P242": error(
        ("в тексте неизвестное имя {key}{guess}", "опишите его в values или derived; answer бывает только в feedback"),
        ("unknown name {key} in a text{guess}", "put it into values or derived; answer may stand in feedback only"),
    ),
    "P243": error(
        ("при {values} ответа нет: {problem}", "исключите эти значения в where или измените формулу и digits"),
        ("with {values} there is no answer: {problem}", "rule these values out in where, or change formula or digits"),
    ),
    "P244": error(
        ("при {values} эта близкая ошибка совпадает с верным ответом", "исключите такие значения в where"),
        ("with {values} this near miss is the right answer", "rule such values out in where"),
    ),
    "P245": error(
        ("ни один набор значений не подходит под where (проверено {count})", "ослабьте условия"),
        ("no set of values fits where ({count} were tried)", "loosen the conditions"),
    ),
    "P246": warning(
        ("разных заданий всего {count}: соседям достанется одно и то же", "расширьте values или уменьшите шаг"),
        ("only {count} different tasks: neighbours will meet the same", "widen values or make the step smaller"),
    ),
    "P247": warning(
        ("значения {key} нет в условии: ученик его не узнает", "впишите {{{key}}} в prompt или уберите значение"),
        ("the value {key} is not in the prompt: nobody can know it", "write {{{key}}} into the prompt or remove it"),
    ),
}
