/* SPDX-License-Identifier: MIT */
/*
 * TT_EMU_DELAY: the coprocessor. Streams go on when they like; instructions
 * pass the Wait Gate in order, and those of unpackers, matrix and vector unit
 * and packers take effect later, each unit in order.
 *
 * Pages are of TensixTile/TensixCoprocessor. What makes an instruction wait at
 * the gate is what they promise: STALLWAIT.md and SEMWAIT.md, banks of SrcA and
 * SrcB, mutexes; that the scalar unit finishes first (ScalarUnit.md); that
 * PACR finds in Dst what was written before (Dst.md). Counters and ThreadConfig
 * are taken at the gate: an instruction that would change those that a queued
 * one is still to use lets it go first. Config is not: units read it while they
 * work (PACR.md). So what is queued can always take effect at once.
 */
#include "device/emu/delay_impl.h"

/* ---- classes ---- */

#define OPCODE(insn) ((uint32_t)(insn) >> 24)

#define OP_MOP       0x01u
#define OP_NOP       0x02u
#define OP_PACR      0x41u
#define OP_UNPACR    0x42u
#define OP_UNPACRNOP 0x43u
#define OP_FLUSHDMA  0x46u
#define OP_REG2FLOP  0x48u
#define OP_SETDVALID 0x57u
#define OP_STALLWAIT 0xA2u
#define OP_SEMWAIT   0xA6u
#define OP_WRCFG     0xB0u
#define OP_SETC16    0xB2u

/* Block masks of STALLWAIT.md, bits B0 to B8. */
#define B_TDMA   0x001u
#define B_SYNC   0x002u
#define B_PACK   0x004u
#define B_UNPACK 0x008u
#define B_THCON  0x020u
#define B_MATH   0x040u
#define B_CFG    0x080u
#define B_SFPU   0x100u
#define B_ALL    0x1FFu

static bool is_address_counter(uint32_t opcode)
{
    return (opcode >= 0x50u && opcode <= 0x56u) || opcode == 0x5Eu;
}

/* Bits of a block mask that hold an instruction (STALLWAIT.md, table). */
static uint32_t blocked_by(uint32_t insn)
{
    uint32_t opcode = OPCODE(insn);

    if (opcode < 0x40u)
        return opcode == OP_NOP ? 0 : B_MATH;
    if (opcode == OP_PACR)
        return B_TDMA | B_PACK;
    if (opcode == OP_UNPACR || opcode == OP_UNPACRNOP)
        return B_TDMA | B_UNPACK;
    if (is_address_counter(opcode) || opcode == OP_SETDVALID)
        return B_TDMA;
    if (opcode < 0x70u)
        return B_TDMA | B_THCON;
    if (opcode < 0xA0u)
        return B_SFPU;
    return opcode < 0xB0u ? B_SYNC : B_CFG;
}

static bool is_math(uint32_t insn)
{
    uint32_t opcode = OPCODE(insn);

    return opcode != OP_NOP &&
           (opcode < 0x40u || (opcode >= 0x70u && opcode < 0xA0u));
}

/* ---- units ---- */

static struct tt_tensix *tensix_of(struct tt_delay *d)
{
    return &d->tile->tensix;
}

/* Whether an instruction hands over a bank of SrcA or SrcB. */
static bool flips(uint32_t insn)
{
    switch (OPCODE(insn)) {
    case 0x26:
    case 0x27:
    case 0x28:
    case 0x30:
    case 0x33:
    case 0x34:
    case 0x36:
    case 0x37:
        return insn >> 22 & 3u;
    case OP_UNPACR:
        return insn >> 6 & 1u;
    case OP_UNPACRNOP:
        return (insn & 7u) == 7u;
    default:
        return false;
    }
}

/* The oldest instruction of a unit takes effect. */
static bool execute_one(struct tt_delay *d, unsigned unit)
{
    struct tt_late_unit *u = &d->unit[unit];
    struct tt_late_insn *i = &u->queue[u->head];
    enum tt_step step;

    if (unit == TT_LATE_MATH)
        step = tt_late_execute(d, i);
    else
        step = tt_tensix_execute(tensix_of(d), i->thread, i->insn);
    if (step == TT_STEP_WAIT)
        return false;
    u->flips -= flips(i->insn);
    u->head = (u->head + 1) % TT_LATE_UNIT;
    u->n--;
    return true;
}

static bool drain(struct tt_delay *d, unsigned unit)
{
    while (d->unit[unit].n)
        if (!execute_one(d, unit))
            return false;
    return true;
}

