/* SPDX-License-Identifier: MIT */
/* Run-time choice of vector instructions for hot loops in plain C. */
#ifndef TT_SIMD_H
#define TT_SIMD_H

/** TT_SIMD - clones of a hot loop for AVX-512, AVX2 and plain x86-64, chosen
 *  when the library is loaded; the body is plain C that vectorises. Sanitizer
 *  builds have only the plain form (their runtime is not up when ifuncs
 *  resolve), and so has clang, whose version 14 knows no such levels. */
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) &&                   \
    !defined(__SANITIZE_THREAD__) && defined(__GNUC__) && !defined(__clang__)
#define TT_SIMD                                                                \
    __attribute__((                                                            \
        target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TT_SIMD
#endif

#endif
