"""Laws: what is derived from a task, and what is read off it."""

from asymptotics.laws.derive import Laws, derive
from asymptotics.laws.law import Law

__all__ = ["Law", "Laws", "derive"]
