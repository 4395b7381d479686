#include "kernel/capsules/p256.h"

#include "kernel/abi/syscall.h"
#include "kernel/capsule/manifest.h"

CAPSULE(p256);

#define WORDS 8u
#define BITS  256u
/* A piece takes about as many multiplications: some 100,000 cycles. A check takes 14.4 million. */
#define INVERSION_BITS_PER_PIECE 24u
#define FACTOR_BITS_PER_PIECE    2u

/* Numbers below a modulus are kept times 2^256 (Montgomery's form) where `product` gets them. */
struct modulus {
    struct p256_number value;
    struct p256_number square; /* 2^512 modulo it: brings a number into that form */
    struct p256_number one;    /* in that form */
    uint32_t inverse;          /* -1 / value modulo 2^32 */
};

static const struct modulus prime = {
    {{0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0x00000000, 0x00000000, 0x00000000, 0x00000001,
      0xFFFFFFFF}},
    {{0x00000003, 0x00000000, 0xFFFFFFFF, 0xFFFFFFFB, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD,
      0x00000004}},
    {{0x00000001, 0x00000000, 0x00000000, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFE,
      0x00000000}},
    1,
};

/* How many points the curve has, a prime too. */
static const struct modulus order = {
    {{0xFC632551, 0xF3B9CAC2, 0xA7179E84, 0xBCE6FAAD, 0xFFFFFFFF, 0xFFFFFFFF, 0x00000000,
      0xFFFFFFFF}},
    {{0xBE79EEA2, 0x83244C95, 0x49BD6FA6, 0x4699799C, 0x2B6BEC59, 0x2845B239, 0xF3D95620,
      0x66E12D94}},
    {{0x039CDAAF, 0x0C46353D, 0x58E8617B, 0x43190552, 0x00000000, 0x00000000, 0xFFFFFFFF,
      0x00000000}},
    0xEE00BC4F,
};

/* y^2 = x^3 - 3x + b; both in Montgomery's form. */
static const struct p256_number curve_b = {{0x29C4BDDF, 0xD89CDF62, 0x78843090, 0xACF005CD,
                                            0xF7212ED6, 0xE5A220AB, 0x04874834, 0xDC30061D}};
static const struct p256_point base_point = {
    {{0x18A9143C, 0x79E730D4, 0x5FEDB601, 0x75BA95FC, 0x77622510, 0x79FB732B, 0xA53755C6,
      0x18905F76}},
    {{0xCE95560A, 0xDDF25357, 0xBA19E45C, 0x8B4AB8E4, 0xDD21F325, 0xD2E88688, 0x25885D85,
      0x8571FF18}},
    {{0x00000001, 0x00000000, 0x00000000, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFE,
      0x00000000}},
};

/* --- Numbers of 256 bits --- */

static bool is_zero(BORROWED const struct p256_number *a)
{
    uint32_t any = 0;
    for (uint32_t i = 0; i < WORDS; i++) {
        any |= a->word[i];
    }
    return any == 0;
}

static bool is_equal(BORROWED const struct p256_number *a, BORROWED const struct p256_number *b)
{
    uint32_t differences = 0;
    for (uint32_t i = 0; i < WORDS; i++) {
        differences |= a->word[i] ^ b->word[i];
    }
    return differences == 0;
}

/* a += b; returns the carry. */
static uint32_t add_to(BORROWED struct p256_number *a, BORROWED const struct p256_number *b)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < WORDS; i++) {
        sum += (uint64_t)a->word[i] + b->word[i];
        a->word[i] = (uint32_t)(sum & 0xFFFFFFFFu);
        sum >>= 32;
    }
    return (uint32_t)sum;
}

/* a -= b; returns the borrow, 0 or 1. */
static uint32_t subtract_from(BORROWED struct p256_number *a, BORROWED const struct p256_number *b)
{
    uint32_t borrow = 0;
    for (uint32_t i = 0; i < WORDS; i++) {
        uint64_t difference = (uint64_t)a->word[i] - b->word[i] - borrow;
        a->word[i] = (uint32_t)(difference & 0xFFFFFFFFu);
        borrow = (uint32_t)(difference >> 63);
    }
    return borrow;
}

static bool is_below(BORROWED const struct p256_number *a, BORROWED const struct p256_number *b)
{
    struct p256_number rest = *a;
    return subtract_from(&rest, b) != 0;
}

/* Once: of a number below twice the modulus, whose bit 256 is `carry`. */
static void reduce(BORROWED struct p256_number *a, uint32_t carry,
                   BORROWED const struct modulus *modulus)
{
    if (carry != 0 || !is_below(a, &modulus->value)) {
        (void)subtract_from(a, &modulus->value);
    }
}

static struct p256_number sum_of(BORROWED const struct p256_number *a,
                                 BORROWED const struct p256_number *b)
{
    struct p256_number sum = *a;
    uint32_t carry = add_to(&sum, b);
    reduce(&sum, carry, &prime);
    return sum;
}

