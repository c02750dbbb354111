"""Makes the expected tables of the `.report` files from the SQL beside them, with DuckDB.

    python3 -m pip install duckdb
    python3 Tests/ReportTests/expected.py            writes the tables
    python3 Tests/ReportTests/expected.py --check    says which differ, and ends with 1
"""

import csv
import datetime
import decimal
import io
import pathlib
import re
import sys

import duckdb

HERE = pathlib.Path(__file__).parent
HEADING = re.compile(r"^=== (.*)$", re.M)


def loaded(folder):
    """Returns a database with the tables and views of a data set."""
    base = duckdb.connect()
    base.execute((folder / "schema.sql").read_text())
    for file in sorted(folder.glob("*.csv")):
        base.execute(f"COPY {file.stem} FROM '{file}' (HEADER, NULLSTR '')")
    return base


def field(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, decimal.Decimal):
        whole, _, digits = f"{value:f}".partition(".")
        return f"{whole}.{digits.rstrip('0').ljust(2, '0')}"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat() + "Z"
    return str(value)


def table(base, sql):
    """Returns the rows of a query as `mandi query --format csv` writes them."""
    answer = base.execute(sql)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow([column[0] for column in answer.description])
    for row in answer.fetchall():
        writer.writerow([field(value) for value in row])
    return text.getvalue()


def main():
    names = [name for name in sys.argv[1:] if not name.startswith("--")]
    files = [pathlib.Path(name) for name in names] or sorted(HERE.glob("Reports/**/*.report"))
    bases = {}
    changed = 0
    for file in files:
        text = file.read_text()
        if "=== sql\n" not in text:
            continue
        folder = re.search(r"^data: (\w+)$", text, re.M).group(1)
        if folder not in bases:
            bases[folder] = loaded(HERE / "Data" / folder)
        parts = HEADING.split(text)
        for place in range(1, len(parts), 2):
            if parts[place] == "sql":
                try:
                    rows = table(bases[folder], parts[place + 1])
                except duckdb.Error as error:
                    sys.exit(f"{file}: {error}")
                assert parts[place + 2] == "table", f"{file}: a table follows its SQL"
                is_last = place + 4 >= len(parts)
                parts[place + 3] = "\n" + rows + ("" if is_last else "\n")
        made = "".join(
            part if place % 2 == 0 else f"=== {part}" for place, part in enumerate(parts)
        )
        if made != text:
            changed += 1
            print(file.relative_to(HERE))
            if "--check" not in sys.argv:
                file.write_text(made)
    sys.exit(1 if changed and "--check" in sys.argv else 0)


main()
