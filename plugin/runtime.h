/* SPDX-License-Identifier: MIT */
/* The plugin's only state: devices, compiler and the tables of all objects. */
#ifndef TT_RUNTIME_H
#define TT_RUNTIME_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

#include "device/arch.h"
#include "device/launch.h"
#include "device/pci.h"
#include "plugin/dispatch.h"
#include "plugin/trace.h"
#include "device/tt_device.h"
#include "jit/tt_jit.h"
#include "plugin/l1.h"
#include "pool/tt_pool.h"
#include "pool/tt_range.h"

#define TT_VERSION_MAJOR 0
#define TT_VERSION_MINOR 1
#define TT_VERSION_TEXT  "0.1.0"

#define TT_MAX_NPUS 32u

/** Bytes at the start of every DRAM bank that no buffer gets: a kernel's NULL
 *  pointer plus a small offset never hits data. */
#define TT_DRAM_RESERVED 0x100000u

/** struct tt_npu - one device of the runtime; lives as long as the runtime
 *  @dram: offsets that are taken, the same in every bank
 *  @l1: addresses that are taken, the same in every worker core
 *  @lock: guards @launcher until it is made
 *  @launcher: NULL until the first run
 *  @dispatch: its runs; @stream: the default one
 *  @n_busy_cores: cores with work
 *  @busy_ns: time of runs in launches, ever */
struct tt_npu {
    nxs_int index;
    struct tt_device *dev;
    struct tt_range dram;
    struct tt_l1 l1;
    pthread_mutex_t lock;
    struct tt_launcher *launcher;
    struct tt_dispatch dispatch;
    struct tt_stream *stream;
    atomic_uint n_busy_cores;
    atomic_uint_fast64_t busy_ns;
};

/** struct tt_runtime - everything; @npus and @jit are constant once @n_npus is
 *  not 0, other fields, but for the pools' contents, once tt_runtime_get() has
 *  returned
 *  @opening: guards the opening of devices
 *  @is_open: devices are open, or it would not help to try again */
struct tt_runtime {
    pthread_once_t once;
    atomic_bool ready; /* start has returned, or is about to */
    pthread_mutex_t opening;
    atomic_bool is_open;
    bool started;
    pid_t pid;           /* of the process that started it */
    bool paused;         /* for a fork; a dispatcher's lock guards it */
    atomic_uint n_calls; /* long ones, see tt_runtime_enter() */
    struct tt_jit *jit;
    struct tt_trace *trace; /* NULL unless TT_TRACE names a file */
    struct tt_npu npus[TT_MAX_NPUS];
    atomic_size_t n_npus;
    struct tt_cards cards; /* found when started, usable or not */
    struct tt_pool buffers;
    struct tt_pool libraries;
    struct tt_pool kernels;
    struct tt_pool events;
    struct tt_pool streams;
    struct tt_pool schedules;
    struct tt_pool commands;
};

/**
 * tt_runtime_get - the runtime, started by the first call
 *
 * Any thread; the first call opens the devices and may take milliseconds. A
 * failure to open devices is logged and leaves a runtime with none; if it was
 * for want of memory or of descriptors, whoever looks for a device tries again.
 *
 * Return: the runtime, never NULL.
 */
struct tt_runtime *tt_runtime_get(void);

/**
 * tt_runtime_npu - look a device up
 * @device: any value
 *
 * Return: the device; NULL (not logged) if there is none of that number.
 */
struct tt_npu *tt_runtime_npu(nxs_int device);

/**
 * tt_runtime_launcher - the launcher of a device, made by the first call
 * @npu: device
 * @out: launcher, borrowed; lives as long as the runtime
 *
 * The first call compiles the firmware or finds it in the cache.
 *
 * Return: NXS_Success, or a status of tt_jit_firmware(), tt_launcher_new().
 */
nxs_status tt_runtime_launcher(struct tt_npu *npu, struct tt_launcher **out);

/**
 * tt_runtime_enter - a call begins that may take long; tt_runtime_leave() ends
 * it
 *
 * A process that exits while one is under way on another thread leaves the
 * runtime as it is: nothing is freed under that thread. Any thread.
 */
void tt_runtime_enter(void);
/** tt_runtime_leave - the call that tt_runtime_enter() announced is over */
void tt_runtime_leave(void);

/**
 * tt_runtime_timeout_ms - how long a run or a wait may take
 *
 * Return: TT_TIMEOUT_MS, 0 meaning for ever; 60000 if unset or not understood.
 */
uint32_t tt_runtime_timeout_ms(void);

/** tt_runtime_count - live objects of all kinds */
size_t tt_runtime_count(void);

#endif
