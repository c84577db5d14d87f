#!/usr/bin/env python3
"""Compares the pages LibreOffice makes of a DOCX with the PDF made of the same report.

  kanyin build REPORT.json -o NAME.pdf -o NAME.docx
  agree.py [--show] [--table] NAME.docx ...                     NAME.pdf must lie beside each

The DOCX is converted with the faces of `fonts/` standing for the families Word is told to use, as the sheet names
them. Then must be alike:

  pages    as many, each with the same text, but for the labels below
  lines    at least 95 % of the lines outside tables hold the same text
  cells    every cell of every table on its page: the same place, spans and text
  edges    every column's edges within 0.5 mm

A label over rows of two pages is shown again on the second in the PDF. In the DOCX it is one merged cell, as the form
has it, whose text a program shows once: such a cell may be empty there, and these are counted.

`--show` prints every line that differs, `--table` the figures as a Markdown table; `--document FILE.md` holds that
table against the one in the file (BLESS=1 puts it there). What LibreOffice does otherwise than Word is made even
before: see `for_libreoffice`.

Exit status: 0 all agree, 1 some differ, 2 wrong use or a tool is missing.
"""

import argparse
import os
import re
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

from verdict import ROOT, Missing, program, run, squeeze

LEAST_LINES = 0.95
MOST_MM = 0.5
POINTS_PER_MM = 72 / 25.4
SHEET = ROOT / "layouts/sheets/gbt9704.toml"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true", help="print the lines that differ")
    parser.add_argument("--table", action="store_true", help="print the figures as a Markdown table")
    parser.add_argument("--document", type=Path, metavar="FILE.md", help="hold the figures against those in the file")
    parser.add_argument("--keep", metavar="DIRECTORY", help="keep LibreOffice's PDF files there")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.docx")
    options = parser.parse_args()
    for path in options.files:
        if not path.is_file() or not path.with_suffix(".pdf").is_file():
            parser.error(f"{path} and the .pdf beside it are wanted")
    try:
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(options.keep or folder).resolve()
            converted = convert(options.files, folder)
            agreements = [Agreement(path, other) for path, other in zip(options.files, converted)]
    except Missing as missing:
        print(f"not installed: {missing} (see tests/conformance/install)", file=sys.stderr)
        return 2
    for agreement in agreements:
        agreement.show(options.show)
    if options.table:
        print(markdown(agreements))
    failed = any(agreement.failures for agreement in agreements)
    if options.document and not is_documented(options.document, markdown(agreements)):
        print(f"FAIL {options.document} has other figures; BLESS=1 puts these there")
        failed = True
    return 1 if failed else 0


# ---- LibreOffice's pages ----


