"""Names of economies as statistics in German, French, Spanish, Italian and Portuguese have them in full.

The names of everyday use in these languages are known by `hikiwake.core.country`.
"""

from __future__ import annotations

import re

_NAMES = {
    "RUS": "Russische Föderation|Fédération de Russie|Russie, Fédération de|Federación de Rusia"
    "|Federación Rusa|Rusia, Federación de|Federazione russa|Federação Russa|Federação da Rússia"
    "|Rússia, Federação da",
    "KOR": "République de Corée|Corée, République de|Corée (République de)|Republik Korea|Korea, Republik"
    "|República de Corea|Corea, República de|Corea (República de)|Korea Süd|Repubblica di Corea"
    "|Coreia, República da|República da Coreia",
    "PRK": "Korea Nord|Korea, Demokratische Volksrepublik|Corée, République populaire démocratique de"
    "|Corea, República Popular Democrática de|Coreia, República Popular Democrática da",
    "CHN": "Volksrepublik China|China, Volksrepublik|République populaire de Chine"
    "|Chine, République populaire de|República Popular China|República Popular de China"
    "|China, República Popular|Repubblica popolare cinese",
    "USA": "Vereinigte Staaten von Amerika|Ver. Staaten|Ver.Staaten|États-Unis d'Amérique"
    "|Estados Unidos de América|Stati Uniti d'America|Estados Unidos da América",
    "GBR": "Großbritannien|Vereinigtes Königreich Großbritannien und Nordirland"
    "|Royaume-Uni de Grande-Bretagne et d'Irlande du Nord|Reino Unido de Gran Bretaña e Irlanda del Norte",
    "NLD": "Holanda|Hollande|Holland",
    "BLR": "Weißrussland|Bielorrusia|Bielorússia|Biélorussie|Bielorussia",
    "MDA": "Moldau|Rep. Moldau|Republik Moldau",
    "MMR": "Birmanie|Birma|Birmania|Birmânia",
    "TWN": "Taipei chinois|Taipei Chino|China Taipei|Taiwán (China)|Taïwan (Chine)",
    "HKG": "RAS de Hong Kong|Hong Kong, RAS de|China, RAE de Hong Kong|Hong Kong, RAE de|RAE de Hong Kong",
    "ARE": "VAE|EAU",
    "COD": "RDC|Kongo, Dem. Republik|Kongo, Demokratische Republik|Demokratische Republik Kongo"
    "|Congo, République démocratique du|République démocratique du Congo|Congo, República Democrática del"
    "|República Democrática del Congo|Congo, República Democrática do",
    "COG": "Congo, République du|République du Congo|Congo, República del|República del Congo"
    "|Republik Kongo",
    "TZA": "Tanzania, República Unida de|République-Unie de Tanzanie|Tanzanie, République-Unie de",
    "SYR": "République arabe syrienne|República Árabe Siria|Siria, República Árabe",
    "LAO": "République démocratique populaire lao|República Democrática Popular Lao|Lao, Rép. dém. pop.",
    "CZE": "Tschechische Rep.|Rép. tchèque|Rep. Checa",
}  # fmt: skip
_CODES = {name.casefold(): code for code, names in _NAMES.items() for name in names.split("|")}
_STATE = re.compile(
    r"(?:, ?| \()(?:l'|la )?(?:[ÉE]tat|R[ée]p[uú]bli[qc]\w*|Estado|Reino|Royaume|Repubblica|Islami[cs]\w+)\b"
    r"[^)]*\)?$",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"[CK]ong?o|[CK]or[ée]{1,2}[ai]?|Corea|China|Chine|Y[ée]men|Jemen|Vi[eê]t ?nam", re.IGNORECASE
)
"""Names of two economies, or of one that others are named after: their remarks tell which."""


def plain(name: str) -> str:
    """Return the code of an economy's full name, else the name without its remark on the state.

    Examples
    --------
    >>> plain("Federación Rusa"), plain("Irán, República Islámica del"), plain("Siria, República Árabe")
    ('RUS', 'Irán', 'SYR')
    >>> plain("Congo, República Democrática del"), plain("Yémen, République arabe du")
    ('COD', 'Yémen, République arabe du')
    """
    found = _CODES.get(name.casefold())
    short = _STATE.sub("", name)
    return found or (name if _SEVERAL.fullmatch(short) else short)
