"""
What holds for every test: the Hypothesis profile, and a seed that is printed so that a run can be repeated.

``CI=true`` looks longer and with a fresh seed; at the desk the examples are few and quick. Repeat a run with
``make test ARGS="--hypothesis-seed=N"``.

Tests that use the database are marked ``on_database``: ``tools/test`` runs all tests on SQLite, then these on
PostgreSQL.
"""

import os
import random

import hypothesis
import pytest

pytest_plugins = ("tests.browser",)

hypothesis.settings.register_profile("dev", max_examples=40, deadline=None)
hypothesis.settings.register_profile(
    "ci",
    max_examples=60,
    deadline=None,
    print_blob=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)


def in_ci():
    return os.environ.get("CI") == "true"


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    hypothesis.settings.load_profile("ci" if in_ci() else "dev")
    if in_ci() and config.getoption("--hypothesis-seed") is None:
        drawn = getattr(config, "workerinput", {}).get("seed") or str(random.SystemRandom().randrange(2**32))
        config.option.hypothesis_seed = drawn


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    """All processes of a run take the same sample."""
    node.workerinput["seed"] = node.config.getoption("--hypothesis-seed")


def pytest_report_header(config):
    profile = "ci" if in_ci() else "dev"
    return f"hypothesis profile: {profile}, seed: {config.getoption('--hypothesis-seed') or 'fresh for each test'}"


DATABASE_FIXTURES = {"db", "transactional_db", "django_db_serialized_rollback", "live_server", "django_db_setup"}


def pytest_collection_modifyitems(config, items):
    for item in items:
        if item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.on_database)
    if os.environ.get("UPHELD_TEST_DATABASE_URL") and "screens" not in config.getoption("-m"):
        leave_out(config, items, {each.nodeid for each in items if each.get_closest_marker("screens")})
    if "heavy" not in config.getoption("-m"):
        leave_out_the_heavy(config, items)


@pytest.fixture(autouse=True)
def nothing_of_other_tests(request):
    """
    Plans are kept by primary key, which a test that rolls back gives out again, also to what a module makes once.
    Limits count the calls of one address, and every test calls from the same.
    """
    if not request.node.get_closest_marker("on_database"):
        yield
        return
    forget()
    yield
    forget()


def forget():
    from upheld.api import limits  # noqa: PLC0415  Django must be set up first
    from upheld.apps.contracts import selectors  # noqa: PLC0415
    from upheld.trust import clocks  # noqa: PLC0415

    for module in (selectors, clocks):
        for kept in vars(module).values():
            if hasattr(kept, "cache_clear") and kept.__module__ == module.__name__:
                kept.cache_clear()
    for limit in (limits.CALLS, limits.STRANGERS):
        limit.forget()


HEAVY_SHARE = 0.03


def leave_out_the_heavy(config, items):
    """At the desk none of the heavy tests runs; CI takes some, by the seed that the header prints."""
    draw = random.Random(config.getoption("--hypothesis-seed"))  # noqa: S311  a sample, no secret
    left_out = {each.nodeid for each in items if each.get_closest_marker("heavy")}
    if in_ci():
        left_out = {nodeid for nodeid in sorted(left_out) if draw.random() > HEAVY_SHARE}
    leave_out(config, items, left_out)


def leave_out(config, items, left_out):
    """Run none of the tests whose ids are given."""
    config.hook.pytest_deselected(items=[each for each in items if each.nodeid in left_out])
    items[:] = [each for each in items if each.nodeid not in left_out]
