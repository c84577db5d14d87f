"""Inputs made to exhaust, given to the program as it ships: what it says, and the most memory it took.

    hostile.py PROGRAM FOLDER

Peak memory is that of the whole process, as the system counts it (ru_maxrss), fonts in the program included.
"""

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MB = 1024 * 1024


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


def main(program: str, folder: Path) -> int:
    wrong = 0
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
