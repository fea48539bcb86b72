# SPDX-License-Identifier: MIT
"""Ask Numba itself: run every case of the files in corpus/ under real Numba and NumPy, and write
types and values, bit for bit, to a .json beside each file, with which the tests compare our compiler.
Also asks how Numba types each operator for each pair of types. Run by hand, when a file has grown:

    python3 -m venv build/numba-venv && build/numba-venv/bin/pip install numba==0.60.0
    build/numba-venv/bin/python tests/jit/corpus.py [FILE | operators ...]
"""
import copy
import importlib.util
import json
import operator
import pathlib
import struct
import sys
import warnings

import numba
import numpy as np
from numba.core import types
from numba.core.registry import cpu_target
from numba.np.ufunc.dufunc import DUFunc
from numba.np.ufunc.gufunc import GUFunc

HERE = pathlib.Path(__file__).resolve().parent
FILES = ("arithmetic", "control", "arrays", "mathematics", "calls", "parallel", "corners",
         "signatures", "vectorize", "guvectorize", "ufuncs", "each")
SCALARS = [types.boolean, types.int8, types.int16, types.int32, types.int64, types.uint8,
           types.uint16, types.uint32, types.uint64, types.float32, types.float64]
OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
             "//": operator.floordiv, "%": operator.mod, "**": operator.pow, "&": operator.and_,
             "|": operator.or_, "^": operator.xor, "<<": operator.lshift, ">>": operator.rshift,
             "<": operator.lt, "==": operator.eq}
UNARY = {"-": operator.neg, "+": operator.pos, "~": operator.invert, "not ": operator.not_}


def load(name):
    spec = importlib.util.spec_from_file_location(name, HERE / "corpus" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def kind(value):
    if isinstance(value, (bool, np.bool_)):
        return "bool"
    if isinstance(value, np.generic):
        return value.dtype.name
    return "int64" if isinstance(value, int) else "float64"


def scalar(value, as_kind):
    """A number as its kind and its bits in hexadecimal."""
    if as_kind == "float64":
        bits = struct.unpack("<Q", struct.pack("<d", float(value)))[0]
    elif as_kind == "float32":
        bits = int(np.float32(value).view(np.uint32))
    else:
        bits = int(value) & (2**64 - 1)
    return f"{as_kind}:{bits:x}"


def argument(value):
    if not isinstance(value, np.ndarray):
        return scalar(value, kind(value))
    order = "C" if value.flags.c_contiguous else "F" if value.flags.f_contiguous else "A"
    return {"kind": value.dtype.name, "shape": list(value.shape), "order": order,
            "data": np.ascontiguousarray(value).tobytes().hex()}


def result_kinds(t):
    if isinstance(t, types.BaseTuple):
        return [str(types.unliteral(item)) for item in t]
    return [] if t is types.none else [str(types.unliteral(t))]


def run(function, args):
    """What Numba returns: kinds and values, or the exception."""
    given = copy.deepcopy(args)
    if isinstance(function, DUFunc) and not function.types:
        # One that was called with floats would take them for integers, too. So each call is the first.
        function = numba.vectorize(function._dispatcher.py_func)
    for i, a in enumerate(args):
        if isinstance(a, np.ndarray) and not a.flags.c_contiguous and not a.flags.f_contiguous:
            wide = np.zeros(a.shape[:-1] + (a.shape[-1] * 2,), a.dtype)
            wide[..., ::2] = a
            given = given[:i] + (wide[..., ::2],) + given[i + 1:]
    row = {"args": [argument(a) for a in args]}
    try:
        with np.errstate(all="ignore"):
            value = function(*given)
    except numba.errors.NumbaError:
        row["refused"] = True
        return row
    except TypeError as error:  # by the dispatcher, by a ufunc
        if "Ambiguous" not in str(error) and "not supported" not in str(error) \
                and "No matching definition" not in str(error):
            raise
        row["refused"] = True
        return row
    except RuntimeError:
        row["unable"] = True
        return row
    except (ZeroDivisionError, IndexError, ValueError, OverflowError) as error:
        row["raises"] = type(error).__name__
        return row
    layout = function.gufunc_builder.signature if isinstance(function, GUFunc) \
        else getattr(function, "signature", None)
    if layout:
        if len(args) == layout.count("("):
            row["results"] = []
            row["after"] = [argument(a)["data"] for a in given if isinstance(a, np.ndarray)]
        else:  # a number is what one element of an array is
            values = value if isinstance(value, tuple) else (value,)
            row["arrays"] = [argument(np.atleast_1d(v)) for v in values]
        return row
    if isinstance(function, (DUFunc, np.ufunc)):
        if isinstance(value, np.ndarray):
            row["arrays"] = [argument(value)]
        else:
            row["results"] = [scalar(value, kind(value))]
        return row
    signature = tuple(numba.typeof(a) for a in given)
    overload = function.overloads.get(signature) or next(iter(function.overloads.values()))
    kinds = [k if k != "boolean" else "bool" for k in result_kinds(overload.signature.return_type)]
    values = value if isinstance(value, tuple) else [] if value is None else [value]
    row["results"] = [scalar(v, k) for v, k in zip(values, kinds, strict=True)]
    after = [argument(a) for a in given if isinstance(a, np.ndarray)]
    if after != [a for a in row["args"] if isinstance(a, dict)]:
        row["after"] = [a["data"] for a in after]
    return row


def operator_types():
    context = cpu_target.typing_context
    context.refresh()
    rows = []

    def ask(text, function, args):
        try:
            found = context.resolve_function_type(function, args, {})
        except numba.errors.NumbaError:
            found = None
        result = found.return_type if found else None
        known = result if result in SCALARS else None
        rows.append([text, *(str(a) for a in args), str(known) if known else None])

    for text, function in OPERATORS.items():
        for a in SCALARS:
            for b in SCALARS:
                ask(text, function, (a, b))
    for text, function in UNARY.items():
        for a in SCALARS:
            ask(text, function, (a,))
    return rows


def write(name, key, rows):
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    versions = f'"numba": "{numba.__version__}", "numpy": "{np.__version__}"'
    text = f'{{{versions},\n"{key}": [\n{lines}\n]}}\n'
    json.loads(text)
    (HERE / "corpus" / f"{name}.json").write_text(text)
    print(f"{name}: {len(rows)} {key}", flush=True)


def main():
    warnings.simplefilter("ignore")
    for name in sys.argv[1:] or (*FILES, "operators"):
        if name == "operators":
            write(name, "operators", operator_types())
            continue
        module = load(name)
        inexact = {f.__name__ for f in getattr(module, "INEXACT", ())}
        cases = []
        for function, args in module.CASES:
            row = {"function": function.__name__, **run(function, args)}
            if "unable" in row:
                print(f"left out, since Numba fails: {function.__name__}{args}")
                continue
            if function.__name__ in inexact:
                row["ulp"] = 4
            cases.append(row)
        write(name, "cases", cases)


if __name__ == "__main__":
    main()
