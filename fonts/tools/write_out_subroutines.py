#!/usr/bin/env python3
"""Frees an OpenType CFF font of its subroutines, and makes sure that nothing else of it changed.

    write_out_subroutines.py IN.otf OUT.otf

Needs fonttools 4.68.0. A glyph without subroutines can be copied into a document as it stands; one with subroutines
has to be taken apart first, which costs more than setting the document does. OUT has the glyphs, widths, characters
and layout tables of IN; its name table says what was done (IDs 5 and 10).
"""

import sys

from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont

NOTE = "Subroutines of the CFF table written out, with fonttools 4.68.0, for kanyin."


def write_out(source, target):
    font = TTFont(source, recalcTimestamp=False, lazy=True)
    font["CFF "].cff.desubroutinize()
    name = font["name"]
    for record in list(name.names):
        if record.nameID == 5:
            text = record.toUnicode() + "; no subroutines"
            name.setName(text, 5, record.platformID, record.platEncID, record.langID)
        if record.nameID == 10:
            name.setName(f"{record.toUnicode()} {NOTE}", 10, record.platformID, record.platEncID, record.langID)
    if name.getDebugName(10) is None:
        name.setName(NOTE, 10, 3, 1, 0x409)
    font.save(target, reorderTables=None)


def compare(source, target):
    a, b = (TTFont(path, lazy=True) for path in (source, target))
    assert a.getGlyphOrder() == b.getGlyphOrder()
    for tag in ("cmap", "hmtx", "hhea", "vmtx", "vhea", "maxp", "OS/2", "GSUB", "GPOS", "GDEF"):
        assert (tag in a) == (tag in b) and (tag not in a or a.reader[tag] == b.reader[tag]), tag
    before, after = a.getGlyphSet(), b.getGlyphSet()
    for glyph in a.getGlyphOrder():
        first, second = RecordingPen(), RecordingPen()
        before[glyph].draw(first)
        after[glyph].draw(second)
        assert first.value == second.value, glyph
    cff = b["CFF "].cff
    assert len(cff.GlobalSubrs) == 0
    assert not any(hasattr(font.Private, "Subrs") for font in cff.topDictIndex[0].FDArray)
    return len(a.getGlyphOrder())


if __name__ == "__main__":
    write_out(*sys.argv[1:3])
    print(f"{sys.argv[2]}: {compare(*sys.argv[1:3])} glyphs, all as they were")
