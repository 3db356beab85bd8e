/* The normal equations of exporter-time, importer-time and pair effects, weights (A, B, C) of exporters, times
   and importers. Given the importers' effects b (B, C), each exporter stands alone:

       sum_c w (b + a + p) = right by AB,   sum_b w (b + a + p) = right by AC

   for its own effects a and its pairs p: the pairs are concentrated out, which leaves one (B, B) matrix. */

#define TILE 4
/* A pivot below this part of its diagonal is rounding: the level is not identified, and stays at 0. */
#define NOTHING 1e-15
/* What keeps levels apart that the data tie together. */
#define RIDGE 1e-12

/* Turn matrices (n, n), one in each lane, into inverses, from their lower halves: L D L' first. */
#define invert NAME(invert)
static void invert(V *m, size_t n, V *pivots) {
    for (size_t t = 0; t < n; t++) pivots[t] = m[t * n + t] * all(NOTHING);
    for (size_t s = 0; s < n; s++) {
        V pivot = m[s * n + s];
        pivots[s] = choose((INTEGERS)(pivot > pivots[s]), all(1.0) / pivot, all(0.0));
        for (size_t t = s + 1; t < n; t++) {
            V factor = m[t * n + s] * pivots[s];
            for (size_t u = s + 1; u <= t; u++) m[t * n + u] -= factor * m[u * n + s];
        }
        for (size_t t = s + 1; t < n; t++) m[t * n + s] *= pivots[s];
    }
    /* L^-1 in the place of L, row after row. */
    for (size_t t = 1; t < n; t++)
        for (size_t s = 0; s < t; s++) {
            V value = -m[t * n + s];
            for (size_t u = s + 1; u < t; u++) value -= m[t * n + u] * m[u * n + s];
            m[t * n + s] = value;
        }
    for (size_t t = 0; t < n; t++) m[t * n + t] = all(1.0);
    /* (L^-1)' D^-1 L^-1, above the diagonal first, where nothing is needed any more. */
    for (size_t s = 0; s < n; s++)
        for (size_t t = s; t < n; t++) {
            V value = m[t * n + s] * pivots[t];
            for (size_t u = t + 1; u < n; u++) value += m[u * n + t] * (m[u * n + s] * pivots[u]);
            m[s * n + t] = value;
        }
    for (size_t t = 0; t < n; t++)
        for (size_t s = 0; s < t; s++) m[t * n + s] = m[s * n + t];
}

/* From minus the products between times to the matrix that can be inverted: a level that is the same at all
   times belongs to the pairs, and a constant takes its place, which changes no effect's value at any cell. */
#define closed NAME(closed)
static void closed(V *m, size_t n, const V *sums) {
    V total = all(0.0);
    for (size_t t = 0; t < n; t++) total += sums[t];
    V constant = total / all((double)(n * n)) + choose((INTEGERS)(total == all(0.0)), all(1.0), all(0.0));
    for (size_t t = 0; t < n; t++) {
        m[t * n + t] += sums[t] + all(RIDGE) * sums[t] + choose((INTEGERS)(sums[t] == all(0.0)), all(1.0), all(0.0));
        for (size_t s = 0; s <= t; s++) m[t * n + s] += constant;
    }
}

#define room_for NAME(room_for)
static V *room_for(size_t vectors) {
    void *held = malloc((vectors + 1) * sizeof(V));
    return (V *)held;
}

