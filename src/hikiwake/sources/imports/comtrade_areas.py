"""Comtrade's numbers of areas that neither BACI's list nor ISO has, and its names where they are its own.

Its reporters name partners that are no economies, such as bunkers, free zones, and what is not specified of a
region; they are part of what a reporter trades with the world, and of no pair.
"""

from __future__ import annotations

AGGREGATE = "total"
"""What a code means that stands for a group of economies, for all of them, or for none that is named."""
UNNAMED = (129, 221, 290, 471, 472, 473, 492, 527, 536, 568, 577, 636, 637, 837, 838, 839, 879, 899)
"""Partners that are no economies: bunkers, free zones, what no partner is named for, by region."""
_NORTH = "North Vietnam, counted apart from South Vietnam (868) to 1975"
NUMBERS: dict[int, tuple[str, str]] = {
    **dict.fromkeys(UNNAMED, (AGGREGATE, "")),
    492: (AGGREGATE, "'Europe EU, not specified' of Comtrade; it is ISO's number of Monaco, which is MCO"),
    97: (AGGREGATE, ""),
    975: (AGGREGATE, ""),
    80: ("ATA", "the British Antarctic Territory, which ISO counts with Antarctica"),
    230: ("ETH", "Ethiopia with what is now Eritrea"),
    356: ("IND", "India without Sikkim, to 1974"),
    383: ("XKX", ""),
    412: ("XKX", ""),
    457: ("MYS", "Sarawak"),
    459: ("MYS", "Peninsular Malaysia"),
    461: ("MYS", "Sabah"),
    532: ("ANT", "the Netherlands Antilles with Aruba, to 1985"),
    588: ("PAK", "Pakistan with what is now Bangladesh, to 1971"),
    590: ("PAN", "Panama without the Canal Zone"),
    592: ("PCZ", "the Panama Canal Zone, to 1979"),
    647: (AGGREGATE, "the Ryukyu Islands, counted apart from Japan to 1972"),
    658: ("KNA", "Saint Kitts and Nevis with Anguilla, to 1980"),
    698: (AGGREGATE, "Sikkim, counted apart from India to 1975"),
    717: (AGGREGATE, "Rhodesia and Nyasaland: Malawi, Zambia and Zimbabwe as one, to 1964"),
    835: ("TZA", "Tanganyika, Tanzania since 1964"),
    836: ("TZA", "Zanzibar and Pemba, Tanzania since 1964"),
    841: ("USA", "the United States as counted before 1981, without the US Virgin Islands"),
    866: (AGGREGATE, _NORTH),
    868: ("VDR", "South Vietnam is counted to 1975"),
}
NAMES: dict[str, str] = {
    "Br. Antarctic Terr.": "80",
    "Br. Indian Ocean Terr.": "86",
    "Br. Virgin Isds": "92",
    "Christmas Isds": "162",
    "East and West Pakistan": "588",
    "Europe EFTA, nes": "697",
    "Fmr Arab Rep. of Yemen": "886",
    "Fmr Dem. Rep. of Germany": "278",
    "Fmr Dem. Rep. of Vietnam": "866",
    "Fmr Dem. Yemen": "720",
    "Fmr Ethiopia": "230",
    "Fmr Fed. Rep. of Germany": "280",
    "Fmr Panama, excl.Canal Zone": "590",
    "Fmr Rhodesia Nyas": "717",
    "Fmr Sudan": "736",
    "Fmr Tanganyika": "835",
    "Fmr Zanzibar and Pemba Isd": "836",
    "Fr. South Antarctic Terr.": "260",
    "Guadeloupe (Overseas France)": "GLP",
    "India, excl. Sikkim": "356",
    "Mayotte (Overseas France)": "175",
    "Neth. Antilles and Aruba": "532",
    "Other Asia, nes": "490",
    "Peninsula Malaysia": "459",
    "Ryukyu Isd": "647",
    "Sabah": "461",
    "Saint Kitts, Nevis and Anguilla": "658",
    "Sarawak": "457",
    "Sikkim": "698",
    "US Misc. Pacific Isds": "849",
    "US Misc. Pacific Islands": "849",
    "USA (before 1981)": "841",
}
"""Its names that no other list has, by number or code."""


def plain(name: str) -> str:
    """Return the number of one of Comtrade's own names, else the name with its islands written out.

    Examples
    --------
    >>> plain("Fmr Sudan"), plain("Turks and Caicos Isds"), plain("Japan")
    ('736', 'Turks and Caicos Islands', 'Japan')
    """
    return NAMES.get(name) or name.replace("Isds", "Islands")
