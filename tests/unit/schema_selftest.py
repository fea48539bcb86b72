#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Does the validation of results reject what is wrong? Usage: schema_selftest.py COOKBOOK

A valid result and a valid error are taken; each of many small changes to them must be refused, since a
schema that takes everything looks just like one that fits.
"""
import re
import sys

sys.path.insert(0, sys.argv[1] + "/tests")
from validate import load_validator, problems  # noqa: E402

GOOD = (
    '{"schema":1,"status":"ok","error":null,"recipe":"99_fake","version":"0.1.0",'
    '"device":{"api":"opencl","name":"D","platform":"P","spec":"opencl:0:0"},'
    '"params":{"size":[1,18446744073709551615],"repeat":1,"type":"f32"},"verified":true,'
    '"max_error":0.5,"results":{"rate_gbps":null},'
    '"timings_ms":{"kernel":{"median":1.5,"min":1,"max":2,"n":3}}}'
)
BAD = (
    '{"schema":1,"status":"error","error":{"code":-5,"name":"CL_X","message":"m","call":null,'
    '"file":null,"line":0,"hint":""},"recipe":"99_fake","version":"0.1.0","device":null,'
    '"params":{},"verified":null,"max_error":null,"results":{},"timings_ms":{}}'
)

# A required key is missing, and an unknown one is there.
renamed = [(GOOD, key) for key in
           "schema status error recipe version device params verified max_error results timings_ms "
           "api name platform spec median min max n".split()]
renamed += [(BAD, key) for key in "code name message call file line hint".split()]
changes = [(text, f'"{key}":', '"other":') for text, key in renamed]
changes += [(GOOD, old, new) for old, new in [
    ('"schema":1', '"schema":2'),
    ('"ok"', '"fine"'),
    ('"ok"', '"wrong"'),
    ('"ok"', '"error"'),
    ("true", "false"),
    ("true", '"true"'),
    ("0.5", "NaN"),
    ("0.5", "-Infinity"),
    ('"n":3', '"n":0'),
    ('"kernel":', '"download_all":'),
    ("[1,18446744073709551615]", "-1"),
    ("[1,18446744073709551615]", "18446744073709551616"),
    ("[1,18446744073709551615]", "1.5"),
    ("[1,18446744073709551615]", "[1,2,3,4]"),
    ("99_fake", "fake"),
    ("opencl:0:0", "opencl:x"),
    ('"schema":1,', '"schema":1,"schema":1,'),
    ('"device":{', '"devices":[],"device":{'),
    ("}}}", "}}} {}"),
    ("}}}", "}},}"),
]]
changes += [(BAD, old, new) for old, new in [
    ('"error",', '"ok",'),
    ('"verified":null', '"verified":true'),
    ('"results":{}', '"results":{"rate_gbps":1}'),
    ('"timings_ms":{}', '"timings_ms":{"build":{"median":1,"min":1,"max":1,"n":1}}'),
    ('"line":0', '"line":-1'),
]]

validator = load_validator(sys.argv[1] + "/common/hc/result.schema.json")
failures = [f"should be valid: {text}: {problems(validator, text)}"
            for text in (GOOD, BAD) if problems(validator, text)]
for text, old, new in changes:
    changed = re.sub(re.escape(old), new, text, count=1)
    if changed == text:
        failures.append(f"{old} is not in {text}")
    elif not problems(validator, changed):
        failures.append(f"should be refused: {old} -> {new}")
print("\n".join(failures))
sys.exit(1 if failures else 0)