static bool has(const struct tt_delay *d, unsigned unit, unsigned thread,
                uint32_t lowest, uint32_t highest)
{
    const struct tt_late_unit *u = &d->unit[unit];

    for (uint32_t i = 0; i < u->n; i++) {
        const struct tt_late_insn *l = &u->queue[(u->head + i) % TT_LATE_UNIT];
        uint32_t opcode = OPCODE(l->insn);

        if (l->thread == thread && opcode >= lowest && opcode <= highest)
            return true;
    }
    return false;
}

static enum tt_step queue(struct tt_delay *d, unsigned unit, unsigned thread,
                          uint32_t insn)
{
    struct tt_late_unit *u = &d->unit[unit];

    if (u->n == TT_LATE_UNIT && !execute_one(d, unit))
        return TT_STEP_WAIT;
    if (!u->n)
        u->hold = tt_late_wait(d, TT_LATE_KIND_UNIT + unit);
    u->queue[(u->head + u->n++) % TT_LATE_UNIT] = (struct tt_late_insn){
        .insn = insn,
        .number = d->front[thread].number,
        .thread = (uint8_t)thread,
    };
    u->flips += flips(insn);
    return TT_STEP_DONE;
}

/* ---- Wait Gate ---- */

static bool in_unpacker(const struct tt_delay *d, unsigned unit,
                        unsigned thread)
{
    return has(d, unit, thread, OP_UNPACR, OP_UNPACRNOP);
}

/* Conditions C0 to C14 of STALLWAIT.md: whether one says "keep waiting". The
 * matrix unit hands a bank over in the cycle in which it is told to. */
static bool stallwait_holds(struct tt_delay *d, unsigned thread, uint32_t insn)
{
    const struct tt_src *a = &tensix_of(d)->src_a, *b = &tensix_of(d)->src_b;
    uint32_t c = TT_BITS(insn, 14, 0);

    if (c & 0x0C00u && d->unit[TT_LATE_MATH].flips && !drain(d, TT_LATE_MATH))
        return true;
    return (c & 0x0002u && in_unpacker(d, TT_LATE_UNPACK0, thread)) ||
           (c & 0x0004u && in_unpacker(d, TT_LATE_UNPACK1, thread)) ||
           (c & 0x0078u && has(d, TT_LATE_PACK, thread, OP_PACR, OP_PACR)) ||
           (c & 0x0080u && has(d, TT_LATE_MATH, thread, 0, 0x3F)) ||
           (c & 0x0100u && a->valid[a->unpack_bank]) ||
           (c & 0x0200u && b->valid[b->unpack_bank]) ||
           (c & 0x0400u && !a->valid[a->matrix_bank]) ||
           (c & 0x0800u && !b->valid[b->matrix_bank]) ||
           (c & 0x2000u && d->stores[TT_RISC_T0 + thread].n) ||
           (c & 0x4000u && has(d, TT_LATE_MATH, thread, 0x70, 0x9F));
}

/* SEMWAIT.md: while zero, while at the maximum. */
static bool semwait_holds(struct tt_delay *d, uint32_t insn)
{
    const struct tt_tensix *t = tensix_of(d);
    unsigned sem = (unsigned)__builtin_ctz(TT_BITS(insn, 9, 2));

    return TT_BITS(insn, 1, 0) == 1 ? t->sem[sem] == 0
                                    : t->sem[sem] >= t->sem_max[sem];
}

/* Whether the latched wait holds an instruction; one that is over is
 * forgotten. */
static bool is_held(struct tt_delay *d, unsigned thread, uint32_t insn)
{
    struct tt_late_front *f = &d->front[thread];
    uint32_t wait = f->latched, mask = TT_BITS(wait, 23, 15);

    if (!wait)
        return false;
    if (OPCODE(wait) == OP_STALLWAIT ? stallwait_holds(d, thread, wait)
                                     : semwait_holds(d, wait))
        return OPCODE(insn) == OP_NOP
                   ? mask == B_ALL
                   : blocked_by(insn) & (mask ? mask : B_MATH);
    f->latched = 0;
    return false;
}

/* The checks are those of the instruction; its condition is looked at by
 * is_held(), and what was latched is forgotten (SEMWAIT.md, block mask). */
static enum tt_step latch(struct tt_delay *d, unsigned thread, uint32_t insn)
{
    if (tt_tensix_execute(tensix_of(d), thread, insn) == TT_STEP_FAULT)
        return TT_STEP_FAULT;
    d->front[thread].latched = insn;
    return TT_STEP_DONE;
}

