/* SPDX-License-Identifier: MIT */
/* Commands: a kernel with its arguments, or a signal, or a wait. */
#ifndef TT_COMMAND_H
#define TT_COMMAND_H

#include "device/spread.h"
#include "plugin/argname.h"
#include "plugin/event.h"
#include "plugin/library.h"
#include "plugin/placement.h"
#include "plugin/runtime.h"

enum tt_arg_kind {
    TT_ARG_NONE, /* never set: passed as 0 */
    TT_ARG_WORD,
    TT_ARG_BUFFER
};

/** struct tt_arg - one argument: a word, or a buffer by its id (the buffer is
 *  pinned only while a run uses it, so a host that releases it gets the memory
 *  back)
 *  @word: what the kernel reads; of a buffer, its address
 *  @buffer, @data_type, @page_stride, @spread: of a buffer */
struct tt_arg {
    enum tt_arg_kind kind;
    uint32_t word;
    nxs_int buffer;
    nxs_uint data_type;
    uint32_t page_stride;
    struct tt_spread spread;
};

/** struct tt_cb_constant - a "CB" constant; @n_tiles 0: not set */
struct tt_cb_constant {
    uint32_t n_tiles;
    nxs_uint settings;
};

/** struct tt_role_item - a "..CTA", "..ARG" or "..L1" entry, or a buffer that
 * is a "CB" (@roles 0); ordered by index, then by roles, so that walking them
 *  gives the words in order; of L1 @arg holds the size in bytes */
struct tt_role_item {
    enum tt_argname_kind kind;
    unsigned roles;
    nxs_int index;
    struct tt_arg arg;
};

/** struct tt_text_item - a definition, or (@named) a named compile-time
 *  argument; @name and @value are owned */
struct tt_text_item {
    unsigned roles;
    bool named;
    char *name;
    char *value;
};

#define TT_MAX_TEXT_ITEMS 128u

struct tt_program;

/**
 * struct tt_command - one command of a schedule
 * @kernel: pinned, for dispatches; @event: pinned, for signals and waits
 * @lock: guards all that follows
 * @n_args: highest argument index set, plus 1
 * @dst_fp32: FP32_DEST_ACC, -1 if the formats decide
 * @finalized: whether @grid is valid
 * @program: images for the present arguments; NULL if they have to be made
 * @has_run, @elapsed_ns, @cores: whether, how long and where it ran last
 * @times, @n_times: of its last profiled launch, see NP_SubUnits
 * @log: what the compiler said about the last attempt, or NULL
 */
struct tt_command {
    struct tt_object object;
    struct tt_npu *npu;
    nxs_command_type type;
    struct tt_kernel *kernel;
    struct tt_event *event;
    nxs_int event_value;
    pthread_mutex_t lock;
    struct tt_arg args[NXS_KERNEL_MAX_ARGS];
    unsigned n_args;
    struct tt_cb_constant cbs[TT_N_CB];
    struct tt_role_item *items;
    size_t n_items;
    struct tt_text_item texts[TT_MAX_TEXT_ITEMS];
    size_t n_texts;
    int dst_fp32;
    uint8_t fidelity;
    bool finalized;
    nxs_dim3 grid;
    struct tt_program *program;
    bool has_run;
    uint64_t elapsed_ns;
    struct tt_cores cores;
    int64_t *times;
    size_t n_times;
    char *log;
};

/** tt_command_get - pin a command; NULL (not logged) if @id is not live */
struct tt_command *tt_command_get(nxs_int id);

/** tt_command_put - drop the pin; NULL is ignored */
void tt_command_put(struct tt_command *cmd);

/**
 * tt_command_note_times - keep the times of a launch's cores for NP_SubUnits
 * @cmd: pinned
 * @work, @flight: a launch that ended well, with its times
 *
 * Without memory it keeps none.
 */
void tt_command_note_times(struct tt_command *cmd, const struct tt_work *work,
                           const struct tt_flight *flight);

/** TT_COMMAND_TIME_WORDS - numbers of NP_SubUnits for each core */
#define TT_COMMAND_TIME_WORDS 6u

/** tt_command_cb_buffer - the buffer whose shards are circular buffer @index,
 * or NULL; @cmd is locked */
const struct tt_arg *tt_command_cb_buffer(const struct tt_command *cmd,
                                          unsigned index);

/** tt_command_has_cb - whether there is a circular buffer @index; @cmd is
 *  locked */
bool tt_command_has_cb(const struct tt_command *cmd, unsigned index);

/** tt_command_fini - destroy; for the pool */
void tt_command_fini(struct tt_object *object);

#endif
