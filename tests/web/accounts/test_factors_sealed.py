"""
Secrets of second factors lie sealed in the database: a copy of it lets nobody make codes.
"""

import importlib
import logging

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.apps import apps
from django.core.cache import cache
from django.db import connection

from tests import factories
from upheld.apps.parties import sealing
from upheld.web.accounts import factors

pytestmark = [pytest.mark.django_db, pytest.mark.on_database]
SECRET, SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "ab" * 40
migration = importlib.import_module("upheld.apps.parties.migrations.0003_seal_factors")


@pytest.fixture(autouse=True)
def fresh():
    cache.clear()


@pytest.fixture
def mara():
    return factories.person("mara@upheld.test", name="Mara", role="agent", now=0)


def raw():
    """What the table holds, column by column, as a copy of the database would show it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator ORDER BY id")
        return [str(row[0]) for row in cursor.fetchall()]


def plain(person):
    """Rows as they were before secrets were sealed."""
    return [
        Authenticator.objects.create(user=person, type="totp", data={"secret": SECRET}),
        Authenticator.objects.create(user=person, type="recovery_codes", data={"seed": SEED, "used_mask": 1}),
        Authenticator.objects.create(user=person, type="webauthn", data={"name": "Key", "credential": {"a": 1}}),
    ]


def code(secret=SECRET):
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))


def test_a_secret_is_not_in_its_column(mara):
    factor = TOTP.activate(mara, SECRET)
    codes = RecoveryCodes.activate(mara)
    seed = sealing.unseal(codes.instance.data["seed"])
    assert not any(SECRET in each or seed in each for each in raw())
    assert factor.validate_code(code()) is True
    assert factor.validate_code("000000") is (code() == "000000")
    assert codes.validate_code(codes.generate_codes()[0]) is True


def test_the_migration_seals_what_lay_open_and_codes_go_on_working(mara):
    totp, codes, passkey = plain(mara)
    before = RecoveryCodes(Authenticator(user=mara, data={"seed": sealing.seal(SEED)})).generate_codes()
    assert any(SECRET in each for each in raw())
    migration.seal(apps, None)
    assert not any(SECRET in each or SEED in each for each in raw())
    for each in (totp, codes, passkey):
        each.refresh_from_db()
    assert TOTP(totp).validate_code(code()) is True
    assert RecoveryCodes(codes).generate_codes() == before
    assert codes.data["used_mask"] == 1
    assert passkey.data == {"name": "Key", "credential": {"a": 1}}
    found = raw()
    migration.seal(apps, None)
    assert raw() == found


def test_a_new_key_takes_over_and_the_old_one_can_go(mara, settings):
    settings.SEALING_KEYS = ["old"]
    totp = TOTP.activate(mara, SECRET).instance
    settings.SEALING_KEYS = ["new", "old"]
    assert factors.reseal() == 1
    assert factors.reseal() == 0
    settings.SEALING_KEYS = ["new"]
    totp.refresh_from_db()
    assert sealing.unseal(totp.data["secret"]) == SECRET


def test_without_the_key_no_code_fits_and_the_log_says_why(mara, settings, caplog):
    settings.SEALING_KEYS = ["old"]
    factor = TOTP.activate(mara, SECRET)
    settings.SEALING_KEYS = ["another"]
    with caplog.at_level(logging.ERROR, logger="upheld.accounts"):
        assert factor.validate_code(code()) is False
    assert "UPHELD_SEALING_KEY" in caplog.text
    before = raw()
    with pytest.raises(sealing.SealError) as caught:
        factors.reseal()
    assert caught.value.code == "secret.unreadable"
    assert raw() == before


@pytest.mark.parametrize("changed", ["", SECRET, "gAAAA", "gAAAAABx" * 20])
def test_what_is_not_sealed_is_not_taken_for_a_secret(changed):
    with pytest.raises(sealing.SealError):
        sealing.unseal(changed)


def test_a_sealed_secret_that_was_changed_is_refused():
    kept = sealing.seal(SECRET)
    with pytest.raises(sealing.SealError):
        sealing.unseal(kept[:-6] + ("A" if kept[-6] != "A" else "B") + kept[-5:])
