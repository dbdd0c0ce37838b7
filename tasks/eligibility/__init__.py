"""Who may take a clinical, governance or legal decision? One predicate, used for list, claim, signing and completion.

`judge` is pure; `require` is what an act calls: it holds the person's register row still, reads, judges and refuses.
"""

from tasks.eligibility.asking import NotEligible, candidates, require, survey, survey_with, verdict_of
from tasks.eligibility.judging import judge
from tasks.eligibility.requirement import FirstSigner, Requirement
from tasks.eligibility.verdict import Check, Reason, Verdict
from tasks.eligibility.wording import ColleagueView, Explanation, explain, of_colleagues, who_may_sign

__all__ = [
    "Check",
    "ColleagueView",
    "Explanation",
    "FirstSigner",
    "NotEligible",
    "Reason",
    "Requirement",
    "Verdict",
    "candidates",
    "explain",
    "judge",
    "of_colleagues",
    "require",
    "survey",
    "survey_with",
    "verdict_of",
    "who_may_sign",
]
