/* SPDX-License-Identifier: MIT */
/*
 * TT_EMU_DELAY: NOC requests, step by step and out of order.
 *
 * A request leaves its interface some time after it was made, and only then
 * reads its source; it acts at the far end later, on each destination of a
 * multicast at another time; the response comes later still, and is counted
 * after its bytes have landed (NoC/Counters.md). Requests overtake each other
 * unless they share a virtual channel and its route: both name it themselves
 * (NOC_CMD_VC_STATIC) or the one is linked to the other (NoC/Ordering.md).
 * Responses choose their channels themselves and always overtake each other.
 */
#include "device/emu/delay_impl.h"

#include <string.h>

#define UNIT                                                                   \
    16u /* bytes that a memory reads or writes as one (Ordering.md)            \
         */

/* ---- order ---- */

static bool same_tile(const struct tt_noc_request *a, struct tt_place at_a,
                      const struct tt_noc_request *b, struct tt_place at_b)
{
    return (a->ctrl & TT_NOC_MULTICAST) == (b->ctrl & TT_NOC_MULTICAST) &&
           at_a.kind == at_b.kind && at_a.index == at_b.index;
}

/* The far end of a request; of a multicast the end of the rectangle. */
static struct tt_place far_end(const struct tt_noc_request *r)
{
    bool to_ret = (r->ctrl & (TT_NOC_WRITE | TT_NOC_INLINE)) == TT_NOC_WRITE;

    return to_ret ? r->ret : r->targ;
}

/* The same rectangle, or the same tile. */
static bool same_route(const struct tt_noc_request *a,
                       const struct tt_noc_request *b)
{
    bool multicast = a->ctrl & b->ctrl & TT_NOC_MULTICAST;

    return same_tile(a, far_end(a), b, far_end(b)) &&
           (!multicast || a->ret_mid >> 4 == b->ret_mid >> 4);
}

static bool same_channel(const struct tt_noc_request *a,
                         const struct tt_noc_request *b)
{
    return a->ctrl & b->ctrl & TT_NOC_STATIC &&
           !((a->ctrl ^ b->ctrl) & TT_NOC_CHANNEL);
}

/* Whether @a, made before @b, must leave and arrive before it. */
static bool in_order(const struct tt_late_request *a,
                     const struct tt_late_request *b)
{
    if (a->r.noc != b->r.noc || a->order >= b->order)
        return false;
    if (a->chained && b->order == a->order + 1)
        return true;
    return same_channel(&a->r, &b->r) &&
           (b->stage == TT_LATE_SEND || same_route(&a->r, &b->r));
}

/* Whether a request has to let an earlier one go first. */
static bool must_wait(const struct tt_delay *d, const struct tt_late_request *l)
{
    if (l->stage > TT_LATE_DELIVER)
        return false;
    for (unsigned i = 0; i < TT_LATE_REQUESTS; i++) {
        const struct tt_late_request *other = &d->request[i];

        if (other->stage != TT_LATE_FREE && other->stage <= l->stage &&
            in_order(other, l))
            return true;
    }
    return false;
}

/* ---- steps ---- */

static bool is_atomic(const struct tt_noc_request *r)
{
    return r->ctrl & TT_NOC_ATOMIC;
}

static bool is_read(const struct tt_noc_request *r)
{
    return !(r->ctrl & (TT_NOC_ATOMIC | TT_NOC_WRITE | TT_NOC_INLINE));
}

static void put_off(struct tt_delay *d, struct tt_late_request *l)
{
    unsigned kind = is_read(&l->r)     ? TT_LATE_KIND_READ
                    : is_atomic(&l->r) ? TT_LATE_KIND_ATOMIC
                                       : TT_LATE_KIND_WRITE;

    l->due = d->ticks + tt_late_wait(d, kind + l->r.noc);
}

static void next_stage(struct tt_delay *d, struct tt_late_request *l,
                       enum tt_late_stage stage)
{
    l->stage = (uint8_t)stage;
    l->rest = 0;
    if (stage == TT_LATE_FREE)
        d->n_requests--;
    else
        put_off(d, l);
}

static void complete(struct tt_delay *d, struct tt_late_request *l)
{
    next_stage(d, l, TT_LATE_FREE);
}

