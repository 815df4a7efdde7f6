"""
The customers' portal: tickets with their promises, a new ticket that shows what will be promised, the plan.

Invariant: every view is made by :func:`upheld.web.portal.permission.for_customers`, so it sees a person's own customers
and nothing else; what belongs to somebody else answers as what is missing. No rule lives here.
"""
