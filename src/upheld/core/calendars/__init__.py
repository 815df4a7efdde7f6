"""
Calendars: support hours as a vendor writes them, and the same hours as instants.

A :class:`~upheld.core.calendars.spec.CalendarSpec` says when support is given (windows of a week, seasons, dates,
holidays, a zone); :func:`~upheld.core.calendars.compiled.compile_calendar` turns it into a
:class:`~upheld.core.calendars.compiled.CompiledCalendar`, which computes. Invariant: whatever is asked of a compiled
calendar follows from its open periods, and those never change.
"""
