"""
The hardest clauses of published policies fit the format: each is a typed value, not prose.

The documents lie in ``plans/``, a file a policy (or a few of a kind); their facts are those of cases/policies.jsonl.
"""

import datetime as dt
import functools
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from upheld.core.calendars.spec import HolidayList
from upheld.core.durations import parse_duration
from upheld.core.money import Money
from upheld.core.plan.contract import Contract
from upheld.core.plan.loading import load
from upheld.core.plan.model.bands import holes
from upheld.core.plan.support_hours import SupportHours

FOLDER = Path(__file__).parent / "plans"
FILES = tuple(sorted(each.stem for each in FOLDER.glob("*.yaml")))


@functools.cache
def loaded(name):
    return load((FOLDER / f"{name}.yaml").read_bytes(), f"{name}.yaml")


def plan_of(name):
    return loaded(name).plan


def promises(plan, tier, metric):
    return {row.severity[0]: row for row in plan.tiers[tier].targets[metric]}


def lengths(plan, tier, metric):
    return {severity: str(row.within or row.kind) for severity, row in promises(plan, tier, metric).items()}


def due(plan, calendar, start, length, *, zone="UTC", regions=(), lists=None):
    """When a duration that starts at a local time ends in a calendar of the plan, in that calendar's zone."""
    contract = Contract(customer="c", tier="t", zone=zone, regions=regions)
    day = dt.date.fromisoformat(start[:10])
    hours = SupportHours(plan, day - dt.timedelta(days=60), day + dt.timedelta(days=60), lists or {})
    compiled = hours.calendar(calendar, contract)
    local = ZoneInfo(compiled.spec.zone)
    began = dt.datetime.fromisoformat(start).replace(tzinfo=local)
    ended = compiled.add(int(began.timestamp()), parse_duration(length).count)
    return dt.datetime.fromtimestamp(ended, local).isoformat(sep=" ", timespec="minutes")[:16]


@pytest.mark.parametrize("name", FILES)
def test_each_can_be_worked_by(name):
    errors = [each.code for each in loaded(name).errors]
    assert errors == (["lint.table_gap"] * 2 if name == "fermalen" else [])


@pytest.mark.parametrize("name", FILES)
def test_what_is_invented_or_read_stands_as_an_assumption(name):
    found = loaded(name)
    assert all(found.document.has(tuple(each.about.split("."))) for each in found.plan.assumptions)


class TestTelephoneOnly:
    def test_clarizen_at_all_times_for_two_severities(self):
        elite = plan_of("clarizen").tiers["elite"]
        assert [(rule.severity, rule.phoned, rule.use) for rule in elite.hours] == [
            (("p1", "p2"), True, "always"),
            ((), None, "office"),
        ]
        assert [(each.open, each.severities) for each in elite.channels["phone"]] == [
            ("support_hours", ()),
            ("always", ("p1", "p2")),
        ]

    def test_droz_only_where_a_service_is_wholly_unavailable(self):
        plan = plan_of("droz")
        first, second = plan.tiers["standard"].hours
        assert (first.answers, first.use) == ({"service": ("unavailable",)}, "on_call")
        assert second.use == "office"
        assert plan.availability["service"].target == Decimal(95)
        assert plan.availability["service"].exclusions == ("third_party_component",)

    def test_clarizen_goes_straight_to_the_second_tier(self):
        (step,) = plan_of("clarizen").escalations["elite"]
        assert (step.tier, step.at, step.to) == (("elite",), Decimal(0), "second_tier")


