"""Sign-in, the caller, accounts, roles, API keys, the audit log."""

from typing import Annotated

from flask import Response, g, request
from pydantic import Field, ValidationError

from chassis.rpc import client
from chassis.validation import as_invalid
from contracts.access import Rule
from contracts.base import Done, Reply, Request
from contracts.errors import NotSignedIn
from contracts.identity import EnterCode, IdentityApi, LoginName, SessionToken, SignIn, SignInResult
from gateway.api.door import answer, json_object
from gateway.api.routes import Resource
from gateway.callers import session_token
from gateway.csrf import csrf_token
from gateway.sessions import close_session, open_session

identity = client(IdentityApi)
resource = Resource(IdentityApi, "Identity")


class SignInForm(Request):
    """User name or e-mail, and the password; without a password, a code is sent where the account allows it."""

    username: LoginName
    password: Annotated[str, Field(min_length=1, max_length=200)] | None = None


class CodeForm(Request):
    """The code that came by SMS."""

    challenge_id: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")]
    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class SignInState(Reply):
    """Signed in (the cookie is set), or the challenge to answer."""

    state: str
    challenge_id: str | None = None
    phone_hint: str = ""


class Me(Reply):
    """Who asks; `csrf_token` goes into X-CSRF-Token of requests made with the session cookie."""

    kind: str
    username: str = ""
    account_id: str | None = None
    person_id: str | None = None
    language: str = "fi"
    permissions: list[str] = []
    csrf_token: str = ""


resource.get("/accounts", IdentityApi.list_accounts, "Accounts")
resource.post("/accounts", IdentityApi.create_account, "A new account", status=201, location="/accounts/{id}")
resource.get("/accounts/{id}", IdentityApi.get_account, "One account")
resource.patch("/accounts/{id}", IdentityApi.update_account, "Change rights and state", example={"disabled": True})
resource.get("/colleagues", IdentityApi.list_colleagues, "Who works here: accounts that tasks can be given to")
resource.get("/roles", IdentityApi.list_roles, "Roles and their permissions")
resource.post("/roles", IdentityApi.save_role, "Make or change a role",
              example={"code": "treasurer", "name": "Treasurer", "permissions": ["commerce.read"]})  # fmt: skip
resource.get("/api-keys", IdentityApi.list_api_keys, "API keys of other systems")
resource.post("/api-keys", IdentityApi.create_api_key, "A new API key; its secret is shown once", status=201,
              example={"name": "Web site", "permissions": ["courses.read"]})  # fmt: skip
resource.delete("/api-keys/{id}", IdentityApi.revoke_api_key, "Revoke an API key")
resource.delete("/personal-links/{id}", IdentityApi.revoke_link, "Withdraw a personal link")
resource.get("/audit-log", IdentityApi.list_audit, "Sign-ins and privileged actions, newest first")


def sign_in() -> Response:
    """Password, and perhaps a code by SMS afterwards."""
    body = json_object()
    try:
        SignInForm.model_validate(body)
        wanted = SignIn(**body, address=request.remote_addr or "", previous_session=session_token() or None)
    except ValidationError as error:
        raise as_invalid(error) from None
    return _signed_in(identity.sign_in(wanted))


def enter_code() -> Response:
    """The code of a challenge."""
    body = json_object()
    try:
        CodeForm.model_validate(body)
        wanted = EnterCode(**body, address=request.remote_addr or "")
    except ValidationError as error:
        raise as_invalid(error) from None
    return _signed_in(identity.enter_code(wanted))


def _signed_in(result: SignInResult) -> Response:
    challenge = str(result.challenge_id) if result.challenge_id else None
    state = SignInState(state=result.state, challenge_id=challenge, phone_hint=result.phone_hint)
    response = answer(SIGN_IN, state.model_dump(mode="json"))
    response.headers["Cache-Control"] = "no-store"
    if result.session_token:
        open_session(response, result.session_token)
    return response


def sign_out() -> Response:
    """The session ends at once."""
    token = session_token()
    if token:
        identity.sign_out(SessionToken(token=token))
    response = Response(status=204)
    close_session(response)
    return response


def get_me() -> Response:
    """Who asks."""
    if g.principal is None:
        raise NotSignedIn("Sign in to do this.")
    who = g.principal
    me = Me(
        kind=who.kind,
        username=who.username,
        account_id=str(who.account_id) if who.account_id else None,
        person_id=str(who.person_id) if who.person_id else None,
        language=who.language.value,
        permissions=sorted(who.permissions),
        csrf_token=csrf_token() if who.csrf else "",
    )
    response = answer(ME, me.model_dump(mode="json"))
    response.headers["Cache-Control"] = "no-store"
    return response


resource.view("POST", "/sign-in", sign_in, "Sign in with a password", (Rule.PUBLIC,), request=SignInForm,
              reply=SignInState, example={"username": "aino@example.org", "password": "three unrelated words"},
              also=(401,))  # fmt: skip
SIGN_IN = resource.routes[-1]
resource.view("POST", "/sign-in/code", enter_code, "Enter the code that came by SMS", (Rule.PUBLIC,), request=CodeForm,
              reply=SignInState, also=(401,))  # fmt: skip
resource.view("POST", "/sign-out", sign_out, "Sign out", (Rule.PUBLIC,), status=204, reply=Done)
resource.view("GET", "/me", get_me, "Who asks, and what they may", (Rule.SIGNED_IN,), reply=Me)
ME = resource.routes[-1]
