#!/usr/bin/env bash
# Shows the whole path on a made-up brand: channel files, import, reports, server, chart series.
# DEMO_ONCE=1 ends after the answer; otherwise the server stays until Ctrl-C.
set -euo pipefail
cd "$(dirname "$0")/.."

rows=${DEMO_ROWS:-200000}
mandi=.build/release/mandi
files=demo-data/files
data=demo-data/data
server=

stop_server() {
  if [ -n "$server" ]; then
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
  fi
}
trap stop_server EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

title() { printf '\n== %s\n' "$*"; }

report() { # TITLE REPORT
  printf '\n-- %s\n   %s\n\n' "$1" "$2"
  "$mandi" query --data "$data" "$2"
}

title "Set up and build"
make --no-print-directory build

title "Write three years of channel files, $rows lines"
rm -rf demo-data
mkdir -p demo-data
"$mandi" sample --rows "$rows" --seed 2026 --truth demo-data/truth.csv --out "$files"
for channel in amazon shopify zepto; do
  count=$(find "$files/$channel" -type f | wc -l)
  echo "$channel: $count files, $(du -sh "$files/$channel" | cut -f1)"
done

title "Import them"
for channel in amazon shopify zepto; do
  LC_ALL=C
  "$mandi" import --data "$data" --channel "$channel" "$files/$channel"/* | tee -a demo-data/import.log | tail -n 2
done
echo "(all files: demo-data/import.log)"

title "Ask"
report "By channel" \
  "SELECT revenue, SHARE OF revenue AS share, units BY channel"
report "The last twelve months" \
  "SELECT revenue, units BY month SINCE 2025-11 UNTIL 2026-10"
report "Where the money comes from: cities, with shares" \
  "SELECT revenue, SHARE OF revenue AS share BY city ORDER BY revenue DESC LIMIT 10"
report "Best sellers in the Diwali month" \
  "SELECT revenue, units BY product DURING 2025-10 ORDER BY revenue DESC LIMIT 8"
report "What each channel's quarters looked like" \
  "SELECT revenue BY channel, quarter SINCE 2026-01-01 UNTIL 2026-09-30"
report "Customers of the own shop, by the month of their first order" \
  "SELECT customers, orders, orders / customers AS orders_per_customer, revenue BY cohort_month WHERE channel = 'shopify' HAVING customers > 0 ORDER BY cohort_month DESC LIMIT 12"

title "Serve"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$mandi" serve --data "$data" --port "$port" 2>demo-data/server.log &
server=$!
for _ in $(seq 100); do
  if curl -fs "http://127.0.0.1:$port/v1/health" >/dev/null 2>&1; then break; fi
  kill -0 "$server" 2>/dev/null || { cat demo-data/server.log >&2; exit 1; }
  sleep 0.1
done
body='{"query": "SELECT revenue BY month, channel SINCE 2026-05 UNTIL 2026-10", "shape": "series"}'
echo "curl -s http://127.0.0.1:$port/v1/query -H 'content-type: application/json' \\"
echo "  -d '$body'"
echo
curl -fsS "http://127.0.0.1:$port/v1/query" -H 'content-type: application/json' -d "$body"
echo

if [ "${DEMO_ONCE:-}" = 1 ]; then
  stop_server
  title "Done"
  exit 0
fi
title "The server stays at http://127.0.0.1:$port until Ctrl-C"
wait "$server"
