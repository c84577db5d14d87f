"""Inputs made to exhaust, given to the program as it ships: what it says, and the most memory it took.

    hostile.py PROGRAM FOLDER

Peak memory is that of the whole process, as the system counts it (ru_maxrss), fonts in the program included.
"""

import io
import json
import os
import sys
import zipfile
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MB = 1024 * 1024
# The most memory that a PDF or a Word document may take, in MB.
MOST_OF_OTHERS = 700


def run(arguments: list[str], folder: Path) -> tuple[int, str, int]:
    """The exit status, what was said, and the peak memory in MB."""
    said = folder / "said.txt"
    pid = os.fork()
    if pid == 0:
        os.chdir(folder)
        with open(said, "wb") as out:
            os.dup2(out.fileno(), 1)
            os.dup2(out.fileno(), 2)
        os.execve(arguments[0], arguments, {**os.environ, "LC_ALL": "C"})
    _, status, usage = os.wait4(pid, 0)
    return os.waitstatus_to_exitcode(status), said.read_text("utf-8", "replace"), usage.ru_maxrss // 1024


def reports() -> dict[str, tuple[str, int, int]]:
    """By name: the JSON, the status it must end with, and the most memory it may take in MB."""
    sample = json.loads((ROOT / "samples/smallest-2024.json").read_text("utf-8"))

    def overview(paragraphs: list[str]) -> str:
        sections = {**sample["sections"], "overview": paragraphs}
        return json.dumps({**sample, "sections": sections}, ensure_ascii=False)

    mixed = "政府信息公开，2024年（一）“公开”。" * 900
    head = '{"agency": "局", "year": 2025, '
    return {
        "the most text there can be": (overview([mixed] * (999_000 // len(mixed))), 0, 700),
        "the most paragraphs there can be": (overview(["（一）标题"] * 5000), 0, 300),
        "words that never end": (overview(["a" * 20_000] * 45), 0, 700),
        "marks alone": (overview(["（" * 20_000] * 45), 0, 700),
        "marks that all ask for a neighbour": (overview(["—…·“”" * 4_000] * 45), 0, 700),
        "a million keys": (head + ",".join(f'"{n:x}":0' for n in range(600_000)) + "}", 1, 300),
        "a million wrong values": (
            head + '"tables": {' + ",".join(
                f'"{t}":{{' + ",".join(f'"{r}":null' for r in range(500)) + "}" for t in range(500)
            ) + "}}", 1, 300),
        "nesting without end": ("[" * (8 * MB), 1, 300),
        "objects without end": ('{"a":' * (8 * MB // 5), 1, 300),
        "nesting that ends": ("[" * (4 * MB) + "]" * (4 * MB), 1, 300),
        "more than a file can have": ("[" + "0," * (8 * MB), 1, 300),
        "nothing but zeros": ("\0" * (8 * MB), 1, 300),
        "a string of escapes": ('"' + "\\u0041" * (8 * MB // 6 - 1) + '"', 1, 300),
    }


class Pdf:
    """A PDF that is written object by object, its cross-references in a stream."""

    def __init__(self, catalog: str = "", pages: tuple[int, ...] = ()):
        self.out = bytearray(b"%PDF-1.7\n")
        self.entries: dict[int, tuple[int, int]] = {}
        self.object(1, f"<</Type/Catalog/Pages 2 0 R{catalog}>>".encode())
        kids = " ".join(f"{page} 0 R" for page in pages)
        self.object(2, f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode())

    def object(self, number: int, body: bytes):
        self.entries[number] = (1, len(self.out))
        self.out += b"%d 0 obj\n%b\nendobj\n" % (number, body)

    def stream(self, number: int, entries: str, content: bytes):
        packed = zlib.compress(content, 9)
        head = f"<</Length {len(packed)}/Filter/FlateDecode{entries}>>stream\n".encode()
        self.object(number, head + packed + b"\nendstream")

    def packed(self, container: int, number: int, body: bytes):
        index = f"{number} 0 ".encode()
        self.stream(container, f"/Type/ObjStm/N 1/First {len(index)}", index + body)
        self.entries[number] = (2, container)

    def end(self) -> bytes:
        own, start = max(self.entries) + 1, len(self.out)
        self.entries[own] = (1, start)
        numbers = sorted(self.entries)
        table = b"".join(
            bytes([self.entries[n][0]]) + self.entries[n][1].to_bytes(4, "big") + b"\0" for n in numbers)
        index = " ".join(f"{n} 1" for n in numbers)
        self.stream(own, f"/Type/XRef/W[1 4 1]/Index[{index}]/Size {own + 1}/Root 1 0 R", table)
        return bytes(self.out + f"startxref\n{start}\n%%EOF\n".encode())


def pdfs() -> dict[str, bytes]:
    """PDFs by name, none of which is read."""
    numbers = Pdf()
    numbers.packed(4, 3, b"[" + b"0 " * 25_000_000 + b"]")
    streams = Pdf()
    for number in range(100):
        streams.packed(100 + number, 1000 + number, b"[" + b"0 " * 2_000_000 + b"]")
    objects = Pdf()
    objects.entries.update({10 + number: (1, 9) for number in range(2_000_000)})
    nested = Pdf()
    for number in range(10, 100_000):
        nested.entries[number] = (1, len(nested.out))
        nested.out += b"%d 0 obj [\n0 %%" % number
    attached = Pdf(catalog=f"/AF[{'3 0 R ' * 1000}]")
    attached.object(3, b"<</F(a)/AFRelationship/Data/EF<</F 4 0 R>>>>")
    attached.stream(4, "", bytes(64 * MB))
    made = {"numbers": numbers, "object streams": streams, "objects": objects, "objects in objects": nested,
            "attachments": attached}
    return {name: pdf.end() for name, pdf in made.items()}


def documents() -> dict[str, bytes]:
    """Word documents by name, none of which is read."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

    def relationships(inside: str) -> str:
        return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inside}</Relationships>'

    def docx(body: str, related: str = "", parts: dict[str, str] | None = None) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
            main = f'<Relationship Id="a" Type="{office}/officeDocument" Target="w/d.xml"/>'
            package.writestr("_rels/.rels", relationships(main))
            package.writestr("w/_rels/d.xml.rels", relationships(related))
            package.writestr("w/d.xml", f'<w:document xmlns:w="{word}"><w:body>{body}</w:body></w:document>')
            for name, text in (parts or {}).items():
                package.writestr(name, text)
        return out.getvalue()

    declared = "".join(f" xmlns:n{number}='u'" for number in range(900))
    custom = "".join(f'<Relationship Id="x{n}" Type="{office}/customXml" Target="x{n}.xml"/>' for n in range(900))
    return {
        "namespaces": docx(f"<a{declared}>" + "<n899:a xmlns:m='u'/>" * 100_000 + "</a>"),
        "tables": docx("<w:tbl/>" * 1_900_000),
        "notes": docx("<w:p>" + "<w:footnoteReference/>" * 1_900_000 + "</w:p>"),
        "parts": docx("", custom, {f"w/x{n}.xml": " " * (8 * MB) for n in range(100)}),
    }


def main(program: str, folder: Path) -> int:
    wrong = 0
    others = [("PDF", "pdf", "extract", pdfs()), ("Word document", "docx", "import", documents())]
    for kind, ending, verb, files in others:
        for name, content in files.items():
            (folder / f"hostile.{ending}").write_bytes(content)
            ended, said, memory = run([program, verb, f"hostile.{ending}", "-o", "hostile.out"], folder)
            right = ended in (1, 2) and said.startswith("error: ") and memory <= MOST_OF_OTHERS and len(said) < MB
            wrong += not right
            print(f"{'ok  ' if right else 'FAIL'} {kind}, {name}: {len(content) // 1024} KB, status {ended}, "
                  f"{memory} MB (at most {MOST_OF_OTHERS}): {said[:120].strip()}")
    for name, (text, status, most) in reports().items():
        (folder / "hostile.json").write_text(text, "utf-8")
        build = [program, "build", "hostile.json", "-o", "hostile.pdf", "-o", "hostile.docx"]
        ended, said, memory = run(build, folder)
        right = ended == status and memory <= most and len(said) < 8 * MB
        right = right and (status == 0 or said.startswith("error: "))
        wrong += not right
        print(f"{'ok  ' if right else 'FAIL'} {name}: status {ended}, {memory} MB (at most {most})")
        if not right:
            print(said[:500])
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(str(Path(sys.argv[1]).resolve()), Path(sys.argv[2]).resolve()))
