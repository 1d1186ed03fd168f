"""The page "Ten questions": its numbers are those that the packages give, and its answers are short."""

import doctest
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[1] / "docs" / "questions.md"


@pytest.mark.slow
def test_the_numbers_of_the_page():
    found = doctest.testfile(str(PAGE), module_relative=False)
    assert found.attempted > 20 and found.failed == 0


def test_ten_answers_of_at_most_150_words():
    answers = re.split(r"^## \d+\. ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert len(answers) == 10
    for answer in answers:
        prose = re.sub(r"```.*?```", "", answer.partition("\n")[2], flags=re.DOTALL)
        assert ">>>" in answer and len(prose.split()) <= 150
