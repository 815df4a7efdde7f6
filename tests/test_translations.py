"""
Nothing that a customer reads lacks a German, French or Italian text, and every text keeps the facts of the English one.
"""

import ast
import gettext
import importlib
import re
import string

import pytest
from django.template.loaders.app_directories import get_app_template_dirs
from django.test import Client
from django.utils.translation import override
from django.utils.translation.template import templatize

from tests import factories, source_tree
from upheld import wording
from upheld.apps.tickets.services import conversation
from upheld.config import settings as upheld_settings
from upheld.rendering.dates import MONTHS, WEEKDAYS
from upheld.wording import clocks

LANGUAGES = ["de", "fr", "it"]
LOCALE = upheld_settings.LOCALE_PATHS[0]
MARKS = {"gettext", "gettext_lazy", "gettext_noop", "_", "ngettext"}
MODULES = ("upheld/web/portal/", "upheld/web/contract_changes.py", "upheld/web/accounts/",
           "upheld/apps/channels/words.py", "upheld/web/moments.py",
           "upheld/web/errors.py")  # fmt: skip
FOLDERS = ("portal", "contracts", "account", "accounts", "components", "errors", "mfa")
PLAIN = ("base.html", "base_portal.html", "base_account.html", "base_entrance.html", "429.html")
"""Pages that customers see, and what is around them."""
TABLES = (clocks.PROMISES, clocks.TRIGGERS, clocks.CONDITIONS, clocks.ENDS, clocks.EXCLUSIONS, clocks.STATES,
          clocks.STRETCHES, clocks.STARTS, clocks.MARKS)  # fmt: skip
SAID = ("clock.", "file.", "message.", "party.address", "party.own", "party.too_many", "party.invitation_invalid",
        "severity.")  # fmt: skip
ALSO_SAID = ("intake.not_a_contact", "intake.no_subject", "intake.text_too_long", "intake.choose_contract",
             "contract.successor_missing", "contract.list_full", "contract.list_too_short", "ticket.merged",
             "ticket.same_status")  # fmt: skip


