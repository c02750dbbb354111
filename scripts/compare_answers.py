#!/usr/bin/env python3
"""Compares a CSV answer with the expected one, column by column, by the kind of the column.

usage: compare_answers.py EXPECTED ACTUAL KINDS [--ordered]

KINDS names the columns that are compared: `month:t,lines:i,revenue:m,aov:r`.
Kinds: i integer, m exact decimal, r ratio (tolerance 1e-6), t text, d date (YYYY-MM-DD).
A blank equals a blank only. Without --ordered the rows may come in any order.
Exit code 0 when equal, 1 when not (differences on stderr), 2 on wrong usage.
"""
import csv
import datetime
import decimal
import sys

TOLERANCE = decimal.Decimal("0.000001")
SHOWN_DIFFERENCES = 10


def value(kind, text):
    """Reads a field; raises ValueError when it is not of its kind."""
    if text == "":
        return None
    if kind == "i":
        return int(text)
    if kind in "mr":
        try:
            return decimal.Decimal(text)
        except decimal.InvalidOperation as error:
            raise ValueError(f"not a number: {text!r}") from error
    if kind == "d":
        return datetime.date.fromisoformat(text)
    return text


def same(kind, left, right):
    if left is None or right is None:
        return left is right
    if kind == "r":
        return abs(left - right) <= TOLERANCE
    return left == right


def read(path, columns):
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        missing = [name for name, _ in columns if name not in (reader.fieldnames or [])]
        if missing:
            raise ValueError(f"{path}: no column {', '.join(missing)}; it has {reader.fieldnames}")
        return [tuple(value(kind, row[name]) for name, kind in columns) for row in reader]


def sort_key(columns):
    """Ratios are left out of the order, since equal ones may differ in the last digit."""
    positions = [n for n, (_, kind) in enumerate(columns) if kind != "r"]
    return lambda row: [(row[n] is not None, str(type(row[n])), row[n] if row[n] is not None else 0)
                        for n in positions]


def main(arguments):
    ordered = "--ordered" in arguments
    arguments = [argument for argument in arguments if argument != "--ordered"]
    if len(arguments) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    columns = [tuple(part.split(":")) for part in arguments[2].split(",")]
    try:
        expected, actual = (read(path, columns) for path in arguments[:2])
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    if not ordered:
        expected.sort(key=sort_key(columns))
        actual.sort(key=sort_key(columns))
    differences = []
    if len(expected) != len(actual):
        differences.append(f"{len(expected)} rows expected, {len(actual)} found")
    for number, (want, have) in enumerate(zip(expected, actual), start=1):
        for (name, kind), left, right in zip(columns, want, have):
            if not same(kind, left, right):
                differences.append(f"row {number} {want}: {name} is {right}, expected {left}")
    for line in differences[:SHOWN_DIFFERENCES]:
        print(line, file=sys.stderr)
    if len(differences) > SHOWN_DIFFERENCES:
        print(f"… {len(differences) - SHOWN_DIFFERENCES} more", file=sys.stderr)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
