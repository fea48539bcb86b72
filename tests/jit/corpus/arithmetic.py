# SPDX-License-Identifier: MIT
"""Operators: wrap-around, division toward minus infinity, powers, bits, both error models."""
import numpy as np
from numba import njit


@njit
def add(a, b):
    return a + b


@njit
def sub(a, b):
    return a - b


@njit
def mul(a, b):
    return a * b


@njit
def div(a, b):
    return a / b


@njit
def floordiv(a, b):
    return a // b


@njit
def mod(a, b):
    return a % b


@njit
def power(a, b):
    return a ** b


@njit(error_model="numpy")
def div_np(a, b):
    return a / b


@njit(error_model="numpy")
def floordiv_np(a, b):
    return a // b


@njit(error_model="numpy")
def mod_np(a, b):
    return a % b


@njit(error_model="numpy")
def power_np(a, b):
    return a ** b


@njit
def square(a):
    return a ** 2


@njit
def cube(a):
    return a ** 3


@njit
def inverse(a):
    return a ** -1


@njit
def inverse_square(a):
    return a ** -2


@njit
def zeroth(a):
    return a ** 0


@njit
def root(a):
    return a ** 0.5


@njit
def folded():
    return 2 ** -1, 2 ** 10, -7 // 2, 7 % -3, -(2 ** 62) * 2


@njit
def literals():
    return 0x1F, 0b101, 0o17, 1_000, 1e3, .5, 5., True


@njit
def largest():
    return 9223372036854775807 + 1


@njit
def huge():
    return 18446744073709551615


@njit
def smallest():
    return -9223372036854775808


@njit
def bits(a, b):
    return a & b, a | b, a ^ b


@njit
def shift_left(a, b):
    return a << b


@njit
def shift_right(a, b):
    return a >> b


@njit
def neg(a):
    return -a


@njit
def pos(a):
    return +a


@njit
def invert(a):
    return ~a


@njit
def logic_not(a):
    return not a


@njit
def compare(a, b):
    return a < b, a <= b, a > b, a >= b, a == b, a != b


@njit
def divmod_both(a, b):
    return divmod(a, b)


@njit
def augmented(a, b):
    x = a
    x += b
    x -= 3
    x *= a
    x //= 2
    x %= 1000
    return x


@njit
def augmented_bits(a, b):
    x = a
    x &= 0xFF
    x |= b
    x ^= 3
    x <<= 2
    x >>= 1
    return x


@njit
def augmented_real(a, b):
    x = a
    x /= b
    x **= 2
    return x


I64 = (0, 1, -1, 7, -7, 2, -3, 2**63 - 1, -2**63)
F64 = (0.0, -0.0, 1.0, -1.5, 7.25, -3.0, float("inf"), float("-inf"), float("nan"), 1e300, 5e-324)
PAIRS = [(a, b) for a in I64 for b in I64]
REALS = [(a, b) for a in F64 for b in F64]
SMALL = [np.int8(-128), np.int16(300), np.int32(-5), np.uint8(200), np.uint16(65535), np.uint32(7),
         np.uint64(2**63 + 5), np.float32(1.1), True, 3, 2.5]
MIXED = [(a, b) for a in SMALL for b in SMALL]

CASES = (
    [(f, p) for f in (add, sub, mul, floordiv, mod, floordiv_np, mod_np, compare, divmod_both)
     for p in PAIRS]
    + [(f, p) for f in (div, div_np, floordiv, mod, floordiv_np, mod_np, compare, divmod_both)
       for p in REALS]
    + [(f, p) for f in (add, sub, mul, div, floordiv, mod, compare, div_np) for p in MIXED]
    + [(f, (a, b)) for f in (power, power_np) for a in (0, 1, -1, 2, -3, 10)
       for b in (0, 1, 2, 5, 63, -1, -2, -3, 70000)]
    + [(f, (a, b)) for f in (power, power_np) for a in (0.0, 1.5, -2.0, float("inf"))
       for b in (0, 1, 2, 5, -1, -2, 0.5, -1.5, 2.0)]
    + [(power, (np.float32(1.5), np.int32(3))), (power, (np.float32(1.5), 2.0)),
       (power, (np.uint8(3), np.uint8(5))), (power, (np.int32(-3), np.int32(3))),
       (power, (np.uint64(3), np.uint64(40))), (power, (2, np.uint64(5)))]
    + [(f, (a,)) for f in (square, cube, inverse, inverse_square, zeroth)
       for a in (0, 1, -1, 2, -3, 3037000500, 1.5, -0.0, float("nan"), np.float32(1.1), np.int8(-7),
                 np.uint16(300))]
    + [(root, (a,)) for a in (4, 2.0, -1.0, 0.0, np.float32(2))]
    + [(f, ()) for f in (folded, literals, largest, huge, smallest)]
    + [(bits, p) for p in ((6, 3), (-1, 5), (np.uint8(200), np.uint8(15)), (True, False),
                           (np.int32(-4), 7), (np.uint64(2**63), 1))]
    + [(f, p) for f in (shift_left, shift_right)
       for p in ((1, 4), (-17, 2), (np.uint8(255), 3), (np.int8(-1), np.uint8(1)),
                 (np.uint64(2**63), 5), (1, 63), (np.uint32(1), 40), (np.int32(-9), np.int32(1)))]
    + [(f, (a,)) for f in (neg, pos, logic_not) for a in SMALL + [0, 0.0, -0.0, -2**63]]
    + [(invert, (a,)) for a in (0, 5, -1, np.uint8(1), np.int16(-2), True, np.uint64(1))]
    + [(augmented, p) for p in ((5, 7), (np.int32(5), 7), (-9, 2), (5.5, 2), (2**62, 2**62))]
    + [(augmented_bits, (0x1234, 8)), (augmented_real, (7.0, 2.0)), (augmented_real, (7, 2))]
)
