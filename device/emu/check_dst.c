/* SPDX-License-Identifier: MIT */
/*
 * The kernel sanitizer on Dst: acquire, commit, wait, release, in turn.
 *
 * The plugin's kernel library drives it with one semaphore (TT_SEM_DST), which
 * counts halves that math has filled and the packer has not given back: math
 * waits while it is at its maximum (acquire) and posts it (commit), the packer
 * waits while it is zero and gets it (release). Rows below 512 are one half in
 * either view of Dst.
 */
#include "device/emu/check.h"

#define HALF_ROWS (TT_DST_ROWS / 2)

#define SEMINIT    0xA3u
#define SEMPOST    0xA4u
#define SEMGET     0xA5u
#define SEMWAIT    0xA6u
#define WHILE_ZERO 1u
#define WHILE_MAX  2u

void tt_check_kernel_begins(struct tt_check *check)
{
    check->dst = (struct tt_check_dst){.armed = true};
}

static void object(struct tt_tensix *t, unsigned thread, const char *what)
{
    tt_check_report(t->tile, TT_CHECK_DST, TT_RISC_T0 + thread, NULL, "Dst: %s",
                    what);
}

static void acquire(struct tt_tensix *t, unsigned thread)
{
    if (t->check->dst.math)
        object(t, thread,
               "math acquires a half, but has one that it has not committed");
    t->check->dst.math = true;
}

static void commit(struct tt_tensix *t, unsigned thread)
{
    if (!t->check->dst.math)
        object(t, thread, "math commits a half that it has not acquired");
    t->check->dst.math = false;
    t->check->dst.math_half ^= 1;
}

static void wait_for_math(struct tt_tensix *t, unsigned thread)
{
    if (t->check->dst.pack)
        object(t, thread,
               "the packer waits for a half, but has one that it has not "
               "released");
    t->check->dst.pack = true;
}

static void release(struct tt_tensix *t, unsigned thread)
{
    if (!t->check->dst.pack)
        object(t, thread,
               "the packer releases a half that it has not waited for");
    t->check->dst.pack = false;
    t->check->dst.pack_half ^= 1;
}

static void step_dst(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    uint32_t condition = TT_BITS(insn, 1, 0);

    switch (insn >> 24) {
    case SEMINIT:
        t->check->dst = (struct tt_check_dst){.armed = false};
        break;
    case SEMPOST:
        commit(t, thread);
        break;
    case SEMGET:
        release(t, thread);
        break;
    default:
        if (condition == WHILE_MAX)
            acquire(t, thread);
        else
            wait_for_math(t, thread);
    }
}

void tt_check_sem(struct tt_tensix *t, unsigned thread, unsigned sem,
                  uint32_t insn)
{
    if (insn >> 24 == SEMWAIT)
        tt_check_learn(t->tile, TT_RISC_T0 + thread, TT_SYNC_SEM + sem);
    else
        tt_check_join(t->tile, TT_RISC_T0 + thread, TT_SYNC_SEM + sem);
    if (sem == TT_SEM_DST && (t->check->dst.armed || insn >> 24 == SEMINIT))
        step_dst(t, thread, insn);
}

void tt_check_dst_math(struct tt_tensix *t, unsigned thread, uint32_t row)
{
    const struct tt_check_dst *dst = &t->check->dst;

    if (!dst->armed)
        return;
    if (!dst->math)
        object(t, thread,
               "math uses a half before it has acquired it "
               "(tile_regs_acquire)");
    else if (row / HALF_ROWS != dst->math_half)
        object(t, thread, "math uses the half that it has not acquired");
}

void tt_check_dst_pack(struct tt_tensix *t, unsigned thread, uint32_t row)
{
    const struct tt_check_dst *dst = &t->check->dst;

    if (!dst->armed)
        return;
    if (!dst->pack)
        object(t, thread,
               "the packer reads a half before it has waited for it "
               "(tile_regs_wait)");
    else if (row / HALF_ROWS != dst->pack_half)
        object(t, thread,
               "the packer reads the half that it has not waited "
               "for");
}