class TestCalendarByRegion:
    def test_hours_follow_the_customer(self):
        plan = plan_of("red_hat")
        assert [(rule.region, rule.use) for rule in plan.tiers["standard"].hours] == [
            (("north_america",), "north_america"),
            ((), "elsewhere"),
        ]
        assert plan.regions["north_america"] == ("CA", "MX", "US")
        assert all(plan.calendars[name].is_customers_own for name in ("north_america", "elsewhere"))

    @pytest.mark.parametrize(
        ("calendar", "zone", "regions", "expected"),
        [
            ("north_america", "America/New_York", ("US",), "2026-07-06 09:30"),  # 3 July is observed for the Fourth
            ("elsewhere", "Europe/Berlin", ("DE",), "2026-07-03 10:30"),
        ],
        ids=["united-states", "germany"],
    )
    def test_the_same_hour_ends_elsewhere(self, calendar, zone, regions, expected):
        began = "2026-07-02 16:30"
        assert due(plan_of("red_hat"), calendar, began, "2h", zone=zone, regions=regions) == expected

    def test_around_the_clock_only_on_request(self):
        first, second, *_ = plan_of("red_hat").tiers["premium"].hours
        assert (first.severity, first.answers, first.use) == (("s1",), {}, "always")
        assert (second.severity, second.answers, second.use) == (("s2",), {"around_the_clock": ("true",)}, "always")

    def test_a_contact_must_be_reachable(self):
        assert plan_of("red_hat").contacts["dedicated"].required_available == ("s1",)

    def test_updates_run_only_while_the_vendor_is_waited_for(self):
        update = plan_of("red_hat").metrics["update"]
        assert update.pauses_while == ("waiting_on_customer", "waiting_on_third_party", "on_hold")
        assert plan_of("red_hat").severity_process.assigned_by == "either"


class TestCompliance:
    def test_the_promise_depends_on_the_volume(self):
        few, many = plan_of("uk_call_off").compliance["incidents"].stages
        assert [(n in few.events, n in many.events) for n in (0, 39, 40)] == [
            (True, False),
            (True, False),
            (False, True),
        ]
        assert (few.at_most_late, many.at_least) == (2, Decimal(95))

    def test_availability_is_promised_for_each_service(self):
        targets = plan_of("uk_call_off").availability
        assert {each.component for each in targets.values()} == {"network", "telephony"}

    def test_two_stages_and_an_average(self):
        promised = plan_of("softwareidm").compliance
        first, second = promised["response"].stages
        assert (first.at_least, first.share_of_target) == (Decimal(95), None)
        assert (second.at_least, second.share_of_target) == (Decimal(100), Decimal(200))
        (mean,) = promised["resolution"].stages
        assert mean.average
        assert plan_of("softwareidm").credits["response"].compliance == "response"

    def test_a_promise_that_holds_only_while_the_vendor_manages(self):
        *kept, otherwise = plan_of("softwareidm").tiers["controlled"].targets["resolution"]
        assert {row.add_on for row in kept} == {("managed",)}
        assert (otherwise.without_add_on, otherwise.kind) == (("managed",), "none")


class TestOrTargets:
    def test_a_mitigation_keeps_the_promise_too(self):
        plan = plan_of("focus_nfe")
        rows = promises(plan, "standard", "resolution")
        assert rows["urgent"].or_met_by == ("milestone:mitigated",)
        assert lengths(plan, "standard", "resolution") == {
            "urgent": "4h",
            "high": "8h",
            "medium": "5d",
            "low": "360h elapsed",
        }
        assert plan.metrics["resolution"].pauses_while == ("authority_failing",)

    def test_or_as_agreed(self):
        rows = promises(plan_of("red_hat"), "premium", "update")
        assert {severity: row.or_agreed for severity, row in rows.items()} == {
            "s1": True,
            "s2": True,
            "s3": False,
            "s4": False,
        }


