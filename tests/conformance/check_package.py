#!/usr/bin/env python3
"""Asks an independent reader of bags (RFC 8493) about packages made by `kanyin archive`.

    check_package.py FOLDER ZIP ...        pairs of the same package

Each folder must be a valid bag, with every file its manifests name and no other; the zip must unpack to one folder
with the same files; and a copy with one byte changed, one with a file more and one with a file less must each be refused.
"""

import json
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

import bagit
from lxml import etree


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(folder, change):
    """Whether the reader refuses a copy of the bag after a change."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch, "copy")
        shutil.copytree(folder, copy)
        change(copy)
        try:
            bagit.Bag(str(copy)).validate()
        except bagit.BagError:
            return True
        return False


def spoil(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def check(folder, archive):
    bag = bagit.Bag(str(folder))
    bag.validate()
    assert bag.version_info == (1, 0) and bag.algorithms == ["sha256"], (bag.version_info, bag.algorithms)
    assert set(bag.entries) | {"tagmanifest-sha256.txt"} == set(files(folder)), "a file that no manifest names"
    etree.parse(str(folder / "data/metadata.xml"))
    json.loads((folder / "data/findings.json").read_bytes())
    with tempfile.TemporaryDirectory() as scratch, zipfile.ZipFile(archive) as packed:
        assert packed.testzip() is None
        packed.extractall(scratch)
        (inside,) = Path(scratch).iterdir()
        bagit.Bag(str(inside)).validate()
        assert files(inside) == files(folder), "the zip holds something else"
    for name in files(folder):
        if name != "tagmanifest-sha256.txt":
            assert refused(folder, lambda copy: spoil(copy / name)), f"{name} changed"
            assert refused(folder, lambda copy: (copy / name).unlink()), f"{name} taken away"
    assert refused(folder, lambda copy: (copy / "data/more").write_bytes(b"x")), "a file added"


def main(arguments):
    if not arguments or len(arguments) % 2:
        sys.exit(__doc__)
    bagit.LOGGER.setLevel("CRITICAL")
    for folder, archive in zip(arguments[::2], arguments[1::2]):
        check(Path(folder), Path(archive))
        print(f"{folder}: a valid bag, as is {archive}")


if __name__ == "__main__":
    main(sys.argv[1:])
