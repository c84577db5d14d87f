#!/usr/bin/env python3
"""Compares what a screen reader meets in a PDF with a golden: elements, spans and text in reading order.

  structure.py GOLDEN.txt FILE.pdf          BLESS=1 writes the golden instead

What is read is what poppler tells (pdfinfo -struct-text), without the titles of headings, which it prints as raw bytes.

Exit status: 0 as before, 1 something differs, 2 wrong use or a tool is missing.
"""

import difflib
import os
import re
import sys
from pathlib import Path

from verdict import Missing, program, run


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    golden, pdf = Path(sys.argv[1]), sys.argv[2]
    try:
        _, tree, _ = run(program("pdfinfo"), "-struct-text", pdf)
    except Missing as missing:
        print(f"not installed: {missing} (see tests/conformance/install)", file=sys.stderr)
        return 2
    tree = re.sub(r'^( *H\d) ".*" \(block\)$', r"\1 (block)", tree, flags=re.MULTILINE)
    if os.environ.get("BLESS"):
        golden.write_text(tree, encoding="utf-8")
        return 0
    wanted = golden.read_text(encoding="utf-8") if golden.exists() else ""
    if tree == wanted and tree.strip():
        print(f"ok   {pdf}  ({len(tree.splitlines())} lines of structure)")
        return 0
    print(f"FAIL {pdf}: the structure is not that of {golden}; BLESS=1 accepts it")
    for line in list(difflib.unified_diff(wanted.splitlines(), tree.splitlines(), "golden", "now", lineterm="", n=1))[:30]:
        print(f"     {line}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