static struct p256_number difference_of(BORROWED const struct p256_number *a,
                                        BORROWED const struct p256_number *b)
{
    struct p256_number difference = *a;
    if (subtract_from(&difference, b) != 0) {
        (void)add_to(&difference, &prime.value);
    }
    return difference;
}

/* a * b / 2^256, row by row: each row is made divisible by 2^32 and shifted. At most 2^64 - 1 is
 * what a product of words with two words added can be. */
static struct p256_number product(BORROWED const struct p256_number *a,
                                  BORROWED const struct p256_number *b,
                                  BORROWED const struct modulus *modulus)
{
    struct p256_number row = {{0}};
    uint32_t top = 0;
    for (uint32_t i = 0; i < WORDS; i++) {
        uint32_t factor = b->word[i];
        uint64_t now = (uint64_t)a->word[0] * factor + row.word[0];
        uint32_t carry = (uint32_t)(now >> 32);
        uint32_t multiple = (uint32_t)(now & 0xFFFFFFFFu) * modulus->inverse;
        now = (uint64_t)modulus->value.word[0] * multiple + (now & 0xFFFFFFFFu);
        uint32_t carry_of_multiple = (uint32_t)(now >> 32);
        for (uint32_t k = 1; k < WORDS; k++) {
            now = (uint64_t)a->word[k] * factor + row.word[k] + carry;
            carry = (uint32_t)(now >> 32);
            now = (uint64_t)modulus->value.word[k] * multiple + (now & 0xFFFFFFFFu) +
                  carry_of_multiple;
            carry_of_multiple = (uint32_t)(now >> 32);
            row.word[k - 1] = (uint32_t)(now & 0xFFFFFFFFu);
        }
        now = (uint64_t)carry + carry_of_multiple + top;
        row.word[WORDS - 1] = (uint32_t)(now & 0xFFFFFFFFu);
        top = (uint32_t)(now >> 32);
    }
    reduce(&row, top, modulus);
    return row;
}

static struct p256_number times(BORROWED const struct p256_number *a,
                                BORROWED const struct p256_number *b)
{
    return product(a, b, &prime);
}

static bool bit_of(BORROWED const struct p256_number *a, uint32_t bit)
{
    return (a->word[bit / 32u % WORDS] >> bit % 32u & 1u) != 0;
}

static struct p256_number number_at(BORROWED struct const_slice bytes, uint32_t offset)
{
    struct p256_number number = {{0}};
    for (uint32_t i = 0; i < WORDS; i++) {
        uint32_t word = 0;
        for (uint32_t k = 0; k < 4u; k++) {
            word = word << 8 | slice_get(bytes, offset + 4u * (WORDS - 1u - i) + k);
        }
        number.word[i] = word;
    }
    return number;
}

/* --- Points --- */

/* Also right for the point at infinity; no point of this curve is its own negative. */
static void double_point(BORROWED struct p256_point *p)
{
    struct p256_number delta = times(&p->z, &p->z);
    struct p256_number gamma = times(&p->y, &p->y);
    struct p256_number beta = times(&p->x, &gamma);
    struct p256_number left = difference_of(&p->x, &delta);
    struct p256_number right = sum_of(&p->x, &delta);
    struct p256_number alpha = times(&left, &right);
    struct p256_number twice = sum_of(&alpha, &alpha);
    alpha = sum_of(&twice, &alpha);
    beta = sum_of(&beta, &beta);
    beta = sum_of(&beta, &beta); /* 4 beta */

    struct p256_number z = sum_of(&p->y, &p->z);
    z = times(&z, &z);
    z = difference_of(&z, &gamma);
    p->z = difference_of(&z, &delta);

    struct p256_number x = times(&alpha, &alpha);
    x = difference_of(&x, &beta);
    p->x = difference_of(&x, &beta);

    struct p256_number y = difference_of(&beta, &p->x);
    y = times(&alpha, &y);
    gamma = sum_of(&gamma, &gamma);
    gamma = times(&gamma, &gamma);
    gamma = sum_of(&gamma, &gamma); /* 8 gamma^2 */
    p->y = difference_of(&y, &gamma);
}

/* p += q, whatever the two are. */
static void add_point(BORROWED struct p256_point *p, BORROWED const struct p256_point *q)
{
    if (is_zero(&q->z)) {
        return;
    }
    if (is_zero(&p->z)) {
        *p = *q;
        return;
    }
    struct p256_number pzz = times(&p->z, &p->z);
    struct p256_number qzz = times(&q->z, &q->z);
    struct p256_number px = times(&p->x, &qzz);
    struct p256_number width = times(&q->x, &pzz);
    width = difference_of(&width, &px);
    qzz = times(&qzz, &q->z);
    struct p256_number py = times(&p->y, &qzz);
    pzz = times(&pzz, &p->z);
    struct p256_number height = times(&q->y, &pzz);
    height = difference_of(&height, &py);
    if (is_zero(&width)) {
        if (is_zero(&height)) {
            double_point(p);
        } else {
            *p = (struct p256_point){.x = prime.one, .y = prime.one};
        }
        return;
    }
    struct p256_number square = times(&width, &width);
    struct p256_number cube = times(&square, &width);
    px = times(&px, &square);
    struct p256_number z = times(&p->z, &q->z);
    p->z = times(&z, &width);

    struct p256_number x = times(&height, &height);
    x = difference_of(&x, &cube);
    x = difference_of(&x, &px);
    p->x = difference_of(&x, &px);

    struct p256_number y = difference_of(&px, &p->x);
    y = times(&height, &y);
    py = times(&py, &cube);
    p->y = difference_of(&y, &py);
}

