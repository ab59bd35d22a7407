"""The first half of the way in: third-party initiated login (Security Framework §5.1.1).

``/lti/login`` stores the login and sets a cookie; ``/lti/login/continue`` looks whether the cookie came back, *before*
the platform is asked, because a platform's hint can be used only once.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from marshmallow import EXCLUDE, Schema, fields, validate
from pylti1p3.oidc_login import OIDCLogin
from pylti1p3.registration import Registration as LibraryRegistration

from lti_tool.lti.errors import LaunchError
from lti_tool.lti.library import Location, NoCookies, OwnSession, Parameters, ToolConfiguration, to_library
from lti_tool.lti.registrations import (
    AmbiguousRegistration,
    PendingRegistration,
    Registration,
    RegistrationStore,
)
from lti_tool.lti.states import STATE_PREFIX, Binding


class LoginSchema(Schema):
    """The parameters of a login (§5.1.1.1); values are kept byte for byte, others are ignored."""

    class Meta:
        unknown = EXCLUDE

    iss = fields.String(required=True, validate=validate.Length(1, 500))
    login_hint = fields.String(required=True, validate=validate.Length(1, 4000))
    target_link_uri = fields.String(required=True, validate=validate.Length(1, 4000))
    lti_message_hint = fields.String(validate=validate.Length(max=16000))
    lti_deployment_id = fields.String(validate=validate.Length(max=255))
    client_id = fields.String(validate=validate.Length(max=255))
    lti_storage_target = fields.String(validate=validate.Length(max=255))
    window = fields.String(validate=validate.OneOf(["1"]))  # ours: started again in a window of its own


_LOGIN = LoginSchema()


def read_login(values: Mapping[str, list[str]]) -> dict[str, str]:
    """Return the login's parameters.

    Raises:
        LaunchError: "parameters" when one is missing, too long, or stands there twice.
    """
    names = _LOGIN.fields.keys()
    doubled = [name for name in names if len(values.get(name, [])) > 1]
    single = {name: values[name][0] for name in names if values.get(name)}
    errors = _LOGIN.validate(single)
    if doubled or errors:
        raise LaunchError("parameters", ", ".join([*doubled, *errors]))
    return single


def find_registration(store: RegistrationStore, parameters: Mapping[str, str]) -> Registration:
    """Return the registration that a login means: by issuer and client id, else by deployment, never just the first.

    Raises:
        LaunchError: "unknown-platform", "ambiguous-platform", "pending-platform".
    """
    try:
        found = store.find(
            parameters["iss"], parameters.get("client_id") or None, parameters.get("lti_deployment_id") or None
        )
    except AmbiguousRegistration:
        raise LaunchError("ambiguous-platform") from None
    except PendingRegistration:
        raise LaunchError("pending-platform") from None
    if found is None:
        raise LaunchError("unknown-platform")
    return found


def launch_address(public_url: str) -> str:
    """The one redirect URI that platforms are given: from our settings, never from a request."""
    return public_url + "/lti/launch"


def authentication_request(
    registration: Registration,
    parameters: Mapping[str, str],
    binding: Binding,
    *,
    redirect_uri: str,
    store: RegistrationStore,
) -> str:
    """Return the address of the platform's authorization endpoint with the authentication request (§5.1.1.2)."""
    login = _Login(registration, parameters, binding, ToolConfiguration(store), secure=redirect_uri[:5] == "https")
    url: str = login.redirect(redirect_uri)
    if parameters.get("lti_message_hint") == "":
        # Present, though empty: it must be echoed, and the library leaves it out.
        url += "&" + urlencode({"lti_message_hint": ""})
    return url


class _Login(OIDCLogin[Parameters, ToolConfiguration, OwnSession, NoCookies, str]):
    """The library's login, with the state and nonce of a stored login."""

    def __init__(
        self,
        registration: Registration,
        parameters: Mapping[str, str],
        binding: Binding,
        configuration: ToolConfiguration,
        *,
        secure: bool,
    ) -> None:
        super().__init__(
            Parameters(parameters, secure=secure),
            configuration,
            session_service=OwnSession(),
            cookie_service=NoCookies(),
        )
        self._binding = binding
        self._found = registration

    def validate_oidc_login(self) -> LibraryRegistration:
        """The registration was found, and the parameters checked, when the login was stored."""
        return to_library(self._found)

    def get_redirect(self, url: str) -> Location:
        """Return the address: views make responses."""
        return Location(url)

    def _get_uuid(self) -> str:
        return self._binding.state.removeprefix(STATE_PREFIX)  # the library puts it there

    def _generate_nonce(self) -> str:
        return self._binding.nonce
