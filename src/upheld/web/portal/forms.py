"""
The form of a new ticket, made from the plan: it asks what the plan demands and nothing else.

Invariant: what is optional never blocks; what the plan demands may be sent later by saying so; what was typed comes
back with every error.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upheld.apps.tickets.services.intake import MOST_SUBJECT, MOST_TEXT, missing_fields, read_request
from upheld.core.plan.model import Plan
from upheld.core.plan.model.base import in_language
from upheld.core.plan.model.terms import IntakeField
from upheld.web.portal import choices, questions

ASKED: Final = "asked-"
"""Prefix of the names of the plan's own fields."""
SCHEMES: Final = ("http", "https", "mailto")
CHOOSE_AGAIN: Final = {"invalid_choice": gettext_lazy("This choice is not offered (any more). Choose again.")}
MOST_LINE: Final = 2_000


def new_key() -> str:
    """
    Return a form's token: the key under which its submission is kept once.
    """
    return secrets.token_urlsafe(18)


class LinksField(forms.CharField):
    """
    One or several links, a line each; only those that a browser may open safely.
    """

    widget = forms.Textarea

    def clean(self, value: Any) -> str:
        """
        Return the links.
        """
        text: str = super().clean(value)
        for line in text.split():
            parts = _parts(line)
            if parts is None or parts.scheme not in SCHEMES or not (parts.netloc or parts.scheme == "mailto"):
                raise forms.ValidationError(
                    _("“%(given)s” is no link that we can open. Write it whole, such as https://example.com/orders/12.")
                    % {"given": line[:80]}
                )
        return text


def _parts(text: str) -> Any:
    try:
        return urlsplit(text)
    except ValueError:
        return None


class NewTicketForm(forms.Form):
    """
    Subject, urgency, what it is about, and the plan's own fields.
    """

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    subject = forms.CharField(
        label=gettext_lazy("What is the matter, in one line?"),
        max_length=MOST_SUBJECT,
        error_messages={"required": gettext_lazy("Give it a name, such as “Orders are not exported”.")},
        widget=forms.TextInput(attrs={"data-draft-field": "", "autocomplete": "off"}),
    )
    text = forms.CharField(
        label=gettext_lazy("What happens, and since when?"),
        max_length=MOST_TEXT,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, basis: choices.Basis, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "new_%s")
        super().__init__(*args, **kwargs)
        self.basis = basis
        self.plan = basis.plan
        self.asked, self.secrets = choices.asked(self.plan, basis.contract.tier if basis.contract else "")
        self.urgencies = choices.urgencies(self.plan, basis.language) if self.plan else []
        if self.plan is not None and basis.contract is not None:
            self._add_choices()
            self._add_questions(self.plan)
            for each in self.asked:
                if each.kind != "file":
                    self.fields[ASKED + each.field] = field_of(each, basis.language)

    def _add_choices(self) -> None:
        basis, plan = self.basis, self.plan
        if plan is None or basis.contract is None:
            return
        if len(self.urgencies) > 1:
            self.fields["urgency"] = _choice(
                _("How urgent is it?"), [(each.name, each.label) for each in self.urgencies], is_required=True
            )
        kinds = choices.request_types(plan, basis.contract.tier, basis.language)
        if len(kinds) > 1:
            self.fields["request_type"] = _choice(_("What kind of request is it?"), kinds)
        if places := choices.places(basis):
            self.fields["place"] = _choice(_("Where does it happen?"), places, initial=places[0][0])
        if len(products := choices.products(basis)) > 1:
            self.fields["product"] = _choice(_("Which product is it about?"), products, is_required=True)

    def _add_questions(self, plan: Plan) -> None:
        """
        Add the plan's severity questions; none of them must be answered.
        """
        for name, question in questions.asked_of_customers(plan).items():
            self.fields[questions.ASKED + name] = forms.ChoiceField(
                label=in_language(question.ask, self.basis.language),
                choices=questions.offered(question),
                required=False,
                error_messages={**CHOOSE_AGAIN},
                widget=forms.RadioSelect(attrs={"data-draft-field": "", "data-forecast": ""}),
            )

    def severity_fields(self) -> list[tuple[str, BoundField]]:
        """
        Return the severity questions by name.
        """
        asked = questions.asked_of_customers(self.plan) if self.plan is not None else {}
        return [(name, self[questions.ASKED + name]) for name in asked if questions.ASKED + name in self.fields]

    def own_fields(self) -> Iterator[tuple[IntakeField, BoundField]]:
        """
        Yield the plan's fields that are typed, each with what the plan says of it.
        """
        for each in self.asked:
            if each.kind != "file":
                yield each, self[ASKED + each.field]

    def is_typed(self, name: str) -> bool:
        """
        Return whether a field is one that is typed, not chosen; a draft of choices alone is none.
        """
        return not isinstance(self.fields[name], forms.ChoiceField)

    def answers(self) -> dict[str, str]:
        """
        Return what was answered to the plan's fields.
        """
        given = {each.field: self.cleaned_data.get(ASKED + each.field) for each in self.asked if each.kind != "file"}
        return {name: str(value) for name, value in given.items() if value not in (None, "")}

    def content(self, files: list[dict[str, Any]]) -> dict[str, Any]:
        """
        Return the submission's content as intake reads it.
        """
        data = self.cleaned_data
        environment, _at, instance = (data.get("place") or "").partition("@")
        only_product = self.basis.contract.products[0] if self.basis.contract and self.basis.contract.products else None
        only_urgency = self.urgencies[0].name if len(self.urgencies) == 1 else None
        return {
            "subject": data.get("subject", ""),
            "text": data.get("text", ""),
            "urgency": data.get("urgency") or only_urgency,
            "request_type": data.get("request_type") or None,
            "environment": environment or None,
            "instance": instance or None,
            "product": data.get("product") or only_product,
            "contract": self.basis.contract.public_id if self.basis.contract else None,
            "answers": questions.answers_in(data, self.plan) if self.plan else {},
            "fields": self.answers(),
            "files": files,
        }

    def demand(self, files: list[dict[str, Any]]) -> bool:
        """
        Put an error beside each field that the plan demands and that has no answer; return whether there is any.
        """
        if self.plan is None:
            return False
        content: Mapping[str, Any] = self.content(files)
        tier = self.basis.contract.tier if self.basis.contract else None
        missing = missing_fields(self.plan, read_request(json.dumps(content).encode()), tier)
        questions = {each.field: in_language(each.ask, self.basis.language) for each in self.asked}
        for name in missing:
            if ASKED + name in self.fields:
                self.add_error(ASKED + name, _("Your plan asks for this."))
            else:
                self.add_error(None, _("Your plan asks for this: %(question)s") % {"question": questions[name]})
        return bool(missing)