/* Its coordinates are in Montgomery's form; z is 1. */
static bool is_on_curve(BORROWED const struct p256_point *p)
{
    struct p256_number left = times(&p->y, &p->y);
    struct p256_number right = times(&p->x, &p->x);
    for (uint32_t i = 0; i < 3u; i++) {
        right = difference_of(&right, &prime.one); /* x^2 - 3 */
    }
    right = times(&right, &p->x);
    right = sum_of(&right, &curve_b);
    return is_equal(&left, &right);
}

/* --- A signature --- */

static bool take_key(BORROWED struct p256 *p256, BORROWED struct const_slice key)
{
    struct p256_number x = number_at(key, 0);
    struct p256_number y = number_at(key, 32);
    if (!is_below(&x, &prime.value) || !is_below(&y, &prime.value)) {
        return false;
    }
    p256->key = (struct p256_point){
        .x = times(&x, &prime.square), .y = times(&y, &prime.square), .z = prime.one};
    p256->both = base_point;
    add_point(&p256->both, &p256->key);
    return is_on_curve(&p256->key);
}

static bool is_factor(BORROWED const struct p256_number *a)
{
    return !is_zero(a) && is_below(a, &order.value);
}

int p256_begin(BORROWED struct p256 *p256, BORROWED struct const_slice key,
               BORROWED struct const_slice digest, BORROWED struct const_slice signature)
{
    *p256 = (struct p256){.bits_left = BITS};
    if (key.length != P256_KEY_BYTES || digest.length != P256_DIGEST_BYTES ||
        signature.length != P256_SIGNATURE_BYTES || !take_key(p256, key)) {
        return K_EINVAL;
    }
    p256->r = number_at(signature, 0);
    p256->s = number_at(signature, 32);
    if (!is_factor(&p256->r) || !is_factor(&p256->s)) {
        return K_EINVAL;
    }
    p256->digest = number_at(digest, 0);
    reduce(&p256->digest, 0, &order);
    p256->s = product(&p256->s, &order.square, &order);
    p256->inverse = order.one;
    return K_EBUSY;
}

/* 1 / s is s to the power of the order less 2. */
static void invert_piece(BORROWED struct p256 *p256)
{
    struct p256_number exponent = order.value;
    exponent.word[0] -= 2u;
    for (uint32_t i = 0; i < INVERSION_BITS_PER_PIECE && p256->bits_left > 0; i++) {
        p256->bits_left--;
        p256->inverse = product(&p256->inverse, &p256->inverse, &order);
        if (bit_of(&exponent, p256->bits_left)) {
            p256->inverse = product(&p256->inverse, &p256->s, &order);
        }
    }
    if (p256->bits_left == 0) {
        p256->is_inverted = true;
        p256->bits_left = BITS;
        /* One factor is in Montgomery's form, the product therefore not. */
        p256->of_base = product(&p256->digest, &p256->inverse, &order);
        p256->of_key = product(&p256->r, &p256->inverse, &order);
    }
}

static void add_next_bit(BORROWED struct p256 *p256)
{
    p256->bits_left--;
    bool base = bit_of(&p256->of_base, p256->bits_left);
    bool key = bit_of(&p256->of_key, p256->bits_left);
    double_point(&p256->sum);
    if (base && key) {
        add_point(&p256->sum, &p256->both);
    } else if (base) {
        add_point(&p256->sum, &base_point);
    } else if (key) {
        add_point(&p256->sum, &p256->key);
    }
}

/* Whether x / z^2 modulo the order is r: it is r, or r and the order if that is below the prime. */
static bool has_come_to_r(BORROWED const struct p256 *p256)
{
    if (is_zero(&p256->sum.z)) {
        return false;
    }
    struct p256_number square = times(&p256->sum.z, &p256->sum.z);
    struct p256_number candidate = p256->r;
    for (uint32_t i = 0; i < 2u; i++) {
        struct p256_number x = times(&candidate, &prime.square);
        x = times(&x, &square);
        if (is_equal(&x, &p256->sum.x)) {
            return true;
        }
        if (add_to(&candidate, &order.value) != 0 || !is_below(&candidate, &prime.value)) {
            return false;
        }
    }
    return false;
}

int p256_piece(BORROWED struct p256 *p256)
{
    if (!p256->is_inverted) {
        invert_piece(p256);
        return K_EBUSY;
    }
    for (uint32_t i = 0; i < FACTOR_BITS_PER_PIECE && p256->bits_left > 0; i++) {
        add_next_bit(p256);
    }
    if (p256->bits_left > 0) {
        return K_EBUSY;
    }
    return has_come_to_r(p256) ? K_OK : K_EINVAL;
}
