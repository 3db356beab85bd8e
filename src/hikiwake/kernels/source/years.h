/* The normal equations of exporter-time and importer-time effects, weights (A, B, C) of times, exporters and
   importers: the times separate. In each the exporters are eliminated, which leaves one matrix of importers,
   diag(sum_b w) - w' diag(1 / sum_c w) w, that is factored as U'U. */

#define ROWS 4
#define WIDE 3 /* vectors: a tile of ROWS by WIDE * LANES stays in the registers */
#define PANEL 32

/* m (n, n) -= rows' rows in and above its diagonal from `from` on, rows (count, n). `packed`: count x WIDE x
   LANES. */
#define subtract NAME(subtract)
static void subtract(double *m, size_t n, size_t from, const double *rows, size_t count, double *packed) {
    const size_t width = WIDE * LANES;
    for (size_t j = from; j < n; j += width) {
        size_t wide = n - j < width ? n - j : width;
        for (size_t p = 0; p < count; p++)
            for (size_t at = 0; at < width; at++) packed[p * width + at] = at < wide ? rows[p * n + j + at] : 0.0;
        for (size_t i = from; i < j + wide; i += ROWS) {
            size_t high = n - i < ROWS ? n - i : ROWS;
            V sum[ROWS][WIDE];
            for (size_t r = 0; r < ROWS; r++)
                for (size_t v = 0; v < WIDE; v++) sum[r][v] = all(0.0);
            for (size_t p = 0; p < count; p++) {
                const double *left = rows + p * n + i, *right = packed + p * width;
                V values[WIDE];
                for (size_t v = 0; v < WIDE; v++) values[v] = load(right + v * LANES, LANES);
                for (size_t r = 0; r < ROWS; r++) {
                    V factor = all(left[r < high ? r : 0]);
                    for (size_t v = 0; v < WIDE; v++) sum[r][v] += factor * values[v];
                }
            }
            for (size_t r = 0; r < high; r++)
                for (size_t v = 0; v * LANES < wide; v++) {
                    double *place = m + (i + r) * n + j + v * LANES;
                    size_t left = wide - v * LANES;
                    store(place, load(place, left) - sum[r][v], left);
                }
        }
    }
}

/* Factor the upper half of m (n, n) in place as U'U, 1 / U[i][i] to `inverse`; a level whose pivot is rounding
   stays at 0. */
#define factorise NAME(factorise)
static void factorise(double *m, size_t n, double *inverse, double *packed) {
    for (size_t i = 0; i < n; i++) inverse[i] = m[i * n + i] * NOTHING;
    for (size_t first = 0; first < n; first += PANEL) {
        size_t last = n - first < PANEL ? n : first + PANEL;
        for (size_t i = first; i < last; i++) {
            double *row = m + i * n, pivot = row[i];
            inverse[i] = pivot > inverse[i] && pivot > 0.0 ? 1.0 / __builtin_sqrt(pivot) : 0.0;
            ROW(j, left, n - i, store(row + i + j, load(row + i + j, left) * all(inverse[i]), left););
            for (size_t k = i + 1; k < last; k++) {
                V by = all(row[k]);
                double *other = m + k * n;
                ROW(j, left, n - k, store(other + k + j, load(other + k + j, left) - by * load(row + k + j, left), left););
            }
        }
        if (last < n) subtract(m, n, last, m + first * n, last - first, packed);
    }
}

/* Solve U'U x = b in place, for one right side. */
#define solve NAME(solve)
static void solve(const double *u, const double *inverse, size_t n, double *b) {
    for (size_t i = 0; i < n; i++) {
        b[i] *= inverse[i];
        V by = all(b[i]);
        size_t next = i + 1;
        ROW(j, left, n - next, store(b + next + j, load(b + next + j, left) - by * load(u + i * n + next + j, left), left););
    }
    for (size_t i = n; i-- > 0;) b[i] = (b[i] - dot(u + i * n + i + 1, b + i + 1, n - i - 1)) * inverse[i];
}

/* One time: m is room for its matrix, `root` for its weights over the roots of the exporters' sums. */
#define one_year NAME(one_year)
static void one_year(const Years *call, size_t a, double *m, double *root, double *packed, double *room) {
    size_t exporters = call->b, n = call->c, largest = 0;
    const double *w = call->weights + a * exporters * n;
    double *sums = room, *inverse = room + n, *scale = inverse + n;
    for (size_t j = 0; j < n; j++) sums[j] = 0.0;
    for (size_t i = 0; i < exporters; i++) {
        V total = all(0.0);
        ROW(j, left, n,
            V cell = load(w + i * n + j, left);
            total += cell;
            store(sums + j, load(sums + j, left) + cell, left););
        double sum = sum_of(total);
        scale[i] = sum != 0.0 ? 1.0 / sum : 0.0;
        V by = all(__builtin_sqrt(scale[i]));
        ROW(j, left, n, store(root + i * n + j, load(w + i * n + j, left) * by, left););
    }
    for (size_t at = 0; at < n * n; at++) m[at] = 0.0;
    for (size_t j = 0; j < n; j++) {
        m[j * n + j] = sums[j] * (1.0 + RIDGE) + (sums[j] == 0.0 ? 1.0 : 0.0);
        if (sums[j] > sums[largest]) largest = j;
    }
    m[largest * n + largest] += sums[largest]; /* the level that is free */
    subtract(m, n, 0, root, exporters, packed);
    factorise(m, n, inverse, packed);
    for (size_t r = 0; r < call->r; r++) {
        const double *by_ab = call->right_ab + (r * call->a + a) * exporters;
        const double *by_ac = call->right_ac + (r * call->a + a) * n;
        double *own = call->by_ab + (r * call->a + a) * exporters, *other = call->by_ac + (r * call->a + a) * n;
        for (size_t j = 0; j < n; j++) other[j] = by_ac[j];
        for (size_t i = 0; i < exporters; i++) {
            V given = all(by_ab[i] * scale[i]);
            ROW(j, left, n, store(other + j, load(other + j, left) - given * load(w + i * n + j, left), left););
        }
        solve(m, inverse, n, other);
        for (size_t i = 0; i < exporters; i++) own[i] = (by_ab[i] - dot(w + i * n, other, n)) * scale[i];
    }
}

/* The times of a block: solutions to by_ab (R, A, B) and by_ac (R, A, C). */
#define each_year NAME(each_year)
static int each_year(const Years *call) {
    size_t n = call->c, exporters = call->b, most = exporters > PANEL ? exporters : PANEL;
    size_t packed = most * WIDE * LANES;
    double *m = (double *)malloc((n * n + exporters * n + packed + 2 * n + exporters + 1) * sizeof(double));
    if (m == NULL) return 0;
    double *root = m + n * n, *beside = root + exporters * n, *room = beside + packed;
    for (size_t a = call->first; a < call->last; a++) one_year(call, a, m, root, beside, room);
    free(m);
    return 1;
}
