/* The functions, compiled for each set of instructions that the processor may have; the best goes first. */

#if !defined(__GNUC__)
#error "the compiled part needs the vectors of GCC or Clang; without them the package works on NumPy alone"
#endif

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define ALWAYS inline __attribute__((always_inline))

#include "calls.h"

#if defined(__x86_64__) && !defined(PLAIN_ONLY)
#include <immintrin.h>
#define MANY_SETS

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx512vpopcntdq,avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512vl,avx512bw,avx512vpopcntdq,avx2,fma,prefer-vector-width=512")
#endif
#define LANES 8
#define SUFFIX avx512
#define TITLE "avx512"
#include "set.h"
#undef LANES
#undef SUFFIX
#undef TITLE
#if defined(__clang__)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
#define LANES 4
#define SUFFIX avx2
#define TITLE "avx2"
#include "set.h"
#undef LANES
#undef SUFFIX
#undef TITLE
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif

#define LANES 2
#define SUFFIX plain
#define TITLE "plain"
#include "set.h"

/* The sets that this processor can run, the best first. */
static int sets_here(const Set *found[3]) {
    int count = 0;
#if defined(MANY_SETS)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vpopcntdq") &&
        __builtin_cpu_supports("fma"))
        found[count++] = &functions_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) found[count++] = &functions_avx2;
#endif
    found[count++] = &functions_plain;
    return count;
}
