#!/usr/bin/env bash
# Real data: CDNOW's purchase log through a definition file, against published and computed answers.
set -uo pipefail
cd "$(dirname "$0")/../.."
source scripts/cli/checks.sh

suite=Tests/Data/cdnow
cache=${MANDI_TEST_CACHE:-.build/test-data}
scripts/cdnow.sh "$cache/cdnow" || exit $?
data=$scratch/data

run import --data "$data" --format json --definition "$suite/cdnow.yaml" "$cache/cdnow/cdnow_master.csv"
expect_code 0 "the purchase log is imported"
expect_out '"inserted": *69659' "every line counts, also the 255 that repeat"
expect_out '"quarantined": *0[,}]' "no line is set aside"

while read -r name order kinds; do
  case "$name" in '' | '#'*) continue ;; esac
  run query --data "$data" --format csv "$suite/reports/$name.mandi"
  expect_code 0 "$name is answered"
  ordered=()
  if [ "$order" = ordered ]; then ordered=(--ordered); fi
  if scripts/compare_answers.py "$suite/expected/$name.csv" "$scratch/out" "$kinds" "${ordered[@]}"; then
    passed
  else
    failed "$name has the expected answer"
  fi
done <"$suite/answers.txt"

run import --data "$data" --format json --definition "$suite/cdnow.yaml" "$cache/cdnow/cdnow_master.csv"
expect_out '"inserted": *0, *"updated": *0' "importing the log again changes nothing"

finish "CDNOW"