class TestChainedClocks:
    def test_vocom_counts_the_solution_from_the_response(self):
        plan = plan_of("vocom")
        assert plan.metrics["resolution"].starts_on == ("after:first_response",)
        assert lengths(plan, "standard", "resolution") == {"level_3": "4h", "level_2": "24h", "level_1": "72h"}

    def test_consolidated_counts_the_visit_from_the_call(self):
        plan = plan_of("consolidated")
        assert plan.metrics["on_site"].starts_on == ("after:call_back",)
        assert plan.metrics["on_site"].stops_on == ("milestone:on_site",)
        assert [plan.metrics[name].only_if.outside for name in ("call_back", "on_site")] == [("office",)] * 2
        assert plan.metrics["first_response"].only_if.inside == ("office",)
        assert [(band.hours, band.minimum.seconds) for band in plan.allowances["labour"].rates] == [
            ("office", 7200),
            (None, 14400),
        ]

    def test_network_computing_escalates_by_elapsed_time(self):
        plan = plan_of("network_computing")
        assert [(step.severity, str(step.after)) for step in plan.escalations["unsolved"]] == [
            (("s1",), "24h elapsed"),
            (("s2", "s3"), "48h elapsed"),
        ]
        (full_time,) = plan.escalations["full_time"]
        assert (full_time.metric, full_time.at, full_time.waived_by) == ("fix", Decimal(100), ("workaround",))
        assert promises(plan, "standard", "fix")["s4"].kind == "agreed"
        rows = promises(plan, "standard", "first_response")
        assert {(row.bound, row.within.elapsed) for row in rows.values()} == {("exclusive", False), ("exclusive", True)}

    def test_network_computing_closes_what_cannot_be_reproduced(self):
        rule = plan_of("network_computing").reproduction
        assert (str(rule.within), rule.otherwise, rule.second_report_reopens) == ("48h elapsed", "closed", True)


class TestForeignWeeks:
    @pytest.mark.parametrize(
        ("name", "calendar", "start", "length", "expected"),
        [
            ("jj_consulting", "office", "2026-04-15 11:00", "4h", "2026-04-15 16:30"),
            ("jj_consulting", "office", "2026-04-17 17:00", "4h", "2026-04-20 12:00"),
            ("myitcyber", "office", "2026-04-16 17:00", "4h", "2026-04-19 12:00"),
            ("grupo", "long_day", "2024-10-21 20:30", "2h", "2024-10-26 10:00"),
            ("grupo", "day", "2024-12-31 16:00", "2h", "2025-01-01 10:00"),
            ("bissesar", "standard", "2025-12-24 17:00", "1h", "2025-12-25 09:30"),
            ("bissesar", "standard", "2025-12-25 12:00", "5h", "2025-12-26 13:00"),
            ("bissesar", "standard", "2026-01-12 16:30", "1h", "2026-01-13 09:30"),
        ],
        ids=[
            "lunch",
            "weekend",
            "thursday-to-sunday",
            "closing-days",
            "new-year-is-worked",
            "summer",
            "short-day",
            "after-summer",
        ],
    )
    def test_due(self, name, calendar, start, length, expected):
        assert due(plan_of(name), calendar, start, length) == expected

    def test_perimeters_closes_with_the_banks(self):
        plan = plan_of("perimeters")
        assert plan.holiday_lists["banks"].feed == "israeli-bank-closings"
        banks = HolidayList("banks", "2026", "feed", {dt.date(2026, 4, 19): "Closed"})
        assert due(plan, "office", "2026-04-16 16:00", "2h", lists={"banks": banks}) == "2026-04-20 10:00"

    def test_critical_outside_hours_only_in_the_higher_tier(self):
        tiers = plan_of("myitcyber").tiers
        assert [rule.use for rule in tiers["standard"].hours] == ["office"]
        assert [(rule.severity, rule.use) for rule in tiers["around_the_clock"].hours] == [
            (("critical",), "always"),
            ((), "office"),
        ]

    def test_a_workaround_before_the_solution(self):
        plan = plan_of("jj_consulting")
        assert lengths(plan, "standard", "workaround")["critical"] == "4h"
        assert lengths(plan, "standard", "resolution")["critical"] == "16h"
        assert plan.calendars["office"].day.count == 7 * 3600 + 1800


