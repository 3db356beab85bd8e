/* hikiwake.kernels.loops: passes over arrays and over lines of tables, without Python's lock.

   Every function works on a block of an axis, so that whoever calls decides on threads and on the order of sums.
   Nothing is allocated that outlives a call, and nothing is kept between calls but the set of instructions. */

#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "arrays.h"
#include "plain.h"
#include "sets.h"

static const Set *chosen;

#define COUNT(list) ((int)(sizeof(list) / sizeof((list)[0])))
#define D(at) ((double *)arrays.data[at])
#define N(letter) ((size_t)length_of(&arrays, letter))
#define ABC_OF_BLOCK .a = N('A'), .b = N('B'), .c = N('C'), .first = (size_t)first, .last = (size_t)last

/* Take the arrays of `list` and a block of the axis `letter`; `good` says what else must hold of them. */
#define TAKE(title, list, letter, good)                                               \
    Arrays arrays;                                                                    \
    Py_ssize_t first, last;                                                           \
    (void)self;                                                                       \
    if (!enough(count, COUNT(list) + 2, title)) return NULL;                          \
    if (!take(&arrays, given, list, COUNT(list))) return NULL;                        \
    if (!block(given + COUNT(list), length_of(&arrays, letter), &first, &last) ||     \
        !holds(good, title)) {                                                        \
        give_back(&arrays);                                                           \
        return NULL;                                                                  \
    }

/* Run without Python's lock what returns 0 where there is no memory. */
#define RUN(call)                        \
    int done;                            \
    Py_BEGIN_ALLOW_THREADS               \
    done = (call);                       \
    Py_END_ALLOW_THREADS                 \
    give_back(&arrays);                  \
    if (!done) return PyErr_NoMemory();  \
    Py_RETURN_NONE

static int holds(int good, const char *title) {
    if (!good) PyErr_Format(PyExc_ValueError, "%s: the arrays do not belong together", title);
    return good;
}

static int with_room(void (*run)(const Cells *), Cells call) {
    call.room = (double *)malloc((2 * call.c + 1) * sizeof(double));
    if (call.room == NULL) return 0;
    run(&call);
    free(call.room);
    return 1;
}

#define POINT                                                                                        \
    {"slopes", "K", 'd', READ}, {"regressors", "KABC", 'd', READ}, {"levels AB", "AB", 'd', READ},   \
        {"levels BC", "BC", 'd', MAY_BE_NONE}, {"levels AC", "AC", 'd', READ}
#define OF_POINT .k = N('K'), .slopes = D(0), .x = D(1), .ab = D(2), .bc = D(3), .ac = D(4)

static PyObject *predict(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    static const Wanted list[] = {POINT, {"out", "ABC", 'd', WRITE}};
    TAKE("predict", list, 'A', 1)
    Cells call = {ABC_OF_BLOCK, OF_POINT, .out = D(5)};
    RUN(with_room(chosen->predict, call));
}

static PyObject *change(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    static const Wanted list[] = {
        POINT, {"target", "ABC", 'd', READ}, {"base", "ABC", 'd', READ}, {"found", "F", 'd', WRITE},
    };
    TAKE("change", list, 'A', N('F') == 3)
    Cells call = {ABC_OF_BLOCK, OF_POINT, .target = D(5), .base = D(6), .found = D(7)};
    RUN(with_room(chosen->change, call));
}

static PyObject *sweep(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    static const Wanted list[] = {
        POINT, {"target", "ABC", 'd', READ}, {"base", "ABC", 'd', READ}, {"mean", "ABC", 'd', WRITE},
        {"sums AB", "LAB", 'd', WRITE}, {"sums BC", "LBC", 'd', WRITE | MAY_BE_NONE}, {"sums AC", "LAC", 'd', WRITE},
        {"gram", "KK", 'd', WRITE}, {"scores", "K", 'd', WRITE}, {"found", "F", 'd', WRITE},
    };
    TAKE("sweep", list, 'A', N('L') == N('K') + 1 && N('F') == 1 && (D(3) == NULL) == (D(9) == NULL))
    Cells call = {ABC_OF_BLOCK, OF_POINT, .target = D(5), .base = D(6), .out = D(7), .by_ab = D(8), .by_bc = D(9),
                  .by_ac = D(10), .gram = D(11), .scores = D(12), .found = D(13)};
    RUN(with_room(chosen->sweep, call));
}

