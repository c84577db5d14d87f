#!/usr/bin/env python3
"""Checks DOCX files: is each a sound Word document, and can others open it?

  package      the zip is sound; every part has a content type and is well-formed XML without a DTD; relationships
               lead to parts that are there
  references   what the schema cannot see: styles and numberings that are named are defined, relationships that are
               named exist, every table cell ends with a paragraph, every row covers the grid, vertical merges go on
               from a cell that is open, bookmarks and fields that begin also end
  sdk          the Open XML SDK finds no error of schema or meaning
  libreoffice  LibreOffice opens the file, and every character of its text is on the pages it makes of it

Exit status: 0 all files pass, 1 some file fails, 2 wrong use or a tool is missing.
"""

import json
import posixpath
import sys
import tempfile
import zipfile
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

from verdict import ROOT, Verdict, arguments, conclude, program, run, squeeze

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
MAIN_DOCUMENT = R[1:-1] + "/officeDocument"
STYLE_KINDS = {W + "pStyle": "paragraph", W + "rStyle": "character", W + "tblStyle": "table"}


def main():
    options = arguments(__doc__, ".docx")
    verdicts = [Verdict(file) for file in options.files]
    for verdict in verdicts:
        verdict.parts = {}
        verdict.ask("package", check_package)
        verdict.ask("references", check_references)
        verdict.ask("sdk", check_sdk)
        verdict.ask("libreoffice", check_libreoffice)
    return conclude(verdicts, options.allow_missing)


# ---- the package ----


def check_package(verdict):
    """Reads every part into `verdict.parts`: the root element of an XML part, the bytes of another."""
    try:
        with zipfile.ZipFile(verdict.path) as package:
            names = [entry.filename for entry in package.infolist()]
            data = {name: package.read(name) for name in names}
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        verdict.fail("package", f"not a sound zip file: {error}")
        return
    for name, count in Counter(name.lower() for name in names).items():
        if count > 1:
            verdict.fail("package", f"{count} parts are named {name}")
    for name, content in data.items():
        is_xml = name.endswith((".xml", ".rels"))
        verdict.parts[name] = parse(verdict, name, content) if is_xml else content
    check_content_types(verdict)
    check_relationships(verdict)


def parse(verdict, name, content):
    if b"<!DOCTYPE" in content[:2000]:
        verdict.fail("package", f"{name} has a DTD")
    try:
        return etree.fromstring(content, etree.XMLParser(no_network=True, resolve_entities=False))
    except etree.XMLSyntaxError as error:
        verdict.fail("package", f"{name} is not well-formed: {error}")
        return None


def check_content_types(verdict):
    types = verdict.parts.get("[Content_Types].xml")
    if types is None:
        verdict.fail("package", "[Content_Types].xml is missing")
        return
    extensions = {element.get("Extension", "").lower() for element in types.iter(TYPES + "Default")}
    named = [unquote(element.get("PartName", "")).lstrip("/") for element in types.iter(TYPES + "Override")]
    for name in named:
        if name not in verdict.parts:
            verdict.fail("package", f"a content type is given for {name}, which is not there")
    for name in verdict.parts:
        if name not in named and name.rpartition(".")[2].lower() not in extensions and name != "[Content_Types].xml":
            verdict.fail("package", f"{name} has no content type")


def check_relationships(verdict):
    main = False
    for name, root in verdict.parts.items():
        if not name.endswith(".rels") or root is None:
            continue
        source = source_of(name)
        if source and source not in verdict.parts:
            verdict.fail("package", f"{name} gives relationships of {source}, which is not there")
        identifiers = [element.get("Id") for element in root.iter(RELATIONSHIPS + "Relationship")]
        if len(set(identifiers)) < len(identifiers):
            verdict.fail("package", f"{name}: an identifier is given twice")
        for element in root.iter(RELATIONSHIPS + "Relationship"):
            if element.get("TargetMode") == "External":
                continue
            target = target_of(source, element.get("Target", ""))
            if target not in verdict.parts:
                verdict.fail("package", f"{name}: {element.get('Id')} leads to {target}, which is not there")
            main |= not source and element.get("Type") == MAIN_DOCUMENT and target in verdict.parts
    if not main:
        verdict.fail("package", "no main document")


def source_of(rels):
    """The part whose relationships a `.rels` part gives; empty for those of the package."""
    folder, name = posixpath.split(rels)
    return posixpath.join(posixpath.dirname(folder), name.removesuffix(".rels"))


def target_of(source, target):
    path = unquote(target.partition("#")[0])
    return path.lstrip("/") if path.startswith("/") else posixpath.normpath(posixpath.join(posixpath.dirname(source), path))


# ---- what the schema cannot see ----


def check_references(verdict):
    styles, numberings = defined_styles(verdict), defined_numberings(verdict)
    for name, root in verdict.parts.items():
        if isinstance(root, etree._Element) and root.tag.startswith(W):
            check_names(verdict, name, root, styles, numberings)
            check_pairs(verdict, name, root)
            for cell in root.iter(W + "tc"):
                if len(cell) == 0 or cell[-1].tag != W + "p":
                    verdict.fail("references", f"{name}:{cell.sourceline}: a table cell does not end with a paragraph")
            for table in root.iter(W + "tbl"):
                check_table(verdict, name, table)


