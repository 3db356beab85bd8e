"""A made release of many years, in the form of CEPII's BACI: cardinalities, skew and growth of a real one.

    python -m benchmarks.release FOLDER [--years 30] [--rows 9000000]

Economies and products have weights that fall as a power, so that a few pairs hold most rows. A flow once
drawn lives through years: its first year and its length are drawn, and rows grow over the years. Values
follow a level of the flow, growth, and a shock of each year; unit values follow the product; three in a
hundred quantities are missing and one is out by a factor of a thousand.
"""

from __future__ import annotations

import argparse
import os
import threading
import zipfile
from pathlib import Path

import duckdb
import numpy as np

from benchmarks.importing import codes

LAST = 2024
SEED = 1


def draw(connection: duckdb.DuckDBPyConnection, rows: int, years: int) -> None:
    """Make the table `drawn`: keys by weight, each with its level, first year and last year."""
    economies, products = codes()
    chance = np.random.default_rng(SEED)
    weight = 1.0 / np.arange(1, len(economies) + 1) ** 0.9
    shuffled = chance.permutation(economies)
    product_weight = 1.0 / np.arange(1, len(products) + 1) ** 0.35
    keys = np.empty(0, dtype=np.int64)
    wanted = int(rows * 1.5)  # a flow is alive in two of three years
    while len(keys) < wanted:
        more = int((wanted - len(keys)) * 1.6) + 1000
        i, j = (chance.choice(len(economies), more, p=weight / weight.sum()) for _ in range(2))
        k = chance.choice(len(products), more, p=product_weight / product_weight.sum())
        new = ((i * len(economies) + j) * len(products) + k)[i != j]
        keys = np.unique(np.concatenate([keys, new]))
    keys = chance.permutation(keys)[:wanted]
    pairs, k = np.divmod(keys, len(products))
    i, j = np.divmod(pairs, len(economies))
    first = np.maximum(0, chance.integers(-years // 2, years, wanted))
    frame = {
        "i": shuffled[i].astype(np.int32),
        "j": shuffled[j].astype(np.int32),
        "k": k.astype(np.int32),
        "level": chance.normal(2.5, 2.5, wanted).astype(np.float32),
        "first": first.astype(np.int16),
        "last": (first + chance.geometric(0.6 / years, wanted)).clip(max=years).astype(np.int16),
    }
    price = chance.normal(1.0, 1.5, len(products)).astype(np.float32)
    names = {
        "k": np.arange(len(products), dtype=np.int32),
        "code": np.array(products, dtype=object),
        "price": price,
    }
    connection.register("frame", frame)
    connection.register("names", names)
    connection.execute(
        "create table drawn as select i, j, code, level, price, first, last, hash(i, j, code) as salt"
        " from frame join names using (k)"
    )
    connection.unregister("frame")


def year_query(year: int, number: int) -> str:
    """Return the rows of one year as text; chance comes from hashes, so that each year can be made alone."""

    def part(n: int) -> str:
        return f"((hash(salt, {year}, {n}) % 1000003) / 1000003.0)"

    # Twelve uniform numbers make a normal one; four do well enough for a shock.
    shock = "(" + " + ".join(map(part, range(4))) + " - 2) * 1.2"
    noise = "(" + " + ".join(map(part, range(4, 8))) + " - 2) * 0.8"
    value = f"greatest(0.001, exp(level + 0.03 * {number} + {shock}))"
    off = f"case when {part(8)} < 0.01 then 1000 else 1 end"
    quantity = f"printf('%.3f', v / exp(price + {noise}) * {off})"
    return f"""select {year} as t, i, j, code as k, printf('%.3f', v) as v,
          case when {part(9)} < 0.03 then '          NA' else {quantity} end as q
        from (select *, {value} as v from drawn where {number} between first and last)"""


def write(connection: duckdb.DuckDBPyConnection, archive: Path, years: int) -> int:
    """Write the release; return its rows. Each year goes through a pipe into the zip file."""
    economies, products = codes()
    rows = 0
    pipe = archive.with_suffix(".pipe")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
        for number in range(years):
            year = LAST - years + 1 + number
            os.mkfifo(pipe)
            name = f"BACI_HS92_Y{year}_V202601.csv"

            def packed(name: str = name) -> None:
                with out.open(name, "w", force_zip64=True) as member, pipe.open("rb") as stream:
                    while block := stream.read(1 << 20):
                        member.write(block)

            packer = threading.Thread(target=packed, daemon=True)
            packer.start()
            ((count,),) = connection.execute(
                f"copy ({year_query(year, number)}) to '{pipe}' (format csv, header, quote '')"
            ).fetchall()
            packer.join()
            pipe.unlink()
            rows += int(count)
            print(f"{year}: {count:,} rows", flush=True)
        listed = "".join(f"{code},x\n" for code in products)
        out.writestr("product_codes_HS92_V202601.csv", "code,description\n" + listed)
        listed = "".join(f"{code},x,,\n" for code in economies)
        out.writestr(
            "country_codes_V202601.csv", "country_code,country_name,country_iso2,country_iso3\n" + listed
        )
    return rows


def main() -> None:
    """Write a release of so many rows and years, as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--years", type=int, default=30)
    parser.add_argument("--rows", type=int, default=9_000_000, help="rows of the largest year, about")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(config={"threads": "2"}) as connection:
        draw(connection, chosen.rows, chosen.years)
        rows = write(connection, chosen.folder / "BACI_HS92_V202601.zip", chosen.years)
    print(f"{rows:,} rows")


if __name__ == "__main__":
    main()
