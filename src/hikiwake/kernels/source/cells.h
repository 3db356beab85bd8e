/* Passes over cells (A, B, C) with levels by axes AB, AC and perhaps BC: one reading of the cells does all. */

/* The linear predictor of some cells of a row: regressors times slopes, and the levels there. */
#define linear NAME(linear)
static ALWAYS V linear(const Cells *call, size_t row, V of_row, const double *bc, const double *ac, size_t j, size_t left) {
    V eta = of_row + load(ac + j, left);
    if (bc != NULL) eta += load(bc + j, left);
    size_t cells = call->a * call->b * call->c;
    for (size_t k = 0; k < call->k; k++) eta += all(call->slopes[k]) * load(call->x + k * cells + row + j, left);
    return eta;
}

/* out = the linear predictor. */
#define predict_cells NAME(predict_cells)
static void predict_cells(const Cells *call) {
    size_t b_count = call->b, c = call->c;
    for (size_t a = call->first; a < call->last; a++)
        for (size_t b = 0; b < b_count; b++) {
            size_t row = (a * b_count + b) * c;
            const double *bc = call->bc == NULL ? NULL : call->bc + b * c;
            V of_row = all(call->ab[a * b_count + b]);
            ROW(j, left, c, store(call->out + row + j, linear(call, row, of_row, bc, call->ac + a * c, j, left), left););
        }
}

/* found = the largest absolute value of the linear predictor where there is trade, and the least and the
   greatest where there is none but a cell. */
#define change_cells NAME(change_cells)
static void change_cells(const Cells *call) {
    size_t b_count = call->b, c = call->c;
    V at_trade = all(0.0), least = all(0.0), most = all(0.0);
    for (size_t a = call->first; a < call->last; a++)
        for (size_t b = 0; b < b_count; b++) {
            size_t row = (a * b_count + b) * c;
            const double *bc = call->bc == NULL ? NULL : call->bc + b * c;
            V of_row = all(call->ab[a * b_count + b]);
            ROW(j, left, c,
                V eta = linear(call, row, of_row, bc, call->ac + a * c, j, left);
                V target = load(call->target + row + j, left), base = load(call->base + row + j, left);
                INTEGERS trade = (INTEGERS)(target > all(0.0));
                INTEGERS none = (INTEGERS)(base > all(0.0)) & (INTEGERS)(target == all(0.0));
                V size = choose((INTEGERS)(eta < all(0.0)), -eta, eta);
                /* What is no number differs from itself, and stays. */
                at_trade = choose(trade & ((INTEGERS)(size > at_trade) | (INTEGERS)(size != size)), size, at_trade);
                least = choose(none & (INTEGERS)(eta < least), eta, least);
                most = choose(none & (INTEGERS)(eta > most), eta, most););
        }
    double *found = call->found;
    found[0] = found[1] = found[2] = 0.0;
    for (int lane = 0; lane < LANES; lane++) {
        if (at_trade[lane] > found[0] || at_trade[lane] != at_trade[lane]) found[0] = at_trade[lane];
        if (least[lane] < found[1]) found[1] = least[lane];
        if (most[lane] > found[2]) found[2] = most[lane];
    }
}

/* Add a column of a row to its sums by level: what it adds up to, and itself to those by AC and BC. */
#define gather NAME(gather)
static ALWAYS void gather(const Cells *call, size_t column, size_t a, size_t b, const double *values) {
    size_t c = call->c;
    double *ac = call->by_ac + (column * call->a + a) * c;
    double *bc = call->by_bc == NULL ? NULL : call->by_bc + (column * call->b + b) * c;
    V sum = all(0.0);
    ROW(j, left, c,
        V value = load(values + j, left);
        store(ac + j, load(ac + j, left) + value, left);
        if (bc != NULL) store(bc + j, load(bc + j, left) + value, left);
        sum += value;
    );
    call->by_ab[(column * call->a + a) * call->b + b] = sum_of(sum);
}

/* Set the sums of a block to nothing. */
#define clear NAME(clear)
static void clear(const Cells *call, size_t columns) {
    for (size_t column = 0; column < columns; column++) {
        for (size_t at = call->first * call->c; at < call->last * call->c; at++)
            call->by_ac[column * call->a * call->c + at] = 0.0;
        if (call->by_bc != NULL)
            for (size_t at = 0; at < call->b * call->c; at++) call->by_bc[column * call->b * call->c + at] = 0.0;
    }
}

