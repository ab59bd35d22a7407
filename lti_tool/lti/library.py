"""The seams at which ``pylti1p3`` is given our database, our keys and our cookies. Nothing else imports the library.

The library builds the authentication request, walks the checks of a launch in order, and signs deep-linking answers;
where it keeps things and what it holds to be enough is decided here and in :mod:`.login`, :mod:`.message`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pylti1p3.cookie import CookieService
from pylti1p3.deployment import Deployment as LibraryDeployment
from pylti1p3.launch_data_storage.base import LaunchDataStorage
from pylti1p3.redirect import Redirect
from pylti1p3.registration import Registration as LibraryRegistration
from pylti1p3.request import Request
from pylti1p3.session import SessionService
from pylti1p3.tool_config import ToolConfAbstract

from lti_tool.lti.registrations import Registration, RegistrationStore


class Parameters(Request):
    """A request as the library sees it: parameters, already checked to stand there once each."""

    def __init__(self, values: Mapping[str, str], *, secure: bool) -> None:
        self._values = values
        self._secure = secure

    @property
    def session(self) -> dict[str, Any]:
        """The library's session is not used."""
        return {}

    def is_secure(self) -> bool:
        """Whether people reach us over https."""
        return self._secure

    def get_param(self, key: str) -> str:
        """Return a parameter, or an empty string."""
        return self._values.get(key, "")


class Location(Redirect[str]):
    """A redirect that is only an address: views make responses, the protocol does not."""

    def __init__(self, url: str) -> None:
        self._url = url

    def do_redirect(self) -> str:
        """Return the address."""
        return self._url

    def do_js_redirect(self) -> str:
        """Return the address: no scripts are written."""
        return self._url

    def set_redirect_url(self, location: str) -> None:
        """Change the address."""
        self._url = location

    def get_redirect_url(self) -> str:
        """Return the address."""
        return self._url


class NoCookies(CookieService):
    """The browser is bound by a cookie of ours, set before the library is asked; it need not set one of its own."""

    def get_cookie(self, name: str) -> str | None:
        """Nothing is kept."""
        return None

    def set_cookie(self, name: str, value: str | int, exp: int | None = 3600) -> None:
        """Nothing is kept."""


class NoStorage(LaunchDataStorage[Any]):
    """Nothing of a launch is stored by the library: states and nonces are rows of ours, claims are not kept at all."""

    def get_session_cookie_name(self) -> str | None:
        """No session cookie."""
        return None

    def can_set_keys_expiration(self) -> bool:
        """Nothing is kept, so nothing expires."""
        return False

    def get_value(self, key: str) -> Any:
        """Nothing is kept."""
        return None

    def set_value(self, key: str, value: Any, exp: int | None = None) -> None:
        """Nothing is kept."""

    def check_value(self, key: str) -> bool:
        """Nothing is kept."""
        return False


class OwnSession(SessionService):
    """The library's session, emptied: what it would keep is in the row of the login, see :mod:`.states`."""

    def __init__(self) -> None:
        self.data_storage = NoStorage()


class ToolConfiguration(ToolConfAbstract[Parameters]):
    """The registrations of our database, in the library's words."""

    def __init__(self, store: RegistrationStore) -> None:
        self._store = store

    def check_iss_has_one_client(self, iss: str) -> bool:
        """An issuer may always have several clients."""
        return False

    def check_iss_has_many_clients(self, iss: str) -> bool:
        """An issuer may always have several clients."""
        return True

    def find_registration_by_issuer(self, iss: str, *args: Any, **kwargs: Any) -> LibraryRegistration:
        """Never asked: an issuer alone does not name a registration."""
        raise LookupError("an issuer alone does not name a registration")

    def find_registration_by_params(self, iss: str, client_id: str, *args: Any, **kwargs: Any) -> LibraryRegistration:
        """Return the registration of an issuer and a client id.

        Raises:
            LookupError: there is none.
        """
        registration = self._store.find(iss, client_id, None)
        if registration is None:
            raise LookupError("no such registration")
        return to_library(registration)

    def find_deployment(self, iss: str, deployment_id: str) -> LibraryDeployment | None:
        """Never asked: see :meth:`find_deployment_by_params`."""
        raise LookupError("a deployment needs its client id")

    def find_deployment_by_params(
        self, iss: str, deployment_id: str, client_id: str, *args: Any, **kwargs: Any
    ) -> LibraryDeployment | None:
        """Return an approved deployment, or None."""
        registration = self._store.find(iss, client_id, None)
        if registration is None or self._store.deployment_id_of(registration.id, deployment_id) is None:
            return None
        return LibraryDeployment().set_deployment_id(deployment_id)


def to_library(registration: Registration) -> LibraryRegistration:
    """Put a registration into the library's object. Keys stay out of it: signing is done by our key ring."""
    return (
        LibraryRegistration()
        .set_issuer(registration.issuer)
        .set_client_id(registration.client_id)
        .set_auth_login_url(registration.auth_url)
        .set_auth_token_url(registration.token_url)
        .set_key_set_url(registration.jwks_url)
    )