def convert(files, folder):
    """Converts DOCX files to PDF, with the repository's faces and nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    copies = []
    for path in files:
        copies.append(folder / f"{path.stem}.docx")
        for_libreoffice(path, copies[-1])
    status, _, error = run(
        program("soffice"),
        f"-env:UserInstallation={(folder / 'profile').resolve().as_uri()}",
        *("--headless", "--convert-to", "pdf", "--outdir", folder),
        *copies,
        environment={"FONTCONFIG_FILE": write_fontconfig(folder)},
    )
    converted = [copy.with_suffix(".pdf") for copy in copies]
    if status or not all(path.is_file() for path in converted):
        sys.exit(f"LibreOffice did not convert the files: {error.strip()[-300:]}")
    return converted


def for_libreoffice(path, copy):
    """A copy in which two things are told otherwise, for our faces and for LibreOffice.

    - Our 仿宋 is asked for its full-width quotes, as the PDF does: by themselves they are a third of an em wide in that
      face, where those of every face an office has take a full one.
    - LibreOffice sets · in the Western face though w:hint says that it is Chinese (17.3.2.26): there it is told that
      the Western face is 仿宋."""
    with zipfile.ZipFile(path) as package, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as out:
        for name in package.namelist():
            data = package.read(name)
            if name == "word/styles.xml":
                data = data.decode().replace('w:eastAsia="仿宋_GB2312"', 'w:eastAsia="仿宋_GB2312:fwid"').encode()
            if name == "word/document.xml":
                data = RUN.sub(split_at_dots, data.decode()).encode()
            out.writestr(name, data)


# A run whose shared marks are Chinese: what stands before its text, what its w:rFonts says besides, and its text.
RUN = re.compile(r'<w:r><w:rPr>((?:<w:rStyle [^>]*/>)?)<w:rFonts w:hint="eastAsia"/>([^r]*?)</w:rPr><w:t>([^<]*)</w:t></w:r>')
DOT = '<w:rFonts w:hint="eastAsia" w:ascii="仿宋_GB2312:fwid" w:hAnsi="仿宋_GB2312:fwid"/>'


def split_at_dots(run):
    style, other, text = run.groups()
    pieces = []
    for piece in re.split("(·)", text):
        fonts = DOT if piece == "·" else '<w:rFonts w:hint="eastAsia"/>'
        if piece:
            pieces.append(f'<w:r><w:rPr>{style}{fonts}{other}</w:rPr><w:t>{piece}</w:t></w:r>')
    return "".join(pieces)


def write_fontconfig(folder):
    """A font configuration that knows the faces of `fonts/` only, and by the names Word has for their typefaces."""
    fonts = tomllib.loads((ROOT / "fonts/fonts.toml").read_text(encoding="utf-8"))
    sheet = tomllib.loads(SHEET.read_text(encoding="utf-8"))
    aliases = []
    for key, typeface in sheet["typefaces"].items():
        file = ROOT / "fonts" / fonts["faces"][fonts["typefaces"][key][0]]["file"]
        _, families, _ = run(program("fc-scan"), "-f", "%{family}", file)
        aliases.append(
            f'<match target="pattern"><test name="family"><string>{typeface["word"]}</string></test>'
            f'<edit name="family" mode="assign" binding="strong"><string>{families.split(",")[0]}</string></edit></match>'
        )
    config = folder / "fonts.conf"
    config.write_text(
        f"<?xml version='1.0'?><fontconfig><dir>{ROOT / 'fonts'}</dir><cachedir>{folder / 'cache'}</cachedir>"
        f"{''.join(aliases)}</fontconfig>",
        encoding="utf-8",
    )
    return str(config)


# ---- what stands on a page ----


class Page:
    """A page read back: its lines of text outside tables, its tables, its text."""

    def __init__(self, page):
        found = page.find_tables()
        boxes = [table.bbox for table in found]
        inside = lambda char: any(contains(box, char) for box in boxes)
        # A page's number stands turned on a landscape page, and below all text elsewhere.
        chars = [char for char in page.chars if not char["text"].isspace()]
        lines = in_lines([char for char in chars if not inside(char) and is_level(char)])
        self.number = ""
        if lines and lines[-1].startswith("—") and lines[-1].endswith("—"):
            self.number = lines.pop()
        else:
            self.number = "".join(char["text"] for char in chars if not is_level(char))
        self.lines = lines
        self.tables = [Table(table, chars) for table in found]

    def text(self):
        return "".join(self.lines) + "".join(text for table in self.tables for text in table.texts())


class Table:
    """A table, or the part of one that stands on a page: its edges and its cells."""

    def __init__(self, table, chars):
        boxes = [cell for cell in table.cells if cell]
        self.columns = edges([x for box in boxes for x in (box[0], box[2])])
        self.rows = edges([y for box in boxes for y in (box[1], box[3])])
        self.cells = {}
        for box in boxes:
            place = (nearest(self.rows, box[1]), nearest(self.columns, box[0]))
            ends = (nearest(self.rows, box[3]), nearest(self.columns, box[2]))
            lines = in_lines([char for char in chars if contains(box, char)])
            self.cells[place] = (ends[0] - place[0], ends[1] - place[1], lines)

    def texts(self):
        return ["".join(self.cells[place][2]) for place in sorted(self.cells)]


def read_pages(path):
    import pdfplumber

    with pdfplumber.open(turned_back(path)) as pdf:
        return [Page(page) for page in pdf.pages]


def turned_back(path):
    """The file, its pages whose text stands upright seen from the right turned back, so that they can be read."""
    import io

    import pdfplumber
    import pikepdf

    with pdfplumber.open(path) as pdf:
        level = [[is_level(char) for char in page.chars] for page in pdf.pages]
    turned = [index for index, chars in enumerate(level) if chars.count(False) > len(chars) / 2]
    if not turned:
        return path
    out = io.BytesIO()
    with pikepdf.open(path) as pdf:
        for index in turned:
            pdf.pages[index].rotate(90, relative=True)
        pdf.save(out)
    return out


def is_level(char):
    """Whether a character stands upright on its page."""
    return abs(char["matrix"][1]) < 0.01 * char["size"]


def contains(box, char):
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def in_lines(chars):
    """The text of each line, from the top down. Characters are of one line when their baselines are."""
    lines = []
    for char in sorted(chars, key=lambda char: -char["matrix"][5]):
        if lines and lines[-1][0]["matrix"][5] - char["matrix"][5] < 3:
            lines[-1].append(char)
        else:
            lines.append([char])
    return [squeeze("".join(char["text"] for char in sorted(line, key=lambda char: char["x0"]))) for line in lines]


def edges(values):
    """The values, those that differ by less than a rule's weight taken for one."""
    found = []
    for value in sorted(values):
        if not found or value - found[-1] > 1.5:
            found.append(value)
    return found


