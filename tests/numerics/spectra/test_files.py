"""Files of measured spectra: what is read, and one line on what is not."""

import numpy as np
import pytest

from asymptotics.errors import DomainError
from numerics.spectra.files import read_spectrum

K = np.arange(1, 41.0)
ROWS = np.column_stack([K**-1.5, K**-2.0])
TEXT = "".join(f"{lam!r},{c!r}\n" for lam, c in ROWS.tolist())


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (TEXT, "utf-8"),
        (TEXT, "utf-8-sig"),
        ("lambda,c\n" + TEXT, "utf-8-sig"),
        (TEXT.replace("\n", "\r\n\r\n").replace(",", " , "), "utf-8"),
    ],
    ids=["plain", "byte order mark", "names", "blank lines"],
)
def test_every_row_of_a_table_is_read(tmp_path, text, encoding):
    file = tmp_path / "spectrum.csv"
    file.write_text(text, encoding=encoding)
    assert np.array_equal(np.column_stack(read_spectrum(str(file))), ROWS)


def test_a_third_column_is_that_of_multiplicities(tmp_path):
    file = tmp_path / "levels.npy"
    for array in (np.column_stack([ROWS, 2 * K + 1]), np.column_stack([ROWS, 2 * K + 1]).T):
        np.save(file, array)
        assert np.array_equal(read_spectrum(str(file))[2], 2 * K + 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,2\n1,2,3\n", "line 2 has 3 columns, the first 2"),
        ("a,b\n1,2\n\n1,x\n", "line 4: could not convert string to float: 'x'; separate numbers by commas"),
        ("1.0x,1\n" + TEXT, "line 1: could not convert"),
        ("1;2\n3;4\n", "line 2: could not convert"),
        ("", r"shape \(0,\); it needs two columns"),
        ("1,2,3,4\n" * 20, r"shape \(20, 4\)"),
    ],
)
def test_a_table_of_anything_else_is_refused_by_its_line(tmp_path, text, words):
    file = tmp_path / "spectrum.csv"
    file.write_text(text)
    with pytest.raises(DomainError, match=words):
        read_spectrum(str(file))


def test_files_of_another_kind_are_refused(tmp_path):
    for name, content, words in (
        ("a.npy", b"not an array", "holds no NumPy array of numbers"),
        ("b.csv", b"\xff\xfe\x00", "is not text"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DomainError, match=words):
            read_spectrum(str(tmp_path / name))
