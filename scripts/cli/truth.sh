#!/usr/bin/env bash
# The sample's files, imported like a user would, give what their writer meant.
set -uo pipefail
cd "$(dirname "$0")/../.."
source scripts/cli/checks.sh
export LC_ALL=C

rows=${MANDI_TRUTH_ROWS:-20000}
data=$scratch/data
question='SELECT revenue, units BY channel, month FILL NONE'

run sample --rows "$rows" --seed 42 --truth "$scratch/truth.csv" --out "$scratch/files"
expect_code 0 "a sample is written"
expect_same "$(ls "$scratch/files" | tr '\n' ' ')" "amazon shopify zepto " "the sample's folder holds the channels only"
run sample --rows "$rows" --seed 42 --out "$scratch/files"
expect_code 4 "a folder that holds files is not written to"

for channel in amazon shopify zepto; do
  run import --data "$data" --format json --channel "$channel" "$scratch/files/$channel"/*
  expect_code 0 "the $channel files are imported"
  quarantined=$(grep -o '"quarantined": *[0-9]*' "$scratch/out" | grep -o '[0-9]*$' | awk '{ sum += $1 } END { print sum + 0 }')
  expect_same "$quarantined" 0 "no row of the $channel files is set aside"
done

run query --data "$data" --format csv "$question"
expect_code 0 "revenue and units by channel and month are answered"
if scripts/compare_answers.py "$scratch/truth.csv" "$scratch/out" channel:t,month:t,revenue:m,units:i; then
  passed
else
  failed "the report equals the truth"
fi

before=$(state_of "$data")
for channel in amazon shopify zepto; do
  run import --data "$data" --format json --channel "$channel" "$scratch/files/$channel"/*
  expect_code 0 "the $channel files are accepted again"
  changed=$(grep -Eo '"(inserted|updated)": *[0-9]*' "$scratch/out" | grep -o '[0-9]*$' | sort -u | tr '\n' ' ')
  expect_same "$changed" "0 " "importing the $channel files again changes nothing"
done
expect_same "$before" "$(state_of "$data")" "the store is the same after the second import"

# The order of the files does not matter, since versions decide; and headers tell the channel.
run import --data "$scratch/backwards" $(ls -r "$scratch/files"/*/*)
expect_code 0 "the files are imported newest first, recognised by their headers"
run query --data "$scratch/backwards" --format csv "$question"
if scripts/compare_answers.py "$scratch/truth.csv" "$scratch/out" channel:t,month:t,revenue:m,units:i; then
  passed
else
  failed "newest first, the report equals the truth too"
fi

finish "sample against its truth"