#define dot NAME(dot)
static ALWAYS double dot(const double *one, const double *other, size_t n) {
    V sum = all(0.0), more = all(0.0);
    size_t j = 0;
    for (; j + 2 * LANES <= n; j += 2 * LANES) {
        sum += load(one + j, LANES) * load(other + j, LANES);
        more += load(one + j + LANES, LANES) * load(other + j + LANES, LANES);
    }
    for (; j < n; j += LANES) sum += load(one + j, n - j) * load(other + j, n - j);
    return sum_of(sum + more);
}

/* Weight each regressor of a row, from column `from` of the sums on, and add to its products with those before
   it; with `other`, add its product with that to the scores. */
#define weigh NAME(weigh)
static void weigh(const Cells *call, const double *x, const double *weights, const double *other, size_t a, size_t b,
                  size_t from) {
    size_t c = call->c, row = (a * call->b + b) * c, cells = call->a * call->b * c;
    double *room = call->room + c;
    for (size_t k = 0; k < call->k; k++) {
        const double *own = x + k * cells + row;
        ROW(j, left, c, store(room + j, load(own + j, left) * load(weights + j, left), left););
        gather(call, from + k, a, b, room);
        for (size_t l = 0; l <= k; l++) call->gram[k * call->k + l] += dot(room, x + l * cells + row, c);
        if (other != NULL) call->scores[k] += dot(own, other, c);
    }
}

#define FEW 5 /* regressors whose sums all fit the registers */

/* The same for a number of regressors that the compiler knows: one reading for all of them. */
#define weigh_few NAME(weigh_few)
static ALWAYS void weigh_few(const Cells *call, const double *x, const double *weights, const double *other, size_t a,
                             size_t b, size_t from, const size_t count) {
    size_t c = call->c, row = (a * call->b + b) * c, cells = call->a * call->b * c;
    V sum[FEW], score[FEW], gram[FEW * FEW];
    double *ac = call->by_ac + (from * call->a + a) * c, *bc = call->by_bc == NULL ? NULL : call->by_bc + (from * call->b + b) * c;
    size_t next_ac = call->a * c, next_bc = call->b * c;
    for (size_t k = 0; k < count; k++) {
        sum[k] = score[k] = all(0.0);
        for (size_t l = 0; l <= k; l++) gram[k * FEW + l] = all(0.0);
    }
    ROW(j, left, c,
        V weight = load(weights + j, left), value[FEW];
        for (size_t k = 0; k < count; k++) {
            value[k] = load(x + k * cells + row + j, left);
            V weighted = value[k] * weight;
            sum[k] += weighted;
            store(ac + k * next_ac + j, load(ac + k * next_ac + j, left) + weighted, left);
            if (bc != NULL) store(bc + k * next_bc + j, load(bc + k * next_bc + j, left) + weighted, left);
            for (size_t l = 0; l <= k; l++) gram[k * FEW + l] += weighted * value[l];
            if (other != NULL) score[k] += value[k] * load(other + j, left);
        });
    for (size_t k = 0; k < count; k++) {
        call->by_ab[((from + k) * call->a + a) * call->b + b] = sum_of(sum[k]);
        for (size_t l = 0; l <= k; l++) call->gram[k * count + l] += sum_of(gram[k * FEW + l]);
        if (other != NULL) call->scores[k] += sum_of(score[k]);
    }
}

#define weigh_all NAME(weigh_all)
static ALWAYS void weigh_all(const Cells *call, const double *x, const double *weights, const double *other, size_t a,
                             size_t b, size_t from) {
    switch (call->k) {
    case 1: weigh_few(call, x, weights, other, a, b, from, 1); break;
    case 2: weigh_few(call, x, weights, other, a, b, from, 2); break;
    case 3: weigh_few(call, x, weights, other, a, b, from, 3); break;
    case 4: weigh_few(call, x, weights, other, a, b, from, 4); break;
    case 5: weigh_few(call, x, weights, other, a, b, from, 5); break;
    default: weigh(call, x, weights, other, a, b, from);
    }
}

