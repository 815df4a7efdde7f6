"""
Tickets: submissions, events, messages, attachments, clocks and timers.
"""
