# Sourced by the end-to-end checks: runs the program, compares what came out, counts what failed.
# Needs bash. `mandi` names the program under test; $scratch goes away at the end.

mandi=${MANDI:-.build/debug/mandi}
scratch=$(mktemp -d)
failures=0
checks=0
code=0
server=

at_exit() {
  stop_server
  local mounted
  for mounted in "$scratch"/mount-*; do
    if mountpoint -q "$mounted" 2>/dev/null; then umount "$mounted"; fi
  done
  rm -rf "$scratch"
}
trap at_exit EXIT

run() { # ARGUMENTS…: exit code in $code, output in $scratch/out and $scratch/err
  code=0
  timeout 600 "$mandi" "$@" >"$scratch/out" 2>"$scratch/err" || code=$?
}

passed() { checks=$((checks + 1)); }

failed() { # SENTENCE
  checks=$((checks + 1))
  failures=$((failures + 1))
  echo "FAILED: $1" >&2
  echo "  exit code $code; stdout and stderr began with:" >&2
  head -c 600 "$scratch/out" 2>/dev/null | sed 's/^/  out| /' >&2
  head -c 1500 "$scratch/err" 2>/dev/null | sed 's/^/  err| /' >&2
}

expect_code() { # WANTED SENTENCE
  if [ "$code" = "$1" ]; then passed; else failed "$2 (wanted exit code $1)"; fi
}

expect_err() { # EXTENDED-REGEX SENTENCE
  if grep -Eqi -- "$1" "$scratch/err"; then passed; else failed "$2 (stderr lacks: $1)"; fi
}

expect_out() { # EXTENDED-REGEX SENTENCE
  if grep -Eqi -- "$1" "$scratch/out"; then passed; else failed "$2 (stdout lacks: $1)"; fi
}

expect_same() { # LEFT RIGHT SENTENCE
  if [ "$1" = "$2" ]; then passed; else failed "$3 (one: $1, other: $2)"; fi
}

# What a store says about itself: equal before and after means that nothing was committed.
state_of() { # DATA-DIRECTORY
  "$mandi" query --data "$1" --format csv 'SELECT lines, units, revenue BY channel' 2>&1
  find "$1/store" -maxdepth 1 -name 'manifest-*' ! -name '*.tmp' | LC_ALL=C sort | xargs -r sha256sum | cut -c1-64
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start_server() { # DATA-DIRECTORY: sets $port
  port=$(free_port)
  "$mandi" serve --data "$1" --port "$port" >"$scratch/server.out" 2>"$scratch/server.err" &
  server=$!
  local attempt
  for attempt in $(seq 200); do
    if curl -fs "http://127.0.0.1:$port/v1/health" >/dev/null 2>&1; then return 0; fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  cat "$scratch/server.err" >&2
  echo "FAILED: the server did not answer on port $port" >&2
  exit 1
}

stop_server() {
  if [ -n "$server" ]; then
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
  fi
}

finish() { # NAME
  echo "$1: $((checks - failures)) of $checks checks passed"
  [ "$failures" -eq 0 ]
}