def nearest(values, wanted):
    return min(range(len(values)), key=lambda index: abs(values[index] - wanted))


# ---- how they agree ----


class Agreement:
    """How two PDF files of one report agree."""

    def __init__(self, docx, converted):
        self.name = docx.stem
        ours, theirs = read_pages(docx.with_suffix(".pdf")), read_pages(converted)
        self.failures = []
        self.pages = (len(ours), len(theirs))
        if len(ours) != len(theirs):
            self.failures.append(f"{len(ours)} pages in the PDF, {len(theirs)} of the DOCX")
        self.pages_alike = self.labels_again = 0
        self.cells = self.cells_alike = self.cell_lines_alike = 0
        self.furthest_column = self.furthest_row = 0.0
        before = None
        for number, (page, other) in enumerate(zip(ours, theirs), start=1):
            self.drop_labels_shown_again(before, page, other)
            self.compare_text(number, page, other)
            self.compare_tables(number, page, other)
            before = page
        self.compare_lines(ours, theirs)

    def drop_labels_shown_again(self, before, page, other):
        """Takes the labels a table shows again at the head of our page from it, where theirs has an empty cell for
        the same rows and columns."""
        if not (before and before.tables and page.tables and other.tables):
            return
        above, table, another = before.tables[-1], page.tables[0], other.tables[0]
        last = len(above.rows) - 1
        gone_on = {(at[1], cell[1], "".join(cell[2])) for at, cell in above.cells.items() if at[0] + cell[0] == last}
        for place, cell in table.cells.items():
            text, empty = "".join(cell[2]), another.cells.get(place)
            if text and (place[1], cell[1], text) in gone_on and empty == (cell[0], cell[1], []):
                table.cells[place] = empty
                self.labels_again += 1

    def compare_text(self, number, page, other):
        if sorted(page.text()) == sorted(other.text()) and page.number == other.number:
            self.pages_alike += 1
        else:
            self.failures.append(f"page {number} has another text")

    def compare_tables(self, number, page, other):
        if len(page.tables) != len(other.tables):
            self.failures.append(f"page {number}: {len(page.tables)} tables in the PDF, {len(other.tables)} of the DOCX")
        for table, another in zip(page.tables, other.tables):
            for place in sorted(table.cells.keys() | another.cells.keys()):
                one, two = table.cells.get(place), another.cells.get(place)
                self.cells += 1
                if one and two and (one[0], one[1], "".join(one[2])) == (two[0], two[1], "".join(two[2])):
                    self.cells_alike += 1
                    self.cell_lines_alike += one[2] == two[2]
                    if one[2] != two[2]:
                        self.cell_lines = getattr(self, "cell_lines", []) + [(number, one[2], two[2])]
                else:
                    self.failures.append(f"page {number}, cell {place}: {one} in the PDF, {two} of the DOCX")
            self.furthest_column = max(self.furthest_column, furthest(table.columns, another.columns))
            self.furthest_row = max(self.furthest_row, furthest(table.rows, another.rows))
        if self.furthest_column > MOST_MM:
            self.failures.append(f"page {number}: a column's edge is {self.furthest_column:.2f} mm off")

    def compare_lines(self, ours, theirs):
        """Counts our lines that stand in the other text just so, by where in the whole text they begin and end."""
        mine, others = (spans([line for page in pages for line in page.lines]) for pages in (ours, theirs))
        self.lines, self.lines_alike = len(mine), len(set(mine) & set(others))
        self.differing = sorted(set(mine) - set(others)), sorted(set(others) - set(mine))
        if self.lines_alike < LEAST_LINES * self.lines:
            self.failures.append(f"only {self.lines_alike} of {self.lines} lines are the same")

    def figures(self):
        share = 100 * self.lines_alike / self.lines
        return [
            self.name,
            f"{self.pages_alike} of {self.pages[0]}",
            f"{self.lines_alike} of {self.lines} ({share:.1f} %)",
            f"{self.cells_alike} of {self.cells}",
            f"{self.cell_lines_alike} of {self.cells}",
            f"{self.labels_again}",
            f"{self.furthest_column:.2f} mm",
            f"{self.furthest_row:.2f} mm",
        ]

    def show(self, lines):
        print(f"{'FAIL' if self.failures else 'ok  '} {'  '.join(f'{head} {figure}' for head, figure in zip(HEADS, self.figures()))}")
        for failure in self.failures[:20]:
            print(f"     {failure}")
        if lines:
            for side, differing in zip("-+", self.differing):
                for _, _, line in differing:
                    print(f"     {side} {line}")
            for number, one, two in getattr(self, "cell_lines", []):
                print(f"     page {number}: cell {'|'.join(one)} is {'|'.join(two)}")


