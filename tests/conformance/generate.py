#!/usr/bin/env python3
"""Makes reports of every shape from the samples, always the same ones: for validators and readers of the files.

  generate.py COUNT DIRECTORY

Each is a sample with other prose (numbered headings, quotes, Western words, long and short), other figures that add up,
other names, titles of one line or two, tables upright, turned or on landscape pages, a signature with a seal or without.

Exit status: 0 done, 2 wrong use.
"""

import copy
import json
import random
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PIECES = [
    "全年通过市政府门户网站公开信息{n}条", "新收政府信息公开申请{n}件", "“三公”经费公开率{n}%", "政务APP访问量{n}万次",
    "依据《条例》第二十条第（{n}）项", "开展培训——含线上——{n}场", "解读、回应、互动……共{n}次", "电话0398-28{n:05d}",
    "接受社会监督", "办公室、机关党委具体落实", "按GB/T 9704—2012排版", "完善制度", "“政风行风热线”·第{n}期",
]
HEADINGS = ["（一）主动公开。", "（二）依申请公开", "1.政策解读。", "2.平台建设", "（1）队伍建设", "一是", "二是", ""]
AGENCIES = ["临渚市水利局", "临渚市|文化广电和旅游局", "三门峡市机关事务管理局", "临渚经济技术开发区|管理委员会", "乌拉特前旗审计局"]


def main():
    if len(sys.argv) != 3 or not sys.argv[1].isdigit():
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    samples = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "samples").glob("*.json"))]
    for number in range(int(sys.argv[1])):
        chance = random.Random(number)
        report = vary(copy.deepcopy(samples[number % len(samples)]), chance)
        text = json.dumps(report, ensure_ascii=False, indent=1)
        (folder / f"report-{number:03}.json").write_text(text, encoding="utf-8")
    return 0


def vary(report, chance):
    report["agency"] = chance.choice(AGENCIES)
    if chance.random() < 0.5:
        report.pop("title", None)
    report.pop("preamble", None)
    if opening := prose(chance, 2):
        report["preamble"] = opening
    for key in report["sections"]:
        report["sections"][key] = prose(chance, chance.choice([1, 2, 5, 12])) or ["无"]
    for rows in report["tables"].values():
        scale = chance.choice([0, 1, 1, 7, 311])
        for row in rows.values():
            multiply(row, scale)
    tables = list(report["tables"])
    report["layout"] = {key: chance.choice(["upright", "turned", "landscape"]) for key in tables if chance.random() < 0.3}
    if chance.random() < 0.8:
        signature = {"date": f"{report['year'] + 1}-01-{chance.randint(1, 31):02}", "seal": chance.choice([True, False])}
        if chance.random() < 0.3:
            signature["agency"] = chance.sample(AGENCIES, chance.randint(1, 4))
        report["signature"] = signature
    else:
        report.pop("signature", None)
    return report


def prose(chance, most):
    return [paragraph(chance) for _ in range(chance.randint(0, most))]


def paragraph(chance):
    pieces = chance.choices(PIECES, k=chance.choice([1, 2, 4, 9]))
    return chance.choice(HEADINGS) + "，".join(piece.format(n=chance.randint(1, 99)) for piece in pieces) + "。"


def multiply(row, scale):
    """Makes every whole number so many times as large: what added up still does."""
    for key in range(len(row)) if isinstance(row, list) else list(row):
        if type(row[key]) is int:
            row[key] *= scale


if __name__ == "__main__":
    sys.exit(main())
