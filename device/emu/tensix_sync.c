/* SPDX-License-Identifier: MIT */
/* Sync unit: semaphores, mutexes, waits; and DMANOP. */
#include "device/emu/check.h"
#include "device/emu/tensix.h"
#include "device/emu/tensix_units.h"

#define NO_SEMAPHORE 8u

/* The one semaphore that bits 9:2 select. SEMPOST.md allows several at once;
 * ttsim, and so this model, does not. */
static unsigned semaphore_of(struct tt_tensix *t, unsigned thread,
                             uint32_t insn, const char *mnemonic)
{
    uint32_t sel = TT_BITS(insn, 9, 2);

    if (sel && !(sel & (sel - 1)))
        return (unsigned)__builtin_ctz(sel);
    tt_tensix_refuse(t, thread,
                     "%s: semaphore mask 0x%02X does not select exactly one",
                     mnemonic, (unsigned)sel);
    return NO_SEMAPHORE;
}

enum tt_step tt_op_seminit(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    unsigned sem = semaphore_of(t, thread, insn, "SEMINIT");
    uint32_t value = TT_BITS(insn, 19, 16), max = TT_BITS(insn, 23, 20);

    if (sem == NO_SEMAPHORE)
        return TT_STEP_FAULT;
    if (value > max)
        return tt_tensix_refuse(t, thread, "SEMINIT: value %u is above max %u",
                                (unsigned)value, (unsigned)max);
    t->sem[sem] = (uint8_t)value;
    t->sem_max[sem] = (uint8_t)max;
    if (t->check)
        tt_check_sem(t, thread, sem, insn);
    tt_tile_changed(t->tile);
    return TT_STEP_DONE;
}

enum tt_step tt_op_sempost(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    unsigned sem = semaphore_of(t, thread, insn, "SEMPOST");

    if (sem == NO_SEMAPHORE)
        return TT_STEP_FAULT;
    if (t->sem[sem] >= t->sem_max[sem])
        return tt_tensix_refuse(t, thread,
                                "SEMPOST: semaphore %u is %u, its max is %u",
                                sem, t->sem[sem], t->sem_max[sem]);
    t->sem[sem]++;
    if (t->check)
        tt_check_sem(t, thread, sem, insn);
    tt_tile_changed(t->tile);
    return TT_STEP_DONE;
}

enum tt_step tt_op_semget(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    unsigned sem = semaphore_of(t, thread, insn, "SEMGET");

    if (sem == NO_SEMAPHORE)
        return TT_STEP_FAULT;
    if (!t->sem[sem])
        return tt_tensix_refuse(t, thread, "SEMGET: semaphore %u is 0", sem);
    t->sem[sem]--;
    if (t->check)
        tt_check_sem(t, thread, sem, insn);
    tt_tile_changed(t->tile);
    return TT_STEP_DONE;
}

/* SEMWAIT.md: condition 1 waits while the value is zero, 2 while it is at its
 * maximum. The whole thread is held, whatever units it names: each unit here
 * is done when its instruction is. */
enum tt_step tt_op_semwait(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    unsigned sem = semaphore_of(t, thread, insn, "SEMWAIT");
    uint32_t condition = TT_BITS(insn, 1, 0);
    bool go;

    if (sem == NO_SEMAPHORE)
        return TT_STEP_FAULT;
    if (condition != 1 && condition != 2)
        return tt_tensix_refuse(t, thread, "SEMWAIT: condition is %u",
                                (unsigned)condition);
    go = condition == 1 ? t->sem[sem] > 0 : t->sem[sem] < t->sem_max[sem];
    if (go && t->check)
        tt_check_sem(t, thread, sem, insn);
    return go ? TT_STEP_DONE : TT_STEP_WAIT;
}

/* STALLWAIT.md, wait conditions. Units are never busy between instructions, so
 * only the four conditions on SrcA and SrcB can hold a thread. */
#define WAIT_SRC_A_FREE  0x100u
#define WAIT_SRC_B_FREE  0x200u
#define WAIT_SRC_A_VALID 0x400u
#define WAIT_SRC_B_VALID 0x800u
#define WAIT_MOVER       0x1000u

enum tt_step tt_op_stallwait(struct tt_tensix *t, unsigned thread,
                             uint32_t insn)
{
    const struct tt_src *a = &t->src_a, *b = &t->src_b;
    uint32_t wait = TT_BITS(insn, 14, 0);

    if (!wait || !TT_BITS(insn, 23, 15))
        return tt_tensix_refuse(t, thread, "STALLWAIT: an empty mask");
    if ((wait & WAIT_SRC_A_FREE && a->valid[a->unpack_bank]) ||
        (wait & WAIT_SRC_B_FREE && b->valid[b->unpack_bank]) ||
        (wait & WAIT_SRC_A_VALID && !a->valid[a->matrix_bank]) ||
        (wait & WAIT_SRC_B_VALID && !b->valid[b->matrix_bank]))
        return TT_STEP_WAIT;
    if (wait & WAIT_MOVER)
        return tt_tensix_refuse(t, thread,
                                "STALLWAIT: waiting for the mover is not "
                                "modelled");
    return TT_STEP_DONE;
}

/* Mutex 1 does not exist (ATGETM.md); of the others ttsim has verified only
 * number 0. */
static bool mutex_ok(struct tt_tensix *t, unsigned thread, uint32_t insn,
                     const char *mnemonic)
{
    if (!TT_BITS(insn, 15, 0))
        return true;
    tt_tensix_refuse(t, thread, "%s: mutex %u", mnemonic,
                     (unsigned)TT_BITS(insn, 15, 0));
    return false;
}

enum tt_step tt_op_atgetm(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    if (!mutex_ok(t, thread, insn, "ATGETM"))
        return TT_STEP_FAULT;
    if (t->mutex[0] == thread + 1)
        return tt_tensix_refuse(t, thread,
                                "ATGETM: this thread holds mutex 0 already");
    if (t->mutex[0])
        return TT_STEP_WAIT;
    t->mutex[0] = (uint8_t)(thread + 1);
    if (t->check)
        tt_check_join(t->tile, TT_RISC_T0 + thread, TT_SYNC_MUTEX);
    return TT_STEP_DONE;
}

enum tt_step tt_op_atrelm(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    if (!mutex_ok(t, thread, insn, "ATRELM"))
        return TT_STEP_FAULT;
    if (t->mutex[0] != thread + 1)
        return tt_tensix_refuse(t, thread,
                                "ATRELM: this thread does not hold mutex 0");
    t->mutex[0] = 0;
    if (t->check)
        tt_check_join(t->tile, TT_RISC_T0 + thread, TT_SYNC_MUTEX);
    return TT_STEP_DONE;
}

/* Orders scalar-unit requests that are complete here already. */
enum tt_step tt_op_dmanop(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    (void)t, (void)thread, (void)insn;
    return TT_STEP_DONE;
}
