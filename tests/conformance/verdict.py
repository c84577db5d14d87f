"""What the checks share: running a tool, noting what was found, and saying it.

A check notes failures and warnings in a `Verdict`, one for each file. A tool that is not installed is noted as
missing, which `conclude` turns into exit status 2 unless it is allowed.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


class Missing(Exception):
    """A tool that is not installed."""


class Verdict:
    """What was found about one file."""

    def __init__(self, path):
        self.path = path
        self.ran = []
        self.failures = []
        self.warnings = []
        self.missing = []

    def fail(self, tool, message):
        self.failures.append(one_line(f"{tool}: {message}"))

    def warn(self, tool, message):
        self.warnings.append(one_line(f"{tool}: {message}"))

    def ask(self, tool, check, *arguments):
        """Runs a check, which fails or warns through this verdict, and notes that it ran or what it misses."""
        try:
            check(self, *arguments)
            self.ran.append(tool)
        except Missing as missing:
            self.missing.append(str(missing))

    def show(self):
        """Prints the verdict, a line for each finding."""
        word = "FAIL" if self.failures else "ok  "
        print(f"{word} {self.path}  ({', '.join(self.ran)})")
        for kind, findings in (("failure", self.failures), ("warning", self.warnings)):
            for finding in findings[:20]:
                print(f"     {kind}: {finding}")
            if len(findings) > 20:
                print(f"     and {len(findings) - 20} more")


def program(name, place=None):
    """The path of a program; `place` is looked at first."""
    if place is not None and Path(place).is_file():
        return str(place)
    found = shutil.which(name)
    if found is None:
        raise Missing(name)
    return found


def run(*command, text_in=None, seconds=300, environment=None):
    """Runs a command and returns its exit status, standard output and standard error."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            input=text_in,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=seconds,
            env={**os.environ, **(environment or {})},
        )
    except subprocess.TimeoutExpired:
        return 124, "", f"no answer within {seconds} seconds"
    return done.returncode, done.stdout, done.stderr


def one_line(text):
    return " ".join(text.split())


def squeeze(text):
    """The text without white space: what a line break or a gap between Han and Western adds does not count."""
    return "".join(text.split())


def arguments(description, suffix):
    """The files to check, and whether tools may be missing."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--allow-missing", action="store_true", help="leave out what is not installed")
    parser.add_argument("files", nargs="+", metavar=f"FILE{suffix}")
    options = parser.parse_args()
    for file in options.files:
        if not os.path.isfile(file):
            parser.error(f"no such file: {file}")
    return options


def conclude(verdicts, allow_missing):
    """Prints all verdicts; the exit status: 0 all pass, 1 some fail, 2 a tool is missing and must not be."""
    for verdict in verdicts:
        verdict.show()
    missing = sorted({name for verdict in verdicts for name in verdict.missing})
    if missing:
        print(f"not installed: {', '.join(missing)} (see tests/conformance/install)", file=sys.stderr)
        if not allow_missing:
            return 2
    return 1 if any(verdict.failures for verdict in verdicts) else 0
