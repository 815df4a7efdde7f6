"""
One database with one number of tickets: made, filled, served, measured; the rows are printed as JSON.
"""

import json
import os
import signal
import sys
import time

import django


def say(words):
    print(f"  {words}", file=sys.stderr, flush=True)


def main(tickets, seconds, pages, timers):
    django.setup()
    import filling  # noqa: PLC0415
    import intake  # noqa: PLC0415
    import moving  # noqa: PLC0415
    import reading  # noqa: PLC0415
    import waking  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415  (Django is set up by now)
    from serving import Service  # noqa: PLC0415

    began = time.monotonic()
    cast = filling.fill(tickets)
    about = {"database": connection.vendor, "tickets": tickets}
    say(f"filled in {time.monotonic() - began:.0f} s")
    with Service() as service:
        rows = [*reading.measure(service, cast, pages), *intake.measure(service, cast, seconds)]
    say("pages and intake are measured")
    rows += moving.measure(cast)
    say("moved clocks are measured")
    rows += waking.measure(min(timers, tickets))
    print(json.dumps([about | row for row in rows]))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    sys.stdout.flush()
    os._exit(0)
