"""
Who plays: the vendor's people, teams and brands, the customers, their people and their contracts.

Invariant: names are invented; addresses end in ``.example``, which nobody can own (RFC 2606).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

VENDOR_DOMAIN: Final = "halden.example"


@dataclass(frozen=True, slots=True)
class Member:
    """
    One person: the name, the first part of the address, the zone, and the role (staff) or part (customer).
    """

    name: str
    mail: str
    zone: str
    role: str
    can_log_in: bool = False


@dataclass(frozen=True, slots=True)
class Deal:
    """
    One contract. ``ends_in`` and ``starts_in`` are days from the start of the demo; ``ends_in`` is ``None`` where it
    goes on. ``contacts`` names a list of the plan and who is on it.
    """

    brand: str
    plan: str
    tier: str
    team: str
    fee: str
    currency: str
    starts_in: int = -400
    ends_in: int | None = None
    products: tuple[str, ...] = ()
    contacts: tuple[str, tuple[str, ...]] | None = None
    instance: tuple[str, tuple[tuple[str, str], ...]] | None = None


@dataclass(frozen=True, slots=True)
class Client:
    """
    One customer with its people and contracts; ``share`` is how much of the work it makes.
    """

    name: str
    domain: str
    zone: str
    regions: tuple[str, ...]
    people: tuple[Member, ...]
    deals: tuple[Deal, ...]
    share: int = 10
    language: str = "en"


CLOUD, CARE, PARTNERS = "Halden Cloud", "Brevik Care", "Halden Partners"
BRANDS: Final = (
    (CLOUD, "support@halden.example"),
    (CARE, "care@brevik.example"),
    (PARTNERS, "partners@halden.example"),
)
DESK, FIELD, SECOND = "Cloud desk", "Field service", "Partner desk"
TEAMS: Final = (DESK, FIELD, SECOND)

STAFF: Final = (
    Member("Marit Solheim", "marit", "Europe/Oslo", "agent", can_log_in=True),
    Member("Jo Osei", "jo", "Africa/Accra", "agent"),
    Member("Kenji Morita", "kenji", "Asia/Tokyo", "agent"),
    Member("Camille Roux", "camille", "Europe/Paris", "agent"),
    Member("Rafael Duarte", "rafael", "America/Sao_Paulo", "agent"),
    Member("Priya Raman", "priya", "Asia/Kolkata", "agent"),
    Member("Ingrid Valle", "ingrid", "Europe/Oslo", "lead", can_log_in=True),
    Member("Wanjiru Kamau", "wanjiru", "Africa/Nairobi", "success_manager"),
    Member("Beatrix Amsler", "beatrix", "Europe/Zurich", "finance", can_log_in=True),
    Member("Tomasz Zieliński", "tomasz", "Europe/Warsaw", "plan_author"),
    Member("Leilani Akana", "leilani", "Pacific/Honolulu", "contractor"),
    Member("Nils Haugen", "nils", "Europe/Oslo", "admin", can_log_in=True),
)

CONTACTS: Final = "designated"
CELIGO, OPIGNO, HALDEN, BREVIK = "celigo-integrator-io", "opigno-success-plans", "halden-cloud", "brevik-care"
_SITES: Final = (
    ("production", "https://learn.lindenhof.example"),
    ("stage", "https://stage.learn.lindenhof.example"),
    ("test", "https://test.learn.lindenhof.example"),
)

CLIENTS: Final = (
    Client(
        "Northwind Harbour Supplies", "northwind.example", "America/Los_Angeles", ("US", "US-CA"),
        (
            Member("Dana Whitfield", "dana", "America/Los_Angeles", "manager", can_log_in=True),
            Member("Luis Ortega", "luis", "America/Los_Angeles", "requester", can_log_in=True),
            Member("Mei Tanaka", "mei", "America/New_York", "viewer"),
        ),
        (Deal(CLOUD, HALDEN, "always_on", DESK, "24000", "USD", contacts=(CONTACTS, ("dana", "luis"))),),
        share=18,
    ),
    Client(
        "Fjellgården Møbler", "fjellgarden.example", "Europe/Oslo", ("NO",),
        (
            Member("Sigrid Moen", "sigrid", "Europe/Oslo", "manager"),
            Member("Aksel Bakke", "aksel", "Europe/Oslo", "requester"),
        ),
        (Deal(CLOUD, HALDEN, "team", DESK, "96000", "NOK", contacts=(CONTACTS, ("sigrid",))),),
        share=14, language="en",
    ),
    Client(
        "Tessellate Tiles", "tessellate.example", "Australia/Sydney", ("AU", "AU-NSW"),
        (
            Member("Ruby Hargreaves", "ruby", "Australia/Sydney", "manager"),
            Member("Tariq Aziz", "tariq", "Australia/Sydney", "requester"),
        ),
        (Deal(CLOUD, HALDEN, "start", DESK, "3600", "AUD"),),
        share=9,
    ),
    Client(
        "Kestrel & Daughters", "kestrel.example", "Europe/London", ("GB",),
        (
            Member("Harriet Kestrel", "harriet", "Europe/London", "manager"),
            Member("Callum Reid", "callum", "Europe/London", "requester"),
            Member("Zofia Nowak", "zofia", "Europe/London", "requester"),
        ),
        (Deal(CLOUD, HALDEN, "team", DESK, "9000", "GBP", contacts=(CONTACTS, ("harriet", "callum"))),),
        share=13,
    ),
    Client(
        "Miyako Paper", "miyako.example", "Asia/Tokyo", ("JP",),
        (
            Member("Haruka Ishii", "haruka", "Asia/Tokyo", "manager"),
            Member("Ren Fujita", "ren", "Asia/Tokyo", "requester"),
        ),
        (Deal(CLOUD, HALDEN, "start", DESK, "400000", "JPY"),),
        share=8,
    ),
    Client(
        "Hotel Sonnwend Group", "sonnwend.example", "Europe/Vienna", ("AT",),
        (
            Member("Lukas Gruber", "lukas", "Europe/Vienna", "manager"),
            Member("Eszter Varga", "eszter", "Europe/Budapest", "requester"),
        ),
        (Deal(CLOUD, HALDEN, "always_on", DESK, "21000", "EUR", contacts=(CONTACTS, ("lukas",))),),
        share=12,
    ),
    Client(
        "Baobab Organics", "baobab.example", "Africa/Nairobi", ("KE",),
        (
            Member("Achieng Odhiambo", "achieng", "Africa/Nairobi", "manager"),
            Member("Daniel Mwangi", "daniel", "Africa/Nairobi", "requester"),
        ),
        (Deal(CLOUD, HALDEN, "start", DESK, "2800", "USD"),),
        share=7,
    ),
    Client(
        "Gemeindewerke Arvenau", "arvenau.example", "Europe/Zurich", ("CH", "CH-GR"),
        (
            Member("Reto Caduff", "reto", "Europe/Zurich", "manager"),
            Member("Flurina Camenisch", "flurina", "Europe/Zurich", "requester"),
        ),
        (Deal(CARE, BREVIK, "full", FIELD, "18000", "CHF"),),
        share=11,
    ),
    Client(
        "Águas do Vale", "aguas.example", "America/Sao_Paulo", ("BR", "BR-SP"),
        (
            Member("Beatriz Nogueira", "beatriz", "America/Sao_Paulo", "manager"),
            Member("Thiago Lima", "thiago", "America/Sao_Paulo", "requester"),
        ),
        (Deal(CARE, BREVIK, "basic", FIELD, "30000", "BRL"),),
        share=8,
    ),
    Client(
        "Loch Ardan Distillery", "ardan.example", "Europe/London", ("GB", "GB-SCT"),
        (
            Member("Isla Mackenzie", "isla", "Europe/London", "manager"),
            Member("Fergus Boyd", "fergus", "Europe/London", "requester"),
        ),
        (
            Deal(CLOUD, HALDEN, "team", DESK, "7200", "GBP", contacts=(CONTACTS, ("isla",))),
            Deal(CARE, BREVIK, "basic", FIELD, "2400", "GBP"),
        ),
        share=9,
    ),
    Client(
        "Prairie Wind Outfitters", "prairiewind.example", "America/Chicago", ("US", "US-IL"),
        (
            Member("Hannah Becker", "hannah", "America/Chicago", "manager"),
            Member("Omar Haddad", "omar", "America/Chicago", "requester"),
        ),
        (Deal(PARTNERS, CELIGO, "preferred", SECOND, "8500", "USD"),),
        share=8,
    ),
    Client(
        "Juniper & Oak", "juniperoak.example", "America/New_York", ("US", "US-NY"),
        (Member("Grace Okafor", "grace", "America/New_York", "manager"),),
        (Deal(PARTNERS, CELIGO, "essential", SECOND, "3000", "USD"),),
        share=5,
    ),
    Client(
        "Akademie Lindenhof", "lindenhof.example", "Europe/Zurich", ("CH", "CH-ZH"),
        (
            Member("Noémie Berset", "noemie", "Europe/Zurich", "manager"),
            Member("Andrin Keller", "andrin", "Europe/Zurich", "requester"),
        ),
        (
            Deal(
                PARTNERS, OPIGNO, "corporate", SECOND, "14000", "CHF",
                contacts=(CONTACTS, ("noemie",)), instance=("Lindenhof learns", _SITES),
            ),
        ),
        share=7,
    ),
    Client(
        "Quiet Lake Press", "quietlake.example", "America/Toronto", ("CA", "CA-ON"),
        (Member("Olivia Tremblay", "olivia", "America/Toronto", "manager", can_log_in=True),),
        (Deal(CLOUD, HALDEN, "team", DESK, "5200", "CAD", ends_in=-20),),
        share=5,
    ),
    Client(
        "Sundial Clinics", "sundial.example", "Asia/Dubai", ("AE",),
        (
            Member("Layla Mansour", "layla", "Asia/Dubai", "manager"),
            Member("Farid Nasser", "farid", "Asia/Dubai", "requester"),
        ),
        (
            Deal(CLOUD, HALDEN, "start", DESK, "4100", "EUR", ends_in=-31),
            Deal(CLOUD, HALDEN, "team", DESK, "9900", "EUR", starts_in=-24),
        ),
        share=6,
    ),
)  # fmt: skip
