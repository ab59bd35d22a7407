"""Variables of the platform that we ask for at registration, by the custom parameter they come in (Core §6.1).

A platform that puts a parameter of the registration above one of the link (Moodle does) would spoil a link's own
settings if both had the same name: what the picker writes on a link (:mod:`lti_tool.catalog.terms`) is called
differently.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

DATES: Final[Mapping[str, str]] = {
    "available_start": "$ResourceLink.available.startDateTime",
    "available_end": "$ResourceLink.available.endDateTime",
    "submission_end": "$ResourceLink.submission.endDateTime",
}