static PyObject *sums(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    static const Wanted list[] = {
        {"regressors", "KABC", 'd', READ}, {"target", "ABC", 'd', READ}, {"base", "ABC", 'd', READ},
        {"sums AB", "LAB", 'd', WRITE}, {"sums BC", "LBC", 'd', WRITE | MAY_BE_NONE}, {"sums AC", "LAC", 'd', WRITE},
        {"scores", "K", 'd', WRITE},
    };
    TAKE("sums", list, 'A', N('L') == 2)
    Cells call = {ABC_OF_BLOCK, .k = N('K'), .x = D(0), .target = D(1), .base = D(2), .by_ab = D(3), .by_bc = D(4),
                  .by_ac = D(5), .scores = D(6)};
    RUN(with_room(chosen->sums, call));
}

static PyObject *balance(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    static const Wanted list[] = {
        {"base", "ABC", 'd', READ}, {"flows AB", "AB", 'd', READ}, {"flows AC", "AC", 'd', READ},
        {"factors BC", "BC", 'd', MAY_BE_NONE}, {"factors AB", "AB", 'd', WRITE}, {"factors AC", "AC", 'd', WRITE},
        {"sums BC", "BC", 'd', WRITE | MAY_BE_NONE},
    };
    TAKE("balance", list, 'A', (D(3) == NULL) == (D(6) == NULL))
    Cells call = {ABC_OF_BLOCK, .base = D(0), .flows_ab = D(1), .flows_ac = D(2), .bc = D(3), .by_ab = D(4),
                  .by_ac = D(5), .by_bc = D(6)};
    RUN(with_room(chosen->balance, call));
}

static PyObject *magnitudes(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    static const Wanted list[] = {
        {"regressors", "KABC", 'd', READ}, {"weights", "ABC", 'd', READ}, {"weights given", "ABC", 'd', READ},
        {"sums AB", "KAB", 'd', WRITE}, {"sums BC", "KBC", 'd', WRITE | MAY_BE_NONE}, {"sums AC", "KAC", 'd', WRITE},
        {"squares", "FK", 'd', WRITE},
    };
    TAKE("magnitudes", list, 'A', N('F') == 2)
    Cells call = {ABC_OF_BLOCK, .k = N('K'), .x = D(0), .weights = D(1), .given = D(2), .by_ab = D(3), .by_bc = D(4),
                  .by_ac = D(5), .found = D(6)};
    RUN(with_room(chosen->magnitudes, call));
}

static PyObject *project(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    static const Wanted list[] = {
        {"regressors", "KABC", 'd', READ}, {"weights", "ABC", 'd', READ}, {"levels AB", "KAB", 'd', READ},
        {"levels BC", "KBC", 'd', MAY_BE_NONE}, {"levels AC", "KAC", 'd', READ}, {"out", "KABC", 'd', WRITE},
        {"sums AB", "KAB", 'd', WRITE}, {"sums BC", "KBC", 'd', WRITE | MAY_BE_NONE}, {"sums AC", "KAC", 'd', WRITE},
        {"gram", "KK", 'd', WRITE},
    };
    TAKE("project", list, 'A', (D(3) == NULL) == (D(7) == NULL))
    Cells call = {ABC_OF_BLOCK, .k = N('K'), .x = D(0), .weights = D(1), .ab = D(2), .bc = D(3), .ac = D(4),
                  .out = D(5), .by_ab = D(6), .by_bc = D(7), .by_ac = D(8), .gram = D(9)};
    RUN(with_room(chosen->project, call));
}

static PyObject *scores(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    static const Wanted list[] = {
        {"regressors", "KABC", 'd', READ}, {"target", "ABC", 'd', READ}, {"base", "ABC", 'd', READ},
        {"predictor", "ABC", 'd', READ}, {"sums AC", "LAC", 'd', WRITE | MAY_BE_NONE},
        {"sums BC", "LBC", 'd', WRITE | MAY_BE_NONE},
    };
    TAKE("scores", list, D(4) != NULL ? 'A' : 'B', N('L') == N('K') + 1 && (D(4) == NULL) != (D(5) == NULL))
    Cells call = {ABC_OF_BLOCK, .k = N('K'), .x = D(0), .target = D(1), .base = D(2), .weights = D(3), .by_ac = D(4),
                  .by_bc = D(5)};
    RUN(with_room(chosen->scores, call));
}

