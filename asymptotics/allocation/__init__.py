"""The best split of a budget: its terms, the programme that splits it, its phases and their proof."""

from asymptotics.allocation.optimum import Optimum, compute_optimal

__all__ = ["Optimum", "compute_optimal"]
