"""Which economy a code or name of a table means; each decision that a reader must know is told."""

from __future__ import annotations

import re
from functools import cache

import msgspec

from hikiwake.core.country import Country, country, known
from hikiwake.sources.baci_codes import baci_codes
from hikiwake.sources.imports import comtrade_areas, official_names
from hikiwake.sources.imports.comtrade_areas import AGGREGATE
from hikiwake.sources.imports.imf_names import is_group, plain

_AGGREGATES = re.compile(
    r"0|000|row|rest of (the )?world|wld|world|all|total|eu|euu|eu2|eu\d\d|eur|_x|xx|areas,? nes"
    r"|bun|fre|uns|spe|nze|eun|unspecified|special categories|bunkers|free zones"
    # Comtrade's letters for what is not specified of a region, and the IMF's for groups, hold digits.
    r"|[a-z]\d{1,2}|(g|gr|gx|tx)\d{1,3}|1c_\d+"
    # What people call sums and what is left of them, and their groups of economies.
    r"|(grand|sub)?[ -]?total(:| (general|général|mundo|monde|world|exports?|imports?|trade))?|sum|summe"
    r"|insgesamt|gesamt|zusammen|ensemble|suma|totale|welt|monde|mundo|mondo|мир|всего|итого"
    r"|others?|other (countries|economies)|autres( pays)?|otros( países)?|sonstige( länder)?|übrige( länder)?"
    r"|(intra|extra)[- ]?(eu|ue)([- ]?\d\d)?|eu[- ]?\d\d|ue([- ]?\d\d)?|oecd|ocde|opec|opep"
    r"|g[- ]?(7|8|20)|brics?|mercosu[rl]|nafta|usmca|efta|asean|gcc|eaeu|apec|rcep|cptpp"
    r"|emerging.*|advanced economies",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r" \((.+)\)$")
_FLOAT = re.compile(r"^(\d+)\.0+$")
_CODE_BEHIND = re.compile(r"(\D{3,}?) ?[(\[]([A-Z]{2,3}|\d{1,3})[)\]]")
_CODE_BEFORE = re.compile(r"([A-Z]{2,3}|\d{1,3})(?: ?[-–:,] ?| )(\D{3,})")
# Codes of statistical services that neither BACI's list nor the names of economies hold.
_SERVICES = {
    "381": ("ITA", "Italy with San Marino and the Holy See"),
    "S19": ("TWN", "'Other Asia, not elsewhere specified', which is Taiwan's trade"),
    "CONGO": ("COG", "so the United Nations and ISO call the Republic of the Congo"),
    "PAL": ("PSE", "a former code"),
    "ROM": ("ROU", "a former code"),
    "ZAR": ("COD", "a former code, of Zaire"),
    "TMP": ("TLS", "a former code, of East Timor"),
    "YSR": ("YUG", "a former code"),
    "SVR": ("VDR", "a code of South Vietnam, to 1975"),
    "VDR": (AGGREGATE, "North Vietnam to the United Nations and South Vietnam to CEPII, both to 1975"),
    "SVU": ("SUN", "a code of the Soviet Union"),
    "MNT": ("MNE", "a code of Montenegro"),
    "YDR": ("YMD", "a code of South Yemen"),
    "PCE": ("PCI", "a code of the Pacific Islands"),
    "USP": ("PUS", "a code of the US islands in the Pacific"),
    "SER": ("SCG", "a code of Serbia and Montenegro"),
    "NAM": ("NAM", ""),
    "BAT": ("ATA", "the British Antarctic Territory, which ISO counts with Antarctica"),
    "GAZ": ("PSE", "a code of the Gaza Strip"),
    "JTN": ("PUS", "Johnston Island, one of the US islands in the Pacific"),
    "KN1": ("KNA", "a former code, to 1980 with Anguilla"),
    "MID": ("PUS", "the Midway Islands, among the US islands in the Pacific"),
    "PMY": ("MYS", "Peninsular Malaysia"),
    "SBH": ("MYS", "Sabah"),
    "SWK": ("MYS", "Sarawak"),
    "TAN": ("TZA", "Tanganyika, Tanzania since 1964"),
    "ZPM": ("TZA", "Zanzibar and Pemba, Tanzania since 1964"),
    # What statistics of the time counted apart, and no economy of today holds alone.
    "RYU": (AGGREGATE, "the Ryukyu Islands, counted apart from Japan to 1972"),
    "SIK": (AGGREGATE, "Sikkim, counted apart from India to 1975"),
    "ZW1": (AGGREGATE, "Rhodesia and Nyasaland: Malawi, Zambia and Zimbabwe as one, to 1964"),
}


