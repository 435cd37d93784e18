/* SPDX-License-Identifier: MIT */
/* Frontend of the coprocessor: MOP and REPLAY expanders, FIFOs, dispatch. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "device/emu/check.h"
#include "device/emu/delay.h"
#include "device/emu/tensix.h"
#include "device/emu/tensix_sfpu.h"
#include "device/emu/tensix_units.h"

#define OPCODE_MOP     0x01u
#define OPCODE_MOP_CFG 0x03u
#define OPCODE_REPLAY  0x04u
#define INSN_NOP       0x02000000u
#define OPCODE(insn)   ((uint32_t)(insn) >> 24)

/* One entry stays free, as in ttsim. */
#define FIFO_CAPACITY (TT_FIFO_SIZE - 1u)

struct op {
    tt_op_fn fn;
    uint32_t unused; /* bits that must be zero */
    const char *mnemonic;
};

#define OP_NO_FN(opcode, mnemonic) [opcode] = {NULL, 0, #mnemonic},
#define OP_FN(opcode, mnemonic, name, unused)                                  \
    [opcode] = {tt_op_##name, unused, #mnemonic},

static const struct op ops[256] = {TT_TENSIX_OPS(OP_NO_FN, OP_FN, OP_NO_FN)};

/* ---- reports ---- */

#undef tt_tensix_refuse

enum tt_step tt_tensix_refuse(struct tt_tensix *t, unsigned thread,
                              const char *fmt, ...)
{
    static const char *const role[TT_N_THREADS] = {"unpack", "math", "pack"};
    char text[256];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);

    if (thread < TT_N_THREADS)
        tt_chip_fault(t->tile, TT_RISC_T0 + thread,
                      "Tensix thread T%u (%s), instruction 0x%08X: %s", thread,
                      role[thread], (unsigned)t->insn, text);
    else
        tt_chip_fault(t->tile, TT_N_RISC, "Tensix register: %s", text);
    return TT_STEP_FAULT;
}

static const char *mnemonic(uint32_t insn)
{
    const char *name = ops[OPCODE(insn)].mnemonic;

    return name ? name : "unknown instruction";
}

static void describe_stallwait(uint32_t insn, char *buf, size_t size)
{
    uint32_t wait = TT_BITS(insn, 14, 0);

    snprintf(buf, size, "STALLWAIT until%s%s%s%s",
             wait & 0x100u ? " SrcA is free" : "",
             wait & 0x200u ? " SrcB is free" : "",
             wait & 0x400u ? " SrcA is valid" : "",
             wait & 0x800u ? " SrcB is valid" : "");
}

static void describe_semwait(const struct tt_tensix *t, uint32_t insn,
                             char *buf, size_t size)
{
    uint32_t sel = TT_BITS(insn, 9, 2);
    unsigned sem = sel ? (unsigned)__builtin_ctz(sel) : 0;

    snprintf(buf, size, "SEMWAIT on semaphore %u (value %u, max %u)", sem,
             t->sem[sem], t->sem_max[sem]);
}

/* The unpackers wait for banks to become free, the matrix unit for banks to
 * become valid. */
static void describe_banks(const struct tt_tensix *t, uint32_t insn, char *buf,
                           size_t size)
{
    bool a = t->src_a.valid[t->src_a.matrix_bank];
    bool b = t->src_b.valid[t->src_b.matrix_bank];

    if (OPCODE(insn) >= 0x40u)
        snprintf(buf, size, "%s waits for a free bank of Src%s", mnemonic(insn),
                 insn & 0x800000u ? "B" : "A");
    else
        snprintf(buf, size, "%s waits for valid data%s%s", mnemonic(insn),
                 a ? "" : ", SrcA has none", b ? "" : ", SrcB has none");
}

