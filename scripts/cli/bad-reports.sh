#!/usr/bin/env bash
# Reports that cannot be answered: what is wrong, where, and what would fit; exit code 1.
set -uo pipefail
cd "$(dirname "$0")/../.."
source scripts/cli/checks.sh
export LC_ALL=C

data=$scratch/data
run sample --rows 2000 --seed 3 --out "$scratch/files"
run import --data "$data" --channel shopify "$scratch/files"/shopify/*
expect_code 0 "there is a store to ask"
before=$(state_of "$data")

run query --data "$data" 'SELECT revenu BY chanel'
expect_code 1 "two unknown names are refused"
expect_same "$(grep -c '^error' "$scratch/err")" 2 "both unknown names are reported"
expect_err 'did you mean "revenue"' "the metric is suggested"
expect_err 'did you mean "channel"' "the dimension is suggested"
expect_err '^ *\| +\^{6}' "carets stand under the name"
expect_same "$(cat "$scratch/out")" "" "nothing is printed as an answer"

run query --data "$data" --diagnostics json 'SELECT revenu'
expect_code 1 "an unknown name is refused"
expect_err '"code": *"E2101"' "diagnostics come as JSON when asked for"

run query --data "$data" 'SELECT revenue + orders'
expect_code 1 "money and count are not added"
expect_err 'E3101' "the unit rule is named"

run query --data "$data" --format csv 'SELECT revenue / (units - units) AS nothing'
expect_code 0 "division by zero has an answer"
expect_same "$(tail -n 1 "$scratch/out")" '""' "which is blank"

python3 -c 'print("SELECT " + "(" * 9000 + "revenue" + ")" * 9000)' >"$scratch/deep.mandi"
run query --data "$data" "$scratch/deep.mandi"
expect_code 1 "9,000 parentheses are refused"
expect_err '^error' "with a diagnostic"

python3 -c 'print("SELECT " + "(" * 9000)' >"$scratch/open.mandi"
run query --data "$data" "$scratch/open.mandi"
expect_code 1 "9,000 open parentheses are refused"

python3 -c 'print("SELECT revenue BY " + ", ".join(["channel"] * 13000))' >"$scratch/long.mandi"
run query --data "$data" "$scratch/long.mandi"
expect_code 1 "100 KB of text are refused"
expect_err '^error' "with a diagnostic"

python3 -c 'import random; random.seed(5); print("".join(chr(random.randrange(32, 126)) for _ in range(100000)))' >"$scratch/noise.mandi"
run query --data "$data" "$scratch/noise.mandi"
expect_code 1 "100 KB of noise are refused"

head -c 4000 /dev/urandom >"$scratch/bytes.mandi"
run query --data "$data" "$scratch/bytes.mandi"
expect_code 1 "bytes that are no text are refused"

for text in '' 'SELECT' 'SELECT revenue BY' 'BY channel' 'SELECT revenue FROM sales' \
  'SELECT revenue WHERE revenue > 1000 INR' 'SELECT revenue DURING 2026-13' \
  "SELECT revenue WHERE channel = \"shopify\"" 'SELECT revenue LIMIT 99999999999999999999999'; do
  run query --data "$data" "$text"
  expect_code 1 "refused: $text"
  expect_err '^error' "with a diagnostic: $text"
done

run query --data "$data"
expect_code 2 "a query without a report is wrong usage"
run query --data "$data" --format nonsense 'SELECT revenue'
expect_code 2 "an unknown format is wrong usage"
run query --data "$scratch/nowhere" 'SELECT revenue'
if [ "$code" != 0 ]; then passed; else failed "a store that is not there is no empty store"; fi
expect_err 'nowhere' "and its place is named"
expect_same "$([ -e "$scratch/nowhere" ] && echo made)" "" "a query makes no store"

expect_same "$before" "$(state_of "$data")" "questions leave the store as it is"
finish "reports that cannot be answered"
