"""
Exports of other desks, read into core events.

Invariant: nothing of an export is dropped silently; what makes no sense is a finding with file and line, what was read
into it is an assumption, and what it cannot show is told by ``observed``.
"""