void tt_tensix_describe(const struct tt_tensix *t, unsigned thread, char *buf)
{
    const size_t size = 96;
    const struct tt_thread *th = &t->thread[thread];
    uint32_t insn;

    buf[0] = '\0';
    if (!th->fifo_len)
        return;
    insn = th->fifo[th->fifo_head];
    if (th->slow & TT_FRONT_LATE)
        insn = tt_delay_blocker(t, thread, insn);
    switch (OPCODE(insn)) {
    case 0xA0:
        snprintf(buf, size, "ATGETM on mutex %u, held by T%u",
                 (unsigned)TT_BITS(insn, 2, 0),
                 t->mutex[TT_BITS(insn, 2, 0)] - 1u);
        break;
    case 0xA2:
        describe_stallwait(insn, buf, size);
        break;
    case 0xA6:
        describe_semwait(t, insn, buf, size);
        break;
    default:
        describe_banks(t, insn, buf, size);
    }
}

/* ---- dispatch ---- */

/* The vector unit takes SFPU instructions with destination 12..15 as templates
 * of SFPLOADMACRO, and then does not look at their unused bits (LReg.md). */
static bool is_macro_template(uint32_t insn)
{
    uint32_t opcode = OPCODE(insn);

    return opcode >= 0x74u && opcode <= 0x95u && opcode != 0x91u &&
           opcode != 0x93u && TT_BITS(insn, 7, 4) >= 12u;
}

static __attribute__((noinline)) enum tt_step
refuse_encoding(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    const struct op *op = &ops[OPCODE(insn)];

    if (!op->mnemonic)
        return tt_tensix_refuse(t, thread, "there is no opcode 0x%02X",
                                (unsigned)OPCODE(insn));
    /* From BRISC, which has no MOP expander, or with operands. */
    if (OPCODE(insn) <= OPCODE_REPLAY)
        return tt_tensix_refuse(t, thread, "%s 0x%06X is not for the units",
                                op->mnemonic, (unsigned)(insn & 0xFFFFFFu));
    if (!op->fn)
        return tt_tensix_refuse(t, thread, "%s is not modelled", op->mnemonic);
    return tt_tensix_refuse(t, thread, "%s: unused bits 0x%06X are set",
                            op->mnemonic, (unsigned)(insn & op->unused));
}

static inline enum tt_step execute(struct tt_tensix *t, unsigned thread,
                                   uint32_t insn)
{
    const struct op *op = &ops[OPCODE(insn)];
    enum tt_step step;

    t->insn = insn;
    t->insn_thread = (uint8_t)thread;
    if (!op->fn || ((insn & op->unused) && !is_macro_template(insn)))
        step = refuse_encoding(t, thread, insn);
    else
        step = op->fn(t, thread, insn);
    t->insn_thread = TT_N_THREADS;
    if (step == TT_STEP_FAULT)
        t->thread[thread].slow |= TT_FRONT_STOPPED;
    return step;
}

enum tt_step tt_tensix_execute(struct tt_tensix *t, unsigned thread,
                               uint32_t insn)
{
    return execute(t, thread, insn);
}

/* Whether no other thread can have waited for an instruction. They wait for
 * semaphores, mutexes and banks of SrcA and SrcB; the vector unit, the address
 * counters and the packers change none of those. */
static inline bool is_quiet(uint32_t insn)
{
    static const uint32_t quiet[8] = {
        [2] = 1u << 0x01 | 0x7Fu << 0x10, /* 0x41, 0x50 to 0x56 */
        [3] = 0xFFFFu << 0x10,            /* 0x70 to 0x7F */
        [4] = 0x3FFFFF,                   /* 0x80 to 0x95 */
    };

    return quiet[insn >> 29] >> (OPCODE(insn) & 31u) & 1u;
}

/* Drop @n instructions from the front of a queue. */
static void dequeue(struct tt_tensix *t, unsigned thread, uint32_t n)
{
    struct tt_thread *th = &t->thread[thread];

    th->fifo_head = (th->fifo_head + n) % TT_FIFO_SIZE;
    th->fifo_len -= n;
    if (!th->fifo_len)
        t->waiting &= (uint8_t) ~(1u << thread);
}

/* Execute the oldest instruction of a queue, if it can go on.
 * Return: whether it was executed. */
