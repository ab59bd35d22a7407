"""Small sound files of questions in every form that is read: our own words, not taken from any test suite."""

from __future__ import annotations

import base64
import zipfile
from io import BytesIO
from typing import Final

from course_packs.exchange import question_table

PIXEL: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

GIFT: Final = r"""
// a comment
$CATEGORY: $course$/top/Плавка

::Кто::Кто открывает смену? {
  =Мастер # Да.
  ~Крановщик # Он ждёт команды.
  ~Диспетчер
  ####Смену открывает мастер.
}

::Одежда::Что надеть у печи? {
  ~%50%Каска
  ~%50%Щиток
  ~%-50%Шарф

  ~%-50%Галстук
}

::Ковш::[html]Как называется <b>ковш</b> для чугуна? {=чугуновоз =%50%ковш#Точнее! =%0%*#Нет.}

::Слиток::Сколько весит слиток? {#25:0.5}

::Слиток 2::Сколько весит слиток? {#=20..30#Да =%50%40:1#Почти}

::Плавится::Сталь плавится при 100 °C.{FALSE#Подумайте.#Верно!}

$CATEGORY: Порядок

::Пары::Что от чего бережёт? {
  =Щиток -> брызги
  =Рукавицы -> жар
  = -> шум
}

::Смена::Что за чем? {>3 ALL VERTICAL
Осмотр
Пуск
Плавка
}

Прочтите правила цеха.

::Сочинение::Опишите смену. {}

Скобки \{и\} знаки \= \~ \# \: {=да\=да ~нет}

Выпуск стали начинает {=сталевар ~сторож} по команде.
"""

MOODLE: Final = f"""<?xml version="1.0" encoding="UTF-8"?>
<quiz>
  <question type="category"><category><text>$course$/top/Цех</text></category></question>
  <question type="multichoice">
    <name><text>Кто</text></name>
    <questiontext format="html">
      <text><![CDATA[<p>Кто это? <img src="@@PLUGINFILE@@/who.png" alt="Мастер у печи"></p>]]></text>
      <file name="who.png" encoding="base64">{base64.b64encode(PIXEL).decode()}</file>
    </questiontext>
    <generalfeedback format="html"><text>Смену открывает мастер.</text></generalfeedback>
    <defaultgrade>2.0000000</defaultgrade>
    <penalty>0.3333333</penalty>
    <single>true</single>
    <shuffleanswers>0</shuffleanswers>
    <correctfeedback format="html"><text>Да.</text></correctfeedback>
    <incorrectfeedback format="html"><text>Нет.</text></incorrectfeedback>
    <answer fraction="100" format="html"><text>Мастер</text><feedback><text></text></feedback></answer>
    <answer fraction="0" format="html"><text>Сторож</text><feedback><text>Он у ворот.</text></feedback></answer>
    <hint format="html"><text>Посмотрите на каску.</text></hint>
    <hint format="html"><text>Белая каска.</text></hint>
  </question>
  <question type="truefalse">
    <name><text>Плавится</text></name>
    <questiontext format="html"><text>Сталь плавится при 100 °C.</text></questiontext>
    <answer fraction="0"><text>true</text><feedback><text>Подумайте.</text></feedback></answer>
    <answer fraction="100"><text>false</text><feedback><text>Верно!</text></feedback></answer>
  </question>
  <question type="shortanswer">
    <name><text>Ковш</text></name>
    <questiontext format="markdown"><text>Как называется **ковш** для чугуна?</text></questiontext>
    <usecase>0</usecase>
    <answer fraction="100"><text>чугуновоз</text></answer>
    <answer fraction="50"><text>ковш*</text><feedback><text>Точнее!</text></feedback></answer>
    <answer fraction="0"><text>*</text><feedback><text>Нет.</text></feedback></answer>
  </question>
  <question type="numerical">
    <name><text>Слиток</text></name>
    <questiontext format="plain_text"><text>Сколько весит слиток?</text></questiontext>
    <answer fraction="100"><text>25</text><tolerance>0.5</tolerance></answer>
    <answer fraction="0"><text>2.5</text><feedback><text>Потерян ноль.</text></feedback></answer>
    <units>
      <unit><multiplier>1</multiplier><unit_name>т</unit_name></unit>
      <unit><multiplier>1000</multiplier><unit_name>кг</unit_name></unit>
    </units>
  </question>
  <question type="matching">
    <name><text>Пары</text></name>
    <questiontext format="html"><text>Что от чего бережёт?</text></questiontext>
    <subquestion format="html"><text>Щиток</text><answer><text>брызги</text></answer></subquestion>
    <subquestion format="html"><text>Рукавицы</text><answer><text>жар</text></answer></subquestion>
    <subquestion format="html"><text></text><answer><text>шум</text></answer></subquestion>
  </question>
  <question type="ordering">
    <name><text>Смена</text></name>
    <questiontext format="html"><text>Что за чем?</text></questiontext>
    <answer fraction="2.0"><text>Пуск</text></answer>
    <answer fraction="1.0"><text>Осмотр</text></answer>
    <answer fraction="3.0"><text>Плавка</text></answer>
  </question>
  <question type="description">
    <name><text>Правила</text></name>
    <questiontext format="html"><text>&lt;p&gt;Прочтите правила цеха.&lt;/p&gt;</text></questiontext>
  </question>
  <question type="essay">
    <name><text>Сочинение</text></name>
    <questiontext format="html"><text>Опишите смену.</text></questiontext>
  </question>
  <question type="ddmarker">
    <name><text>Карта</text></name>
    <questiontext format="html"><text>Где печь?</text></questiontext>
  </question>
</quiz>
"""

