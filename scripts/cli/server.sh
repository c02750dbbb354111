#!/usr/bin/env bash
# The server answers, refuses what it must, survives all of it and leaves when told.
set -uo pipefail
cd "$(dirname "$0")/../.."
source scripts/cli/checks.sh
export LC_ALL=C

data=$scratch/data
run sample --rows 3000 --seed 4 --out "$scratch/files"
run import --data "$data" "$scratch/files"/*/*
expect_code 0 "there is a store to serve"

for host in 0.0.0.0 :: 192.0.2.1; do
  code=0
  timeout 20 "$mandi" serve --data "$data" --host "$host" --port "$(free_port)" >"$scratch/out" 2>"$scratch/err" || code=$?
  if [ "$code" != 0 ] && [ "$code" != 124 ]; then passed; else failed "binding to $host is refused"; fi
  expect_err 'loopback|127\.0\.0\.1' "and why is said ($host)"
done

start_server "$data"
base=http://127.0.0.1:$port

post() { # PATH BODY-OR-@FILE: status in $code, body in $scratch/out
  code=$(curl -s -m 60 -o "$scratch/out" -D "$scratch/err" -w '%{http_code}' "$base$1" \
    -H 'content-type: application/json' --data-binary "$2")
}

alive() { # AFTER-WHAT
  code=$(curl -s -m 10 -o "$scratch/out" -w '%{http_code}' "$base/v1/health")
  expect_code 200 "the server lives after $1"
}

post /v1/query '{"query":"SELECT revenue BY month","shape":"series"}'
expect_code 200 "a series is answered"
python3 - "$scratch/out" <<'P' && passed || failed "the series has one value per month"
import json, sys
answer = json.load(open(sys.argv[1]))
months = answer["x"]["values"]
assert len(months) == 36 and months[0] == "2023-11", months
assert all(len(series["values"]) == 36 for series in answer["series"]) and answer["series"]
P
post /v1/query '{"query":"SELECT revenue, units BY channel","shape":"table"}'
expect_code 200 "a table is answered"
"$mandi" query --data "$data" --format json 'SELECT revenue, units BY channel' >"$scratch/cli.json" 2>"$scratch/err"
python3 - "$scratch/out" "$scratch/cli.json" <<'P' && passed || failed "server and command line give the same rows"
import json, sys
left, right = (json.load(open(path)) for path in sys.argv[1:3])
assert left["rows"] == right["rows"] and len(left["rows"]) == 3, (left["rows"], right["rows"])
P

problem() { # STATUS-PATTERN SENTENCE
  if [[ $code =~ ^$1$ ]]; then passed; else failed "$2 (wanted status $1)"; fi
  if grep -qi 'application/problem+json' "$scratch/err"; then passed; else failed "$2: as problem+json"; fi
}
post /v1/query '{"query":"SELECT revenu BY chanel"}'
problem '4..' "unknown names are refused"
expect_out 'E2101' "with the diagnostics"
post /v1/query/check '{"query":"SELECT revenu BY chanel"}'
expect_out 'E2101' "the check reports unknown names"
post /v1/query '{"query":'
problem '4..' "broken JSON is refused"
post /v1/query '{"query": {"object": 1}}'
problem '4..' "an object where text belongs is refused"
post /v1/query '{"query":"SELECT revenue","shape":"sphere"}'
problem '4..' "an unknown shape is refused"
post /v1/nothing '{}'
problem '404' "an unknown path is refused"
python3 -c 'import json; print(json.dumps({"query": "SELECT " + "(" * 9000 + "revenue" + ")" * 9000}))' >"$scratch/deep.json"
post /v1/query "@$scratch/deep.json"
problem '4..' "9,000 parentheses are refused"
alive "9,000 parentheses"
python3 -c 'import json; print(json.dumps({"query": "SELECT revenue BY " + ", ".join(["channel"] * 13000)}))' >"$scratch/long.json"
post /v1/query "@$scratch/long.json"
problem '4..' "100 KB of text are refused"
alive "100 KB of text"
python3 -c 'print("[" * 200000)' >"$scratch/brackets.json"
post /v1/query "@$scratch/brackets.json"
problem '4..' "200,000 brackets are refused"
head -c 20000000 /dev/zero >"$scratch/large.json"
post /v1/query "@$scratch/large.json"
problem '4..' "20 MB are refused"
post /v1/query '{"query":"SELECT revenue / (units - units) AS nothing"}'
expect_code 200 "division by zero has an answer"
printf 'NONSENSE\r\n\r\n' | timeout 5 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port; cat >&3; cat <&3" >"$scratch/out" 2>/dev/null
alive "bytes that are no HTTP"

# A commit of another process is seen.
post /v1/query '{"query":"SELECT units","shape":"table"}'
first=$(cat "$scratch/out")
run sample --rows 3000 --seed 5 --out "$scratch/more"
run import --data "$data" --channel amazon "$scratch/more/amazon"/*
expect_code 0 "an import beside the server works"
post /v1/query '{"query":"SELECT units","shape":"table"}'
expect_code 200 "and the server goes on"
if [ "$first" != "$(cat "$scratch/out")" ]; then passed; else failed "the server sees the new rows"; fi

kill -TERM "$server"
left=1
for _ in $(seq 100); do
  if ! kill -0 "$server" 2>/dev/null; then left=0; break; fi
  sleep 0.1
done
code=0
wait "$server" || code=$?
server=
expect_same "$left" 0 "the server leaves within ten seconds when told"
expect_code 0 "with exit code 0"

finish "server"
