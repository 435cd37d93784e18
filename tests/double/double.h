/* SPDX-License-Identifier: MIT */
/*
 * A test double of tt-kmd and the cards below it: struct tt_kmd_sys over
 * embedded chips. It is stricter than silicon: what is written in bulk stays
 * away until a fence and a read have pushed it, and then arrives in reverse
 * order; what would end the process on silicon is counted as a violation.
 */
#ifndef TT_DOUBLE_H
#define TT_DOUBLE_H

#include "device/kmd_impl.h"

#define TT_DOUBLE_CARDS   2u
#define TT_DOUBLE_WINDOWS 186u

/** TT_DOUBLE_MMAP - stands for mmap in fail_ioctl; no request has its number */
#define TT_DOUBLE_MMAP 1u

struct tt_double;

/** struct tt_double_window - one TLB window of a card
 *  @owner: descriptor, -1 if free
 *  @n_maps: live mappings */
struct tt_double_window {
    int owner;
    unsigned n_maps;
    bool aimed;
    struct tt_kmd_tlb_config config;
};

/**
 * struct tt_double_card - one card; tests set the upper part to inject faults
 * @open_errno: opening the node fails with it
 * @exclusive: somebody has it open with O_EXCL
 * @locked: somebody else holds all advisory locks
 * @major, @minor, @api: of the driver
 * @bus: what the driver says; the node is /dev/tenstorrent/<index>
 * @harvested: row mask that the firmware reports
 * @dead: every register reads as all ones
 * @stopped: the management firmware does not run
 * @untranslated: the firmware has not turned translation on
 * @slow: the clock does not rise
 * @misplaced: cores say that they are somewhere else
 * @no_bar0, @no_bar4: the host has shrunk it
 * @dies_after: after so many words read, nothing but all ones; 0 = lives
 * @bad_message: the firmware does not like this message, and ...
 * @bad_answer: ... this is what it leaves there; 0 = it never answers
 * @spare: windows of 1, 2 and 16 MiB that others leave
 * @fail_ioctl, @fail_errno: this request fails so
 * @fail_after: ... after so many successful ones
 * @aiclk: what the clock is
 * @messages: one bit per message 0x00 .. 0xFF sent
 * @n_configured: windows aimed so far
 * @power_flags: what was asked for last
 */
struct tt_double_card {
    int open_errno;
    bool exclusive, locked;
    uint8_t major, minor;
    uint32_t api;
    uint8_t bus;
    uint32_t harvested;
    bool dead, stopped, untranslated, slow, misplaced;
    bool no_bar0, no_bar4;
    unsigned dies_after;
    uint32_t bad_message, bad_answer;
    unsigned spare[3];
    uint32_t fail_ioctl;
    int fail_errno;
    unsigned fail_after;
    uint32_t aiclk;

    uint64_t messages[4];
    unsigned n_configured;
    uint16_t power_flags;
    unsigned n_cleanups;
    bool gone;
    struct tt_device *chip;
    uint64_t held[2];
    struct tt_double_window window[TT_DOUBLE_WINDOWS];
    uint32_t result, message, control;
    unsigned delay;
};

/** tt_double_new - two idle, healthy cards; NULL if there is no memory */
struct tt_double *tt_double_new(void);

/** tt_double_free - everything; NULL is ignored */
void tt_double_free(struct tt_double *d);

/** tt_double_card - card 0 or 1, to look at it or to break it */
struct tt_double_card *tt_double_card(struct tt_double *d, unsigned index);

/** tt_double_sys - what to hand to tt_kmd_open(); lives as long as @d */
struct tt_kmd_sys *tt_double_sys(struct tt_double *d);

/** tt_double_violation - the first thing that silicon would not have forgiven,
 *  NULL if there was none */
const char *tt_double_violation(const struct tt_double *d);

/** tt_double_be_fatal - from now on a violation ends the process */
void tt_double_be_fatal(struct tt_double *d);

/** tt_double_open_fds - descriptors that are open */
unsigned tt_double_open_fds(const struct tt_double *d);

/** tt_double_maps - mappings that are live */
unsigned tt_double_maps(const struct tt_double *d);

/** tt_double_kill - end the process that has the cards open: its descriptors
 *  are closed, its mappings are gone */
void tt_double_kill(struct tt_double *d);

#endif