def defined_styles(verdict):
    root = verdict.parts.get("word/styles.xml")
    styles = {}
    for style in root.iter(W + "style") if root is not None else ():
        identifier = style.get(W + "styleId")
        if identifier in styles:
            verdict.fail("references", f"word/styles.xml: two styles are named {identifier}")
        styles[identifier] = style.get(W + "type")
    for link in ("basedOn", "next", "link"):
        for element in root.iter(W + link) if root is not None else ():
            if element.get(W + "val") not in styles:
                verdict.fail("references", f"word/styles.xml: {link} names the style {element.get(W + 'val')}, which is not defined")
    return styles


def defined_numberings(verdict):
    root = verdict.parts.get("word/numbering.xml")
    return {number.get(W + "numId") for number in root.iter(W + "num")} | {"0"} if root is not None else {"0"}


def check_names(verdict, part, root, styles, numberings):
    folder, name = posixpath.split(part)
    rels = verdict.parts.get(posixpath.join(folder, "_rels", name + ".rels"))
    relationships = {element.get("Id") for element in rels} if rels is not None else set()
    for element in root.iter("*"):
        value = element.get(W + "val")
        if element.tag in STYLE_KINDS and styles.get(value) != STYLE_KINDS[element.tag]:
            verdict.fail("references", f"{part}:{element.sourceline}: no {STYLE_KINDS[element.tag]} style {value}")
        elif element.tag == W + "numId" and element.getparent().tag == W + "numPr" and value not in numberings:
            verdict.fail("references", f"{part}:{element.sourceline}: no numbering {value}")
        for attribute, identifier in element.attrib.items():
            if attribute.startswith(R) and identifier not in relationships:
                verdict.fail("references", f"{part}:{element.sourceline}: no relationship {identifier}")


def check_pairs(verdict, part, root):
    begun = Counter(element.get(W + "id") for element in root.iter(W + "bookmarkStart"))
    ended = Counter(element.get(W + "id") for element in root.iter(W + "bookmarkEnd"))
    names = Counter(element.get(W + "name") for element in root.iter(W + "bookmarkStart"))
    if begun != ended or any(count > 1 for count in (begun | names).values()):
        verdict.fail("references", f"{part}: bookmarks are doubled, or do not begin and end once each")
    depth = 0
    for field in root.iter(W + "fldChar"):
        depth += {"begin": 1, "end": -1}.get(field.get(W + "fldCharType"), 0)
        if depth < 0:
            break
    if depth != 0:
        verdict.fail("references", f"{part}: fields do not begin and end in pairs")


def check_table(verdict, part, table):
    width = len(table.findall(f"{W}tblGrid/{W}gridCol"))
    open_merges = {}
    for number, row in enumerate(table.findall(W + "tr"), 1):
        column, merges = grid_value(row, "trPr", "gridBefore", 0), {}
        for cell in row.findall(W + "tc"):
            span = grid_value(cell, "tcPr", "gridSpan", 1)
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            if merge is not None:
                merges[column] = span
                if merge.get(W + "val") != "restart" and open_merges.get(column) != span:
                    verdict.fail("references", f"{part}: row {number}: no merge of {span} columns is open at column {column + 1}")
            column += span
        column += grid_value(row, "trPr", "gridAfter", 0)
        if column != width:
            verdict.fail("references", f"{part}: row {number} covers {column} columns, the grid has {width}")
        open_merges = merges


def grid_value(element, properties, name, default):
    found = element.find(f"{W}{properties}/{W}{name}")
    return int(found.get(W + "val")) if found is not None else default


# ---- others ----


def check_sdk(verdict):
    tool = program("ooxml-validator", ROOT / "node_modules/.bin/ooxml-validator")
    status, out, err = run(tool, verdict.path)
    try:
        errors = json.loads(out).get("errors", [])
    except ValueError:
        verdict.fail("sdk", f"no answer (exit status {status}): {err.strip()[-300:]}")
        return
    for error in errors:
        place = (error.get("path") or "").lstrip("/")
        verdict.fail("sdk", f"{place}: {(error.get('description') or '').strip()} ({error.get('xPath') or error.get('id')})")
    if status != 0 and not errors:
        verdict.fail("sdk", f"exit status {status}")


def check_libreoffice(verdict):
    tool = program("soffice")
    program("pdftotext")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = (tool, profile, "--headless", "--convert-to", "pdf", "--outdir", out, verdict.path)
        status, _, err = run(*command, environment={"FONTCONFIG_FILE": fonts(Path(folder))})
        made = out / (Path(verdict.path).stem + ".pdf")
        if not made.is_file():
            verdict.fail("libreoffice", f"it makes no pages of the file (exit status {status}): {err.strip()[-300:]}")
            return
        drawn = Counter(squeeze(run(program("pdftotext"), "-raw", made, "-")[1]))
    document = verdict.parts.get("word/document.xml")
    if document is None:
        return  # said by `check_package`
    written = Counter(squeeze("".join(text.text or "" for text in document.iter(W + "t"))))
    if lost := written - drawn:
        verdict.fail("libreoffice", f"{lost.total()} characters are not on its pages: {''.join(lost.elements())[:60]}")


def fonts(folder):
    """Lets LibreOffice find the faces of this repository, whatever the machine has."""
    config = folder / "fonts.conf"
    directories = f"<dir>{ROOT / 'fonts'}</dir><dir>/usr/share/fonts</dir><cachedir>{folder / 'cache'}</cachedir>"
    config.write_text(f"<?xml version='1.0'?><fontconfig>{directories}</fontconfig>", encoding="utf-8")
    return str(config)


if __name__ == "__main__":
    sys.exit(main())
