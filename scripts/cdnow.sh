#!/usr/bin/env bash
# Fetches CDNOW's purchase log (Fader and Hardie), which lies inside the PyPI package lifetimes 0.11.3,
# and writes it to DIR/cdnow_master.csv with a header.   usage: cdnow.sh DIR
set -euo pipefail
dir=${1:?usage: cdnow.sh DIR}
target=$dir/cdnow_master.csv
[ ! -s "$target" ] || exit 0
mkdir -p "$dir"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if ! python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$scratch" lifetimes==0.11.3; then
  echo "cdnow: cannot fetch lifetimes 0.11.3 from the package index; check the network" >&2
  exit 4
fi
python3 - "$scratch" "$target.part" <<'P'
import pathlib
import sys
import zipfile

package = next(pathlib.Path(sys.argv[1]).glob("*.whl"))
with zipfile.ZipFile(package) as archive:
    member = next(name for name in archive.namelist() if name.endswith("/CDNOW_master.txt"))
    text = archive.read(member).decode("ascii")
with open(sys.argv[2], "w", newline="") as out:
    out.write("customer_id,date,number_of_cds,dollar_value\n")
    for line in text.splitlines():
        fields = line.split()
        if len(fields) == 4 and fields[0].isdigit():
            out.write(",".join(fields) + "\n")
P
mv "$target.part" "$target"
