/* SPDX-License-Identifier: MIT */
/*
 * A Nexus plugin whose devices are host memory: an example for authors of
 * plugins, and what the conformance runner is tried on.
 *
 * host_plugin.c           objects and their ids, devices, the lock
 * host_plugin_property.c  one writer for the properties of all objects
 * host_plugin_buffer.c    memory, buffers, copies
 * host_plugin_library.c   libraries; kernels, which are built in
 * host_plugin_event.c     events, waiting
 * host_plugin_schedule.c  schedules and commands
 * host_plugin_stream.c    streams: a thread each, which runs schedules
 *
 * One lock protects everything but the work of kernels. Functions named
 * ..._locked are called with it held; so are all that follow "lock held".
 */
#ifndef HOST_PLUGIN_H
#define HOST_PLUGIN_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "nexus-api.h"
#include "tests/conform/host_mutants.h"

#define HOST_N_DEVICES 2
#define HOST_MEMORY    (256ull << 20) /* bytes of each device */
#define HOST_FIRST_ID  0x10000 /* hosts use small numbers for their own */

#define HOST_COUNT(array) (sizeof(array) / sizeof(array)[0])

/** enum host_kind - of an object */
enum host_kind {
    HOST_BUFFER,
    HOST_LIBRARY,
    HOST_KERNEL,
    HOST_EVENT,
    HOST_STREAM,
    HOST_SCHEDULE,
    HOST_COMMAND
};

/** struct host_object - begin of each object
 *  @n_users: pins; the table of ids holds one, too
 *  @destroy: called when nobody uses it any more, lock held */
struct host_object {
    nxs_int id;
    enum host_kind kind;
    nxs_int device;
    unsigned n_users;
    bool released;
    void (*destroy)(struct host_object *object);
    struct host_object *next;
};

/** struct host_failure - of a run that nobody waited for
 *  @told_before: runs with a smaller serial did not know; 0: nobody does yet */
struct host_failure {
    unsigned n_users;
    nxs_status status;
    uint64_t told_before;
};

/** struct host_memory - an array of bytes of a device, of one or more buffers
 */
struct host_memory {
    unsigned n_users;
    nxs_int device;
    size_t size;
    unsigned char *bytes;
    struct host_failure *failure; /* of a run that was to use it */
};

/** struct host_buffer - a host's view of memory */
struct host_buffer {
    struct host_object object;
    nxs_buffer_layout layout;
    size_t size; /* bytes of the host's array */
    struct host_memory *memory;
};

/** struct host_call - what a kernel gets: its arguments, and which of the grid
 *  points it is to do */
struct host_call {
    void *arg[NXS_KERNEL_MAX_ARGS]; /* memory; NULL: none */
    size_t size[NXS_KERNEL_MAX_ARGS];
    int64_t scalar[NXS_KERNEL_MAX_ARGS];
    uint64_t point, n_points;
};

/** struct host_builtin - a kernel */
struct host_builtin {
    const char *name;
    unsigned n_buffers; /* arguments 0 .. n - 1 are buffers */
    void (*run)(const struct host_call *call);
};

/** struct host_library - a text that names kernels */
struct host_library {
    struct host_object object;
    char *text;
    size_t size;
    struct host_kernel *kernels;
};

/** struct host_kernel - of a library; goes with it, unless a command uses it */
struct host_kernel {
    struct host_object object;
    const struct host_builtin *builtin;
    struct host_library *library; /* valid while it is not released */
    struct host_kernel *next;
};

/** struct host_event - see nxsCreateEvent() */
struct host_event {
    struct host_object object;
    nxs_event_type type;
    nxs_int value;
    bool signaled;
    struct host_failure *failure; /* of the run that was to signal it */
};

/** struct host_arg - an argument of a command */
struct host_arg {
    enum { HOST_ARG_NONE, HOST_ARG_BUFFER, HOST_ARG_SCALAR } kind;
    nxs_int buffer;
    int64_t scalar;
    const void *storage; /* the host's, for a mutant */
};

