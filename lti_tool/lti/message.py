"""The second half of the way in: the platform's answer is checked, step by step (Security Framework §5.1.2, §5.1.3).

The library walks the steps; each is tightened here where the library is content with less: a nonce is compared and
spent, times are required and given a leeway, every audience is looked at, keys come from the shared cache.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import requests
from pylti1p3.message_launch import MessageLaunch
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.db import expect_writes
from lti_tool.lti import checks, states
from lti_tool.lti.errors import LaunchError
from lti_tool.lti.launch import Launch, parse_launch, presentation
from lti_tool.lti.library import NoCookies, OwnSession, Parameters, ToolConfiguration, to_library
from lti_tool.lti.platform_keys import PlatformKeyring
from lti_tool.lti.registrations import RegistrationStore
from lti_tool.lti.sealing import seal, unseal

# The library would make one for each launch, to fetch keys with; ours come from the shared key ring.
_NEVER_USED = requests.Session()


class Message(MessageLaunch[Parameters, ToolConfiguration, OwnSession, NoCookies]):
    """One answer of a platform. Use :func:`open_message`."""

    def __init__(
        self,
        parameters: Mapping[str, str],
        *,
        session: Session,
        store: RegistrationStore,
        keyring: PlatformKeyring,
        binding_of: Mapping[str, str],
        public_url: str,
    ) -> None:
        super().__init__(
            Parameters(parameters, secure=public_url.startswith("https:")),
            ToolConfiguration(store),
            session_service=OwnSession(),
            cookie_service=NoCookies(),
            requests_session=_NEVER_USED,
        )
        self._db = session
        self._store = store
        self._keyring = keyring
        self._binding_of = binding_of
        self._public_url = public_url
        self.login: states.Login | None = None
        self.launch: Launch | None = None

    def _get_request_param(self, key: str) -> str:
        return self._request.get_param(key)

    def validate_state(self) -> Message:
        """Steps 1 and 2: the state is known, unspent, unexpired, and was given to this browser.

        Where the platform's storage has the secret only the browser can fetch it: such a launch is checked and waits.
        """
        self.login = find_login(self._db, self._get_request_param("state"), self._binding_of)
        return self

    def validate_jwt_format(self) -> Message:
        """Steps 1 and 3: a JWT with an allowed algorithm."""
        header, body = checks.token_parts(self._get_request_param("id_token"))
        checks.algorithm(header)
        self._jwt = {"header": header, "body": body}  # type: ignore[typeddict-item]  # not yet checked
        return self

    def validate_nonce(self) -> Message:
        """Step 10: the nonce is the one of this login."""
        checks.nonce(self._body, self._known_login.nonce_hash)
        return self

    def validate_registration(self) -> Message:
        """Steps 6 to 8: issuer and audience are those of the registration that this login was begun for."""
        registration = self._store.get(self._known_login.platform_id)
        if registration is None:
            raise LaunchError("unknown-platform")
        checks.issuer(self._body, registration)
        checks.audience(self._body, registration)
        checks.authorized_party(self._body, registration)
        self._known_registration = registration
        self._registration = to_library(registration)
        return self

    def validate_jwt_signature(self) -> Message:
        """Steps 4, 5 and 9: a published key of this registration signed it, and its times make sense."""
        kid = checks.key_id(self._header)
        key = self._keyring.find(self._known_registration.jwks_url, kid)
        checks.signature(self._get_request_param("id_token"), key)
        checks.times(self._body, now().timestamp())
        return self

    def validate_deployment(self) -> Message:
        """Steps 13 to 15: an approved deployment, and the target that the login named, which is ours."""
        deployment = checks.deployment(self._body)
        checks.deployment_hint(deployment, self._known_login.parameters)
        known = self._store.deployment_id_of(self._known_registration.id, deployment)
        # The signature is proved by now: a deployment nobody has told us of introduces itself here.
        if known is None and self._store.introduce_deployment(self._known_registration.id, deployment) is None:
            raise LaunchError("unknown-deployment")
        checks.target(self._body, self._known_login.parameters, self._public_url)
        return self

    def validate_message(self) -> Message:
        """Steps 11, 12, 16 to 18: a message that is served, with all it must carry."""
        try:
            self.launch = parse_launch(self._body, self._known_registration)
        except LaunchError as error:
            error.return_url = presentation(self._body).return_url  # the signature is good: it may be told, and offered
            raise
        wanted = self.launch.deep_linking
        if wanted is not None and self._public_url.startswith("https:") and not wanted.return_url.startswith("https:"):
            raise LaunchError("insecure-return")
        return self

    def save_launch_data(self) -> Message:
        """Step 19: state and nonce are spent, once. Claims are kept only for a launch that waits, sealed, for a minute.

        Until here the database was only read; what follows is one transaction that writes.
        """
        self._db.commit()
        expect_writes(True)
        connection, login = self._db.connection(), self._known_login
        if login.storage_target is None:
            states.spend(connection, login.id)
        else:
            states.wait(connection, login.id, seal(json.dumps(self._body).encode()))
        return self

    @property
    def _header(self) -> Mapping[str, Any]:
        return self._jwt["header"]

    @property
    def _body(self) -> dict[str, Any]:
        return self._jwt["body"]  # type: ignore[return-value]  # any JSON object, until it is checked

    @property
    def _known_login(self) -> states.Login:
        assert self.login is not None, "validate_state comes first"
        return self.login


def open_message(
    parameters: Mapping[str, str],
    *,
    session: Session,
    store: RegistrationStore,
    keyring: PlatformKeyring,
    binding_of: Mapping[str, str],
    public_url: str,
) -> tuple[Launch, states.Login]:
    """Check the platform's answer and return the launch in it; its state and nonce are spent in the open transaction.

    When the login's ``storage_target`` is set nothing is spent and nobody may come in yet: the launch waits for
    :func:`open_waiting`.

    Args:
        parameters: ``state`` and ``id_token`` of the form.
        binding_of: the cookies of the request; the login's own is looked up by :func:`cookie_name`.

    Raises:
        LaunchError: a check failed; nothing was spent.
    """
    message = Message(
        parameters,
        session=session,
        store=store,
        keyring=keyring,
        binding_of=binding_of,
        public_url=public_url,
    )
    message.validate()
    assert message.launch is not None
    assert message.login is not None
    return message.launch, message.login


def open_waiting(
    parameters: Mapping[str, str], *, session: Session, store: RegistrationStore
) -> tuple[Launch, states.Login]:
    """Return the verified launch that waits under a ``state`` for its ``proof``; it is spent in the open transaction.

    Raises:
        LaunchError: see :func:`.states.find`; "storage-proof" when the proof is another login's or comes too late.
    """
    connection = session.connection()
    login = states.find(connection, parameters.get("state", ""))
    given = states.hashed(parameters.get("proof", ""))
    if login.storage_target is None or not hmac.compare_digest(given, login.binding_hash):
        raise LaunchError("storage-proof")
    sealed = states.waiting(connection, login)
    registration = store.get(login.platform_id)
    if sealed is None or registration is None:
        raise LaunchError("storage-proof")
    states.spend(connection, login.id)
    return parse_launch(json.loads(unseal(sealed)), registration), login


def find_login(session: Session, state: str, cookies: Mapping[str, str]) -> states.Login:
    """Return the login of a state that this very browser began; in storage mode the browser has yet to prove that.

    Raises:
        LaunchError: see :func:`.states.find`; "other-browser" when its cookie is missing or another's.
    """
    if not state:
        raise LaunchError("parameters", "state")
    login = states.find(session.connection(), state)
    if login.storage_target is not None:
        return login
    secret = cookies.get(cookie_name(login.id), "")
    if not hmac.compare_digest(states.hashed(secret), login.binding_hash):
        raise LaunchError("other-browser")
    return login


def cookie_name(login_id: UUID) -> str:
    """The name of the cookie that binds a login to a browser: one for each, so that parallel launches do not mix."""
    return f"__Host-lti-{login_id.hex}"
