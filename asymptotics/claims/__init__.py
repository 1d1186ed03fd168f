"""Hand derivations against derived laws: `check_claim` and the verdicts it returns."""