/* Which sources an instruction waits for at the gate: bit 0 SrcA, 1 SrcB. */
static uint32_t sources_of(uint32_t insn)
{
    switch (OPCODE(insn)) {
    case 0x12: /* MOVA2D */
        return 1;
    case 0x0B: /* MOVB2A */
    case 0x13: /* MOVB2D */
    case 0x16: /* TRNSPSRCB */
        return 2;
    case 0x26: /* MVMUL, ELWMUL, ELWADD, DOTPV, ELWSUB, GMPOOL, GAPOOL */
    case 0x27:
    case 0x28:
    case 0x29:
    case 0x30:
    case 0x33:
    case 0x34:
        return 3;
    default:
        return 0;
    }
}

static enum tt_step admit_math(struct tt_delay *d, unsigned thread,
                               uint32_t insn)
{
    const struct tt_src *a = &tensix_of(d)->src_a, *b = &tensix_of(d)->src_b;
    uint32_t needs = sources_of(insn);

    if (needs && d->unit[TT_LATE_MATH].flips && !drain(d, TT_LATE_MATH))
        return TT_STEP_WAIT;
    if ((needs & 1u && !a->valid[a->matrix_bank]) ||
        (needs & 2u && !b->valid[b->matrix_bank]))
        return TT_STEP_WAIT;
    return queue(d, TT_LATE_MATH, thread, insn);
}

static enum tt_step admit_unpack(struct tt_delay *d, unsigned thread,
                                 uint32_t insn)
{
    unsigned unit = insn >> 23 & 1u ? TT_LATE_UNPACK1 : TT_LATE_UNPACK0;
    const struct tt_src *src =
        unit == TT_LATE_UNPACK1 ? &tensix_of(d)->src_b : &tensix_of(d)->src_a;
    bool clears = OPCODE(insn) == OP_UNPACRNOP && !flips(insn);

    if (d->unit[unit].flips && !drain(d, unit))
        return TT_STEP_WAIT;
    if (clears ? src->valid[src->matrix_bank]
               : OPCODE(insn) == OP_UNPACR && src->valid[src->unpack_bank])
        return TT_STEP_WAIT;
    return queue(d, unit, thread, insn);
}

/* Dst.md, Instruction scheduling: the packers do not read what is still being
 * written by the matrix and the vector unit. */
static enum tt_step admit_pack(struct tt_delay *d, unsigned thread,
                               uint32_t insn)
{
    return drain(d, TT_LATE_MATH) ? queue(d, TT_LATE_PACK, thread, insn)
                                  : TT_STEP_WAIT;
}

/* Address counters: those of the unpackers and packers that are selected. */
static bool settle_counters(struct tt_delay *d, uint32_t insn)
{
    return (!(insn >> 21 & 1u) || drain(d, TT_LATE_UNPACK0)) &&
           (!(insn >> 22 & 1u) || drain(d, TT_LATE_UNPACK1)) &&
           (!(insn >> 23 & 1u) || drain(d, TT_LATE_PACK));
}

/* The counter that REG2FLOP writes (REG2FLOP_ADC.md). */
static bool settle_counter(struct tt_delay *d, uint32_t insn)
{
    static const unsigned unit[] = {TT_LATE_UNPACK0, TT_LATE_UNPACK1,
                                    TT_LATE_PACK};
    unsigned adc = TT_BITS(insn, 10, 9);

    return adc > 2 || drain(d, unit[adc]);
}

/* FLUSHDMA.md: STALLWAIT's conditions C0 to C3, all of them if none is named.
 */
static bool flushdma_holds(struct tt_delay *d, unsigned thread, uint32_t insn)
{
    uint32_t conditions = TT_BITS(insn, 3, 0);

    return stallwait_holds(d, thread, conditions ? conditions : 0xFu);
}

/* ThreadConfig: 3 and 39 up to 43 are the unpackers', 31 to 38 the packers',
 * 0 everybody's, the others those of matrix and vector unit. */
static bool settle_thread_config(struct tt_delay *d, uint32_t insn)
{
    uint32_t word = TT_BITS(insn, 23, 16);
    bool unpack = !word || word == 3 || (word >= 39 && word <= 43);
    bool pack = !word || (word >= 31 && word <= 38);

    if (unpack && !(drain(d, TT_LATE_UNPACK0) && drain(d, TT_LATE_UNPACK1)))
        return false;
    if (pack && !drain(d, TT_LATE_PACK))
        return false;
    return (word && (unpack || pack)) || drain(d, TT_LATE_MATH);
}

