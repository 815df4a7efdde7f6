"""
Whatever people do, in whatever order, the stored state is the replay of the events, and verify finds nothing.

The machine acts through the services; kinds of events that no service makes yet go through ``recording`` like those
that a later one will make. After every step the read model is compared with a replay; at the end everything is
verified.
"""

import datetime as dt

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from tests import factories
from upheld import catalogues
from upheld.apps.contracts import editions
from upheld.apps.contracts import services as contract_services
from upheld.apps.contracts.models import Contract, PlanVersion
from upheld.apps.parties.models import Person
from upheld.apps.tickets.models import ClockRow, EventRow, Recompute, Ticket, Timer
from upheld.apps.tickets.previews import RecomputeError, Wanted, preview
from upheld.apps.tickets.readmodel import read_model
from upheld.apps.tickets.rulings import rules_for
from upheld.apps.tickets.services import conversation, erasing, handling, recomputing
from upheld.apps.tickets.services.recording import Fact, TicketError, actor_of, events_of, record
from upheld.apps.work import relay
from upheld.core import events as ev
from upheld.core.instants import to_datetime
from upheld.trust.verification import verify

NOW, DAY, HOUR = factories.NOW, factories.DAY, factories.HOUR
SEVERITIES = ["urgent", "high", "normal", "low"]
STATUSES = [*map(str, ev.Status), "resolved", "closed", "reopened"]
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20).filter(str.strip)

DIRECT = {
    "acknowledged": {},
    "severity_suggested": {"severity": "high", "rule": "severities.high.when[0]"},
    "paused": {"condition": "on_hold"},
    "resumed": {"condition": "on_hold"},
    "intake_requested": {"items": ("steps",)},
    "exclusion_decided": {"cause": "customer", "excluded": True},
    "charge_proposed": {"amount": "120.00", "currency": "USD"},
    "charge_decided": {"approved": True},
    "escalated": {"step": "lead"},
    "escalation_acknowledged": {"step": "lead"},
    "reproduction_recorded": {"outcome": "reproduced"},
    "workaround_given": {},
    "remediation_planned": {},
    "milestone_reached": {"milestone": "found"},
    "verdict_reported": {"metric": "first_response", "cycle": 1, "verdict": "met"},
}
"""Kinds that no service makes yet, with their fields; those that name a ticket are made where there are two."""


BY_SERVICES = {
    *("opened", "message_received", "message_sent", "urgency_stated", "severity_assigned", "severity_confirmed"),
    *("call_logged", "status_changed", "intake_completed", "coverage_decided", "assigned", "contract_bound"),
    *("resolved", "reopened", "closed", "payload_erased", "corrected", "linked", "split", "merged"),
    *("plan_moved", "calendar_moved"),
}


def test_every_kind_of_event_is_among_the_acts():
    assert set(DIRECT) | BY_SERVICES == set(ev.KINDS)