static PyObject *pairs(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    static const Wanted list[] = {
        {"weights", "ABC", 'd', READ}, {"pairs", "AC", 'd', WRITE}, {"inverse", "ABD", 'd', WRITE}, {"sums", "BC", 'd', WRITE},
    };
    TAKE("pairs", list, 'A', N('B') == N('D'))
    Exporters call = {ABC_OF_BLOCK, .weights = D(0), .pairs = D(1), .inverse = D(2), .out = D(3)};
    RUN(chosen->pairs(&call));
}

static PyObject *importers(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    static const Wanted list[] = {
        {"weights", "ABC", 'd', READ}, {"pairs", "AC", 'd', READ}, {"inverse", "BDC", 'd', WRITE},
    };
    TAKE("importers", list, 'C', N('B') == N('D'))
    Exporters call = {ABC_OF_BLOCK, .weights = D(0), .pairs = D(1), .out = D(2)};
    RUN(chosen->importers(&call));
}

static PyObject *exporters(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    static const Wanted list[] = {
        {"weights", "ABC", 'd', READ}, {"pairs", "AC", 'd', READ}, {"inverse", "ABD", 'd', READ},
        {"importers", "RBC", 'd', MAY_BE_NONE}, {"right AB", "RAB", 'd', MAY_BE_NONE},
        {"right AC", "RAC", 'd', MAY_BE_NONE}, {"exporters", "RAB", 'd', WRITE}, {"of pairs", "RAC", 'd', WRITE},
        {"out", "RBC", 'd', WRITE | MAY_BE_NONE},
    };
    TAKE("exporters", list, 'A', N('B') == N('D'))
    Exporters call = {ABC_OF_BLOCK, .r = N('R'), .weights = D(0), .pairs = D(1), .inverse = D(2), .x = D(3),
                      .right_ab = D(4), .right_ac = D(5), .by_ab = D(6), .by_ac = D(7), .out = D(8)};
    RUN(chosen->exporters(&call));
}

static PyObject *by_importer(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    static const Wanted list[] = {
        {"matrices", "BDC", 'd', READ}, {"values", "RBC", 'd', READ}, {"out", "RBC", 'd', WRITE},
    };
    TAKE("by_importer", list, 'C', N('B') == N('D'))
    Exporters call = {ABC_OF_BLOCK, .r = N('R'), .inverse = D(0), .x = D(1), .out = D(2)};
    RUN(chosen->by_importer(&call));
}

static PyObject *draws(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    static const Wanted list[] = {
        {"weights by exporter", "ACB", 'd', READ}, {"weights by importer", "CAB", 'd', READ},
        {"drawn by exporter", "ACD", 'd', READ}, {"drawn by importer", "CAD", 'd', READ},
        {"right AB", "ARBD", 'd', READ}, {"right CB", "CRBD", 'd', READ}, {"exact", "RQD", 'd', WRITE},
        {"inner", "RQD", 'd', WRITE}, {"along", "RQD", 'd', WRITE},
    };
    TAKE("draws", list, 'D', N('Q') == N('R'))
    Draws call = {ABC_OF_BLOCK, .r = N('R'), .d = N('D'), .by_exporter = D(0), .by_importer = D(1), .drawn = D(2),
                  .turned = D(3), .right_ab = D(4), .right_cb = D(5), .exact = D(6), .inner = D(7), .along = D(8)};
    RUN(chosen->draws(&call));
}

static PyObject *years(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    static const Wanted list[] = {
        {"weights", "ABC", 'd', READ}, {"right AB", "RAB", 'd', READ}, {"right AC", "RAC", 'd', READ},
        {"exporters", "RAB", 'd', WRITE}, {"importers", "RAC", 'd', WRITE},
    };
    TAKE("years", list, 'A', 1)
    Years call = {ABC_OF_BLOCK, .r = N('R'), .weights = D(0), .right_ab = D(1), .right_ac = D(2), .by_ab = D(3),
                  .by_ac = D(4)};
    RUN(chosen->years(&call));
}

