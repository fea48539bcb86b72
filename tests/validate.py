#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Validate JSON files against a schema, more strictly than most readers do.

Usage: validate.py SCHEMA FILE...
Besides the schema, each file must hold exactly one value, no key twice in one object, and no NaN or
Infinity, which Python's reader would let pass though JSON has neither. Exit code 1 and the reasons if
a file is not valid, 77 if the module jsonschema is absent.
"""
import json
import sys

try:
    from jsonschema import Draft202012Validator
except ImportError:
    print("skipped: Python's module jsonschema is absent (Debian: python3-jsonschema)")
    sys.exit(77)


def unique(pairs):
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError(f"key {key!r} occurs twice in one object")
    return dict(pairs)


def no_constant(word):
    raise ValueError(f"{word} is not JSON")


def problems(validator, text):
    """The reasons why text is not valid, as a list of sentences."""
    try:
        value = json.loads(text, object_pairs_hook=unique, parse_constant=no_constant)
    except ValueError as reason:
        return [str(reason)]
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def load_validator(path):
    with open(path, encoding="utf-8") as file:
        schema = json.load(file)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def main():
    validator = load_validator(sys.argv[1])
    failed = False
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8") as file:
            for reason in problems(validator, file.read()):
                print(f"{path}: {reason}")
                failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
