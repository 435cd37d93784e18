/* SPDX-License-Identifier: MIT */
/*
 * Layout of a worker core's L1 and the launch protocol: the one file that the
 * host, the firmware and the device-side kernel API share. C11 and C++17.
 *
 * Wormhole: L1 is 1464 KiB. BRISC always starts at 0; the four other cores are
 * given their start addresses through the reset-PC override registers (Config
 * words 158..163), so the firmware images can lie side by side.
 */
#ifndef TT_L1_MAP_H
#define TT_L1_MAP_H

#include <stdint.h>

#define TT_L1_SIZE 0x16E000u

/* RISC-V cores of a tile, in the order used by every table. */
#define TT_RISC_B  0u /* BRISC ("RISCV_0"): the writer, NOC 0 */
#define TT_RISC_T0 1u /* TRISC0: unpack */
#define TT_RISC_T1 2u /* TRISC1: math */
#define TT_RISC_T2 3u /* TRISC2: pack */
#define TT_RISC_NC 4u /* NCRISC ("RISCV_1"): the reader, NOC 1 */
#define TT_N_RISC  5u

/* Roles of kernel sources. */
#define TT_ROLE_READER  0u /* runs on NC */
#define TT_ROLE_WRITER  1u /* runs on B */
#define TT_ROLE_COMPUTE 2u /* runs on T0, T1, T2 */
#define TT_N_ROLES      3u

/* Resident firmware. */
#define TT_L1_FW_B        0x00000u
#define TT_L1_FW_B_SIZE   0x01000u
#define TT_L1_FW_T0       0x01000u
#define TT_L1_FW_T1       0x01800u
#define TT_L1_FW_T2       0x02000u
#define TT_L1_FW_NC       0x02800u
#define TT_L1_FW_SUB_SIZE 0x00800u

/* Handshake and launch block. */
#define TT_L1_MAILBOX    0x03000u /* struct tt_mailbox, 256 B */
#define TT_L1_LAUNCH     0x03100u /* struct tt_launch_block, 1,536 B */
#define TT_L1_SEMAPHORES 0x03700u /* 16 words, 16 B apart */
#define TT_L1_CREDITS    0x03800u /* struct tt_cb_credits[32], 1 KiB */
#define TT_L1_ZEROS      0x03C00u /* 512 B that stay zero (MEM_ZEROS_BASE) */
#define TT_L1_ZEROS_SIZE 0x00200u
#define TT_L1_ARGS       0x04000u /* common and per-core argument words */
#define TT_L1_ARGS_SIZE  0x01800u
#define TT_L1_COORDS     0x05800u /* logical -> translated tables, 64 B */
#define TT_L1_ATOMIC_OLD 0x05840u /* old values of NOC atomics, per RISC */

/* Kernel images: one slot per RISC-V core, images linked at its start. */
#define TT_L1_KERNEL_B       0x06000u
#define TT_L1_KERNEL_NC      0x0E000u
#define TT_L1_KERNEL_DM_SIZE 0x08000u
#define TT_L1_KERNEL_T0      0x16000u
#define TT_L1_KERNEL_T1      0x1C000u
#define TT_L1_KERNEL_T2      0x22000u
#define TT_L1_KERNEL_T_SIZE  0x06000u

/* Circular buffers, L1 buffers and scratch: everything above. */
#define TT_L1_DATA 0x28000u

/* RISC-V private memory. Stacks grow down from its end; a kernel's .data and
 * .bss start at its beginning. */
#define TT_LOCAL_BASE    0xFFB00000u
#define TT_LOCAL_DM_SIZE 0x1000u
#define TT_LOCAL_T_SIZE  0x0800u

#define TT_N_CB         32u
#define TT_N_SEMAPHORES 16u
#define TT_MAX_ARGS     341u /* per-core words of one role */
#define TT_MAX_COMMON   128u /* words common to all cores */

/** struct tt_cb_config - one circular buffer, written by the host
 *  All addresses and sizes in bytes; n_pages * page_size == size. */
struct tt_cb_config {
    uint32_t base;
    uint32_t size;
    uint32_t page_size;
    uint32_t n_pages;
};

/** struct tt_cb_credits - pages ever pushed and ever popped, modulo 2^16 in
 *  meaning (compare 16-bit differences); one writer per word, 16 B apart.
 *  Zeroed by the host before each launch. */
struct tt_cb_credits {
    volatile uint32_t received; /* written by the producer */
    uint32_t pad0[3];
    volatile uint32_t acked; /* written by the consumer */
    uint32_t pad1[3];
};

/* The Tensix semaphore that counts halves of DST ready to pack. */
#define TT_SEM_DST 0u

/** struct tt_launch_block - what all cores of a launch share, written by the
 *  host before it rings the mailbox, and only where it has changed
 *  @code: names the kernel images; a core that had others drops its i-caches
 *  @entry: per RISC: address to call, 0 = no kernel
 *  @common_args: L1 address of the common words
 *  @core_args: per role: L1 address of per-core words
 *  @origin_x, @origin_y: the first core of the launch in the device's grid
 *  @print: L1 address of struct tt_print_ring[5], 0 = none
 *  @zones: L1 address of struct tt_zone_log[5], 0 = none
 *  @own_end: L1 from TT_L1_DATA up to here is the launch's own, what follows
 *            are buffers; 0 = all is its own
 *  @args_end: end of the argument words that the host keeps up to date
 *  @timed: whether somebody wants to know struct tt_mailbox.time
 *  @cb_mask: which circular buffers exist */
