"""The command ``bottlenecks``: a parser of its subcommands, and an exit status for every outcome.

Each subcommand is a module with ``add_options(parser)`` and ``run(options)``, imported when it is the one
that was given, so that help and quick commands do not wait for what others need.

    COMMANDS                    the modules, and what each does in a few words
    shorten(message, arguments) a message that does not repeat long arguments
    main(arguments, commands)   parse, run, and turn what is raised into an exit status
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from textwrap import fill
from typing import Any, NoReturn, TextIO

from asymptotics.errors import BottleneckError, DomainError, near
from asymptotics.hints import hints_of_command
from numerics.outputs import keep_output
from numerics.signals import Stopped, stop_on_signals

COMMANDS: Mapping[str, str] = {
    "numerics.commands.verify": "derive the laws and check them by numbers",
    "numerics.commands.derive": "print the laws",
    "numerics.commands.optimal": "split a budget between time and size",
    "numerics.commands.report": "write all that is known of a task",
    "numerics.commands.sweep": "verify laws at many points",
    "numerics.commands.claim": "judge a hand derivation",
    "numerics.commands.literature": "judge published exponents",
}
ECHO, SHOWN = 200, 30
"""Letters of an argument that a message may repeat; of a longer one, how many it shows."""
EPILOG = """\
exit status: 0 if every law holds, 1 if a check fails or stays undecided, 2 for input that cannot be used
(one line on stderr says why), 130 if interrupted, 143 if terminated.

Expressions are Python's: + - * / ** (or ^), log, exp, sqrt, gamma, zeta, Min, ...; k is the mode index.
"""


class _Version(argparse.Action):
    """Looks the version up when it is asked for, since reading metadata slows every start."""

    def __call__(self, parser: argparse.ArgumentParser, *given: object) -> NoReturn:
        from importlib.metadata import version

        print(f"bottlenecks {version('scaling-bottlenecks')}")
        parser.exit()


class _Help(argparse.RawDescriptionHelpFormatter):
    """Paragraphs as wide as the terminal; examples, which are indented, as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        blocks = text.strip().split("\n\n")
        return "\n\n".join(x if x.startswith(" ") else fill(" ".join(x.split()), width) for x in blocks)


class _Parser(argparse.ArgumentParser):
    """Errors in one line that begins with the option, without the usage text."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(
            epilog=EPILOG,
            formatter_class=_Help,
            allow_abbrev=False,
            **settings,
        )
        self._given: Sequence[str] = ()

    def parse_known_args(self, *given: Any) -> Any:  # type: ignore[override]
        self._given = (given[0] or ()) if given else ()
        return super().parse_known_args(*given)

    def error(self, message: str) -> NoReturn:
        line = " ".join(message.split())
        if line.startswith("argument -"):
            line = re.sub(r"^--(\w+): \1 = ", r"--\1 = ", line.removeprefix("argument "))
        if found := re.fullmatch(r"(--\S+): expected .* argument", line):
            line += f"; what begins with - is given as {found[1]}=-..."
        signed = any(re.match(r"-[^-]", word) for word in self._given)
        if signed and re.fullmatch(r"the following arguments are required: ([A-Z]+)", line):
            line += "; one that begins with - stands after --, as -- '-...'"
        raise DomainError(f"{line}; see {self.prog} --help")


class _Command(_Parser):
    """The parser of one subcommand, which asks the module for its options when it is to parse."""

    def __init__(self, *, module: str, **settings: Any) -> None:
        super().__init__(**settings)
        self._module = module

    def parse_known_args(self, *given: Any) -> Any:  # type: ignore[override]
        module = import_module(self._module)
        module.add_options(self)
        self.set_defaults(run=module.run)
        options, unknown = super().parse_known_args(*given)
        if unknown:
            known = [name for action in self._actions for name in action.option_strings]
            alike = dict.fromkeys(x for word in unknown if word.startswith("-") for x in near(word, known))
            meant = f"; near it: {', '.join(alike)}" if alike else ""
            self.error(f"unrecognized arguments: {' '.join(unknown)}{meant}")
        return options, unknown


def main(arguments: Sequence[str] | None = None, commands: Mapping[str, str] = COMMANDS) -> int:
    """Run the command and return its exit status: 0, 1, 2, 130 or 143 (see ``--help``).

    ``commands`` are the modules of the subcommands, each called as the last part of its module is, with a
    few words on each.

    >>> main(["derive", "--laws", "time", "--at", "a=3,b=2"])
    time: test loss limited by training time (N = P = oo)
      L(t) ~ 1/(4*t), t -> oo
      conditions: none
      to 3 orders: 1/(4*t)
    0
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115, as it stays open
    last = arguments is None  # the process has nothing else to do
    with stop_on_signals(sys._getframe(), last=last) as end, hints_of_command(), warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = lambda message, *_: _say(message)
        try:
            return _outcome(given, commands)
        except KeyboardInterrupt as stop:
            end()
            number = stop.number if isinstance(stop, Stopped) else signal.SIGINT
            _say("interrupted" if number == signal.SIGINT else f"stopped by {signal.Signals(number).name}")
            return 128 + number


