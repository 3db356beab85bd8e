"""The IMF's names of economies, as its tables of trade have them.

They are the only key in its older files: the IMF's own numbers look like ISO's and mean others (158 is Japan
there).
"""

from __future__ import annotations

import re

# What a name means once its remark on the state ("Rep. of", "Kingdom of") is gone, where that is not enough.
_NAMES = {
    "China, P.R.: Mainland": "CHN",
    "China, P.R.: Hong Kong": "HKG",
    "China, P.R.: Macao": "MAC",
    "China, People's Republic of": "CHN",
    "Hong Kong Special Administrative Region, People's Republic of China": "HKG",
    "Macao Special Administrative Region, People's Republic of China": "MAC",
    "Congo, Dem. Rep. of the": "COD",
    "Congo, Rep. of": "COG",
    "Congo, Republic of": "COG",
    "Ethiopia, The Federal Democratic Republic of": "ETH",
    "São Tomé and Príncipe, Democratic Republic of": "STP",
    "Timor-Leste, Democratic Republic of": "TLS",
    "Korea, Dem. People's Rep. of": "PRK",
    "Korea, Rep. of": "KOR",
    "Yemen, Rep. of": "YEM",
    "Yemen Arab Rep.": "YAR",
    "Yemen, P.D. Rep.": "YMD",
    "Yemen, Democratic Republic of": "YMD",
    "Yemen, People's Democratic Republic of": "YMD",
    "Eastern Germany": "DDR",
    "Former Czechoslovakia": "CSK",
    "Former Union of Soviet Socialist Republics": "SUN",
    "St. Pierre-Miquelon": "SPM",
    "Yugoslavia, SFR": "YUG",
    "Serbia and Montenegro": "SCG",
    "Belgo-Luxembourg": "BLX",
    "Belgo-Luxembourg Economic Union": "BLX",
    "South African Common Customs Area (SACCA)": "ZA1",
    "Southern African Common Customs Area": "ZA1",
    "Guiana, French": "GUF",
    "French Territories: New Caledonia": "NCL",
    "French Territories: French Polynesia": "PYF",
    "Curaçao and St. Maarten": "ANT",
}
_STATE = re.compile(
    r", (The |the )?((Federal |United |Islamic |Federated |Arab |Rep\. |Bolivarian[ao] )*)"
    r"(Rep\.?|Republic|Kingdom|Principality|Sultanate|Commonwealth|State|States|Union|Dem\. Rep\."
    r"|Federal Dem\. Rep\.|(República )?Bolivariana|United Rep\.|Islamic Rep\.|Arab Rep\.|Islamic Republic"
    r"|Co-operative Rep\.)( de| of)?( the)?( Netherlands)?$|, (United Kingdom-)?British Overseas Territory$"
    r"|, (The|the)$"
)
_GROUPS = re.compile(
    r"world|advanced economies.*|emerging.*|emdes.*|developing.*|euro area.*|european union.*|eu[- ].*"
    r"|africa.*|asia|europe|apec|sub-saharan.*|middle east.*|western hemisphere.*|cis.*"
    r"|commonwealth of independent.*|caucasus.*"
    r"|asean.*|latin america.*|(.* )?not (elsewhere )?specified|.*[ ,]n\.?[ie]\.?[es]?\.?|other countries.*"
    r"|special categories.*"
    r"|export earnings.*|all countries.*|north africa|central asia.*|fuel.*|nonfuel.*|oil exporting.*"
    r"|industrial countries.*|us possessions.*",
    re.IGNORECASE,
)


def plain(name: str) -> str:
    """Return an economy's code where the IMF's name needs one, else the name without its remark on the state.

    Examples
    --------
    >>> plain("China, P.R.: Mainland"), plain("Iran, Islamic Rep. of"), plain("Bahamas, The"), plain("Japan")
    ('CHN', 'Iran', 'Bahamas', 'Japan')
    """
    return _NAMES.get(name) or _STATE.sub("", name)


def is_group(name: str) -> bool:
    """Tell whether a name is one of the IMF's groups of economies, or of partners it does not name."""
    return _GROUPS.fullmatch(name) is not None