class TestSeverities:
    def test_bdb_by_two_questions(self):
        plan = plan_of("bdb")
        assert (plan.severity_matrix.rows, plan.severity_matrix.columns) == ("criticality", "fault")
        assert plan.severity_matrix.cells["gold"] == {"s1": "p1", "s2": "p2", "s3": "p3"}
        assert plan.contacts["named"].at_most == 3

    def test_bdb_a_service_with_hours_of_its_own(self):
        plan = plan_of("bdb")
        *rows, otherwise = plan.tiers["standard"].targets["resolution"]
        assert {(row.component, row.use) for row in rows} == {(("application",), "application")}
        assert otherwise.kind == "none"
        assert plan.metrics["resolution"].only_if.component == ("application",)

    def test_network_optix_down_or_partly_down(self):
        plan = plan_of("network_optix")
        cells = plan.severity_matrix.cells
        assert cells["p2"]["down"] == cells["p1"]["partly"] == "priority_2"
        downtime = plan.availability["service"].downtime
        assert (downtime.counts, downtime.failed_checks, downtime.slower_than) == ("failed_checks", 3, Decimal(300))

    def test_david_simpson_by_a_score_whose_scale_matters(self):
        plan = plan_of("david_simpson")
        graded = {each.scale: each.bands for each in plan.severity_scores}
        assert graded["cvss-2"][">= 8"] == graded["cvss-3"][">= 9"] == "critical"
        assert str(plan.security_fixes["cvss-3"].within["high"]) == f"{6 * 7 * 24}h elapsed"


class TestCreditTables:
    def test_demyst_by_availability_above_a_dollar(self):
        scheme = plan_of("demyst").credits["availability"]
        assert [row.pays.share for row in scheme.table] == [Decimal(0), Decimal(2), Decimal(3), Decimal(5)]
        assert (scheme.of, scheme.minimum, scheme.share_of) == (
            "availability",
            Money(Decimal("1.01"), "USD"),
            "service_fee",
        )
        assert (scheme.severities, scheme.components, scheme.metrics) == (("critical",), ("essential",), ())

    def test_fermalen_leaves_two_points_in_no_row(self):
        table = plan_of("fermalen").credits["availability"].table
        found = holes([row.band for row in table], Decimal(0), Decimal(100))
        assert [(hole.kind, hole.low, hole.high) for hole in found] == [
            ("gap", Decimal("95.0"), Decimal("95.0")),
            ("gap", Decimal("99.0"), Decimal("99.0")),
        ]

    def test_cherryroad_a_day_for_each_unit_over_any_thirty_days(self):
        schemes = plan_of("cherryroad").credits
        assert {name: (each.each.unit, each.each.step, each.each.pays.days) for name, each in schemes.items()} == {
            "network": ("hour", None, 1),
            "environment": ("started_day", None, 1),
            "response": ("violation", None, 1),
            "hardware": ("step", "2h", 1),
            "loss": ("percent_point", None, 1),
            "latency": ("step", "3ms", 1),
        }
        assert {(each.per.each, str(each.per.length)) for each in schemes.values()} == {("rolling", "30d")}
        assert {each.form for each in schemes.values()} == {"service_days"}
        assert 433 in schemes["network"].ends_contract
        assert 432 not in schemes["network"].ends_contract

    def test_dedicatedserver_ten_times_beyond_four_hours(self):
        scheme = plan_of("dedicatedserver").credits["hardware"]
        assert (scheme.each.beyond, scheme.each.pays.times, scheme.share_of) == ("4h", Decimal(10), "downtime_fee")
        assert plan_of("dedicatedserver").metrics["hardware"].starts_on == ("milestone:problem_identified",)

    def test_periods_of_other_kinds(self):
        targets = plan_of("dedicatedserver").availability
        assert (targets["fiscal_quarter"].per.each, targets["fiscal_quarter"].per.starts) == ("quarter", "02-01")
        assert targets["part_month"].per.partial == "subscription_days"