class Life(RuleBasedStateMachine):
    """One customer's tickets, over some days."""

    def __init__(self):
        super().__init__()
        self.now = NOW
        people = {person.email.split("@")[0]: person for person in Person.objects.all()}
        self.dana, self.jo, self.priya = people["dana"], people["agent"], people["lead"]
        self.customer = self.dana.memberships.get().customer
        self.tickets = []

    def ticket(self, index):
        return Ticket.objects.get(pk=self.tickets[index % len(self.tickets)])

    def tick(self, seconds):
        self.now += seconds

    def acts(self, act, **arguments):
        """Do something; a refusal changes nothing."""
        before = list(EventRow.objects.order_by("pk").values_list("hash", flat=True))
        try:
            act(**arguments, now=self.now)
        except (TicketError, RecomputeError):
            assert list(EventRow.objects.order_by("pk").values_list("hash", flat=True)) == before
        self.is_replay()

    def is_replay(self):
        for ticket in Ticket.objects.filter(pk__in=self.tickets).select_related("contract__customer"):
            events = events_of(ticket)
            model = read_model(events, rules_for(ticket, events), self.now)
            rows = {(row.metric, row.cycle): row for row in ClockRow.objects.filter(ticket=ticket)}
            assert rows.keys() == {(each["metric"], each["cycle"]) for each in model.clocks}
            for fields in model.clocks:
                row = rows[fields["metric"], fields["cycle"]]
                is_late = row.verdict == "pending" != fields["verdict"]
                names = set(fields) - ({"verdict", "breached_at"} if is_late else set())
                assert {name: getattr(row, name) for name in names} == {name: fields[name] for name in names}
                if is_late:
                    assert Timer.objects.filter(
                        ticket=ticket, kind="breach", metric=row.metric, cycle=row.cycle, state="waiting"
                    ).exists()

    @initialize(severity=st.sampled_from(SEVERITIES))
    def first(self, severity):
        self.opens(severity, "It broke", 0)

    @precondition(lambda self: len(self.tickets) < 3)
    @rule(severity=st.sampled_from(SEVERITIES), text=TEXTS, seconds=st.integers(0, DAY))
    def opens(self, severity, text, seconds):
        self.tick(seconds)
        made = factories.ticket(self.dana, self.customer, text=text, urgency=severity, now=self.now)
        self.tickets.append(made.pk)
        self.is_replay()

    @rule(
        index=st.integers(0, 2),
        text=TEXTS,
        seconds=st.integers(0, DAY),
        then=st.sampled_from([None, "resolved", "on_hold"]),
    )
    def reply(self, index, text, seconds, then):
        self.tick(seconds)
        self.acts(conversation.reply, ticket=self.ticket(index), by=self.jo, text=text, then_status=then)

    @rule(index=st.integers(0, 2), text=TEXTS, seconds=st.integers(0, DAY))
    def writes(self, index, text, seconds):
        self.tick(seconds)
        self.acts(conversation.customer_message, ticket=self.ticket(index), by=self.dana, text=text)

    @rule(index=st.integers(0, 2), text=TEXTS)
    def note(self, index, text):
        self.acts(conversation.note, ticket=self.ticket(index), by=self.priya, text=text)

    @rule(index=st.integers(0, 2), severity=st.sampled_from(SEVERITIES), seconds=st.integers(0, 4 * HOUR))
    def severity(self, index, severity, seconds):
        self.tick(seconds)
        self.acts(
            handling.assign_severity, ticket=self.ticket(index), severity=severity, by=self.jo, reason="looked at"
        )

    @rule(index=st.integers(0, 2))
    def confirms(self, index):
        self.acts(handling.confirm_severity, ticket=self.ticket(index), by=self.jo)

    @rule(index=st.integers(0, 2), status=st.sampled_from(STATUSES), seconds=st.integers(0, DAY))
    def status(self, index, status, seconds):
        self.tick(seconds)
        self.acts(handling.change_status, ticket=self.ticket(index), status=status, by=self.jo, reason="so it is")

    @rule(index=st.integers(0, 2), is_given=st.booleans())
    def assign(self, index, is_given):
        self.acts(handling.assign, ticket=self.ticket(index), to=self.jo if is_given else None, by=self.priya)

    @rule(index=st.integers(0, 2), coverage=st.sampled_from(list(ev.Coverage)))
    def coverage(self, index, coverage):
        self.acts(
            handling.decide_coverage, ticket=self.ticket(index), coverage=coverage, by=self.jo, reason="by the plan"
        )

    @rule(index=st.integers(0, 2))
    def completes(self, index):
        self.acts(handling.complete_intake, ticket=self.ticket(index), by=self.jo)

    @rule(index=st.integers(0, 2), back=st.integers(0, DAY), inbound=st.booleans())
    def call(self, index, back, inbound):
        self.acts(
            conversation.log_call, ticket=self.ticket(index), by=self.priya, inbound=inbound, at=self.now - back,
            seconds=60, reason="logged late",
        )  # fmt: skip

    @rule(index=st.integers(0, 2), kind=st.sampled_from(sorted(DIRECT)), seconds=st.integers(0, HOUR))
    def direct(self, index, kind, seconds):
        self.tick(seconds)
        self.records(index, ev.KINDS[kind], **DIRECT[kind])

    @rule(index=st.integers(0, 2), back=st.integers(0, 3))
    def corrects(self, index, back):
        newest = EventRow.objects.filter(ticket=self.ticket(index)).order_by("-seq").first()
        if newest.seq - back > 2:
            self.records(index, ev.Corrected, corrected_seq=newest.seq - back)

    @precondition(lambda self: len(self.tickets) > 1)
    @rule(index=st.integers(0, 2), kind=st.sampled_from(["linked", "split", "merged"]))
    def other_ticket(self, index, kind):
        other = self.ticket(index + 1).public_id
        self.records(index, ev.KINDS[kind], **({"to": other} if kind == "linked" else {"into": other}))

    @rule(index=st.integers(0, 2), seq=st.integers(1, 8))
    def erases(self, index, seq):
        self.acts(erasing.erase_text, ticket=self.ticket(index), seq=seq, by=self.priya, reason="asked for")

    def records(self, index, kind, **fields):
        head = {
            "seq": 0,
            "effective_at": self.now,
            "actor": actor_of(self.jo, of_customer=False),
            "reason": "as agreed",
        }

        def act(now):
            record(ticket=self.ticket(index), facts=[Fact(kind(**head, **fields))], now=now)

        self.acts(act)

    @rule(days=st.integers(0, 9), moved_at_once=st.integers(0, 3), seconds=st.integers(0, DAY))
    def calendar_moves(self, days, moved_at_once, seconds):
        """The office closes on a day, or opens on one on which it was to be closed."""
        self.tick(seconds)
        version = Contract.objects.get().plan_version
        first = next(iter(editions.lists_of(editions.current(version))))
        day = (to_datetime(self.now) + dt.timedelta(days=days)).date()
        change = {"remove": frozenset({day})} if day.isoformat() in first.days else {"add": {day: "Company day"}}
        self.moves(Wanted(version, (editions.ListChange(first.name, **change),)), moved_at_once)

    @rule(number=st.integers(0, 2), moved_at_once=st.integers(0, 3), seconds=st.integers(0, DAY))
    def plan_moves(self, number, moved_at_once, seconds):
        """The contract moves to another version; to one by which promises get worse it cannot."""
        self.tick(seconds)
        contract = Contract.objects.get()
        target = PlanVersion.objects.order_by("pk")[number]
        self.moves(Wanted(contract.plan_version, contract=contract, target=target), moved_at_once)

    def moves(self, wanted, moved_at_once):
        """Some tickets are moved here, the relay moves the others."""

        def act(now):
            digest = preview(wanted, now).digest
            work = recomputing.apply(wanted=wanted, digest=digest, reason="decided", by=self.priya, now=now)
            for _ticket in range(moved_at_once):
                recomputing.move_batch(work_id=work.pk, now=now, most=1)

        self.acts(act)
        assert [each.failed for each in Recompute.objects.all() if each.failed] == []

    @rule(seconds=st.integers(0, 3 * DAY))
    def works(self, seconds):
        self.tick(seconds)
        relay.run_until_idle("worker", self.now)
        self.is_replay()

    def teardown(self):
        for now in (self.now, self.now + 10 * DAY):
            report = verify(now=now)
            assert [f"{each.code} {each.params}" for each in report.violations] == []
        relay.run_until_idle("worker", self.now + 10 * DAY)
        assert verify(now=self.now + 10 * DAY).violations == ()


