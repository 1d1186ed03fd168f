"""Numbers for the sides of a step, by sums and contours that know nothing of its derivation."""

from asymptotics.derivation.evaluation import integrals, modes, roots

__all__ = ["integrals", "modes", "roots"]
