"""
The model of a plan document, a module a topic; :class:`~upheld.core.plan.model.document.Plan` is the whole.
"""

from upheld.core.plan.model.document import FORMAT, Assumption, Plan

__all__ = ["FORMAT", "Assumption", "Plan"]