def publish_better(world):
    """Two more versions of the plan, each of which promises more than the one before."""
    text = catalogues.read("celigo").decode()
    for version, was, is_now in (
        ("2", "urgent: 2h, high: 8h, normal: 2d, low: 2d", "urgent: 2h, high: 6h, normal: 1d, low: 2d"),
        ("3", "urgent: 1d, high: 1d, normal: 2d, low: 2d", "urgent: 6h, high: 8h, normal: 1d, low: 12h"),
    ):
        before, after = text.split("  preferred:\n")
        assert was in after
        text = f"{before}  preferred:\n{after.replace(was, is_now, 1)}"
        raw = text.replace(f"version: {world.version.version}", f"version: {version}", 1).encode()
        contract_services.publish_plan(raw=raw, file="celigo.yaml", by=world.agent, now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(("lives", "steps"), [(6, 15), pytest.param(60, 30, marks=pytest.mark.heavy)])
def test_whatever_people_do_replay_is_what_is_stored(world, lives, steps):
    from django.db import transaction  # noqa: PLC0415

    publish_better(world)

    class Undone(Life):
        """A life that leaves nothing behind for the next one."""

        def __init__(self):
            self.atomic = transaction.atomic()
            self.atomic.__enter__()
            super().__init__()

        def teardown(self):
            try:
                super().teardown()
            finally:
                transaction.set_rollback(True)
                self.atomic.__exit__(None, None, None)

    run_state_machine_as_test(
        Undone,
        settings=hypothesis.settings(
            max_examples=lives,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )
