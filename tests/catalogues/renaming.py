"""
A tool that gives the tiers, severities and metrics of a plan document other names, wherever the format refers to them.

A word that merely looks alike (an answer "critical", a calendar "business") stays.
"""

TIERS, SEVERITIES, METRICS = "tiers", "severities", "metrics"
SECTIONS = (TIERS, SEVERITIES, METRICS)
KIND_BY_KEY = {
    "tier": TIERS,
    "tiers": TIERS,
    "severity": SEVERITIES,
    "severities": SEVERITIES,
    "required_available": SEVERITIES,
    "until_assigned": SEVERITIES,
    "metric": METRICS,
    "metrics": METRICS,
}
"""Keys of a plan document whose values are names."""
KEYS_BY_KEY = {"by_tier": TIERS, "targets": METRICS}
"""Keys of a plan document whose keys are names; below a metric's targets they are severities."""
NAMED_BY_CELLS = {"cells", "bands"}
"""Keys whose innermost values are severities."""
AFTER = "after:"


def pairs(data, new_name):
    """Names by (section, old name); ``new_name`` gives one for a section and a position in it."""
    return {(section, each): new_name(section, at) for section in SECTIONS for at, each in enumerate(data[section])}


def renamed(value, names, key="", path=()):
    """A document's data with other names, everything else as it was."""
    if isinstance(value, dict):
        kind = _kind_of_keys(key, path)
        return {
            names.get((kind, each), each): renamed(inner, names, each if kind is None else key, (*path, each))
            for each, inner in value.items()
        }
    if isinstance(value, list):
        return [renamed(each, names, key, (*path, index)) for index, each in enumerate(value)]
    return _word(value, names, key, path)


def _kind_of_keys(key, path):
    if len(path) == 1:
        return path[0] if path[0] in SECTIONS else None
    if len(path) == 4 and path[0] == TIERS and path[2] == "targets":
        return SEVERITIES
    if key == "targets" and not (len(path) == 3 and path[0] == TIERS):
        return None
    return KEYS_BY_KEY.get(key)


def _word(value, names, key, path):
    if key == "about":
        return _path(value, names)
    if key == "offers":
        return names.get((TIERS, value), value)
    if isinstance(value, str) and value.startswith(AFTER):
        return AFTER + names.get((METRICS, value.removeprefix(AFTER)), value.removeprefix(AFTER))
    if key == "after" and path[0] == METRICS:
        return names.get((METRICS, value), value)
    if NAMED_BY_CELLS & set(path):
        return names.get((SEVERITIES, value), value)
    return names.get((KIND_BY_KEY.get(key), value), value)


def _path(about, names):
    """A key path with the names in it: ``tiers.pro.targets.first_response.urgent``."""
    section, *rest = about.split(".")
    kinds = {0: section} | ({2: METRICS, 3: SEVERITIES} if section == TIERS and rest[1:2] == ["targets"] else {})
    return ".".join([section, *(names.get((kinds.get(at), each), each) for at, each in enumerate(rest))])
