/* Anderson's acceleration; see hikiwake.equilibrium.anderson. Points and steps are (S, B), each lane a point of its own,
   and what is remembered (D, S, B). */

#define STRETCH 128 /* rows that are worked on while they are near */

/* Put the last differences into the place `first` of those remembered: steps, and steps with points; and sum over S the
   products of all `last` steps held with the new one (products) and with the step itself (along), (D, B). */
#define remember_steps NAME(remember_steps)
static int remember_steps(const Steps *call) {
    size_t b_count = call->b, size = call->s * b_count, at = call->first;
    double *steps = call->steps + at * size, *both = call->both + at * size;
    for (size_t place = 0; place < call->last * b_count; place++) call->products[place] = call->along[place] = 0.0;
    for (size_t from = 0; from < call->s; from += STRETCH) {
        size_t end = from + STRETCH < call->s ? from + STRETCH : call->s;
        ROW(x, left, (end - from) * b_count,
            size_t place = from * b_count + x;
            V step = load(call->step + place, left) - load(call->last_step + place, left);
            store(steps + place, step, left);
            store(both + place, load(call->x + place, left) - load(call->last_x + place, left) + step, left);
        );
        for (size_t d = 0; d < call->last; d++)
            ROW(b, left, b_count,
                V product = load(call->products + d * b_count + b, left), along = load(call->along + d * b_count + b, left);
                for (size_t s = from; s < end; s++) {
                    size_t place = s * b_count + b;
                    V held = load(call->steps + d * size + place, left);
                    product += held * load(steps + place, left);
                    along += held * load(call->step + place, left);
                }
                store(call->products + d * b_count + b, product, left);
                store(call->along + d * b_count + b, along, left);
            );
    }
    return 1;
}

/* out = x + step less what is remembered, the places first to last, times weights (D, B). */
#define mend_steps NAME(mend_steps)
static int mend_steps(const Steps *call) {
    size_t b_count = call->b, size = call->s * b_count;
    for (size_t s = 0; s < call->s; s++)
        ROW(b, left, b_count,
            size_t place = s * b_count + b;
            V point = load(call->x + place, left) + load(call->step + place, left);
            for (size_t d = call->first; d < call->last; d++)
                point -= load(call->products + d * b_count + b, left) * load(call->both + d * size + place, left);
            store(call->last_x + place, point, left);
        );
    return 1;
}
