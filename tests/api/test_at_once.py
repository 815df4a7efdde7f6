"""
Requests that come at the same time, each in a thread with a connection of its own.
"""

import threading

import pytest
from django.db import connection

from tests.api.conftest import Api, Cast, key_of, token
from tests.cases import of_row
from upheld.apps.tickets.models import Message


@pytest.mark.django_db(transaction=True)
@of_row("BI-AP-011")
def test_two_at_once_have_one_effect():
    """The same request from four threads."""
    made, answered = Cast(), []
    key, text, path = token(), key_of(made.agent), f"/tickets/{made.mine.public_id}/messages"

    def send():
        answered.append(Api(text).post(path, {"text": "On it."}, Idempotency_Key=key))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    good = [each for each in answered if each.status_code == 201]
    assert {each.status_code for each in answered} <= {201, 409, 503}
    assert len({each.content for each in good}) == 1
    assert Message.objects.filter(ticket=made.mine).count() == 2
