"""
What agents look at all day: the desk's list, a page far down, its poll, the list over the API, and a ticket's page.
"""

import random
import re
import time

from upheld.apps.tickets.models import Ticket

FOLLOWING = re.compile(r'rel="next" href="([^"]+)"')


def get(connection, path, headers):
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    text = answer.read()
    if answer.status not in {200, 304}:
        raise SystemExit(f"{path}: {answer.status}: {text[:300]!r}")
    return answer, text.decode()


def measure(service, cast, pages):
    connection = service.connect()
    agent, key = {"Cookie": cast.session}, {"Authorization": f"Bearer {cast.agent_key}"}
    deep = address_far_down(connection, agent)
    tickets = list(Ticket.objects.order_by("-pk").values_list("public_id", flat=True)[: 10 * pages])
    drawn = random.Random(7)
    asked = {
        ("desk list", "open"): (["/desk/?queue=open"], agent),
        ("desk list", "needs me"): (["/desk/"], agent),
        ("desk list", "all, page 10"): ([deep], agent),
        ("poll of the list", "nothing new"): (["/desk/rows/?queue=open"], agent),
        ("list over the API", "50 rows"): (["/api/v1/tickets"], key),
        ("ticket page", "5 messages"): ([f"/desk/tickets/{drawn.choice(tickets)}/" for _ in range(pages)], agent),
    }
    return [
        {"work": work, "variant": variant, **often(service, connection, paths, headers, pages)}
        for (work, variant), (paths, headers) in asked.items()
    ]


def address_far_down(connection, agent):
    path = "/desk/?queue=all"
    for _ in range(10):
        _, text = get(connection, path, agent)
        found = FOLLOWING.search(text)
        if found is None:
            break
        path = f"/desk/{found[1].replace('&amp;', '&')}"
    return path


def often(service, connection, paths, headers, pages):
    for _ in range(4):
        answer, _ = get(connection, paths[0], headers)
    times, processor = [], service.processor_seconds()
    for index in range(pages):
        # As a browser does: what it has is shown again where nothing is new.
        known = {"If-None-Match": answer.headers["ETag"]} if "/rows/" in paths[0] else {}
        began = time.perf_counter()
        answer, _ = get(connection, paths[index % len(paths)], headers | known)
        times.append(time.perf_counter() - began)
    return {"count": pages, "times": sorted(times), **service.spent_since(processor, pages)}
