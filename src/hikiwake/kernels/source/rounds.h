/* One round of the many-sector model for many draws beside each other; see hikiwake.equilibrium.rounds, whose names
   these are. Arrays of draws are (K, N, B): sectors, economies, draws, and each lane of a vector is a draw. */

#define MOST_WIDE (16 / LANES)
/* Sums of a matrix product that stay in the registers: so many of its columns by the vectors of the draws. */
#define TILE_OF(wide) (LANES == 8 ? 8 : (wide) == MOST_WIDE ? (LANES == 4 ? 3 : 1) : (LANES == 4 ? 6 : 3))

/* out[c] = sum over r of m[r * down + c * right] v[r] for some c; rows of v and out are `wide` vectors, `next` and `step`
   apart. */
#define tile NAME(tile)
static ALWAYS void tile(const double *m, size_t rows, size_t down, size_t right, const double *v, size_t next, double *out,
                        size_t step, const size_t wide, const size_t columns) {
    V sum[8][MOST_WIDE];
    for (size_t c = 0; c < columns; c++)
        for (size_t w = 0; w < wide; w++) sum[c][w] = all(0.0);
    for (size_t r = 0; r < rows; r++) {
        __builtin_prefetch(m + r * down + columns * right); /* what the next tile begins with */
        V values[MOST_WIDE];
        for (size_t w = 0; w < wide; w++) values[w] = load(v + r * next + w * LANES, LANES);
        for (size_t c = 0; c < columns; c++) {
            V by = all(m[r * down + c * right]);
            for (size_t w = 0; w < wide; w++) sum[c][w] += by * values[w];
        }
    }
    for (size_t c = 0; c < columns; c++)
        for (size_t w = 0; w < wide; w++) store(out + c * step + w * LANES, sum[c][w], LANES);
}

/* The same for all n columns of a square matrix; the last tile begins earlier where it would stand over. */
#define product NAME(product)
static ALWAYS void product(const double *m, size_t n, size_t down, size_t right, const double *v, size_t next, double *out,
                           size_t step, const size_t wide) {
    enum { NARROW = 1 };
    const size_t many = TILE_OF(wide);
    if (n < many) {
        for (size_t c = 0; c < n; c++) tile(m + c * right, n, down, right, v, next, out + c * step, step, wide, NARROW);
        return;
    }
    for (size_t c = 0; c < n; c += many) {
        size_t at = c + many <= n ? c : n - many;
        tile(m + at * right, n, down, right, v, next, out + at * step, step, wide, many);
    }
}

/* Matrices (n, n): sums over their first axis, and over their second. */
#define over_first NAME(over_first)
static ALWAYS void over_first(const double *m, size_t n, const double *v, size_t next, double *out, size_t step,
                              const size_t wide) {
    product(m, n, n, 1, v, next, out, step, wide);
}

#define over_second NAME(over_second)
static ALWAYS void over_second(const double *m, size_t n, const double *v, size_t next, double *out, size_t step,
                               const size_t wide) {
    product(m, n, 1, n, v, next, out, step, wide);
}

/* The natural logarithm, to about one unit in the last place, of what is above zero and normal; what is not gives no
   number. x = 2^n m, 1/sqrt 2 < m < sqrt 2, f = m - 1, s = f / (2 + f); the series of fdlibm (Sun Microsystems, 1993). */
#define logarithm NAME(logarithm)
static ALWAYS V logarithm(V x) {
    const V shift = all(6755399441055744.0);
    INTEGERS bits = (INTEGERS)x, half = (INTEGERS)all(0.70710678118654752440);
    INTEGERS good = (INTEGERS)(x >= all(2.2250738585072014e-308)) & (INTEGERS)(x <= all(1.7976931348623157e308));
    INTEGERS up = (bits - half) >> 52; /* n, and for n < 0 its last twelve bits */
    V n = (V)((INTEGERS)shift + ((up ^ 0x800u) & 0xfffu)) - shift - all(2048.0);
    V m = (V)(bits - (up << 52));
    V f = m - all(1.0), s = f / (all(2.0) + f), z = s * s, w = z * z;
    V odd = w * (all(3.999999999940941908e-01) + w * (all(2.222219843214978396e-01) + w * all(1.531383769920937332e-01)));
    V even = z * (all(6.666666666666735130e-01) +
                  w * (all(2.857142874366239149e-01) + w * (all(1.818357216161805012e-01) + w * all(1.479819860511658591e-01))));
    V square = all(0.5) * f * f;
    V low = s * (square + odd + even) + n * all(1.90821492927058770002e-10);
    V out = n * all(6.93147180369123816490e-01) - ((square - low) - f);
    return choose(good, out, all(__builtin_nan("")));
}