def _outcome(given: list[str], commands: Mapping[str, str]) -> int:
    """The exit status of a run that no signal ended."""
    try:
        with keep_output():
            return _run(given, commands)
    except BrokenPipeError:
        return 141
    except (BottleneckError, OSError) as error:
        _say(shorten(str(error), given))
        return 2
    finally:
        _let_go(sys.stdout)
        _let_go(sys.stderr)  # of progress, too


def shorten(message: str, arguments: Sequence[str]) -> str:
    """The message, on one line, with dots for what it repeats of an argument beyond `ECHO` letters.

    >>> shorten(f"unknown law '{'x' * 999}'; choose time", ["verify", "--laws", "x" * 999])
    "unknown law 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...'; choose time"
    """
    line = " ".join(message.split())
    for text in {written for word in arguments for written in (" ".join(word.split()), repr(word)[1:-1])}:
        first = 0
        while first + ECHO < len(text):
            place, length = line.find(text[first : first + ECHO + 1]), ECHO + 1
            if place < 0:
                first += 1
                continue
            while line[place : place + length] == text[first : first + length] and first + length <= len(
                text
            ):
                length += 1
            line = f"{line[: place + SHOWN]}...{line[place + length - 1 :]}"
    return line


def _say(words: object) -> None:
    """One line on stderr, where it takes one."""
    line = "bottlenecks: " + " ".join(str(words).split()) + "\n"
    with suppress(OSError):
        sys.stderr.write(line.encode(errors="backslashreplace").decode())
    _let_go(sys.stderr)


def _let_go(stream: TextIO | None) -> None:
    """Where a stream takes no more, what Python flushes at exit must go somewhere."""
    if stream is None:
        return
    try:
        stream.flush()
    except OSError:
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _run(given: list[str], commands: Mapping[str, str]) -> int:
    options = _parser(commands).parse_args(given)
    # Bytes of arguments that are not UTF-8 come as surrogates, which no file in UTF-8 takes.
    options.command_line = tuple(
        word.encode(errors="backslashreplace").decode() for word in ("bottlenecks", *given)
    )
    run: Callable[[argparse.Namespace], int] = options.run
    return run(options)


def _parser(commands: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = _Parser(
        prog="bottlenecks",
        description="Bottleneck laws of the random-feature model, derived and checked by numbers.",
    )
    parser.add_argument("--version", nargs=0, action=_Version, help="show program's version number and exit")
    names = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=_Command)
    for module, words in commands.items():
        description = words[0].upper() + words[1:] + "."
        names.add_parser(module.rpartition(".")[2], module=module, help=words, description=description)
    return parser


if __name__ == "__main__":
    sys.exit(main())
