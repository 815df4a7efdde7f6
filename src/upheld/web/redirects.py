"""
Where a request may send a browser on: to our own pages, and nowhere else.
"""

from __future__ import annotations

from typing import Final

from django.utils.http import url_has_allowed_host_and_scheme

OWN: Final = ("/desk/", "/portal/", "/accounts/")
"""What the path of an address of ours begins with; the front door is one too."""


def is_own(address: str) -> bool:
    r"""
    Return whether an address that came with a request is the path of a page of ours.

    >>> [is_own(each) for each in ("/desk/?queue=mine", "//evil.test/desk/", "https:evil.test", "/desk/\r\nX: y", "/")]
    [True, False, False, False, True]
    """
    path = address.partition("?")[0].partition("#")[0]
    return (
        address.isprintable()
        and (path == "/" or path.startswith(OWN))
        and "\\" not in address
        and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    )