static void count_sent(const struct tt_noc_request *r)
{
    if (is_read(r))
        return;
    if (is_atomic(r)) {
        r->niu->posted_atomic_sent += !(r->ctrl & TT_NOC_RESP);
        return;
    }
    r->niu->outgoing[r->txn]--;
    if (r->ctrl & TT_NOC_RESP)
        r->niu->nonposted_wr_sent++;
    else
        r->niu->posted_wr_sent++;
}

/* What a request carries. */
static uint8_t *data_of(struct tt_delay *d, const struct tt_late_request *l)
{
    return d->data[l - d->request];
}

static void send(struct tt_delay *d, struct tt_late_request *l)
{
    const struct tt_noc_request *r = &l->r;

    if ((r->ctrl & (TT_NOC_WRITE | TT_NOC_INLINE | TT_NOC_ATOMIC)) ==
        TT_NOC_WRITE)
        memcpy(data_of(d, l), d->tile->l1 + r->targ_addr, r->len);
    else
        memcpy(data_of(d, l), &r->data, sizeof(r->data));
    count_sent(r);
    next_stage(d, l, TT_LATE_DELIVER);
}

/* Data moves in two parts, either first; what a memory moves as one in one.
 * Return: whether this part is the last. */
static bool next_part(struct tt_delay *d, struct tt_late_request *l,
                      uint32_t len, uint32_t *from, uint32_t *n)
{
    bool first = !l->rest && len > UNIT, low;

    if (first) {
        l->split = UNIT * (1 + tt_late_below(d, (len - 1) / UNIT));
        l->rest = tt_late_coin(d) ? 1 : 2;
    }
    low = !l->rest || (l->rest == 1) == first;
    *from = low ? 0 : l->split;
    *n = !l->rest ? len : low ? l->split : len - l->split;
    return !first;
}

static void after_delivery(struct tt_delay *d, struct tt_late_request *l)
{
    if (l->r.ctrl & TT_NOC_RESP)
        next_stage(d, l, TT_LATE_COUNT);
    else
        complete(d, l);
}

static enum tt_step deliver_write(struct tt_delay *d, struct tt_late_request *l)
{
    const struct tt_noc_request *r = &l->r;
    bool word = r->ctrl & TT_NOC_INLINE;
    uint64_t to = word ? r->targ_addr : r->ret_addr;
    uint32_t from, n;
    bool last = next_part(d, l, word ? 4 : r->len, &from, &n);

    if (tt_noc_remote(r, l->at[0], to + from, data_of(d, l) + from, n, true) !=
        TT_STEP_DONE)
        return TT_STEP_FAULT;
    if (last)
        after_delivery(d, l);
    else
        put_off(d, l);
    return TT_STEP_DONE;
}

/* Some of the destinations that are left, in any order. */
static enum tt_step deliver_multicast(struct tt_delay *d,
                                      struct tt_late_request *l)
{
    unsigned some = l->n_at ? 1 + tt_late_below(d, l->n_at) : 0;

    while (some--) {
        unsigned i = tt_late_below(d, l->n_at);

        if (tt_noc_remote(&l->r, l->at[i], l->r.ret_addr, data_of(d, l),
                          l->r.len, true) != TT_STEP_DONE)
            return TT_STEP_FAULT;
        l->at[i] = l->at[--l->n_at];
    }
    if (l->n_at)
        put_off(d, l);
    else if (l->n_ack)
        after_delivery(d, l);
    else
        complete(d, l);
    return TT_STEP_DONE;
}

static enum tt_step deliver_read(struct tt_delay *d, struct tt_late_request *l)
{
    const struct tt_noc_request *r = &l->r;

    next_stage(d, l, TT_LATE_RETURN);
    return tt_noc_remote(r, r->targ, r->targ_addr, data_of(d, l), r->len,
                         false);
}

static enum tt_step deliver_atomic(struct tt_delay *d,
                                   struct tt_late_request *l)
{
    const struct tt_noc_request *r = &l->r;
    uint32_t old, sum;

    if (tt_noc_remote(r, r->targ, r->targ_addr, &old, 4, false) != TT_STEP_DONE)
        return TT_STEP_FAULT;
    sum = old + r->data;
    memcpy(data_of(d, l), &old, sizeof(old));
    next_stage(d, l, TT_LATE_RETURN);
    return tt_noc_remote(r, r->targ, r->targ_addr, &sum, 4, true);
}

static enum tt_step deliver(struct tt_delay *d, struct tt_late_request *l)
{
    if (l->r.ctrl & TT_NOC_MULTICAST)
        return deliver_multicast(d, l);
    if (is_atomic(&l->r))
        return deliver_atomic(d, l);
    return is_read(&l->r) ? deliver_read(d, l) : deliver_write(d, l);
}

