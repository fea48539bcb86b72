# SPDX-License-Identifier: MIT
"""random_programs.py DIR SEED COUNT [PLANTED] - random programs, and what CPython makes of them.

Writes DIR/random.py, functions in the language that Numba compiles, and DIR/random.json, calls of
them with CPython's results, in the form that jit_corpus compares. Each variable has one type, and
each step of a call is watched: where an integer leaves int64, a float is not finite, or an integer
becomes a float that cannot hold it, Numba differs from CPython by design, and the call is left out.
Divisions by zero stay in, as they raise in both.

With PLANTED, so many functions are altered in random.py alone, each in one place, and the number
of calls that this changes is printed: so many have to be found wrong, no more and no fewer.
"""

import ast
import json
import math
import random
import re
import struct
import sys

# By how many units in the last place a function's result may differ; the others are exact. CPython
# has a gamma and lgamma of its own; x ** 3 is two products here, and C's pow there.
ULPS = {"power": 4, "gamma": 10, "lgamma": 10, "hypot": 1, "degrees": 1, "radians": 1}
# Exact functions may stand anywhere; the others come last, as what follows could enlarge an error.
LAST = "sin cos tan exp log log2 log10 asin acos atan atan2 sinh cosh tanh asinh acosh atanh"
LAST += " expm1 log1p erf erfc"
ULPS.update({name: 1 for name in LAST.split()})
CALLS = 8
USUAL = ["A + A", "A - A", "A * A", "A // A", "A % A", "-A", "+A", "abs(A)", "min(A, A)"]
USUAL += ["max(A, A)", "A if C else A", "A + A * A", "A - A - A", "A * A % A", "-A // A"]
USUAL += ["min(A, A, A)"]
EXPRESSIONS = {
    "i": USUAL + ["A & A", "A | A", "A ^ A", "A << SMALL", "A >> SMALL", "~A", "math.gcd(A, A)"]
    + ["A ** 2", "A ** 3", "-A ** 2", "int(X)", "round(X)", "math.floor(X)", "math.ceil(X)"]
    + ["math.trunc(X)"],
    "f": USUAL + ["N / A", "A / A", "N / N", "A * N", "N - A", "N % A", "A // N", "float(N)"]
    + ["math.sqrt(abs(A))", "math.fabs(A)", "math.copysign(A, A)", "math.pi * A"],
}  # fmt: skip
CONDITIONS = ["A ONE A"] * 3 + ["A ONE A TWO A"] * 3 + ["A ONE M", "C and C", "C or C", "not C"]
LITERALS = {
    "i": [0, 1, 2, 3, 7, 10, 64, 1000, -1, -2, -5, -17],
    "f": [0.0, 0.5, 1.0, 2.5, 3.7, 1e-3, 100.25, -0.1, -1.0, -7.5],
}


class Unlike(Exception):
    """Here Numba differs from CPython by design."""


def watch(value):
    if type(value) is int and not -(2**63) <= value < 2**63:
        raise Unlike
    if type(value) is float and not math.isfinite(value):
        raise Unlike
    if type(value) is complex:
        raise Unlike
    return value


def watch_mixed(a, b):
    if type(a) is int and type(b) is float and abs(a) > 2**53:
        raise Unlike


def binary(a, b, sign, do):
    watch_mixed(a, b)
    watch_mixed(b, a)
    result = watch(do(a, b))
    # Numba divides integers as floats, and its powers of integers pass through a float.
    passes = {"/": [a, b], "**": [result]}.get(sign, [])
    if any(type(x) is int and abs(x) > 2**53 for x in passes):
        raise Unlike
    return result


def compare(*words):
    """a < b < c, watched: words are values, and functions between them."""
    for i in range(0, len(words) - 2, 2):
        a, do, b = words[i](), words[i + 1], words[i + 2]()
        watch_mixed(a, b)
        watch_mixed(b, a)
        if not do(a, b):
            return False
    return True


def call_watched(f, *args):
    if f is float:
        watch_mixed(args[0], 0.0)
    result = f(*args)
    for item in result if type(result) is tuple else (result,):
        watch(item)
    return result


SIGNS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Pow: "**", ast.LShift: "<<", ast.RShift: ">>", ast.BitAnd: "&", ast.BitOr: "|",
    ast.BitXor: "^", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==",
    ast.NotEq: "!=",
}  # fmt: skip


