#!/usr/bin/env python3
"""How cost grows with the number of reports, and what a run that is killed leaves: many.py KANYIN FOLDER

Makes 5,000 reports in FOLDER (`tests/conformance/generate.py`), sets 1, 10, 100, 1,000 and 5,000 of them as PDF on two
threads, and prints CPU time and peak memory. Then a run of all is killed half way (SIGKILL) and taken up again with
`--skip-unchanged`; it must end with the same files, byte for byte.
"""

import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
COUNTS = (1, 10, 100, 1000, 5000)


def build(kanyin, reports, out, *options):
    command = [kanyin, "build", str(reports), "--out-dir", str(out), "--format", "pdf", "--jobs", "2", *options]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def growth(kanyin, folder):
    print(f"{'reports':>8}{'CPU s':>9}{'ms each':>9}{'peak MB':>9}")
    names = sorted(os.listdir(folder / "all"))
    for count in COUNTS:
        part = folder / f"in-{count}"
        part.mkdir()
        for name in names[:count]:
            os.link(folder / "all" / name, part / name)
        running = build(kanyin, part, folder / f"out-{count}")
        _, status, used = os.wait4(running.pid, 0)
        made = len(os.listdir(folder / f"out-{count}"))
        assert status == 0 and made == count, f"{made} of {count}, status {status}"
        cpu = used.ru_utime + used.ru_stime
        print(f"{count:8}{cpu:9.2f}{1000 * cpu / count:9.2f}{used.ru_maxrss / 1024:9.1f}", flush=True)


def killed(kanyin, folder):
    manifest, out = folder / "manifest.jsonl", folder / "out-killed"
    options = ("--manifest", str(manifest), "--skip-unchanged")
    running = build(kanyin, folder / "all", out, *options)
    while running.poll() is None and not (manifest.exists() and manifest.read_bytes().count(b"\n") >= COUNTS[-1] // 2):
        time.sleep(0.02)
    running.kill()
    running.wait()
    whole = len([name for name in os.listdir(out) if name.endswith(".pdf")])
    assert build(kanyin, folder / "all", out, *options).wait() == 0
    made = folder / f"out-{COUNTS[-1]}"
    names = sorted(os.listdir(made))
    assert sorted(os.listdir(out)) == names, "files are missing or left over"
    assert all((out / name).read_bytes() == (made / name).read_bytes() for name in names), "files differ"
    print(f"killed after {whole} files, taken up again: {len(names)} files, the same bytes")


def main():
    kanyin, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True)
    generate = ROOT / "tests/conformance/generate.py"
    subprocess.run([generate, str(COUNTS[-1]), folder / "all"], check=True, stdout=subprocess.DEVNULL)
    growth(kanyin, folder)
    killed(kanyin, folder)


if __name__ == "__main__":
    main()
