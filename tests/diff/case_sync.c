/* SPDX-License-Identifier: MIT */
/* Semaphores, mutex and blocked streams; MOP and REPLAY. */
#include "tests/diff/cases.h"
#include "tests/diff/probe.h"
#include "tests/diff/tensix.h"

#define N_SEM          4u
#define MAX_QUEUED     4u
#define SEMAPHORE_REGS 0xFFE80020u
#define MOP_CONFIG     0xFFB80000u

/* What the generator knows, so that it stays within the rules. */
struct model {
    unsigned sem[N_SEM], max[N_SEM];
    unsigned owner; /* of the mutex: thread + 1 */
    struct {
        bool blocked;
        bool on_mutex;
        unsigned sem, condition;
        unsigned n_queued;
    } thread[3];
};

static uint32_t sem_bit(unsigned sem)
{
    return 4u << sem;
}

static bool may_pass(const struct model *m, unsigned sem, unsigned condition)
{
    return condition == 1 ? m->sem[sem] > 0 : m->sem[sem] < m->max[sem];
}

static bool may_go_on(const struct model *m, unsigned i)
{
    return m->thread[i].on_mutex
               ? !m->owner
               : may_pass(m, m->thread[i].sem, m->thread[i].condition);
}

/* Time for what a stream has queued: it executes one instruction while the core
 * that pushes executes one, too. */
static void pause_pushing(struct script *s)
{
    for (unsigned i = 0; i < MAX_QUEUED; i++)
        script_load(s, SCRIPT_FLAGS);
}

/* Streams that go on after @thread has executed something: those behind it
 * come first. */
static void unblock(struct script *s, struct model *m, unsigned thread)
{
    for (unsigned k = 1; k < 3; k++) {
        unsigned i = (thread + k) % 3;

        if (!m->thread[i].blocked || !may_go_on(m, i))
            continue;
        if (m->thread[i].on_mutex)
            m->owner = i + 1;
        m->thread[i].blocked = false;
        pause_pushing(s);
    }
}

/* Leaves a trace of when it was executed: gpr 0 = gpr 0 * gpr 1 + ... */
static void trace(struct script *s, unsigned thread)
{
    tx_insn(s, thread, SETGPR_LO(1, script_below(s, 0x10000)));
    tx_insn(s, thread, OP(0x58, 1u << 6)); /* gpr 0 += gpr 1 */
}

static void change_semaphore(struct script *s, struct model *m, unsigned thread,
                             unsigned sem, bool up)
{
    if (up && m->sem[sem] < m->max[sem]) {
        tx_insn(s, thread, OP(0xA4, sem_bit(sem)));
        m->sem[sem]++;
    } else if (!up && m->sem[sem]) {
        tx_insn(s, thread, OP(0xA5, sem_bit(sem)));
        m->sem[sem]--;
    }
}

static void semaphore_op(struct script *s, struct model *m, unsigned thread)
{
    unsigned sem = script_below(s, N_SEM), max = script_below(s, 15) + 1;
    unsigned value = script_below(s, max + 1);

    if (script_chance(s, 80) && m->max[sem]) {
        change_semaphore(s, m, thread, sem, script_chance(s, 50));
        return;
    }
    tx_insn(s, thread, OP(0xA3, max << 20 | value << 16 | sem_bit(sem)));
    m->sem[sem] = value;
    m->max[sem] = max;
}

static void wait_op(struct script *s, struct model *m, unsigned thread)
{
    unsigned sem = script_below(s, N_SEM), condition = 1 + script_below(s, 2);

    tx_insn(
        s, thread,
        OP(0xA6, (script_below(s, 511) + 1) << 15 | sem_bit(sem) | condition));
    if (may_pass(m, sem, condition))
        return;
    m->thread[thread].blocked = true;
    m->thread[thread].on_mutex = false;
    m->thread[thread].sem = sem;
    m->thread[thread].condition = condition;
    m->thread[thread].n_queued = 0;
}

static void mutex_op(struct script *s, struct model *m, unsigned thread)
{
    if (m->owner == thread + 1) {
        tx_insn(s, thread, OP(0xA1, 0));
        m->owner = 0;
        return;
    }
    tx_insn(s, thread, OP(0xA0, 0));
    if (!m->owner) {
        m->owner = thread + 1;
        return;
    }
    m->thread[thread].blocked = true;
    m->thread[thread].on_mutex = true;
    m->thread[thread].n_queued = 0;
}

/* Do what a blocked stream waits for. */
static void relieve(struct script *s, struct model *m, unsigned thread)
{
    for (unsigned i = 0; i < 3; i++) {
        if (!m->thread[i].blocked)
            continue;
        if (!m->thread[i].on_mutex) {
            unsigned sem = m->thread[i].sem;

            if (m->max[sem])
                change_semaphore(s, m, thread, sem,
                                 m->thread[i].condition == 1);
        } else if (m->owner == thread + 1) {
            mutex_op(s, m, thread);
        }
        unblock(s, m, thread);
    }
}