static inline bool step_queue(struct tt_tensix *t, unsigned thread)
{
    struct tt_thread *th = &t->thread[thread];
    enum tt_step step;

    if (!th->fifo_len || th->slow)
        return false;
    if (t->check)
        tt_check_dequeue(t, thread, true);
    step = execute(t, thread, th->fifo[th->fifo_head]);
    if (t->check)
        tt_check_dequeue(t, thread, false);
    if (step != TT_STEP_DONE)
        return false;
    dequeue(t, thread, 1);
    return true;
}

static bool is_vector(uint32_t insn)
{
    return OPCODE(insn) >= 0x70u && OPCODE(insn) <= 0x95u;
}

/* Vector instructions at the front of a queue, for a thread that nobody else
 * takes turns with. Return: whether any was executed. */
static bool run_vector(struct tt_tensix *t, unsigned thread)
{
    const struct tt_thread *th = &t->thread[thread];
    const uint32_t *front = &th->fifo[th->fifo_head];
    uint32_t n = TT_FIFO_SIZE - th->fifo_head; /* to the end of the ring */

    if (!th->fifo_len || th->slow || !is_vector(*front))
        return false;
    n = tt_avx2_sfp_run(t, thread, front, n < th->fifo_len ? n : th->fifo_len);
    dequeue(t, thread, n);
    return n > 0;
}

/* The turn of a thread: an instruction, and more as long as no other one could
 * take its turn.
 * @blocked: bit per thread that has tried in vain since anything loud happened
 * Return: whether anything was executed. */
static bool run_turn(struct tt_tensix *t, unsigned thread, uint32_t *blocked)
{
    const uint32_t alone = 1u << thread;
    bool any = false;

    do {
        if ((t->waiting & ~*blocked) == alone && run_vector(t, thread)) {
            any = true;
            continue;
        }
        if (!step_queue(t, thread)) {
            *blocked |= alone;
            return any;
        }
        any = true;
        if (!is_quiet(t->insn))
            *blocked = 0;
    } while ((t->waiting & ~*blocked) == alone);
    return any;
}

/* Threads take turns, as in ttsim: which of two that wait for the same mutex
 * gets it depends on who comes after the one that has released it. */
static __attribute__((noinline)) void run_from(struct tt_tensix *t,
                                               unsigned first)
{
    uint32_t blocked = 0;
    bool any = false;

    if (t->running)
        return;
    t->running = true;
    do {
        for (unsigned thread = first; thread < TT_N_THREADS; thread++)
            if (t->waiting & ~blocked & 1u << thread)
                any |= run_turn(t, thread, &blocked);
        first = 0;
    } while (t->waiting & ~blocked);
    t->running = false;

    /* Cores wait for room in a queue, or for an empty one. */
    if (any)
        tt_tile_changed(t->tile);
}

enum tt_step tt_tensix_run(struct tt_tensix *t)
{
    if (t->waiting)
        run_from(t, 0);
    return TT_STEP_DONE;
}

/* ---- expanders ---- */

/* Where expanded instructions go: into the thread, or, with @counting, only
 * into @count, for which the state of the replay expander is kept apart. */
struct sink {
    struct tt_tensix *t;
    struct tt_thread *th;
    unsigned thread;
    bool counting;
    bool loud; /* something that others may wait for was executed at once */
    bool replay_exec;
    uint32_t replay_left;
    uint32_t count;
};

static enum tt_step enqueue(struct sink *s, uint32_t insn)
{
    struct tt_thread *th = s->th;

    /* Only an expansion that began on an empty queue can get here. */
    if (th->fifo_len >= FIFO_CAPACITY && th->slow & TT_FRONT_LATE)
        tt_delay_make_room(s->t, s->thread);
    else if (th->fifo_len >= FIFO_CAPACITY)
        tt_tensix_run(s->t);
    if (th->slow & TT_FRONT_STOPPED)
        return TT_STEP_FAULT;
    if (th->fifo_len >= FIFO_CAPACITY) {
        s->t->insn = insn;
        th->slow |= TT_FRONT_STOPPED;
        return tt_tensix_refuse(s->t, s->thread,
                                "%s: the queue is full (%u instructions)",
                                mnemonic(insn), FIFO_CAPACITY);
    }
    th->fifo[(th->fifo_head + th->fifo_len) % TT_FIFO_SIZE] = insn;
    if (s->t->check)
        tt_check_queue(s->t, s->thread, th->fifo_len);
    th->fifo_len++;
    s->t->waiting |= (uint8_t)(1u << s->thread);
    return TT_STEP_DONE;
}

