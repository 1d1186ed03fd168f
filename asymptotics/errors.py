"""The errors of the toolkit: one base class, one child per kind of failure.

Every message is one line that names the thing, its value, the bound it breaks and the
next step, so that a command can print it as it stands.
"""


class BottleneckError(Exception):
    """Base class of every error that this project raises on purpose."""


class DomainError(BottleneckError, ValueError):
    """An input outside the domain in which the question makes sense."""


class ParseError(DomainError):
    """Text that is not an expression of the accepted syntax."""


class SpectrumError(DomainError):
    """A spectrum or target that has no finite kernel, no finite power, or no known family."""


class UnableError(BottleneckError):
    """The engine cannot derive or compute this; the message says what is missing and why."""


class PrecisionError(BottleneckError, ArithmeticError):
    """A number that cannot be had to the digits asked for."""