CHOICE_2: Final = """<?xml version="1.0" encoding="UTF-8"?>
<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="who" title="Кто открывает смену">
  <responseDeclaration identifier="R" cardinality="single" baseType="identifier">
    <correctResponse><value>A</value></correctResponse>
  </responseDeclaration>
  <outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float" normalMaximum="3"/>
  <itemBody>
    <p>Утро, <img src="img/who.png" alt="мастер у печи"/>.</p>
    <choiceInteraction responseIdentifier="R" shuffle="true" maxChoices="1">
      <prompt>Кто открывает смену?</prompt>
      <simpleChoice identifier="A">Мастер</simpleChoice>
      <simpleChoice identifier="B">Сторож<feedbackInline outcomeIdentifier="F" identifier="B" showHide="show">Он у
        ворот.</feedbackInline></simpleChoice>
    </choiceInteraction>
  </itemBody>
  <responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>
  <modalFeedback outcomeIdentifier="F" identifier="correct" showHide="show">Да.</modalFeedback>
</assessmentItem>
"""

ORDER_3: Final = """<?xml version="1.0" encoding="UTF-8"?>
<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="order" title="Смена">
  <qti-response-declaration identifier="R" cardinality="ordered" base-type="identifier">
    <qti-correct-response>
      <qti-value>B</qti-value><qti-value>A</qti-value><qti-value>C</qti-value>
    </qti-correct-response>
  </qti-response-declaration>
  <qti-item-body>
    <qti-order-interaction response-identifier="R">
      <qti-prompt>Что за чем?</qti-prompt>
      <qti-simple-choice identifier="A">Пуск</qti-simple-choice>
      <qti-simple-choice identifier="B">Осмотр</qti-simple-choice>
      <qti-simple-choice identifier="C">Плавка</qti-simple-choice>
    </qti-order-interaction>
  </qti-item-body>
</qti-assessment-item>
"""

NUMBER_3: Final = """<?xml version="1.0" encoding="UTF-8"?>
<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="mass" title="Слиток">
  <qti-response-declaration identifier="R" cardinality="single" base-type="float">
    <qti-correct-response><qti-value>25</qti-value></qti-correct-response>
  </qti-response-declaration>
  <qti-item-body><p>Слиток весит <qti-text-entry-interaction response-identifier="R"/> т.</p></qti-item-body>
  <qti-response-processing><qti-response-condition><qti-response-if>
    <qti-equal tolerance-mode="absolute" tolerance="0.5 0.5">
      <qti-variable identifier="R"/><qti-correct identifier="R"/>
    </qti-equal>
    <qti-set-outcome-value identifier="SCORE"><qti-base-value base-type="float">1</qti-base-value>
    </qti-set-outcome-value>
  </qti-response-if></qti-response-condition></qti-response-processing>
</qti-assessment-item>
"""

MANIFEST: Final = """<?xml version="1.0" encoding="UTF-8"?>
<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="M"><resources>
  <resource identifier="r1" type="imsqti_item_xmlv2p1" href="items/who.xml"/>
  <resource identifier="r2" type="imsqti_item_xmlv3p0" href="items/order.xml"/>
  <resource identifier="r3" type="imsqti_item_xmlv3p0" href="items/mass.xml"/>
</resources></manifest>
"""

CSV: Final = """Вопрос;Верный ответ;Неверный ответ 1;Неверный ответ 2;Баллы;Подсказка
Кто открывает смену?;Мастер;Сторож;Крановщик;2;Посмотрите на каску
Сколько весит слиток?;25;;;1;
"Как называется ""ковш""?";чугуновоз;;;;
Сталь плавится при 100 °C.;неверно;;;;
"""


def archive(files: dict[str, str | bytes]) -> bytes:
    """A ZIP of these files."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def package() -> bytes:
    """A QTI package of three items and a picture."""
    return archive(
        {
            "imsmanifest.xml": MANIFEST,
            "items/who.xml": CHOICE_2,
            "items/order.xml": ORDER_3,
            "items/mass.xml": NUMBER_3,
            "items/img/who.png": PIXEL,
        }
    )


ALL: Final[dict[str, bytes]] = {
    "цех.gift": GIFT.encode(),
    "shop.xml": MOODLE.encode(),
    "item.xml": CHOICE_2.encode(),
    "items.zip": package(),
    "table.xlsx": question_table(),
    "table.csv": CSV.encode("cp1251"),
}