static PyObject *products(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    static const Wanted list[] = {
        {"words", "WN", 'q', READ}, {"inverse", "N", 'd', READ}, {"out", "NM", 'd', WRITE},
    };
    TAKE("products", list, 'N', N('M') == N('N'))
    Products call = {N('W'), N('N'), (size_t)first, (size_t)last, (const uint64_t *)arrays.data[0], D(1), D(2)};
    RUN(chosen->products(&call));
}

static int within(const int64_t *places, size_t count, size_t length) {
    for (size_t at = 0; at < count; at++)
        if (places[at] < 0 || (size_t)places[at] >= length) return 0;
    return 1;
}

#define PLACES(at) ((const int64_t *)arrays.data[at])
#define IN_EIGHTS (N('B') % 8 == 0 && first % 8 == 0 && last % 8 == 0)

static PyObject *round_draws(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    static const Wanted list[] = {
        {"paid", "KNN", 'd', READ}, {"net", "KNN", 'd', MAY_BE_NONE}, {"inputs", "NKK", 'd', READ},
        {"labour", "KN", 'd', READ}, {"final", "KN", 'd', READ}, {"bought", "KN", 'd', READ}, {"home", "KN", 'd', READ},
        {"rule", "RN", 'd', READ}, {"productivity", "KN", 'd', READ}, {"origins", "C", 'q', READ},
        {"destinations", "C", 'q', READ}, {"parts", "C", 'q', READ}, {"cells paid", "KC", 'd', READ},
        {"cells net", "KC", 'd', READ}, {"factors", "PKB", 'd', READ}, {"theta", "KB", 'd', READ},
        {"prices", "KNB", 'd', READ}, {"spending", "KNB", 'd', READ}, {"wages", "NB", 'd', READ},
        {"power", "KNB", 'd', WRITE}, {"new prices", "KNB", 'd', WRITE}, {"new spending", "KNB", 'd', WRITE},
        {"new wages", "NB", 'd', WRITE}, {"longest step", "F", 'd', READ}, {"found", "F", 'd', WRITE},
    };
    TAKE("round", list, 'B',
         N('R') == 5 && N('F') == 1 && IN_EIGHTS && within(PLACES(9), N('C'), N('N')) &&
             within(PLACES(10), N('C'), N('N')) && within(PLACES(11), N('C'), N('P')))
    Rounds call = {N('K'), N('N'), N('B'), N('C'), (size_t)first, (size_t)last, *D(23), D(0), D(1), D(2), D(3), D(4), D(5),
                   D(6), D(7), D(8), PLACES(9), PLACES(10), PLACES(11), D(12), D(13), D(14), D(15), D(16), D(17), D(18),
                   D(19), D(20), D(21), D(22), D(24)};
    RUN(chosen->round(&call));
}

static PyObject *levels(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    static const Wanted list[] = {
        {"weights", "KN", 'd', READ}, {"more", "LL", 'd', READ}, {"prices", "KNB", 'd', WRITE},
        {"spending", "KNB", 'd', WRITE}, {"wages", "NB", 'd', WRITE},
    };
    TAKE("levels", list, 'B', N('L') == 3 * N('N') && IN_EIGHTS)
    Levels call = {N('K'), N('N'), N('B'), (size_t)first, (size_t)last, D(0), D(1), D(2), D(3), D(4)};
    RUN(chosen->levels(&call));
}

static PyObject *remember(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    static const Wanted list[] = {
        {"x", "SB", 'd', READ}, {"step", "SB", 'd', READ}, {"last x", "SB", 'd', READ}, {"last step", "SB", 'd', READ},
        {"steps", "DSB", 'd', WRITE}, {"both", "DSB", 'd', WRITE}, {"products", "DB", 'd', WRITE},
        {"along", "DB", 'd', WRITE},
    };
    TAKE("remember", list, 'D', first < last)
    Steps call = {N('S'), N('B'), (size_t)first, (size_t)last, D(0), D(1), D(3), D(2), D(4), D(5), D(6), D(7)};
    RUN(chosen->remember(&call));
}

