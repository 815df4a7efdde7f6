"""
Whether a running contract can be moved to what a comparison shows.
"""

from __future__ import annotations

from dataclasses import dataclass

from upheld.core.plan.compare.changes import Change, Comparison, Said, Verdict
from upheld.core.plan.model.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """
    What a plan's terms say to a change in a running term: allowed, refused, or for a person to judge (``open_points``).

    ``stands_in_the_way`` are the changes that refuse it; the next term can begin with them.
    """

    is_allowed: bool
    because: Said
    stands_in_the_way: tuple[Change, ...] = ()
    open_points: tuple[Change, ...] = ()

    @property
    def needs_judgement(self) -> bool:
        """
        Return whether a person must decide, with a reason, that service is not decreased.
        """
        return self.is_allowed and bool(self.open_points)


def ruling(found: Comparison, terms: Terms) -> Ruling:
    """
    Return whether the terms of the plan that rules now let the vendor move a running contract.
    """
    worse, to_judge = found.of(Verdict.WORSE), found.of(Verdict.NOT_COMPARABLE)
    match terms.vendor_changes:
        case "never" if worse or to_judge or found.of(Verdict.BETTER):
            changed = tuple(each for each in found.changes if each.verdict is not Verdict.SAME)
            return Ruling(is_allowed=False, because=Said("compare.apply_never"), stands_in_the_way=changed)
        case "not_worse" if worse:
            because = Said("compare.apply_worse", {"count": len(worse)})
            return Ruling(is_allowed=False, because=because, stands_in_the_way=worse, open_points=to_judge)
        case "not_worse" if to_judge:
            because = Said("compare.apply_judged", {"count": len(to_judge)})
            return Ruling(is_allowed=True, because=because, open_points=to_judge)
        case "with_notice":
            because = Said("compare.apply_with_notice", {"notice": str(terms.change_notice or "-")})
            return Ruling(is_allowed=True, because=because)
        case "any" if worse:
            return Ruling(is_allowed=True, because=Said("compare.apply_any", {"count": len(worse)}))
    return Ruling(is_allowed=True, because=Said("compare.apply_free"))