static enum tt_step emit(struct sink *s, uint32_t insn)
{
    enum tt_step step;

    if (insn == INSN_NOP && !s->th->slow)
        return TT_STEP_DONE;
    if (s->counting) {
        s->count++;
        return TT_STEP_DONE;
    }
    if (s->th->fifo_len || s->th->slow)
        return enqueue(s, insn);
    step = execute(s->t, s->thread, insn);
    if (step == TT_STEP_WAIT)
        return enqueue(s, insn);
    s->loud |= !is_quiet(insn);
    return step;
}

static enum tt_step refuse_front(struct sink *s, uint32_t insn,
                                 const char *what, uint32_t value)
{
    if (s->counting)
        return TT_STEP_DONE; /* refused when it is expanded */
    s->t->insn = insn;
    s->th->slow |= TT_FRONT_STOPPED;
    return tt_tensix_refuse(s->t, s->thread, "%s: %s is %u", mnemonic(insn),
                            what, (unsigned)value);
}

static enum tt_step replay_record(struct sink *s, uint32_t insn)
{
    struct tt_thread *th = s->th;

    if (s->counting) {
        s->replay_left--;
        return s->replay_exec ? emit(s, insn) : TT_STEP_DONE;
    }
    th->replay[th->replay_index] = insn;
    th->replay_index = (th->replay_index + 1) % TT_REPLAY_SIZE;
    th->replay_left--;
    return th->replay_exec ? emit(s, insn) : TT_STEP_DONE;
}

/* What emit() does behind instructions that wait, where there is room. */
static void replay_queue(struct sink *s, uint32_t start, uint32_t len)
{
    struct tt_thread *th = s->th;
    uint32_t head = th->fifo_head, n = th->fifo_len;
    bool keep = th->slow; /* NOPs, too */

    for (uint32_t i = start; i < start + len; i++) {
        uint32_t insn = th->replay[i % TT_REPLAY_SIZE];

        th->fifo[(head + n) % TT_FIFO_SIZE] = insn;
        if (s->t->check)
            tt_check_queue(s->t, s->thread, n);
        n += insn != INSN_NOP || keep;
    }
    th->fifo_len = n;
}

/* Vector instructions from @i on, where they can be executed at once.
 * Return: how many were. */
static uint32_t replay_vector(struct sink *s, uint32_t i, uint32_t end)
{
    const struct tt_thread *th = s->th;
    uint32_t first = i % TT_REPLAY_SIZE, n = end - i;

    if (th->fifo_len || th->slow || !is_vector(th->replay[first]))
        return 0;
    if (n > TT_REPLAY_SIZE - first)
        n = TT_REPLAY_SIZE - first;
    return tt_avx2_sfp_run(s->t, s->thread, &th->replay[first], n);
}

static enum tt_step replay_play(struct sink *s, uint32_t start, uint32_t len)
{
    struct tt_thread *th = s->th;

    if (s->counting) {
        s->count += len; /* at most: NOPs vanish */
        return TT_STEP_DONE;
    }
    s->t->expanded += len;
    if (th->fifo_len && th->fifo_len + len <= FIFO_CAPACITY &&
        !(th->slow & TT_FRONT_STOPPED)) {
        replay_queue(s, start, len);
        return TT_STEP_DONE;
    }
    for (uint32_t i = start; i < start + len; i++) {
        i += replay_vector(s, i, start + len);
        if (i < start + len &&
            emit(s, th->replay[i % TT_REPLAY_SIZE]) == TT_STEP_FAULT)
            return TT_STEP_FAULT;
    }
    return TT_STEP_DONE;
}

