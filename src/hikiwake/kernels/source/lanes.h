/* Vectors of LANES doubles, read from and written to anywhere; the last of a row may hold fewer.

   Written once, and compiled for each set of instructions: NAME gives each its own names. The compiler's own
   vectors keep the order of every sum as it stands here, so nothing depends on what an optimiser may do. */

#define V NAME(vector)
#define INTEGERS NAME(integers)
typedef double V __attribute__((vector_size(LANES * 8), aligned(8), may_alias));
typedef uint64_t INTEGERS __attribute__((vector_size(LANES * 8), aligned(8), may_alias));

#define all NAME(all)
static ALWAYS V all(double value) {
    return value - (V){0}; /* the compiler knows that this is the value, and broadcasts it */
}

/* n is how many of the row are left: at least one; beyond LANES it does not matter. */
#define load NAME(load)
static ALWAYS V load(const double *at, size_t n) {
    if (n >= LANES) return *(const V *)at;
#if LANES == 8
    return (V)_mm512_maskz_loadu_pd((__mmask8)((1u << n) - 1u), at);
#else
    V out = {0};
    for (size_t lane = 0; lane < n; lane++) out[lane] = at[lane];
    return out;
#endif
}

#define store NAME(store)
static ALWAYS void store(double *at, V value, size_t n) {
    if (n >= LANES) {
        *(V *)at = value;
        return;
    }
#if LANES == 8
    _mm512_mask_storeu_pd(at, (__mmask8)((1u << n) - 1u), (__m512d)value);
#else
    for (size_t lane = 0; lane < n; lane++) at[lane] = value[lane];
#endif
}

#define sum_of NAME(sum_of)
static ALWAYS double sum_of(V value) {
    double out = value[0];
    for (int lane = 1; lane < LANES; lane++) out += value[lane];
    return out;
}

/* Where the mask is set the one, elsewhere the other. */
#define choose NAME(choose)
static ALWAYS V choose(INTEGERS mask, V one, V other) {
    return (V)((mask & (INTEGERS)one) | (~mask & (INTEGERS)other));
}

#define reciprocal NAME(reciprocal)
static ALWAYS V reciprocal(V value) { /* 0 where the value is 0 */
    return choose((INTEGERS)(value != all(0.0)), all(1.0) / value, all(0.0));
}

/* e to the x, to about one unit in the last place; x beyond MOST counts as MOST, NaN stays NaN, and below
   LEAST the result is 0. x = n ln 2 + r, |r| <= ln 2 / 2, and the series of e^r to r^13 (error 4e-18). */
#define MOST 600.0
#define LEAST -708.0
#define exponential NAME(exponential)
static ALWAYS V exponential(V x) {
    const V shift = all(6755399441055744.0); /* 1.5 * 2^52: what is added loses its fraction */
    V t = choose((INTEGERS)(x > all(MOST)), all(MOST), x);
    V held = choose((INTEGERS)(t < all(LEAST)), all(LEAST), t);
    V whole = held * all(1.4426950408889634) + shift;
    V n = whole - shift;
    V r = held - n * all(6.93147180369123816490e-01); /* its last 32 bits are 0, so the product is exact */
    r = r - n * all(1.90821492927058770002e-10);
    V p = all(1.0 / 6227020800.0);
    p = p * r + all(1.0 / 479001600.0);
    p = p * r + all(1.0 / 39916800.0);
    p = p * r + all(1.0 / 3628800.0);
    p = p * r + all(1.0 / 362880.0);
    p = p * r + all(1.0 / 40320.0);
    p = p * r + all(1.0 / 5040.0);
    p = p * r + all(1.0 / 720.0);
    p = p * r + all(1.0 / 120.0);
    p = p * r + all(1.0 / 24.0);
    p = p * r + all(1.0 / 6.0);
    p = p * r + all(0.5);
    p = p * r + all(1.0);
    p = p * r + all(1.0);
    INTEGERS power = ((INTEGERS)whole << 52) + ((INTEGERS)all(1.0));
    V out = p * (V)power;
    return choose((INTEGERS)(t < all(LEAST)), all(0.0), out);
}

/* Do something along a row of n numbers, LANES at a time; `left` is how many there are, which the compiler knows
   but for the last. */
#define ROW(j, left, n, ...)                                         \
    do {                                                             \
        size_t j = 0;                                                \
        for (; j + LANES <= (n); j += LANES) {                       \
            enum { left = LANES };                                   \
            __VA_ARGS__                                              \
        }                                                            \
        if (j < (n)) {                                               \
            const size_t left = (n) - j;                             \
            __VA_ARGS__                                              \
        }                                                            \
    } while (0)