/* Products of one exporter's rows with its scaled rows, subtracted into one lane of the lower half. */
#define crossed NAME(crossed)
static ALWAYS void crossed(const double *w, const double *scaled, size_t n, size_t c, V *m, size_t lane) {
    for (size_t t0 = 0; t0 < n; t0 += TILE)
        for (size_t s0 = 0; s0 <= t0; s0 += TILE) {
            V sum[TILE][TILE];
            size_t rows = n - t0 < TILE ? n - t0 : TILE, columns = n - s0 < TILE ? n - s0 : TILE;
            for (size_t t = 0; t < TILE; t++)
                for (size_t s = 0; s < TILE; s++) sum[t][s] = all(0.0);
            ROW(j, left, c,
                V here[TILE], there[TILE];
                /* Beyond the last time the last one is read again: the result is not used. */
                for (size_t t = 0; t < TILE; t++) here[t] = load(w + (t0 + (t < rows ? t : rows - 1)) * c + j, left);
                for (size_t s = 0; s < TILE; s++)
                    there[s] = load(scaled + (s0 + (s < columns ? s : columns - 1)) * c + j, left);
                for (size_t t = 0; t < TILE; t++)
                    for (size_t s = 0; s < TILE; s++) sum[t][s] += here[t] * there[s];);
            for (size_t t = 0; t < rows; t++)
                for (size_t s = 0; s < columns; s++) m[(t0 + t) * n + s0 + s][lane] = -sum_of(sum[t][s]);
        }
}

/* Of each exporter: pairs (A, C) = 1 / sum_b w, and the inverse (A, B, B); out (B, C) = the sums of w of the block. */
#define each_pair NAME(each_pair)
static int each_pair(const Exporters *call) {
    size_t n = call->b, c = call->c, rest = (n * c + LANES - 1) / LANES;
    V *m = room_for(n * n + 2 * n + rest);
    if (m == NULL) return 0;
    V *totals = m + n * n, *pivots = totals + n;
    double *scaled = (double *)(pivots + n);
    for (size_t at = 0; at < n * c; at++) call->out[at] = 0.0;
    for (size_t first = call->first; first < call->last; first += LANES) {
        size_t group = call->last - first < LANES ? call->last - first : LANES;
        for (size_t at = 0; at < n * n + n; at++) m[at] = all(0.0);
        for (size_t lane = 0; lane < group; lane++) {
            const double *w = call->weights + (first + lane) * n * c;
            double *own = call->pairs + (first + lane) * c;
            ROW(j, left, c,
                V sum = all(0.0);
                for (size_t t = 0; t < n; t++) sum += load(w + t * c + j, left);
                store(own + j, reciprocal(sum), left););
            for (size_t t = 0; t < n; t++) {
                V sum = all(0.0);
                ROW(j, left, c,
                    V cell = load(w + t * c + j, left);
                    sum += cell;
                    store(scaled + t * c + j, cell * load(own + j, left), left);
                    store(call->out + t * c + j, load(call->out + t * c + j, left) + cell, left););
                totals[t][lane] = sum_of(sum);
            }
            crossed(w, scaled, n, c, m, lane);
        }
        closed(m, n, totals);
        invert(m, n, pivots);
        for (size_t lane = 0; lane < group; lane++)
            for (size_t at = 0; at < n * n; at++) call->inverse[(first + lane) * n * n + at] = m[at][lane];
    }
    free(m);
    return 1;
}

/* Products of some exporters' weights, one importer in each lane, subtracted from the lower half. */
#define outer NAME(outer)
static ALWAYS void outer(const V *w, const V *scaled, size_t exporters, size_t n, V *m) {
    for (size_t t0 = 0; t0 < n; t0 += TILE)
        for (size_t s0 = 0; s0 <= t0; s0 += TILE) {
            V sum[TILE][TILE];
            size_t rows = n - t0 < TILE ? n - t0 : TILE, columns = n - s0 < TILE ? n - s0 : TILE;
            for (size_t t = 0; t < TILE; t++)
                for (size_t s = 0; s < TILE; s++) sum[t][s] = all(0.0);
            for (size_t i = 0; i < exporters; i++) {
                V here[TILE], there[TILE];
                for (size_t t = 0; t < TILE; t++) here[t] = w[i * n + t0 + (t < rows ? t : rows - 1)];
                for (size_t s = 0; s < TILE; s++) there[s] = scaled[i * n + s0 + (s < columns ? s : columns - 1)];
                for (size_t t = 0; t < TILE; t++)
                    for (size_t s = 0; s < TILE; s++) sum[t][s] += here[t] * there[s];
            }
            for (size_t t = 0; t < rows; t++)
                for (size_t s = 0; s < columns; s++) m[(t0 + t) * n + s0 + s] -= sum[t][s];
        }
}