/* REPLAY.md: bit 0 record, bit 1 also execute what is recorded, length and
 * first index. */
static enum tt_step replay_command(struct sink *s, uint32_t insn)
{
    uint32_t len = TT_BITS(insn, 13, 4), start = TT_BITS(insn, 23, 14);

    if (TT_BITS(insn, 3, 2))
        return refuse_front(s, insn, "field of unused bits 3:2",
                            TT_BITS(insn, 3, 2));
    if ((insn & 3u) == 2u)
        return refuse_front(s, insn, "execute_while_loading without load_mode",
                            1);
    if (len < 1 || len > TT_REPLAY_SIZE)
        return refuse_front(s, insn, "len", len);
    if (start >= TT_REPLAY_SIZE)
        return refuse_front(s, insn, "start_idx", start);
    if (!(insn & 1u))
        return replay_play(s, start, len);
    if (s->counting) {
        s->replay_left = len;
        s->replay_exec = insn & 2u;
        return TT_STEP_DONE;
    }
    s->th->replay_index = start;
    s->th->replay_left = len;
    s->th->replay_exec = insn & 2u;
    return TT_STEP_DONE;
}

static enum tt_step replay_stage(struct sink *s, uint32_t insn)
{
    if (s->counting ? s->replay_left : s->th->replay_left)
        return replay_record(s, insn);
    if (OPCODE(insn) == OPCODE_REPLAY)
        return replay_command(s, insn);
    return emit(s, insn);
}

static enum tt_step replay_list(struct sink *s, const uint32_t *insn,
                                unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if (replay_stage(s, insn[i]) == TT_STEP_FAULT)
            return TT_STEP_FAULT;
    return TT_STEP_DONE;
}

/* MOPExpander.md, template 0: per bit of the zero mask either the A group or
 * the skip group. */
static enum tt_step mop_template0(struct sink *s, uint32_t insn)
{
    const uint32_t *cfg = s->th->mop_cfg;
    uint32_t count = TT_BITS(insn, 22, 16), flags = cfg[1];
    uint32_t zmask = TT_BITS(insn, 15, 0) | s->th->mop_zmask_hi << 16;

    if (count > 31)
        return refuse_front(s, insn, "loop_count", count);
    if (flags > 3)
        return refuse_front(s, insn, "word of flags", flags);
    for (uint32_t i = 0; i <= count; i++, zmask >>= 1) {
        bool skip = zmask & 1u, with_b = flags & 1u, halo = flags & 2u;
        enum tt_step step;

        s->t->expanded += !s->counting;
        if (skip)
            step = replay_list(s, cfg + 7, with_b ? 2 : 1);
        else
            step = replay_list(s, cfg + 3, halo ? 4 : 1);
        if (step != TT_STEP_FAULT && !skip && with_b)
            step = replay_stage(s, cfg[2]);
        if (step == TT_STEP_FAULT)
            return step;
    }
    return TT_STEP_DONE;
}

/* Whether an instruction now plays a part of the replay buffer. */
static bool plays(const struct sink *s, uint32_t insn)
{
    uint32_t len = TT_BITS(insn, 13, 4), start = TT_BITS(insn, 23, 14);
    bool recording = s->counting ? s->replay_left : s->th->replay_left;

    return OPCODE(insn) == OPCODE_REPLAY && !recording &&
           !TT_BITS(insn, 3, 0) && len >= 1 && len <= TT_REPLAY_SIZE &&
           start < TT_REPLAY_SIZE;
}

/* The loop of vector operations, of which each round is one replay. */
static enum tt_step play_times(struct sink *s, uint32_t insn, uint32_t times)
{
    uint32_t len = TT_BITS(insn, 13, 4), start = TT_BITS(insn, 23, 14);

    if (s->counting) {
        s->count += len * times;
        return TT_STEP_DONE;
    }
    for (uint32_t i = 0; i < times; i++)
        if (replay_play(s, start, len) == TT_STEP_FAULT)
            return TT_STEP_FAULT;
    return TT_STEP_DONE;
}