static PyObject *mend(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    static const Wanted list[] = {
        {"x", "SB", 'd', READ}, {"step", "SB", 'd', READ}, {"both", "DSB", 'd', READ}, {"weights", "DB", 'd', READ},
        {"out", "SB", 'd', WRITE},
    };
    TAKE("mend", list, 'D', 1)
    Steps call = {.s = N('S'), .b = N('B'), .first = (size_t)first, .last = (size_t)last, .x = D(0), .step = D(1),
                  .both = D(2), .products = D(3), .last_x = D(4)};
    RUN(chosen->mend(&call));
}

/* Cells with a base, in the order of rows: axes of the cells, the slowest of the rows first. */
static int write_rows(const double *cells, const double *base, const size_t length[3], const size_t step[3], double *out,
                      size_t count) {
    size_t at = 0;
    for (size_t i = 0; i < length[0]; i++)
        for (size_t j = 0; j < length[1]; j++)
            for (size_t k = 0; k < length[2]; k++) {
                size_t place = i * step[0] + j * step[1] + k * step[2];
                if (!(base[place] > 0.0)) continue;
                if (at == count) return -1;
                out[at++] = cells[place];
            }
    return at == count ? 1 : -1;
}

static PyObject *rows(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    static const Wanted list[] = {
        {"cells", "ABC", 'd', READ}, {"base", "ABC", 'd', READ}, {"axes", "F", 'q', READ}, {"out", "N", 'd', WRITE},
    };
    TAKE("rows", list, 'A', N('F') == 3)
    const size_t length[3] = {N('A'), N('B'), N('C')}, step[3] = {N('B') * N('C'), N('C'), 1};
    const int64_t *axes = (const int64_t *)arrays.data[2];
    size_t along[3], by[3];
    int seen = 0, done = -1;
    for (int at = 0; at < 3; at++) {
        if (axes[at] < 0 || axes[at] > 2) break;
        seen |= 1 << axes[at];
        along[at] = length[axes[at]];
        by[at] = step[axes[at]];
    }
    if (seen == 7) {
        Py_BEGIN_ALLOW_THREADS
        done = write_rows(D(0), D(1), along, by, D(3), N('N'));
        Py_END_ALLOW_THREADS
    }
    give_back(&arrays);
    if (!holds(done == 1, "rows")) return NULL;
    Py_RETURN_NONE;
}

#define Q(at) ((int64_t *)arrays.data[at])
#define WORDS(at, bytes_of, starts_of, slots_of)                                                             \
    {(const unsigned char *)arrays.data[at], Q((at) + 1), Q((at) + 2), N(bytes_of), N(starts_of) ? N(starts_of) - 1 : 0, \
     N(slots_of) - 1}

static PyObject *index_words(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    static const Wanted list[] = {
        {"words", "T", 'b', READ}, {"starts", "W", 'q', READ}, {"slots", "S", 'q', WRITE},
    };
    Arrays arrays;
    (void)self;
    if (!enough(count, COUNT(list), "index_words") || !take(&arrays, given, list, COUNT(list))) return NULL;
    Words words = WORDS(0, 'T', 'W', 'S');
    int good = N('W') > 0 && N('S') > 0 && words_hold(&words);
    if (good) fill_slots(&words, Q(2));
    give_back(&arrays);
    if (!holds(good, "index_words")) return NULL;
    Py_RETURN_NONE;
}

