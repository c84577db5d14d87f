#!/usr/bin/env python3
"""kanyin and Typst on the same reports with the same fonts, in alternation.

    compare.py KANYIN [--rounds 5] [--reports 100]

KANYIN is the program, built with --release. Needs the PyPI package `typst` (docs/performance.md names the version) and
runs it with this Python. Prints CPU time (user + system), wall time, peak memory and bytes as medians over the rounds,
and the ratios of each round as medians. Typst sets `typst/report.typ`, which was written for this comparison, with the
files of `fonts/` and tagged PDF, its default.

    cold    one report, one process
    batch   many reports, one process, one thread; each has its own agency and figures
    docx    one report, one process
"""

import argparse
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
SAMPLE = ROOT / "samples/sanmenxia-2020.json"

# Run in a process of its own: one compiler for all reports, as Typst's own documentation has it.
TYPST = """
import sys, typst
source, fonts, form, *pairs = sys.argv[1:]
pairs = list(zip(pairs[::2], pairs[1::2]))
compiler = typst.Compiler(input=source, root="/", font_paths=[fonts], ignore_system_fonts=True,
                          sys_inputs={"data": pairs[0][0], "form": form})
for data, output in pairs:
    compiler.compile(output=output, sys_inputs={"data": data, "form": form})
"""

ROWS = (
    "new carried open part secret law safety third internal process case query nohold nomake unclear petition repeat "
    "publication abuse confirm other total next"
).split()
COLUMNS = {"previous": "prev", "change": "delta", "projects": "count"}


def vary(report, number):
    """The report of another agency: its own name and figures, which add up."""
    chance = random.Random(number)
    report = json.loads(json.dumps(report))
    name = f"第{number}市机关事务管理局"
    text = json.dumps(report["sections"], ensure_ascii=False).replace("三门峡市", f"第{number}市")
    report["sections"] = json.loads(text)
    report["agency"] = report["title"][0] = name
    for row in report["tables"]["disclosure"].values():
        for key in row:
            row[key] = chance.randint(0, 400)
    requests = report["tables"]["requests"]
    handled = [key for key in requests if key not in ("new", "carried_in", "handled_total", "carried_out")]
    total = [0] * 6
    for key in handled:
        requests[key] = [chance.choice((0, 0, 0, 1, 2, chance.randint(3, 120))) for _ in range(6)]
        total = [a + b for a, b in zip(total, requests[key])]
    after = [chance.randint(0, 5) for _ in range(6)]
    before = [min(chance.randint(0, 5), a + b) for a, b in zip(total, after)]
    requests["handled_total"], requests["carried_out"], requests["carried_in"] = total, after, before
    requests["new"] = [a + b - c for a, b, c in zip(total, after, before)]
    for row in requests.values():
        row.append(sum(row)) if len(row) == 6 else None
    for row in report["tables"]["proceedings"].values():
        row[:] = [chance.randint(0, 9) for _ in range(4)]
        row.append(sum(row))
    return report


def for_typst(report):
    """The same report in the words of typst/report.typ."""
    paragraph = lambda text: dict(zip(("lead", "text"), text.split("。", 1))) if text.startswith("（") else {"text": text}

    def section(key):
        value = report["sections"][key]
        made = [paragraph(text) for text in ([value] if isinstance(value, str) else value)]
        return [{**one, "lead": one["lead"] + "。"} if "lead" in one else one for one in made]

    tables = report["tables"]
    proactive = {
        key: {COLUMNS.get(column, column): value for column, value in row.items()}
        for key, row in tables["disclosure"].items()
    }
    proactive["procurement"]["amount"] = str(proactive["procurement"]["amount"])
    review, direct, after = tables["proceedings"].values()
    title = [line.replace("|", "") for line in report["title"]]
    return {
        "agency": report["agency"].replace("|", ""), "year": report["year"], "title": title,
        "overview": section("overview"), "problems": section("problems"), "other": section("other"),
        "proactive": proactive, "requests": dict(zip(ROWS, tables["requests"].values())),
        "review": review, "suit_direct": direct, "suit_after": after,
    }  # fmt: skip


def run(command):
    """CPU, wall (ms) and peak memory (MB) of a process."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    words = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    if status:
        sys.exit(f"{command[0]}: {words.decode()}")
    return 1000 * (usage.ru_utime + usage.ru_stime), 1000 * wall, usage.ru_maxrss / 1024


def show(name, results, each=1):
    cpu, wall, memory, size = (statistics.median(column) for column in zip(*results))
    print(f"{name:<22} {cpu / each:9.2f} {wall / each:9.2f} {memory:9.1f} {size / each:12,.0f}")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("kanyin")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--reports", type=int, default=100)
    given = arguments.parse_args()
    kanyin = str(pathlib.Path(given.kanyin).resolve())
    sample = json.loads(SAMPLE.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        pairs = []
        (folder / "ours").mkdir()
        (folder / "theirs").mkdir()
        for number in range(given.reports):
            report = vary(sample, number)
            (folder / f"ours/{number:04}.json").write_text(json.dumps(report, ensure_ascii=False), encoding="utf-8")
            data = folder / f"theirs/{number:04}.json"
            data.write_text(json.dumps(for_typst(report), ensure_ascii=False), encoding="utf-8")
            pairs += [str(data), str(data.with_suffix(".pdf"))]
        one = folder / "one.json"
        one.write_text(json.dumps(for_typst(sample), ensure_ascii=False), encoding="utf-8")
        script = [sys.executable, "-c", TYPST, str(HERE / "typst/report.typ"), str(ROOT / "fonts"), str(HERE / "typst/form-2019.json")]
        built = folder / "built"
        tasks = {
            "cold kanyin": ([kanyin, "build", str(SAMPLE), "-o", str(folder / "one.pdf")], [folder / "one.pdf"]),
            "cold typst": ([*script, str(one), str(folder / "typst.pdf")], [folder / "typst.pdf"]),
            "cold python, nothing": ([sys.executable, "-c", "import typst"], []),
            "docx kanyin": ([kanyin, "build", str(SAMPLE), "-o", str(folder / "one.docx")], [folder / "one.docx"]),
            "check kanyin": ([kanyin, "check", str(SAMPLE)], []),
            "batch kanyin": (
                [kanyin, "build", str(folder / "ours"), "--out-dir", str(built), "--jobs", "1"],
                [built / f"{number:04}.pdf" for number in range(given.reports)],
            ),
            "batch typst": ([*script, *pairs], [pathlib.Path(path) for path in pairs[1::2]]),
        }
        if "--out-dir" not in subprocess.run([kanyin, "build", "--help"], capture_output=True, text=True).stdout:
            print("this kanyin builds one report at a time: no batch of ours")
            del tasks["batch kanyin"]
        results = {name: [] for name in tasks}
        for turn in range(given.rounds + 1):
            for name, (command, files) in tasks.items():
                measured = run(command)
                # The first round only warms the machine.
                if turn > 0:
                    results[name].append((*measured, sum(file.stat().st_size for file in files)))
    print(f"{'':<22} {'CPU ms':>9} {'wall ms':>9} {'peak MB':>9} {'bytes':>12}   (each; medians of {given.rounds})")
    for name, measured in results.items():
        show(name, measured, given.reports if name.startswith("batch") else 1)
    for kind in ("cold", "batch"):
        if f"{kind} kanyin" in results:
            rounds = zip(results[f"{kind} typst"], results[f"{kind} kanyin"])
            print(f"{kind}: Typst takes {statistics.median(a[0] / b[0] for a, b in rounds):.1f} times the CPU")


if __name__ == "__main__":
    main()
