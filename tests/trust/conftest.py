"""
What the tests of trust share: a small world, and the question whether all is sound.
"""

import pytest

from tests import factories
from tests.trust import children
from upheld.trust.verification import verify

NOW = factories.NOW


@pytest.fixture(autouse=True)
def row(request):
    """The rows that a test shows, see :func:`tests.trust.rows.row`."""
    return getattr(request, "param", ())


@pytest.fixture
def world(db, own_files):
    return factories.World()


@pytest.fixture
def found():
    """The codes of all violations, at an instant."""

    def ask(now=NOW + 30 * 86_400, **options):
        return [each.code for each in verify(now=now, **options).violations]

    return ask


@pytest.fixture
def own_files(settings, tmp_path):
    """Files of this test lie in a folder of their own."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(scope="session", autouse=True)
def children_may_use_databases(django_db_blocker):
    """A child has a database of its own."""
    children.blockers.append(django_db_blocker)