#define TOGETHER 8 /* exporters at a time: their weights stay in the nearest cache */

/* Of each importer of the block the inverse of its own matrix, out (B, B, C). */
#define each_importer NAME(each_importer)
static int each_importer(const Exporters *call) {
    size_t n = call->b, c = call->c;
    V *m = room_for(n * n + 2 * n + 2 * TOGETHER * n);
    if (m == NULL) return 0;
    V *totals = m + n * n, *pivots = totals + n, *own = pivots + n, *scaled = own + TOGETHER * n;
    for (size_t j = call->first; j < call->last; j += LANES) {
        size_t left = call->last - j;
        for (size_t at = 0; at < n * n + n; at++) m[at] = all(0.0);
        for (size_t first = 0; first < call->a; first += TOGETHER) {
            size_t group = call->a - first < TOGETHER ? call->a - first : TOGETHER;
            for (size_t i = 0; i < group; i++) {
                V of_pair = load(call->pairs + (first + i) * c + j, left);
                for (size_t t = 0; t < n; t++) {
                    const double *place = call->weights + ((first + i) * n + t) * c + j;
                    __builtin_prefetch(place + TOGETHER * n * c);
                    V cell = load(place, left);
                    own[i * n + t] = cell;
                    scaled[i * n + t] = cell * of_pair;
                    totals[t] += cell;
                }
            }
            outer(own, scaled, group, n, m);
        }
        closed(m, n, totals);
        invert(m, n, pivots);
        for (size_t at = 0; at < n * n; at++) store(call->out + at * c + j, m[at], left);
    }
    free(m);
    return 1;
}

/* out (R, B, C) = inverse (B, B, C) times x (R, B, C), for the importers of a block. */
#define multiply_all NAME(multiply_all)
static int multiply_all(const Exporters *call) {
    size_t n = call->b, c = call->c;
    for (size_t j = call->first; j < call->last; j += LANES) {
        size_t left = call->last - j;
        for (size_t r0 = 0; r0 < call->r; r0 += TILE)
            for (size_t t = 0; t < n; t++) {
                size_t columns = call->r - r0 < TILE ? call->r - r0 : TILE;
                V sum[TILE];
                for (size_t r = 0; r < TILE; r++) sum[r] = all(0.0);
                for (size_t s = 0; s < n; s++) {
                    V entry = load(call->inverse + (t * n + s) * c + j, left);
                    for (size_t r = 0; r < TILE; r++)
                        sum[r] += entry * load(call->x + ((r0 + (r < columns ? r : 0)) * n + s) * c + j, left);
                }
                for (size_t r = 0; r < columns; r++) store(call->out + ((r0 + r) * n + t) * c + j, sum[r], left);
            }
    }
    return 1;
}

#define GROUP 4 /* exporters that are worked on together: b and `out` are read once for all of them */
#define COLUMNS 3 /* columns at a time: the weights are read once for them */

/* Some columns of one exporter: the arrays of the whole call at the first of them and at this exporter, NULL where all
   is 0, and how far it is to the next column of arrays by BC, AB and AC. */
#define Column NAME(column)
typedef struct {
    size_t n, c, next_bc, next_ab, next_ac;
    const double *w, *of_pair, *inverse, *b, *by_ab, *by_ac;
    double *a, *p, *out;
    V *asked; /* (columns, n) */
} Column;

/* From column j on, `many` vectors of importers: the pairs' effects u without the exporter's, to `p`, and what is left
   for each time of b + u. The cells are read from far once, and again from near. */
