/* Loaded before the C library: the n-th operation on files below a folder is refused, or is the last.

   Python and the database both come through here, whoever opens, writes, flushes, cuts or renames. Whatever lies
   elsewhere is left alone, and so is everything until `arm` is called. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define FILES 4096

static char root[PATH_MAX];
static size_t length;
static long wanted; /* 0: none */
static int error;   /* 0: the process is killed */
static atomic_long met, fired;
static char below[FILES];

void arm(const char *folder, long number, int code) {
    strncpy(root, folder, sizeof root - 1);
    length = strlen(root);
    wanted = number;
    error = code;
    met = fired = 0;
}

long count_met(void) { return met; }
long count_fired(void) { return fired; }

static int ours(const char *path) { return length && strncmp(path, root, length) == 0; }

/* Tell whether this operation is refused. */
static int refused(void) {
    if (atomic_fetch_add(&met, 1) + 1 != wanted) return 0;
    fired++;
    if (!error) kill(getpid(), SIGKILL);
    errno = error;
    return 1;
}

static int noted(int handle, int is_ours) {
    if (handle >= 0 && handle < FILES) below[handle] = (char)is_ours;
    return handle;
}

static int known(int handle) { return handle >= 0 && handle < FILES && below[handle]; }

#define REAL(type, name, ...)                                                  \
    static type (*real)(__VA_ARGS__);                                          \
    if (real == NULL) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

#define MODE                          \
    mode_t mode = 0;                  \
    if (flags & (O_CREAT | O_TMPFILE)) { \
        va_list more;                 \
        va_start(more, flags);        \
        mode = va_arg(more, mode_t);  \
        va_end(more);                 \
    }

#define OPENS(name)                                                   \
    int name(const char *path, int flags, ...) {                      \
        REAL(int, name, const char *, int, ...);                      \
        MODE                                                          \
        if (ours(path) && refused()) return -1;                       \
        return noted(real(path, flags, mode), ours(path));            \
    }
OPENS(open)
OPENS(open64)

#define OPENS_AT(name)                                                \
    int name(int folder, const char *path, int flags, ...) {          \
        REAL(int, name, int, const char *, int, ...);                 \
        MODE                                                          \
        if (ours(path) && refused()) return -1;                       \
        return noted(real(folder, path, flags, mode), ours(path));    \
    }
OPENS_AT(openat)
OPENS_AT(openat64)

#define ON_HANDLE(type, name, given, call, failed)                    \
    type name given {                                                 \
        REAL(type, name, TYPES);                                      \
        if (known(handle) && refused()) return failed;                \
        return real call;                                             \
    }
#define TYPES int, const void *, size_t
ON_HANDLE(ssize_t, write, (int handle, const void *bytes, size_t size), (handle, bytes, size), -1)
#undef TYPES
#define TYPES int, const void *, size_t, off_t
ON_HANDLE(ssize_t, pwrite, (int handle, const void *bytes, size_t size, off_t at), (handle, bytes, size, at), -1)
ON_HANDLE(ssize_t, pwrite64, (int handle, const void *bytes, size_t size, off_t at), (handle, bytes, size, at), -1)
#undef TYPES
#define TYPES int
ON_HANDLE(int, fsync, (int handle), (handle), -1)
ON_HANDLE(int, fdatasync, (int handle), (handle), -1)
#undef TYPES
#define TYPES int, off_t
ON_HANDLE(int, ftruncate, (int handle, off_t size), (handle, size), -1)
ON_HANDLE(int, ftruncate64, (int handle, off_t size), (handle, size), -1)
#undef TYPES

int close(int handle) {
    REAL(int, close, int);
    noted(handle, 0);
    return real(handle);
}

int rename(const char *old, const char *new) {
    REAL(int, rename, const char *, const char *);
    if (ours(old) && refused()) return -1;
    return real(old, new);
}

int mkdir(const char *path, mode_t mode) {
    REAL(int, mkdir, const char *, mode_t);
    if (ours(path) && refused()) return -1;
    return real(path, mode);
}

/* What removes is the last operation of a process that is killed, and never refused: nothing could be tidied up. */
int unlink(const char *path) {
    REAL(int, unlink, const char *);
    if (ours(path) && !error && refused()) return -1;
    return real(path);
}
