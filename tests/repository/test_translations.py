"""Whatever the interface says, it says in Russian too, and the compiled catalogue is the one that was written."""

from __future__ import annotations

import pytest

from tools import translations


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return translations.extract(tmp_path_factory.mktemp("texts") / "messages.pot")


def test_texts_are_found_in_templates_and_in_code(template) -> None:
    endings = {name.rsplit(".", 1)[-1] for message in template for name, _ in message.locations}
    assert endings == {"html", "py"}


def test_there_is_a_russian_catalogue() -> None:
    assert "ru" in {po.parent.parent.name for po in translations.catalogues()}


@pytest.mark.parametrize("po", translations.catalogues(), ids=lambda po: po.parent.parent.name)
class TestCatalogue:
    def test_every_text_of_the_code_is_known(self, po, template) -> None:
        assert translations.missing(translations.load(po), template) == []

    def test_every_text_is_translated_and_confirmed(self, po) -> None:
        assert translations.untranslated(translations.load(po)) == []

    def test_what_is_compiled_is_what_is_written(self, po) -> None:
        assert not translations.compiled_differs(po)
