"""The words of reports and errors: code → (kind, does it stand for a whole question, Russian, English)."""

# ruff: noqa: E501 - one message a line reads best.

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Entry = tuple[Literal["note", "changed", "left_out"], bool, str, str]

ERRORS: Final[Mapping[str, tuple[str, str]]] = {
    "empty": ("файл пуст", "the file is empty"),
    "too-large": ("файл больше {limit} МБ: разделите его", "the file is larger than {limit} MB: split it"),
    "unknown-format": (
        "не понять, что это за файл; назовите вид сами: --format gift, moodle-xml, qti, xlsx или csv",
        "cannot tell what this file is; name it: --format gift, moodle-xml, qti, xlsx or csv",
    ),
    "not-text": ("файл не читается как текст", "the file cannot be read as text"),
    "not-xml": ("это не целый XML: {problem}", "this is no sound XML: {problem}"),
    "entities": (
        "в XML объявлены сущности или внешние файлы: такие файлы не читаем",
        "the XML declares entities or outside files: such files are not read",
    ),
    "too-deep": ("вложенность больше {limit}", "nested deeper than {limit}"),
    "too-many": ("частей в файле больше {limit}: разделите его", "more than {limit} parts in the file: split it"),
    "wrong-root": (
        "ожидали {expected}, а в файле <{found}>",
        "expected {expected}, the file holds <{found}>",
    ),
    "not-zip": ("архив не открывается: {problem}", "the archive cannot be opened: {problem}"),
    "zip-path": ("в архиве небезопасное имя: {name}", "the archive holds an unsafe name: {name}"),
    "zip-link": ("в архиве ссылка вместо файла: {name}", "the archive holds a link instead of a file: {name}"),
    "zip-repeated": ("в архиве два файла с именем {name}", "the archive holds two files named {name}"),
    "zip-encrypted": ("архив закрыт паролем", "the archive is locked with a password"),
    "zip-bomb": (
        "файл {name} распаковывается слишком сильно: похоже на архивную бомбу",
        "{name} unpacks into far too much: this looks like an archive bomb",
    ),
    "no-questions": ("в файле не нашлось ни одного вопроса", "there is no question in the file"),
    "no-columns": (
        "в первой строке таблицы нет столбцов «Вопрос» и «Верный ответ»; образец: --template",
        "the first row lacks the columns “Question” and “Right answer”; see --template",
    ),
    "not-a-workbook": ("в файле нет листа таблицы", "the file holds no sheet"),
    "output-exists": ("папка {name} не пуста: назовите новую", "the folder {name} is not empty: name a new one"),
    "launch-address": (
        "для этого вида нужен адрес запуска: --launch-url https://…",
        "this form needs the launch address: --launch-url https://…",
    ),
}

NOTICES: Final[Mapping[str, Entry]] = {
    # A whole question
    "X101": (
        "left_out", True,
        "вопроса вида «{type}» формат не знает; текст сохранён в примечании",
        "the format has no question of the kind “{type}”; its text is kept as a comment",
    ),
    "X102": (
        "left_out", True,
        "задание не проходит проверку: {problem}; сохранено в примечании",
        "the task does not pass the check: {problem}; kept as a comment",
    ),
    "X103": ("left_out", True, "вопрос не разобран: {problem}", "the question cannot be read: {problem}"),
    "X104": (
        "changed", True,
        "вопрос вида «{type}» проверяет человек: он стал страницей без оценки",
        "a question of the kind “{type}” is marked by people: it became a page without a mark",
    ),
    "X105": ("note", True, "пояснение стало страницей", "a description became a page"),
    "X106": ("left_out", True, "в вопросе нет верного ответа ({problem})", "the question has no right answer ({problem})"),
    # Texts
    "X201": (
        "changed", False,
        "оформление упрощено ({what})",
        "formatting made simpler ({what})",
    ),
    "X202": (
        "left_out", False,
        "не перенесено из текста: {what}",
        "left out of the text: {what}",
    ),
    "X203": (
        "changed", False,
        "у картинки {name} нет описания: допишите, что на ней видно",
        "picture {name} has no alternative text: write what it shows",
    ),
    "X204": ("left_out", False, "картинка {name} не подошла: {problem}", "picture {name} will not do: {problem}"),
    "X205": ("left_out", False, "файла {name} в источнике нет", "file {name} is not in the source"),
    "X206": ("left_out", False, "ссылка {name} осталась текстом", "link {name} stayed as text"),
    "X207": ("changed", False, "текст слишком длинный: обрезан до {limit} знаков", "the text is too long: cut to {limit} characters"),
    # Marking
    "X301": (
        "changed", False,
        "доли баллов за варианты считаются по правилам пакета: {what}",
        "shares of marks follow the rules of packs: {what}",
    ),
    "X302": (
        "changed", False,
        "верных вариантов несколько, а выбрать можно один: оставлен «{what}»",
        "several options are right though one can be chosen: “{what}” was kept",
    ),
    "X303": (
        "changed", False,
        "частичный балл за ответ «{what}» не переносится: ответ стал близкой ошибкой",
        "partial marks for “{what}” cannot be kept: the answer became a near miss",
    ),
    "X304": ("left_out", False, "не перенесён ответ «{what}»: {problem}", "answer “{what}” left out: {problem}"),
    "X305": ("left_out", False, "не перенесены подсказки после пятой: {count}", "hints after the fifth left out: {count}"),
    "X306": ("left_out", False, "не перенесено: {what}", "left out: {what}"),
    "X307": ("changed", False, "единица «{what}» переведена с точностью до 12 знаков", "unit “{what}” kept to 12 digits"),
    "X308": ("changed", False, "баллы {what} заменены на {value}", "{what} marks became {value}"),
    "X309": ("changed", False, "пар больше десяти: это стало раскладкой по ящикам", "more than ten pairs: they became boxes to sort into"),
    # The whole file
    "X401": ("note", False, "имена, метки и номера вопросов остались в источнике", "names, tags and numbers of questions stayed in the source"),
    "X402": ("left_out", False, "архив внутри архива не открываем: {name}", "an archive inside the archive is not opened: {name}"),
    "X403": ("left_out", False, "файл {name} не прочитан: {problem}", "file {name} was not read: {problem}"),
    "X404": ("note", False, "раздел разделён на части по {count} вопросов", "the section was split into parts of {count}"),
    "X405": ("left_out", False, "строка обрезана или лишняя: {what}", "a row is cut short or has too much: {what}"),
    # Export
    "X501": (
        "left_out", True,
        "задания вида «{type}» этот формат не знает",
        "this form has no task of the kind “{type}”",
    ),
    "X502": ("left_out", False, "в этом формате нет места для: {what}", "this form has no place for: {what}"),
    "X503": ("changed", False, "у каждого ученика числа свои; выгружен один набор", "each learner has numbers of their own; one set of them was exported"),
    "X504": ("left_out", True, "страница не вошла: этот формат держит только вопросы", "the page is left out: this form holds questions only"),
    "X505": ("left_out", False, "тексты на других языках ({what}) не вошли: выгрузите их отдельно", "texts in other languages ({what}) are left out: export them apart"),
    "X506": (
        "note", False,
        "ссылка открывает пакет целиком; номер раздела передан в параметре unit",
        "the link opens the whole pack; the unit is named in the parameter “unit”",
    ),
    "X507": ("changed", False, "стало заданием вида «{type}»: ближе ничего нет", "became a task of the kind “{type}”, the nearest there is"),
}  # fmt: skip