/* A part of the response lands in L1. */
static void land(struct tt_delay *d, struct tt_late_request *l)
{
    const struct tt_noc_request *r = &l->r;
    uint32_t to = (uint32_t)r->ret_addr, from, n;
    bool last = next_part(d, l, is_atomic(r) ? 4 : r->len, &from, &n);

    memcpy(d->tile->l1 + to + from, data_of(d, l) + from, n);
    tt_tile_l1_written(d->tile, to + from, n);
    if (last)
        after_delivery(d, l);
    else
        put_off(d, l);
}

/* The response is counted; of a multicast some of the responses. */
static void count(struct tt_delay *d, struct tt_late_request *l)
{
    const struct tt_noc_request *r = &l->r;
    struct tt_niu *niu = r->niu;
    unsigned some = 1 + tt_late_below(d, l->n_ack);

    if (is_read(r))
        niu->rd_resp++;
    else if (is_atomic(r))
        niu->atomic_resp++;
    else
        niu->wr_ack += some;
    if (!is_atomic(r))
        niu->outstanding[r->txn] -= (uint8_t)some;
    l->n_ack -= (uint8_t)some;
    if (l->n_ack)
        put_off(d, l);
    else
        complete(d, l);
}

static enum tt_step step(struct tt_delay *d, struct tt_late_request *l)
{
    switch (l->stage) {
    case TT_LATE_SEND:
        send(d, l);
        return TT_STEP_DONE;
    case TT_LATE_DELIVER:
        return deliver(d, l);
    case TT_LATE_RETURN:
        land(d, l);
        return TT_STEP_DONE;
    default:
        count(d, l);
        return TT_STEP_DONE;
    }
}

/* ---- entry ---- */

/* When the next one's time comes. */
static uint64_t next_due(const struct tt_delay *d)
{
    uint64_t next = UINT64_MAX;

    for (unsigned i = 0; i < TT_LATE_REQUESTS; i++) {
        const struct tt_late_request *l = &d->request[i];

        if (l->stage != TT_LATE_FREE && l->due < next && !must_wait(d, l))
            next = l->due;
    }
    return next;
}

bool tt_late_noc_tick(struct tt_delay *d, bool jump)
{
    struct tt_chip *chip = d->tile->chip;
    uint64_t next;
    bool any = false;

    if (!d->n_requests)
        return false;
    d->ticks++;
    next = next_due(d);
    if (jump && next > d->ticks)
        d->ticks = next;
    chip->noc_depth++; /* a delivery may not start a request */
    for (unsigned i = 0; i < TT_LATE_REQUESTS && !chip->faulted; i++) {
        struct tt_late_request *l = &d->request[i];

        if (l->stage == TT_LATE_FREE || l->due > d->ticks || must_wait(d, l))
            continue;
        if (step(d, l) != TT_STEP_DONE)
            complete(d, l); /* the fault is recorded and ends the run */
        any = true;
    }
    chip->noc_depth--;
    if (any)
        tt_tile_changed(d->tile); /* counters, room */
    return any;
}

static struct tt_late_request *free_entry(struct tt_delay *d)
{
    for (unsigned i = 0; i < TT_LATE_REQUESTS; i++)
        if (d->request[i].stage == TT_LATE_FREE)
            return &d->request[i];
    return NULL;
}

enum tt_step tt_delay_request(const struct tt_noc_request *r)
{
    struct tt_delay *d = r->tile->delay;
    struct tt_late_request *l = free_entry(d);
    bool write = !is_read(r) && !is_atomic(r);

    if (!l)
        return TT_STEP_WAIT;
    l->r = *r;
    l->order = d->next_order[r->noc]++;
    l->chained = r->ctrl & TT_NOC_LINKED;
    l->n_at = l->n_ack = 1;
    l->at[0] = far_end(r);
    if (r->ctrl & TT_NOC_MULTICAST)
        l->n_at = l->n_ack = (uint8_t)tt_noc_destinations(r, l->at);
    if (!is_atomic(r) && r->ctrl & TT_NOC_RESP)
        r->niu->outstanding[r->txn]++;
    if (write)
        r->niu->outgoing[r->txn]++;
    d->n_requests++;
    next_stage(d, l, TT_LATE_SEND);
    return TT_STEP_DONE;
}
