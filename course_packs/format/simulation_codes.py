"""Diagnostics of job simulations; see `codes`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from course_packs.format.code import Code, error, warning

SIMULATION_CODES: Final[Mapping[str, Code]] = {
    "P400": error(
        ("выражение не годится: {problem}", "исправьте выражение; функции и имена перечислены в документации"),
        ("the expression will not do: {problem}", "correct it; functions and names are listed in the documentation"),
    ),
    "P401": error(
        ("имя {key} не годится или уже занято", "латиница, цифры и подчёркивание; у величин и рычагов имена разные"),
        ("the name {key} does not fit or is taken", "Latin letters, digits, underscores; one name for one thing"),
    ),
    "P402": error(
        ("величины {key} нет{guess}", "менять можно только то, что описано в state"),
        ("there is no quantity {key}{guess}", "only what stands in state can be changed"),
    ),
    "P403": error(
        ("ошибки {value} нет{guess}", "опишите её в mistakes"),
        ("there is no mistake {value}{guess}", "describe it under mistakes"),
    ),
    "P404": error(
        ("{key}: лампа показывает да или нет, остальные приборы — числа", "у лампы start: false, у прочих число"),
        ("{key}: a lamp shows yes or no, other instruments show numbers", "a lamp has start: false, others a number"),
    ),
    "P405": error(
        ("у величины {key} нет единицы", "добавьте unit: «т», «°C», «шт.»; у безразмерной — «доля»"),
        ("{key} has no unit", "add a unit: t, °C, pieces; for a bare ratio write “share”"),
    ),
    "P406": error(
        ("прибору {key} нужны концы шкалы", "добавьте range: [0, 100]"),
        ("instrument {key} needs the ends of its scale", "add range: [0, 100]"),
    ),
    "P407": error(
        ("у рычага {key} шкала не сходится", "min меньше max, step больше нуля, start стоит на делении"),
        ("the scale of control {key} does not add up", "min below max, step above zero, start on a mark"),
    ),
    "P408": error(
        ("переключателю нужны хотя бы две позиции", "перечислите их в options: имя и текст"),
        ("a choice needs at least two options", "list them under options, a name and a text each"),
    ),
    "P409": error(
        ("таблица — это точки [x, y] с растущим x, не меньше двух", "запишите её так: [[0, 10], [5, 14]]"),
        ("a table is points [x, y] with a rising x, two at least", "write it as [[0, 10], [5, 14]]"),
    ),
    "P410": error(
        ("событие {key} никогда не настанет", "скажите, когда: at, when или chance"),
        ("event {key} has no time to come", "say when: at, when or chance"),
    ),
    "P411": error(
        ("у события {key} может не оказаться ни одного ответа", "ответов два или больше, хотя бы один без условия"),
        ("event {key} may be left without a reply", "two replies or more, at least one without a condition"),
    ),
    "P412": error(
        ("в плане {key} нет такого значения: {value}", "возьмите деление шкалы, позицию или ответ события"),
        ("{key} has no such value in a plan: {value}", "take a mark of the scale, an option or a reply"),
    ),
    "P413": error(
        ("в плане неизвестное имя {key}{guess}", "здесь могут стоять рычаги и события"),
        ("unknown name {key} in a plan{guess}", "controls and events may stand here"),
    ),
    "P414": error(
        ("{key} — это два числа, меньшее первым", "запишите так: {key}: [0, 100]"),
        ("{key} is two numbers, the smaller first", "write {key}: [0, 100]"),
    ),
    "P420": error(
        ("нет плана {key}", "напишите три плана: expert, careless, reckless — по ним проверяют подсчёт"),
        ("there is no plan {key}", "write three plans, expert, careless and reckless: they check the scoring"),
    ),
    "P421": error(
        ("план {key} делает то, чего нельзя: {what}", "исправьте план или правила"),
        ("plan {key} does what is not allowed: {what}", "correct the plan or the rules"),
    ),
    "P422": error(
        ("план {key} набирает {value}, а обещано от {low} до {high}", "исправьте правила, цены ошибок или обещание"),
        ("plan {key} scores {value}, promised were {low} to {high}", "mend the rules, the penalties or the promise"),
    ),
    "P423": warning(
        ("достижимость цели {key} не доказана: её нет ни в планах, ни в {count} пробных сменах", "допишите план"),
        ("goal {key} was not shown to be reachable, by plans or {count} trial runs", "add a plan that reaches it"),
    ),
    "P424": warning(
        ("ошибку {key} никто не совершил ни в планах, ни в {count} пробных сменах", "проверьте её условие"),
        ("nobody made mistake {key}, in plans or {count} trial runs", "check its condition"),
    ),
    "P425": warning(
        ("событие {key} не настало ни в планах, ни в {count} пробных сменах", "проверьте его условие"),
        ("event {key} never came, in plans or {count} trial runs", "check its condition"),
    ),
    "P426": warning(
        ("рычаг {key} ни на что не влияет", "используйте его в правилах или уберите"),
        ("control {key} changes nothing", "use it in a rule or remove it"),
    ),
    "P427": warning(
        ("величина {key} никогда не меняется", "меняйте её в правилах или впишите число прямо в выражения"),
        ("{key} never changes", "change it in a rule or write the number into the expressions"),
    ),
}
