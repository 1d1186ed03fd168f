"""Whether a reader of text answers within bounded work, with an error in one line."""

import pytest
from counted_work import calls_of

from asymptotics.errors import ParseError

MOST_CALLS = 2_000_000
"""Ten times the work of the hardest texts that were found: minima of eight expressions."""


def check_refusal(reader, text, column, words):
    errors = []
    assert calls_of(lambda: errors.append(error_of(reader, text))) < MOST_CALLS
    message = str(errors[0])
    assert words in message
    assert "\n" not in message
    assert f"column {column}:" in message or column is None


def error_of(reader, text):
    with pytest.raises(ParseError) as caught:
        reader(text)
    return caught.value
