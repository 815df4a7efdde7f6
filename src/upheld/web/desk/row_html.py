"""
The rows of the desk's list as HTML, put together here and not by the template engine: fifty of them took half of the
page's time there.

Invariant: every value goes through ``format_html``, which escapes it; what a row says comes from
:mod:`upheld.web.desk.rows` alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from upheld.web import moments
from upheld.web.desk.rows import Row
from upheld.web.promises import promise_html

_ROW: Final = """<tr data-row id="t-{id}" data-mark="{mark}" class="row-{state}">
    <td class="cell-mark"><input class="form-check-input" type="checkbox" name="ticket" value="{id}" id="m-{id}"\
 aria-label="{marking}"></td>
    <td class="cell-promise" data-cell{title}>{promise}</td>
    <td class="cell-ticket"><a class="row-title" data-row-link href="/desk/tickets/{id}/">{subject}</a>\
<span class="row-detail">#{number} · {details}</span></td>
    <td class="cell-customer"><a class="quiet-link" href="/desk/customers/{customer_id}/">{customer}</a>\
<span class="row-detail">{tier}</span></td>
    <td class="cell-severity">{severity}</td>
    <td class="cell-assignee">{assignee}</td>
  </tr>"""
_TAG: Final = '<span class="tag tag-{}">{}</span>'
_SAID: Final = '<span class="tag tag-{} is-said">{}</span><span class="row-detail">{}</span>'


def rows_html(rows: Iterable[Row]) -> SafeString:
    """
    Return the rows of the table, in the reader's language and zone.
    """
    return mark_safe("".join(_row(each) for each in rows))  # noqa: S308  (each is safe)


def _row(row: Row) -> SafeString:
    ticket = row.ticket
    return format_html(
        _ROW,
        id=ticket.public_id,
        mark=row.mark,
        state=row.promise.state if row.promise else "none",
        marking=_("Mark #%(number)s") % {"number": ticket.number},
        title=format_html(' title="{}"', moments.full(row.due_at)) if row.due_at is not None else "",
        promise=promise_html(row.promise, row.otherwise if row.promise is None else ""),
        subject=ticket.subject,
        number=ticket.number,
        details=row.details,
        customer_id=ticket.customer.public_id,
        customer=ticket.customer,
        tier=row.tier or _("no contract"),
        severity=_severity(row),
        assignee=ticket.assignee or _nobody(row),
    )


def _severity(row: Row) -> SafeString:
    if row.ticket.is_severity_assigned:
        return format_html(_TAG, row.tone, row.severity)
    if row.severity:
        return format_html(_SAID, row.tone, row.severity, _("said") if row.is_done else _("said, to assign"))
    return format_html(_TAG, "info", _("to assign"))


def _nobody(row: Row) -> SafeString:
    return format_html('<span class="{}">{}</span>', "nobody" if row.is_pressing else "text-secondary", _("nobody"))
