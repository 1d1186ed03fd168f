"""The task: a spectrum, a target, and what is assumed of their symbols."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sympy import Expr, Integer, Pow, Symbol, oo
from sympy.core.relational import Relational

from asymptotics.display import text
from asymptotics.errors import DomainError, Fielded, SpectrumError, check_kind
from asymptotics.expansions.gamma_products import polynomial_form
from asymptotics.parsing.expressions import parse_condition
from asymptotics.parsing.heights import substitute
from asymptotics.parsing.numbers import exact, items_of, substitution
from asymptotics.symbols import RESOURCES, k
from asymptotics.tasks.kernels import kernel_parts
from asymptotics.tasks.measured import Measured, measure, round_values
from asymptotics.tasks.modes import check_modes, size_of_modes
from asymptotics.tasks.reading import FIELDS, read_fields
from asymptotics.tasks.records import check_same, content_of, record, written
from asymptotics.typesetting import Typeset, tex


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Typeset, metaclass=Fielded):
    """What is learned, and in which kernel.

    ``y = sum_k w_k psi_k + noise * epsilon`` with ``<psi_k psi_l> = lambda_k delta_kl`` and
    target power ``c_k = lambda_k w_k^2``, k = 1, 2, ..., ``modes`` (arXiv 2402.01092, here BAP, section 2).

    Parameters
    ----------
    eigenvalues : ``lambda_k``, an expression in ``index`` and positive parameters.
    target : ``c_k``, likewise. Both are per mode, and may be given without their names.
    index : the mode index, a symbol or its name. By default k or, where neither side has k, the symbol that
        both have.
    noise : ``sigma``, the standard deviation of the label noise (units of y), not its square.
    modes : M, the number of levels; infinite by default. ``r*N`` or ``r*P``, r > 1, are modes that grow with
        the model or with the data; laws in other resources see infinitely many.
    multiplicity : modes per level; 1 by default.
    assumptions : further inequalities between the parameters, used to order exponents.
    test_eigenvalues : ``lambda'_k``, those of the distribution on which it is tested (`Laws.transfer`); by
        default the same.
    known : e where eigenvalues and target are known up to a relative ``O(k^-e)`` alone, as those of kernels
        by Weyl's law; oo by default. Sums over all modes are then letters in the laws (`spectra.far`).
    measured : the arrays and fits behind a task made by `from_arrays`; None otherwise.

    Text is accepted for each expression and is parsed, never evaluated; equations, too, and the names of
    multiplicities (`tasks.reading`). Raises `DomainError`.

    >>> from asymptotics.symbols import a, b, k
    >>> Task(k**-b, "k**-a")
    Task(eigenvalues=k**(-b), target=k**(-a))
    >>> Task("lambda_j = j^-b", "w_j^2 = j^-2", multiplicity="harmonics(3)")
    Task(eigenvalues=j**(-b), target=j**(-b - 2), index=j, multiplicity=2*j + 1)
    """

    eigenvalues: Expr = field(kw_only=False)
    target: Expr = field(kw_only=False)
    index: Symbol = None
    noise: Expr = Integer(0)
    modes: Expr = oo
    multiplicity: Expr = Integer(1)
    assumptions: tuple[Relational, ...] = ()
    measured: Measured | None = None
    test_eigenvalues: Expr | None = None
    known: Expr = oo

    def __post_init__(self) -> None:
        for name, value in read_fields({name: getattr(self, name) for name in FIELDS}).items():
            object.__setattr__(self, name, value)
        object.__setattr__(
            self, "assumptions", items_of(self.assumptions, "assumptions", "inequalities, such as (a > b,)")
        )
        for relation in self.assumptions:
            check_kind(relation, Relational, "assumptions", "give inequalities of symbols, such as (a > b,)")
        check_kind(self.measured, Measured | None, "measured", "use Task.from_arrays for measured arrays")  # type: ignore[arg-type]
        if self.noise.is_negative or self.noise.has(self.index):
            raise DomainError(f"noise = {self.noise}; the standard deviation sigma must be a number >= 0")
        check_modes(self.modes, self.index)
        if (count := self.multiplicity).is_Rational and not (count.is_Integer and count.is_positive):
            raise SpectrumError(f"multiplicity = {count}; the number of modes of a level is an integer >= 1")
        for power in self.eigenvalues.atoms(Pow) | self.target.atoms(Pow):
            if power.base.is_negative and not power.exp.free_symbols <= {self.index}:
                raise DomainError(f"{power} is real only where its exponent is whole; only {self.index} is")
        for symbol in self.parameters:
            if symbol in RESOURCES:
                raise DomainError(
                    f"{symbol} appears in the task but is a resource (t, N, P); use another letter"
                )
            if not symbol.is_positive:
                raise DomainError(
                    f"the symbol {symbol} is not declared positive; "
                    f"use Symbol('{symbol}', positive=True) or asymptotics.symbols"
                )

    @classmethod
    def from_arrays(
        cls,
        eigenvalues: Iterable[object],
        target: Iterable[object],
        multiplicities: Iterable[object] | None = None,
        *,
        noise: object = 0,
        samples: int | None = None,
        window: tuple[int, int] | None = None,
        projected: bool = False,
    ) -> Task:
        """The task of a measured spectrum: ``lambda_k`` and ``c_k`` of each mode, in any order.

        With ``multiplicities`` they are those of levels, so many modes in each, which are not listed.

        The expressions of the task are the power laws fitted to the tails, their numbers rounded to the
        errors; ``task.measured`` has the arrays, the errors and the windows of the fits (how they are
        chosen stands in `asymptotics.tasks.tail_fit`). `derive` takes the fitted power laws, continued to
        infinitely many modes; ``numerics.FullModel(task)``, ``verify`` and ``frontier`` take the arrays, and
        ``numerics.FullModel(task.fitted)`` the power laws.

        ``samples`` is n where the eigenvalues are those of K/n, K the kernel matrix of n samples: the fits
        are then freed of what sampling does to them, and their errors cover it (`tasks.sampling`). That of
        the target is so wholly if the power was ``projected`` on the eigenvectors of the sample.
        ``window`` = (first, last) chooses the modes of the fits. Round-off, as an eigenvalue of -1e-18, is
        clipped with a note. Raises `SpectrumError` for arrays that are not a spectrum, too short (below 16
        modes) or too noisy, and `DomainError` for other samples and windows.

        >>> task = Task.from_arrays([2 * k**-1.5 for k in range(1, 301)], [k**-2.25 for k in range(1, 301)])
        >>> task
        Task(eigenvalues=2/k**(3/2), target=k**(-9/4), measured=300 modes)
        """
        measured = measure(eigenvalues, target, samples, window, multiplicities, projected)
        b, a = measured.eigenvalue_fit, measured.target_fit
        lam, power = (
            round_values(fit.prefactor, fit.prefactor * fit.relative_error)
            * k ** -round_values(fit.exponent, fit.error)
            for fit in (b, a)
        )
        return cls(eigenvalues=lam, target=power, noise=exact(noise, "noise"), measured=measured)

    @classmethod
    def from_gram(cls, K: Any, y: Any, *, noise: object = 0, window: tuple[int, int] | None = None) -> Task:
        """The task of n samples: the spectrum of their Gram matrix, the power of labels in its eigenvectors.

        K : ``K(x_i, x_j)``, symmetric, shape (n, n), n >= 16; y : labels, shape (n,) or (n, outputs), whose
        powers add. Diagonalised in `numerics.measured.gram`; then as `from_arrays` with ``samples=n``, freed
        of what sampling does. ``noise`` (standard deviation, units of y) takes ``noise^2/n`` from each
        mode, down to 0.

        >>> import numpy as np
        >>> x = np.random.default_rng(0).uniform(size=400)
        >>> task = Task.from_gram(np.exp(-abs(x[:, None] - x)), np.sign(x - 0.3), window=(4, 90))
        >>> abs(task.measured.eigenvalue_fit.exponent - 2) < 0.15, task.measured.samples
        (True, 400)
        """
        from numerics.measured.gram import spectrum_of_gram  # the one thing that is left to NumPy

        return cls._of_sample(spectrum_of_gram(K, y), len(K), noise, window)

    @classmethod
    def from_features(
        cls, X: Any, y: Any, *, noise: object = 0, window: tuple[int, int] | None = None
    ) -> Task:
        """The same of features, shape (n, features): that of the Gram matrix ``X X^T``.

        >>> import numpy as np
        >>> X = np.random.default_rng(1).normal(size=(300, 80)) * np.arange(1, 81.0) ** -0.75
        >>> Task.from_features(X, X @ np.ones(80)).measured.modes
        80
        """
        from numerics.measured.gram import spectrum_of_features

        return cls._of_sample(spectrum_of_features(X, y), len(X), noise, window)

    @classmethod
    def _of_sample(
        cls, spectrum: tuple[Any, Any], samples: int, noise: object, window: tuple[int, int] | None
    ) -> Task:
        eigenvalues, power = spectrum
        deviation = exact(noise, "noise")
        if deviation.is_negative:
            raise DomainError(f"noise = {deviation}; the standard deviation sigma must be a number >= 0")
        if deviation.is_number:
            power = [max(0.0, each) for each in power - float(deviation) ** 2 / samples]
        return cls.from_arrays(
            eigenvalues, power, noise=deviation, samples=samples, window=window, projected=True
        )

    @classmethod
    def from_kernel(cls, kernel: Any, *, target: Any, noise: object = 0) -> Task:
        """The task of a kernel of `asymptotics.kernels`: its eigenvalues, multiplicities and index.

        target : ``c_k`` per mode as an expression in the index, or text; a table {degree: power of all of its
            modes}, degrees from 1 on, as means are no part of a task; another kernel on the same domain, for
            a teacher drawn from its Gaussian process; or a target of `asymptotics.kernels`, a function of the
            kernel.
        noise : standard deviation of the label noise (units of y).
        Modes whose eigenvalue is 0, as odd degrees may have, are never learned: their power stays in the test
        loss. Raises `DomainError` for what is none of these.

        >>> from asymptotics.kernels import laplace, sobolev
        >>> task = Task.from_kernel(laplace("d"), target=sobolev("nu"))
        >>> task.multiplicity
        (d + 2*k - 2)*binomial(d + k - 3, k - 1)/k
        """
        parts, power = kernel_parts(kernel, target)
        return cls(target=power, noise=exact(noise, "noise"), **parts)

    @property
    def fitted(self) -> Task:
        """The task without its measured arrays, the fitted power laws alone."""
        return self if self.measured is None else replace(self, measured=None)

    @property
    def parameters(self) -> tuple[Symbol, ...]:
        """The free symbols of the task, without the index, sorted by name."""
        free = set().union(
            *(getattr(self, name).free_symbols for name in _EXPRESSIONS),
            set() if self.test_eigenvalues is None else self.test_eigenvalues.free_symbols,
        ) - {self.index, self.size}
        return tuple(sorted(free, key=lambda s: s.name))

    @property
    def size(self) -> Symbol | None:
        """N or P where the modes are a multiple of it; None for any other number of modes.

        >>> from asymptotics import power_law
        >>> power_law("a", "b", modes="r*N").size, power_law("a", "b", modes="M").size
        (N, None)
        """
        return size_of_modes(self.modes)

    def with_sizes(self, sizes: Mapping[Symbol, Expr]) -> Task:
        """The task of a model of these sizes: with as many modes as belong to them.

        >>> from asymptotics.symbols import N
        >>> from asymptotics import power_law
        >>> power_law(2, 3, modes="2*N").with_sizes({N: Integer(50)}).modes
        100
        """
        size = self.size
        if size is None:
            return self
        return replace(self, modes=self.modes.xreplace({size: sizes.get(size, oo)}))

    def at(self, values: Mapping[Symbol | str, object] | None = None, /, **named: object) -> Task:
        """The same task with numbers for some of its parameters.

        >>> from asymptotics.symbols import a, b
        >>> from asymptotics import power_law
        >>> power_law(a, b).at(a=1.5, b=2)
        Task(eigenvalues=k**(-2), target=k**(-3/2))
        """
        table = substitution(self.parameters, values, named)
        if not table:
            return self
        changed = {name: substitute(getattr(self, name), table) for name in _EXPRESSIONS}
        if self.test_eigenvalues is not None:
            changed["test_eigenvalues"] = substitute(self.test_eigenvalues, table)
        changed["multiplicity"] = polynomial_form(changed["multiplicity"], self.index)
        assumptions = tuple(r.xreplace(table) for r in self.assumptions)
        for before, after in zip(self.assumptions, assumptions, strict=True):
            if after == False:  # noqa: E712  (SymPy's BooleanFalse)
                raise DomainError(f"the values contradict the assumption {before} of the task")
        return replace(
            self, **changed, assumptions=tuple(r for r in assumptions if isinstance(r, Relational))
        )

    def to_dict(self) -> dict[str, Any]:
        """The task as text, for JSON; `from_dict` reads it. Measured arrays are kept, as numbers.

        >>> from asymptotics import power_law
        >>> Task.from_dict(power_law("a", 2).to_dict())
        Task(eigenvalues=k**(-2), target=k**(-a))
        """
        count = self.multiplicity
        counted = count.func.__name__ == "SquaresCount"
        test = {} if self.test_eigenvalues is None else {"test_eigenvalues": written(self.test_eigenvalues)}
        test |= {} if self.known == oo else {"known": written(self.known)}
        return record(
            "task",
            **test,
            eigenvalues=written(self.eigenvalues),
            target=written(self.target),
            index=self.index.name,
            noise=written(self.noise),
            modes=written(self.modes),
            multiplicity=f"squares({count.args[0]})" if counted else written(count),
            assumptions=[str(relation) for relation in self.assumptions],
            measured=None if self.measured is None else self.measured.to_dict(),
        )

    @classmethod
    def from_dict(cls, found: Mapping[str, Any]) -> Task:
        """The task that `to_dict` wrote. Raises `DomainError` for a record that was changed."""
        names = ("eigenvalues", "target", "index", "noise", "multiplicity")
        content = content_of("task", found, *names, "modes", "assumptions", "measured")
        arrays = content["measured"]
        if arrays is None:
            modes = oo if content["modes"] == "oo" else content["modes"]
            relations = tuple(parse_condition(relation) for relation in content["assumptions"])
            task = cls(**{n: content[n] for n in names}, modes=modes, assumptions=relations)
            task = replace(task, test_eigenvalues=found.get("test_eigenvalues"), known=found.get("known", oo))
        else:
            task = cls.from_arrays(**arrays, noise=content["noise"])
        check_same(content, task.to_dict())
        return task

    @property
    def formulas(self) -> tuple[tuple[str, Expr], ...]:
        """What makes the task, each by its letter in LaTeX; without what is as usual."""
        index = self.index
        parts = (
            (rf"\lambda_{{{index}}}", self.eigenvalues, None),
            (rf"c_{{{index}}}", self.target, None),
            (rf"m_{{{index}}}", self.multiplicity, 1),
            (r"\sigma", self.noise, 0),
            ("M", self.modes, oo),
            (rf"\lambda'_{{{index}}}", self.test_eigenvalues, None),
        )
        return tuple((letter, value) for letter, value, usual in parts if value != usual)

    def to_latex(self) -> str:
        r"""The formulas of the task in one line; m_k is the multiplicity of a level.

        >>> from asymptotics import power_law
        >>> print(power_law("a", 2, noise="sigma").to_latex())
        \lambda_{k} = \frac{1}{k^{2}},\quad c_{k} = k^{-a},\quad \sigma > 0
        """
        parts = ((letter, tex(value)) for letter, value in self.formulas)
        return r",\quad ".join(
            f"{letter} > 0" if letter == shown else f"{letter} = {shown}" for letter, shown in parts
        )

    def __repr__(self) -> str:
        parts = [f"eigenvalues={text(self.eigenvalues)}", f"target={text(self.target)}"]
        if self.index != k:
            parts.append(f"index={self.index}")
        if self.noise != 0:
            parts.append(f"noise={text(self.noise)}")
        if self.modes != oo:
            parts.append(f"modes={self.modes}")
        if self.multiplicity != 1:
            parts.append(f"multiplicity={self.multiplicity}")
        if self.test_eigenvalues is not None:
            parts.append(f"test_eigenvalues={text(self.test_eigenvalues)}")
        if self.known != oo:
            parts.append(f"known={text(self.known)}")
        if self.assumptions:
            parts.append(f"assumptions={self.assumptions}")
        if self.measured is not None:
            of = "" if self.measured.samples is None else f" of {self.measured.samples} samples"
            parts.append("; ".join((f"measured={self.measured.modes} modes{of}", *self.measured.notes)))
        return f"Task({', '.join(parts)})"


_EXPRESSIONS = ("eigenvalues", "target", "noise", "modes", "multiplicity", "known")
"""What may have symbols in it in every task."""
