#!/usr/bin/env python3
"""Makes the pictures in docs/: the gallery of the Sanmenxia report and the specimen of the rules.

    cargo build --release && docs/pictures.py [target/release/kanyin]

Needs poppler's pdftoppm. Writes docs/gallery/*.png, docs/specimen/*.png and docs/specimen.md.
The specimen is a report like any other: each rule is a paragraph of it, cut out of the page by the places
that `kanyin build --format pages` tells.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
KANYIN = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "target/release/kanyin").resolve()

# What the rule says and where it stands; the paragraph that shows it.
RULES = [
    ("A full line has 28 cells of 5.571 mm (15.79 pt) and fills the measure of 156 mm. GB/T 9704 5.2.3.",
     "本段没有标点也没有数字每行恰好二十八字首行缩进二字其余各行顶格排满版心不多一字也不少一字左右两端与版心边线对齐字与字之间距离相等"),
    ("Stops, commas and closing marks never start a line (避头): marks before them are squeezed to take them in. GB/T 15834 5.1.1–5.1.3.",
     "各部门要及时、准确公开政府信息，认真答复好每一件申请。依法依规保护好第三方的合法权益，做到应公开尽公开。"),
    ("Where nothing can be squeezed, the line is broken a character earlier and stretched evenly. CLREQ 6.3.2.",
     "全市各级行政机关认真贯彻落实条例规定全面推进各项任务。全年工作平稳有序开展。"),
    ("Opening marks never end a line (避尾). GB/T 15834 5.1.3.",
     "市政府办公厅会同有关部门制定印发了今年的工作要点，《政务公开工作要点》逐项明确责任单位。"),
    ("Two marks together take one and a half cells (标点挤压). CLREQ 3.1.6.",
     "坚持“公开为常态、不公开为例外”，落实《条例》《规定》（试行），做到“先审查、后公开”“一事一审”。"),
    ("A full-width mark at the end of a line takes half a cell, an opening mark at its start too; no mark hangs outside. GB/T 15834 5.1.10.",
     "（区分处理的情形）应当单独统计，不得重复计算到其他各种情形之中去，\u201c三安全一稳定\u201d等情形依照规定执行，不得随意扩大。"),
    ("—— and …… take two cells, in the middle of them, and are never split. GB/T 15834 5.1.4, 5.1.5.",
     "公开内容涵盖教育、医疗、就业、社会保障……群众关心什么就公开什么——让公开成为习惯，让监督成为常态，让服务成为自觉——这是目标。"),
    ("Numbers stay on one line with their units and their marks: years, percentages, document numbers, standards. GB/T 15835.",
     "依据国办公开办函〔2021〕30号和GB/T 9704—2012，2025年全市受理申请14069件，比上年增长12.75%，第5条所列事项全部办结。"),
    ("Between Han characters and Western letters or digits a quarter em, squeezed to an eighth or stretched to a third first. CLREQ 6.3.",
     "“一网通办”APP注册用户1000万人，提供PDF、DOCX、OFD三种格式下载，支持IPv6访问。"),
    ("Quotation marks, dashes and ellipses beside Han text belong to the Chinese face and take a full cell; between Western letters they do not.",
     "他说：“好……”——这是中文。The office said “done” — don’t ask twice. 数字之间用1—5表示起止。"),
    ("The last line is not a single character, with or without its mark: one more comes down from the line above. GB/T 15834 5.1.11, CLREQ 3.1.7.",
     "全年共组织开展政府信息公开业务培训班和专题讲座十二期参加人员九百余人次效果明显群众满意度持续提升各方好评很多。"),
    ("A long address is broken after a slash or a dot, and nowhere else.",
     "报告电子版可在政府门户网站下载，网址为https://www.example.gov.cn/zwgk/zfxxgk/zfxxgknb/2025/index.html，欢迎查阅。"),
    ("A heading run into its paragraph is 楷体 and its quotation marks, narrow in that face, are set in full cells. GB/T 9704 7.3.3.",
     "（一）推进“互联网+政务”公开。正文接排，用仿宋，引号“如此”。"),
    ("Rare characters of names are set from the faces behind the first; one that no face has is an error with its place.",
     "联系人：周䶮、李𫖯；地址：云渡区㙍头路9号；另有𬭳、𪩘、𬱖等字。"),
]


def kanyin(*arguments):
    subprocess.run([KANYIN, *map(str, arguments)], check=True)


def crop(pdf, page, top, bottom, name, left=24.0, right=188.0, dpi=110):
    """Cuts a band out of a page; all in millimetres."""
    def px(mm):
        return str(round(mm / 25.4 * dpi))
    box = ["-x", px(left), "-y", px(top), "-W", px(right - left), "-H", px(bottom - top)]
    target = DOCS / "specimen" / name
    subprocess.run(["pdftoppm", "-gray", "-r", str(dpi), "-f", str(page), "-l", str(page), *box, "-png", "-singlefile",
                    pdf, target.with_suffix("")], check=True)


def places(dump):
    """For each node the bands of the pages its text stands on: [(page, first baseline, last baseline)], and its text."""
    bands, texts, page = {}, {}, 0
    for line in dump.splitlines():
        if line.startswith("page "):
            page = int(line.split()[1])
            continue
        found = re.match(r"  (\d+) text [\d.]+–[\d.]+ ([\d.]+) face \d+ [\d.]+pt (.*)$", line)
        if found:
            node, y, text = int(found[1]), float(found[2]), found[3]
            texts[node] = texts.get(node, "") + text
            bands.setdefault(node, {}).setdefault(page, []).append(y)
    return {node: ([(page, min(ys), max(ys)) for page, ys in pages.items()], texts[node]) for node, pages in bands.items()}


def gallery(folder):
    target = DOCS / "gallery"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    pdf = folder / "sanmenxia.pdf"
    kanyin("build", ROOT / "samples/sanmenxia-2020.json", "-o", pdf)
    subprocess.run(["pdftoppm", "-gray", "-r", "80", "-png", pdf, target / "sanmenxia-2020"], check=True)


def specimen(folder):
    target = DOCS / "specimen"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    report = json.loads((ROOT / "samples/sanmenxia-2020.json").read_text(encoding="utf-8"))
    report["agency"] = "样张"
    report["title"] = ["样张"]
    report["sections"]["overview"] = [text for _, text in RULES]
    source, pdf, dump = folder / "specimen.json", folder / "specimen.pdf", folder / "specimen.txt"
    source.write_text(json.dumps(report, ensure_ascii=False), encoding="utf-8")
    kanyin("build", source, "-o", pdf)
    kanyin("build", source, "--format", "pages", "-o", dump)
    nodes = places(dump.read_text(encoding="utf-8"))
    out = ["# The rules of the line, each with what it does", "",
           "Made by `docs/pictures.py` from a report like any other; the pictures are cut out of its pages. The frame of",
           "each picture is 4 mm wider than the type area on either side.", ""]
    for number, (rule, text) in enumerate(RULES, 1):
        bands = {}
        for parts, said in nodes.values():
            # A heading run into its paragraph is a node of its own.
            if said and (said == text or (len(said) > 5 and text.startswith(said)) or (len(said) > 8 and text.endswith(said))):
                for page, first, last in parts:
                    low, high = bands.get(page, (first, last))
                    bands[page] = (min(low, first), max(high, last))
        if not bands:
            sys.exit(f"the paragraph of rule {number} is not on the pages")
        out += [f"**{number}.** {rule}", ""]
        for page, (first, last) in sorted(bands.items()):
            name = f"rule-{number:02}-{page}.png"
            crop(pdf, page, first - 7.5, last + 4.0, name)
            out += [f"![{text}](specimen/{name})", ""]
    (DOCS / "specimen.md").write_text("\n".join(out), encoding="utf-8")


with tempfile.TemporaryDirectory() as name:
    gallery(pathlib.Path(name))
    specimen(pathlib.Path(name))
