/* SPDX-License-Identifier: MIT */
/* The interface of tt-kmd 2.x: request numbers and argument layouts. */
#ifndef TT_KMD_IOCTL_H
#define TT_KMD_IOCTL_H

#include <stdint.h>

/* tt-kmd, ioctl.h: all requests are _IO(0xFA, n), sizes are not encoded. */
#define TT_KMD_GET_DEVICE_INFO 0xFA00u
#define TT_KMD_QUERY_MAPPINGS  0xFA02u
#define TT_KMD_GET_DRIVER_INFO 0xFA05u
#define TT_KMD_LOCK_CTL        0xFA08u
#define TT_KMD_ALLOCATE_TLB    0xFA0Bu
#define TT_KMD_FREE_TLB        0xFA0Cu
#define TT_KMD_CONFIGURE_TLB   0xFA0Du
#define TT_KMD_SET_NOC_CLEANUP 0xFA0Eu
#define TT_KMD_SET_POWER_STATE 0xFA0Fu

#define TT_KMD_API_VERSION 2u

/** struct tt_kmd_device_info - which chip a node stands for
 *  @output_size: in: bytes of what follows that the driver may fill
 *  @bus_dev_fn: bits 0-2 function, 3-7 device, 8-15 bus */
struct tt_kmd_device_info {
    uint32_t output_size;
    uint32_t size;
    uint16_t vendor, device;
    uint16_t subsystem_vendor, subsystem;
    uint16_t bus_dev_fn;
    uint16_t max_dma_buffer_log2;
    uint16_t domain;
    uint16_t reserved;
};

/** struct tt_kmd_driver_info - which driver answers
 *  @output_size: as above */
struct tt_kmd_driver_info {
    uint32_t output_size;
    uint32_t size;
    uint32_t api_version;
    uint8_t major, minor, patch;
    uint8_t reserved;
};

/* Values of tt_kmd_mapping.id. */
#define TT_KMD_MAPPING_BAR0_UC 1u
#define TT_KMD_MAPPING_BAR4_UC 5u
#define TT_KMD_N_MAPPINGS      8u

/** struct tt_kmd_mapping - one BAR as a range of mmap offsets */
struct tt_kmd_mapping {
    uint32_t id;
    uint32_t reserved;
    uint64_t base;
    uint64_t size;
};

/** struct tt_kmd_mappings - in: @n entries of room */
struct tt_kmd_mappings {
    uint32_t n;
    uint32_t reserved;
    struct tt_kmd_mapping mapping[TT_KMD_N_MAPPINGS];
};

#define TT_KMD_LOCK_ACQUIRE 0u

/** struct tt_kmd_lock - one of 64 advisory locks, held until the descriptor
 *  is closed
 *  @value: out: 1 = acquired, 0 = somebody else holds it */
struct tt_kmd_lock {
    uint32_t output_size;
    uint32_t flags;
    uint8_t index;
    uint8_t reserved[3];
    uint8_t value;
    uint8_t reserved_out[3];
};

/** struct tt_kmd_allocate_tlb - a window of exactly 1, 2 or 16 MiB
 *  @id, @offset_uc, @offset_wc: out: name, and where mmap finds it */
struct tt_kmd_allocate_tlb {
    uint64_t size;
    uint64_t reserved;
    uint32_t id;
    uint32_t reserved0;
    uint64_t offset_uc;
    uint64_t offset_wc;
    uint64_t reserved1;
};

/* tt_kmd_tlb_config.ordering (tt-isa-documentation, PCIExpressTile/TLBs.md,
 * "Ordering modes"). */
#define TT_KMD_ORDER_DEFAULT 0u
#define TT_KMD_ORDER_STRICT  1u

/** struct tt_kmd_tlb_config - where a window looks
 *  @addr: aligned to the window's size
 *  @x_end, @y_end: the tile; the start fields stay 0 for a single one */
struct tt_kmd_tlb_config {
    uint64_t addr;
    uint16_t x_end, y_end;
    uint16_t x_start, y_start;
    uint8_t noc, mcast, ordering, linked, static_vc;
    uint8_t reserved[3];
    uint32_t reserved1[2];
};

/** struct tt_kmd_configure_tlb - aim a window that the descriptor owns */
struct tt_kmd_configure_tlb {
    uint32_t id;
    uint32_t reserved;
    struct tt_kmd_tlb_config config;
    uint64_t reserved_out;
};

/** struct tt_kmd_free_tlb - give a window back; EBUSY while it is mapped */
struct tt_kmd_free_tlb {
    uint32_t id;
};

/** struct tt_kmd_noc_cleanup - the one 32-bit NOC write that the driver does
 *  when the descriptor is closed, whatever ended the process */
struct tt_kmd_noc_cleanup {
    uint32_t size; /* of this structure */
    uint32_t flags;
    uint8_t enabled, x, y, noc;
    uint32_t reserved;
    uint64_t addr;
    uint64_t data;
};

#define TT_KMD_POWER_ALL_FLAGS 15u     /* validity: 15 flags, no settings */
#define TT_KMD_POWER_FLAGS     0x7FFFu /* bit 0: highest AICLK */

/** struct tt_kmd_power_state - what this descriptor wants powered */
struct tt_kmd_power_state {
    uint32_t size; /* of this structure */
    uint32_t flags;
    uint8_t reserved;
    uint8_t validity;
    uint16_t power_flags;
    uint16_t settings[14];
};

#endif
