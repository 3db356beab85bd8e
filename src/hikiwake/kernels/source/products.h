/* The product space: how many exporters two products share, counted as bits. */

#if LANES == 8
#define counted NAME(counted)
static ALWAYS INTEGERS counted(INTEGERS word) { return (INTEGERS)_mm512_popcnt_epi64((__m512i)word); }
#else
/* Bits in pairs, in fours and in bytes, which are then added up. */
#define counted NAME(counted)
static ALWAYS INTEGERS counted(INTEGERS word) {
    word = word - ((word >> 1) & 0x5555555555555555u);
    word = (word & 0x3333333333333333u) + ((word >> 2) & 0x3333333333333333u);
    word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    word = word + (word >> 8);
    word = word + (word >> 16);
    return (word + (word >> 32)) & 0xffu;
}
#endif

/* A whole number below 2^52 as a double: its bits among those of 2^52, less 2^52. */
#define as_double NAME(as_double)
static ALWAYS V as_double(INTEGERS value) {
    const V shift = all(4503599627370496.0);
    return (V)(value | (INTEGERS)shift) - shift;
}

/* Rows of out (N, N): the exporters that product i shares with each other, times the lesser of the reciprocals of
   how many each has. words (W, N): bit by bit who exports a product. Each row is computed whole: to turn half
   of the rows round would take as long as to count again. */
#define each_product NAME(each_product)
static int each_product(const Products *call) {
    size_t n = call->n;
    for (size_t i = call->first; i < call->last; i++) {
        V own = all(call->inverse[i]);
        ROW(j, left, n,
            INTEGERS count = {0};
            for (size_t w = 0; w < call->w; w++) {
                const uint64_t *words = call->words + w * n;
                INTEGERS mine = words[i] - (INTEGERS){0};
                count += counted(mine & (INTEGERS)load((const double *)(words + j), left));
            }
            V other = load(call->inverse + j, left);
            /* What is no number, for a product that nobody exports, stays, whichever it is. */
            V least = choose((INTEGERS)(own < other) | (INTEGERS)(own != own), own, other);
            store(call->out + i * n + j, as_double(count) * least, left);
        );
    }
    return 1;
}
