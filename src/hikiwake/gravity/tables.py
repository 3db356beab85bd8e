"""Several regressions side by side, as Markdown or LaTeX."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from hikiwake.core.errors import BadInput
from hikiwake.gravity.diagnostics import gauss_newton, reset
from hikiwake.gravity.results import GravityFit


def compare(
    fits: Mapping[str, GravityFit] | Sequence[GravityFit],
    style: Literal["markdown", "latex"] = "markdown",
    *,
    tests: bool = False,
) -> str:
    """Return several regressions side by side: coefficients, standard errors below them in brackets.

    Parameters
    ----------
    fits : regressions by the heading of their column; without headings they are (1), (2) and so on.
    style : "markdown" or "latex" (a tabular with booktabs rules).
    tests : whether to add the p-values of RESET and of the Gauss-Newton test, for which each regression is
        estimated once more.

    Raises
    ------
    BadInput
        If there is no such style.
    """
    if style not in {"markdown", "latex"}:
        raise BadInput(
            where=f"style {style!r}",
            why="there is no such style",
            remedy="Use 'markdown' or 'latex'; table() has the coefficients for anything else.",
        )
    if not isinstance(fits, Mapping):
        fits = {f"({at})": fit for at, fit in enumerate(fits, 1)}
    names = list(dict.fromkeys(name for fit in fits.values() for name in fit.names))
    rows: list[list[str]] = []
    for name in names:
        rows.append([name, *(_cell(fit, name, "coefficient") for fit in fits.values())])
        rows.append(["", *(_cell(fit, name, "error") for fit in fits.values())])
    effects = list(dict.fromkeys(effect for fit in fits.values() for effect in fit.effects))
    rows += [
        [effect, *("yes" if effect in fit.effects else "" for fit in fits.values())] for effect in effects
    ]
    rows.append(["Estimator", *(fit.estimator.upper() for fit in fits.values())])
    rows.append(["Standard errors", *(fit.covariance.by for fit in fits.values())])
    rows.append(["Squared correlation", *(f"{fit.r_squared:.4f}" for fit in fits.values())])
    if tests:
        rows.append(["RESET, p", *(f"{reset(fit).p:.4f}" for fit in fits.values())])
        rows.append(["Gauss-Newton, p", *(f"{gauss_newton(fit).p:.4f}" for fit in fits.values())])
    rows.append(["Rows", *(f"{fit.observations:,}" for fit in fits.values())])
    rows.append(["Rows left out", *(f"{fit.drops.total:,}" for fit in fits.values())])
    return (_markdown if style == "markdown" else _latex)(["", *fits], rows)


def _cell(fit: GravityFit, name: str, what: Literal["coefficient", "error"]) -> str:
    if name not in fit.names:
        return ""
    at = fit.names.index(name)
    return f"{fit.coefficients[at]:.4f}" if what == "coefficient" else f"({fit.standard_errors[at]:.4f})"


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    return "\n".join([line(head), "|---|" + "---:|" * (len(head) - 1), *map(line, rows)])


def _latex(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def line(cells: Sequence[str]) -> str:
        return " & ".join(map(_for_latex, cells)) + r" \\"

    body = [line(row) for row in rows]
    columns = "l" + "r" * (len(head) - 1)
    return "\n".join(
        [rf"\begin{{tabular}}{{{columns}}}", r"\toprule", line(head), r"\midrule", *body, r"\bottomrule",
         r"\end{tabular}"]
    )  # fmt: skip


def _for_latex(text: str) -> str:
    special = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}
    special |= {sign: f"\\{sign}" for sign in "&%$#_{}"}
    return "".join(special.get(sign, sign) for sign in text)
