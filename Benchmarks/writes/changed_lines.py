"""Writes order lines of a data set again with another status: what an upsert has to take.

    python3 changed_lines.py --csv 10m/order_lines.csv --rows 100000 --last 1.0 --out changed.csv

Lines are taken at random places of the last part of the file (`--last 0.02`: its newest 2 %), each
once, in the order of the file. Reading costs as much as the lines that are taken, not as the file.
"""

import argparse
import os
import random

STATUSES = [b"delivered", b"shipped", b"returned", b"cancelled"]


def header_of(file):
    line = file.readline()
    return line, line.rstrip(b"\n").split(b",").index(b"status")


def changed(line, column):
    # The made-up data quotes nothing; a line with quotes is left out.
    if b'"' in line:
        return None
    cells = line.split(b",")
    place = STATUSES.index(cells[column]) if cells[column] in STATUSES else -1
    cells[column] = STATUSES[(place + 1) % len(STATUSES)]
    return b",".join(cells)


def write(csv, rows, last, out, seed):
    chance = random.Random(seed)
    size = os.path.getsize(csv)
    with open(csv, "rb") as file, open(out, "wb") as target:
        header, column = header_of(file)
        start = max(file.tell(), int(size * (1 - last)))
        lines = {}
        while len(lines) < rows:
            for place in sorted(chance.randrange(start, size) for _ in range(rows - len(lines))):
                file.seek(place)
                file.readline()
                at = file.tell()
                line = file.readline()
                line = changed(line, column) if line.endswith(b"\n") else None
                if line:
                    lines[at] = line
        target.write(header)
        for at in sorted(lines):
            target.write(lines[at])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--csv", required=True)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--last", type=float, default=1.0)
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    write(given.csv, given.rows, given.last, given.out, given.seed)
