"""The id_token of a launch, minted by the independent library ``lti1p3platform``; claims as Moodle sends them."""

from __future__ import annotations

from typing import Any

from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.registration import Registration
from lti1p3platform.request import Request

from .activities import Activity
from .course import (
    COURSE_ID,
    COURSE_LABEL,
    COURSE_TITLE,
    Person,
)
from .settings import CLIENT_ID, DEPLOYMENT_ID, FAMILY, Settings
from .signing_key import SigningKey

ID_TOKEN_SECONDS = 60

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP_LINKING_CLAIM = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
AGS_CLAIM = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
ROLE = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
# The teacher of this small school looks after the LMS as well; Moodle says both of such a person.
ADMINISTRATOR = [
    f"http://purl.imsglobal.org/vocab/lis/v2/{whole}/person#Administrator" for whole in ("institution", "system")
]

AGS_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LINE_ITEM_SCOPE = AGS_SCOPE + "lineitem"
LINE_ITEM_READ_SCOPE = AGS_SCOPE + "lineitem.readonly"
RESULT_SCOPE = AGS_SCOPE + "result.readonly"
SCORE_SCOPE = AGS_SCOPE + "score"
ROSTER_SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
GROUPS_CLAIM = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"
GROUPS_SCOPE = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"
SCOPES = (LINE_ITEM_SCOPE, LINE_ITEM_READ_SCOPE, RESULT_SCOPE, SCORE_SCOPE, ROSTER_SCOPE, GROUPS_SCOPE)


class _PreflightRequest(Request):
    def build_metadata(self, request: Any) -> Any:
        return {"method": "GET", "form_data": {}, "get_data": request, "headers": {}, "path": "/auth", "json": None}


class _Platform(LTI1P3PlatformConfAbstract):
    def init_platform_config(self, **kwargs: Any) -> None:
        self.known = kwargs["registration"]

    def get_registration_by_params(self, **kwargs: Any) -> Registration:
        registration: Registration = self.known
        return registration


class _Launch(LTIAdvantageMessageLaunchAbstract):
    def render_launch_form(self, launch_data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        return launch_data


def registration(
    settings: Settings, key: SigningKey, client_id: str = CLIENT_ID, deployment_id: str = DEPLOYMENT_ID
) -> Registration:
    """A tool as this platform knows it, in the library's words."""
    return (
        Registration()
        .set_iss(settings.issuer)
        .set_client_id(client_id)
        .set_deployment_id(deployment_id)
        .set_oidc_login_url(settings.tool_login_url)
        .set_launch_url(settings.tool_launch_url)
        .set_platform_public_key(key.public_pem)
        .set_platform_private_key(key.private_pem)
    )


def key_set(settings: Settings, key: SigningKey) -> dict[str, Any]:
    """Our public keys as a JWKS document."""
    return {"keys": registration(settings, key).get_jwks()}


def mint(
    settings: Settings,
    key: SigningKey,
    person: Person,
    authentication_request: dict[str, str],
    *,
    activity: Activity | None,
    picking: dict[str, Any] | None,
    launch_url: str,
    line_item_url: str | None,
    target: str,
    language: str,
    client_id: str = CLIENT_ID,
    deployment_id: str = DEPLOYMENT_ID,
) -> dict[str, str]:
    """Sign the launch of ``person`` for an authentication request that was already checked (LTI Security 5.1.1.3).

    ``activity`` is what opens, or None with ``picking``, the settings of a deep linking request.
    ``target`` is ``iframe`` or ``window``; ``line_item_url`` is the activity's only column, None if not just one.
    Returns ``{"id_token": …, "state": …, "launch_url": …}``.
    """
    platform = _Platform(registration=registration(settings, key, client_id, deployment_id))
    launch = _Launch(_PreflightRequest(authentication_request), platform)
    launch.set_id_token_expiration(ID_TOKEN_SECONDS)
    roles = [ROLE + person.role, *(ADMINISTRATOR if person.teaches else [])]
    launch.set_user_data(person.id, roles, full_name=person.name, email_address=person.email)
    launch.set_launch_url(launch_url)
    if activity is not None:
        launch.set_resource_link_claim(activity.link, description=activity.text, title=activity.title)
        launch.set_custom_parameters_claim(activity.custom)
    # Moodle sends the short word, not the URI.
    launch.set_launch_context_claim(COURSE_ID, ["CourseSection"], COURSE_TITLE, COURSE_LABEL)
    launch.set_nrps(memberships_url(settings, deployment_id))
    launch.set_extra_claims(_further_claims(settings, person, line_item_url, target, language))
    if picking is not None:
        # The library knows a deep linking request only with settings of its own, fixed ones.
        launch.set_extra_claims({CLAIM + "message_type": "LtiDeepLinkingRequest", DEEP_LINKING_CLAIM: picking})
    signed: dict[str, str] = launch.lti_launch()
    return signed


def memberships_url(settings: Settings, deployment_id: str = DEPLOYMENT_ID) -> str:
    """Where the course's roster is read (NRPS 2.0)."""
    return f"{settings.issuer}/nrps/CourseSection/{COURSE_ID}/bindings/{deployment_id}/memberships"


def _further_claims(
    settings: Settings, person: Person, line_item_url: str | None, target: str, language: str
) -> dict[str, Any]:
    # The library's own helpers leave these out or know only a part of them.
    endpoint = {
        "scope": [LINE_ITEM_SCOPE, LINE_ITEM_READ_SCOPE, RESULT_SCOPE, SCORE_SCOPE],
        "lineitems": f"{settings.issuer}/ags/{COURSE_ID}/lineitems?type_id=1",
    }
    if line_item_url:
        endpoint["lineitem"] = line_item_url
    return {
        "given_name": person.given_name,
        "family_name": person.family_name,
        "locale": language,
        AGS_CLAIM: endpoint,
        GROUPS_CLAIM: {
            "context_groups_url": f"{settings.issuer}/groups/{COURSE_ID}",
            "context_group_sets_url": f"{settings.issuer}/groups/{COURSE_ID}/sets",
            "scope": [GROUPS_SCOPE],
            "service_versions": ["1.0"],
        },
        CLAIM + "launch_presentation": {
            "locale": language,
            "document_target": target,
            "return_url": f"{settings.issuer}/as/{person.slug}/return?target={target}",
        },
        CLAIM + "tool_platform": {
            "guid": "lyceum-demo-lms",
            "name": "Демо-школа",
            "product_family_code": FAMILY,
            "version": "1",
        },
        CLAIM + "lis": {"person_sourcedid": "", "course_section_sourcedid": ""},
    }