/* out = base exp(linear predictor), the mean; sums by level of target less mean, then of each regressor
   times mean; gram (K, K), its lower half; scores = x'(target - mean); found[0] = the sum of the mean. */
#define sweep_cells NAME(sweep_cells)
static void sweep_cells(const Cells *call) {
    size_t b_count = call->b, c = call->c;
    double *room = call->room;
    V whole = all(0.0);
    clear(call, call->k + 1);
    for (size_t at = 0; at < call->k * call->k; at++) call->gram[at] = 0.0;
    for (size_t k = 0; k < call->k; k++) call->scores[k] = 0.0;
    for (size_t a = call->first; a < call->last; a++)
        for (size_t b = 0; b < b_count; b++) {
            size_t row = (a * b_count + b) * c;
            const double *bc = call->bc == NULL ? NULL : call->bc + b * c;
            V of_row = all(call->ab[a * b_count + b]);
            ROW(j, left, c,
                V eta = linear(call, row, of_row, bc, call->ac + a * c, j, left);
                V mean = exponential(eta) * load(call->base + row + j, left);
                store(call->out + row + j, mean, left);
                store(room + j, load(call->target + row + j, left) - mean, left);
                whole += mean;);
            gather(call, 0, a, b, room);
            weigh_all(call, call->x, call->out + row, room, a, b, 1);
        }
    call->found[0] = sum_of(whole);
}

/* Sums by level of where a cell is, and of the target there; scores = x'target. */
#define sum_cells NAME(sum_cells)
static void sum_cells(const Cells *call) {
    size_t b_count = call->b, c = call->c, cells = call->a * b_count * c;
    double *room = call->room;
    clear(call, 2);
    for (size_t k = 0; k < call->k; k++) call->scores[k] = 0.0;
    for (size_t a = call->first; a < call->last; a++)
        for (size_t b = 0; b < b_count; b++) {
            size_t row = (a * b_count + b) * c;
            ROW(j, left, c,
                INTEGERS here = (INTEGERS)(load(call->base + row + j, left) > all(0.0));
                store(room + j, choose(here, all(1.0), all(0.0)), left););
            gather(call, 0, a, b, room);
            ROW(j, left, c, store(room + j, load(call->target + row + j, left) * load(room + j, left), left););
            gather(call, 1, a, b, room);
            for (size_t k = 0; k < call->k; k++) call->scores[k] += dot(room, call->x + k * cells + row, c);
        }
}

/* Sums by level of each absolute regressor times its weight; found (2, K) = the squares of each under the
   weights and under those given. */
#define measure_cells NAME(measure_cells)
static void measure_cells(const Cells *call) {
    size_t b_count = call->b, c = call->c, cells = call->a * b_count * c;
    double *room = call->room;
    clear(call, call->k);
    for (size_t k = 0; k < 2 * call->k; k++) call->found[k] = 0.0;
    for (size_t a = call->first; a < call->last; a++)
        for (size_t b = 0; b < b_count; b++)
            for (size_t k = 0; k < call->k; k++) {
                size_t row = (a * b_count + b) * c;
                V here = all(0.0), given = all(0.0);
                ROW(j, left, c,
                    V x = load(call->x + k * cells + row + j, left), weight = load(call->weights + row + j, left);
                    V weighted = choose((INTEGERS)(x < all(0.0)), -x, x) * weight;
                    store(room + j, weighted, left);
                    here += x * x * weight;
                    given += x * x * load(call->given + row + j, left););
                gather(call, k, a, b, room);
                call->found[k] += sum_of(here);
                call->found[call->k + k] += sum_of(given);
            }
}

/* out (K, A, B, C) = x less the levels (K, ...) of each; sums by level of each times weight; gram (K, K).
   `x` and `out` may be the same. */
#define project_cells NAME(project_cells)
static void project_cells(const Cells *call) {
    size_t a_count = call->a, b_count = call->b, c = call->c, cells = a_count * b_count * c;
    clear(call, call->k);
    for (size_t at = 0; at < call->k * call->k; at++) call->gram[at] = 0.0;
    for (size_t a = call->first; a < call->last; a++)
        for (size_t b = 0; b < b_count; b++) {
            size_t row = (a * b_count + b) * c;
            for (size_t k = 0; k < call->k; k++) {
                V of_row = all(call->ab[(k * a_count + a) * b_count + b]);
                const double *ac = call->ac + (k * a_count + a) * c;
                const double *bc = call->bc == NULL ? NULL : call->bc + (k * b_count + b) * c;
                ROW(j, left, c,
                    V level = of_row + load(ac + j, left);
                    if (bc != NULL) level += load(bc + j, left);
                    store(call->out + k * cells + row + j, load(call->x + k * cells + row + j, left) - level, left););
            }
            weigh_all(call, call->out, call->weights + row, NULL, a, b, 0);
        }
}