HEADS = ["report", "pages alike", "lines alike", "cells alike", "cells broken alike", "labels not shown again", "columns within", "rows within"]


def spans(lines):
    """Each line with where it begins and ends in the whole text."""
    found, at = [], 0
    for line in lines:
        found.append((at, at + len(line), line))
        at += len(line)
    return found


def furthest(ours, theirs):
    """The greatest distance between edges of the same number, in mm; infinite when they are not as many."""
    if len(ours) != len(theirs):
        return float("inf")
    return max((abs(a - b) / POINTS_PER_MM for a, b in zip(ours, theirs)), default=0.0)


def markdown(agreements):
    rows = [HEADS, ["---"] * len(HEADS), *(agreement.figures() for agreement in agreements)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


BEGIN, END = "<!-- figures of agree.py -->\n", "\n<!-- end -->"


def is_documented(path, table):
    """Whether the file has the table between its two marks; with BLESS=1 it has it afterwards."""
    text = path.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    found, end, after = rest.partition(END)
    if not end:
        sys.exit(f"{path} has no place for the figures, between {BEGIN.strip()} and {END.strip()}")
    if found != table and os.environ.get("BLESS") == "1":
        path.write_text(before + BEGIN + table + END + after, encoding="utf-8")
        return True
    return found == table


if __name__ == "__main__":
    sys.exit(main())
