#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""math_tables.py - the numbers in include/hc_cuda_math.h, computed with 300 bits by mpmath.

Each printed block is a table or a list of coefficients of that header, under its name there. The
polynomials interpolate the function at Chebyshev nodes, which is within a small factor of the best
polynomial of that degree; that is printed behind them as a bound of the error, in bits. Not part of
the build: run it, and compare, when a table is to be checked or a degree changed.
"""
from mpmath import (mp, mpf, atan, cos, erf, erfc, exp, floor, ln, loggamma, log, nint, pi, sin,
                    sqrt, zeta)

mp.prec = 300


def double(x):
    """x rounded to a double, exactly as mpmath's number."""
    return mpf(float(x))


def text(x):
    return float(x).hex().replace("0000000p", "p")


def pair(x):
    hi = double(x)
    return f"{{{text(hi)}, {text(x - hi)}}}"


def short(x, bits):
    """x cut to so many bits, so that its product with a short integer is exact."""
    e = int(floor(log(abs(x), 2)))
    s = mpf(2) ** (bits - 1 - e)
    return floor(x * s) / s


def cheb(f, a, b, n):
    """Coefficients, lowest first, of the polynomial of degree n - 1 that equals f at n nodes."""
    nodes = [(a + b) / 2 + (b - a) / 2 * cos(pi * (2 * i + 1) / (2 * n)) for i in range(n)]
    table = [f(x) for x in nodes]
    for j in range(1, n):
        for i in range(n - 1, j - 1, -1):
            table[i] = (table[i] - table[i - 1]) / (nodes[i] - nodes[i - j])
    poly = [mpf(0)]
    for i in range(n - 1, -1, -1):  # Newton's form to powers
        poly = [mpf(0)] + poly
        for k in range(len(poly) - 1):
            poly[k] -= nodes[i] * poly[k + 1]
        poly[0] += table[i]
    return poly[:n]


def show(name, values):
    print(f"{name}: " + ", ".join(text(v) for v in values))


def fit(name, f, a, b, n, first_pair=False):
    a, b = mpf(a), mpf(b)
    c = cheb(f, a, b, n)
    worst = max(
        abs(sum(double(v) * x**k if k or not first_pair else v for k, v in enumerate(c)) / f(x) - 1)
        for x in [a + (b - a) * (i + mpf(1) / 2) / 200 for i in range(200)])
    if first_pair:
        print(f"{name}[0]: {pair(c[0])}")
        c = c[1:]
    show(name, c)
    print(f"    relative error 2^{float(log(worst, 2)):.1f}")


def parts(name, x, bits):
    """x as a sum of short doubles and a last full one."""
    out = []
    for b in bits:
        p = short(x, b) if b < 53 else double(x)
        out.append(p)
        x -= p
    show(name, out)


def single(x):
    """x rounded to a float, as a number; by way of a double, which is exact enough here."""
    m, e = mp.frexp(x)
    return nint(m * 2**24) / 2**24 * mpf(2) ** int(e)


def fit_single(name, f, a, b, n):
    """The same, as floats."""
    c = cheb(f, mpf(a), mpf(b), n)
    print(f"{name}: " + ", ".join(text(single(v)) + "f" for v in c))
    worst = max(abs(sum(v * x**k for k, v in enumerate(c)) - f(x)) for x in
                [mpf(a) + (mpf(b) - mpf(a)) * (i + mpf(1) / 2) / 200 for i in range(200)])
    print(f"    error 2^{float(log(worst, 2)):.1f}")


def floats(name, x, n):
    out = []
    for _ in range(n):
        out.append(single(x))
        x -= out[-1]
    print(f"{name}: " + ", ".join(text(v) + "f" for v in out))


print("exp: 2^(j/32)")
print(",\n".join(pair(mpf(2) ** (mpf(j) / 32)) for j in range(32)))
parts("ln2 / 32", ln(2) / 32, [36, 53])
show("32 / ln2", [32 / ln(2)])
parts("ln2", ln(2), [42, 53])
for name, x in (("ln2", ln(2)), ("ln10", ln(10)), ("1 / ln2", 1 / ln(2)), ("1 / ln10", 1 / ln(10)),
                ("pi", pi), ("pi / 2", pi / 2), ("2 / sqrt(pi)", 2 / sqrt(pi)),
                ("ln(2 pi) / 2", ln(2 * pi) / 2), ("ln(pi)", ln(pi))):
    print(name, pair(x))
