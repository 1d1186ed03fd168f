"""Hand derivations against derived laws: `check_claim` and the verdicts it returns."""

from asymptotics.claims.check import check_claim
from asymptotics.claims.verdict import Region, Verdict, Witness

__all__ = ["Region", "Verdict", "Witness", "check_claim"]
