"""The group `dispute`, and its commands `solve|explain|paths|inverse|conditions|sensitivity`."""

from __future__ import annotations

import click

from hikiwake.cli import dispute_economics, dispute_write
from hikiwake.cli.app import Options, visible
from hikiwake.cli.dispute_model import (
    Asked,
    model_of,
    movable_states,
    opened,
    state_of,
    states_of,
)
from hikiwake.cli.printing import print_json


@click.group(
    short_help="Say which outcomes of a dispute are stable, and why.",
    epilog="""\b
Examples:
  hikiwake dispute solve JPN RUS
  hikiwake dispute explain JPN RUS --state NYYYNNY
  hikiwake dispute inverse JPN RUS --concept seq
  hikiwake dispute new -o my-dispute.yaml""",
)
def dispute() -> None:
    """Say which outcomes of a dispute are stable: the graph model for conflict resolution."""


for _command in (dispute_economics.economics, dispute_write.draw, dispute_write.export, dispute_write.new):
    dispute.add_command(_command)


@dispute.command(
    "solve",
    short_help="Find the stable states.",
    epilog="""\b
Examples:
  hikiwake dispute solve JPN RUS
  hikiwake dispute solve elmira.gmcr --json""",
)
@model_of
@click.option(
    "--concept",
    "concepts",
    multiple=True,
    help="nash, gmr, smr, seq or sim; may be repeated (default: the first four).",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def solve(options: Options, asked: Asked, concepts: tuple[str, ...], as_json: bool) -> None:
    """Find the stable states of every decision maker, and the states stable for all."""
    from hikiwake.cli import dispute_text
    from hikiwake.cli.dispute_outlook import concept_of
    from hikiwake.core.errors import BadUsage
    from hikiwake.dispute import COALITION_CONCEPTS, CONCEPTS
    from hikiwake.dispute import solve as solved

    chosen = tuple(map(concept_of, concepts))
    for concept in set(chosen) & set(COALITION_CONCEPTS):
        raise BadUsage(
            where="--concept",
            why=f"{concept.upper().replace('CNASH', 'CR')} is of coalitions, and is told in any case",
            remedy="Leave it out; `hikiwake dispute explain --concept cr` says why.",
        )
    held, game = opened(options, asked)
    found = solved(game, chosen or CONCEPTS)  # type: ignore[arg-type]  # unknown ones are refused there
    if as_json:
        print_json(dispute_text.solution_json(held, found))
    else:
        click.echo(visible(dispute_text.solution(held, found)))


@dispute.command(
    "explain",
    short_help="Say why a state is stable for each, or why not.",
    epilog="""\b
Examples:
  hikiwake dispute explain JPN RUS
  hikiwake dispute explain JPN RUS --state NYYYNNY --concept nash
  hikiwake dispute explain JPN RUS --concept cr --who JPN+RUS
  hikiwake dispute explain two-sides.yaml --concept l3""",
)
@model_of
@click.option("--state", help="Label or number of a state (default: today's).")
@click.option(
    "--concept",
    default="seq",
    show_default=True,
    help="nash, gmr, smr, seq, sim; of coalitions cr, cgmr, csmr, cseq; l1, l2, … or non-myopic for two.",
)
@click.option("--who", multiple=True, help="A decision maker, or several joined by + (default: all).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def explain(
    options: Options, asked: Asked, state: str | None, concept: str, who: tuple[str, ...], as_json: bool
) -> None:
    """Say for every decision maker, or every coalition, why a state is stable for it or why not."""
    from hikiwake.cli import dispute_text
    from hikiwake.cli.dispute_reasons import explained

    _, game = opened(options, asked)
    where = state_of(game, state)
    found = explained(game, concept, where, who)
    if as_json:
        told = [
            {**dispute_text.named(game, one.reason), "stable": one.stable, "sentences": one.sentences}
            for one in found
        ]
        print_json({"state": game.labels[where], "reasons": told})
    else:
        lines = [(one.stable, one.sentences) for one in found]
        click.echo(visible(dispute_text.reasons(game, where, lines)))


@dispute.command(
    "paths",
    short_help="Find the shortest ways from today's state.",
    epilog="""\b
Examples:
  hikiwake dispute paths JPN RUS
  hikiwake dispute paths JPN RUS --to "two and not four" --json""",
)
@model_of
@click.option("--to", "targets", multiple=True, help="A state or a condition (default: what is stable).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def paths(options: Options, asked: Asked, targets: tuple[str, ...], as_json: bool) -> None:
    """Find the shortest ways from today's state, and who would have to move against its own ranking."""
    from hikiwake.cli import dispute_text
    from hikiwake.dispute import paths as found_paths
    from hikiwake.dispute import solve as solved
    from hikiwake.dispute import solve_coalitions

    _, game = opened(options, asked)
    if targets:
        wanted = [state for target in targets for state in states_of(game, target)]
    else:
        solution = solved(game)
        wanted = sorted({state for concept in solution.stable for state in solution.equilibria(concept)})
    found = found_paths(game, wanted, solve_coalitions(game))
    if as_json:
        print_json(dispute_text.named(game, found))
    else:
        click.echo(visible(dispute_text.ways(game, found)))


@dispute.command(
    "inverse",
    short_help="Find the least changes that make a state stable.",
    epilog="""\b
Examples:
  hikiwake dispute inverse JPN RUS
  hikiwake dispute inverse JPN RUS --to NYYYNNY --concept seq --json""",
)
@model_of
@click.option("--to", "target", help="A state or a condition (default: the outcome the file asks about).")
@click.option("--concept", default="nash", show_default=True, help="nash, gmr, smr or seq.")
@click.option("--most", default=2, show_default=True, type=click.IntRange(0, 4), help="Changes to try.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def inverse(
    options: Options, asked: Asked, target: str | None, concept: str, most: int, as_json: bool
) -> None:
    """Find the least changes of what the sides value that make an outcome stable for all."""
    from hikiwake.cli import dispute_text
    from hikiwake.core.errors import BadUsage
    from hikiwake.dispute import inverse as inverted

    held, game = opened(options, asked)
    if target is None and not held.asked.wanted:
        raise BadUsage(
            where="--to",
            why="the file asks about no outcome",
            remedy="Name a state or a condition, or enter one under `wanted`.",
        )
    condition = target if target is not None else held.asked.wanted[0].holds
    found = inverted(game, states_of(game, condition), concept.lower(), most)  # type: ignore[arg-type]  # refused there
    if as_json:
        print_json(dispute_text.inverse_json(game, found))
    else:
        click.echo(visible(dispute_text.changes(game, condition, found)))


@dispute.command(
    "conditions",
    short_help="Say what preferences must be like.",
    epilog="""\b
Examples:
  hikiwake dispute conditions JPN RUS --to NYYYNNY
  hikiwake dispute conditions euphrates.gmcr --to NYN --movable syria=all --json""",
)
@model_of
@click.option("--to", "target", required=True, help="The wanted state: a label or a number.")
@click.option("--concept", default="nash", show_default=True, help="nash, gmr, smr or seq.")
@click.option(
    "--movable",
    multiple=True,
    metavar="WHO=STATES",
    help="Count the rankings that work: WHO=all, or WHO=label,label,... whose places are open.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def conditions(
    options: Options,
    asked: Asked,
    target: str,
    concept: str,
    movable: tuple[str, ...],
    as_json: bool,
) -> None:
    """Say what every side's preference must be like for a state to be stable for all, and how many are."""
    from hikiwake.cli import dispute_text
    from hikiwake.dispute import conditions as required
    from hikiwake.dispute import count_rankings

    _, game = opened(options, asked)
    state, concept = state_of(game, target), concept.lower()
    found = required(game, state, concept)  # type: ignore[arg-type]  # refused there
    free = dict(movable_states(game, entry) for entry in movable)
    count = count_rankings(game, state, concept, free) if free else None  # type: ignore[arg-type]
    if as_json:
        told = {"state": game.labels[state], "conditions": dispute_text.named(game, found)}
        print_json({**told, "rankings": count})
    else:
        click.echo(visible(dispute_text.required(game, state, found, count)))


@dispute.command(
    "sensitivity",
    short_help="Solve again after every change of one statement.",
    epilog="""\b
Examples:
  hikiwake dispute sensitivity JPN RUS
  hikiwake dispute sensitivity JPN RUS --json""",
)
@model_of
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def sensitivity(options: Options, asked: Asked, as_json: bool) -> None:
    """Solve the dispute again after every change of one statement, and say what stays stable."""
    from hikiwake.cli import dispute_text
    from hikiwake.dispute import sensitivity as varied

    held, game = opened(options, asked)
    found = varied(game)
    if as_json:
        print_json(dispute_text.robust_json(held, found))
    else:
        click.echo(visible(dispute_text.robust(held, found)))