class Watched(ast.NodeTransformer):
    """The program with each operation watched."""

    @staticmethod
    def make(text, **parts):
        tree = ast.parse(text, mode="eval").body

        class Fill(ast.NodeTransformer):
            def visit_Name(self, node):
                return parts.get(node.id, node)

        return Fill().visit(tree)

    def visit_BinOp(self, node):
        self.generic_visit(node)
        sign = SIGNS[type(node.op)]
        return self.make(
            f"binary(A_, B_, '{sign}', lambda a, b: a {sign} b)", A_=node.left, B_=node.right
        )

    def visit_AugAssign(self, node):
        value = ast.BinOp(ast.Name(node.target.id, ast.Load()), node.op, node.value)
        return ast.Assign([node.target], self.visit(value))

    def visit_UnaryOp(self, node):
        self.generic_visit(node)
        return self.make("watch(A_)", A_=node)

    def visit_Compare(self, node):
        self.generic_visit(node)
        text, parts = "compare(lambda: A_0", {"A_0": node.left}
        for i, (op, right) in enumerate(zip(node.ops, node.comparators), 1):
            text += f", lambda a, b: a {SIGNS[type(op)]} b, lambda: A_{i}"
            parts[f"A_{i}"] = right
        return self.make(text + ")", **parts)

    def visit_Call(self, node):
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "range":
            return node
        return ast.Call(ast.Name("call_watched", ast.Load()), [node.func] + node.args, [])


