"""Answers statements in DuckDB or in chdb for the differential test.

Requests come as lines of JSON. A request with "tables" replaces all tables and has no answer unless
something is wrong; one with "sql" is answered by a line with its id, a status and a number of bytes,
and then so many bytes: tab-separated lines with names first, or the message of an error.
Parameters are bound by the engines' own means and never become part of a statement's text.
"""

import datetime
import decimal
import json
import queue
import sys
import threading


def escaped(text):
    for plain, mark in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"), ("\0", "\\0")):
        text = text.replace(plain, mark)
    return text


class DuckDB:
    def __init__(self):
        import duckdb

        self.connection = duckdb.connect(":memory:")
        self.connection.execute("SET threads = 1")
        self.connection.execute("SET TimeZone = 'UTC'")
        self.names = []

    def replace(self, tables):
        for name in self.names:
            self.connection.execute(f'DROP TABLE IF EXISTS "{name}"')
        self.names = [table["name"] for table in tables]
        for table in tables:
            self.connection.execute(table["definition"])
            if not table["columns"] or not table["columns"][0]["cells"]:
                continue
            # Texts are cast as the columns want them.
            names = ", ".join(f'"{column["name"]}"' for column in table["columns"])
            cells = [column["cells"] for column in table["columns"]]
            values = ", ".join("unnest(?::VARCHAR[])" for _ in cells)
            self.connection.execute(f'INSERT INTO "{table["name"]}" ({names}) SELECT {values}', cells)

    @staticmethod
    def value(kind, value):
        if value is None:
            return None
        if isinstance(value, list):
            return [DuckDB.value(kind[:-1], element) for element in value]
        if kind == "date":
            return datetime.date(1970, 1, 1) + datetime.timedelta(days=value)
        return float(value) if kind == "number" else value

    @staticmethod
    def cell(value):
        if value is None:
            return "\\N"
        if value is True or value is False:
            return "true" if value else "false"
        if isinstance(value, float):
            return repr(value)
        if isinstance(value, decimal.Decimal):
            return format(value, "f")
        if isinstance(value, datetime.datetime):
            return value.isoformat(sep=" ")
        return escaped(str(value))

    def answer(self, sql, parameters):
        bound = {name: self.value(kind, value) for name, kind, value in parameters}
        result = self.connection.execute(sql, bound) if bound else self.connection.execute(sql)
        lines = ["\t".join(escaped(column[0]) for column in result.description)]
        lines += ["\t".join(map(self.cell, row)) for row in result.fetchall()]
        return ("\n".join(lines) + "\n").encode()


class ClickHouse:
    def __init__(self):
        from chdb import session

        self.session = session.Session()
        # The tables are small, so what pays for large ones only costs time.
        self.session.query(
            "SET max_threads = 1, compile_expressions = 0, compile_aggregate_expressions = 0, "
            "compile_sort_description = 0, log_queries = 0, "
            "collect_hash_table_stats_during_aggregation = 0, "
            "collect_hash_table_stats_during_joins = 0"
        )
        self.names = []

    def replace(self, tables):
        for name in self.names:
            self.session.query(f"DROP TABLE IF EXISTS `{name}`")
        self.names = [table["name"] for table in tables]
        for table in tables:
            self.session.query(table["definition"])
            columns = [
                ["\\N" if cell is None else escaped(cell) for cell in column["cells"]]
                for column in table["columns"]
            ]
            rows = "\n".join("\t".join(row) for row in zip(*columns))
            if rows:
                names = ", ".join(f"`{column['name']}`" for column in table["columns"])
                self.session.query(f"INSERT INTO `{table['name']}` ({names}) FORMAT TSV\n{rows}\n")

    @staticmethod
    def text(kind, value):
        """A parameter as ClickHouse reads it: the escaped form of tab-separated files."""
        if value is None:
            return "\\N"
        if isinstance(value, list):
            kind = kind[:-1]
            elements = [ClickHouse.text(kind, element) for element in value]
            if kind in ("text", "date"):
                elements = ["'" + element.replace("'", "\\'") + "'" for element in elements]
            return "[" + ",".join(elements) + "]"
        if kind == "date":
            return (datetime.date(1970, 1, 1) + datetime.timedelta(days=value)).isoformat()
        if kind == "flag":
            return "true" if value else "false"
        return escaped(value) if kind == "text" else repr(value)

    def answer(self, sql, parameters):
        bound = {name: self.text(kind, value) for name, kind, value in parameters}
        return self.session.query(sql, "TabSeparatedWithNames", params=bound).bytes()


def main():
    engine = {"duckdb": DuckDB, "chdb": ClickHouse}[sys.argv[1]]()
    requests = queue.Queue()

    def read():
        for line in sys.stdin.buffer:
            requests.put(line)
        requests.put(None)

    # Who asks never waits for answers to be read, so what is asked is taken in at once.
    threading.Thread(target=read, daemon=True).start()
    out = sys.stdout.buffer
    broken = None
    while (line := requests.get()) is not None:
        request = json.loads(line)
        try:
            if "tables" in request:
                broken = None
                engine.replace(request["tables"])
                continue
            if broken:
                raise RuntimeError(broken)
            status, answer = "ok", engine.answer(request["sql"], request["parameters"])
        except Exception as error:  # pylint: disable=broad-except
            status, answer = "error", str(error).encode()
            if "tables" in request:
                broken = f"the tables could not be made: {error}"
                continue
        out.write(f"{request['id']} {status} {len(answer)}\n".encode())
        out.write(answer)
        out.flush()


main()