/* One round of template 1: @body flips with @flip after each instruction, and
 * the last one is replaced by @last. */
static enum tt_step mop_inner(struct sink *s, uint32_t *body, uint32_t flip,
                              uint32_t len, uint32_t last)
{
    uint32_t i = 0;

    s->t->expanded += s->counting ? 0 : len;
    if (!flip && plays(s, *body)) {
        i = len - 1;
        if (play_times(s, *body, i) == TT_STEP_FAULT)
            return TT_STEP_FAULT;
    }
    for (; i < len; i++) {
        if (replay_stage(s, i + 1 < len ? *body : last) == TT_STEP_FAULT)
            return TT_STEP_FAULT;
        *body ^= flip;
    }
    return TT_STEP_DONE;
}

static bool is_nop(uint32_t insn)
{
    return OPCODE(insn) == OPCODE(INSN_NOP);
}

/* MOPExpander.md, template 1: two nested loops with optional start and end
 * instructions; the last instruction of each round can differ. */
static enum tt_step mop_template1(struct sink *s, uint32_t insn)
{
    const uint32_t *cfg = s->th->mop_cfg;
    uint32_t outer = cfg[0], inner = cfg[1], body = cfg[5], flip = 0;

    if (TT_BITS(insn, 22, 0))
        return refuse_front(s, insn, "field of loop_count and zmask",
                            TT_BITS(insn, 22, 0));
    if (outer < 1 || outer > 32)
        return refuse_front(s, insn, "outer loop length", outer);
    if (inner < 1 || inner > 64)
        return refuse_front(s, insn, "inner loop length", inner);
    if (!is_nop(cfg[6])) {
        flip = cfg[5] ^ cfg[6];
        inner *= 2;
    }
    for (uint32_t i = 0; i < outer; i++) {
        unsigned n_end = is_nop(cfg[3]) ? 0 : is_nop(cfg[4]) ? 1 : 2;
        uint32_t last = i + 1 < outer ? cfg[8] : cfg[7];

        if (!is_nop(cfg[2]) && replay_stage(s, cfg[2]) == TT_STEP_FAULT)
            return TT_STEP_FAULT;
        if (mop_inner(s, &body, flip, inner, last) == TT_STEP_FAULT)
            return TT_STEP_FAULT;
        if (replay_list(s, cfg + 3, n_end) == TT_STEP_FAULT)
            return TT_STEP_FAULT;
    }
    return TT_STEP_DONE;
}

static enum tt_step mop_stage(struct sink *s, uint32_t insn)
{
    if (OPCODE(insn) == OPCODE_MOP)
        return insn & 0x800000u ? mop_template1(s, insn)
                                : mop_template0(s, insn);
    if (TT_BITS(insn, 23, 16))
        return refuse_front(s, insn, "field of unused bits 23:16",
                            TT_BITS(insn, 23, 16));
    if (!s->counting)
        s->th->mop_zmask_hi = TT_BITS(insn, 15, 0);
    return TT_STEP_DONE;
}

static enum tt_step front_stage(struct sink *s, uint32_t insn, bool expand)
{
    uint32_t opcode = OPCODE(insn);

    if (expand && (opcode == OPCODE_MOP || opcode == OPCODE_MOP_CFG))
        return mop_stage(s, insn);
    return replay_stage(s, insn);
}

/* How many queue entries an instruction needs at most. */
static uint32_t room_needed(struct tt_tensix *t, unsigned thread, uint32_t insn,
                            bool expand)
{
    struct tt_thread *th = &t->thread[thread];
    struct sink s = {.t = t,
                     .th = th,
                     .thread = thread,
                     .counting = true,
                     .replay_exec = th->replay_exec,
                     .replay_left = th->replay_left};

    front_stage(&s, insn, expand);
    return s.count;
}

static bool has_room(struct tt_tensix *t, unsigned thread, uint32_t insn,
                     bool expand)
{
    uint32_t used = t->thread[thread].fifo_len;

    return !used ||
           room_needed(t, thread, insn, expand) <= FIFO_CAPACITY - used;
}

