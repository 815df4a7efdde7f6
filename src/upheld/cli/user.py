"""
``upheld user``: people who can log in.
"""

from __future__ import annotations

import getpass
import secrets
import sys
from typing import Annotated

import typer

from upheld.cli import service

app = typer.Typer(help="People who can log in: add one.", no_args_is_help=True)


@app.callback()
def user_group() -> None:
    """
    People who can log in.
    """


@app.command()
def add(
    email: Annotated[str, typer.Argument(help="Address to log in with.")],
    name: Annotated[str, typer.Option(help="Name that others see.")] = "",
    staff: Annotated[bool, typer.Option("--staff", help="Works for the vendor: the role agent, unless told.")] = False,
    role: Annotated[
        list[str] | None, typer.Option(help="Role to give, such as admin; more than once for several.")
    ] = None,
    zone: Annotated[str, typer.Option(help="Zone in which the person reads times.")] = "UTC",
    password_stdin: Annotated[bool, typer.Option(help="Read the password from standard input.")] = False,
) -> None:
    """
    Add a person who can log in.

    Asks for a password; without a terminal one is made and printed.
    """
    service.require_migrated()
    from django.contrib.auth.password_validation import validate_password  # noqa: PLC0415  (Django is loaded by now)
    from django.core.exceptions import ValidationError  # noqa: PLC0415
    from django.core.validators import validate_email  # noqa: PLC0415
    from django.db import transaction  # noqa: PLC0415

    from upheld.apps.parties import services as parties  # noqa: PLC0415
    from upheld.apps.parties.models import Person  # noqa: PLC0415
    from upheld.apps.work.clock import now as read_clock  # noqa: PLC0415

    try:
        validate_email(email)
    except ValidationError:
        raise service.ServiceError("service.not_an_email", given=email) from None
    password, is_made = _password(from_stdin=password_stdin)
    try:
        validate_password(password, Person(email=email, name=name))
    except ValidationError as error:
        raise service.ServiceError("service.weak_password", reason=" ".join(error.messages)) from None
    now = read_clock()
    with transaction.atomic():
        parties.ensure_roles()
        person = parties.add_person(email=email, name=name, zone=zone, language="en", password=password, now=now)
        for wanted in role or (["agent"] if staff else []):
            parties.grant_role(person=person, role=wanted, now=now, reason="upheld user add")
    typer.echo(f"Added {person.email}." + (f" Password: {password}" if is_made else ""))


def _password(*, from_stdin: bool) -> tuple[str, bool]:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n"), False
    if not sys.stdin.isatty():
        return secrets.token_urlsafe(15), True
    first = getpass.getpass("Password: ")
    if first != getpass.getpass("Again: "):
        raise service.ServiceError("service.passwords_differ")
    return first, False