/** struct host_command - of a schedule; goes with it */
struct host_command {
    struct host_object object;
    nxs_command_type type;
    struct host_kernel *kernel;
    struct host_event *event;
    nxs_int value;
    struct host_arg args[NXS_KERNEL_MAX_ARGS + 1];
    nxs_dim3 grid;
    bool finalized;
    struct host_command *next;
};

/** struct host_schedule - commands in their order */
struct host_schedule {
    struct host_object object;
    nxs_uint settings;
    struct host_command *first, **end;
    uint64_t elapsed_ns; /* of the last run that ended well */
    bool has_run;
};

/** struct host_step - a command with the arguments of one run */
struct host_step {
    nxs_command_type type;
    struct host_kernel *kernel;
    struct host_event *event;
    nxs_int value;
    struct host_memory *memory[NXS_KERNEL_MAX_ARGS];
    int64_t scalar[NXS_KERNEL_MAX_ARGS];
    nxs_dim3 grid;
    const struct host_command *command; /* for mutants */
};

/** struct host_run - a schedule on its way through a stream
 *  @serial: grows in the order of submission
 *  @at: the step that is done now
 *  @n_users: the list of pending runs, and whoever waits */
struct host_run {
    uint64_t serial;
    unsigned n_users;
    struct host_stream *stream;
    struct host_schedule *schedule;
    struct host_step *steps;
    size_t n_steps, at;
    bool blocking, over;
    nxs_status status;
    uint64_t elapsed_ns;
    struct host_run *next;
};

/** struct host_stream - a queue and the thread that empties it */
struct host_stream {
    struct host_object object;
    nxs_uint settings;
    uint64_t n_done;
    bool has_thread, closing;
    pthread_t thread;
    struct host_failure *failure; /* of the last run that failed in it */
};

/* ---- host_plugin.c ---- */

/** host_lock - begin to use anything */
void host_lock(void);

/** host_unlock - end of that */
void host_unlock(void);

/**
 * host_sleep_locked - wait for a change; the lock is given up meanwhile
 * @until_ns: host_now_ns() at which to wake at the latest
 */
void host_sleep_locked(uint64_t until_ns);

/** host_changed_locked - wake all who sleep */
void host_changed_locked(void);

/** host_is_closing_locked - whether the plugin is being unloaded */
bool host_is_closing_locked(void);

/** host_now_ns - a clock that never goes back */
uint64_t host_now_ns(void);

/** host_is_device - whether there is such a device */
bool host_is_device(nxs_int device);

/**
 * host_publish_locked - give an object its id
 * @object: zeroed but for @destroy; owned by the table from now on
 * @kind: what it is
 * @device: where
 *
 * Return: the id; NXS_OutOfResources if all have been used (the object is
 * destroyed).
 */
nxs_int host_publish_locked(struct host_object *object, enum host_kind kind,
                            nxs_int device);

/**
 * host_find_locked - a live object
 * @id: any value
 * @kind: what it has to be
 *
 * Return: the object, not pinned; NULL if there is none such.
 */
void *host_find_locked(nxs_int id, enum host_kind kind);

/** host_pin_locked - keep an object although it is released */
void host_pin_locked(struct host_object *object);

/** host_unpin_locked - the last one destroys it; NULL: nothing */
void host_unpin_locked(struct host_object *object);

/** host_retire_locked - make the id of a live object stale */
void host_retire_locked(struct host_object *object);

/**
 * host_release - the common part of the nxsRelease... calls
 * @id: any value
 * @kind: what it has to be
 * @refusal: status if it is not
 */
nxs_status host_release(nxs_int id, enum host_kind kind, nxs_status refusal);

/** host_next_locked - the object after one in the table; NULL begins */
struct host_object *host_next_locked(struct host_object *object);

