#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Validate what swpdecode prints: validate.py json|ndjson|layouts|encoded|guesses|dumps SCHEMA <OUTPUT

Exit status 0 valid, 1 not, 77 no jsonschema module. The last line on standard output is the number of
entry records.
"""
import json
import sys

try:
    import jsonschema
except ImportError:
    sys.exit(77)


def records(form):
    if form == "json":
        document = json.load(sys.stdin)
        yield document
        for key in ("meta", "entries", "findings", "total"):
            value = document[key]
            yield from value if isinstance(value, list) else [value]
        return
    for line in sys.stdin:
        yield json.loads(line)


def document(form, schema):
    """One document of a question: bad or not."""
    value = json.load(sys.stdin)
    rules = {**schema["$defs"][form], "$defs": schema["$defs"]}
    bad = 0
    for check in (rules, schema):
        for error in list(jsonschema.Draft202012Validator(check).iter_errors(value))[:3]:
            print("/".join(map(str, error.path)), error.message[:300])
            bad += 1
    print(len(value[form]))
    return bad > 0


def main(form, schema_file):
    with open(schema_file, encoding="utf-8") as f:
        schema = json.load(f)
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    if form in ("layouts", "encoded", "guesses", "dumps"):
        return document(form, schema)
    kinds, bad = [], 0
    for value in records(form):
        kind = value.get("record", "document")
        kinds.append(kind)
        if kind not in schema["$defs"]:
            print("no such kind of record:", kind)
            bad += 1
            continue
        # Against the definition of its kind: a message about "oneOf" says nothing.
        one = validator.evolve(schema={**schema["$defs"][kind], "$defs": schema["$defs"]})
        for error in [*one.iter_errors(value), *validator.iter_errors(value)][:3]:
            print("/".join(map(str, error.path)), error.message[:300])
            bad += 1
    framed = [k for k in kinds if k != "document"]
    if framed[:1] != ["meta"] or framed[-1:] != ["total"] or framed.count("meta") + framed.count("total") != 2:
        print("records are not framed by one meta and one total:", kinds[:3], kinds[-3:])
        bad += 1
    print(kinds.count("entry"))
    return bad > 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
