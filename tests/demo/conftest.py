"""
A demo world of its own for each module, made once and taken back at the end.
"""

import contextlib

import pytest
from django.db import transaction

from upheld.apps.contracts import selectors
from upheld.trust import clocks


def forget_compiled():
    """What is kept by number means something else once the numbers are given again."""
    for kept in (selectors.plan_of, selectors._hours, selectors._rules, clocks._remembered):
        kept.cache_clear()


@pytest.fixture(scope="module")
def own_database(django_db_setup, django_db_blocker):
    """A transaction around a whole module's tests."""
    forget_compiled()
    with django_db_blocker.unblock(), contextlib.ExitStack() as stack:
        stack.enter_context(transaction.atomic())
        yield
        transaction.set_rollback(True)
    forget_compiled()