static PyObject *plain(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    static const Wanted list[] = {
        {"text", "N", 'b', READ}, {"places", "P", 'q', READ}, {"numbers", "F", 'q', READ},
        {"economies", "T", 'b', READ}, {"starts of economies", "W", 'q', READ}, {"slots of economies", "S", 'q', READ},
        {"meanings", "E", 'q', READ},
        {"products", "U", 'b', READ}, {"starts of products", "X", 'q', READ}, {"slots of products", "V", 'q', READ},
        {"rows", "KM", 'q', WRITE}, {"others", "LO", 'q', WRITE}, {"found", "R", 'q', WRITE},
    };
    Arrays arrays;
    (void)self;
    if (!enough(count, COUNT(list), "plain") || !take(&arrays, given, list, COUNT(list))) return NULL;
    Lines lines = {.text = (const unsigned char *)arrays.data[0], .size = N('N'), .places = Q(1), .numbers = Q(2),
                   .economies = WORDS(3, 'T', 'W', 'S'), .meanings = Q(6), .products = WORDS(7, 'U', 'X', 'V'),
                   .rows = Q(10), .others = Q(11), .found = Q(12), .most = N('M'), .most_others = N('O')};
    int good = N('P') == ROLES && N('F') == NUMBERS && N('W') > 0 && N('S') > 0 && N('X') > 0 && N('V') > 0 &&
               N('E') + 1 == N('W') && N('K') == ROW_COLUMNS && N('L') == 3 && N('R') == FOUND && places_hold(&lines);
    if (good) {
        Py_BEGIN_ALLOW_THREADS
        read_plain(&lines);
        Py_END_ALLOW_THREADS
    }
    give_back(&arrays);
    if (!holds(good, "plain")) return NULL;
    Py_RETURN_NONE;
}

static int add_up(const int64_t *places, const int64_t *amounts, size_t count, int64_t *sums, size_t length) {
    for (size_t at = 0; at < count; at++) {
        if (places[at] < 0 || (size_t)places[at] >= length) return 0;
        sums[places[at]] = (int64_t)((uint64_t)sums[places[at]] + (uint64_t)amounts[at]);
    }
    return 1;
}

static PyObject *add(PyObject *self, PyObject *const *given, Py_ssize_t count) {
    static const Wanted list[] = {
        {"places", "N", 'q', READ}, {"amounts", "N", 'q', READ}, {"sums", "P", 'q', WRITE},
    };
    Arrays arrays;
    (void)self;
    if (!enough(count, COUNT(list), "add") || !take(&arrays, given, list, COUNT(list))) return NULL;
    int good;
    Py_BEGIN_ALLOW_THREADS
    good = add_up(Q(0), Q(1), N('N'), Q(2), N('P'));
    Py_END_ALLOW_THREADS
    give_back(&arrays);
    if (!holds(good, "add")) return NULL;
    Py_RETURN_NONE;
}

static PyObject *sets(PyObject *self, PyObject *none) {
    const Set *found[3];
    int count = sets_here(found);
    (void)self, (void)none;
    PyObject *out = PyTuple_New(count);
    for (int at = 0; out != NULL && at < count; at++) {
        PyObject *name = PyUnicode_FromString(found[at]->name);
        if (name == NULL || PyTuple_SetItem(out, at, name) < 0) {
            Py_DECREF(out);
            return NULL;
        }
    }
    return out;
}

static PyObject *use(PyObject *self, PyObject *name) {
    const Set *found[3];
    int count = sets_here(found);
    (void)self;
    for (int at = 0; at < count; at++) {
        PyObject *known = PyUnicode_FromString(found[at]->name);
        int same = known == NULL ? -1 : PyObject_RichCompareBool(known, name, Py_EQ);
        Py_XDECREF(known);
        if (same < 0) return NULL;
        if (!same) continue;
        chosen = found[at];
        Py_RETURN_NONE;
    }
    PyErr_SetString(PyExc_ValueError, "this processor has no such set of instructions, or none was compiled for it");
    return NULL;
}

#define FAST(name) {#name, (PyCFunction)(void (*)(void))name, METH_FASTCALL, NULL}

static PyMethodDef methods[] = {
    FAST(predict), FAST(change), FAST(sweep), FAST(sums), FAST(balance), FAST(magnitudes), FAST(project), FAST(scores),
    FAST(pairs), FAST(importers), FAST(exporters), FAST(by_importer), FAST(draws), FAST(years), FAST(products),
    FAST(rows), FAST(round_draws), FAST(levels), FAST(remember), FAST(mend), FAST(index_words), FAST(plain),
    FAST(add), {"sets", sets, METH_NOARGS, NULL},
    {"use", use, METH_O, NULL}, {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "hikiwake.kernels.loops", NULL, -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit_loops(void) {
    const Set *found[3];
    sets_here(found);
    chosen = found[0];
    return PyModule_Create(&module);
}
