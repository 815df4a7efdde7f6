"""
The forms of what is done on a ticket less often: their fields, in the words of the ticket's plan.

Invariant: a form asks and cleans; whether something may be done, the service decides.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upheld.apps.parties.models import Team
from upheld.apps.tickets.selectors import TicketPage
from upheld.apps.tickets.services.intake import MOST_SUBJECT, MOST_TEXT
from upheld.core.instants import Instant
from upheld.web.desk import labels
from upheld.web.reader import Reader

MOST_REASON: Final = 500
OUTCOMES: Final = (
    ("reproduced", gettext_lazy("It shows here too")),
    ("not_reproducible", gettext_lazy("It cannot be reproduced")),
    ("waiting_for_customer", gettext_lazy("We need something from the customer to try")),
)


class ActForm(forms.Form):
    """
    A form on a ticket: it knows the page that it stands on, and who reads it.
    """

    def __init__(self, *args: Any, page: TicketPage, reader: Reader, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "act_%s")
        super().__init__(*args, **kwargs)
        self.page, self.reader = page, reader
        self.prepare()

    def prepare(self) -> None:
        """
        Fill in what depends on the ticket.
        """


def _reason(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=MOST_REASON, strip=True, required=False)


def _text(label: Any, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 4})
    return forms.CharField(
        label=label, max_length=MOST_TEXT, required=False, strip=False, widget=widget, help_text=help_text
    )


class TeamForm(ActForm):
    """
    To which team, and why.
    """

    team = forms.ChoiceField(label=gettext_lazy("Team"))
    reason = _reason(gettext_lazy("Why (colleagues read it)"))

    def prepare(self) -> None:
        """
        Offer every team but the ticket's own.
        """
        teams = Team.objects.exclude(pk=self.page.ticket.team_id or 0).order_by("name")
        self.fields["team"].choices = [(each.public_id, each.name) for each in teams]  # type: ignore[attr-defined]


class ExclusionForm(ActForm):
    """
    Which cause, of which promise, in or out, and why.
    """

    cause = forms.ChoiceField(label=gettext_lazy("Cause"), widget=forms.RadioSelect)
    metric = forms.ChoiceField(label=gettext_lazy("Promise"), required=False)
    excluded = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            ("yes", gettext_lazy("It does not count against the promise")),
            ("no", gettext_lazy("It counts (again)")),
        ],
        initial="yes",
        widget=forms.RadioSelect,
    )
    reason = _reason(gettext_lazy("Why (kept with the decision)"))

    def prepare(self) -> None:
        """
        Offer the plan's causes and metrics.
        """
        plan = self.page.plan
        causes = plan.exclusions if plan else {}
        language = labels.language()
        self.fields["cause"].choices = [  # type: ignore[attr-defined]
            (name, labels.text_of(rule.text, name, language)) for name, rule in causes.items()
        ]
        metrics = plan.metrics if plan else {}
        self.fields["metric"].choices = [  # type: ignore[attr-defined]
            ("", _("All promises of the ticket")),
            *((name, labels.metric(plan, name)) for name in metrics),
        ]


class ReproductionForm(ActForm):
    """
    What came of trying to see the error.
    """

    outcome = forms.ChoiceField(label=gettext_lazy("What came of it"), choices=OUTCOMES, widget=forms.RadioSelect)
    text = _text(gettext_lazy("What was tried (internal)"))


class WorkaroundForm(ActForm):
    """
    The way around that the customer was given.
    """

    text = _text(
        gettext_lazy("What the way around is (internal)"),
        gettext_lazy("Tell the customer in a reply; this says that they have it, and when."),
    )


def moment_field(label: Any, help_text: Any = "") -> forms.CharField:
    """
    Return a field for a moment of the reader's zone.
    """
    widget = forms.TextInput(attrs={"type": "datetime-local"})
    return forms.CharField(label=label, required=False, max_length=40, widget=widget, help_text=help_text)


def moment_of(text: str, reader: Reader) -> Instant | None:
    """
    Return the moment that was typed in the reader's zone, or nothing where none was; this minute is now.

    Raises :class:`forms.ValidationError`.
    """
    if not text.strip():
        return None
    try:
        typed = dt.datetime.fromisoformat(text.strip().replace(" ", "T"))
    except ValueError:
        raise forms.ValidationError(_("This is no moment. Write date and time as 2026-04-17 16:30.")) from None
    if typed.tzinfo is None:
        typed = typed.replace(tzinfo=reader.zone)
    at = int(typed.timestamp())
    return reader.now if 0 <= reader.now - at < 60 else at  # noqa: PLR2004  (a minute is typed, an instant is meant)


class RemediationForm(ActForm):
    """
    The plan, and the date agreed with the customer.
    """

    text = _text(gettext_lazy("What will be done (internal)"))
    promised_for = moment_field(
        gettext_lazy("Agreed with the customer for"),
        gettext_lazy("Leave it empty where no date was agreed. Where the plan says so, this becomes the due time."),
    )

    def clean_promised_for(self) -> Instant | None:
        """
        Return the instant.
        """
        return moment_of(self.cleaned_data["promised_for"], self.reader)


class MilestoneForm(ActForm):
    """
    Which milestone of the plan was reached.
    """

    milestone = forms.ChoiceField(label=gettext_lazy("Milestone"), widget=forms.RadioSelect)

    def prepare(self) -> None:
        """
        Offer the plan's milestones.
        """
        known = self.page.plan.milestones if self.page.plan else {}
        language = labels.language()
        self.fields["milestone"].choices = [  # type: ignore[attr-defined]
            (name, labels.text_of(text, name, language)) for name, text in known.items()
        ]


class LinkForm(ActForm):
    """
    Which ticket, and why.
    """

    other = forms.CharField(
        label=gettext_lazy("Number of the other ticket"),
        max_length=20,
        widget=forms.TextInput(attrs={"placeholder": "#10005", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Give the number of the other ticket, or choose one below.")},
    )
    reason = _reason(gettext_lazy("Why (colleagues read it)"))


class MergeForm(LinkForm):
    """
    Into which ticket, and why.
    """

    other = forms.CharField(max_length=20, widget=forms.HiddenInput)
    reason = _reason(gettext_lazy("Why (colleagues read it)"))


class SplitForm(ActForm):
    """
    The message that becomes a ticket, what that is called, how urgent it is, and why.
    """

    message = forms.CharField(max_length=16, widget=forms.HiddenInput)
    subject = forms.CharField(label=gettext_lazy("Subject of the new ticket"), max_length=MOST_SUBJECT)
    urgency = forms.ChoiceField(label=gettext_lazy("How urgent this part is to the customer"), required=False)
    reason = _reason(gettext_lazy("Why (colleagues read it)"))

    def prepare(self) -> None:
        """
        Offer the plan's words.
        """
        plan = self.page.plan
        names = list(plan.urgencies or plan.severities) if plan else []
        same = labels.severity(plan, self.page.ticket.urgency)
        self.fields["urgency"].choices = [  # type: ignore[attr-defined]
            ("", _("As the whole ticket: %(urgency)s") % {"urgency": same} if same else _("Not said")),
            *((name, labels.severity(plan, name)) for name in names),
        ]


class EraseForm(ActForm):
    """
    What goes for good, a file or a message of this ticket, and why.
    """

    file = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)
    message = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)
    reason = _reason(gettext_lazy("Why it has to go"))


class CorrectForm(ActForm):
    """
    What was wrong about an event.
    """

    seq = forms.IntegerField(min_value=1, max_value=10**9, widget=forms.HiddenInput)
    reason = _reason(gettext_lazy("What was wrong about it"))
