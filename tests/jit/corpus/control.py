# SPDX-License-Identifier: MIT
"""Control flow: if, while, for, break, continue, else of loops, and, or, conditions."""
import numpy as np
from numba import njit


@njit
def sign(x):
    if x > 0:
        return 1
    elif x < 0:
        return -1
    else:
        return 0


@njit
def sum_to(n):
    s = 0
    for i in range(n):
        s += i
    return s


@njit
def sum_range(a, b):
    s = 0
    for i in range(a, b):
        s += i
    return s


@njit
def sum_step(a, b, c):
    s = 0
    n = 0
    for i in range(a, b, c):
        s += i
        n += 1
    return s, n


@njit
def down(n):
    s = 0
    for i in range(n, 0, -1):
        s = s * 2 + i
    return s


@njit
def by_three(n):
    s = 0
    for i in range(0, n, 3):
        s += i
    return s


@njit
def by_minus_two(n):
    s = 0
    for i in range(n, -n, -2):
        s += i * i
    return s


@njit
def last(n):
    i = -1
    for i in range(n):
        pass
    return i


@njit
def loop_variable_changes(n):
    s = 0
    for i in range(n):
        i = i * 2
        s += i
    return s


@njit
def collatz(n):
    steps = 0
    while n != 1:
        if n % 2 == 0:
            n //= 2
        else:
            n = 3 * n + 1
        steps += 1
    return steps


@njit
def first_factor(n):
    for i in range(2, n):
        if n % i == 0:
            break
    else:
        return n
    return i


@njit
def while_else(n, stop):
    i = 0
    while i < n:
        if i == stop:
            break
        i += 1
    else:
        i = 1000
    return i


@njit
def odd_sum(n):
    s = 0
    for i in range(n):
        if i % 2 == 0:
            continue
        s += i
    return s


@njit
def nested(n):
    c = 0
    for i in range(n):
        for j in range(i):
            if j == 3:
                break
            if (i + j) % 3 == 0:
                continue
            c += i * j
        else:
            c += 100
    return c


@njit
def forever(n):
    i = 0
    while True:
        i += 1
        if i * i > n:
            return i


@njit
def forever_break(n):
    i = 0
    while 1:
        i += 3
        if i > n:
            break
    return i


@njit
def and_value(a, b):
    return a and b


@njit
def or_value(a, b):
    return a or b


@njit
def logic(a, b, c):
    return (a and b) or (not c and a) or c


@njit
def conditions(a, b):
    n = 0
    if a and b:
        n += 1
    if a or b:
        n += 2
    if not a:
        n += 4
    if not (a and b) and (a or b):
        n += 8
    while a and n < 20:
        n += 5
    return n


@njit
def chain(a, b, c):
    return a < b < c


@njit
def chain_if(a, b, c, d):
    if a <= b < c != d:
        return 1
    return 0


@njit
def chain_value(a, b, c):
    x = a < b <= c
    return x + 1


@njit
def ternary(a, b):
    return a if a > b else b


@njit
def unified(a, b, first):
    x = a
    if not first:
        x = b
    return x


@njit
def ternary_mixed(a):
    return a if a > 2 else 0.5


@njit
def ternary_nested(a):
    return 1 if a < 0 else 2 if a == 0 else 3


@njit
def early(a):
    if a > 10:
        return 1
    a += 1
    if a > 5:
        return 2
    return 3


@njit
def defined_in_both(a):
    if a > 0:
        x = 1
    else:
        x = 2.5
    return x


@njit
def grows(n):
    x = 0
    for i in range(n):
        x = x + 0.5
    return x


@njit
def changes_type(a):
    x = a
    y = x // 2
    x = x / 2
    return x, y


@njit
def swap(a, b):
    a, b = b, a
    return a, b


@njit
def fib_pair(n):
    a, b = 0, 1
    for i in range(n):
        a, b = b, a + b
    return a


@njit
def unpack(a):
    t = (a, a + 1.5, True)
    x, y, z = t
    return z, y, x


@njit
def unpack_nested(a, b):
    x, (y, z) = a, (b, a + b)
    return x + y * z


@njit
def assign_twice(a):
    x = y = a + 1
    x += 1
    return x, y


@njit
def tuple_index(i):
    t = (10, 20, 30)
    return t[i] + t[-1] + t[0]


@njit
def tuple_length():
    t = (1, 2.0, True)
    return len(t)


@njit
def nothing():
    pass


@njit
def returns_none(a):
    if a > 0:
        return
    return None


@njit
def truth(a):
    if a:
        return 1
    return 0


@njit
def truth_of_while(a):
    n = 0
    while a:
        a -= 1
        n += 1
    return n