# The World Bank's groups of economies: regions, incomes, lenders, demographic stages.
_GROUPS = frozenset(
    "AFE AFW ARB CEB CSS EAP EAR EAS ECA ECS EMU EUU FCS HIC HPC IBD IBT IDA IDB IDX INX LAC LCN LDC LIC"
    " LMC LMY LTE MEA MIC MNA NAC OED OSS PRE PSS PST SAS SSA SSF SST SXZ TEA TEC TLA TMN TSA TSS UMC WLD"
    " XZN".split()
)


class Meaning(msgspec.Struct, frozen=True):
    """What a code means: an economy (or `AGGREGATE`, or nothing), and what a reader must know."""

    code: str
    economy: str
    note: str = ""


@cache
def meaning(code: str) -> Meaning:
    """Return what a code or name means; the economy is empty where nobody knows.

    Numbers are read as BACI's and Comtrade's (842 is the United States, 490 Taiwan), then as ISO's. "NA" is
    Namibia: in a column of economies it is never a missing value.
    """
    # "392.0" is what spreadsheets and statistics packages make of 392.
    text = _FLOAT.sub(r"\1", code.strip())
    if text.upper() in _SERVICES:
        return Meaning(code, *_SERVICES[text.upper()])
    if text.isascii() and text.isdigit() and len(text) <= 4 and int(text):
        found = baci_codes().get(int(text))
        if found is not None:
            of_code = country(found.economy)
            return Meaning(code, of_code.id, found.note or _former(of_code.until, of_code.name))
        if int(text) in comtrade_areas.NUMBERS:
            return Meaning(code, *comtrade_areas.NUMBERS[int(text)])
        text = text.zfill(3)
    if text in comtrade_areas.NAMES:
        return msgspec.structs.replace(meaning(comtrade_areas.NAMES[text]), code=code)
    sound = bool(text) and len(text) < 80 and text.isprintable()
    which = _named(text) if sound else None
    if which is not None:
        return Meaning(code, which.id, _former(which.until, which.name))
    return Meaning(code, AGGREGATE if _is_aggregate(text) else "")


def _named(text: str) -> Country | None:
    """Return the economy that a text names, as the IMF, Comtrade, or tables with brackets have it."""
    forms = (
        text,
        plain(text),
        comtrade_areas.plain(text),
        plain(_BRACKETS.sub(r", \1", text)),
        official_names.plain(text),
    )
    found = next((found for form in forms if (found := known(form)) is not None), None)
    return found or _with_code(text)


def _with_code(text: str) -> Country | None:
    """Return the economy of a name that stands beside its code, as in "Japan (JPN)" and "392 Japan".

    Letters must be of the same economy; numbers need not, since national lists have numbers of their own.
    """
    behind, before = _CODE_BEHIND.fullmatch(text), _CODE_BEFORE.fullmatch(text)
    if behind is None and before is None:
        return None
    name, code = (behind[1], behind[2]) if behind else (before[2], before[1]) if before else ("", "")
    of_name, of_code = known(name), None if code.isdigit() else known(code)
    return of_name if code.isdigit() or of_name == of_code else None


def out_of_time(spans: list[tuple[str, int, int]]) -> list[str]:
    """Return what a reader must know of economies with flows in years when statistics do not count them.

    Parameters
    ----------
    spans : economy, first and last year of its flows.
    """
    told = []
    for identity, first, last in spans:
        which = country(identity)
        if which.until is not None and last > which.until:
            told.append(
                f"{which.name} has flows up to {last}, but is counted on its own to {which.until} only"
            )
        if which.since is not None and first < which.since:
            told.append(
                f"{which.name} has flows from {first}, but is counted on its own from {which.since} only"
            )
    return told


def _is_aggregate(text: str) -> bool:
    return _AGGREGATES.fullmatch(text) is not None or text in _GROUPS or is_group(text)


def _former(until: int | None, name: str) -> str:
    return f"{name} is counted to {until}" if until is not None else ""
