/* SPDX-License-Identifier: MIT */
/* Building scripts. */
#include "tests/diff/script.h"

#include <stdlib.h>
#include <string.h>

/* More than any case needs; see also the room that run.c has. */
#define MAX_ENTRIES 20000u

void script_init(struct script *s, uint64_t seed)
{
    memset(s, 0, sizeof(*s));
    s->n_tiles = 1;
    /* Not a multiple of the generator's step: streams must not overlap. */
    s->rng = (seed + 1) * 0xD1342543DE82EF95u;
    s->rng ^= s->rng >> 29;
    s->input = malloc(SCRIPT_INPUT_SIZE);
    if (!s->input) {
        s->failed = true;
        return;
    }
    for (size_t i = 0; i < SCRIPT_INPUT_SIZE; i += 4) {
        uint32_t word = script_random(s);

        memcpy(s->input + i, &word, 4);
    }
}

void script_fini(struct script *s)
{
    free(s->entry);
    free(s->input);
}

void script_copy(struct script *s, const struct script *from)
{
    *s = *from;
    s->input = malloc(SCRIPT_INPUT_SIZE);
    s->entry = malloc(from->len * sizeof(*s->entry) + 1);
    s->cap = from->len;
    s->failed = from->failed || !s->input || !s->entry;
    if (s->failed)
        return;
    memcpy(s->input, from->input, SCRIPT_INPUT_SIZE);
    if (from->len)
        memcpy(s->entry, from->entry, from->len * sizeof(*s->entry));
}

/* splitmix64 */
uint32_t script_random(struct script *s)
{
    uint64_t z = s->rng += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (uint32_t)(z >> 32 ^ z);
}

uint32_t script_below(struct script *s, uint32_t n)
{
    return (uint32_t)((uint64_t)script_random(s) * n >> 32);
}

bool script_chance(struct script *s, unsigned percent)
{
    return script_below(s, 100) < percent;
}

unsigned script_add_tile(struct script *s, unsigned x, unsigned y)
{
    if (s->n_tiles == SCRIPT_TILES) {
        s->failed = true;
        return 0;
    }
    s->at[s->n_tiles].x = (uint8_t)x;
    s->at[s->n_tiles].y = (uint8_t)y;
    return s->n_tiles++;
}

void script_add_area(struct script *s, struct script_area area)
{
    if (s->n_areas == SCRIPT_AREAS)
        s->failed = true;
    else
        s->area[s->n_areas++] = area;
}

static void append(struct script *s, enum script_op op, uint32_t addr,
                   uint32_t value)
{
    if (s->len == MAX_ENTRIES)
        s->failed = true;
    if (s->failed)
        return;
    if (s->len == s->cap) {
        size_t cap = s->cap ? 2 * s->cap : 1024;
        struct script_entry *entry = realloc(s->entry, cap * sizeof(*entry));

        if (!entry) {
            s->failed = true;
            return;
        }
        s->entry = entry;
        s->cap = cap;
    }
    s->entry[s->len++] = (struct script_entry){.addr = addr,
                                               .value = value,
                                               .op = (uint8_t)op,
                                               .tile = (uint8_t)s->tile,
                                               .core = (uint8_t)s->core};
}

void script_on(struct script *s, unsigned core)
{
    s->core = core;
}

void script_on_tile(struct script *s, unsigned tile, unsigned core)
{
    s->tile = tile;
    s->core = core;
}

void script_store(struct script *s, uint32_t addr, uint32_t value)
{
    append(s, SCRIPT_STORE, addr, value);
}

void script_load(struct script *s, uint32_t addr)
{
    append(s, SCRIPT_LOAD, addr, 0);
}

void script_call(struct script *s, uint32_t addr)
{
    append(s, SCRIPT_CALL, addr, 0);
}

void script_poke(struct script *s, uint32_t addr, uint32_t value)
{
    append(s, SCRIPT_POKE, addr, value);
}

void script_return(struct script *s, uint32_t addr)
{
    uint32_t slot = SCRIPT_RETURN + 4 * s->core;

    script_poke(s, addr, slot << 20 | 0x00002083u); /* lw x1, slot(x0) */
    script_poke(s, addr + 4, 0x00008067u);          /* jalr x0, 0(x1) */
}
