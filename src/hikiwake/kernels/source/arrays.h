/* NumPy's arrays as Python's buffers: each is asked for by a name, the kind of its numbers, and its axes.

   Axes are letters. The first array that has a letter says how long it is; wherever the letter stands again
   the length must be the same. So no function is handed a size that could be wrong. */

#ifndef HIKIWAKE_ARRAYS_H
#define HIKIWAKE_ARRAYS_H

#include <Python.h>
#include <string.h>

enum { MOST_ARRAYS = 32, LETTERS = 26 };
enum { READ = 0, WRITE = 1, MAY_BE_NONE = 2 };

typedef struct {
    const char *name, *axes;
    char kind; /* d: double, q: 64 bits, ?: truth, b: byte */
    int use;
} Wanted;

typedef struct {
    Py_buffer views[MOST_ARRAYS];
    void *data[MOST_ARRAYS]; /* NULL where None was given */
    int count;
    Py_ssize_t length[LETTERS];
} Arrays;

static void give_back(Arrays *arrays) {
    for (int at = 0; at < arrays->count; at++)
        if (arrays->data[at] != NULL) PyBuffer_Release(&arrays->views[at]);
    arrays->count = 0;
}

static int of_kind(const Py_buffer *view, char kind) {
    const char *format = view->format == NULL ? "B" : view->format;
    if (format[0] == '=' || format[0] == '<' || format[0] == '@') format++;
    if (format[0] == '\0' || format[1] != '\0') return 0;
    if (kind == 'd') return format[0] == 'd' && view->itemsize == 8;
    if (kind == 'b') return format[0] == 'B' && view->itemsize == 1;
    if (kind == '?') return format[0] == '?' && view->itemsize == 1;
    return strchr("lLqQ", format[0]) != NULL && view->itemsize == 8;
}

static int fits(Arrays *arrays, const Py_buffer *view, const Wanted *wanted) {
    if ((size_t)view->ndim != strlen(wanted->axes)) {
        PyErr_Format(PyExc_ValueError, "%s has %d axes, and %s are wanted", wanted->name, view->ndim, wanted->axes);
        return 0;
    }
    for (int axis = 0; axis < view->ndim; axis++) {
        Py_ssize_t *length = &arrays->length[wanted->axes[axis] - 'A'];
        if (*length < 0) *length = view->shape[axis];
        if (*length == view->shape[axis]) continue;
        PyErr_Format(PyExc_ValueError, "%s is %zd long along %c of %s, and %zd is wanted", wanted->name,
                     view->shape[axis], wanted->axes[axis], wanted->axes, *length);
        return 0;
    }
    return 1;
}

/* Take the first arguments of a call as arrays; 0 and an error where one is not what is wanted. */
static int take(Arrays *arrays, PyObject *const *given, const Wanted *wanted, int count) {
    arrays->count = 0;
    for (int letter = 0; letter < LETTERS; letter++) arrays->length[letter] = -1;
    for (int at = 0; at < count; at++) {
        Py_buffer *view = &arrays->views[at];
        arrays->data[at] = NULL;
        arrays->count = at + 1;
        if (given[at] == Py_None && (wanted[at].use & MAY_BE_NONE)) continue;
        int flags = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (wanted[at].use & WRITE ? PyBUF_WRITABLE : 0);
        int held = PyObject_GetBuffer(given[at], view, flags) == 0;
        int good = held && of_kind(view, wanted[at].kind);
        if (held && !good)
            PyErr_Format(PyExc_TypeError, "%s holds %s, and %c is wanted", wanted[at].name, view->format, wanted[at].kind);
        if (good && fits(arrays, view, &wanted[at])) {
            arrays->data[at] = view->buf;
            continue;
        }
        if (held) PyBuffer_Release(view);
        give_back(arrays);
        return 0;
    }
    return 1;
}

static Py_ssize_t length_of(const Arrays *arrays, char letter) {
    Py_ssize_t length = arrays->length[letter - 'A'];
    return length < 0 ? 0 : length;
}

/* Read two whole numbers that cut a block out of an axis; 0 and an error where it does not lie within. */
static int block(PyObject *const *given, Py_ssize_t length, Py_ssize_t *first, Py_ssize_t *last) {
    *first = PyLong_AsSsize_t(given[0]);
    if (*first == -1 && PyErr_Occurred()) return 0;
    *last = PyLong_AsSsize_t(given[1]);
    if (*last == -1 && PyErr_Occurred()) return 0;
    if (0 <= *first && *first <= *last && *last <= length) return 1;
    PyErr_Format(PyExc_ValueError, "block %zd to %zd does not lie within %zd", *first, *last, length);
    return 0;
}

static int enough(Py_ssize_t given, Py_ssize_t wanted, const char *name) {
    if (given == wanted) return 1;
    PyErr_Format(PyExc_TypeError, "%s takes %zd arguments, and %zd were given", name, wanted, given);
    return 0;
}

#endif
