"""Compares the JSON Schemas of the forms with the samples: schema.py KANYIN SAMPLE...

Each schema must be one (2020-12). Each sample must be valid by the schema of its form, and not after any of a list of
mistakes. A blank report must be valid but for what is to be filled in.
"""

import copy
import json
import subprocess
import sys

from jsonschema import Draft202012Validator


def output(kanyin, *args):
    return subprocess.run([kanyin, *args], check=True, capture_output=True, text=True).stdout


def mistakes(report):
    """Wrong reports made of a right one, by what is wrong with them."""

    def changed(change):
        wrong = copy.deepcopy(report)
        change(wrong)
        return wrong

    def row(wrong):
        return wrong["tables"]["requests"]["carried_in"]

    def first(wrong, value):
        values = row(wrong)
        values[0 if isinstance(values, list) else "natural_person"] = value

    yield "an unknown key", changed(lambda wrong: wrong.update(agnecy="x"))
    yield "no agency", changed(lambda wrong: wrong.pop("agency"))
    yield "an empty section", changed(lambda wrong: wrong["sections"].update(overview=""))
    yield "an unknown section", changed(lambda wrong: wrong["sections"].update(overveiw="x"))
    yield "a section missing", changed(lambda wrong: wrong["sections"].pop("other"))
    yield "an unknown row", changed(lambda wrong: wrong["tables"]["requests"].update(newer=[0] * 7))
    yield "a row missing", changed(lambda wrong: wrong["tables"]["requests"].pop("carried_in"))
    yield "a negative count", changed(lambda wrong: first(wrong, -1))
    yield "half a request", changed(lambda wrong: first(wrong, 0.5))
    yield "a value that is null", changed(lambda wrong: first(wrong, None))
    yield "a list too short", changed(lambda wrong: wrong["tables"]["proceedings"].update(direct_suit=[0] * 4))
    yield "a list too long", changed(lambda wrong: wrong["tables"]["proceedings"].update(direct_suit=[0] * 6))
    yield "a year of another form", changed(lambda wrong: wrong.update(year=2000))
    yield "a date that is none", changed(lambda wrong: wrong.update(signature={"date": "2025年1月"}))


def main():
    kanyin, *samples = sys.argv[1:]
    faults = 0

    def expect(right, words):
        nonlocal faults
        if not right:
            faults += 1
            print(f"FAIL {words}")

    schemas = {}
    for line in output(kanyin, "forms", "list").splitlines():
        form = line.split()[0]
        schema = json.loads(output(kanyin, "schema", form))
        Draft202012Validator.check_schema(schema)
        schemas[form] = (schema, Draft202012Validator(schema))
        blank = json.loads(output(kanyin, "new", form, "--agency", "某局", "--year", str(schema["properties"]["year"]["minimum"])))
        for error in schemas[form][1].iter_errors(blank):
            leaves = [error, *error.context]
            expect(any(leaf.instance in (None, "") for leaf in leaves) or None in (error.instance if isinstance(error.instance, list) else []),
                   f"{form}: blank: {error.json_path}: {error.message}")

    for sample in samples:
        with open(sample, encoding="utf-8") as file:
            report = json.load(file)
        year = report["year"]
        form = report.get("form") or next(
            form for form, (schema, _) in schemas.items()
            if schema["properties"]["year"]["minimum"] <= year <= schema["properties"]["year"].get("maximum", 9999))
        validator = schemas[form][1]
        for error in validator.iter_errors(report):
            expect(False, f"{sample}: {error.json_path}: {error.message}")
        wrong = list(mistakes(report))
        for words, report in wrong:
            expect(not validator.is_valid(report), f"{sample}: {words} is valid")
        print(f"{sample}: valid by {form}; {len(wrong)} mistakes found")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
