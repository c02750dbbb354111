#!/usr/bin/env bash
# A full disk, a disk that takes no writes, a damaged segment: exit codes 4 and 3, nothing lost, nothing made up.
set -uo pipefail
cd "$(dirname "$0")/../.."
source scripts/cli/checks.sh
export LC_ALL=C

run sample --rows 60000 --seed 8 --out "$scratch/files"
small=$scratch/files/amazon/all_orders_2023-11.txt
question='SELECT lines, units, revenue BY channel'

# A disk that fills up during the import.
if [ "$(id -u)" -ne 0 ] || ! mkdir "$scratch/mount-full" || ! mount -t tmpfs -o size=3m tmpfs "$scratch/mount-full"; then
  echo "SKIPPED: the full-disk checks mount a small tmpfs, which needs root" >&2
  [ -z "${CI:-}" ] || failures=$((failures + 1))
else
  data=$scratch/mount-full/data
  run import --data "$data" --channel amazon "$small"
  expect_code 0 "a small file fits"
  run query --data "$data" --format csv "$question"
  kept=$(cat "$scratch/out")
  dd if=/dev/zero of="$scratch/mount-full/ballast" bs=1k 2>/dev/null || true
  run import --data "$data" --channel amazon "$scratch/files/amazon/all_orders_2026-10.txt"
  expect_code 4 "a full disk ends the import"
  expect_err 'space|full' "and is named as the reason"
  run query --data "$data" --format csv "$question"
  expect_code 0 "the store answers on the full disk"
  expect_same "$kept" "$(cat "$scratch/out")" "with what it held before"
  run verify --data "$data"
  expect_code 0 "and verifies"
  rm "$scratch/mount-full/ballast"
  run import --data "$data" --format json --channel amazon "$scratch/files/amazon/all_orders_2026-10.txt"
  expect_code 0 "with space again the same file is taken"
  expect_out '"unchanged": *0[,}]' "nothing of it had stayed"

  # A disk that takes no writes.
  run query --data "$data" --format csv "$question"
  kept=$(cat "$scratch/out")
  mount -o remount,ro "$scratch/mount-full"
  run import --data "$data" --channel amazon "$scratch/files/amazon/all_orders_2024-01.txt"
  expect_code 4 "a disk that takes no writes ends the import"
  expect_err 'read-only|permission|permitted' "and is named as the reason"
  run query --data "$data" --format csv "$question"
  expect_code 0 "reading goes on"
  expect_same "$kept" "$(cat "$scratch/out")" "with the same answer"
  mount -o remount,rw "$scratch/mount-full"
fi
if [ -e /dev/full ]; then
  code=0
  "$mandi" sample --rows 10 --seed 1 --truth /dev/full --out "$scratch/truth-full" >"$scratch/out" 2>"$scratch/err" || code=$?
  expect_code 4 "a truth that cannot be written ends with the code for it"
fi

# A damaged segment.
data=$scratch/data
run import --data "$data" --channel amazon "$small"
expect_code 0 "there is a store to damage"
run verify --data "$data"
expect_code 0 "it is whole"
victim=$(find "$data/store/segments" -type f -printf '%s %p\n' | sort -n | tail -n 1 | cut -d' ' -f2-)
cp "$victim" "$scratch/whole"
python3 - "$victim" <<'P'
import sys
with open(sys.argv[1], "r+b") as file:
    bytes_ = bytearray(file.read())
    for place in range(len(bytes_) // 8, len(bytes_), max(1, len(bytes_) // 40)):
        bytes_[place] ^= 0x41
    file.seek(0)
    file.write(bytes_)
P
run verify --data "$data" --deep
expect_code 3 "damage is found"
expect_err "$(basename "$victim")" "and its file is named"
run query --data "$data" --format csv 'SELECT units, revenue BY channel, sku, city, day'
expect_code 3 "a report over the damage is refused"
expect_err "$(basename "$victim")" "and the file is named"
expect_same "$(cat "$scratch/out")" "" "no number is made up"
head -c 100 "$scratch/whole" >"$victim"
run query --data "$data" 'SELECT revenue'
expect_code 3 "a cut file is damage"
rm "$victim"
run query --data "$data" 'SELECT revenue'
expect_code 3 "a missing file is damage"
cp "$scratch/whole" "$victim"
run verify --data "$data" --deep
expect_code 0 "put back, all is well"

finish "disks and damage"
