"""The command `dispute economics`: what a settlement is worth, whether there is a price, would it hold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hikiwake.cli.app import Options, visible
from hikiwake.cli.dispute_model import Asked, model_of, opened, states_of, suffix_of, written
from hikiwake.cli.printing import print_json

if TYPE_CHECKING:
    from hikiwake.dispute import BargainingPoint, BreakEven, Game
    from hikiwake.dossier.disputes import Model
    from hikiwake.measures.dispute.economics import Side, Worth

MOST_POINTS = 3
"""States of one rule of bargaining that are shown; the JSON holds all."""


@click.command(
    "economics",
    short_help="Say what a settlement is worth, and if it pays.",
    epilog="""\b
Examples:
  hikiwake dispute economics JPN RUS
  hikiwake dispute economics my-dispute.yaml --welfare welfare.csv --weight 2
  hikiwake dispute economics my-dispute.yaml -o prices.svg""",
)
@model_of
@click.option("--to", "target", help="The settlement: a state or a condition (default: what the file asks).")
@click.option("--weight", type=float, help="Ranks that one unit of welfare is worth.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Draw where there is a price: .svg or .png."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def economics(
    options: Options,
    asked: Asked,
    target: str | None,
    weight: float | None,
    output: Path | None,
    as_json: bool,
) -> None:
    """Set changes of welfare beside rankings: break-even weights, side payments, bargaining points."""
    from hikiwake.measures.dispute.economics import worth

    held, game = opened(options, asked)
    found = worth(held, game, _settlement(held, game, target), weight)
    if output is not None:
        _drawn(options, output, found)
    if as_json:
        print_json(economics_json(found))
    else:
        click.echo(visible(told(held, found)))


def _settlement(held: Model, game: Game, target: str | None) -> int:
    """Return the state that is asked about: of several the one that the least changes make stable."""
    from hikiwake.cli.dispute_files import nearest
    from hikiwake.core.errors import BadUsage
    from hikiwake.dispute import solve

    if target is None and not held.asked.wanted:
        raise BadUsage(
            where="--to",
            why="the file asks about no outcome",
            remedy="Name a state or a condition, or enter one under `wanted`.",
        )
    states = states_of(game, target if target is not None else held.asked.wanted[0].holds)
    return states[0] if len(states) == 1 else nearest(game, solve(game), states)


def _drawn(options: Options, output: Path, found: Worth) -> None:
    from hikiwake.core.errors import NoData
    from hikiwake.render.dealmap import svg

    if found.payment is None:
        raise NoData(
            where="dispute.economics",
            why="it names no side payment, so there are no prices to draw",
            remedy="Enter `payment` with payer, receiver and what the deal is worth to them.",
        )
    picture = svg(_map(found))
    if suffix_of(output, (".svg", ".png")) == ".png":
        from hikiwake.render.charts import raster

        written(options, output, raster(picture))
    else:
        written(options, output, picture.encode())


def told(held: Model, found: Worth) -> str:
    """Return the economics as text."""
    from hikiwake.cli.dispute_text import maker_name
    from hikiwake.sections.dispute import wording

    game = found.game
    lines = [
        held.title,
        f"the settlement: {game.labels[found.state]} ({wording.state(game, found.state).text})",
        "",
    ]
    unit = found.unit or "units of welfare"
    for side in found.sides:
        name = maker_name(game, side.who)
        lines.append(f"{name[:1].upper()}{name[1:]}: {_politics(side)}{_needed(side, found)}")
        if side.welfare is not None and game.status_quo is not None:
            change = side.welfare[found.state] - side.welfare[game.status_quo]
            lines.append(f"    change of welfare against today: {_signed(change)} {unit}")
        if side.even is not None:
            lines.append(f"    {_even(side.even, found.unit or 'unit')}")
    if all(side.welfare is None for side in found.sides):
        lines += ["", "No changes of welfare are given; name a table of them with --welfare TABLE."]
    lines += ["", *_price(found, unit), "", *_points(found, unit)]
    if found.source:
        lines += ["", f"changes of welfare: {found.source}"]
    return "\n".join(lines)


def _politics(side: Side) -> str:
    if side.behind == float("-inf"):
        return "cannot leave it by a move of its own"
    if side.behind <= 0:
        return "would stay without any gain: by rank nothing it can move to is better"
    ranks = f"{side.behind:g} rank{'' if side.behind == 1 else 's'}"
    return f"would leave: the best it can move to is {ranks} higher"


def _needed(side: Side, found: Worth) -> str:
    if side.needed is None or side.needed == float("-inf"):
        return ""
    rate = f"at {found.weight:g} rank{'' if found.weight == 1 else 's'} per {found.unit or 'unit of welfare'}"
    if side.needed <= 0:
        return f"; {rate} it would stay"
    more = "" if side.welfare is None else " more"
    return f"; {rate} it would have to bring {side.needed:.6g} {found.unit or 'units'}{more}"


def _even(even: BreakEven, unit: str) -> str:
    if even.low is None or even.high is None:
        return "at no weight of welfare would it stay"
    if even.high == float("inf"):
        return (
            f"stays from a weight of {even.low:.6g} ranks per {unit} on"
            if even.low
            else "stays at any weight"
        )
    if even.low == 0:
        return f"stays up to a weight of {even.high:.6g} ranks per {unit}"
    return f"stays between weights of {even.low:.6g} and {even.high:.6g} ranks per {unit}"


def _price(found: Worth, unit: str) -> list[str]:
    from hikiwake.cli.dispute_text import maker_name

    if found.payment is None:
        return ["No side payment is asked about (economics: payment in the file)."]
    payer, receiver = (maker_name(found.game, who) for who in (found.payment.payer, found.payment.receiver))
    head = f"side payment from {payer} to {receiver}: "
    if found.zone is not None:
        zone = found.zone
        if zone.even is None:
            return [
                f"{head}no zone of agreement; {receiver} needs {zone.low:.6g} at least, "
                f"{payer} gives {zone.high:.6g} at most ({unit})"
            ]
        return [
            f"{head}both agree from {zone.low:.6g} to {zone.high:.6g} {unit}; "
            f"{zone.even:.6g} shares the gain equally"
        ]
    region = found.region
    assert region is not None  # noqa: S101  (a payment has one of the two)
    if region.verdict != "depends":
        return [
            f"{head}there is {'a' if region.verdict == 'always' else 'no'} price, whatever the values are"
        ]
    corners = ", ".join(f"({x:.6g}, {y:.6g})" for x, y in region.corners)
    return [
        f"{head}whether there is a price depends on what is not known",
        f"    there is one where {receiver}'s loss (what it gives up, and its cost) is at most",
        f"    {payer}'s worth (what it gets, less its cost) "
        f"{'less' if region.intercept < 0 else 'plus'} {abs(region.intercept):.6g} {unit}",
        f"    that is {region.share:.1%} of the values that are possible; no probability",
        f"    its corners ({payer}'s worth, {receiver}'s loss): {corners}",
    ]


def _points(found: Worth, unit: str) -> list[str]:
    from hikiwake.cli.dispute_outlook import CONCEPT_NAMES
    from hikiwake.cli.dispute_text import maker_name

    game = found.game
    if found.disagreement is None:
        return ["No bargaining points: the file names no state as today's, and none without a deal."]
    compared = {
        "welfare": f"changes of welfare ({unit})",
        "ranks": "ranks, of which only the order means something",
        "both": f"ranks plus welfare at {found.weight or 0:g} per {found.unit or 'unit'}",
    }[found.utility]
    names = ", ".join(maker_name(game, who) for who in found.bargainers)
    lines = [f"bargaining of {names} over {compared}; without a deal: {game.labels[found.disagreement]}"]
    if not found.points:
        return [*lines, "    every state gives somebody less than that"]
    rows = [("rule", "state", "gains", "is it an equilibrium?")]
    for point in _few(found.points):
        holds = ", ".join(CONCEPT_NAMES[concept] for concept in point.equilibrium)
        gains = ", ".join(
            f"{who} {_signed(gain)}" for who, gain in zip(found.bargainers, point.gains, strict=True)
        )
        today = " (today)" if point.state == game.status_quo else ""
        rows.append(
            (point.rule, f"{game.labels[point.state]}{today}", gains, holds or "no: it would not hold")
        )
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        cells = (f"{cell:<{width}}" for cell, width in zip(row[:3], widths, strict=True))
        lines.append(f"    {'  '.join(cells)}  {row[3]}".rstrip())
    if len(rows) <= len(found.points):
        more = len(found.points) + 1 - len(rows)
        lines.append(f"    and {more} more that a rule finds as good; --json lists all")
    return lines


def _few(points: Sequence[BargainingPoint]) -> list[BargainingPoint]:
    """Return a few points of each rule: of many that are as good, those that would hold come first."""
    out: list[BargainingPoint] = []
    for rule in dict.fromkeys(point.rule for point in points):
        same = [point for point in points if point.rule == rule]
        out += sorted(same, key=lambda point: -len(point.equilibrium))[:MOST_POINTS]
    return out


def _signed(value: float) -> str:
    return f"{value:+.6g}" if value else "0"


def _map(found: Worth) -> Any:
    """Return the map of prices: where in the range of values there is one."""
    from hikiwake.cli.dispute_text import maker_name
    from hikiwake.dispute import region_of_agreement
    from hikiwake.measures.dispute.economics import ranges
    from hikiwake.render.dealmap import Map

    payment = found.payment
    assert payment is not None  # noqa: S101  (asked before)
    assert found.gains is not None  # noqa: S101  (a payment has gains)
    # What is known exactly gets half a unit on either side, so that there is an area to draw.
    gain, loss = ((low, high) if high > low else (low - 0.5, high + 0.5) for low, high in ranges(payment))
    region = region_of_agreement(found.gains, gain, loss)
    payer, receiver = (maker_name(found.game, who) for who in (payment.payer, payment.receiver))
    return Map(payer, receiver, gain, loss, region.intercept, found.unit, region.corners, region.verdict)


def economics_json(found: Worth) -> dict[str, Any]:
    """Return the economics as data, states by their labels; what is without bound is null."""
    import msgspec

    game = found.game
    return {
        "state": game.labels[found.state],
        "unit": found.unit,
        "source": found.source,
        "weight": found.weight,
        "sides": [
            {
                "who": side.who,
                "welfare": _by_state(game, side),
                "ranks_behind": _finite(side.behind),
                "welfare_needed": _finite(side.needed),
                "break_even": None
                if side.even is None
                else {
                    "low": side.even.low,
                    "high": _finite(side.even.high),
                    "possible": side.even.low is not None,
                    "thresholds": [
                        {"exit": game.labels[one.exit], "holds": one.holds, "weight": one.weight}
                        for one in side.even.thresholds
                    ],
                },
            }
            for side in found.sides
        ],
        "gains": None if found.payment is None or found.gains is None
        else dict(zip((found.payment.payer, found.payment.receiver), found.gains, strict=True)),
        "zone": found.zone,
        "region": None if found.region is None
        else {**msgspec.to_builtins(found.region), "verdict": found.region.verdict},
        "bargaining": {
            "over": found.utility,
            "bargainers": list(found.bargainers),
            "without_a_deal": None if found.disagreement is None else game.labels[found.disagreement],
            "points": [
                {
                    "rule": point.rule,
                    "state": game.labels[point.state],
                    "gains": dict(zip(found.bargainers, point.gains, strict=True)),
                    "equilibrium": list(point.equilibrium),
                }
                for point in found.points
            ],
        },
    }  # fmt: skip


def _by_state(game: Game, side: Side) -> dict[str, float] | None:
    if side.welfare is None:
        return None
    return dict(zip(game.labels, side.welfare.tolist(), strict=True))


def _finite(value: float | None) -> float | None:
    return None if value is None or value in (float("inf"), float("-inf")) else value
