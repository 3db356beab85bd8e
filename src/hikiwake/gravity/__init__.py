"""Structural gravity: Poisson pseudo-maximum likelihood with many fixed effects, ours.

`fit` takes a formula and any table, and returns a `GravityFit`.
"""

from hikiwake.gravity.anew import leave_one_out
from hikiwake.gravity.bias import BiasCorrection, bias_correction
from hikiwake.gravity.bootstrap import bootstrap, score_bootstrap
from hikiwake.gravity.covariance import Covariance, Errors
from hikiwake.gravity.diagnostics import gauss_newton, park, reset
from hikiwake.gravity.many import fit_each
from hikiwake.gravity.model import Columns, fit
from hikiwake.gravity.newton import Solver
from hikiwake.gravity.predictions import predict
from hikiwake.gravity.resistances import Resistances, resistances
from hikiwake.gravity.results import GravityFit, Interval, Levels
from hikiwake.gravity.sample import Drops
from hikiwake.gravity.tables import compare

__all__ = [
    "BiasCorrection",
    "Columns",
    "Covariance",
    "Drops",
    "Errors",
    "GravityFit",
    "Interval",
    "Levels",
    "Resistances",
    "Solver",
    "bias_correction",
    "bootstrap",
    "compare",
    "fit",
    "fit_each",
    "gauss_newton",
    "leave_one_out",
    "park",
    "predict",
    "reset",
    "resistances",
    "score_bootstrap",
]
