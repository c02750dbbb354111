#!/usr/bin/env python3
"""CDNOW's purchase log, repeated with shifted customer ids, in Mandi and DuckDB side by side.

  compare.py --log cdnow_master.csv --times 100 --work DIR --mandi .build/release/mandi [--reps 5]

Both answer the same five questions in turns; answers must be equal. Prints Markdown: medians in ms and ratios.
Mandi imports into its canonical tables (orders, customers and their first order, keys); DuckDB gets the four columns.
"""
import argparse, csv, json, os, shutil, statistics, subprocess, time

FIRST = "first AS (SELECT customer_id, min(day) f FROM purchases GROUP BY customer_id)"
QUESTIONS = {
    "totals": "SELECT count(*), count(DISTINCT customer_id), sum(cds), sum(value) FROM purchases",
    "month": "SELECT strftime(day, '%Y-%m') m, count(*), sum(cds), sum(value) FROM purchases GROUP BY m",
    "cohort": f"WITH {FIRST} SELECT strftime(f, '%Y-%m') c, strftime(day, '%Y-%m') m, count(*), sum(value) "
              "FROM purchases JOIN first USING (customer_id) GROUP BY c, m",
    "customers": "SELECT strftime(day, '%Y-%m') m, count(DISTINCT customer_id) FROM purchases GROUP BY m",
    "top": "SELECT customer_id, count(*), sum(cds), sum(value) r FROM purchases GROUP BY customer_id "
           "ORDER BY r DESC, customer_id LIMIT 10",
}


def repeat(log, times, path):
    rows = list(csv.reader(open(log, newline="")))
    with open(path, "w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(rows[0])
        for turn in range(times):
            writer.writerows([f"{turn:03}{row[0]}"] + row[1:] for row in rows[1:])
    return (len(rows) - 1) * times


class Mandi:
    def __init__(self, program, suite):
        self.process = subprocess.Popen([program, "bench", "--suite", suite], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        reply = json.loads(self.process.stdout.readline())
        if not reply["ok"]:
            raise SystemExit(f"mandi: {request}: {reply['error']}")
        return reply


def timed(work):
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1e3


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--log", required=True)
    ap.add_argument("--times", type=int, default=100)
    ap.add_argument("--work", required=True)
    ap.add_argument("--mandi", default=".build/release/mandi")
    ap.add_argument("--reps", type=int, default=5)
    a = ap.parse_args()
    import duckdb

    shutil.rmtree(a.work, ignore_errors=True)
    os.makedirs(a.work)
    rows = repeat(a.log, a.times, os.path.join(a.work, "purchases.csv"))
    suite = os.path.join(os.path.dirname(os.path.abspath(__file__)), "suite")
    mandi = Mandi(a.mandi, suite)
    load = {"mandi": timed(lambda: mandi.ask(op="load", data=a.work, db=os.path.join(a.work, "mandi"), format="csv"))}
    con = duckdb.connect(os.path.join(a.work, "peer.duckdb"), config={"threads": 2})

    def fill():
        con.execute("CREATE TABLE purchases AS SELECT customer_id, strptime(date, '%Y%m%d')::DATE AS day, number_of_cds AS cds, "
                    f"dollar_value AS value FROM read_csv('{a.work}/purchases.csv', columns={{'customer_id': 'VARCHAR', 'date': 'VARCHAR', "
                    "'number_of_cds': 'INTEGER', 'dollar_value': 'DECIMAL(12,2)'})")
        con.execute("CHECKPOINT")

    load["duckdb"] = timed(fill)
    print(f"# CDNOW x {a.times}: {rows:,} purchases, load average {os.getloadavg()[0]:.1f}\n")
    print("| question | DuckDB ms | Mandi ms | ratio |\n|---|---|---|---|")
    print(f"| load | {load['duckdb']:,.0f} | {load['mandi']:,.0f} | {load['duckdb'] / load['mandi']:.1f} |")
    different = []
    for name, sql in QUESTIONS.items():
        answer = os.path.join(a.work, name + ".csv")
        mandi.ask(op="query", id=name, answer=answer)
        expected = sorted([str(c) for c in row] for row in con.execute(sql).fetchall())
        if expected != list(csv.reader(open(answer, newline="")))[1:]:
            different.append(name)
        ours, theirs = [], []
        for _ in range(a.reps):
            ours.append(timed(lambda: mandi.ask(op="query", id=name, answer=None)))
            theirs.append(timed(lambda: con.execute(sql).fetchall()))
        one, other = statistics.median(ours), statistics.median(theirs)
        print(f"| {name} | {other:,.1f} | {one:,.1f} | {other / one:.1f} |")
    mandi.ask(op="quit")
    print("\nAnswers: " + ("equal" if not different else "different in " + ", ".join(different)))
    raise SystemExit(bool(different))


if __name__ == "__main__":
    main()
