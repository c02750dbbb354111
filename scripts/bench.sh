#!/usr/bin/env bash
# The benchmark side by side with its peers in one run, and the micro-benchmarks of kernels and encodings.
# BENCH_ROWS (1000000), BENCH_ENGINES (duckdb_file,chdb,polars), BENCH_DIR (.build/bench) and BENCH_ARGS change it.
set -euo pipefail
cd "$(dirname "$0")/.."
rows=${BENCH_ROWS:-1000000}
engines=${BENCH_ENGINES:-duckdb_file,chdb,polars}
directory=${BENCH_DIR:-.build/bench}
mkdir -p "$directory"

venv=$directory/venv
if [ ! -x "$venv/bin/python" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check duckdb chdb polars pyarrow numpy
fi
data=$directory/$rows
if [ ! -s "$data/manifest.json" ]; then
  "$venv/bin/python" Benchmarks/peers/generate.py --rows "$rows" --out "$data" --seed 7
fi

ids=$(sed -n 's/^  \(q[0-9]*\):.*/\1/p' Benchmarks/suite/suite.yaml | paste -sd,)
# The same append twice would be a file that is known, so it is made and timed once.
read -ra more <<<"${BENCH_ARGS:-}"
"$venv/bin/python" Benchmarks/peers/baseline.py --data "$data" --work "$directory/work" --engines "$engines" \
  --queries "$ids" --engine-cmd "mandi=.build/release/mandi bench" --append-reps 1 \
  --answers "$directory/answers-$rows" --out "$directory/results-$rows.json" --md "$directory/results-$rows.md" "${more[@]}"