/* What the cells that moves touch add to sums: those of `to` get the values of `from`, times factors of parts. */
#define add_cells NAME(add_cells)
static ALWAYS void add_cells(const Rounds *call, size_t k, size_t b, const double *shares, const int64_t *to,
                             const int64_t *from, const double *values, size_t next, double *sums, const size_t wide) {
    for (size_t c = 0; c < call->cells; c++) {
        const double *factor = call->factors + ((size_t)call->parts[c] * call->k + k) * call->b + b;
        const double *value = values + (size_t)from[c] * next;
        double *sum = sums + (size_t)to[c] * wide * LANES;
        V share = all(shares[k * call->cells + c]);
        for (size_t w = 0; w < wide; w++) {
            size_t at = w * LANES;
            store(sum + at, load(sum + at, LANES) + share * load(factor + at, LANES) * load(value + at, LANES), LANES);
        }
    }
}

/* Room for the vectors of one sector or one economy, what is summed over sectors, and the largest change so far, with
   nothing, or no number, beside it. */
#define Beside NAME(Beside)
typedef struct {
    double *w, *one, *two, *spent, *earned, *abroad, *duty, *budget;
    V most, nothing;
} Beside;

#define note NAME(note)
static ALWAYS void note(Beside *room, V change) {
    room->nothing += change * all(0.0);
    room->most = choose((INTEGERS)(change > room->most), change, room->most);
    room->most = choose((INTEGERS)(-change > room->most), -change, room->most);
}

/* Costs of each economy's sectors, (cost)^-theta to `power`. */
#define costs_of NAME(costs_of)
static ALWAYS void costs_of(const Rounds *call, size_t b, Beside *room, const size_t wide) {
    size_t n = call->n, step = call->n * call->b;
    for (size_t i = 0; i < n; i++) {
        over_second(call->inputs + i * call->k * call->k, call->k, call->prices + i * call->b + b, step, room->one,
                    wide * LANES, wide);
        for (size_t k = 0; k < call->k; k++)
            for (size_t w = 0; w < wide; w++) {
                size_t at = b + w * LANES;
                V cost = load(room->one + (k * wide + w) * LANES, LANES);
                cost += all(call->labour[k * n + i]) * load(call->wages + i * call->b + at, LANES);
                cost -= all(call->productivity[k * n + i]);
                store(call->power + k * step + i * call->b + at,
                      exponential(-load(call->theta + k * call->b + at, LANES) * cost), LANES);
            }
    }
}

/* One sector: prices from the sums of shares, what is demanded of each origin, and what its labour earns by that. */
#define sector NAME(sector)
static ALWAYS void sector(const Rounds *call, size_t k, size_t b, Beside *room, const size_t wide) {
    size_t n = call->n, next = call->b, row = wide * LANES;
    double *power = call->power + k * n * next + b;
    const double *theta = call->theta + k * next + b;
    double *whole = room->one, *other = room->two;
    over_first(call->paid + k * n * n, n, power, next, whole, row, wide);
    add_cells(call, k, b, call->cell_paid, call->destinations, call->origins, power, next, whole, wide);
    if (call->net != NULL) {
        over_first(call->net + k * n * n, n, power, next, other, row, wide);
        add_cells(call, k, b, call->cell_net, call->destinations, call->origins, power, next, other, wide);
    }
    for (size_t j = 0; j < n; j++)
        for (size_t w = 0; w < wide; w++) {
            size_t place = (k * n + j) * next + b + w * LANES, at = j * row + w * LANES;
            V sum = load(whole + at, LANES);
            V spent = load(call->spending + place, LANES) * all(call->bought[k * n + j]);
            V change = logarithm(sum) / -load(theta + w * LANES, LANES) - load(call->prices + place, LANES);
            note(room, change);
            store(call->new_prices + place, change, LANES);
            if (call->net != NULL)
                store(room->duty + at, load(room->duty + at, LANES) + spent * (all(1.0) - load(other + at, LANES) / sum), LANES);
            store(room->spent + at, spent / sum, LANES);
        }
    over_second((call->net == NULL ? call->paid : call->net) + k * n * n, n, room->spent, row, other, row, wide);
    add_cells(call, k, b, call->cell_net, call->origins, call->destinations, room->spent, row, other, wide);
    for (size_t i = 0; i < n; i++)
        for (size_t w = 0; w < wide; w++) {
            size_t at = i * row + w * LANES, of = w * LANES;
            V made = load(power + i * next + of, LANES), demand = load(other + at, LANES);
            V labour = all(call->labour[k * n + i]) * made;
            V abroad = labour * (demand - all(call->home[k * n + i]) * load(room->spent + at, LANES));
            store(power + i * next + of, made * demand, LANES); /* what is sold, in its place */
            store(room->earned + at, load(room->earned + at, LANES) + labour * demand, LANES);
            V steep = all(1.0) + all(2.0) * load(theta + of, LANES);
            store(room->abroad + at, load(room->abroad + at, LANES) + steep * abroad, LANES);
        }
}