@njit
def semicolons(a):
    x = a; y = x + 1; return x * y


@njit
def long_line(a,
              b):
    return (a +
            b) * \
        2


@njit
def default(a, b=3, c=0.5):
    return a + b * c


@njit
def isqrt(n):
    x = n
    y = (x + 1) // 2
    while y < x:
        x = y
        y = (x + n // x) // 2
    return x


@njit
def gcd(a, b):
    while b:
        a, b = b, a % b
    return a


@njit
def is_prime(n):
    if n < 2:
        return False
    i = 2
    while i * i <= n:
        if n % i == 0:
            return False
        i += 1
    return True


@njit
def count_primes(n):
    c = 0
    for i in range(n):
        if is_prime(i):
            c += 1
    return c


@njit
def range_32(n):
    last = n
    for i in range(n):
        last = i
    return last


@njit
def bool_arithmetic(a, b):
    return a + b, a * 3, -a, a / 2


@njit
def mandelbrot(x, y, n):
    re = im = 0.0
    for i in range(n):
        r2 = re * re
        i2 = im * im
        if r2 + i2 > 4.0:
            return i
        im = 2.0 * re * im + y
        re = r2 - i2 + x
    return n


SMALL = [np.int8(-128), np.int16(300), np.int32(-5), np.int64(-6), np.uint8(200), np.uint16(65535),
         np.uint32(7), np.uint64(2**63 + 2**20), np.float32(1.1), 2.5]
INTS = (0, 1, 2, 5, -3, 10, 97)
CASES = (
    [(f, (a,)) for f in (sign, sum_to, down, by_three, by_minus_two, last, loop_variable_changes,
                         odd_sum, nested, forever, forever_break, ternary_mixed, ternary_nested,
                         early, defined_in_both, grows, changes_type, fib_pair, unpack,
                         assign_twice, semicolons, is_prime) for a in INTS]
    + [(collatz, (a,)) for a in (1, 2, 27, 97)]
    + [(first_factor, (a,)) for a in (3, 4, 15, 49, 97)]
    + [(while_else, p) for p in ((5, 3), (5, 10), (0, 0))]
    + [(sum_range, p) for p in ((0, 10), (5, 3), (-4, 4), (np.int32(2), np.int32(9)))]
    + [(sum_step, p) for p in ((0, 10, 3), (10, 0, -3), (0, 10, -1), (5, 5, 2), (0, 1, 100),
                               (-7, 8, 5), (10, -10, -7), (0, 9, 3), (3, 4, 0))]
    + [(f, p) for f in (and_value, or_value)
       for p in ((0, 5), (3, 5), (0.0, 2.5), (1.5, 0.0), (True, False), (0, 2.5), (2, 2.5))]
    + [(logic, p) for p in ((True, False, True), (False, True, False), (True, True, False),
                            (1, 0, 2))]
    + [(conditions, p) for p in ((True, True), (True, False), (False, True), (False, False))]
    + [(f, p) for f in (chain, chain_value) for p in ((1, 2, 3), (1, 3, 2), (2, 1, 3), (1, 1, 1),
                                                      (1.0, 2, float("nan")))]
    + [(chain_if, p) for p in ((1, 1, 2, 3), (1, 2, 3, 3), (2, 1, 3, 4))]
    + [(ternary, p) for p in ((1, 2), (2, 1), (1.5, 2), (3, 2.5))]
    + [(unified, (a, b, k)) for a in SMALL for b in SMALL for k in (True, False)]
    + [(unified, (True, b, k)) for b in (False, 3, np.int8(-1), np.uint8(1), 2.5) for k in (True, False)]
    + [(swap, (1, 2.5)), (unpack_nested, (2, 3)), (tuple_length, ()), (nothing, ())]
    + [(tuple_index, (i,)) for i in (0, 1, 2, -1, -3)]
    + [(returns_none, (1,)), (long_line, (3, 4)), (isqrt, (10**12 + 1,)), (gcd, (84, 36)),
       (count_primes, (100,)), (range_32, (np.int32(7),)), (range_32, (np.uint8(7),)),
       (range_32, (np.uint64(7),)), (bool_arithmetic, (True, True)),
       (bool_arithmetic, (False, True))]
    + [(truth, (a,)) for a in (0, 3, 0.0, -0.0, 1.5, float("nan"), True, False)]
    + [(truth_of_while, (5,))]
    + [(default, p) for p in ((1, 3, 0.5), (2.5, 4, 0.5))]
    + [(mandelbrot, p) for p in ((0.1, 0.2, 100), (1.0, 1.0, 100), (-0.75, 0.1, 500))]
)