class TestPrepaid:
    def test_bs_llc_carries_half_over_and_borrows(self):
        block = plan_of("prepaid").allowances["bs_llc"]
        assert (block.gives.seconds, block.price, block.every.each) == (8 * 3600, Money(Decimal(2000), "USD"), "month")
        assert block.carry_over.share == Decimal(50)
        assert (block.overdraft.then, block.overdraft.needs_approval) == ("next_period", True)
        assert (block.overdraft.settled.each, block.overdraft.rate) == ("quarter", Money(Decimal(250), "USD"))

    def test_lemonhead_rounds_when_a_request_is_done(self):
        block = plan_of("prepaid").allowances["lemonhead"]
        assert (block.increment.seconds, block.minimum.seconds) == (1800, 1800)
        assert (block.rounded, block.draws) == ("request", "resolved")

    def test_qwikmedia_blocks_never_lapse(self):
        allowances = plan_of("prepaid").allowances
        block = allowances["block"]
        assert (block.every, block.valid_for, block.low_at.seconds, block.minimum) == (None, None, 1800, None)
        assert (block.overdraft.then, block.overdraft.block.seconds) == ("topped_up", 5 * 3600)
        assert [allowances[name].rates[0].rate.amount for name in ("on_demand", "contract")] == [65, 55]
        assert allowances["on_demand"].minimum.seconds == 1200

    def test_pc_services_has_bands_over_the_week(self):
        rates = plan_of("prepaid").allowances["pc_services"].rates
        assert [(band.hours, band.times, band.minimum and band.minimum.seconds) for band in rates] == [
            ("normal", Decimal(1), None),
            ("shoulder", Decimal("1.5"), 3600),
            (None, Decimal(2), 5400),
        ]

    def test_linserv_authorises_four_hours_by_a_ticket(self):
        rule = plan_of("prepaid").coverage[0]
        assert (rule.coverage, rule.authorised_up_to) == ("chargeable", parse_duration("4h"))


class TestMaintenance:
    def test_board_has_one_sunday_a_month(self):
        europe, america = plan_of("maintenance").maintenance["board"].windows
        assert (europe.rule, america.rule) == ("FREQ=MONTHLY;BYDAY=1SU", "FREQ=MONTHLY;BYDAY=2SU")
        assert (europe.region, america.region) == (("europe",), ("north_america",))
        assert (europe.hours, europe.customer_may_move) == ("09:00-12:00", True)

    def test_docevent_has_minutes_a_week(self):
        kind = plan_of("maintenance").maintenance["docevent"]
        assert (kind.per.each, kind.longest, kind.windows[0].zone) == ("week", parse_duration("15min"), "customer")

    def test_identum_works_past_midnight(self):
        (window,) = plan_of("maintenance").maintenance["identum"].windows
        assert (window.hours, window.rule) == ("23:00-06:00 next day", None)

    def test_late_notice_turns_into_another_kind(self):
        scheduled = plan_of("maintenance").maintenance["scheduled"]
        assert (str(scheduled.notice), scheduled.notice_days) == ("5d", "office")
        assert (scheduled.late_notice_becomes, scheduled.short_notice_if) == ("emergency", ("vendor_change",))

    def test_a_quota_for_a_week(self):
        regular = plan_of("maintenance").maintenance["regular"]
        assert (regular.at_most, regular.per.each, regular.outside) == (1, "week", "office")


class TestAllowances:
    def test_medeina_begins_on_the_contracts_day(self):
        plan = plan_of("allowances")
        hours = plan.allowances["medeina"]
        assert (hours.anchored, hours.every.starts, hours.carry_over) == ("contract", "contract", None)
        assert (hours.overdraft.then, hours.overdraft.free.seconds) == ("charged", 4 * 3600)
        assert (hours.refund, hours.refund_rate, str(hours.refund_within)) == ("unused", "reached_tier", "6 months")
        assert plan.terms.tier_change_restarts

    def test_clarizen_gives_hours_and_counts(self):
        allowances = plan_of("clarizen").allowances
        assert (allowances["consulting"].gives.seconds, allowances["consulting"].every.each) == (50 * 3600, "year")
        assert (allowances["api_review"].gives.seconds, allowances["api_review"].every.each) == (7200, "month")
        assert allowances["conference_tickets"].gives.count == 2

    def test_helpware_packs_live_for_a_year(self):
        packs = {name: each for name, each in plan_of("allowances").allowances.items() if name.startswith("pack_")}
        assert [each.gives.count for each in packs.values()] == [3, 5, 10]
        assert {str(each.valid_for) for each in packs.values()} == {"1 year"}
        assert {each.draws for each in packs.values()} == {"opened"}
        assert packs["pack_5"].covers.region == ("AU", "NZ")