#define dot_of NAME(dot_of)
static ALWAYS V dot_of(const double *by, const double *values, size_t n, size_t row) {
    V sum = all(0.0);
    for (size_t i = 0; i < n; i++) sum += all(by[i]) * load(values + i * row, LANES);
    return sum;
}

/* What each economy spends at the wages, its gap in the labour market, and the step of its wage. */
#define labour_markets NAME(labour_markets)
static ALWAYS void labour_markets(const Rounds *call, size_t b, Beside *room, const size_t wide) {
    size_t n = call->n, row = wide * LANES;
    const double *y = call->rule, *u = y + n, *d = u + n, *v = d + n, *e = v + n;
    double whole = 0.0;
    for (size_t i = 0; i < n; i++) whole += y[i];
    for (size_t w = 0; w < wide; w++) {
        const double *wages = room->w + w * LANES;
        V world = dot_of(y, wages, n, row), unit = dot_of(v, wages, n, row), after = all(0.0);
        V own = world / dot_of(u, wages, n, row);
        for (size_t i = 0; i < n; i++) {
            size_t at = i * row + w * LANES, place = i * call->b + b + w * LANES;
            V wage = load(room->w + at, LANES), pay = wage * all(y[i]), old = load(call->wages + place, LANES);
            V budget = own * (all(u[i]) * wage) + all(d[i]) * unit + all(e[i]) * world;
            store(room->budget + at, budget + load(room->duty + at, LANES), LANES);
            V gap = logarithm(load(room->earned + at, LANES) / pay);
            V step = gap / (all(1.0) + load(room->abroad + at, LANES) / pay), most = all(call->longest);
            step = choose((INTEGERS)(step > most), most, step);
            step = choose((INTEGERS)(step < -most), -most, step);
            note(room, gap);
            store(call->new_wages + place, step, LANES);
            after += exponential(old + step) * all(y[i]);
        }
        V level = logarithm(after / all(whole));
        for (size_t i = 0; i < n; i++) {
            double *step = call->new_wages + i * call->b + b + w * LANES;
            V change = load(step, LANES) - level;
            note(room, change);
            store(step, change, LANES);
        }
    }
}

/* Spending by sector, for inputs and by what each economy spends on final goods. */
#define spending_of NAME(spending_of)
static ALWAYS void spending_of(const Rounds *call, size_t b, Beside *room, const size_t wide) {
    size_t n = call->n, step = call->n * call->b, row = wide * LANES;
    for (size_t i = 0; i < n; i++) {
        over_first(call->inputs + i * call->k * call->k, call->k, call->power + i * call->b + b, step, room->one, row, wide);
        for (size_t k = 0; k < call->k; k++) {
            size_t cell = k * n + i;
            double bought = call->bought[cell];
            for (size_t w = 0; w < wide; w++) {
                size_t place = cell * call->b + b + w * LANES;
                V wanted = load(room->one + k * row + w * LANES, LANES);
                wanted += all(call->final[cell]) * load(room->budget + i * row + w * LANES, LANES);
                V ratio = choose((INTEGERS)(all(bought) > all(0.0)), wanted / all(bought), all(1.0));
                V change = ratio - load(call->spending + place, LANES);
                note(room, change);
                store(call->new_spending + place, change, LANES);
            }
        }
    }
}

