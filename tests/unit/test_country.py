"""Finding economies: every name leads back to its economy, and anything else to one kind of error."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hikiwake.core.country import (
    MAX_LENGTH,
    Country,
    Pair,
    all_countries,
    country,
    languages,
    name_in,
    pair,
    resolve,
)
from hikiwake.core.errors import BadInput, HikiwakeError, UnknownCountry

# Names that two economies share, so that nobody gets the wrong one by chance.
AMBIGUOUS = {"Congo", "Kongo", "Korea", "Corea", "Corée", "Virgin Islands", "CS", "Конго", "刚果"}


@pytest.mark.parametrize(
    ("text", "economy"),
    [
        ("JP", "JPN"),
        ("jpn", "JPN"),
        ("392", "JPN"),
        ("36", "AUS"),
        ("036", "AUS"),
        ("NA", "NAM"),
        ("na", "NAM"),
        ("XK", "XKX"),
        ("Taiwan", "TWN"),
        ("Hong Kong SAR, China", "HKG"),
        ("the Netherlands", "NLD"),
        ("Holland", "NLD"),
        ("U.S.A.", "USA"),
        ("America", "USA"),
        ("great britain", "GBR"),
        ("COTE D'IVOIRE", "CIV"),
        ("Ivory Coast", "CIV"),
        ("Viet Nam", "VNM"),
        ("vietnam", "VNM"),
        ("Turkey", "TUR"),
        ("Burma", "MMR"),
        ("Swaziland", "SWZ"),
        ("FYROM", "MKD"),
        ("Zaire", "COD"),
        ("Czech Republic", "CZE"),
        ("Cape Verde", "CPV"),
        ("East Timor", "TLS"),
        ("St. Kitts & Nevis", "KNA"),
        ("Republic of Korea", "KOR"),
        ("Czechia", "CZE"),
        ("Türkiye", "TUR"),
        ("Macedonia", "MKD"),
        ("UK", "GBR"),
        ("Britain", "GBR"),
        ("Soviet Union", "SUN"),
        ("Persia", "IRN"),
        ("Siam", "THA"),
        ("Ceylon", "LKA"),
        ("Upper Volta", "BFA"),
        ("Dahomey", "BEN"),
        ("Rhodesia", "ZWE"),
        ("PRC", "CHN"),
        ("Republic of China", "TWN"),
        ("DPRK", "PRK"),
        ("UAE", "ARE"),
        ("Saudi", "SAU"),
        ("BRD", "DEU"),
        ("DDR", "DDR"),
        ("West Germany", "DEU"),
        ("Yugoslavia", "YUG"),
        ("British Honduras", "BLZ"),
        ("Trinidad", "TTO"),
        ("Antigua", "ATG"),
        ("St. Vincent", "VCT"),
        ("Vatican", "VAT"),
        ("West Bank", "PSE"),
        ("Kampuchea", "KHM"),
        ("Byelorussia", "BLR"),
        ("Abyssinia", "ETH"),
        ("Gold Coast", "GHA"),
        ("Congo-Kinshasa", "COD"),
        ("Bosnia", "BIH"),
        ("Eire", "IRL"),
        ("Macau", "MAC"),
        ("Guinea", "GIN"),
        ("Niger", "NER"),
        ("Ireland", "IRL"),
        ("日本", "JPN"),
        ("Россия", "RUS"),
        ("اليابان", "JPN"),
        ("Rossija", None),
        ("USSR", "SUN"),
        ("СССР", "SUN"),
        ("SACU", "ZA1"),
        ("Europe EFTA, nes", "R20"),
        ("EU", None),
        ("", None),
    ],
)
def test_resolve(text: str, economy: str | None) -> None:
    if economy is None:
        with pytest.raises(UnknownCountry):
            resolve(text)
    else:
        assert resolve(text).id == economy


@pytest.mark.parametrize("language", languages())
def test_every_name_in_every_language_leads_back(language: str) -> None:
    lost = [
        (one.id, name)
        for one in all_countries()
        if (name := name_in(one, language)) not in AMBIGUOUS and resolve(name).id != one.id
    ]
    assert not lost


def test_every_code_leads_back() -> None:
    for one in all_countries():
        assert resolve(one.id) is one
        if one.iso2 and one.iso2 not in AMBIGUOUS:
            assert resolve(one.iso2) is one
        if one.iso_num is not None:
            assert resolve(str(one.iso_num)) is resolve(f"{one.iso_num:03d}") is one


@pytest.mark.parametrize("text", sorted(AMBIGUOUS))
def test_shared_names_list_the_candidates(text: str) -> None:
    with pytest.raises(UnknownCountry, match="2 economies answer to it") as caught:
        resolve(text)
    assert caught.value.remedy.count("(") == 2


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("japn", "Japan (JPN)"),
        ("Grmany", "Germany (DEU)"),
        ("Zimbabwee", "Zimbabwe (ZWE)"),
        ("JPM", "Japan (JPN)"),
    ],
)
def test_a_slip_is_met_with_the_likely_name(typed: str, meant: str) -> None:
    with pytest.raises(UnknownCountry) as caught:
        resolve(typed)
    assert caught.value.remedy.startswith(f"Did you mean {meant}")


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("england", "United Kingdom (GBR)"),
        ("SCOTLAND", "United Kingdom (GBR)"),
        ("Wales", "United Kingdom (GBR)"),
        ("Northern Ireland", "United Kingdom (GBR)"),
        ("Cataluña", None),
        ("Catalonia", "Spain (ESP)"),
        ("Baden-Wurttemberg", "Germany (DEU)"),
        ("Hawaii", "United States (USA)"),
        ("Okinawa", "Japan (JPN)"),
        ("Zanzibar", "Tanzania (TZA)"),
        ("Dubai", "United Arab Emirates (ARE)"),
    ],
)
def test_a_part_of_an_economy_is_met_with_the_whole(text: str, whole: str | None) -> None:
    with pytest.raises(UnknownCountry) as caught:
        resolve(text)
    assert ("a part of" in caught.value.why) is (whole is not None)
    assert whole is None or caught.value.remedy == f"Ask for {whole}."


@pytest.mark.parametrize("text", ["Kuril Islands", "Northern Territories", "Crimea", "Somaliland", "Prussia"])
def test_what_nobody_counts_alone_is_no_slip_of_another_name(text: str) -> None:
    with pytest.raises(UnknownCountry, match="do not count it on its own") as caught:
        resolve(text)
    assert "Did you mean" not in caught.value.remedy


@pytest.mark.parametrize(
    "text", ["Benelux", "Scandinavia", "the Baltic states", "Euroland", "Channel Islands"]
)
def test_groups_are_known_as_such(text: str) -> None:
    with pytest.raises(UnknownCountry, match="a group of economies"):
        resolve(text)


def test_hostile_text_is_quoted_harmlessly() -> None:
    with pytest.raises(UnknownCountry) as caught:
        resolve("\x1b[31mred\u202eevil\ud800\n")
    message = str(caught.value)
    assert "\x1b" not in message
    assert "\u202e" not in message
    assert "\\u001b[31mred" in message
    message.encode()  # a lone surrogate could not be printed
    with pytest.raises(UnknownCountry, match=f"longer than {MAX_LENGTH}") as caught:
        resolve("x" * 10_000)
    assert len(str(caught.value)) < 300


# Letters near those of names make close misses likelier than fully random text would.
TYPED = st.one_of(st.text(max_size=120), st.text("aeiou nrstkgjp-/&.'", max_size=30))


@given(TYPED)
@example("and")
@example("the")
@example("St.")
def test_any_text_resolves_or_raises_one_kind(text: str) -> None:
    try:
        found = resolve(text)
    except UnknownCountry as error:
        said = (error.where, error.why, error.remedy)
    else:
        said = (found.id, found.name, str(country(found.id)))
    assert all(said)


@given(TYPED)
def test_any_text_is_a_pair_or_a_clear_error(text: str) -> None:
    try:
        found = pair(text)
    except HikiwakeError as error:
        ends = (error.why, error.remedy)
    else:
        ends = (found.a.id, found.b.id)
    assert all(ends)
    assert ends[0] != ends[1]


ECONOMIES = st.sampled_from(all_countries())


@given(ECONOMIES, ECONOMIES, st.sampled_from(["-", "/", " ", " and ", ", ", " – ", " vs "]))
def test_a_pair_of_codes_keeps_its_order(a: Country, b: Country, separator: str) -> None:
    if a == b:
        with pytest.raises(BadInput, match="cannot be compared with itself"):
            pair(f"{a.id}{separator}{b.id}")
    else:
        found = pair(f"{a.id}{separator}{b.id}")
        assert (found.a, found.b) == (a, b)
        assert (found.flip().a, found.flip().b) == (b, a)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("JP-RU", "JPN-RUS"),
        ("JPN/RUS", "JPN-RUS"),
        ("japan russia", "JPN-RUS"),
        ("Trinidad and Tobago and Japan", "TTO-JPN"),
        ("Guinea-Bissau-Japan", "GNB-JPN"),
        ("Guinea Equatorial Guinea", "GIN-GNQ"),
        ("south korea north korea", "KOR-PRK"),
        ("Korea, South / Japan", "KOR-JPN"),
        ("the United States and the United Kingdom", "USA-GBR"),
        ("日本 ロシア", "JPN-RUS"),
    ],
)
def test_pair(text: str, ids: str) -> None:
    assert str(pair(text)) == ids


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("japan", BadInput, "a pair needs two"),
        ("korea-japan", UnknownCountry, "South Korea"),
        ("japn-russia", UnknownCountry, "Japan"),
        ("japan-russai", UnknownCountry, "Russia"),
        ("", UnknownCountry, "code"),
        ("JPN-EU", UnknownCountry, "group of economies"),
    ],
)
def test_pair_says_which_side_is_wrong(text: str, kind: type[HikiwakeError], words: str) -> None:
    with pytest.raises(kind, match=words):
        pair(text)


def test_followers_agree_both_ways_and_in_time() -> None:
    known = {one.id: one for one in all_countries()}
    for one in known.values():
        for other in one.successors:
            assert one.id in known[other].predecessors
            assert one.until is not None
            if one.kind == "former" and (since := known[other].since) is not None:
                assert since > one.until - 1, (one.id, other)
        assert set(one.predecessors) <= set(known)


def test_former_economies_end_and_todays_do_not() -> None:
    for one in all_countries():
        assert (one.kind in ("former", "union")) == (one.until is not None), one.id
    ussr, russia = country("SUN"), country("RUS")
    assert ussr.counted_in(1991)
    assert not ussr.counted_in(1992)
    assert not russia.counted_in(1991)
    assert russia.counted_in(1992)
    assert "RUS" in ussr.successors


def test_names_for_prose() -> None:
    assert country("USA").in_sentence == "the United States"
    assert country("JPN").in_sentence == "Japan"
    assert country("COD").name == "DR Congo"
    assert country("BIH").name == "Bosnia and Herzegovina"
    assert name_in(country("RUS"), "de") == "Russland"
    assert name_in(country("HKG"), "zh") == "香港"
    assert name_in(country("RUS"), "xx") == "Russia"


def test_a_pair_is_of_two_economies() -> None:
    with pytest.raises(BadInput, match="cannot be compared with itself"):
        Pair(country("JPN"), country("JPN"))


def test_country_takes_ids_only() -> None:
    with pytest.raises(UnknownCountry, match="Japan"):
        country("jpn")
