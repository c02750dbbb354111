#!/usr/bin/env bash
# Drives the built program end to end, as a user would.   usage: test-cli.sh [PART…]
# MANDI names the program; the debug build is the default.
set -uo pipefail
cd "$(dirname "$0")/.."
export MANDI=${MANDI:-.build/debug/mandi}
[ -x "$MANDI" ] || { echo "no program at $MANDI; build it first (make test does)" >&2; exit 1; }

parts=("$@")
if [ ${#parts[@]} -eq 0 ]; then parts=(truth cdnow bench bad-files bad-reports bad-disk server lsp kill); fi
failed=()
for part in "${parts[@]}"; do
  case "$part" in
    kill) scripts/kill-import.sh "${MANDI_KILLS:-5}" || failed+=("$part") ;;
    *) "scripts/cli/$part.sh" || failed+=("$part") ;;
  esac
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "command line: failed in ${failed[*]}" >&2
  exit 1
fi
echo "command line: all parts passed"
