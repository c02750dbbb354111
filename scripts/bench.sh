#!/usr/bin/env bash
# A million sample lines: time and peak memory of the import, size on disk, time of a hot report.
set -euo pipefail
cd "$(dirname "$0")/.."
mandi=.build/release/mandi
rows=${BENCH_ROWS:-1000000}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

measured() { # LABEL COMMAND…: wall seconds, CPU seconds and peak memory of the command
  python3 - "$@" <<'P'
import resource
import subprocess
import sys
import time

label, command = sys.argv[1], sys.argv[2:]
began = time.monotonic()
code = subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
wall = time.monotonic() - began
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{label}: {wall:.2f} s wall, {used.ru_utime + used.ru_stime:.2f} s CPU, peak {used.ru_maxrss / 1024:.0f} MB")
sys.exit(code)
P
}

echo "load average: $(cut -d' ' -f1-3 /proc/loadavg); $(nproc) cores"
measured "sample, $rows lines" "$mandi" sample --rows "$rows" --seed 1 --out "$scratch/files"
echo "files: $(du -sm "$scratch/files" | cut -f1) MB"
measured "import, one pass" "$mandi" import --data "$scratch/data" "$scratch/files"/*/*
echo "store: $(du -sm "$scratch/data/store" | cut -f1) MB"
echo "hot report:"
"$mandi" query --data "$scratch/data" --repeat 5 --timing 'SELECT revenue BY channel, month' >/dev/null
