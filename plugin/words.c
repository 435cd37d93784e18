/* SPDX-License-Identifier: MIT */
/* The compile-time argument words of a command's kernels. */
#include "plugin/words.h"

#include <stdlib.h>

#include "pool/tt_log.h"

/* First word of TensorAccessorArgs (facts: its encoding in tt-metal). */
#define ACCESSOR_SHARDED 1u
#define ACCESSOR_DRAM    2u

static void add(struct tt_words *w, uint32_t word)
{
    size_t room = w->room ? 2 * w->room : 64;
    uint32_t *more;

    if (w->n == w->room) {
        more = realloc(w->word, room * sizeof *more);
        if (!more) {
            w->failed = true;
            return;
        }
        w->word = more;
        w->room = room;
    }
    w->word[w->n++] = word;
}

static uint32_t coordinates(const struct tt_spread *s,
                            const struct tt_arch *arch, uint32_t bank)
{
    struct tt_noc_addr at;

    if (bank >= s->n_banks)
        return 0;
    at = tt_spread_core(s, arch, bank, 0);
    return (uint32_t)at.x << 8 | at.y;
}

/* Rank, number of banks, shape and shard in pages, and two banks a word, the
 * first in the lower half. */
static void add_shards(struct tt_words *w, const struct tt_spread *s,
                       const struct tt_arch *arch)
{
    add(w, 2);
    add(w, s->n_banks);
    add(w, s->rows);
    add(w, s->cols);
    add(w, s->shard_rows);
    add(w, s->shard_cols);
    for (uint32_t bank = 0; bank < s->n_banks; bank += 2)
        add(w,
            coordinates(s, arch, bank + 1) << 16 | coordinates(s, arch, bank));
}

static void add_arg(struct tt_words *w, const struct tt_command *cmd,
                    const struct tt_arg *arg)
{
    const struct tt_spread *s = &arg->spread;

    if (arg->kind != TT_ARG_BUFFER) {
        add(w, arg->word);
        return;
    }
    add(w, (tt_spread_is_l1(s) ? 0 : ACCESSOR_DRAM) |
               (tt_spread_is_sharded(s) ? ACCESSOR_SHARDED : 0));
    add(w, arg->page_stride);
    if (tt_spread_is_sharded(s))
        add_shards(w, s, cmd->npu->dev->info.arch);
}

bool tt_words_has_ctas(const struct tt_command *cmd, unsigned roles)
{
    for (size_t i = 0; i < cmd->n_items; i++)
        if (cmd->items[i].kind == TT_ARGNAME_CTA &&
            (cmd->items[i].roles & roles))
            return true;
    return false;
}

static void add_role_ctas(struct tt_words *w, const struct tt_command *cmd,
                          unsigned role)
{
    for (size_t i = 0; i < cmd->n_items; i++)
        if (cmd->items[i].kind == TT_ARGNAME_CTA &&
            (cmd->items[i].roles & 1u << role))
            add_arg(w, cmd, &cmd->items[i].arg);
}

static void add_common_ctas(struct tt_words *w, const struct tt_command *cmd,
                            unsigned first_semaphores)
{
    for (unsigned i = 0; i < TT_N_CB; i++)
        if (tt_command_has_cb(cmd, i))
            add(w, i);
    for (unsigned i = 0; i < first_semaphores; i++)
        add(w, i);
    for (unsigned i = 0; i < cmd->n_args; i++)
        if (cmd->args[i].kind == TT_ARG_BUFFER)
            add_arg(w, cmd, &cmd->args[i]);
    for (unsigned i = 0; i < 2 && !first_semaphores; i++)
        add(w, i);
}

nxs_status tt_words_fill(const struct tt_command *cmd, unsigned role,
                         unsigned first_semaphores, struct tt_words *out)
{
    out->n = 0;
    if (tt_words_has_ctas(cmd, 1u << role))
        add_role_ctas(out, cmd, role);
    else
        add_common_ctas(out, cmd, first_semaphores);
    if (out->failed)
        return TT_FAIL(NXS_OutOfHostMemory,
                       "no memory for compile-time arguments");
    return NXS_Success;
}
