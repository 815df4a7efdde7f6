"""
Sealing: secrets that the service itself must read again, as those of second factors, lie encrypted in the database.

Invariant: the newest key seals, every known key opens; what no key opens is refused, and never taken for plain text.
The keys lie outside the database (``SEALING_KEYS``), so that a copy of it alone opens nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from upheld.core.errors import UpheldError

_USE: Final = b"upheld: second factors"
_MARK: Final = "gAAAA"
"""How everything starts that Fernet has sealed; neither a base32 secret nor hexadecimal digits start so."""
_PLACES: Final = ("secret", "seed")
_LISTS: Final = ("migrated_codes",)


class SealError(UpheldError):
    """
    A secret that none of the known keys opens.
    """


def _keys(given: Sequence[str] | None = None) -> MultiFernet:
    """
    Return the keys that follow from the settings' secrets, the newest first; a secret may be of any length.
    """
    made = []
    for secret in settings.SEALING_KEYS if given is None else given:
        derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_USE).derive(secret.encode())
        made.append(Fernet(base64.urlsafe_b64encode(derived)))
    return MultiFernet(made)


def seal(text: str) -> str:
    """
    Return a text encrypted and authenticated with the newest key.
    """
    return _keys().encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """
    Return the text that was sealed.

    Raises :class:`SealError` ``secret.unreadable`` where no known key opens it.
    """
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SealError("secret.unreadable") from None


def reseal_factors(authenticators: Any) -> int:
    """
    Seal what second factors keep with the newest key, whether it lay plain or under an older one, and return how many
    rows changed; ``authenticators`` is their manager, of a migration or of today. Again changes nothing.

    Raises :class:`SealError` ``secret.unreadable``; the rows before it are sealed then.
    """
    changed = 0
    for row in authenticators.exclude(type="webauthn").order_by("pk").iterator():
        fresh = {name: _fresh(name, value) for name, value in row.data.items()}
        if fresh != row.data:
            authenticators.filter(pk=row.pk).update(data=fresh)
            changed += 1
    return changed


def _fresh(name: str, value: Any) -> Any:
    if name in _LISTS:
        return [_under_newest(each) for each in value]
    return _under_newest(value) if name in _PLACES else value


def _under_newest(kept: str) -> str:
    if not kept.startswith(_MARK):
        return seal(kept)
    try:
        _keys(settings.SEALING_KEYS[:1]).decrypt(kept.encode())
    except InvalidToken:
        return seal(unseal(kept))
    return kept
