/* SPDX-License-Identifier: MIT */
/* A failed run, remembered until somebody who waits has been told. */
#include "plugin/failure.h"

#include <stdlib.h>
#include <string.h>

#include "plugin/dispatch.h"
#include "pool/tt_log.h"

struct tt_failure *tt_failure_new(struct tt_dispatch *dispatch)
{
    struct tt_failure *failure = calloc(1, sizeof *failure);

    if (!failure)
        return NULL;
    atomic_init(&failure->refs, 1);
    atomic_init(&failure->resume, 0);
    failure->dispatch = dispatch;
    return failure;
}

void tt_failure_note(struct tt_failure *failure, nxs_status status,
                     const char *text)
{
    failure->status = status;
    failure->text = strdup(text);
}

void tt_failure_put(struct tt_failure *failure)
{
    if (!failure || atomic_fetch_sub(&failure->refs, 1) != 1)
        return;
    free(failure->text);
    free(failure);
}

void tt_failure_set(struct tt_failure **slot, struct tt_failure *failure)
{
    struct tt_failure *old = *slot;

    if (failure)
        atomic_fetch_add(&failure->refs, 1);
    *slot = failure;
    tt_failure_put(old);
}

bool tt_failure_is_told(const struct tt_failure *failure)
{
    return !failure || atomic_load(&failure->resume);
}

bool tt_failure_binds(const struct tt_failure *failure, uint64_t ticket)
{
    uint64_t resume = failure ? atomic_load(&failure->resume) : 1;

    return !resume || ticket < resume;
}

nxs_status tt_failure_tell(struct tt_failure *failure)
{
    uint_fast64_t untold = 0;

    atomic_compare_exchange_strong(&failure->resume, &untold,
                                   tt_dispatch_ticket(failure->dispatch));
    tt_log_adopt_error(failure->text);
    return failure->status;
}
