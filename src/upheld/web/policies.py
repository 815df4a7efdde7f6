"""
The policy of a plan version on paper, to be downloaded.

Invariant: the bytes depend on the version's document, the tier, the day and the language alone, so that they are made
once for all who ask.
"""

from __future__ import annotations

import datetime as dt
import functools
from typing import Final

from django.http import Http404, HttpResponse

import upheld
from upheld.apps.contracts.models import PlanVersion
from upheld.core.plan.describe.policy import policy
from upheld.core.plan.model import Plan
from upheld.core.plan.reading import read_document
from upheld.core.plan.validation import validate
from upheld.rendering.policy_data import as_data
from upheld.rendering.policy_pdf import is_possible, policy_pdf

KEPT: Final = 32
"""So many files are kept in each process; one has some 200 kB."""


def policy_file(version: PlanVersion, *, tier: str | None, on: dt.date, language: str) -> HttpResponse:
    """
    Return the policy of a plan version (of one tier, where named) as a PDF to be kept, as of a day.

    Raises :class:`~django.http.Http404` where the extra ``pdf`` is missing.
    """
    if not is_possible():
        raise Http404
    made = _made(version.digest, bytes(version.document), tier, on, language)
    name = "-".join(filter(None, (version.plan, version.version, tier)))
    response = HttpResponse(made, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{_plain(name)}.pdf"'
    return response


def _plain(name: str) -> str:
    return "".join(each if each.isascii() and (each.isalnum() or each in "-_.") else "_" for each in name)


@functools.lru_cache(maxsize=KEPT)
def _made(digest: str, raw: bytes, tier: str | None, on: dt.date, language: str) -> bytes:
    document = read_document(raw, digest)
    page = as_data(policy(validate(document, Plan), document, on=on, tier=tier, language=language), language)
    return policy_pdf(page, made_by=f"Upheld {upheld.__version__}", on=on, digest=digest, language=language)
