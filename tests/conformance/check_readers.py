#!/usr/bin/env python3
"""Opens DOCX files with independent readers and holds what each reads against the form's grid.

  kanyin build REPORT.json --format grid -o NAME.grid.json       NAME.grid.json must lie beside each NAME.docx
  check_readers.py NAME.docx ...

  python-docx    every cell of every table: its place, its spans, its text; every paragraph
  mammoth        the HTML it makes: the same of its tables; every paragraph
  docx-rs        what its reader keeps, by tests/conformance/docx-rs: the same of its tables; every paragraph
  docx-preview   the HTML it makes in Chromium: the same of its tables; every paragraph

White space does not count: a heading may be broken into lines.

Exit status: 0 all read all, 1 something is lost, 2 wrong use or a reader is missing.
"""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

from lxml import etree, html

from verdict import ROOT, squeeze

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PREVIEW = Path(__file__).with_name("preview.mjs")


def main():
    files = [Path(name) for name in sys.argv[1:]]
    if not files or not all(path.suffix == ".docx" and grid_of(path).is_file() for path in files):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        previews, kept = preview(files), docx_rs(files)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"a reader cannot be run (see tests/conformance/install): {error}", file=sys.stderr)
        return 2
    lost = 0
    for path in files:
        wanted = json.loads(grid_of(path).read_text(encoding="utf-8"))["tables"]
        wanted = [{(c["row"], c["column"]): (c["row_span"], c["column_span"], squeeze(c["text"])) for c in t["cells"]} for t in wanted]
        texts = paragraphs(path)
        readers = {
            "python-docx": python_docx,
            "mammoth": mammoth,
            "docx-rs": lambda path: from_docx_rs(kept[str(path)]),
            "docx-preview": lambda path: from_html(previews[path.name]),
        }
        for name, read in readers.items():
            tables, text = read(path)
            findings = compare(wanted, tables) + [f"a paragraph is lost: {p[:30]}…" for p in texts if p not in text]
            for finding in findings[:10]:
                print(f"FAIL {path.name} {name}: {finding}")
            lost += bool(findings)
    print(f"{'FAIL' if lost else 'ok  '} {len(files)} files read by python-docx, mammoth, docx-rs and docx-preview")
    return 1 if lost else 0


def grid_of(path):
    return path.with_suffix(".grid.json")


def compare(wanted, found):
    if len(wanted) != len(found):
        return [f"{len(found)} tables instead of {len(wanted)}"]
    return [
        f"table {number}, row {place[0] + 1}, column {place[1] + 1}: {two.get(place)} instead of {one.get(place)}"
        for number, (one, two) in enumerate(zip(wanted, found), start=1)
        for place in sorted(one.keys() | two.keys())
        if one.get(place) != two.get(place)
    ]


def paragraphs(path):
    """The text of every paragraph outside tables, out of the XML itself."""
    with zipfile.ZipFile(path) as package:
        body = etree.fromstring(package.read("word/document.xml")).find(W + "body")
    texts = ("".join(text.text or "" for text in paragraph.iter(W + "t")) for paragraph in body.findall(W + "p"))
    return [squeeze(text) for text in texts if squeeze(text)]


def python_docx(path):
    import docx

    document = docx.Document(path)
    tables = []
    for table in document.tables:
        slots = {}
        for row in range(len(table.rows)):
            for column, cell in enumerate(table.row_cells(row)):
                slots.setdefault(cell._tc, (cell, []))[1].append((row, column))
        cells = {}
        for cell, places in slots.values():
            rows, columns = [row for row, _ in places], [column for _, column in places]
            cells[min(rows), min(columns)] = (max(rows) - min(rows) + 1, max(columns) - min(columns) + 1, squeeze(cell.text))
        tables.append(cells)
    return tables, squeeze("".join(paragraph.text for paragraph in document.paragraphs))


def mammoth(path):
    import mammoth as library

    with open(path, "rb") as file:
        return from_html(library.convert_to_html(file).value)


def from_html(text):
    """The tables of a page, cells put at their places as HTML does, and its text."""
    root = html.fromstring(f"<div>{text}</div>")
    return [html_table(table) for table in root.iter("table")], squeeze(root.text_content())


def html_table(table):
    cells, covered = {}, set()
    for row, line in enumerate(table.iter("tr")):
        column = 0
        for cell in line:
            # docx-preview keeps the cells that a merge covers, and hides them.
            if cell.tag not in ("td", "th") or "display: none" in (cell.get("style") or ""):
                continue
            while (row, column) in covered:
                column += 1
            down, over = int(cell.get("rowspan") or 1), int(cell.get("colspan") or 1)
            cells[row, column] = (down, over, squeeze(cell.text_content()))
            covered.update((row + d, column + o) for d in range(down) for o in range(over))
            column += over
    return cells


def docx_rs(files):
    """What docx-rs keeps of files, by their paths. Built on first use."""
    folder = Path(__file__).with_name("docx-rs")
    target = os.environ.get("CARGO_TARGET_DIR", str(ROOT / "target")) + "/docx-rs"
    command = ["cargo", "run", "--quiet", "--locked", "--manifest-path", folder / "Cargo.toml", "--target-dir", target, "--"]
    return json.loads(subprocess.run([*command, *files], capture_output=True, text=True, check=True).stdout)


def from_docx_rs(kept):
    children = kept["document"]["children"]
    tables = [docx_rs_table(child["data"]) for child in children if child["type"] == "table"]
    return tables, squeeze("".join(docx_rs_text(child) for child in children if child["type"] == "paragraph"))


def docx_rs_table(table):
    cells, open_merges = {}, {}
    for row, line in enumerate(table["rows"]):
        column, merges = 0, {}
        for cell in line["data"]["cells"]:
            cell = cell["data"]
            span, merge = cell["property"]["gridSpan"] or 1, cell["property"]["verticalMerge"]
            if merge == "continue" and column in open_merges:
                merges[column] = origin = open_merges[column]
                cells[origin] = (cells[origin][0] + 1, *cells[origin][1:])
            else:
                cells[row, column] = (1, span, squeeze("".join(docx_rs_text(child) for child in cell["children"])))
                if merge:
                    merges[column] = (row, column)
            column += span
        open_merges = merges
    return cells


def docx_rs_text(node):
    if node["type"] == "text":
        return node["data"]["text"]
    data = node.get("data")
    children = data.get("children", []) if isinstance(data, dict) else []
    return "".join(docx_rs_text(child) for child in children)


def preview(files):
    """The pages docx-preview makes of files, by their names."""
    out = subprocess.run(
        ["node", PREVIEW, *files], cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ, "NODE_PATH": str(ROOT / "node_modules")}
    ).stdout
    return json.loads(out)


if __name__ == "__main__":
    sys.exit(main())
