"""Every Han character of 通用规范汉字表, set in every face that claims them all, read back with poppler's pdftotext.

    characters.py PROGRAM FOLDER

makes a report of the 8,105 characters for each face, has PROGRAM build it in FOLDER with that face as the typeface of
text, and compares what pdftotext finds with what was given.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# By typeface, the face that stands for it: the first of its chain in fonts/fonts.toml.
FACES = {
    "仿宋": "ZhuqueFangsong-Regular.ttf",
    "楷体": "LXGWWenKaiGBLite-Regular.ttf",
    "黑体": "NotoSansCJKsc-Medium.trimmed.otf",
    "小标宋": "NotoSerifCJKsc-SemiBold.trimmed.otf",
    "宋体": "NotoSerifSC-Regular.otf",
}


def main(program: str, folder: Path) -> int:
    lines = (ROOT / "tests/characters/general-standard.txt").read_text("utf-8").split()
    given = "".join(lines)
    assert len(given) == len(set(given)) == 8105
    report = json.loads((ROOT / "samples/smallest-2024.json").read_text("utf-8"))
    report["sections"]["overview"] = ["甲乙丙丁起", *lines, "戊己庚辛止"]
    source = folder / "general-standard.json"
    source.write_text(json.dumps(report, ensure_ascii=False), "utf-8")
    wrong = 0
    for typeface, face in FACES.items():
        pdf = folder / f"general-standard-{face}.pdf"
        font = f"fangsong={ROOT / 'fonts' / face}"
        built = subprocess.run(
            [program, "build", source, "-o", pdf, "--font", font, "--lang", "en"], capture_output=True, text=True
        )
        borrowed = [line for line in built.stderr.splitlines() if "is set in" in line]
        text = subprocess.run(["pdftotext", "-raw", pdf, "-"], capture_output=True, text=True, check=True).stdout
        text = re.sub(r"— \d+ —", "", text)
        text = re.sub(r"\s", "", text)
        found = text.partition("甲乙丙丁起")[2].partition("戊己庚辛止")[0]
        same = built.returncode == 0 and found == given and not borrowed
        wrong += not same
        print(f"{'ok  ' if same else 'FAIL'} {typeface} {face}: {len(found)} of {len(given)} characters read back")
        if not same:
            print(built.stderr[:500], borrowed[:3])
            at = next((i for i, (a, b) in enumerate(zip(given, found)) if a != b), min(len(given), len(found)))
            print(f"  first difference at {at}: {given[at:at + 5]} / {found[at:at + 5]}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(str(Path(sys.argv[1]).resolve()), Path(sys.argv[2]).resolve()))
