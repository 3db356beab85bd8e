"""The command `backtest`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hikiwake.cli.app import Options
from hikiwake.cli.brief import with_digits
from hikiwake.cli.facts import answering, deliver, form

if TYPE_CHECKING:
    from hikiwake.api import Backtest
    from hikiwake.core.provenance import Fact

WIDTH = 66
MORE = 2
"""A correlation has as many decimals as a percentage, and these more."""


@click.command(
    short_help="Test whether a gap foretells growth.",
    epilog="""\b
Examples:
  hikiwake backtest
  hikiwake backtest --group 27 --group all
  hikiwake backtest --anew --json""",
)
@click.option(
    "--group",
    "groups",
    multiple=True,
    help="Chapter or section of products, or all; may be repeated (default: each).",
)
@click.option("--anew", is_flag=True, help="Compute, even where the result comes with the program.")
@with_digits
@answering
@click.pass_obj
def backtest(  # noqa: PLR0913, PLR0917  (one argument for each option)
    options: Options,
    groups: tuple[str, ...],
    anew: bool,
    digits: int | None,
    as_json: bool,
    as_csv: bool,
    output: Path | None,
) -> None:
    """Test whether flows below what is expected of them grew faster, beside naive rules.

    Over all pairs, with data up to year t only: growth from t to t+5 and t+10, rank correlations, hits, and
    how many flows lay within the range that the brief gives.
    """
    from hikiwake.api import backtest as test
    from hikiwake.cli.memory import remembering
    from hikiwake.cli.progress import Progress
    from hikiwake.core.document import USUAL_DIGITS

    wanted = form(as_json=as_json, as_csv=as_csv)
    with Progress(options) as progress:
        found = test(groups, anew=anew, data=options.data, progress=progress)
    if wanted or output is not None:
        deliver(options, found, wanted, output, digits)
    else:
        with remembering(found.ledger):
            click.echo("\n".join(_told(found, USUAL_DIGITS if digits is None else digits)))


def _told(found: Backtest, digits: int) -> list[str]:
    """Return a table of the rules for each group and horizon, and what the ranges held."""
    parts: dict[tuple[str, str], dict[str, dict[str, Fact]]] = {}
    for fact in found:
        key = (fact.subject["group"], fact.subject["horizon"])
        parts.setdefault(key, {}).setdefault(fact.subject.get("rule", ""), {})[fact.formula] = fact
    lines = [found.title]
    for (group, horizon), rules in parts.items():
        lines += _part(group, horizon, rules, digits)
    return lines


def _part(group: str, horizon: str, rules: dict[str, dict[str, Fact]], digits: int) -> list[str]:
    from hikiwake.render.numbers import number, period

    held = rules.pop("", {})
    lines: list[str] = []
    if rules:
        flows = next(iter(rules.values()))["potential_tested"]
        title = f"{group}, {horizon} on: {number(flows)} flows, {period(flows)}"
        lines += [
            "",
            title,
            f"  {'':<{WIDTH}} {'rank corr.':>10} {'std. error':>10} {'hits':>7} {'beyond':>7}",
        ]
        for rule, facts in rules.items():
            ours = facts.get("potential_foretold_beyond")
            correlation = facts["potential_foretold"]
            lines.append(
                f"  {rule:<{WIDTH}} {_plain(correlation.value, digits):>10}"
                f" {_plain(_error(correlation), digits):>10}"
                f" {number(facts['potential_hits'], digits=digits):>7}"
                f" {_plain(ours.value, digits) if ours else '':>7}"
            )
    if held:
        bounded = held.get("potential_within_bounded")
        also = f"; {number(bounded, digits=digits)} of those with two ends" if bounded else ""
        when = "in the same year" if horizon.startswith("0 ") else f"{horizon} on"
        lines += [] if rules else ["", f"{group}, {when}"]
        lines.append(
            f"  Within the range of nine of ten: {number(held['potential_within'], digits=digits)}{also}"
        )
    return lines


def _error(fact: Fact) -> float | None:
    from hikiwake.measures.potential.tested import NORMAL

    return None if fact.interval is None else (fact.interval.high - fact.interval.low) / (2.0 * NORMAL)


def _plain(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits + MORE}f}"
