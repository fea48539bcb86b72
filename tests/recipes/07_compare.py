#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compare the device query with the table it was made from, and with clinfo, where there is one.

Usage: 07_compare.py TABLE.json QUERY.json [CLINFO.txt]
TABLE comes from --meanings --json, QUERY from --json, CLINFO from `clinfo --raw`, all for the same
one device. Every row of the table must be in the query; every value that clinfo shows must agree.
"""
import json
import sys

# What the driver takes from the memory that is free, so that two programs may be told two things.
VARYING = {"CL_DEVICE_GLOBAL_MEM_SIZE", "CL_DEVICE_MAX_MEM_ALLOC_SIZE",
           "CL_DEVICE_IMAGE_MAX_BUFFER_SIZE"}
# clinfo shows this one for float only.
NOT_IN_CLINFO = {"CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT"}
NOTHING = {"", "0", "CL_FALSE", "CL_NONE"}


def numeric(version):
    major, minor, patch = (int(part) for part in version.split("."))
    return major << 22 | minor << 12 | patch


def agrees(value, raw):
    """Is value, from our JSON, what clinfo shows as raw?"""
    if value is None or value == "not supported":
        return raw in NOTHING
    if isinstance(value, bool):
        return raw == ("CL_TRUE" if value else "CL_FALSE")
    if isinstance(value, int):
        return int(raw, 0) == value
    if isinstance(value, str):
        return raw.split() == value.split()
    if isinstance(value, list) and value and isinstance(value[0], dict):
        if value[0]["version"] is None:
            return raw.replace(";", " ").split() == [one["name"] for one in value]
        return raw == " ".join(f"{one['name']}:{numeric(one['version']):#x}" for one in value)
    if isinstance(value, list) and value and isinstance(value[0], int):
        return [int(part) for part in raw.split()] == value
    if isinstance(value, list):
        ours = set(value) - NOT_IN_CLINFO
        return set(raw.split(" | ")) - NOT_IN_CLINFO == ours and len(ours) > 0
    return False  # a failed query


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        table = json.load(file)["results"]["attributes"]
    with open(sys.argv[2], encoding="utf-8") as file:
        (platform,) = json.load(file)["results"]["platforms"]
    (device,) = platform["devices"]
    raw = {}
    if len(sys.argv) > 3:
        with open(sys.argv[3], encoding="utf-8") as file:
            for line in file:
                words = line.split("]", 1)[-1].split(maxsplit=1)
                if words and words[0].startswith("CL_"):
                    raw.setdefault(words[0], words[1].strip() if len(words) > 1 else "")
    wrong, compared = [], 0
    for row in table:
        place = platform if row["group"] == "platform" else device.get(row["group"], {})
        if row["key"] not in place:
            wrong.append(f"{row['group']}.{row['key']} is not in the output")
        elif row["constant"] in raw and row["constant"] not in VARYING:
            compared += 1
            value, other = place[row["key"]], raw[row["constant"]]
            if not agrees(value, other):
                wrong.append(f"{row['constant']}: here {value!r}, in clinfo {other!r}")
    if raw and compared < 60:
        wrong.append(f"only {compared} values could be compared with clinfo")
    print("\n".join(wrong or [f"{len(table)} rows, {compared} of them compared with clinfo"]))
    return 1 if wrong else 0


sys.exit(main())
