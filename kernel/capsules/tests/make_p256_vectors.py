"""Writes signatures that are hard to judge, with the right verdict, as rows of a C table: Python's own
arithmetic over the curve's definition (SP 800-186, 3.2.1.3). Usage: make_p256_vectors.py OUTPUT"""
import random
import sys

P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff
N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b
BASE = (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
        0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5)


def add(a, b):
    if a is None or b is None:
        return a if b is None else b
    if a[0] == b[0] and (a[1] + b[1]) % P == 0:
        return None
    if a[0] == b[0]:
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def times(factor, point):
    result = None
    while factor:
        if factor & 1:
            result = add(result, point)
        point = add(point, point)
        factor >>= 1
    return result


def negative(point):
    return point[0], -point[1] % P


def is_on_curve(x, y):
    return x < P and y < P and (y * y - x ** 3 + 3 * x - B) % P == 0


def point_from(x):
    """The first point whose x is `x` or more."""
    while True:
        y = pow(x ** 3 - 3 * x + B, (P + 1) // 4, P)
        if is_on_curve(x, y):
            return x, y
        x += 1


def is_right(key, digest, r, s):
    if not is_on_curve(*key) or not 1 <= r < N or not 1 <= s < N:
        return False
    w = pow(s, -1, N)
    end = add(times(digest * w % N, BASE), times(r * w % N, key))
    return end is not None and end[0] % N == r


def sign(d, digest, k):
    r = times(k, BASE)[0] % N
    return r, pow(k, -1, N) * (digest + r * d) % N


def key_for(end, digest, r, s):
    """The key with which this signature comes to the point `end`."""
    w = pow(s, -1, N)
    return times(pow(r * w, -1, N), add(end, negative(times(digest * w % N, BASE))))


ROWS = []


def row(name, expected, key, digest, r, s):
    assert is_right(key, digest, r, s) == expected, name
    numbers = [f'"{number:064x}"' for number in (*key, digest, r, s)]
    ROWS.append(f'{{"{name}", {str(expected).lower()}, '
                f'{numbers[0]} {numbers[1]}, {numbers[2]}, {numbers[3]} {numbers[4]}}},')


def ranges(key, d, digest, k):
    r, s = sign(d, digest, k)
    row("plain", True, key, digest, r, s)
    row("s negated", True, key, digest, r, N - s)
    ones = (1 << 256) - 1
    for name, bad_r, bad_s in (("r is 0", 0, s), ("s is 0", r, 0), ("r is the order", N, s),
                               ("s is the order", r, N), ("r is the prime", P, s),
                               ("r is all ones", ones, s), ("s is all ones", r, ones),
                               ("both are 1", 1, 1), ("both are the order less 1", N - 1, N - 1)):
        row(name, False, key, digest, bad_r, bad_s)
    r, s = sign(d, 0, k)
    row("digest is 0", True, key, 0, r, s)
    row("digest is the order", True, key, N, r, s)
    r, s = sign(d, ones, k)
    row("digest is all ones", True, key, ones, r, s)
    end = times(k, BASE)
    r = end[0] % N
    for name, s in (("s is 1", 1), ("s is 2", 2), ("s is the order less 1", N - 1),
                    ("s is half of it", (N + 1) // 2), ("s is a power of two", 1 << 255)):
        row(name, True, key_for(end, digest, r, s), digest, r, s)


def ends(digest, s):
    end = point_from(N + 1)
    key = key_for(end, digest, end[0] - N, s)
    row("x of the end is above the order", True, key, digest, end[0] - N, s)
    row("... and r is not reduced", False, key, digest, end[0], s)
    end = point_from(5)
    row("x of the end is small", True, key_for(end, digest, end[0], s), digest, end[0], s)
    row("... and r has the order added", False, key_for(end, digest, end[0], s), digest,
        end[0] + N, s)


def keys(random_d, digest, k, s):
    for name, d in (("the base point", 1), ("its negative", N - 1), ("twice it", 2),
                    ("half of it", (N + 1) // 2), ("three times it", 3), ("-2 times it", N - 2)):
        key = times(d, BASE)
        signature = sign(d, digest, k)
        row(f"key is {name}", True, key, digest, *signature)
        row(f"key is {name}, another digest", False, key, digest ^ 1, *signature)
    # The two factors small, so that what is added meets what is there, or its negative.
    for name, d in (("the base", 1), ("its negative", N - 1), ("twice it", 2),
                    ("half of it", (N + 1) // 2), ("any", random_d)):
        key = times(d, BASE)
        for of_base in range(4):
            for of_key in range(1, 4):
                end = add(times(of_base, BASE), times(of_key, key))
                r = end[0] % N if end is not None else 12345
                s = r * pow(of_key, -1, N) % N
                row(f"factors {of_base} and {of_key}, key {name}", end is not None, key,
                    of_base * s % N, r, s)
    r = 0x123456789
    row("the end is infinity", False, times(random_d, BASE), -r * random_d % N, r, s)
    signature = sign(random_d, digest, k)
    x, y = times(random_d, BASE)
    row("key off the curve", False, (x, y ^ 1), digest, *signature)
    row("key is 0", False, (0, 0), digest, *signature)
    x, y = point_from(0)
    assert x == 0
    end = add(times(7, BASE), times(9, (x, y)))
    r = end[0] % N
    s = r * pow(9, -1, N) % N
    row("x of the key is 0", True, (0, y), 7 * s % N, r, s)
    row("... and written as the prime", False, (P, y), 7 * s % N, r, s)
    row("y of the key not reduced", False, (0, y + P if y + P < 1 << 256 else P), 7 * s % N, r, s)


def main():
    source = random.Random(1)
    d, k, s = (source.randrange(1, N) for _ in range(3))
    digest = source.randrange(1 << 256)
    ranges(times(d, BASE), d, digest, k)
    ends(digest, s)
    keys(d, digest, k, s)
    with open(sys.argv[1], "w", encoding="ascii") as output:
        output.write("\n".join(ROWS) + "\n")


main()
