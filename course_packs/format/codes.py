"""Every diagnostic the pack format knows: its code, severity, message and remedy in Russian and English.

The code is a promise (authors search for it, tests name it), the wording is not. P0xx: structure of the folder and the
YAML; P1xx: texts; P2xx: tasks; P3xx: pictures; P4xx: simulations; P5xx: advice. `docs/pack-format.md` and
`docs/authoring` carry the same tables; tests compare them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from course_packs.format.about_codes import ABOUT_CODES
from course_packs.format.advice_codes import ADVICE_CODES
from course_packs.format.code import Code, error, warning
from course_packs.format.film_codes import FILM_CODES
from course_packs.format.formula_codes import FORMULA_CODES
from course_packs.format.judged_codes import JUDGED_CODES
from course_packs.format.part_codes import PART_CODES
from course_packs.format.place_codes import PLACE_CODES
from course_packs.format.played_codes import PLAYED_CODES
from course_packs.format.simulation_codes import SIMULATION_CODES

_STRUCTURE: Final[Mapping[str, Code]] = {
    "P001": error(
        ("нет файла {name}", "создайте этот файл или уберите ссылку на него"),
        ("file {name} is missing", "create the file or remove the reference to it"),
    ),
    "P002": error(
        ("файл не читается как текст UTF-8", "сохраните файл в кодировке UTF-8"),
        ("the file is not UTF-8 text", "save the file as UTF-8"),
    ),
    "P003": error(
        ("файл велик: {size} кБ при пределе {limit} кБ", "уменьшите файл или разделите его"),
        ("the file is too large: {size} kB, the limit is {limit} kB", "make the file smaller or split it"),
    ),
    "P004": error(
        ("YAML не разобран: {problem}", "исправьте строку; текст с «: », «#», «@» или кавычками возьмите в кавычки"),
        ("the YAML cannot be read: {problem}", 'mend the line; put text with ": ", "#", "@" or quotes into quotes'),
    ),
    "P005": error(
        ("отступ сделан табуляцией", "замените табуляцию пробелами: два пробела на уровень"),
        ("a tab is used for indentation", "replace tabs with spaces, two for each level"),
    ),
    "P006": error(
        ("ключ «{key}» повторяется", "оставьте один: при повторе непонятно, какое значение верно"),
        ("key “{key}” is repeated", "keep one: with two it is unclear which value holds"),
    ),
    "P007": error(
        ("здесь якорь, ссылка или тег YAML: {what}", "напишите значение целиком; «&», «*» и «!» в начале — в кавычках"),
        ("a YAML anchor, alias or tag stands here: {what}", "write the value out; quote a leading “&”, “*” or “!”"),
    ),
    "P008": error(
        ("слишком глубокая вложенность", "пакету хватает восьми уровней: проверьте скобки и отступы"),
        ("nested too deeply", "a pack needs eight levels at most: check brackets and indentation"),
    ),
    "P009": error(
        ("неизвестный ключ «{key}»{guess}", "исправьте ключ; здесь бывают: {known}"),
        ("unknown key “{key}”{guess}", "correct the key; known here: {known}"),
    ),
    "P010": error(
        ("нет обязательного ключа «{key}»", "допишите «{key}: …»"),
        ("required key “{key}” is missing", "add “{key}: …”"),
    ),
    "P011": error(
        ("значение «{value}» не подходит{guess}", "выберите одно из: {allowed}"),
        ("value “{value}” does not fit{guess}", "choose one of: {allowed}"),
    ),
    "P012": error(
        ("«{value}» — не число или не в пределах", "нужно {expected}; дробь пишут через точку"),
        ("“{value}” is not a number or is out of range", "expected: {expected}; decimals take a dot"),
    ),
    "P013": error(
        ("имя «{value}» не подходит", "только строчные латинские буквы, цифры и дефис между ними, до 60 знаков"),
        ("name “{value}” does not fit", "lower-case Latin letters and digits joined by hyphens, 60 characters at most"),
    ),
    "P014": error(
        ("версия формата «{value}» не поддерживается", "напишите «format: 1»"),
        ("format version “{value}” is not supported", "write “format: 1”"),
    ),
    "P015": error(
        ("«{value}» — не код языка или он повторяется", "перечислите коды по одному разу, например [ru, en]"),
        ("“{value}” is not a language code or is repeated", "list each code once, for example [ru, en]"),
    ),
    "P016": error(
        ("в списке {count}, а нужно от {low} до {high}", "дополните или сократите список"),
        ("the list has {count} entries, {low} to {high} are needed", "add or remove entries"),
    ),
    "P017": error(
        ("«{value}» встречается второй раз", "каждое имя здесь — один раз; переименуйте или уберите повтор"),
        ("“{value}” appears a second time", "each name may appear once here; rename or remove the repeat"),
    ),
    "P018": error(
        ("нужен набор строк «ключ: значение»", "запишите значения с ключами, каждый ключ с новой строки"),
        ("a mapping “key: value” is needed here", "write the values with keys, one key a line"),
    ),
    "P019": error(
        ("нужен список", "запишите список: каждая строка с дефиса или [всё, в, скобках]"),
        ("a list is needed here", "write a list: a hyphen before each entry, or [all, in, brackets]"),
    ),
    "P020": error(
        ("нужен текст", "напишите текст строкой или по языкам: {{ru: …, en: …}}"),
        ("a text is needed here", "write a string, or one for each language: {{ru: …, en: …}}"),
    ),
    "P021": error(
        ("нужно true или false, а не «{value}»", "напишите true (да) или false (нет)"),
        ("true or false is needed, not “{value}”", "write true or false"),
    ),
    "P022": error(
        ("у шага должно быть одно из двух: read или task", "оставьте «- read: файл.md» или «- task: имя-задания»"),
        ("a step needs exactly one of read and task", "keep “- read: file.md” or “- task: task-id”"),
    ),
    "P023": error(
        ("задания «{value}» нет в tasks.yaml{guess}", "исправьте имя или опишите задание"),
        ("task “{value}” is not in tasks.yaml{guess}", "correct the name or define the task"),
    ),
    "P024": warning(
        ("задание «{value}» не стоит ни на одном шаге", "добавьте шаг «- task: {value}» или уберите задание"),
        ("task “{value}” is used by no step", "add the step “- task: {value}” or remove the task"),
    ),
    "P025": warning(
        ("страница {name} не стоит ни на одном шаге", "добавьте шаг «- read: …» или уберите файл"),
        ("page {name} is used by no step", "add a “- read: …” step or remove the file"),
    ),
    "P026": warning(
        ("раздела «{value}» нет в списке units", "добавьте его в units или уберите папку"),
        ("unit “{value}” is not listed in units", "add it to units or remove the folder"),
    ),
    "P027": warning(
        ("файл {name} пакету не нужен", "проверьте имя и место файла или уберите его"),
        ("file {name} is no part of the pack", "check its name and place, or remove it"),
    ),
    "P028": error(
        ("{name} — ссылка на другое место диска", "положите в папку пакета сам файл"),
        ("{name} is a link to another place", "put the file itself into the pack"),
    ),
    "P029": error(
        ("у всех разделов с заданиями вес 0", "дайте хотя бы одному разделу с заданиями weight больше 0"),
        ("all units with tasks weigh 0", "give at least one unit with tasks a weight above 0"),
    ),
    "P030": warning(
        ("минут у пакета {pack}, а у разделов вместе {units}", "сведите числа: разница не больше 20 %"),
        ("the pack says {pack} minutes, its units add up to {units}", "bring them within 20 % of each other"),
    ),
    "P031": warning(
        ("в пакете нет ни одного задания", "добавьте задание: иначе оценка всегда будет нулём"),
        ("the pack has no task at all", "add a task: otherwise the score is always zero"),
    ),
    "P032": error(
        ("файл пуст", "заполните файл по образцу из docs/pack-format.md или уберите его"),
        ("the file is empty", "fill it after the example in docs/pack-format.md, or remove it"),
    ),
    "P033": error(
        ("«{value}» — не страница раздела", "назовите файл рядом с unit.yaml: строчная латиница, цифры, дефис и .md"),
        ("“{value}” is not a page of the unit", "name a file beside unit.yaml: lower-case Latin, digits, hyphens, .md"),
    ),
    "P034": error(
        ("адрес «{value}» не подходит", "напишите полный адрес, с https:// в начале"),
        ("address “{value}” does not fit", "write the full address, beginning with https://"),
    ),
    "P035": error(
        ("запятая оборвала текст в фигурных скобках, остаток: «{value}»", "возьмите весь текст в кавычки"),
        ("a comma cut the text inside braces short, the rest is “{value}”", "put the whole text into quotes"),
    ),
    "P036": error(
        ("классы «{value}» не подходят", "напишите «8», «7-9» или список [7, 8, 9]; бывают классы с {low} по {high}"),
        ("grades “{value}” do not fit", "write “8”, “7-9” or a list [7, 8, 9]; grades go from {low} to {high}"),
    ),
}

_TEXTS: Final[Mapping[str, Code]] = {
    "P101": error(
        ("нет текста на главном языке ({language})", "добавьте «{language}: …» — он первый в languages"),
        ("no text in the main language ({language})", "add “{language}: …”, the first of languages"),
    ),
    "P102": error(
        ("нет перевода на {language}", "названия и краткие описания нужны на каждом языке из languages"),
        ("no {language} translation", "titles and summaries are needed in every language of languages"),
    ),
    "P103": error(
        ("языка «{language}» нет в списке languages", "добавьте язык в pack.yaml или уберите перевод"),
        ("language “{language}” is not in languages", "add it in pack.yaml or remove the translation"),
    ),
    "P104": error(
        ("текст пуст", "напишите текст или уберите ключ"),
        ("the text is empty", "write the text or remove the key"),
    ),
    "P105": warning(
        ("в названии разметка, её покажут как есть: {value}", "уберите знаки разметки"),
        ("a title carries markup that will be shown as it is: {value}", "remove the markup signs"),
    ),
    "P106": error(
        ("у страницы нет заголовка", "начните файл строкой «# Заголовок»"),
        ("the page has no title", "begin the file with “# Title”"),
    ),
    "P107": error(
        ("второй заголовок «#» на одной странице", "замените на «##» или вынесите в отдельный шаг"),
        ("a second “#” heading on one page", "make it “##” or move it to a step of its own"),
    ),
    "P108": error(
        ("уровень заголовка перескочил с {before} на {after}", "спускайтесь по одному: ##, затем ###, затем ####"),
        ("the heading level jumps from {before} to {after}", "go down one at a time: ##, then ###, then ####"),
    ),
    "P109": error(
        ("у картинки нет описания", "напишите в квадратных скобках, что на ней видно: ![описание](media/…)"),
        ("the picture has no alt text", "say in the square brackets what it shows: ![text](media/…)"),
    ),
    "P110": error(
        ("ссылка «{value}» никуда не ведёт", "ссылайтесь на полный адрес https://…; между шагами ведёт сам плеер"),
        ("link “{value}” leads nowhere", "link to a full https:// address; the player leads from step to step"),
    ),
    "P111": warning(
        ("ссылка без защиты: {value}", "замените http:// на https://, если сайт его понимает"),
        ("unprotected link: {value}", "replace http:// with https:// if the site supports it"),
    ),
    "P112": warning(
        ("на странице {count} слов, а удобно читать до {limit}", "сократите или разделите на два шага"),
        ("the page has {count} words; up to {limit} read well", "shorten it or split it into two steps"),
    ),
    "P113": warning(
        ("тег HTML будет показан как текст: {value}", "возьмите Markdown: **жирный**, *курсив*, списки, таблицы"),
        ("the HTML tag will be shown as text: {value}", "use Markdown: **bold**, *italic*, lists, tables"),
    ),
    "P114": error(
        ("текст длиннее {limit} знаков", "сократите: название — это одна строка"),
        ("the text is longer than {limit} characters", "shorten it: a title is one line"),
    ),
    "P115": error(
        ("неизвестная врезка «::: {value}»", "бывают ::: note, ::: important и ::: example; конец врезки — строка :::"),
        ("unknown box “::: {value}”", "there are ::: note, ::: important and ::: example; a line ::: ends the box"),
    ),
    "P116": error(
        ("под заголовком страницы нет текста", "напишите текст страницы или уберите шаг"),
        ("there is no text below the page's title", "write the page or remove the step"),
    ),
    "P117": error(
        ("формула не разобрана: {value}", "проверьте скобки и команды LaTeX; сам знак доллара пишут \\$"),
        ("the formula cannot be read: {value}", "check braces and LaTeX commands; a dollar sign itself is \\$"),
    ),
}

_TASKS: Final[Mapping[str, Code]] = {
    "P201": error(
        ("верных вариантов {count}, а нужен ровно один", "оставьте один «correct: true» или добавьте «multiple: true»"),
        ("{count} correct options, exactly one is needed", "keep one “correct: true” or add “multiple: true”"),
    ),
    "P202": error(
        ("нет ни одного верного варианта", "отметьте верный: «correct: true»"),
        ("no option is correct", "mark the right one with “correct: true”"),
    ),
    "P203": error(
        ("все варианты верны", "добавьте хотя бы один неверный"),
        ("every option is correct", "add at least one wrong option"),
    ),
    "P204": error(
        ("тот же текст уже стоит выше: «{value}»", "сделайте тексты разными: их не отличить"),
        ("the same text stands above: “{value}”", "make the texts differ: nobody can tell them apart"),
    ),
    "P205": warning(
        ("верный вариант — самый длинный в {count} из {total} заданий", "удлините неверные или сократите верные"),
        ("the right option is the longest in {count} of {total} tasks", "lengthen wrong options or shorten right ones"),
    ),
    "P206": error(
        ("регулярное выражение не разобрано: {problem}", "исправьте выражение или перечислите ответы обычным текстом"),
        ("the regular expression cannot be read: {problem}", "mend it or list the answers as plain text"),
    ),
    "P207": error(
        ("регулярное выражение опасно: {problem}", "упростите: повтор внутри повтора может остановить проверку"),
        ("the regular expression is risky: {problem}", "simplify it: a repeat inside a repeat can halt marking"),
    ),
    "P208": error(
        ("нет текста, за который дают полный балл", "добавьте в accept «text: …» без regex и с fraction 1"),
        ("no plain text earns full marks", "add “text: …” to accept, without regex and with fraction 1"),
    ),
    "P209": error(
        ("этот ответ длиннее max_length ({limit})", "увеличьте max_length или сократите ответ"),
        ("this answer is longer than max_length ({limit})", "raise max_length or shorten the answer"),
    ),
    "P210": error(
        ("допуск записан неверно", "«{{absolute: 0.5}}» или «{{relative: 2%}}»; для ответа 0 — только absolute"),
        ("the tolerance is wrong", "“{{absolute: 0.5}}” or “{{relative: 2%}}”; only absolute for answer 0"),
    ),
    "P211": error(
        ("единицы «{value}» нет в units", "добавьте её в units; unit — единица, в которой записан answer"),
        ("unit “{value}” is not in units", "add it to units; unit is the one the answer is given in"),
    ),
    "P212": error(
        ("эта близкая ошибка совпадает с верным ответом или с другой ошибкой", "измените answer или допуск"),
        ("this near miss covers the right answer or another near miss", "change its answer or tolerance"),
    ),
    "P213": error(
        ("ошибка (mistake) у верного варианта", "перенесите mistake к неверному варианту"),
        ("a mistake is attached to a correct option", "move it to a wrong option"),
    ),
    "P214": warning(
        ("с попытки {number} задание уже ничего не стоит", "уменьшите retry_penalty или tries"),
        ("from try {number} on the task is worth nothing", "lower retry_penalty or tries"),
    ),
    "P215": error(
        ("все пары с одной правой частью и лишних нет", "добавьте другую правую часть или extra"),
        ("all pairs share one right side and there is no extra", "add another right side or extra entries"),
    ),
    "P216": error(
        ("неизвестный тип задания «{value}»{guess}", "известные типы: {allowed}"),
        ("unknown task type “{value}”{guess}", "known types: {allowed}"),
    ),
    "P217": warning(
        ("typos здесь не действует: слова короче пяти букв сверяются точно", "уберите typos или добавьте варианты"),
        ("typos has no effect: words under five letters are compared exactly", "remove typos or add variants"),
    ),
    "P218": warning(
        ("после всех подсказок задание уже ничего не стоит", "уменьшите hint_penalty или число подсказок"),
        ("after all hints the task is worth nothing", "lower hint_penalty or give fewer hints"),
    ),
    "P219": warning(
        ("у задания нет подсказок, и hint_penalty ничего не стоит", "добавьте hint или уберите hint_penalty"),
        ("the task has no hints, so hint_penalty has no effect", "add a hint or remove hint_penalty"),
    ),
}

_PICTURES: Final[Mapping[str, Code]] = {
    "P301": error(
        ("картинки {value} нет в пакете{guess}", "положите файл в media/ или исправьте имя"),
        ("picture {value} is not in the pack{guess}", "put the file into media/ or correct its name"),
    ),
    "P302": error(
        ("содержимое {name} не похоже на его расширение", "сохраните картинку как svg, png, jpg или webp"),
        ("the content of {name} does not match its extension", "save the picture as svg, png, jpg or webp"),
    ),
    "P303": error(
        ("картинка велика: {size} кБ при пределе {limit} кБ", "сожмите её или уменьшите размеры"),
        ("the picture is too large: {size} kB, the limit is {limit} kB", "compress it or reduce its dimensions"),
    ),
    "P304": error(
        ("в SVG небезопасное место: {what}", "удалите его; нужны только фигуры, текст и стили внутри файла"),
        ("the SVG holds something unsafe: {what}", "remove it; only shapes, text and inner styles are needed"),
    ),
    "P305": error(
        ("картинка повреждена или без размеров: {problem}", "сохраните её заново; у SVG укажите viewBox"),
        ("the picture is broken or has no size: {problem}", "save it again; give an SVG a viewBox"),
    ),
    "P306": warning(
        ("картинка {name} нигде не показана", "вставьте её в страницу или уберите файл"),
        ("picture {name} is shown nowhere", "put it on a page or remove the file"),
    ),
    "P307": error(
        ("имя файла {name} не подходит", "строчная латиница, цифры, дефис; svg, png, jpg, webp, mp4, webm, vtt"),
        ("file name {name} does not fit", "lower-case Latin, digits, hyphens; svg, png, jpg, webp, mp4, webm, vtt"),
    ),
    "P308": error(
        ("картинка не из пакета: {value}", "положите её в media/ и сошлитесь так: ![описание](media/имя.png)"),
        ("the picture is not in the pack: {value}", "put it into media/ and refer to it as ![text](media/name.png)"),
    ),
    **FILM_CODES,
}

TYPE_CODES: Final[Mapping[str, Code]] = {
    **PART_CODES,
    **FORMULA_CODES,
    **PLACE_CODES,
    **PLAYED_CODES,
    **JUDGED_CODES,
}
"""Those of single task types; `docs/authoring/tasks.md` lists them."""

CODES: Final[Mapping[str, Code]] = {
    **_STRUCTURE,
    **ABOUT_CODES,
    **_TEXTS,
    **_TASKS,
    **_PICTURES,
    **SIMULATION_CODES,
    **TYPE_CODES,
    **ADVICE_CODES,
}

# The YAML reader speaks English only; these are its most frequent complaints, by a fragment of the original.
YAML_PROBLEMS: Final[tuple[tuple[str, str], ...]] = (
    ("mapping values are not allowed here", "двоеточие с пробелом внутри значения без кавычек"),
    ("that cannot start any token", "с этого знака значение без кавычек начинаться не может"),
    ("could not find expected ':'", "после ключа нет двоеточия"),
    ("expected <block end>", "отступ не совпадает с соседними строками"),
    ("found unexpected end of stream", "не закрыта кавычка"),
    ("while scanning a quoted scalar", "не закрыта кавычка"),
    ("expected ',' or", "не закрыта скобка или пропущена запятая"),
    ("but found another document", "в файле второй документ после «---»"),
    ("found undefined alias", "значение начинается со звёздочки"),
    ("special characters are not allowed", "невидимый служебный знак"),
    ("found unknown escape character", "неизвестная последовательность после обратной косой черты"),
)
