/* SPDX-License-Identifier: MIT */
/* Opens a plugin as hosts do, and finds its entry points. */
#include <dlfcn.h>
#include <stdio.h>

#include "tests/conform/conform.h"

static const char *const names[N_ENTRIES] = {
#define X(name) "nxs" #name,
    CONFORM_ENTRIES(X)
#undef X
};

const char *conform_entry_name(enum conform_entry entry)
{
    return names[entry];
}

bool conform_has(const struct conform *c, enum conform_entry entry)
{
    return c->entry[entry] != NULL;
}

void (*conform_entry(struct conform *c, enum conform_entry entry))(void)
{
    if (c->entry[entry])
        return c->entry[entry];
    if (c->options->strict)
        conform_fail(c, names[entry], "there", "absent");
    conform_skip(c, "%s is absent", names[entry]);
}

void conform_open(struct conform *c)
{
    const char *error;

    dlerror();
    c->plugin = dlopen(c->options->plugin, RTLD_NOW | RTLD_GLOBAL);
    if (!c->plugin) {
        error = dlerror();
        conform_fail(c, "dlopen", "the plugin is opened",
                     error ? error : "no reason is given");
    }
    for (int i = 0; i < N_ENTRIES; i++)
        *(void **)&c->entry[i] = dlsym(c->plugin, names[i]);
    dlerror();
}