/* What is not queued takes effect at the gate. */
static enum tt_step admit_now(struct tt_delay *d, unsigned thread,
                              uint32_t insn)
{
    uint32_t opcode = OPCODE(insn);
    bool settled = true;

    if (opcode == OP_NOP)
        return TT_STEP_DONE;
    if (opcode == OP_SETC16)
        settled = settle_thread_config(d, insn);
    else if (opcode == OP_SETDVALID)
        settled = drain(d, TT_LATE_UNPACK0) && drain(d, TT_LATE_UNPACK1);
    else if (is_address_counter(opcode))
        settled = settle_counters(d, insn);
    else if (opcode == OP_REG2FLOP && insn >> 21 & 1u)
        settled = settle_counter(d, insn);
    else if (opcode == OP_FLUSHDMA)
        settled = !flushdma_holds(d, thread, insn);
    return settled ? tt_tensix_execute(tensix_of(d), thread, insn)
                   : TT_STEP_WAIT;
}

static enum tt_step admit(struct tt_delay *d, unsigned thread, uint32_t insn)
{
    switch (OPCODE(insn)) {
    case OP_STALLWAIT:
    case OP_SEMWAIT:
        return latch(d, thread, insn);
    case OP_PACR:
        return admit_pack(d, thread, insn);
    case OP_UNPACR:
    case OP_UNPACRNOP:
        return admit_unpack(d, thread, insn);
    default:
        return is_math(insn) ? admit_math(d, thread, insn)
                             : admit_now(d, thread, insn);
    }
}

/* The second cycle of WRCFG. */
static void finish_wrcfg(struct tt_delay *d, unsigned thread)
{
    uint32_t insn = d->front[thread].held;

    d->front[thread].held = 0;
    if (insn)
        (void)tt_tensix_execute(tensix_of(d), thread, insn);
}

/* WRCFG.md: the instruction that follows may not see what it writes. Those of
 * the configuration unit wait (ConfigurationUnit.md), and those of the scalar
 * unit might change the GPRs, which have been read. */
static bool sees_half_a_wrcfg(uint32_t insn)
{
    uint32_t blocked = blocked_by(insn);

    return OPCODE(insn) == OP_NOP || !(blocked & (B_CFG | B_THCON));
}

/* The oldest instruction of a stream passes the gate, if it can. */
static bool issue(struct tt_delay *d, unsigned thread)
{
    struct tt_thread *th = &tensix_of(d)->thread[thread];
    struct tt_late_front *f = &d->front[thread];
    uint32_t insn = th->fifo[th->fifo_head];
    enum tt_step step = TT_STEP_DONE;

    if (!th->fifo_len || th->slow & TT_FRONT_STOPPED ||
        is_held(d, thread, insn))
        return false;
    if (f->held && !sees_half_a_wrcfg(insn))
        finish_wrcfg(d, thread);
    if (OPCODE(insn) == OP_WRCFG && tt_late_coin(d))
        f->held = insn;
    else
        step = admit(d, thread, insn);
    if (step != TT_STEP_DONE)
        return false;
    if (f->held != insn)
        finish_wrcfg(d, thread);
    f->number++;
    th->fifo_head = (th->fifo_head + 1) % TT_FIFO_SIZE;
    if (!--th->fifo_len)
        tensix_of(d)->waiting &= (uint8_t) ~(1u << thread);
    return true;
}

/* ---- before the gate ---- */

enum tt_step tt_delay_push(struct tt_tensix *t, unsigned thread, uint32_t insn,
                           bool expand)
{
    struct tt_late_front *f = &t->tile->delay->front[thread];
    unsigned i = (f->head + f->n) % TT_LATE_RAW;

    if (f->n == TT_LATE_RAW)
        return TT_STEP_WAIT;
    if (!f->n && !t->thread[thread].fifo_len)
        f->hold = tt_late_wait(t->tile->delay, TT_LATE_KIND_FRONT + thread);
    f->raw[i] = insn;
    f->expand[i] = expand;
    f->n++;
    f->mops += OPCODE(insn) == OP_MOP;
    return TT_STEP_DONE;
}

/* The oldest instruction before the expanders goes through them. */
static bool expand_one(struct tt_delay *d, unsigned thread)
{
    struct tt_late_front *f = &d->front[thread];
    uint32_t insn = f->raw[f->head];

    if (!f->n || tensix_of(d)->thread[thread].slow & TT_FRONT_STOPPED ||
        tt_tensix_expand(tensix_of(d), thread, insn, f->expand[f->head]) !=
            TT_STEP_DONE)
        return false;
    f->mops -= OPCODE(insn) == OP_MOP;
    f->head = (f->head + 1) % TT_LATE_RAW;
    f->n--;
    return true;
}