#define towards NAME(towards)
static ALWAYS void towards(const Column *of, size_t j, const size_t many, size_t left, const size_t columns) {
    V u[COLUMNS][TILE], cell[TILE];
    const double *w = of->w + j;
    for (size_t r = 0; r < columns; r++)
        for (size_t at = 0; at < many; at++)
            u[r][at] = of->by_ac == NULL ? all(0.0) : load(of->by_ac + r * of->next_ac + j + at * LANES, left);
    if (of->b != NULL)
        for (size_t t = 0; t < of->n; t++) {
            /* What comes next lies far apart, which the processor does not guess. */
            for (size_t at = 0; at < many; at++) __builtin_prefetch(w + t * of->c + (many + at) * LANES);
            for (size_t at = 0; at < many; at++) cell[at] = load(w + t * of->c + at * LANES, left);
            for (size_t r = 0; r < columns; r++) {
                const double *b = of->b + r * of->next_bc + t * of->c + j;
                V sum = all(0.0);
                for (size_t at = 0; at < many; at++) {
                    V weighted = cell[at] * load(b + at * LANES, left);
                    u[r][at] -= weighted;
                    sum += weighted;
                }
                of->asked[r * of->n + t] += sum;
            }
        }
    for (size_t at = 0; at < many; at++) {
        V of_pair = load(of->of_pair + j + at * LANES, left);
        for (size_t r = 0; r < columns; r++) {
            u[r][at] *= of_pair;
            store(of->p + r * of->next_ac + j + at * LANES, u[r][at], left);
        }
    }
    for (size_t t = 0; t < of->n; t++) {
        for (size_t at = 0; at < many; at++) cell[at] = load(w + t * of->c + at * LANES, left);
        for (size_t r = 0; r < columns; r++) {
            V sum = all(0.0);
            for (size_t at = 0; at < many; at++) sum += cell[at] * u[r][at];
            of->asked[r * of->n + t] += sum;
        }
    }
}

/* The exporter's own effects, out of what is left for each time. */
#define own_effects NAME(own_effects)
static ALWAYS void own_effects(const Column *of, const size_t columns) {
    size_t n = of->n;
    for (size_t r = 0; r < columns; r++) {
        double *a = of->a + r * of->next_ab;
        for (size_t t = 0; t < n; t++) a[t] = 0.0;
        for (size_t s = 0; s < n; s++) {
            double right = of->by_ab == NULL ? 0.0 : of->by_ab[r * of->next_ab + s];
            V asked = all(right - sum_of(of->asked[r * n + s]));
            ROW(t, left, n, store(a + t, load(a + t, left) + asked * load(of->inverse + s * n + t, left), left););
        }
    }
}

/* The pairs' effects, given the exporter's. */
#define finish NAME(finish)
static ALWAYS void finish(const Column *of, size_t j, const size_t many, size_t left, const size_t columns) {
    V taken[COLUMNS][TILE], cell[TILE];
    for (size_t r = 0; r < columns; r++)
        for (size_t at = 0; at < many; at++) taken[r][at] = all(0.0);
    for (size_t t = 0; t < of->n; t++) {
        for (size_t at = 0; at < many; at++) cell[at] = load(of->w + t * of->c + j + at * LANES, left);
        for (size_t r = 0; r < columns; r++) {
            V own = all(of->a[r * of->next_ab + t]);
            for (size_t at = 0; at < many; at++) taken[r][at] += cell[at] * own;
        }
    }
    for (size_t at = 0; at < many; at++) {
        V of_pair = load(of->of_pair + j + at * LANES, left);
        for (size_t r = 0; r < columns; r++) {
            double *p = of->p + r * of->next_ac + j + at * LANES;
            store(p, load(p, left) - of_pair * taken[r][at], left);
        }
    }
}

