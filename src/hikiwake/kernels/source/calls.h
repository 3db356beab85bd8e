/* What each function is given: the arrays of one call, checked, and the block to work on. */

#ifndef HIKIWAKE_CALLS_H
#define HIKIWAKE_CALLS_H

#include <stddef.h>
#include <stdint.h>

/* Cells (A, B, C) whose effects are levels by two of the axes; `bc` and its sums may be NULL: no such effect.
   Sums by A and B and by A and C lie in the whole array, those by B and C are of the block alone. */
typedef struct {
    size_t a, b, c, k, first, last;
    const double *slopes, *x, *target, *base, *weights, *given, *ab, *bc, *ac, *flows_ab, *flows_ac;
    double *out, *by_ab, *by_bc, *by_ac, *gram, *scores, *found;
    double *room; /* for two rows of C */
} Cells;

/* Three-way equations: weights (A, B, C) of exporters A, times B, importers C. See exporters.h. */
typedef struct {
    size_t a, b, c, r, first, last;
    const double *weights, *x, *right_ab, *right_ac;
    double *pairs, *inverse, *by_ab, *by_ac, *out;
} Exporters;

/* Draws D of three-way equations: weights by exporter (A, C, B) and turned round (C, A, B), those of pairs in each draw
   (A, C, D) and (C, A, D), right sides (A, R, B, D) and (C, R, B, D); exact, inner and along (R, R, D). See draws.h. */
typedef struct {
    size_t a, b, c, r, d, first, last;
    const double *by_exporter, *by_importer, *drawn, *turned, *right_ab, *right_cb;
    double *exact, *inner, *along;
} Draws;

/* Two-way equations of years A: weights (A, B, C), right sides and solutions (R, A, B) and (R, A, C). */
typedef struct {
    size_t a, b, c, r, first, last;
    const double *weights, *right_ab, *right_ac;
    double *by_ab, *by_ac;
} Years;

/* Products N, and who exports them in W words of 64 bits: words (W, N), inverse (N), out (N, N). */
typedef struct {
    size_t w, n, first, last;
    const uint64_t *words;
    const double *inverse;
    double *out;
} Products;

/* One round of many sectors: K sectors, N economies, B draws. Shares `paid` and `net` (K, origins, destinations), with
   duty and before it, the latter NULL where there is none; `inputs` (N, users, supplies); `rule` (5, N) are y, u, d, v, e
   of how much is spent. Cells C that moves touch have shares of their own (K, C), times factors of parts (P, K, B).
   `power` is room; what is new is how much each changes. */
typedef struct {
    size_t k, n, b, cells, first, last;
    double longest;
    const double *paid, *net, *inputs, *labour, *final, *bought, *home, *rule, *productivity;
    const int64_t *origins, *destinations, *parts;
    const double *cell_paid, *cell_net, *factors, *theta, *prices, *spending, *wages;
    double *power, *new_prices, *new_spending, *new_wages, *found;
} Rounds;

/* Steps of prices and spending (K, N, B) and of wages (N, B), weights (K, N) of levels, more (3N, 3N). */
typedef struct {
    size_t k, n, b, first, last;
    const double *weights, *more;
    double *prices, *spending, *wages;
} Levels;

/* Points and steps (S, B), remembered differences (D, S, B), products and weights (D, B). */
typedef struct {
    size_t s, b, first, last;
    const double *x, *step, *last_step;
    double *last_x, *steps, *both, *products, *along;
} Steps;

/* Everything that is compiled for one set of instructions. Where something is returned, 0 says that there was
   no memory. */
typedef struct {
    const char *name;
    void (*predict)(const Cells *);
    void (*sweep)(const Cells *);
    void (*change)(const Cells *);
    void (*sums)(const Cells *);
    void (*balance)(const Cells *);
    void (*magnitudes)(const Cells *);
    void (*project)(const Cells *);
    void (*scores)(const Cells *);
    int (*pairs)(const Exporters *);
    int (*importers)(const Exporters *);
    int (*exporters)(const Exporters *);
    int (*by_importer)(const Exporters *);
    int (*draws)(const Draws *);
    int (*years)(const Years *);
    int (*products)(const Products *);
    int (*round)(const Rounds *);
    int (*levels)(const Levels *);
    int (*remember)(const Steps *);
    int (*mend)(const Steps *);
} Set;

#endif