/* Sums along one axis of a regressor times target less mean where there is a cell, and last of the cells: by_ac
   (K + 1, A, C) or by_bc (K + 1, B, C), whichever is there, for a block of its first axis.
   `weights` is the linear predictor. */
#define score_cells NAME(score_cells)
static void score_cells(const Cells *call) {
    size_t c = call->c, cells = call->a * call->b * c, by_a = call->by_ac != NULL;
    size_t kept = by_a ? call->a : call->b, along = by_a ? call->b : call->a;
    double *out = by_a ? call->by_ac : call->by_bc, *room = call->room;
    for (size_t at = call->first; at < call->last; at++) {
        for (size_t k = 0; k <= call->k; k++)
            for (size_t j = 0; j < c; j++) out[(k * kept + at) * c + j] = 0.0;
        double *count = out + (call->k * kept + at) * c;
        for (size_t l = 0; l < along; l++) {
            size_t row = ((by_a ? at : l) * call->b + (by_a ? l : at)) * c;
            ROW(j, left, c,
                V base = load(call->base + row + j, left);
                INTEGERS here = (INTEGERS)(base > all(0.0));
                V mean = exponential(load(call->weights + row + j, left)) * base;
                store(room + j, choose(here, load(call->target + row + j, left) - mean, all(0.0)), left);
                store(count + j, load(count + j, left) + choose(here, all(1.0), all(0.0)), left););
            for (size_t k = 0; k < call->k; k++) {
                double *sums = out + (k * kept + at) * c;
                const double *x = call->x + k * cells + row;
                ROW(j, left, c, store(sums + j, load(sums + j, left) + load(x + j, left) * load(room + j, left), left););
            }
        }
    }
}

/* One sweep of proportional fitting of the factors of levels, out of sums of flows by level: first those by AB,
   then those by AC, both in place; by_bc = the sums that these leave for BC. Where there are no flows or
   no cells a factor stays. */
#define balance_cells NAME(balance_cells)
static void balance_cells(const Cells *call) {
    size_t b_count = call->b, c = call->c;
    if (call->by_bc != NULL)
        for (size_t at = 0; at < b_count * c; at++) call->by_bc[at] = 0.0;
    for (size_t a = call->first; a < call->last; a++) {
        const double *base = call->base + a * b_count * c;
        double *ab = call->by_ab + a * b_count, *ac = call->by_ac + a * c, *have = call->room;
        for (size_t j = 0; j < c; j++) have[j] = 0.0;
        for (size_t b = 0; b < b_count; b++) {
            V sum = all(0.0);
            const double *bc = call->bc == NULL ? NULL : call->bc + b * c, *row = base + b * c;
            ROW(j, left, c,
                V cell = load(row + j, left);
                if (bc != NULL) cell *= load(bc + j, left);
                sum += cell * load(ac + j, left););
            double there = sum_of(sum), flows = call->flows_ab[a * b_count + b];
            if (flows > 0.0 && there > 0.0) ab[b] = flows / there;
            V factor = all(ab[b]);
            ROW(j, left, c,
                V cell = load(row + j, left) * factor;
                if (bc != NULL) cell *= load(bc + j, left);
                store(have + j, load(have + j, left) + cell, left););
        }
        for (size_t j = 0; j < c; j++)
            if (call->flows_ac[a * c + j] > 0.0 && have[j] > 0.0) ac[j] = call->flows_ac[a * c + j] / have[j];
        if (call->by_bc == NULL) continue;
        for (size_t b = 0; b < b_count; b++) {
            V factor = all(ab[b]);
            ROW(j, left, c,
                V cell = load(base + b * c + j, left) * factor * load(ac + j, left);
                double *sum = call->by_bc + b * c + j;
                store(sum, load(sum, left) + cell, left););
        }
    }
}
