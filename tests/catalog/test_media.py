"""What travels with a pack, as a browser asks for it."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.orm import Session

from lti_tool.catalog.releases import publish
from tests.course_packs.format.test_films import MP4, VTT, files
from tests.course_packs.samples import compiled, files_with


def test_a_video_comes_in_parts_and_its_captions_whole(app: Flask, session: Session) -> None:
    pack = compiled(files_with(files("![Плавка](media/melt.mp4)", melt_mp4=MP4, melt_ru_vtt=VTT)))
    release = publish(session, pack)
    assert release is not None
    session.commit()
    client = app.test_client()
    whole = client.get(f"/media/{release.id}/melt.mp4")
    assert (whole.status_code, whole.mimetype, whole.data) == (200, "video/mp4", MP4)
    assert whole.headers["Accept-Ranges"] == "bytes"
    part = client.get(f"/media/{release.id}/melt.mp4", headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.data) == (206, b"ftyp")
    assert part.headers["Content-Range"] == f"bytes 4-7/{len(MP4)}"
    beyond = client.get(f"/media/{release.id}/melt.mp4", headers={"Range": "bytes=900-"})
    assert beyond.status_code == 416
    captions = client.get(f"/media/{release.id}/melt.ru.vtt")
    assert (captions.mimetype, captions.text) == ("text/vtt", VTT)
