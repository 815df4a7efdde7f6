"""
A sound installation gives nothing, whenever it is asked; what needs a database of its own to be spoiled.
"""

import pytest
from django.db import connection

from tests import factories

NOW, DAY = factories.NOW, factories.DAY


def test_before_any_worker_came_it_is_sound_too(world, found):
    world.ticket()
    assert found(NOW) == []
    assert found(NOW + 20 * DAY) == []


@pytest.mark.django_db(transaction=True)
def test_a_reference_that_leads_nowhere_is_found(found):
    world = factories.World()
    world.ticket()
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE tickets_ticket SET team_id = 4711")
    try:
        assert found(NOW) == ["verify.reference_leads_nowhere"]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE tickets_ticket SET team_id = NULL")
            if connection.vendor == "postgresql":
                cursor.execute("SET session_replication_role = origin")
