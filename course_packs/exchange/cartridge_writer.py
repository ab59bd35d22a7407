"""A pack as a Common Cartridge 1.3: an outline with an LTI link for each unit, or one for the whole pack.

https://www.imsglobal.org/cc/ccv1p3/imscc_Implementation-v1p3.html — the cartridge holds no content: the links open the
pack where it lives. The host must know the tool already; it finds it by the launch address.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from xml.sax.saxutils import escape, quoteattr

from course_packs.exchange.leaving import Leaving
from course_packs.exchange.packaging import packed
from course_packs.exchange.report import ExchangeError, Place

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_CC: Final = "http://www.imsglobal.org/xsd/imsccv1p3"
_LTI: Final = "http://www.imsglobal.org/xsd"


def write_cartridge(leaving: Leaving, *, launch_url: str, whole: bool) -> bytes:
    """The cartridge, a ZIP archive. Raises ExchangeError when the launch address is no https address."""
    address = urlsplit(launch_url)
    if address.scheme != "https" or not address.hostname:
        raise ExchangeError("launch-address")
    leaving.tell_languages()
    pack = leaving.pack
    parts: dict[str, bytes] = {}
    items, resources = [], []
    links = [("", leaving.text(pack.title), leaving.text(pack.summary))]
    if not whole:
        links = [(unit.id, leaving.text(unit.title), leaving.text(unit.summary)) for unit in pack.units]
    for unit_id, title, summary in links:
        leaving.report.questions += 1
        leaving.report.carried += 1
        name = unit_id or pack.id
        path = f"links/{name}.xml"
        parts[path] = _link(launch_url, {"pack": pack.id, **({"unit": unit_id} if unit_id else {})}, title, summary)
        items.append(f'<item identifier="i-{name}" identifierref="r-{name}"><title>{escape(title)}</title></item>')
        resources.append(
            f'<resource identifier="r-{name}" type="imsbasiclti_xmlv1p3" href="{path}"><file href="{path}"/></resource>'
        )
    if not whole:
        leaving.report.add("X506", Place(pack.id))
    parts["imsmanifest.xml"] = _manifest(leaving, items, resources).encode()
    return packed(parts)


def _with(launch_url: str, custom: dict[str, str]) -> str:
    """The launch address naming the pack, for hosts that lose custom parameters."""
    address = urlsplit(launch_url)
    query = urlencode({**dict(parse_qsl(address.query)), **custom})
    return urlunsplit((address.scheme, address.netloc, address.path, query, ""))


def _link(launch_url: str, custom: dict[str, str], title: str, summary: str) -> bytes:
    url = escape(_with(launch_url, custom))
    properties = "".join(
        f"<lticm:property name={quoteattr(name)}>{escape(value)}</lticm:property>" for name, value in custom.items()
    )
    return (
        f'{_HEAD}<cartridge_basiclti_link xmlns="{_LTI}/imslticc_v1p3" xmlns:blti="{_LTI}/imsbasiclti_v1p0" '
        f'xmlns:lticm="{_LTI}/imslticm_v1p0" xmlns:lticp="{_LTI}/imslticp_v1p0">'
        f"<blti:title>{escape(title)}</blti:title><blti:description>{escape(summary)}</blti:description>"
        f"<blti:custom>{properties}</blti:custom><blti:secure_launch_url>{url}</blti:secure_launch_url>"
        "<blti:vendor><lticp:code>lyceum-city</lticp:code><lticp:name>Лицей-CITY</lticp:name></blti:vendor>"
        "</cartridge_basiclti_link>\n"
    ).encode()


def _manifest(leaving: Leaving, items: list[str], resources: list[str]) -> str:
    pack = leaving.pack
    title, summary = escape(leaving.text(pack.title)), escape(leaving.text(pack.summary))
    language = leaving.language
    return (
        f'{_HEAD}<manifest xmlns="{_CC}/imscp_v1p1" xmlns:lomm="http://ltsc.ieee.org/xsd/imsccv1p3/LOM/manifest" '
        f'identifier="m-{pack.id}"><metadata><schema>IMS Common Cartridge</schema><schemaversion>1.3.0</schemaversion>'
        f'<lomm:lom><lomm:general><lomm:title><lomm:string language="{language}">{title}</lomm:string></lomm:title>'
        f"<lomm:language>{language}</lomm:language><lomm:description>"
        f'<lomm:string language="{language}">{summary}</lomm:string></lomm:description></lomm:general></lomm:lom>'
        '</metadata><organizations><organization identifier="org" structure="rooted-hierarchy"><item identifier="root">'
        f'<item identifier="i-pack"><title>{title}</title>{"".join(items)}</item></item></organization></organizations>'
        f"<resources>{''.join(resources)}</resources></manifest>\n"
    )
