#!/usr/bin/env bash
# Files that are not what they should be: said with place and remedy, and the store stays as it was.
set -uo pipefail
cd "$(dirname "$0")/../.."
source scripts/cli/checks.sh
export LC_ALL=C

data=$scratch/data
good=$scratch/files/amazon/all_orders_2025-02.txt
run sample --rows 4000 --seed 3 --out "$scratch/files"
run import --data "$data" --channel amazon "$scratch/files/amazon/all_orders_2025-01.txt"
expect_code 0 "there is a store to protect"
before=$(state_of "$data")

refused() { # SENTENCE ARGUMENTS…
  local sentence=$1
  shift
  run import --data "$data" "$@"
  expect_code 1 "$sentence"
  expect_same "$before" "$(state_of "$data")" "$sentence: the store is unchanged"
}

printf 'alpha,beta,gamma\n1,2,3\n' >"$scratch/unknown.csv"
refused "unknown columns are refused" "$scratch/unknown.csv"
expect_err 'unknown\.csv' "the file with unknown columns is named"
expect_err 'definition' "a definition is offered as the remedy"

refused "a file of another channel is refused" --channel zepto "$good"
expect_err 'amazon' "the channel that the file looks like is named"

refused "an unknown channel is refused" --channel amazn "$good"
expect_err 'amazon' "the channel that was probably meant is named"

# A letter where a number or a date should be: the row is set aside with its place; --strict refuses the file.
awk -F'\t' -v OFS='\t' 'NR == 3 { $15 = "two" } { print }' "$good" >"$scratch/number.txt"
refused "an unreadable number is refused under --strict" --channel amazon --strict "$scratch/number.txt"
expect_err 'number\.txt:3' "its line is named"
expect_err 'quantity' "its column is named"
expect_err 'two' "what was found is shown"
awk -F'\t' -v OFS='\t' 'NR == 4 { $3 = "2025-02-31T10:00:00+00:00" } { print }' "$good" >"$scratch/date.txt"
refused "a day that no calendar has is refused under --strict" --channel amazon --strict "$scratch/date.txt"
expect_err 'date\.txt:4' "its line is named"
run import --data "$scratch/lenient" --channel amazon --format json "$scratch/number.txt"
expect_code 0 "without --strict the other rows are taken"
expect_out '"quarantined": *1[,}]' "and the row is set aside"

# Half a file.
shop=$scratch/files/shopify/orders_export_2025-03-31.csv
python3 - "$shop" "$scratch/half.csv" <<'P'
import sys
text = open(sys.argv[1], "rb").read()
middle = text.index(b'"', len(text) // 2) + 3
if text[:middle].count(b'"') % 2 == 0:
    middle = text.index(b'"', middle) + 3
open(sys.argv[2], "wb").write(text[:middle])
P
refused "a file that ends inside quotes is refused" --channel shopify "$scratch/half.csv"
expect_err 'half\.csv' "the half file is named"
rows=$(wc -l <"$good")
head -c "$(($(head -n "$((rows - 1))" "$good" | wc -c) + 40))" "$good" >"$scratch/cut.txt"
refused "a file that ends inside its last line is refused" --channel amazon "$scratch/cut.txt"
expect_err "cut\.txt:$rows: the file ends in the middle of this line" "the line is named"
expect_err 'download it again' "the remedy is named"
: >"$scratch/empty.csv"
refused "an empty file is refused" "$scratch/empty.csv"

# Files that are not what their names say.
printf '\211PNG\r\n\032\n\000\000\000\rIHDR' >"$scratch/picture.csv"
refused "a picture under the name of a table is refused" --channel amazon "$scratch/picture.csv"
expect_err 'picture\.csv' "the picture is named"
python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1], "w").writestr("a.txt", "x")' "$scratch/archive.txt"
refused "an archive under the name of a table is refused" --channel amazon "$scratch/archive.txt"
printf '<html><body>Your session has expired</body></html>\n' >"$scratch/page.csv"
refused "a web page under the name of a table is refused" --channel shopify "$scratch/page.csv"
head -c 100000 /dev/urandom >"$scratch/noise.csv"
refused "noise is refused" --channel shopify "$scratch/noise.csv"
head -c 100000 /dev/zero >"$scratch/zeros.csv"
refused "zeros are refused" --channel shopify "$scratch/zeros.csv"

# Paths and definitions.
run import --data "$data" "$scratch/missing.csv"
if [ "$code" = 1 ] || [ "$code" = 4 ]; then passed; else failed "a file that is not there is refused"; fi
expect_err 'missing\.csv' "the missing file is named"
run import --data "$data" "$scratch/files/amazon"
if [ "$code" = 1 ] || [ "$code" = 4 ]; then passed; else failed "a folder is refused as a file"; fi
printf 'mandi: 1\nchannel: own\nlabl: Own\n' >"$scratch/own.yaml"
refused "a definition with an unknown key is refused" --definition "$scratch/own.yaml" "$good"
expect_err 'own\.yaml:3' "its place is named"
expect_err 'label' "the key that was probably meant is named"
printf 'mandi: [1\n' >"$scratch/broken.yaml"
refused "a definition that is no YAML is refused" --definition "$scratch/broken.yaml" "$good"

# One bad file among good ones: the good ones before it are whole, it leaves nothing.
run import --data "$data"
expect_code 2 "an import without a file is wrong usage"
expect_same "$before" "$(state_of "$data")" "after all this the store is unchanged"

run import --data "$data" --format json --channel amazon "$good"
expect_code 0 "a good file is taken afterwards"
expect_out '"quarantined": *0[,}]' "with all its rows"

finish "files that are not what they should be"
