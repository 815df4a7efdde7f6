"""
Tags and filters that every template has: icons, instants, lengths of time.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django import forms, template
from django.forms import BoundField
from django.template.context import Context
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString

from upheld.apps.work.clock import now as read_clock
from upheld.core.instants import Instant, to_datetime
from upheld.web import icons, moments, promises

register = template.Library()
register.simple_tag(icons.icon)
register.simple_tag(promises.promise_html)


def _now(context: Context) -> Instant:
    given = context.get("now")
    return given if isinstance(given, int) else read_clock()


@register.simple_tag(takes_context=True)
def moment(context: Context, instant: Instant | None, form: str = "relative") -> SafeString | str:
    """
    Show an instant: ``relative`` ("6 m ago"), ``short`` ("Sun 18:18") or ``both``; the whole moment is its title.
    """
    if instant is None:
        return ""
    now = _now(context)
    texts = {"relative": [moments.relative], "short": [moments.short], "both": [moments.short, moments.relative]}[form]
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        to_datetime(instant).strftime("%Y-%m-%dT%H:%M:%SZ"),
        moments.full(instant),
        ", ".join(text(instant, now) for text in texts),
    )


@register.filter
def lasting(seconds: int | None) -> str:
    """
    Show a length of time given in seconds: "1 h 05 m".
    """
    return "" if seconds is None else moments.length(int(seconds))


@register.filter
def city(zone: str) -> str:
    """
    Show a zone by its city: "Los Angeles".
    """
    return zone.rsplit("/", 1)[-1].replace("_", " ")


@register.filter
def clock_in(instant: Instant | None, zone: str) -> str:
    """
    Show weekday and time of an instant in another zone than the reader's: "Sun 02:14".
    """
    return "" if instant is None else formats.date_format(to_datetime(instant, ZoneInfo(zone)), "D H:i")


@register.filter
def full_moment(instant: Instant | None) -> str:
    """
    Show an instant with weekday, date, time and zone.
    """
    return "" if instant is None else moments.full(instant)


@register.filter
def styled(field: BoundField) -> SafeString:
    """
    Show a form's field with the kit's classes, tied to its hint and its errors for screen readers.
    """
    widget = field.field.widget
    kinds: dict[type[forms.Widget], str] = {forms.Select: "form-select", forms.CheckboxInput: "form-check-input"}
    css = next((name for kind, name in kinds.items() if isinstance(widget, kind)), "form-control")
    attributes: dict[str, str | bool] = {"class": f"{css} is-invalid" if field.errors else css}
    described = [f"{field.auto_id}_hint"] if field.help_text else []
    if field.errors:
        described.append(f"{field.auto_id}_error")
        attributes["aria-invalid"] = "true"
    label = str(field.label or "").casefold()
    if label and str(widget.attrs.get("placeholder", "")).casefold().startswith(label):
        attributes["placeholder"] = False  # it would say again what stands above
    if described:
        attributes["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attributes)
