"""Signals end a run wherever they come: also where Python or a dependency would drop the exception."""

import gc
import importlib.util
import signal
import sys
import weakref

import pytest

from numerics.signals import Stopped, stop_on_signals, undisturbed

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs signals")


def strike():
    signal.raise_signal(signal.SIGTERM)


class Finalised:
    def __del__(self):
        strike()


class Watched:
    pass


def finalise(_):
    del_me = Finalised()
    del del_me
    gc.collect()


def watch(_):
    class Striking(dict):
        def __delitem__(self, key):
            strike()

    watched = weakref.WeakKeyDictionary()
    watched.data = Striking()  # a callback in weakref.py deletes what has gone
    watched[Watched()] = "x"


def import_carelessly(folder):
    """As mpmath does, which takes every exception for the lack of gmpy2."""
    place = folder / "mpmath" / "libmp"
    place.mkdir(parents=True)
    path = place / "backend.py"
    path.write_text("from test_signals import strike\ntry:\n    strike()\nexcept:\n    pass\n")
    spec = importlib.util.spec_from_file_location("careless", path)
    spec.loader.exec_module(importlib.util.module_from_spec(spec))


PLACES = [finalise, watch, import_carelessly, lambda _: strike()]


@pytest.mark.parametrize("place", PLACES)
def test_no_place_loses_a_signal(tmp_path, place):
    went_on = []

    def main():
        with stop_on_signals(sys._getframe()):
            place(tmp_path)
            went_on.append(place)
            str(place)

    with pytest.raises(Stopped) as stop:
        main()
    assert stop.value.number == signal.SIGTERM and not went_on
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL and sys.getprofile() is None


def test_what_comes_after_the_first_changes_nothing():
    """Amid what is undone on the way out, and while the first is told; but not where somebody dropped it."""
    told = []

    def main():
        with stop_on_signals(sys._getframe()) as end:
            with pytest.raises(Stopped):
                try:
                    strike()
                finally:
                    strike()
            with pytest.raises(Stopped):
                strike()
            end()
            strike()
            told.append(True)

    main()
    assert told and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_the_last_block_of_a_process_leaves_signals_ignored():
    def main(last):
        with stop_on_signals(sys._getframe(), last=last) as end:
            end()
        return signal.getsignal(signal.SIGTERM)

    try:
        assert [main(False), main(True)] == [signal.SIG_DFL, signal.SIG_IGN]
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def test_signals_wait_for_the_end_of_a_block():
    def main():
        with stop_on_signals(sys._getframe()):
            with undisturbed():
                strike()
                done.append(True)
            done.append(False)

    done = []
    with pytest.raises(Stopped):
        main()
    assert done == [True]
