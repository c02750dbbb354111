#!/usr/bin/env bash
# The benchmark's engine on a few hundred lines: every answer against DuckDB's, before and after an append, and in a
# new process; and what it says to requests that it cannot serve.
set -uo pipefail
cd "$(dirname "$0")/../.."
source scripts/cli/checks.sh

data=$PWD/Tests/Data/bench
ids=$(sed -n 's/^  \(q[0-9]*\):.*/\1/p' Benchmarks/suite/suite.yaml)

ask() { # REQUEST…: replies in $scratch/out, one a line
  code=0
  printf '%s\n' "$@" '{"op":"quit"}' | "$mandi" bench >"$scratch/out" 2>"$scratch/err" || code=$?
}

questions() { # FOLDER
  local id
  for id in $ids; do echo "{\"op\":\"query\",\"id\":\"$id\",\"answer\":\"$scratch/$1/$id.csv\"}"; done
}

compare() { # FOLDER EXPECTED SENTENCE
  local id
  for id in $ids; do
    if cmp -s "$data/$2/$id.csv" "$scratch/$1/$id.csv"; then passed; else failed "$id $3"; fi
  done
}

mapfile -t before < <(questions before)
mapfile -t after < <(questions after)
mapfile -t again < <(questions again)
db=$scratch/db
ask '{"op":"hello"}' "{\"op\":\"load\",\"data\":\"$data\",\"db\":\"$db\",\"format\":\"csv\"}" "${before[@]}" \
  "{\"op\":\"append\",\"csv\":\"$data/order_lines_delta.csv\"}" "${after[@]}"
expect_code 0 "the engine ends when it is asked to"
expect_same "$(grep -c '"ok":true' "$scratch/out")" "$(wc -l <"$scratch/out")" "every request is served"
compare before expected "is DuckDB's answer"
compare after expected_after "is DuckDB's answer after the append"

ask "{\"op\":\"open\",\"db\":\"$db\"}" "${again[@]}"
compare again expected_after "is the same in a new process"

ask '{"op":"query","id":"q01"}' 'no JSON' '{"op":"dance"}' "{\"op\":\"open\",\"db\":\"$db\"}" '{"op":"query","id":"q99"}' \
  "{\"op\":\"load\",\"data\":\"$data\",\"db\":\"$db\",\"format\":\"parquet\"}" \
  "{\"op\":\"load\",\"data\":\"$data\",\"db\":\"$db\"}"
expect_code 0 "requests that cannot be served do not end the engine"
expect_out 'no store is open' "a question without a store is refused"
expect_out 'there is no request' "an unknown request is named"
expect_out 'the suite has no report q99' "an unknown report is named"
expect_out 'only CSV files' "another format is refused"
expect_out 'a store in .* already' "a load never writes into a store that is there"

run bench --suite "$scratch"
expect_code 4 "a folder without a suite is an error"

finish "benchmark engine"
