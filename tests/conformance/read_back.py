#!/usr/bin/env python3
"""Reads tables and prose back from the files that were made of a report, and compares them with what went in.

  kanyin build REPORT.json --format grid -o GRID.json
  read_back.py REPORT.json GRID.json FILE.pdf FILE.docx ...

From a PDF, the tables are read through the structure tree, as a screen reader meets them (poppler's
pdfinfo -struct-text); from a DOCX, out of its tables. Each must have the same cells as in GRID.json at the same
places, with the same spans and texts. Then every paragraph of the report's prose must be found, in the report's order.
White space does not count: a cell's text may be broken into lines.

Exit status: 0 all as it went in, 1 something differs, 2 wrong use or a tool is missing.
"""

import json
import re
import sys
import zipfile

from lxml import etree

from verdict import Missing, program, run, squeeze

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# One line of pdfinfo -struct-text that begins an element: indent, name, and perhaps title, identifier and kind.
ELEMENT = re.compile(r'( *)([A-Za-z][A-Za-z0-9]*)(?: ".*)?(?: <[^>]*>)?(?: \((?:block|inline)\))?:?')
SPAN = re.compile(r"\s*/(RowSpan|ColSpan) (\d+)")
TEXT = re.compile(r'\s*"(.*)"\s*')


def main():
    if len(sys.argv) < 4:
        print(__doc__, file=sys.stderr)
        return 2
    report, grids = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:3])
    expected = [(table["key"], cells_of(table)) for table in grids["tables"]]
    wrong = False
    for path in sys.argv[3:]:
        try:
            tables, text = read_pdf(path) if path.endswith(".pdf") else read_docx(path)
        except Missing as missing:
            print(f"not installed: {missing} (see tests/conformance/install)", file=sys.stderr)
            return 2
        findings = compare(expected, tables) + missing_prose(report, squeeze(text))
        print(f"{'FAIL' if findings else 'ok  '} {path}  ({sum(len(cells) for _, cells in expected)} cells)")
        for finding in findings[:20]:
            print(f"     {finding}")
        wrong |= bool(findings)
    return 1 if wrong else 0


# ---- what went in ----


def cells_of(table):
    """A table as a map from row and column to row span, column span and text."""
    return {
        (cell["row"], cell["column"]): (cell["row_span"], cell["column_span"], squeeze(cell["text"]))
        for cell in table["cells"]
    }


def prose(report):
    """The paragraphs of a report, in the order they are printed in."""
    sections = report.get("sections", {})
    for part in (report.get("preamble", []), *(sections.get(key, []) for key in ("overview", "problems", "other"))):
        yield from [part] if isinstance(part, str) else part


# ---- what came out ----


def compare(expected, tables):
    if len(tables) != len(expected):
        return [f"{len(expected)} tables went in, {len(tables)} came out"]
    findings = []
    for (key, wanted), found in zip(expected, tables):
        for place in sorted(wanted.keys() | found.keys()):
            if wanted.get(place) != found.get(place):
                row, column = place
                findings.append(
                    f"{key}, row {row + 1}, column {column + 1}: {say(wanted.get(place))} went in, {say(found.get(place))} came out"
                )
    return findings


def say(cell):
    return f"{cell[2]!r} over {cell[0]} rows and {cell[1]} columns" if cell else "no cell"


def missing_prose(report, text):
    findings, at = [], 0
    for paragraph in prose(report):
        wanted = squeeze(paragraph)
        place = text.find(wanted, at)
        if place < 0:
            how = "stands too early" if wanted in text else "is missing"
            findings.append(f"a paragraph {how}: {paragraph[:40]}…")
        else:
            at = place + len(wanted)
    return findings


def read_pdf(path):
    """The tables and the text that a PDF's structure tree holds."""
    _, out, _ = run(program("pdfinfo"), "-struct-text", path)
    tables, texts, cell, rows = [], [], None, None
    cell_indent = 0
    for line in out.splitlines():
        if text := TEXT.fullmatch(line):
            texts.append(text.group(1))
            if cell is not None:
                cell["text"] += text.group(1)
        elif span := SPAN.fullmatch(line):
            if cell is not None:
                cell[span.group(1)] = int(span.group(2))
        elif element := ELEMENT.fullmatch(line):
            indent, name = len(element.group(1)), element.group(2)
            if cell is not None and indent <= cell_indent:
                cell = None
            if name == "Table":
                rows = []
                tables.append(rows)
            elif name == "TR" and rows is not None:
                rows.append([])
            elif name in ("TH", "TD") and rows:
                cell = {"RowSpan": 1, "ColSpan": 1, "text": ""}
                cell_indent = indent
                rows[-1].append(cell)
    return [place_cells(rows) for rows in tables], "".join(texts)


def place_cells(rows):
    """Puts cells, given row by row without those covered from above, at their columns (as HTML does)."""
    cells, covered = {}, set()
    for row, given in enumerate(rows):
        column = 0
        for cell in given:
            while (row, column) in covered:
                column += 1
            rows_down, columns_over = cell["RowSpan"], cell["ColSpan"]
            cells[row, column] = (rows_down, columns_over, squeeze(cell["text"]))
            covered.update((row + down, column + over) for down in range(rows_down) for over in range(columns_over))
            column += columns_over
    return cells


def read_docx(path):
    """The tables and the text of a DOCX."""
    with zipfile.ZipFile(path) as package:
        body = etree.fromstring(package.read("word/document.xml")).find(W + "body")
    return [docx_table(table) for table in body.findall(W + "tbl")], text_of(body)


def docx_table(table):
    cells, open_merges = {}, {}
    for row, element in enumerate(table.findall(W + "tr")):
        column, merges = 0, {}
        for cell in element.findall(W + "tc"):
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            span = int(span.get(W + "val")) if span is not None else 1
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            origin = open_merges.get(column)
            if merge is not None and merge.get(W + "val") != "restart" and origin is not None:
                rows_down, columns_over, text = cells[origin]
                cells[origin] = (rows_down + 1, columns_over, text + squeeze(text_of(cell)))
                merges[column] = origin
            else:
                cells[row, column] = (1, span, squeeze(text_of(cell)))
                if merge is not None:
                    merges[column] = (row, column)
            column += span
        open_merges = merges
    return cells


def text_of(element):
    return "".join(text.text or "" for text in element.iter(W + "t"))


if __name__ == "__main__":
    sys.exit(main())
