#!/usr/bin/env bash
# Writes the hashed locks in requirements/ from pyproject.toml; `scripts/lock.sh --upgrade` takes newer versions.
# Needs `uv` on the PATH.
#
#   run.txt     what `make brief` installs: the engine with charts, PDF, DOCX and XLSX
#   dev.txt     all extras but Spark, tests, checks, documentation, data build
#   peers.txt   the same extras, the tests and the packages we compare with
#   spark.txt   what the tests on Spark add to dev.txt
#   lowest.txt  the lowest versions that pyproject.toml allows, with the tests
#
# A lock holds names, versions and hashes, and no address: which index serves them is the reader's choice.
set -euo pipefail
cd "$(dirname "$0")/.."

lock() { # lock FILE OPTION...
  local file="requirements/$1"
  shift
  uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
    --no-header --no-emit-index-url --no-emit-find-links --no-annotate --output-file "$file" "$@" >/dev/null
  if grep -nE '://|^-|^ *@' "$file"; then
    echo "$file holds an address or an option" >&2
    return 1
  fi
}

lock dev.txt --extra all --group build --group test --group check --group docs --group data "$@"
lock run.txt --extra brief --extra docx --extra xlsx --group build --constraint requirements/dev.txt
lock peers.txt --extra all --group build --group test --group peers --constraint requirements/dev.txt "$@"
lock spark.txt --extra spark --extra spark-connect --constraint requirements/dev.txt "$@"
# Pins of an older lock would hide what the bounds allow now, so this one starts anew.
lock lowest.txt --extra all --group build --group test --resolution lowest-direct --upgrade
