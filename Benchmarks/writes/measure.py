"""Measures what writes cost: appended lines, lines that changed anywhere, and newest lines that changed.

    python3 measure.py --data 10m --work W --mandi .build/release/mandi [--reps 3]

The data set is loaded once into W/store-<name>. Each measurement copies that store with hard links
(its files never change), opens it in a new process of `mandi bench`, and sends one append. Printed
are wall and CPU milliseconds of the append alone, the least of the repetitions.
"""

import argparse
import json
import os
import shutil
import subprocess

import changed_lines

TICK = 1000 / os.sysconf("SC_CLK_TCK")


class Engine:
    def __init__(self, mandi, suite):
        self.process = subprocess.Popen(
            [mandi, "bench", "--suite", suite], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, **request):
        """Returns wall and CPU milliseconds."""
        before = self.cpu()
        print(json.dumps(request), file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        if not answer["ok"]:
            raise SystemExit(answer["error"])
        return answer["ms"], self.cpu() - before

    def cpu(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            cells = file.read().rpartition(")")[2].split()
        return (int(cells[11]) + int(cells[12])) * TICK

    def quit(self):
        print('{"op": "quit"}', file=self.process.stdin, flush=True)
        self.process.wait()


def cases(data, work, rows):
    lines = f"{data}/order_lines.csv"
    name = os.path.basename(os.path.normpath(data))
    result = [("appended", f"{data}/order_lines_delta.csv")]
    for label, last in [("changed anywhere", 1.0), ("changed in the newest 2 %", 0.02)]:
        path = f"{work}/{name}-{rows}-{last}.csv"
        if not os.path.exists(path):
            changed_lines.write(lines, rows, last, path, seed=7)
        result.append((label, path))
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--mandi", required=True)
    parser.add_argument("--suite", default=os.path.join(os.path.dirname(__file__), "../suite"))
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--reps", type=int, default=3)
    given = parser.parse_args()
    name = os.path.basename(os.path.normpath(given.data))
    store = f"{given.work}/store-{name}"
    if not os.path.exists(store):
        engine = Engine(given.mandi, given.suite)
        print("load: %.0f ms, %.0f ms CPU" % engine.ask(op="load", data=given.data, db=store, format="csv"))
        engine.quit()
    for label, path in cases(given.data, given.work, given.rows):
        if not os.path.exists(path):
            continue
        times = []
        for _ in range(given.reps):
            copy = f"{given.work}/copy"
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(store, copy, copy_function=os.link)
            engine = Engine(given.mandi, given.suite)
            engine.ask(op="hello")
            engine.ask(op="open", db=copy)
            times.append(engine.ask(op="append", csv=path))
            engine.quit()
        wall, cpu = (min(column) for column in zip(*times))
        print(f"{label}: {wall:.0f} ms, {cpu:.0f} ms CPU", flush=True)


if __name__ == "__main__":
    main()