show("2 / pi", [2 / pi])

print("log: 1/c and -log(1/c)")
for j in range(128):
    c = 1 + (mpf(j) + mpf(1) / 2) / 128
    if c > sqrt(2):
        c /= 2
    inverse = nint(512 / c) / 512 if 0 < j < 127 else mpf(1)
    value = -ln(inverse)
    hi = double(value)
    print(f"{{{text(inverse)}, {text(hi)}, {text(value - hi)}}},")

parts("pi / 2", pi / 2, [33, 33, 33, 53])
bits = int(floor(2 / pi * mpf(2) ** 290))
mp.prec = 1500
bits = int(floor(2 / pi * mpf(2) ** 1280))
print("2 / pi, bits: " + ", ".join(f"0x{bits >> (1280 - 64 * (i + 1)) & (2**64 - 1):016x}"
                             for i in range(20)))
mp.prec = 300
quarter = pi / 4 * mpf("1.0001")
fit("sin", lambda z: (sin(sqrt(z)) / sqrt(z) - 1) / z, mpf(10) ** -20, quarter**2, 7)
fit("cos", lambda z: (cos(sqrt(z)) - 1 + z / 2) / z**2, mpf(10) ** -20, quarter**2, 7)

print("atan(k / 8)")
print(", ".join(pair(atan(mpf(k) / 8)) for k in range(9)))


def erfcx(x):
    return exp(x * x) * erfc(x)


def erfcx_large(x):
    """The same for all x: by its continued fraction where exp(x^2) would be too large."""
    if x < 100:
        return erfcx(x)
    tail = x
    for k in range(60, 0, -1):
        tail = x + mpf(k) / 2 / tail
    return 1 / tail / sqrt(pi)


fit("erf", lambda z: erf(sqrt(z)) / sqrt(z), mpf(10) ** -20, mpf("0.2501"), 11, True)
for low, high, n in ((0.5, 1, 16), (1, 2, 19), (2, 4, 21), (4, 8, 22)):
    middle = mpf(low + high) / 2
    fit(f"erfcx {low} {high}", lambda v, m=middle: erfcx(m + v), low - middle, high - middle, n,
        True)
fit("erfcx 8 up", lambda u: erfcx_large(1 / sqrt(u)) / sqrt(u), mpf(10) ** -12, mpf(1) / 64, 12,
    True)

fit("lgamma 1 2", lambda v: loggamma(1.5 + v) / ((v + 0.5) * (v - 0.5)), mpf(-0.50001),
    mpf("0.50003"), 22, True)
fit("lgamma 2 3", lambda v: loggamma(2.5 + v) / (v + 0.5), mpf("-0.50003"), mpf("0.50003"), 18,
    True)
fit("stirling", lambda u: (loggamma(1 / sqrt(u)) - (1 / sqrt(u) - 0.5) * ln(1 / sqrt(u))
                           + 1 / sqrt(u) - ln(2 * pi) / 2) / sqrt(u), mpf(10) ** -12,
    mpf(1) / 168, 8)

print("float:")
fit_single("sinf", lambda z: (sin(sqrt(z)) / sqrt(z) - 1) / z, mpf(10) ** -20, quarter**2, 4)
fit_single("cosf", lambda z: (cos(sqrt(z)) - 1 + z / 2) / z**2, mpf(10) ** -20, quarter**2, 4)
for name, base, half in (("expf", exp(1), 0.3467), ("exp2f", mpf(2), 0.5),
                         ("exp10f", mpf(10), 0.1506)):
    scale = ln(base)
    fit_single(name, lambda r, c=scale: (exp(c * r) - 1 - c * r) / r**2, -half, half, 6)
    floats(name + " slope", scale, 2)
    floats(name + " step", ln(2) / scale, 3)
    floats(name + " 1 / step", scale / ln(2), 1)
for name, base in (("logf", exp(1)), ("log2f", mpf(2)), ("log10f", mpf(10))):
    fit_single(name, lambda r, c=1 / ln(base): c * (ln(1 + r) - r) / r**2, -0.2929, 0.4143, 10)
    floats(name + " slope", 1 / ln(base), 2)
    floats(name + " step", ln(2) / ln(base), 2)
floats("pi / 2 in floats", pi / 2, 3)
floats("2 / pi in floats", 2 / pi, 1)