void tt_delay_make_room(struct tt_tensix *t, unsigned thread)
{
    struct tt_delay *d = t->tile->delay;

    while (issue(d, thread))
        ;
}

bool tt_delay_idle(const struct tt_tensix *t, unsigned thread)
{
    const struct tt_delay *d = t->tile->delay;

    if (d->front[thread].n || d->front[thread].held)
        return false;
    for (unsigned unit = 0; unit < TT_LATE_N_UNITS; unit++)
        if (has(d, unit, thread, 0, 0xFF))
            return false;
    return true;
}

bool tt_delay_mop_idle(const struct tt_tensix *t, unsigned thread)
{
    return !t->tile->delay->front[thread].mops;
}

uint32_t tt_delay_blocker(const struct tt_tensix *t, unsigned thread,
                          uint32_t insn)
{
    uint32_t wait = t->tile->delay->front[thread].latched;

    return wait ? wait : insn;
}

/* ---- steps ---- */

#define BURST 32u /* most instructions that a stream or unit does at once */

static bool is_on_hold(uint32_t *hold)
{
    if (!*hold)
        return false;
    --*hold;
    return true;
}

static bool front_step(struct tt_delay *d, unsigned thread)
{
    const struct tt_thread *th = &tensix_of(d)->thread[thread];
    struct tt_late_front *f = &d->front[thread];
    bool any = false;

    if ((!f->n && !th->fifo_len && !f->held) || is_on_hold(&f->hold))
        return false;
    for (uint32_t i = tt_late_below(d, BURST) + 1; i; i--)
        if (!(th->fifo_len ? issue(d, thread) : expand_one(d, thread)))
            break;
        else
            any = true;
    /* Nothing follows a WRCFG: its cycle has passed. */
    if (!any && f->held) {
        finish_wrcfg(d, thread);
        any = true;
    }
    if (any)
        f->hold = tt_late_wait(d, TT_LATE_KIND_FRONT + thread);
    return any;
}

static bool unit_step(struct tt_delay *d, unsigned unit)
{
    struct tt_late_unit *u = &d->unit[unit];
    bool any = false;

    if (!u->n || is_on_hold(&u->hold))
        return false;
    for (uint32_t i = tt_late_below(d, BURST) + 1; i && u->n; i--)
        if (!execute_one(d, unit))
            break;
        else
            any = true;
    u->hold = tt_late_wait(d, TT_LATE_KIND_UNIT + unit);
    return any;
}

bool tt_late_tensix_pending(const struct tt_delay *d)
{
    for (unsigned i = 0; i < TT_N_THREADS; i++)
        if (d->front[i].n || d->front[i].held ||
            d->tile->tensix.thread[i].fifo_len)
            return true;
    for (unsigned i = 0; i < TT_LATE_N_UNITS; i++)
        if (d->unit[i].n)
            return true;
    for (unsigned i = 0; i < TT_N_RISC; i++)
        if (d->stores[i].n)
            return true;
    return false;
}

static bool step_late(struct tt_delay *d, unsigned i, bool force)
{
    if (i < TT_N_THREADS) {
        d->front[i].hold = force ? 0 : d->front[i].hold;
        return front_step(d, i);
    }
    i -= TT_N_THREADS;
    if (i < TT_LATE_N_UNITS) {
        d->unit[i].hold = force ? 0 : d->unit[i].hold;
        return unit_step(d, i);
    }
    i -= TT_LATE_N_UNITS;
    d->stores[i].hold = force ? 0 : d->stores[i].hold;
    return tt_late_stores_step(d, i);
}

bool tt_late_tensix_step(struct tt_delay *d)
{
    unsigned first;
    bool any = false;

    if (!tt_late_tensix_pending(d))
        return false;
    first = tt_late_below(d, TT_LATE_NOC);
    for (unsigned i = 0; i < TT_LATE_NOC && !d->tile->faulted; i++)
        any |= step_late(d, (first + i) % TT_LATE_NOC, false);
    if (any)
        tt_tile_changed(d->tile);
    return any;
}

bool tt_late_tensix_force(struct tt_delay *d, unsigned which)
{
    bool any = step_late(d, which, true);

    if (any)
        tt_tile_changed(d->tile);
    return any;
}
