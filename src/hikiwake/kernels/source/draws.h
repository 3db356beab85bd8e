/* Draws of three-way equations, one in each lane: all times of a pair weigh alike, so a draw is a weight m (A, C)
   of pairs beside the weights w (A, B, C) of cells.

   With the pairs concentrated out, every block of the equations is a sum of m Q over pairs, with Q = diag(w) - w w' /
   sum w (B, B) of one pair: exporters' and importers' own matrices, and what one side gives the other. Both sides
   are therefore the same function, of arrays turned round. */

/* One side: levels X, the other side's Y; weights (X, Y, B), pairs' weights (X, Y, D), right sides (X, R, B, D) or
   NULL. `other` (Y, R, B) are the effects of the other side or NULL, `own` (X, R, B) its own or NULL, `product` (R, R)
   the sums of what is asked of the levels, times what they are. `inverse` are inverses of the levels' own matrices:
   of all levels (X, B, B) where they are `kept`, read where they are `known`; else of one (B, B). */
#define Side NAME(side)
typedef struct {
    size_t x, y, n, r, d;
    int kept, known;
    const double *weights, *drawn, *right;
    const V *other;
    V *own, *product;
    V *inverse, *totals, *pivots, *asked, *solved, *per_pair, *share; /* room */
} Side;

#define AHEAD 24

/* What one level's pairs weigh in these draws, and that over their sums of weights. */
#define drawn_weights NAME(drawn_weights)
static ALWAYS void drawn_weights(const Side *of, const double *w, const double *drawn, size_t left) {
    for (size_t y = 0; y < of->y; y++) {
        double sum = 0.0;
        for (size_t t = 0; t < of->n; t++) sum += w[y * of->n + t];
        __builtin_prefetch(drawn + (y + AHEAD) * of->d); /* the next lie far apart */
        of->per_pair[y] = load(drawn + y * of->d, left);
        of->share[y] = of->per_pair[y] * all(sum != 0.0 ? 1.0 / sum : 0.0);
    }
}

/* The inverse of one level's own matrix. */
#define own_matrix NAME(own_matrix)
static ALWAYS void own_matrix(const Side *of, const double *w, V *m) {
    size_t n = of->n;
    for (size_t t0 = 0; t0 < n; t0 += TILE) {
        size_t rows = n - t0 < TILE ? n - t0 : TILE, at[TILE];
        V total[TILE];
        for (size_t t = 0; t < TILE; t++) at[t] = t0 + (t < rows ? t : rows - 1), total[t] = all(0.0);
        for (size_t y = 0; y < of->y; y++)
            for (size_t t = 0; t < TILE; t++) total[t] += all(w[y * n + at[t]]) * of->per_pair[y];
        for (size_t t = 0; t < rows; t++) of->totals[t0 + t] = total[t];
        for (size_t s0 = 0; s0 <= t0; s0 += TILE) {
            V sum[TILE][TILE];
            size_t columns = n - s0 < TILE ? n - s0 : TILE, to[TILE];
            for (size_t s = 0; s < TILE; s++) to[s] = s0 + (s < columns ? s : columns - 1);
            for (size_t t = 0; t < TILE; t++)
                for (size_t s = 0; s < TILE; s++) sum[t][s] = all(0.0);
            for (size_t y = 0; y < of->y; y++)
                for (size_t t = 0; t < TILE; t++) {
                    V scaled = all(w[y * n + at[t]]) * of->share[y];
                    for (size_t s = 0; s < TILE; s++) sum[t][s] += all(w[y * n + to[s]]) * scaled;
                }
            for (size_t t = 0; t < rows; t++)
                for (size_t s = 0; s < columns; s++) m[(t0 + t) * n + s0 + s] = -sum[t][s];
        }
    }
    closed(m, n, of->totals);
    invert(m, n, of->pivots);
}

/* Take from what is asked of a level what `many` levels of the other side give it. */
#define given_by NAME(given_by)
static ALWAYS void given_by(const Side *of, const double *w, size_t y, const size_t many) {
    const size_t n = of->n, count = of->r;
    const double *row[TILE];
    V per_pair[TILE], share[TILE];
    for (size_t at = 0; at < many; at++) {
        row[at] = w + (y + at) * n;
        per_pair[at] = of->per_pair[y + at], share[at] = of->share[y + at];
    }
    for (size_t r = 0; r < count; r++) {
        const V *other[TILE];
        V through[TILE], *asked = of->asked + r * n;
        for (size_t at = 0; at < many; at++) {
            other[at] = of->other + ((y + at) * count + r) * n;
            through[at] = all(0.0);
        }
        for (size_t t = 0; t < n; t++)
            for (size_t at = 0; at < many; at++) through[at] += all(row[at][t]) * other[at][t];
        for (size_t at = 0; at < many; at++) through[at] *= share[at];
        for (size_t t = 0; t < n; t++) {
            V left = asked[t];
            for (size_t at = 0; at < many; at++)
                left -= all(row[at][t]) * (per_pair[at] * other[at][t] - through[at]);
            asked[t] = left;
        }
    }
}