def catalogue(language):
    with (LOCALE / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def in_python():
    for module, tree in source_tree.modules().items():
        if not module.startswith(MODULES):
            continue
        for node in ast.walk(tree):
            name = getattr(getattr(node, "func", None), "id", getattr(getattr(node, "func", None), "attr", ""))
            if isinstance(node, ast.Call) and name in MARKS:
                given = node.args[0]
                if isinstance(given, ast.Constant) and isinstance(given.value, str):
                    yield given.value


def in_templates():
    """What the tags of the templates mark, as ``makemessages`` reads them."""
    folder = next(each for each in get_app_template_dirs("templates") if "upheld" in str(each) and "web" in str(each))
    files = [
        *(file for name in FOLDERS for file in (folder / name).rglob("*.html")),
        *(folder / name for name in PLAIN),
    ]
    for file in files:
        source = templatize(file.read_text())
        for text in re.findall(r"\bn?gettext\((?:u?'((?:[^'\\]|\\.)*)'|u?\"((?:[^\"\\]|\\.)*)\")", source):
            yield (
                ast.literal_eval(repr(text[0] or text[1])).replace("\\'", "'").replace('\\"', '"').replace("\\n", "\n")
            )


def marked():
    return sorted({*in_python(), *in_templates()})


def holes(text):
    """The facts that a text has places for, in either way of writing them."""
    named = set(re.findall(r"%\((\w+)\)", text))
    return named | {field for _, field, _, _ in string.Formatter().parse(text.replace("%%", "")) if field}


def test_the_scan_sees_texts_of_both_kinds():
    found = set(marked())
    assert {"How urgent is it?", "What can we do for you?", "{by} answered “{subject}”."} <= found
    assert len(found) > 400


@pytest.mark.requirement_part("OPT-11")
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_the_portal_and_of_notices_lacks_a_translation(language):
    known = catalogue(language)._catalog
    assert [text for text in marked() if not (known.get(text) or known.get((text, 0)))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_facts_of_its_text(language):
    wrong = []
    for key, text in catalogue(language)._catalog.items():
        english = key[0] if isinstance(key, tuple) else key
        if english and holes(text) != holes(english):
            wrong.append((english, text))
    assert wrong == []


def words():
    """The words that explanations and pictures are made of."""
    found = {value for table in TABLES for value in table.values()} | {clocks.MILESTONE, clocks.AFTER}
    for name in ("explanations", "timeline"):
        for node in ast.walk(source_tree.modules()[f"upheld/rendering/{name}.py"]):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "word":
                found |= {
                    each.value
                    for each in ast.walk(node.args[0])
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                }
    return sorted(found - {"because", "old_severity", ""})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_and_word_about_clocks_is_translated(language):
    known = wording.texts(language)
    codes = [code for code in wording.messages() if code.startswith(SAID) or code in ALSO_SAID]
    same = {", in {calendar}"}
    assert [code for code in codes if code not in known] == []
    assert [word for word in [*words(), *WEEKDAYS, *MONTHS] if word not in known and word not in same] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_has_the_facts_of_its_english_one(language):
    english = wording.messages()
    wrong = [
        (key, text) for key, text in wording.texts(language).items() if holes(text) != holes(english.get(key, key))
    ]
    assert wrong == []


def test_an_unknown_language_and_an_untranslated_code_read_in_english():
    assert wording.say("money.too_fine", {"given": "1.234", "currency": "CHF"}, "de").startswith("1.234 is finer")
    assert wording.say("message.empty", {}, "nl") == wording.say("message.empty", {})
    assert wording.say("message.empty", {}, "de-CH") == "Die Nachricht hat keinen Text. Schreiben Sie einen."


SIGNS = {
    "de": ("Neues Ticket", "Sie haben unsere erste Antwort bis heute, 20:00"),
    "fr": ("Nouveau ticket", "Vous aurez notre première réponse au plus tard "),
    "it": ("Nuovo ticket", "Avrà la nostra prima risposta al più tardi oggi alle 20:00"),
}


@pytest.fixture
def reader(db, settings, monkeypatch):
    """A client of somebody who reads in a language."""
    monkeypatch.setattr("upheld.web.reader.read_clock", lambda: factories.NOW)
    world = factories.World()

    def read_in(language):
        world.contact.language, world.contact.zone = language, "Europe/Zurich"
        world.contact.save()
        client = Client()
        client.force_login(world.contact, backend=settings.AUTHENTICATION_BACKENDS[0])
        return world, client

    return read_in


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_person_reads_the_portal_in_their_language(reader, language):
    world, client = reader(language)
    ticket = world.ticket()
    new, promise = SIGNS[language]
    assert new in client.get("/portal/").content.decode()
    page = client.get(f"/portal/tickets/{ticket.public_id}/")
    assert page.context["headline"].title.startswith(promise)
    told = page.content.decode()
    assert f'<html lang="{language}"' in told
    assert wording.word("the ticket was opened", language) in told
    assert "the ticket was opened" not in told


@pytest.mark.parametrize(
    ("accepted", "said"), [("de-CH,de;q=0.9", "Anmelden"), ("it", "Accedi"), ("fr", "Se connecter")]
)
def test_somebody_unknown_reads_what_the_browser_asks_for(db, accepted, said):
    page = Client().get("/accounts/login/", headers={"accept-language": accepted}).content.decode()
    assert said in page


def test_notices_and_mail_are_in_the_readers_language(reader):
    world, _client = reader("fr")
    ticket = world.ticket()
    conversation.reply(ticket=ticket, by=world.agent, text="Bonjour", now=world.now + 60)
    from upheld.apps.channels.words import sentence  # noqa: PLC0415

    said = sentence("ticket.replied", ticket, {"by": "Jo Osei"}, "Europe/Zurich", "fr")
    assert said == "Jo Osei a répondu à «\N{NO-BREAK SPACE}Orders stopped exporting\N{NO-BREAK SPACE}»."
    with override("it"):
        assert importlib.import_module("upheld.web.moments").length(3_900) == "1 h 05 min"
