"""
German.
"""

from typing import Final

_SENTENCES: Final[dict[str, str]] = {
    "clock.promised": "Zugesagt{for_severity}: innerhalb von {length}{hours}{or_agreed}.",
    "clock.promised_less_than": "Zugesagt{for_severity}: in weniger als {length}{hours}{or_agreed}.",
    "clock.promised_range": "Zugesagt{for_severity}: in {early} bis {length}{hours}{or_agreed}.",
    "clock.promised_best_effort": "Zugesagt{for_severity}: nach besten Kräften, ohne Fälligkeit.",
    "clock.promised_none": "Nichts ist zugesagt{for_severity}.",
    "clock.promised_immediate": (
        "Zugesagt{for_severity}: sofort. Der Plan nennt keine Zahl, daher gibt es keine Fälligkeit."
    ),
    "clock.promised_missing": "Der Plan nennt keine Zahl{for_severity}; der Vertrag muss sie nennen.",
    "clock.promised_agreed": "Zugesagt{for_severity}: bis zu einem Datum, das mit dem Kunden vereinbart ist.",
    "clock.started": "{metric} begann {at}: {by}.",
    "clock.unobservable": (
        "Was aufgezeichnet wurde, zeigt nicht, ob diese Zusage eingehalten wurde; daher gibt es kein Urteil."
    ),
    "clock.rolled": "Der Support war dann nicht besetzt, daher zählt es ab {opens_at}.",
    "clock.would_roll": "Der Support war dann nicht besetzt; ohne das Folgende zählte es ab {opens_at}.",
    "clock.severity_changed": (
        "{at}: Der Schweregrad änderte sich von {old_severity} zu {severity}; die Zusage ist dieselbe."
    ),
    "clock.severity_changed_from_change": (
        "{at}: Der Schweregrad änderte sich {from_to}. Jetzt zugesagt: {promise}{new_hours}, gezählt ab diesem Moment."
    ),
    "clock.severity_changed_from_start": (
        "{at}: Der Schweregrad änderte sich {from_to}. Jetzt zugesagt: {promise}{new_hours}, gezählt ab dem Beginn."
    ),
    "clock.severity_changed_reconsider": (
        "{at}: Der Schweregrad änderte sich {from_to}. Jetzt zugesagt: {promise}{new_hours}, gezählt ab dem "
        "Beginn; was vorher zu spät war, wird neu beurteilt."
    ),
    "clock.severity_changed_untimed": "{at}: Der Schweregrad änderte sich {from_to}. Jetzt gilt: {promise}.",
    "clock.target_changed_from_start": (
        "{at}: Eine andere Vorgabe gilt. Jetzt zugesagt: {promise}{new_hours}, gezählt ab dem Beginn."
    ),
    "clock.target_changed_untimed": "{at}: Eine andere Vorgabe gilt. Jetzt gilt: {promise}.",
    "clock.calendar_changed": "{at}: Ab hier zählt es in {calendar} statt {old_calendar}.",
    "clock.phoned": "{at}: Der Kunde hat angerufen, daher zählt es ab hier in {calendar} statt {old_calendar}.",
    "clock.promise_began_from_change": (
        "{at}: Jetzt zugesagt{for_severity}: {promise}{new_hours}, gezählt ab diesem Moment."
    ),
    "clock.promise_began_from_start": (
        "{at}: Jetzt zugesagt{for_severity}: {promise}{new_hours}, gezählt ab dem Beginn."
    ),
    "clock.promise_began_untimed": "{at}: Jetzt gilt: {promise}.",
    "clock.promise_ended": "{at}: Ab hier ist nichts zugesagt.",
    "clock.calendar_moved": (
        "{at}: Die Supportzeiten wurden angepasst (Feiertage oder Zeitzone), und es wurde ab dem Beginn neu "
        "gezählt: {due_change}."
    ),
    "clock.plan_moved": "{at}: Eine andere Version des Plans gilt. Was gezählt war, bleibt: {due_change}.",
    "clock.plan_moved_from_change": (
        "{at}: Eine andere Version des Plans gilt. Jetzt zugesagt: {promise}{new_hours}, gezählt ab diesem "
        "Moment: {due_change}."
    ),
    "clock.plan_moved_from_start": (
        "{at}: Eine andere Version des Plans gilt. Jetzt zugesagt: {promise}{new_hours}, gezählt ab dem "
        "Beginn: {due_change}."
    ),
    "clock.plan_moved_untimed": "{at}: Eine andere Version des Plans gilt. Jetzt gilt: {promise}.",
    "clock.paused": "Angehalten von {at} bis {until_at}: {conditions}.",
    "clock.paused_since": "Angehalten seit {at}: {conditions}.",
    "clock.due": "Fällig {due_at}.",
    "clock.due_before": "Fällig vor {due_at}.",
    "clock.due_range": "Fällig von {early_at} bis {due_at}; beurteilt wird nur die spätere Zeit.",
    "clock.agreed": "Fällig {due_at}, am mit dem Kunden vereinbarten Datum.",
    "clock.not_agreed": "Noch ist kein Datum vereinbart.",
    "clock.excluded": "Das zählt nicht für die Zusage: {cause}.",
    "clock.running": "{spent} verbraucht, noch {left}.",
    "clock.at_risk": "Gefährdet: {spent} verbraucht, noch {left}.",
    "clock.open": "Noch {to_go}.",
    "clock.outside_hours": "Der Support ist jetzt nicht besetzt; weiter geht es {resumes_at}{with_left}.",
    "clock.waits": "Die Fälligkeit steht wieder fest, wenn das vorbei ist{with_left}.",
    "clock.met": "Eingehalten: {by} {stopped_at}{used}.",
    "clock.breached": "Nicht eingehalten: {by} {stopped_at}, {late}{overrun}.",
    "clock.done": "Beendet {stopped_at}: {by}; ohne Fälligkeit gibt es nichts zu beurteilen.",
    "clock.overdue": "Nicht eingehalten: Es ist noch offen, {late}.",
    "clock.ended": "Beendet {ended_at}, weder eingehalten noch verletzt: {because}.",
    "clock.ended_breached": (
        "Nicht eingehalten: Es endete {ended_at}, {late}, und nichts hatte die Zusage erfüllt ({because})."
    ),
    "contract.already_listed": "{person} steht schon auf dieser Kontaktliste. Nennen Sie jemand anderen.",
    "contract.list_full": (
        "Die Kontaktliste {given} fasst in dieser Stufe höchstens {most} Personen. Nehmen Sie zuerst "
        "jemanden davon weg."
    ),
    "contract.list_not_in_tier": (
        "Die Stufe {tier} hat keine Kontaktliste {given}. Benennen Sie die Person auf einer Liste dieser Stufe."
    ),
    "contract.list_too_short": (
        "Auf der Kontaktliste {given} müssen mindestens {least} Personen bleiben. Nennen Sie im selben "
        "Schritt, wer folgt."
    ),
    "contract.successor_missing": "Wer die Kontaktliste {given} verlässt, nennt eine Nachfolge. Wählen Sie jemanden.",
    "contract.unknown_list": "Der Plan hat keine Kontaktliste {given}. Seine Listen stehen im Plan unter contacts.",
    "party.address_link_invalid": (
        "Dieser Link funktioniert nicht: Er ist zu alt, oder die Adresse wurde entfernt. Verlangen Sie einen neuen."
    ),
    "party.address_not_verified": (
        "Diese Adresse ist noch nicht bestätigt. Öffnen Sie zuerst den Link, den wir dorthin gesendet haben."
    ),
    "party.own_address": "{given} ist bereits Ihre Adresse.",
    "party.too_many_addresses": "Sie haben schon {most} weitere Adressen. Entfernen Sie zuerst eine.",
    "party.invitation_invalid": (
        "Diese Einladung funktioniert nicht: Sie ist unbekannt, wurde verwendet oder ist abgelaufen. Bitten "
        "Sie um eine neue."
    ),
    "severity.unknown_question": "Der Plan hat keine Frage {given}. Seine Fragen sind: {known}.",
    "severity.unknown_answer": "{given} ist keine Antwort auf die Frage {question}. Mögliche Antworten: {known}.",
    "severity.no_number": (
        "{given} ist keine Zahl, und auf {question} antwortet man mit einer. Schreiben Sie Ziffern, zum Beispiel 25."
    ),
    "severity.number_in_no_band": (
        "{given} liegt nicht in dem Bereich, den {question} haben kann. Die Antworten bedeuten: {bands}."
    ),
    "file.too_large": (
        "Die Datei «{name}» hat {given_mb} MB; erlaubt sind {most_mb} MB. Senden Sie einen Teil davon oder "
        "einen Link darauf."
    ),
    "file.too_many": (
        "Die Datei «{name}» wurde weggelassen: Eine Nachricht fasst bis zu {most} Dateien, und {kept} sind "
        "aufbewahrt. Senden Sie sie mit einer weiteren Nachricht, oder packen Sie mehrere in ein Archiv."
    ),
    "file.quota_reached": (
        "Die Datei «{name}» wurde weggelassen: Die Dateien dieses Kunden belegen alle {most_gb} GB. Löschen "
        "Sie alte, oder senden Sie einen Link."
    ),
    "file.no_space": (
        "Die Datei «{name}» konnte nicht aufbewahrt werden: Unser Speicher ist voll. Ihr Text ist "
        "aufbewahrt; versuchen Sie es ohne die Datei und informieren Sie den Betrieb."
    ),
    "file.missing": (
        "Die Datei «{name}» ist nicht mehr dort, wo sie lag. Informieren Sie den Betrieb; `upheld verify` nennt sie."
    ),
    "file.bad_key": "Das ist kein Schlüssel einer Datei, die wir haben.",
    "intake.choose_contract": "Mehrere Verträge passen zu dieser Anfrage: {choices}. Geben Sie an, welcher gilt.",
    "intake.no_customer": (
        "Die Anfrage sagt weder, wer sie sendet, noch für welchen Kunden. So lässt sich nichts zusagen; "
        "geben Sie an, für wen sie ist."
    ),
    "intake.no_subject": "Eine Anfrage braucht einen Titel. Sagen Sie in wenigen Worten, worum es geht.",
    "intake.not_a_contact": (
        "Unter diesem Vertrag dürfen nur {people} an den Support schreiben. Was Sie gesendet haben, ist "
        "aufbewahrt, aber niemand bearbeitet es. Bitten Sie eine dieser Personen, es zu senden oder Sie als "
        "Kontaktperson zu benennen."
    ),
    "intake.subject_too_long": (
        "Der Titel hat {given} Zeichen; höchstens {most} sind möglich. Schreiben Sie den Rest in den Text."
    ),
    "intake.text_too_long": (
        "Der Text hat {given} Zeichen; höchstens {most} sind möglich. Senden Sie den Rest als Datei."
    ),
    "intake.unknown_contract": "Diesen Vertrag hat der Kunde nicht. Wählen Sie einen seiner Verträge oder keinen.",
    "intake.unknown_instance": "Der Vertrag hat keine solche Instanz. Wählen Sie eine seiner Instanzen oder keine.",
    "intake.unknown_word": "Der Plan kennt {given} als {field} nicht. Er kennt: {known}.",
    "intake.unreadable": (
        "Die Einsendung ist nicht lesbar ({reason}). Sie ist aufbewahrt, wie sie kam; der Betrieb kann sie ansehen."
    ),
    "message.empty": "Die Nachricht hat keinen Text. Schreiben Sie einen.",
    "message.no_ticket": "Das Ticket, für das diese Nachricht war, gibt es nicht. Die Nachricht ist aufbewahrt.",
    "message.too_long": (
        "Die Nachricht hat {given} Zeichen; höchstens {most} sind möglich. Senden Sie den Rest als Datei."
    ),
    "ticket.changed_meanwhile": (
        "Jemand hat das Ticket inzwischen geändert: Es hat Version {found}, erwartet war {expected}. Sehen "
        "Sie es noch einmal an und entscheiden Sie dann."
    ),
    "ticket.merged": "Das Ticket {number} ist in ein anderes übergegangen. Schreiben Sie dort.",
    "ticket.not_resolved": "Das Ticket ist weder gelöst noch abgeschlossen; es gibt nichts wieder zu öffnen.",
    "ticket.same_status": "Der Stand ist schon {given}.",
}
"""Sentences by code."""

