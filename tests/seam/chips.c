/* SPDX-License-Identifier: MIT */
/* The three chips that the cases run on. */
#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>

#include "tests/double/double.h"
#include "tests/seam/seam.h"

static bool start_nothing(struct seam *s)
{
    (void)s;
    return true;
}

/* ---- the embedded chip ---- */

static nxs_status open_emu(struct seam *s, struct tt_device **out)
{
    (void)s;
    return tt_emu_open(out);
}

static void lose_nothing(struct seam *s, struct tt_device *dev)
{
    (void)s;
    (void)dev;
}

static bool finish_nothing(struct seam *s)
{
    (void)s;
    return true;
}

const struct seam_chip seam_emu = {
    .name = "emu",
    .start = start_nothing,
    .open = open_emu,
    .lose = lose_nothing,
    .finish = finish_nothing,
};

/* ---- a card behind the test double of its driver ---- */

static bool start_double(struct seam *s)
{
    s->state = tt_double_new();
    return s->state;
}

/* A card that has been closed may be opened again. */
static nxs_status open_card(struct seam *s, struct tt_device **out)
{
    unsigned index = s->dev ? 1 : 0;
    struct tt_card card = {.vendor = TT_PCI_VENDOR,
                           .id = TT_PCI_WORMHOLE,
                           .chip = "Wormhole",
                           .bus = (uint8_t)(index + 1),
                           .device = -1};

    (void)snprintf(card.address, sizeof(card.address), "0000:%02x:00.0",
                   card.bus);
    (void)snprintf(card.node, sizeof(card.node), "/dev/tenstorrent/%u", index);
    return tt_kmd_open(tt_double_sys(s->state), &card, out);
}

/* The next request to the driver fails as after a reset by somebody else. */
static void lose_card(struct seam *s, struct tt_device *dev)
{
    struct tt_double_card *card = tt_double_card(s->state, dev == s->second);

    card->gone = true;
    /* what the card was asked last is believed for a while */
    TT_CONTAINER_OF(dev, struct tt_kmd, dev)->checked_ns = 0;
}

static bool finish_double(struct seam *s)
{
    const char *violation = tt_double_violation(s->state);
    unsigned fds = tt_double_open_fds(s->state);
    unsigned maps = tt_double_maps(s->state);
    bool good = !violation && !fds && !maps;

    if (!good)
        (void)snprintf(s->why, sizeof(s->why),
                       "%u descriptors and %u mappings left; %s", fds, maps,
                       violation ? violation : "nothing forbidden");
    tt_double_free(s->state);
    return good;
}

const struct seam_chip seam_kmd = {
    .name = "kmd",
    .start = start_double,
    .open = open_card,
    .lose = lose_card,
    .finish = finish_double,
};

/* ---- the official simulator ---- */

static nxs_status open_ttsim(struct seam *s, struct tt_device **out)
{
    (void)s;
    return tt_ttsim_open(out);
}

/* An instruction that does not exist, where BRISC starts. */
static void lose_ttsim(struct seam *s, struct tt_device *dev)
{
    const struct tt_noc_addr core = seam_worker(1, 1, 0);
    const uint32_t code = 0;
    enum tt_progress progress;

    OK(s, tt_device_write(dev, core, &code, sizeof(code)));
    OK(s, tt_device_reset(dev, core, tt_arch_wormhole.soft_reset_subs));
    for (int i = 0; i < 10; i++)
        if (tt_device_progress(dev, &progress) < 0)
            return;
}

static bool finish_ttsim(struct seam *s)
{
    if (waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD)
        return true;
    (void)snprintf(s->why, sizeof(s->why), "a process is left");
    return false;
}

const struct seam_chip seam_ttsim = {
    .name = "ttsim",
    .start = start_nothing,
    .open = open_ttsim,
    .lose = lose_ttsim,
    .finish = finish_ttsim,
};
