"""The argument from the model's equations to a law: steps that can be read, checked, and shown."""

from asymptotics.derivation.derivation import Derivation, derivation_of
from asymptotics.derivation.step import Step

__all__ = ["Derivation", "Step", "derivation_of"]
