#!/usr/bin/env bash
# Kills an import N times at random moments. After each kill the store must open, verify and hold whole files
# only; at the end of each round the import is completed and must equal the truth.   usage: kill-import.sh N
set -uo pipefail
cd "$(dirname "$0")/.."
source scripts/cli/checks.sh
export LC_ALL=C

wanted=${1:?usage: kill-import.sh N}
rows=${MANDI_KILL_ROWS:-8000}
seed=${MANDI_KILL_SEED:-$RANDOM}
RANDOM=$seed
totals='SELECT lines, units, revenue FILL NONE'
by_month='SELECT revenue, units BY channel, month FILL NONE'
echo "kill: $wanted kills, seed $seed (MANDI_KILL_SEED repeats it)"

"$mandi" sample --rows "$rows" --seed 17 --truth "$scratch/all-truth.csv" --out "$scratch/files" 2>/dev/null || exit 1
grep -E '^channel|^amazon' "$scratch/all-truth.csv" >"$scratch/truth.csv"
# The files go in newest first, so that every commit changes the totals that are compared.
mapfile -t files < <(ls -r "$scratch/files/amazon"/*)

answer() { # DATA-DIRECTORY
  "$mandi" query --data "$1" --format csv "$totals" 2>"$scratch/err" | tail -n 1
}

# What whole files give: the totals after each file of an import that nobody disturbs.
declare -A whole=()
whole['empty']=0
began=$(date +%s%N)
"$mandi" import --data "$scratch/timed" --channel amazon "${files[@]}" >"$scratch/out" 2>"$scratch/err" || { failed "the undisturbed import works"; exit 1; }
length=$((($(date +%s%N) - began) / 1000000))
for ((count = 1; count <= ${#files[@]}; count++)); do
  "$mandi" import --data "$scratch/reference" --channel amazon "${files[count - 1]}" >"$scratch/out" 2>"$scratch/err" || { failed "file $count is imported alone"; exit 1; }
  whole["$(answer "$scratch/reference")"]=$count
done
echo "kill: an undisturbed import of ${#files[@]} files takes $length ms"

kills=0
rounds=0
moments=' '
while [ "$kills" -lt "$wanted" ]; do
  rounds=$((rounds + 1))
  data=$scratch/round-$rounds
  finished=no
  done_files=0
  left_in_round=5
  while [ "$finished" = no ]; do
    "$mandi" import --data "$data" --channel amazon "${files[@]}" >"$scratch/out" 2>"$scratch/err" &
    import=$!
    if [ "$kills" -lt "$wanted" ] && [ "$left_in_round" -gt 0 ]; then
      # Somewhere in the time that the files still missing should take.
      rest=$((length * (${#files[@]} - done_files) / ${#files[@]} + 50))
      moment=$(((RANDOM * 32768 + RANDOM) % rest))
      sleep "$(printf '%d.%03d' $((moment / 1000)) $((moment % 1000)))"
      kill -9 "$import" 2>/dev/null || true
    fi
    code=0
    wait "$import" 2>/dev/null || code=$?
    if [ "$code" = 137 ]; then
      # A process that had not begun its store yet was not in the middle of anything.
      if [ ! -e "$data/store" ]; then continue; fi
      kills=$((kills + 1))
      left_in_round=$((left_in_round - 1))
      if ! ls "$data/store" | grep -q '^manifest-[0-9]*$'; then
        moments+="0 "
        continue
      fi
      run verify --data "$data"
      expect_code 0 "kill $kills at $moment ms: the store verifies"
      run status --data "$data"
      expect_code 0 "kill $kills at $moment ms: the store says its status"
      found=$(answer "$data")
      if [ -n "${whole["$found"]+known}" ]; then
        passed
        done_files=${whole["$found"]}
        moments+="$done_files "
      elif [ "$(grep -c . "$scratch/err")" -eq 0 ] && [[ $found =~ ^0?,0?,0?(\.0+)?$ ]]; then
        passed
        moments+="0 "
      else
        failed "kill $kills at $moment ms: the store holds whole files only, not: $found"
      fi
    else
      expect_code 0 "an import over what a kill left behind finishes"
      finished=yes
    fi
  done
  run query --data "$data" --format csv "$by_month"
  expect_code 0 "the completed store answers"
  if scripts/compare_answers.py "$scratch/truth.csv" "$scratch/out" channel:t,month:t,revenue:m,units:i; then
    passed
  else
    failed "the completed import equals the truth"
  fi
  run import --data "$data" --channel amazon --format json "${files[@]}"
  changed=$(grep -Eo '"(inserted|updated)": *[0-9]*' "$scratch/out" | grep -o '[0-9]*$' | sort -u | tr '\n' ' ')
  expect_same "$changed" "0 " "importing once more changes nothing"
  rm -rf "$data"
done
echo "kill: $kills kills in $rounds rounds; whole files found after each:$moments"
finish "kill during an import"