/* For what never holds a stream here: no unit is busy, no bank is taken. */
static void stall(struct script *s, unsigned thread)
{
    uint32_t block = 1 + script_below(s, 511);
    uint32_t wait = script_random(s) & 0x63FFu;

    tx_insn(s, thread, OP(0xA2, block << 15 | (wait ? wait : 0x60FEu)));
}

static void random_op(struct script *s, struct model *m, unsigned thread)
{
    switch (script_below(s, 8)) {
    case 0:
        wait_op(s, m, thread);
        break;
    case 1:
        mutex_op(s, m, thread);
        break;
    case 2:
        stall(s, thread);
        break;
    case 3:
        trace(s, thread);
        break;
    default:
        semaphore_op(s, m, thread);
    }
    unblock(s, m, thread);
}

static void sync_step(struct script *s, struct model *m)
{
    unsigned thread = script_below(s, 3), n_blocked = 0;

    for (unsigned i = 0; i < 3; i++)
        n_blocked += m->thread[i].blocked;
    if (m->thread[thread].blocked) {
        if (m->thread[thread].n_queued++ < MAX_QUEUED / 2)
            trace(s, thread);
    } else if (n_blocked == 2 || (n_blocked && script_chance(s, 30))) {
        relieve(s, m, thread);
        if (script_chance(s, 50))
            semaphore_op(s, m, thread);
        unblock(s, m, thread);
    } else {
        random_op(s, m, thread);
    }
}

void case_sync(struct script *s)
{
    struct model m = {.owner = 0};

    for (unsigned i = 0; i < 300; i++)
        sync_step(s, &m);
    tx_dump_gprs(s);
    for (unsigned i = 0; i < 8; i++)
        script_load(s, SEMAPHORE_REGS + 4 * i);
}

/* ---- MOP and REPLAY ---- */

/* GPR arithmetic whose outcome depends on its order. */
static uint32_t random_gpr_op(struct script *s)
{
    uint32_t operands = script_random(s) & 0x71C7u; /* GPRs 0 to 7 */
    uint32_t value = script_below(s, 0x10000);

    switch (script_below(s, 5)) {
    case 0:
        return SETGPR_LO(operands & 7u, value);
    case 1:
        return SETGPR_HI(operands & 7u, value);
    case 2:
        return OP(0x5A, operands);
    case 3:
        return OP(0x02, 0);
    default:
        return OP(0x58, operands);
    }
}

static uint32_t random_replay(struct script *s)
{
    uint32_t first = script_below(s, 32);

    return OP(0x04, first << 14 | (1 + script_below(s, 4)) << 4);
}

static uint32_t random_mop_insn(struct script *s)
{
    return script_chance(s, 10) ? random_replay(s) : random_gpr_op(s);
}

static void random_mop(struct script *s)
{
    bool template1 = script_chance(s, 60);

    for (unsigned i = 0; i < 9; i++)
        script_store(s, MOP_CONFIG + 4 * i, random_mop_insn(s));
    if (template1) {
        script_store(s, MOP_CONFIG, 1 + script_below(s, 5));
        script_store(s, MOP_CONFIG + 4, 1 + script_below(s, 6));
        tx_insn(s, s->core - 1, OP(0x01, 0x800000));
    } else {
        script_store(s, MOP_CONFIG + 4, script_below(s, 4));
        tx_insn(s, s->core - 1, OP(0x03, script_below(s, 0x10000)));
        tx_insn(s, s->core - 1, OP(0x01, script_below(s, 1u << 21)));
    }
    tx_sync(s);
}

static void random_recording(struct script *s, unsigned len, unsigned mode)
{
    tx_insn(s, s->core - 1,
            OP(0x04, script_below(s, 32) << 14 | len << 4 | mode));
    for (unsigned i = 0; i < len; i++)
        tx_insn(s, s->core - 1, random_gpr_op(s));
}

void case_front(struct script *s)
{
    unsigned len;

    /* At first the replay buffers hold no instructions. */
    for (unsigned core = 1; core <= 3; core++) {
        script_on(s, core);
        random_recording(s, 32, 1);
    }
    for (unsigned i = 0; i < 40; i++) {
        script_on(s, 1 + script_below(s, 3));
        switch (script_below(s, 4)) {
        case 0:
            len = 1 + script_below(s, 32);
            random_recording(s, len, script_chance(s, 50) ? 3 : 1);
            break;
        case 1:
            tx_insn(s, s->core - 1, random_replay(s));
            break;
        case 2:
            random_mop(s);
            break;
        default:
            tx_insn(s, s->core - 1, random_gpr_op(s));
        }
        tx_sync(s);
    }
    tx_dump_gprs(s);
}
