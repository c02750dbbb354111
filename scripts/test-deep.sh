#!/usr/bin/env bash
# The long tests: everything of `make test` with more iterations, sanitizers, and 50 kills during an import.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=${SWIFT_JOBS:-2}
export MANDI_DEEP=1

swift build -j "$jobs" --build-tests
swift test --skip-build

# A race or a read past its memory ends the tests with a failure; the summary line alone would not say so.
for kind in address thread; do
  echo "== sanitizer: $kind"
  log=.build/sanitizer-$kind.log
  code=0
  env -u MANDI_DEEP MANDI_WITHOUT_HTTP=1 swift test -j "$jobs" --sanitize="$kind" --scratch-path ".build-$kind" >"$log" 2>&1 || code=$?
  if [ "$code" -ne 0 ] || grep -Eq 'WARNING: ThreadSanitizer|ERROR: AddressSanitizer' "$log"; then
    grep -En 'Sanitizer|✘|error:' "$log" | head -n 40
    echo "sanitizer $kind found something: $log" >&2
    exit 1
  fi
  tail -n 1 "$log"
done

swift build -c release -j "$jobs" --product mandi
MANDI=.build/release/mandi MANDI_TRUTH_ROWS=200000 MANDI_KILLS=50 scripts/test-cli.sh
