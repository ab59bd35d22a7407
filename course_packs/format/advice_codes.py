"""What the linter advises: codes from P500 on; see `codes` and `docs/authoring/advice.md`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from course_packs.format.code import Code, advice

ADVICE_CODES: Final[Mapping[str, Code]] = {
    "P500": advice(
        (
            "на ответ нечего сказать: у задания нет ни одного отзыва",
            "добавьте feedback: хотя бы wrong — что было не так",
        ),
        ("nothing is said to an answer: the task has no feedback", "add feedback, at least wrong: what went wrong"),
    ),
    "P501": advice(
        (
            "верный вариант вдвое длиннее остальных ({right} знаков против {wrong})",
            "сократите его или удлините неверные",
        ),
        (
            "the right option is far longer than the rest ({right} characters, {wrong})",
            "shorten it or lengthen the others",
        ),
    ),
    "P502": advice(
        ("вариант «{value}» отвечает за остальные", "напишите вместо него настоящий вариант или разрешите несколько"),
        ("option “{value}” speaks for the others", "write a real option instead, or allow several answers"),
    ),
    "P503": advice(
        (
            "неверный вариант выдаёт слово «{value}»: так категорична только ошибка",
            "скажите мягче или уравняйте варианты",
        ),
        ("“{value}” gives a wrong option away: only a mistake is that sure", "say it softer, or level the options"),
    ),
    "P504": advice(
        (
            "слово «{value}» из вопроса есть только в верном варианте",
            "уберите повтор или дайте его и неверным вариантам",
        ),
        (
            "“{value}” of the question stands in the right option only",
            "remove the echo or give it to wrong options too",
        ),
    ),
    "P505": advice(
        ("артикль «{value}» в конце вопроса подходит не всем вариантам", "перенесите артикль в варианты"),
        ("the article “{value}” that ends the question does not fit all options", "move the article into the options"),
    ),
    "P506": advice(
        ("подсказка повторяет вопрос", "подскажите, с чего начать или куда посмотреть"),
        ("the hint repeats the question", "say where to begin or where to look"),
    ),
    "P507": advice(
        ("подсказка называет ответ: «{value}»", "подведите к ответу, не называя его"),
        ("the hint tells the answer: “{value}”", "lead to the answer without naming it"),
    ),
    "P508": advice(
        (
            "все ошибки пакета ({count}) одного рода и тяжести",
            "различите их: что опасно, что дорого, чего просто не знают",
        ),
        (
            "all mistakes of the pack ({count}) are of one kind and severity",
            "tell the dangerous from the merely unknown",
        ),
    ),
    "P509": advice(
        (
            "в пробе не названо ни одной ошибки",
            "добавьте mistake там, где неверный ответ чего-то стоит: это итог пробы",
        ),
        ("the trial names no mistake", "add mistake where a wrong answer costs something: it is a result of the trial"),
    ),
    "P510": advice(
        ("без перевода на {language}: {count}", "переведите или уберите язык из languages"),
        ("without {language} translation: {count}", "translate, or remove the language from languages"),
    ),
    "P511": advice(
        ("у страницы нет перевода на {language}", "положите рядом {name}"),
        ("the page has no {language} translation", "put {name} beside it"),
    ),
    "P512": advice(
        ("на {language} переведено {done} из {total} текстов", "остальное покажут на главном языке"),
        ("{done} of {total} texts are in {language}", "the rest will be shown in the main language"),
    ),
    "P513": advice(
        ("текст для {language} написан кириллицей: «{value}»", "проверьте, тот ли язык"),
        ("a text for {language} is in Cyrillic: “{value}”", "check the language"),
    ),
    "P520": advice(
        (
            "разделу дано {minutes} мин, а на чтение и задания уйдёт около {expected}",
            "поправьте minutes или разделите раздел",
        ),
        (
            "the unit is given {minutes} min, reading and tasks take about {expected}",
            "correct minutes or split the unit",
        ),
    ),
    "P521": advice(
        ("текст трудный для {grade}: лёгкость {score} при желаемых {wanted}", "короче предложения, проще слова"),
        ("hard to read for {grade}: ease {score}, {wanted} is wanted", "shorter sentences, plainer words"),
    ),
    "P522": advice(
        ("предложение из {count} слов: «{value}»", "разделите его: удобно читать до {limit}"),
        ("a sentence of {count} words: “{value}”", "split it: up to {limit} read well"),
    ),
    "P530": advice(
        ("картинка {name} тяжёлая: {size} кБ", "сожмите её: на телефоне каждая сотня кБ — секунда"),
        ("picture {name} is heavy: {size} kB", "compress it: on a phone each 100 kB is a second"),
    ),
    "P531": advice(
        ("картинка {name} шириной {width} точек", "хватит {limit}: страница уже"),
        ("picture {name} is {width} pixels wide", "{limit} will do: the page is narrower"),
    ),
    "P532": advice(
        ("картинки пакета вместе весят {size} кБ", "сожмите самые тяжёлые"),
        ("the pack's pictures weigh {size} kB in all", "compress the heaviest"),
    ),
    "P533": advice(
        ("описание картинки похоже на имя файла: «{value}»", "скажите, что на ней видно"),
        ("the picture's alt text looks like a file name: “{value}”", "say what it shows"),
    ),
    "P540": advice(
        ("по словам ссылки «{value}» не понять, куда она ведёт", "назовите то, что по ней откроется"),
        ("the words of link “{value}” do not tell where it leads", "name what it opens"),
    ),
    "P541": advice(
        ("адрес вместо слов: {value}", "напишите [название](адрес)"),
        ("an address instead of words: {value}", "write [title](address)"),
    ),
    "P542": advice(
        ("ссылка не открылась: {value} ({problem})", "проверьте адрес или замените источник"),
        ("the link did not open: {value} ({problem})", "check the address or replace the source"),
    ),
}