def field_of(asked: IntakeField, language: str) -> forms.Field:
    """
    Return the form's field for one of the plan's; it never blocks, for what is demanded is asked for by itself.
    """
    label = in_language(asked.ask, language)
    attrs = {"data-draft-field": ""}
    facts: dict[str, Any] = {"label": label, "required": False}
    if asked.kind == "choice":
        return _choice(label, [("", ""), *((each, each) for each in asked.choices)])
    if asked.kind == "link":
        return LinksField(**facts, max_length=MOST_TEXT, widget=forms.Textarea(attrs={**attrs, "rows": 2}))
    if asked.kind == "date":
        return forms.DateField(
            **facts,
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput(attrs={**attrs, "type": "date"}, format="%Y-%m-%d"),
            error_messages={"invalid": _("Write the date as year-month-day, such as 2026-03-15.")},
        )
    if asked.kind == "mail":
        return forms.EmailField(**facts, max_length=254, widget=forms.EmailInput(attrs=attrs))
    if asked.kind == "number":
        return forms.DecimalField(**facts, max_digits=20, widget=forms.NumberInput(attrs={**attrs, "step": "any"}))
    is_long = asked.kind == "long_text"
    widget = forms.Textarea(attrs={"rows": 3}) if is_long else forms.TextInput(attrs=attrs)
    return forms.CharField(**facts, max_length=MOST_TEXT if is_long else MOST_LINE, widget=widget)


class AnswersForm(forms.Form):
    """
    What a ticket's plan asks for and what is still missing, as fields beside a message.
    """

    def __init__(self, *args: Any, plan: Plan | None, missing: Sequence[str], language: str, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "answer_%s")
        super().__init__(*args, **kwargs)
        rules = {each.field: each for each in plan.intake.fields} if plan else {}
        self.asked = [rules[name] for name in missing if name in rules and rules[name].kind not in ("file", "secret")]
        for each in self.asked:
            self.fields[ASKED + each.field] = field_of(each, language)

    def answers(self) -> dict[str, str]:
        """
        Return what was answered.
        """
        given = {each.field: self.cleaned_data.get(ASKED + each.field) for each in self.asked}
        return {name: str(value) for name, value in given.items() if value not in (None, "")}


def _choice(
    label: str, offered: list[tuple[str, str]], *, is_required: bool = False, initial: str = ""
) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=offered,
        required=is_required,
        initial=initial,
        error_messages={**CHOOSE_AGAIN, "required": _("Choose what fits best; support can change it later.")},
        widget=forms.Select(attrs={"data-draft-field": "", "data-forecast": ""}),
    )