/* Solve the levels of one side, in the draws from `at` on. */
#define one_side NAME(one_side)
static void one_side(const Side *of, size_t at, size_t left) {
    size_t n = of->n, size = of->r * n;
    for (size_t k = 0; k < of->r * of->r; k++) of->product[k] = all(0.0);
    for (size_t x = 0; x < of->x; x++) {
        const double *w = of->weights + x * of->y * n;
        drawn_weights(of, w, of->drawn + x * of->y * of->d + at, left);
        V *inverse = of->inverse + (of->kept ? x * n * n : 0);
        if (!of->known) own_matrix(of, w, inverse);
        for (size_t k = 0; k < size; k++)
            of->asked[k] = of->right == NULL ? all(0.0) : load(of->right + (x * size + k) * of->d + at, left);
        if (of->other != NULL) {
            size_t y = 0;
            for (; y + TILE <= of->y; y += TILE) given_by(of, w, y, TILE);
            for (; y < of->y; y++) given_by(of, w, y, 1);
        }
        V *solved = of->own == NULL ? of->solved : of->own + x * size;
        for (size_t r = 0; r < of->r; r++)
            for (size_t t = 0; t < n; t++) {
                V value = all(0.0);
                for (size_t s = 0; s < n; s++) value += inverse[t * n + s] * of->asked[r * n + s];
                solved[r * n + t] = value;
            }
        for (size_t r = 0; r < of->r; r++)
            for (size_t l = 0; l < of->r; l++) {
                V value = of->product[r * of->r + l];
                for (size_t t = 0; t < n; t++) value += of->asked[r * n + t] * solved[l * n + t];
                of->product[r * of->r + l] = value;
            }
    }
}

/* Of each draw of the block what tells r'A^-1 r nearly, see `draws.Tried`: exporters are eliminated, which is exact;
   importers' own matrices condition what is left, and for z = C r there z'C^-1 z is z'r. */
#define LINE 64
#define each_draw NAME(each_draw)
static int each_draw(const Draws *call) {
    size_t a = call->a, c = call->c, n = call->b, r = call->r, longest = a > c ? a : c;
    V *held = room_for((a + 1) * n * n + 2 * n + 2 * r * n + 2 * longest + r * r + (a + c) * r * n + LINE / sizeof(V));
    if (held == NULL) return 0;
    V *m = (V *)(((uintptr_t)held + LINE - 1) / LINE * LINE); /* no vector lies across two lines of the cache */
    V *of_exporters = m + n * n, *totals = of_exporters + a * n * n, *pivots = totals + n, *asked = pivots + n, *solved = asked + r * n;
    V *per_pair = solved + r * n, *share = per_pair + longest, *product = share + longest;
    V *exporters = product + r * r, *importers = exporters + a * r * n;
    Side first = {a, c, n, r, call->d, 1, 0, call->by_exporter, call->drawn, call->right_ab, NULL, exporters, product,
                  of_exporters, totals, pivots, asked, solved, per_pair, share};
    Side second = {c, a, n, r, call->d, 0, 0, call->by_importer, call->turned, call->right_cb, exporters, importers, product,
                   m, totals, pivots, asked, solved, per_pair, share};
    Side third = first;
    third.known = 1, third.right = NULL, third.other = importers, third.own = NULL;
    for (size_t at = call->first; at < call->last; at += LANES) {
        size_t left = call->last - at;
        one_side(&first, at, left);
        for (size_t k = 0; k < r * r; k++) store(call->exact + k * call->d + at, product[k], left);
        one_side(&second, at, left);
        for (size_t k = 0; k < r * r; k++) store(call->along + k * call->d + at, product[k], left);
        one_side(&third, at, left);
        for (size_t k = 0; k < r * r; k++)
            store(call->inner + k * call->d + at, load(call->along + k * call->d + at, left) - product[k], left);
    }
    free(held);
    return 1;
}