/* What the effects of some exporters together give back to one vector of importers: w (b + a + p), added to `out`. */
#define give NAME(give)
static ALWAYS void give(const Column *of, size_t j, size_t left, const size_t columns, const size_t count) {
    V p[COLUMNS][GROUP];
    for (size_t r = 0; r < columns; r++)
        for (size_t g = 0; g < count; g++) p[r][g] = load(of[g].p + r * of->next_ac + j, left);
    for (size_t t = 0; t < of->n; t++) {
        V cell[GROUP];
        for (size_t g = 0; g < count; g++) cell[g] = load(of[g].w + t * of->c + j, left);
        for (size_t r = 0; r < columns; r++) {
            size_t place = r * of->next_bc + t * of->c + j;
            V b = of->b == NULL ? all(0.0) : load(of->b + place, left), sum = load(of->out + place, left);
            for (size_t g = 0; g < count; g++) sum += cell[g] * (all(of[g].a[r * of->next_ab + t]) + p[r][g] + b);
            store(of->out + place, sum, left);
        }
    }
}

/* Some exporters, some columns: all that needs a few importers while these are near. */
#define some_exporters NAME(some_exporters)
static ALWAYS void some_exporters(const Column *of, size_t count, const size_t columns) {
    size_t c = of->c, whole = c - c % (TILE * LANES);
    for (size_t g = 0; g < count; g++)
        for (size_t at = 0; at < columns * of->n; at++) of[g].asked[at] = all(0.0);
    for (size_t j = 0; j < whole; j += TILE * LANES)
        for (size_t g = 0; g < count; g++) towards(of + g, j, TILE, LANES, columns);
    for (size_t j = whole; j < c; j += LANES)
        for (size_t g = 0; g < count; g++) towards(of + g, j, 1, c - j, columns);
    for (size_t g = 0; g < count; g++) own_effects(of + g, columns);
    for (size_t g = 0; g < count; g++) {
        for (size_t j = 0; j < whole; j += TILE * LANES) finish(of + g, j, TILE, LANES, columns);
        for (size_t j = whole; j < c; j += LANES) finish(of + g, j, 1, c - j, columns);
    }
    if (of->out == NULL) return;
    if (count == GROUP) {
        ROW(j, left, c, give(of, j, left, columns, GROUP););
    } else
        for (size_t g = 0; g < count; g++) {
            ROW(j, left, c, give(of + g, j, left, columns, 1););
        }
}

/* The exporters of a block: by_ab and by_ac get their effects and pairs, `out` (R, B, C) what they give back. */
#define each_exporter NAME(each_exporter)
static int each_exporter(const Exporters *call) {
    size_t n = call->b, c = call->c, next_bc = n * c, next_ab = call->a * n, next_ac = call->a * c;
    V *room = room_for(GROUP * COLUMNS * n);
    if (room == NULL) return 0;
    if (call->out != NULL)
        for (size_t at = 0; at < call->r * next_bc; at++) call->out[at] = 0.0;
    for (size_t r = 0; r < call->r; r += COLUMNS)
        for (size_t first = call->first; first < call->last; first += GROUP) {
            size_t count = call->last - first < GROUP ? call->last - first : GROUP;
            Column of[GROUP] = {0};
            for (size_t g = 0; g < count; g++) {
                size_t i = first + g, ab = r * next_ab + i * n, ac = r * next_ac + i * c;
                of[g] = (Column){
                    n, c, next_bc, next_ab, next_ac,
                    call->weights + i * n * c, call->pairs + i * c, call->inverse + i * n * n,
                    call->x == NULL ? NULL : call->x + r * next_bc,
                    call->right_ab == NULL ? NULL : call->right_ab + ab,
                    call->right_ac == NULL ? NULL : call->right_ac + ac, call->by_ab + ab, call->by_ac + ac,
                    call->out == NULL ? NULL : call->out + r * next_bc, room + g * COLUMNS * n,
                };
            }
            switch (call->r - r) {
            case 1: some_exporters(of, count, 1); break;
            case 2: some_exporters(of, count, 2); break;
            default: some_exporters(of, count, 3);
            }
        }
    free(room);
    return 1;
}