_WORDS: Final[dict[str, str]] = {
    "{weekday} {day} {month} {year}": "{weekday} {day}. {month} {year}",
    "{weekday} {day} {month}": "{weekday} {day}. {month}",
    "{count} support day": "{count} Supporttag",
    "{count} support days": "{count} Supporttage",
    "day": "Tag",
    "days": "Tage",
    "now": "jetzt",
    "no severity": "kein Schweregrad",
    "all hours, day and night": "allen Stunden, rund um die Uhr",
    "all hours": "rund um die Uhr",
    "no time": "keine Zeit",
    " (same time of day)": " (gleiche Uhrzeit)",
    " (by closing)": " (bis Supportende)",
    ", day and night": ", rund um die Uhr",
    ", counted in {calendar}": ", gezählt in {calendar}",
    ", or by a date agreed with the customer": ", oder bis zu einem Datum, das mit dem Kunden vereinbart ist",
    "at the very moment before which it was due": "genau in dem Moment, vor dem es fällig war",
    "the support hours {name}": "den Supportzeiten {name}",
    "“{name}”": "«{name}»",
    "from {old} to {new}": "von {old} zu {new}",
    "to {new}": "zu {new}",
    " of {length}": " zu {length}",
    " for {severity}": " für {severity}",
    ", with {left} left": ", noch {left}",
    ", {spent} of {allowed} used": ", {spent} von {allowed} verbraucht",
    "{length} late": "{length} zu spät",
    " ({length} of it in support hours)": " (davon {length} in den Supportzeiten)",
    ", after the due time": ", nach der Fälligkeit",
    "late": "zu spät",
    "{metric}: what counted": "{metric}: was gezählt hat",
    "Nothing was counted.": "Es wurde nichts gezählt.",
    "start": "Beginn",
    "{since} to {until}": "{since} bis {until}",
    "due from": "fällig ab",
    "{one} and {other}": "{one} und {other}",
    "{day} {month} {year}": "{day}. {month} {year}",
    "{day} {month}": "{day}. {month}",
    "{weekday} {day}": "{weekday} {day}.",
    "within {length}": "innerhalb von {length}",
    "in less than {length}": "in weniger als {length}",
    "in {early} to {length}": "in {early} bis {length}",
    "it is best effort, without a due time": "nach besten Kräften, ohne Fälligkeit",
    "nothing is promised": "nichts ist zugesagt",
    "at once is promised, without a figure and so without a due time": "sofort, ohne Zahl und daher ohne Fälligkeit",
    "the contract has to give the figure, for the plan gives none": (
        "der Vertrag muss die Zahl nennen, denn der Plan nennt keine"
    ),
    "a date agreed with the customer is promised": "ein mit dem Kunden vereinbartes Datum",
    "the ticket was opened": "das Ticket wurde eröffnet",
    "the customer wrote": "der Kunde hat geschrieben",
    "support replied": "der Support hat geantwortet",
    "the customer telephoned": "der Kunde hat angerufen",
    "support acknowledged the ticket": "der Support hat den Eingang bestätigt",
    "support called back": "der Support hat zurückgerufen",
    "support assigned the severity": "der Support hat den Schweregrad festgelegt",
    "support confirmed the severity": "der Support hat den Schweregrad bestätigt",
    "the ticket was assigned": "das Ticket wurde zugeteilt",
    "a workaround was given": "eine Umgehungslösung wurde angegeben",
    "a remediation plan was given": "ein Plan zur Behebung wurde angegeben",
    "the error was reproduced": "der Fehler wurde nachgestellt",
    "the ticket was resolved": "das Ticket wurde gelöst",
    "the ticket was closed": "das Ticket wurde abgeschlossen",
    "the ticket was reopened": "das Ticket wurde wieder geöffnet",
    "the missing information arrived": "die fehlenden Angaben sind eingetroffen",
    "waiting on the customer": "wartet auf den Kunden",
    "waiting on support": "wartet auf den Support",
    "waiting on a third party": "wartet auf Dritte",
    "on hold": "zurückgestellt",
    "information is missing": "Angaben fehlen",
    "held until it is clear which contract covers it": "zurückgestellt, bis klar ist, welcher Vertrag es deckt",
    "resolved": "gelöst",
    "the ticket was merged into another": "das Ticket wurde mit einem anderen zusammengelegt",
    "nothing is owed while the ticket waits": "während das Ticket wartet, ist nichts geschuldet",
    "the plan version to which the ticket moved does not promise it": (
        "die Planversion, in die das Ticket kam, sagt es nicht zu"
    ),
    "the records cannot show it": "die Aufzeichnungen zeigen es nicht",
    "the request is worked on as best effort": "die Anfrage wird nach besten Kräften bearbeitet",
    "the plan does not cover the request": "der Plan deckt die Anfrage nicht",
    "running": "läuft",
    "paused": "angehalten",
    "outside hours": "nicht in den Supportzeiten",
    "no due time": "keine Fälligkeit",
    "kept": "eingehalten",
    "broken": "nicht eingehalten",
    "ended": "beendet",
    "cannot be seen": "nicht feststellbar",
    "counted": "gezählt",
    "counted for an earlier promise": "für eine frühere Zusage gezählt",
    "to come": "kommt noch",
    "opened": "eröffnet",
    "customer wrote": "Kunde schrieb",
    "customer called": "Kunde rief an",
    "reopened": "wieder geöffnet",
    "other hours": "andere Zeiten",
    "revised hours": "angepasste Zeiten",
    "other plan version": "andere Planversion",
    "other target": "andere Vorgabe",
    "promised": "zugesagt",
    "no promise": "keine Zusage",
    "due": "fällig",
    "due before": "fällig vor",
    "due as agreed": "fällig wie vereinbart",
    "finished": "fertig",
    "“{name}” was reached": "«{name}» wurde erreicht",
    "“{name}” was done": "«{name}» war erledigt",
    "Mon": "Mo",
    "Tue": "Di",
    "Wed": "Mi",
    "Thu": "Do",
    "Fri": "Fr",
    "Sat": "Sa",
    "Sun": "So",
    "Jan": "Jan.",
    "Feb": "Feb.",
    "Mar": "März",
    "Apr": "Apr.",
    "May": "Mai",
    "Jun": "Juni",
    "Jul": "Juli",
    "Aug": "Aug.",
    "Sep": "Sept.",
    "Oct": "Okt.",
    "Nov": "Nov.",
    "Dec": "Dez.",
    "there is no due time for the present": "vorläufig gibt es keine Fälligkeit",
    "due {after}": "fällig {after}",
    "due {after} instead of {before}": "fällig {after} statt {before}",
}
"""Words and parts of sentences by their English ones."""

TEXTS: Final[dict[str, str]] = _SENTENCES | _WORDS
