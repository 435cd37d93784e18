/* SPDX-License-Identifier: MIT */
/* Tests of the seam's contract, the same for every chip behind it. */
#ifndef TT_TESTS_SEAM_H
#define TT_TESTS_SEAM_H

#include <setjmp.h>
#include <stdbool.h>

#include "device/arch.h"
#include "device/tt_device.h"

#define MIB 0x100000u

struct seam;

/** struct seam_chip - a way to reach a chip
 *  @start: what opening needs, once per case; false fails the case
 *  @open: one more device; at most two at a time
 *  @lose: make a device vanish; what cannot vanish leaves it alone
 *  @finish: after closing; false if something was left behind or done that the
 *           chip would not have forgiven */
struct seam_chip {
    const char *name;
    bool (*start)(struct seam *s);
    nxs_status (*open)(struct seam *s, struct tt_device **out);
    void (*lose)(struct seam *s, struct tt_device *dev);
    bool (*finish)(struct seam *s);
};

extern const struct seam_chip seam_emu, seam_kmd, seam_ttsim;

/** struct seam - one case on one chip
 *  @dev: open, fresh; the case may close it and set it to NULL
 *  @second: the case's own, NULL; closed after it
 *  @state: of the chip */
struct seam {
    const struct seam_chip *chip;
    struct tt_device *dev, *second;
    void *state;
    jmp_buf out;
    char why[256];
};

/** struct seam_case - a claim; the function's name says it */
struct seam_case {
    const char *name;
    void (*run)(struct seam *s);
};

/** SEAM_CASE - entry of a list of cases */
#define SEAM_CASE(f)                                                           \
    {                                                                          \
#f, f                                                                  \
    }

/** Lists of cases, each ended by one without a name. */
extern const struct seam_case seam_memory[], seam_pages[], seam_cores[],
    seam_life[];

/** seam_fail - end the case; does not return */
_Noreturn void seam_fail(struct seam *s, const char *file, int line,
                         const char *what, long got, long want);

/** CHECK - a condition that must hold */
#define CHECK(s, condition)                                                    \
    do {                                                                       \
        if (!(condition))                                                      \
            seam_fail(s, __FILE__, __LINE__, #condition, 0, 1);                \
    } while (0)

/** EQUAL - two integers that must be the same */
#define EQUAL(s, got, want)                                                    \
    do {                                                                       \
        long got_ = (long)(got), want_ = (long)(want);                         \
                                                                               \
        if (got_ != want_)                                                     \
            seam_fail(s, __FILE__, __LINE__, #got, got_, want_);               \
    } while (0)

/** OK - a call that must succeed */
#define OK(s, call) EQUAL(s, call, NXS_Success)

/** seam_worker - a worker core of any chip here */
static inline struct tt_noc_addr seam_worker(unsigned x, unsigned y,
                                             uint64_t addr)
{
    return tt_arch_worker(&tt_arch_wormhole, x, y, addr);
}

/** seam_dram - a byte of a DRAM bank */
static inline struct tt_noc_addr seam_dram(unsigned bank, uint64_t offset)
{
    return tt_arch_dram(&tt_arch_wormhole, bank, offset);
}

/** seam_pattern - bytes that differ with place and seed */
static inline void seam_pattern(unsigned char *buf, size_t len, unsigned seed)
{
    for (size_t i = 0; i < len; i++)
        buf[i] = (unsigned char)(i * 7 + i / 251 + seed * 31 + 1);
}

#endif
