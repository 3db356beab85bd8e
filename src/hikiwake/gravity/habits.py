"""How other programs write a formula, so that whoever comes from them is told how it is written here."""

from __future__ import annotations

import re
from typing import NamedTuple

from hikiwake.core.errors import BadInput


class Habit(NamedTuple):
    """What is written elsewhere, why it does not serve here, and what does."""

    pattern: re.Pattern[str]
    why: str
    remedy: str


QUOTED = re.compile(r"`[^`]*`")
CATEGORIES = "Write C(year) for categories, C(year):rta for a slope in each, a:b for a product."
HABITS = (
    Habit(
        re.compile(r"\b[LFDS]\d*\.\w|\b(?:lag|lead|shift|diff|[lfd])\("),
        "lags go by pair and time, and the rows of a column do not tell which come after each other",
        "Compute the lag beforehand, as a column such as rta_lag4.",
    ),
    Habit(re.compile(r"\b(?:i|ib\d+|c|o)\.\w|#"), "categories and products are not written so", CATEGORIES),
    Habit(
        re.compile(r"\b(?:as\.)?factor\(|\bi\("),
        "categories and their slopes are not written so",
        CATEGORIES,
    ),
    Habit(
        re.compile(r"\b(?:mv|c)?sw0?\("),
        "it stands for several regressions",
        "Give one formula for each: `hikiwake gravity table`, or compare() in Python.",
    ),
    Habit(
        re.compile(r"\^"),
        "`^` joins the columns of a fixed effect, and is no power",
        "Write I(ln_dist**2) for a square; fixed effects stand behind `|`.",
    ),
    Habit(re.compile(r"(?:^|\+)\s*\.\s*(?:$|\+)"), "a point names no column", "Name the regressors."),
)
LOGARITHMS = re.compile(r"(?:np\.)?(?:log1p|log10|log2|arcsinh|asinh)\(.*\)")
CLUSTERS = "Clusters stand apart: errors='exporter^importer' in Python, --errors on the command line."
ELSEWHERE = {
    "cluster", "clustered", "crv1", "crv3", "hac", "hc0", "hc1", "hc2", "hc3", "hetero", "heteroskedastic",
    "homoskedastic", "iid", "kernel", "none", "nonrobust", "standard", "twoway", "unadjusted",
}  # fmt: skip
"""Kinds of standard errors by names that other programs give them."""

RESULTS = {
    **dict.fromkeys(("params", "coef", "beta"), "coefficients"),
    **dict.fromkeys(("bse", "se", "std_errors"), "standard_errors"),
    **dict.fromkeys(("tstat", "tstats", "tvalues", "zvalues"), "statistics"),
    **dict.fromkeys(("pvalues", "pvalue"), "p_values"),
    **dict.fromkeys(("conf_int", "confint"), "confidence_interval()"),
    **dict.fromkeys(("cov", "vcov", "cov_params"), "covariance.matrix, or with_errors() for another kind"),
    **dict.fromkeys(("resid", "resids"), "residuals"),
    **dict.fromkeys(("fittedvalues", "fitted_values"), "fitted"),
    **dict.fromkeys(("nobs", "n_obs"), "observations"),
    **dict.fromkeys(("rsquared", "r2", "pseudo_r2"), "r_squared and pseudo_r_squared"),
    **dict.fromkeys(("llf", "loglik"), "log_likelihood"),
    **dict.fromkeys(("tidy", "to_pandas"), "table() and to_frame()"),
    **dict.fromkeys(("to_latex", "etable", "as_latex"), "compare({'': found}, 'latex') of hikiwake.gravity"),
    **dict.fromkeys(("fixef", "estimated_effects"), "effects"),
    "predict": "predict(found, data) of hikiwake.gravity",
    "wald_test": "combination(), for a sum of slopes and its error",
}
"""What results are called elsewhere, and here."""


def refuse(text: str, formula: str) -> None:
    """Refuse a part of a formula that is written as another program would have it.

    Raises
    ------
    BadInput
        With the remedy.
    """
    plain = QUOTED.sub("x", text)
    for habit in HABITS:
        found = habit.pattern.search(plain)
        if found:
            where = f"{text.strip()!r} in formula {formula!r}"
            raise BadInput(where=where, why=habit.why, remedy=habit.remedy)


def refuse_logarithm(dependent: str, formula: str) -> None:
    """Refuse to explain by Poisson what is a logarithm already."""
    if LOGARITHMS.fullmatch(dependent):
        raise BadInput(
            where=f"formula {formula!r}",
            why=f"{dependent} is a logarithm, and only log(...) is known to ask for least squares",
            remedy="Write log(trade) ~ ..., or log(trade + 1) ~ ... where zeros shall be kept.",
        )


def refuse_kind(errors: object) -> None:
    """Refuse standard errors that are no text, or named as another program names them."""
    why = f"{errors!r} is no kind of standard errors"
    remedy = (
        "Use 'robust' against heteroskedasticity, 'pair', or the columns of clusters: 'exporter^importer', "
        "'exporter + importer + year'."
    )
    if not isinstance(errors, str) or errors.lower() in ELSEWHERE:
        raise BadInput(where="standard errors", why=why, remedy=remedy)
