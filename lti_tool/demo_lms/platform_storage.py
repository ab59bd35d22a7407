"""Platform storage: the page around the tool keeps data for it, or misbehaves on request (LTI Platform Storage 0.1)."""

from __future__ import annotations

from dataclasses import dataclass

OFF = "off"
FRAME = "lti_storage"
# off: nothing is offered, as in Moodle · parent, frame: this page, or a frame beside the tool's, keeps data, and the
# login names it · unnamed: only the capabilities tell · the rest is named at the login and does not work.
MODES = (
    OFF,
    "parent",
    "frame",
    "unnamed",
    "silent",
    "wrong_origin",
    "wrong_id",
    "wrong_subject",
    "refuses",
    "forgets",
)


@dataclass
class Storage:
    """Which of :data:`MODES` the pages follow; forgotten when the LMS ends."""

    mode: str = OFF

    def change(self, mode: str) -> None:
        """Set the mode; raises ValueError for an unknown one."""
        if mode not in MODES:
            raise ValueError(mode)
        self.mode = mode

    @property
    def target(self) -> str | None:
        """``lti_storage_target`` of logins, or None when they name none."""
        if self.mode in (OFF, "unnamed"):
            return None
        return FRAME if self.mode == "frame" else "_parent"