#define some_draws NAME(some_draws)
static ALWAYS void some_draws(const Rounds *call, size_t b, Beside *room, const size_t wide) {
    size_t n = call->n, row = wide * LANES;
    for (size_t i = 0; i < n; i++)
        for (size_t w = 0; w < wide; w++)
            store(room->w + i * row + w * LANES, exponential(load(call->wages + i * call->b + b + w * LANES, LANES)), LANES);
    for (size_t at = 0; at < n * row; at++) room->earned[at] = room->abroad[at] = room->duty[at] = 0.0;
    costs_of(call, b, room, wide);
    for (size_t k = 0; k < call->k; k++) sector(call, k, b, room, wide);
    labour_markets(call, b, room, wide);
    spending_of(call, b, room, wide);
}

/* The draws of a block, which is one of eights: what a round changes of their prices, spending and wages. */
#define round_draws_of NAME(round_draws_of)
static int round_draws_of(const Rounds *call) {
    size_t longer = call->n > call->k ? call->n : call->k, size = longer * 16;
    double *rest = (double *)malloc(8 * (size + 1) * sizeof(double));
    if (rest == NULL) return 0;
    Beside room = {rest, rest + size, rest + 2 * size, rest + 3 * size, rest + 4 * size, rest + 5 * size, rest + 6 * size,
                   rest + 7 * size, all(0.0), all(0.0)};
    size_t b = call->first;
    for (; b + 16 <= call->last; b += 16) some_draws(call, b, &room, MOST_WIDE);
    if (b < call->last) some_draws(call, b, &room, MOST_WIDE / 2);
    call->found[0] = sum_of(room.nothing);
    for (int lane = 0; lane < LANES; lane++)
        if (room.most[lane] > call->found[0]) call->found[0] = room.most[lane];
    free(rest);
    return 1;
}

/* Exchange the part of steps that moves all sectors of an economy alike; see hikiwake.equilibrium.coarse. */
#define some_levels NAME(some_levels)
static ALWAYS void some_levels(const Levels *call, size_t b, double *levels, double *more, const size_t wide) {
    size_t n = call->n, next = call->b, row = wide * LANES;
    double *inner[2] = {call->prices, call->spending};
    for (size_t u = 0; u < 2; u++)
        for (size_t at = 0; at < n * row; at++) levels[u * n * row + at] = 0.0;
    for (size_t u = 0; u < 2; u++)
        for (size_t cell = 0; cell < call->k * n; cell++)
            for (size_t w = 0; w < wide; w++) {
                double *sum = levels + (u * n + cell % n) * row + w * LANES;
                V step = load(inner[u] + cell * next + b + w * LANES, LANES);
                store(sum, load(sum, LANES) + all(call->weights[cell]) * step, LANES);
            }
    for (size_t i = 0; i < n; i++)
        for (size_t w = 0; w < wide; w++)
            store(levels + (2 * n + i) * row + w * LANES, load(call->wages + i * next + b + w * LANES, LANES), LANES);
    over_first(call->more, 3 * n, levels, row, more, row, wide);
    for (size_t u = 0; u < 2; u++)
        for (size_t cell = 0; cell < call->k * n; cell++)
            for (size_t w = 0; w < wide; w++) {
                double *step = inner[u] + cell * next + b + w * LANES;
                store(step, load(step, LANES) + load(more + (u * n + cell % n) * row + w * LANES, LANES), LANES);
            }
    for (size_t i = 0; i < n; i++)
        for (size_t w = 0; w < wide; w++) {
            double *step = call->wages + i * next + b + w * LANES;
            store(step, load(step, LANES) + load(more + (2 * n + i) * row + w * LANES, LANES), LANES);
        }
}

#define correct_steps NAME(correct_steps)
static int correct_steps(const Levels *call) {
    size_t size = 3 * call->n * 16, b = call->first;
    double *levels = (double *)malloc(2 * (size + 1) * sizeof(double));
    if (levels == NULL) return 0;
    for (; b + 16 <= call->last; b += 16) some_levels(call, b, levels, levels + size, MOST_WIDE);
    if (b < call->last) some_levels(call, b, levels, levels + size, MOST_WIDE / 2);
    free(levels);
    return 1;
}