struct tt_launch_block {
    uint32_t code;
    uint32_t entry[5];
    uint32_t common_args;
    uint32_t core_args[3];
    uint16_t origin_x, origin_y;
    uint32_t print;
    uint32_t zones;
    uint32_t own_end;
    uint32_t args_end;
    uint32_t timed;
    uint32_t cb_mask;
    struct tt_cb_config cb[TT_N_CB];
};

/* What a core waits for: tt_mailbox.wait[risc] = kind << 24 | detail. */
#define TT_WAIT_NONE       0u
#define TT_WAIT_CB_FRONT   1u /* detail: cb << 16 | pages */
#define TT_WAIT_CB_BACK    2u /* detail: cb << 16 | pages */
#define TT_WAIT_SEMAPHORE  3u /* detail: L1 address of the semaphore */
#define TT_WAIT_NOC_READ   4u
#define TT_WAIT_NOC_WRITE  5u
#define TT_WAIT_NOC_ATOMIC 6u
#define TT_WAIT_TENSIX     7u /* coprocessor queue to drain */
#define TT_WAIT_DST        8u /* a half of DST */
#define TT_WAIT_PRINT      9u /* the host to take what was printed */

/* tt_mailbox.error[risc] = kind << 24 | line; 0 = none */
#define TT_ERROR_ASSERT 1u
#define TT_ERROR_CB_SIZE                                                       \
    2u /* waits for more pages than the buffer holds;                          \
        * detail: cb << 16 | pages */

/* tt_mailbox.where[risc] belongs to wait[risc] and error[risc]: the address in
 * the kernel to which the function that waits or has failed would return; 0 =
 * it is a part of the kernel, so that the pc says all. */

/**
 * struct tt_mailbox - the handshake
 *
 * Boot: the host holds all cores in reset, writes firmware, zeroes this block
 * but for its place, releases BRISC; BRISC sets up the tile, releases the
 * others, waits for their `ready` words and then sets done = 0,
 * boot = TT_BOOT_READY.
 *
 * A launch has a number that the core has not seen yet: the host brings the
 * launch block up to date, zeroes semaphores and credits, then go = n. BRISC
 * (dropping the i-caches first if the block's code is new) sets sub_go[risc] =
 * n for those of the four others that have a kernel; they run it and set
 * sub_done[risc] = n; BRISC runs its own kernel, waits for them and sets done
 * = n. The host waits for done == n.
 */
struct tt_mailbox {
    volatile uint32_t go;          /* host */
    volatile uint32_t tensix_go;   /* TRISC1: coprocessor state is set up */
    volatile uint32_t boot;        /* BRISC */
    volatile uint32_t done;        /* BRISC */
    uint16_t logical_x, logical_y; /* host: this core in the device's grid */
    volatile uint32_t sub_go[TT_N_RISC];   /* BRISC */
    volatile uint32_t sub_done[TT_N_RISC]; /* by RISC index, own word each */
    volatile uint32_t ready[TT_N_RISC];    /* by RISC index */
    volatile uint32_t wait[TT_N_RISC];     /* by RISC index: for what */
    volatile uint32_t error[TT_N_RISC];
    volatile uint32_t where[TT_N_RISC]; /* see above */
    /* by RISC index: wall clock (low, high) before and after its kernel */
    volatile uint32_t time[TT_N_RISC][4];
    volatile uint32_t reserved[9];
};
#define TT_BOOT_READY 0x544F4F42u

/* ---- printing ---- */

/* A record is kind << 24 | words that follow << 16 | detail. */
#define TT_PRINT_TEXT      1u /* detail: bytes */
#define TT_PRINT_I32       2u
#define TT_PRINT_U32       3u
#define TT_PRINT_I64       4u
#define TT_PRINT_U64       5u
#define TT_PRINT_F32       6u
#define TT_PRINT_CHAR      7u /* detail: the character */
#define TT_PRINT_NEWLINE   8u
#define TT_PRINT_BASE      9u  /* detail: 8, 10 or 16 */
#define TT_PRINT_FIXED     10u /* detail: 1 on, 0 off */
#define TT_PRINT_PRECISION 11u /* detail: digits */
#define TT_PRINT_WIDTH     12u /* detail: sticky << 8 | columns */
#define TT_PRINT_FORMAT                                                        \
    13u /* detail: bytes of a text with "{}"; more of the                      \
         * text may follow, then the values, then */
#define TT_PRINT_END 14u

#define TT_PRINT_WORDS 256u /* of a ring; a power of two */

/** struct tt_print_ring - what one RISC-V core prints; one writer per word */
struct tt_print_ring {
    volatile uint32_t written; /* words ever written; the core */
    uint32_t pad0[3];
    volatile uint32_t taken; /* words ever read; the host */
    uint32_t pad1[3];
    volatile uint32_t word[TT_PRINT_WORDS]; /* at index modulo the size */
};

/* ---- zones: DeviceZoneScopedN ---- */

#define TT_ZONE_MAX 96u

/** struct tt_zone - one pass through a zone
 *  @name: L1 address of its name, in the kernel's image
 *  @begin, @end: low words of the wall clock */
struct tt_zone {
    uint32_t name, begin, end;
};

/** struct tt_zone_log - zones of one RISC-V core, in order of their begins;
 *  @n counts also those that found no room */
struct tt_zone_log {
    volatile uint32_t n;
    uint32_t pad[3];
    struct tt_zone zone[TT_ZONE_MAX];
};

#endif