class Program:
    """One random function: its text, its parameters' types, and how exact its result is."""

    def __init__(self, rng, number, others):
        self.rng, self.others = rng, others
        self.name = f"f{number}"
        self.params = [rng.choice("if") for _ in range(rng.randint(1, 4))]
        self.result = rng.choice("iiifffb")
        self.ulp, self.new = 0, 0
        self.variables = {"i": [], "f": []}
        self.fixed = []  # loops count with these
        names = []
        for i, kind in enumerate(self.params):
            names.append(f"{'n' if kind == 'i' else 'x'}{i}")
            self.variables[kind].append(names[-1])
        lines = [f"def {self.name}({', '.join(names)}):"]
        for kind in "if":
            first = self.expression(kind, 1)
            lines += self.indent([f"{self.variable(kind)} = {first}"])
        for _ in range(rng.randint(1, 4)):
            lines += self.indent(self.statement(2, False))
        lines += self.indent([f"return {self.returned()}"])
        # Written again, so that only the parentheses stay that are needed.
        self.text = ast.unparse(ast.parse("\n".join(lines)))

    @staticmethod
    def indent(lines):
        return ["    " + line for line in lines]

    def variable(self, kind):
        self.new += 1
        self.variables[kind].append(f"{'k' if kind == 'i' else 'y'}{self.new}")
        return self.variables[kind][-1]

    def fill(self, text, kind, depth):
        """A template: A stands for an expression of that kind, N for an integer, X for a float, M
        for one of the other kind, C for a condition."""
        kinds = {"A": kind, "N": "i", "X": "f", "M": "f" if kind == "i" else "i"}

        def one(match):
            if match[0] == "C":
                return f"({self.condition(depth - 1)})"
            return f"({self.expression(kinds[match[0]], depth - 1)})"

        return re.sub(r"\b[ANXMC]\b", one, text)

    def returned(self):
        rng = self.rng
        if self.result == "b":
            return self.condition(2)
        if self.result == "i" or rng.random() < 0.6:
            return self.expression(self.result, 3)
        what = rng.choice(sorted(ULPS))
        self.ulp = ULPS[what]
        special = {
            "power": ["X ** 2", "X ** 3", "X ** 5", "abs(X) ** 1.5", "(abs(X) + 0.5) ** -0.25"],
            "lgamma": ["math.lgamma(abs(X) + 3.0)"],  # it is 0 for 1 and 2, and inexact near these
            "gamma": ["math.gamma(X % 20.0)"],
            "hypot": ["math.hypot(X, X)"],
            "atan2": ["math.atan2(X, X)"],
        }
        return self.fill(rng.choice(special.get(what, [f"math.{what}(X)"])), "f", 2)

    def expression(self, kind, depth):
        rng = self.rng
        if depth <= 0 or rng.random() < 0.15:
            if self.variables[kind] and rng.random() < 0.7:
                return rng.choice(self.variables[kind])
            return str(rng.choice(LITERALS[kind]))
        fitting = [f for f in self.others if f.result == kind and f.ulp == 0]
        if fitting and rng.random() < 0.1:
            f = rng.choice(fitting)
            return f"{f.name}({', '.join(self.expression(p, depth - 1) for p in f.params)})"
        text = rng.choice(EXPRESSIONS[kind]).replace("SMALL", str(rng.randint(0, 6)))
        return self.fill(text, kind, depth)

    def condition(self, depth):
        text = self.rng.choice(CONDITIONS[: 7 if depth <= 0 else None])
        for word in ("ONE", "TWO"):
            text = text.replace(word, self.rng.choice(["<", "<=", ">", ">=", "==", "!="]))
        return self.fill(text, self.rng.choice("if"), min(depth, 2))

    def assignment(self):
        kind = self.rng.choice("if")
        free = [v for v in self.variables[kind] if v not in self.fixed]
        if len(free) > 1 and self.rng.random() < 0.15:
            a, b = self.rng.sample(free, 2)
            return [f"{a}, {b} = {b}, {self.expression(kind, 1)}"]
        if len(free) > 1 and self.rng.random() < 0.1:
            a, b = self.rng.sample(free, 2)
            return [f"{a}, {b} = divmod({self.expression(kind, 1)}, {self.expression(kind, 1)})"]
        if free and self.rng.random() < 0.4:
            op = self.rng.choice(["+=", "-=", "*=", "//=", "%="])
            return [f"{self.rng.choice(free)} {op} {self.expression(kind, 1)}"]
        return [f"{self.rng.choice(free)} = {self.expression(kind, 2)}"] if free else ["pass"]

    def block(self, depth, loop):
        """Statements of their own; variables that are made there are not known behind."""
        known = {kind: list(names) for kind, names in self.variables.items()}
        lines = []
        for _ in range(self.rng.randint(1, 3)):
            lines += self.statement(depth, loop)
        self.variables = known
        return self.indent(lines)

    def statement(self, depth, loop):
        rng = self.rng
        what = rng.random()
        if depth <= 0 or what < 0.35:
            if loop and rng.random() < 0.25:
                return [f"if {self.condition(1)}:", f"    {rng.choice(['break', 'continue'])}"]
            return self.assignment()
        if what < 0.6:
            lines = [f"if {self.condition(2)}:"] + self.block(depth - 1, loop)
            if rng.random() < 0.3:
                lines += [f"elif {self.condition(1)}:"] + self.block(depth - 1, loop)
            return lines + (["else:"] + self.block(depth - 1, loop) if rng.random() < 0.6 else [])
        if what < 0.65 and self.result != "b":
            return [f"if {self.condition(2)}:", f"    return {self.expression(self.result, 2)}"]
        if what < 0.85:
            self.new += 1
            counter, n = f"i{self.new}", self.expression("i", 1)
            rounds = rng.choice([f"{rng.randint(0, 6)}", f"({n}) % 5", f"{rng.randint(-3, 3)}, 4",
                                 f"({n}) % 9, -3, -2", f"-4, ({n}) % 7, 3"])  # fmt: skip
            known = list(self.variables["i"])
            self.variables["i"].append(counter)
            self.fixed.append(counter)
            lines = [f"for {counter} in range({rounds}):"] + self.block(depth - 1, True)
            self.variables["i"] = known
            return lines + (["else:"] + self.block(0, loop) if rng.random() < 0.2 else [])
        self.new += 1
        counter = f"w{self.new}"
        self.fixed.append(counter)
        known = list(self.variables["i"])
        first = [f"{counter} = {rng.randint(0, 6)}"]
        self.variables["i"].append(counter)
        lines = first + [f"while {counter} > 0 and ({self.condition(1)}):", f"    {counter} -= 1"]
        lines += self.block(depth - 1, True)
        self.variables["i"] = known
        return lines


