/* One set of functions: included once for each set of instructions, with LANES, SUFFIX and TITLE. */

#define JOIN(name, suffix) name##_##suffix
#define JOINED(name, suffix) JOIN(name, suffix)
#define NAME(name) JOINED(name, SUFFIX)

#include "lanes.h"
#include "cells.h"
#include "exporters.h"
#include "draws.h"
#include "years.h"
#include "products.h"
#include "rounds.h"
#include "steps.h"

static const Set NAME(functions) = {
    TITLE, predict_cells, sweep_cells, change_cells, sum_cells, balance_cells, measure_cells, project_cells,
    score_cells, each_pair, each_importer, each_exporter, multiply_all, each_draw, each_year, each_product,
    round_draws_of, correct_steps, remember_steps, mend_steps,
};
