#!/bin/sh
# SPDX-License-Identifier: MIT
# schema_selftest.sh - runs schema_selftest.py by a Python that has the module it needs.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need_validator
run "$(python)" -B "$HC_SOURCE/tests/unit/schema_selftest.py" "$HC_SOURCE"
expect 0