class Altered(ast.NodeTransformer):
    """The program with its place-th operation changed."""

    OPS = {
        ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Sub, ast.FloorDiv: ast.Mod,
        ast.Mod: ast.FloorDiv, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
        ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitXor,
        ast.LShift: ast.RShift, ast.And: ast.Or, ast.Or: ast.And,
    }  # fmt: skip

    def __init__(self, place):
        self.place, self.seen = place, 0

    def swap(self, op):
        if type(op) not in self.OPS:
            return op
        self.seen += 1
        return self.OPS[type(op)]() if self.seen == self.place else op

    def visit_While(self, node):
        """The body from its second statement on: the loop ends because of what is before."""
        node.body[1:] = [self.visit(statement) for statement in node.body[1:]]
        return node

    def generic_visit(self, node):
        super().generic_visit(node)
        if isinstance(node, (ast.BinOp, ast.AugAssign, ast.BoolOp)):
            node.op = self.swap(node.op)
        elif isinstance(node, ast.Compare):
            node.ops = [self.swap(op) for op in node.ops]
        elif isinstance(node, ast.Name) and node.id in ("min", "max"):
            self.seen += 1
            if self.seen == self.place:
                node.id = "min" if node.id == "max" else "max"
        return node


def bits(value):
    if type(value) is bool:
        return f"bool:{int(value):x}"
    if type(value) is int:
        return f"int64:{value & 2**64 - 1:x}"
    return f"float64:{struct.unpack('<Q', struct.pack('<d', value))[0]:x}"


def load(text, scope):
    """Define the function in scope, watched."""
    tree = ast.fix_missing_locations(Watched().visit(ast.parse(text)))
    exec(compile(tree, "watched", "exec"), scope)


def outcome(function, args):
    """What a call gives, as jit_corpus reads it; None: Numba differs by design."""
    try:
        return {"results": [bits(function(*args))]}
    except ZeroDivisionError:
        return {"raises": "ZeroDivisionError"}
    except (Unlike, ValueError, OverflowError, TypeError):
        return None


def arguments(rng, params):
    def one(kind):
        if kind == "i":
            return rng.choice([0, 1, -1, rng.randint(-20, 20), rng.randint(-(10**6), 10**6)])
        reals = [rng.uniform(-3, 3), rng.uniform(-1e4, 1e4), rng.randint(-9, 9) / 2]
        return rng.choice([0.0, -0.0, 1.0] + reals)

    return [one(kind) for kind in params]


def main():
    folder, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    planted = int(sys.argv[4]) if len(sys.argv) > 4 else 0
    rng = random.Random(seed)
    scope = {"math": math, "watch": watch, "binary": binary, "compare": compare,
             "call_watched": call_watched}  # fmt: skip
    programs, cases, number, wrong = [], [], 0, 0
    while len(programs) < count:
        number += 1
        program = Program(rng, number, programs[-6:])
        load(program.text, scope)
        calls, raises = [], 0
        for _ in range(3 * CALLS):
            args = arguments(rng, program.params)
            result = outcome(scope[program.name], args)
            raises += bool(result and "raises" in result)
            if result and len(calls) < CALLS and ("results" in result or raises < 3):
                row = {"function": program.name, "args": [bits(a) for a in args], **result}
                calls.append((args, {**row, "ulp": program.ulp} if program.ulp else row))
        if len({json.dumps(row.get("results", "raises")) for _, row in calls}) < 3:
            continue  # nothing, or nearly always the same
        programs.append(program)
        cases += calls
    texts = {program.name: program.text for program in programs}
    called = {f.name for f in programs for g in programs if f"{f.name}(" in g.text.split(":", 1)[1]}
    for program in programs:
        place = 0
        while planted and program.name not in called and not program.ulp:
            place += 1
            tree = ast.parse(program.text)
            altered = Altered(place)
            altered.visit(tree)
            if altered.seen < place:
                break
            text = ast.unparse(tree)
            own = dict(scope)
            load(text, own)
            rows = [(row, outcome(own[program.name], args)) for args, row in cases
                    if row["function"] == program.name]  # fmt: skip
            if not all(new for _, new in rows):
                continue
            differ = sum(any(row.get(k) != v for k, v in new.items()) for row, new in rows)
            if differ:
                texts[program.name] = text
                wrong += differ
                planted -= 1
                break
    with open(f"{folder}/random.py", "w", encoding="ascii") as file:
        file.write("import math\n\nfrom numba import njit\n")
        for text in texts.values():
            file.write(f"\n\n@njit\n{text}\n")
    with open(f"{folder}/random.json", "w", encoding="ascii") as file:
        json.dump({"cases": [row for _, row in cases]}, file)
    print(f"{len(cases)} compared, {wrong} wrong")
    return 1 if planted else 0


sys.exit(main())
