#!/usr/bin/env bash
# Compares the parser with another one of the same grammar, the Python package lark, on some thousand
# texts that are made from the grammar, half of them with changes.
#
#   scripts/check-grammar.sh [FOLDER]     the scratch folder of a build of the tests; default .build
set -euo pipefail
cd "$(dirname "$0")/.."

folder=${1:-.build}
venv=$folder/grammar-venv
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -m pip install --quiet lark
sample=$PWD/$folder/grammar-sample.jsonl
MANDI_GRAMMAR_SAMPLE=$sample swift test --skip-build --scratch-path "$folder" \
  --filter ReportTests.GrammarSampleTests
"$venv/bin/python" Tests/ReportTests/grammar_oracle.py "$sample"
