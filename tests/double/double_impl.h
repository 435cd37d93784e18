/* SPDX-License-Identifier: MIT */
/* What the files of the test double share. */
#ifndef TT_DOUBLE_IMPL_H
#define TT_DOUBLE_IMPL_H

#include "tests/double/double.h"

#define DOUBLE_FDS  256u
#define DOUBLE_MAPS 512u
#define DOUBLE_SLOT (16ull << 20) /* the largest window */

/** struct double_fd - an open descriptor */
struct double_fd {
    bool open;
    unsigned card;
    uint64_t locks;
    struct tt_kmd_noc_cleanup cleanup;
};

/** struct double_map - a mapping: of a window, or of a page of BAR 0
 *  @len: 0 if there is none */
struct double_map {
    unsigned char *ptr;
    size_t len;
    unsigned card, window;
    uint64_t bar0;
    bool is_window, combined;
};

/** struct double_tiles - where a window looks: a rectangle; one tile mostly */
struct double_tiles {
    struct tt_noc_addr first, last;
};

/** struct double_store - a bulk write on its way
 *  @sent: it has left the processor: @at is settled then */
struct double_store {
    unsigned char *data;
    size_t len;
    unsigned card, window;
    uint64_t offset;
    bool sent;
    struct double_tiles at;
};

struct tt_double {
    struct tt_kmd_sys sys;
    pthread_mutex_t lock;
    struct tt_double_card card[TT_DOUBLE_CARDS];
    struct double_fd fd[DOUBLE_FDS];
    unsigned char *arena; /* mapping i begins i * DOUBLE_SLOT in it */
    struct double_map map[DOUBLE_MAPS];
    struct double_store *store;
    size_t n_stores, max_stores;
    bool killed, fatal;
    char violation[160];
};

/** double_violate - record what silicon would not forgive; the first counts */
void double_violate(struct tt_double *d, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/** double_window_size - bytes of a window by its number */
uint64_t double_window_size(unsigned id);

/** double_access_init - fill in the slots that touch windows */
void double_access_init(struct tt_double *d);

/** double_access_fini - drop what is still on its way */
void double_access_fini(struct tt_double *d);

/** double_chip_write - a write that has arrived at a chip */
void double_chip_write(struct tt_double *d, struct tt_double_card *card,
                       struct tt_noc_addr at, const void *data, size_t len);

#endif