/** host_device_stream_locked - the default stream of a device */
struct host_stream *host_device_stream_locked(nxs_int device);

/* ---- host_plugin_property.c ---- */

/** enum host_type - of a property */
enum host_type { HOST_NUMBER, HOST_REAL, HOST_TEXT, HOST_VECTOR };

/** struct host_property - a property with its value
 *  @status: negative: it has none at the moment */
struct host_property {
    nxs_uint id;
    enum host_type type;
    int64_t number;
    double real;
    const char *text;
    const int64_t *vector;
    size_t n_vector;
    nxs_status status;
};

/* Initializers of struct host_property. */
#define HOST_P_NUMBER(property, value)                                         \
    {                                                                          \
        .id = (property), .type = HOST_NUMBER, .number = (int64_t)(value)      \
    }
#define HOST_P_TEXT(property, value)                                           \
    {                                                                          \
        .id = (property), .type = HOST_TEXT, .text = (value)                   \
    }

/**
 * host_answer - answer a Get...Property call; see nxsGetRuntimeProperty()
 * @all: the properties of the object but NP_Keys
 * @n: how many
 */
nxs_status host_answer(const struct host_property *all, size_t n,
                       nxs_uint property_id, void *value, size_t *value_size);

/* ---- host_plugin_buffer.c ---- */

/** host_memory_pin_locked - keep memory */
void host_memory_pin_locked(struct host_memory *memory);

/** host_memory_unpin_locked - the last one frees it; NULL: nothing */
void host_memory_unpin_locked(struct host_memory *memory);

/** host_memory_in_use_locked - bytes allocated on a device */
uint64_t host_memory_in_use_locked(nxs_int device);

/* ---- host_plugin_event.c ---- */

/**
 * host_wait_event_locked - wait for an event; the lock is given up meanwhile
 * @event: pinned
 * @value: to reach
 * @run: which waits; NULL: a thread of the host
 *
 * Return: NXS_Success; NXS_ExecStatusErrorForEventsInWaitList.
 */
nxs_status host_wait_event_locked(struct host_event *event, nxs_int value,
                                  const struct host_run *run);

/** host_signal_event_locked - set its value, wake who waits */
void host_signal_event_locked(struct host_event *event, nxs_int value);

/* ---- host_plugin_schedule.c ---- */

/**
 * host_run_new_locked - a run of a schedule with the arguments of now
 * @schedule: what to run
 * @stream: where
 * @out_run: with one user, not submitted
 *
 * Return: NXS_Success; NXS_InvalidCommand; NXS_InvalidKernelArgs;
 * NXS_OutOfHostMemory.
 */
nxs_status host_run_new_locked(struct host_schedule *schedule,
                               struct host_stream *stream,
                               struct host_run **out_run);

/** host_run_unpin_locked - the last one frees it */
void host_run_unpin_locked(struct host_run *run);

/* ---- host_plugin_stream.c ---- */

/** host_pending_locked - the run after one of those that are not over, in the
 *  order of submission; NULL begins */
struct host_run *host_pending_locked(const struct host_run *run);

/** host_next_serial_locked - of the run that is submitted next */
uint64_t host_next_serial_locked(void);

/** host_failure_set_locked - *slot = failure, both counted; may be NULL */
void host_failure_set_locked(struct host_failure **slot,
                             struct host_failure *failure);

/** host_failure_tell_locked - somebody learns of it; its status */
nxs_status host_failure_tell_locked(struct host_failure *failure);

/** host_stream_new - a stream without an id; NULL without memory */
struct host_stream *host_stream_new(nxs_int device, nxs_uint settings);

/** host_stream_stop_locked - end its thread; the lock is given up meanwhile */
void host_stream_stop_locked(struct host_stream *stream);

/** host_cancel_all_locked - drop all runs; the plugin is being unloaded */
void host_cancel_all_locked(void);

#endif
