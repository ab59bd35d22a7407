"""All sample pages of the gallery, by name."""

from __future__ import annotations

from collections.abc import Callable

from tests.web import sample_check, sample_connecting, sample_examples, sample_messages, sample_played, samples
from tests.web.sample_steps import Sample

PAGES: dict[str, Callable[[str], Sample]] = {
    **samples.PAGES,
    **sample_messages.PAGES,
    **sample_connecting.PAGES,
    **sample_check.PAGES,
    **sample_examples.PAGES,
    **sample_played.PAGES,
}