enum tt_step tt_tensix_expand(struct tt_tensix *t, unsigned thread,
                              uint32_t insn, bool expand)
{
    struct sink s = {.t = t, .th = &t->thread[thread], .thread = thread};

    return has_room(t, thread, insn, expand) ? front_stage(&s, insn, expand)
                                             : TT_STEP_WAIT;
}

static __attribute__((noinline)) enum tt_step
queue_first(struct tt_tensix *t, unsigned thread, uint32_t insn)
{
    struct sink s = {.t = t, .th = &t->thread[thread], .thread = thread};

    return enqueue(&s, insn);
}

/* Everything but an instruction that can simply be executed; kept out of the
 * way of those, which are nearly all. */
static __attribute__((noinline)) enum tt_step
push_slow(struct tt_tensix *t, unsigned thread, uint32_t insn, bool expand)
{
    struct tt_thread *th = &t->thread[thread];
    struct sink s = {.t = t, .th = th, .thread = thread};
    enum tt_step step;

    if (th->slow)
        return th->slow & TT_FRONT_STOPPED
                   ? TT_STEP_FAULT
                   : tt_delay_push(t, thread, insn, expand);
    if (t->expanded >= TT_MAX_EXPANDED || !has_room(t, thread, insn, expand))
        return TT_STEP_WAIT;

    step = front_stage(&s, insn, expand);
    /* What was just executed may be what other threads wait for. */
    if (s.loud && t->waiting)
        run_from(t, thread + 1);
    return step;
}

enum tt_step tt_tensix_push(struct tt_tensix *t, unsigned thread, uint32_t insn,
                            bool expand)
{
    struct tt_thread *th = &t->thread[thread];
    enum tt_step step;

    if (th->fifo_len || th->replay_left || th->slow ||
        OPCODE(insn) <= OPCODE_REPLAY)
        return push_slow(t, thread, insn, expand);
    if (is_vector(insn) && tt_avx2_sfp_run(t, thread, &insn, 1))
        return TT_STEP_DONE;

    step = execute(t, thread, insn);
    if (step == TT_STEP_WAIT)
        return queue_first(t, thread, insn);
    if (t->waiting && !is_quiet(insn))
        run_from(t, thread + 1);
    return step;
}

/* ---- life ---- */

void tt_tensix_restart(struct tt_tensix *t)
{
    for (unsigned i = 0; i < TT_N_THREADS; i++) {
        struct tt_thread *th = &t->thread[i];

        th->fifo_head = th->fifo_len = 0;
        th->replay_left = 0;
        th->slow &= (uint8_t)~TT_FRONT_STOPPED;
    }
    t->waiting = 0;
}

void tt_tensix_init(struct tt_tensix *t, struct tt_tile *tile)
{
    /* LReg.md lists 8..10 and 15; ttsim starts 11..14 with what firmware
     * programs into them. */
    static const uint32_t constant[][2] = {
        {8, 0x3F56594B},  {10, 0x3F800000}, {11, 0xBF800000},
        {12, 0x3B000000}, {13, 0xBF2CC4C7}, {14, 0xBEB08FF9},
    };

    memset(t, 0, sizeof(*t));
    t->tile = tile;
    t->check = tile->check;
    t->insn_thread = TT_N_THREADS;
    memset(t->dst_valid, 1, sizeof(t->dst_valid));
    for (unsigned lane = 0; lane < TT_LANES; lane++) {
        for (unsigned i = 0; i < sizeof(constant) / sizeof(constant[0]); i++)
            t->sfpu.lreg[constant[i][0]][lane] = constant[i][1];
        t->sfpu.lreg[15][lane] = lane * 2;
    }
    t->sfpu.cc_en = true;
    t->sfpu.cc = 0xFFFFFFFFu;
}

bool tt_tensix_idle(const struct tt_tensix *t, unsigned thread)
{
    const struct tt_thread *th = &t->thread[thread];

    return !th->fifo_len &&
           (!(th->slow & TT_FRONT_LATE) || tt_delay_idle(t, thread));
}
