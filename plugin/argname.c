/* SPDX-License-Identifier: MIT */
/* Names of arguments and constants that mean something to this plugin. */
#include "plugin/argname.h"

#include <stddef.h>
#include <string.h>

static const char *skip(const char *text, const char *prefix)
{
    size_t len = strlen(prefix);

    return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

static const char *parse_roles(const char *name, unsigned *out_roles)
{
    static const struct {
        const char *prefix;
        unsigned roles;
    } prefixes[] = {{"READER_", 1u << TT_ROLE_READER},
                    {"WRITER_", 1u << TT_ROLE_WRITER},
                    {"COMPUTE_", 1u << TT_ROLE_COMPUTE}};

    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        const char *rest = skip(name, prefixes[i].prefix);

        if (rest) {
            *out_roles = prefixes[i].roles;
            return rest;
        }
    }
    *out_roles = TT_ALL_ROLES;
    return name;
}

static enum tt_argname_kind plain_kind(const char *name)
{
    if (strcmp(name, "CB") == 0)
        return TT_ARGNAME_CB;
    if (strcmp(name, "FP32_DEST_ACC") == 0)
        return TT_ARGNAME_DST_FP32;
    if (strcmp(name, "MATH_FIDELITY") == 0)
        return TT_ARGNAME_FIDELITY;
    return TT_ARGNAME_OTHER;
}

struct tt_argname tt_argname_parse(const char *name)
{
    struct tt_argname result = {.kind = TT_ARGNAME_NONE, .rest = ""};
    const char *verb, *rest;

    if (!name || !*name)
        return result;
    verb = parse_roles(name, &result.roles);
    rest = skip(verb, "DEFINE:");
    if (rest) {
        result.kind = TT_ARGNAME_DEFINE;
        result.rest = rest;
    } else if (strcmp(verb, "CTA") == 0) {
        result.kind = TT_ARGNAME_CTA;
    } else if (strcmp(verb, "ARG") == 0) {
        result.kind = TT_ARGNAME_ARG;
    } else if (strcmp(verb, "L1") == 0) {
        result.kind = TT_ARGNAME_L1;
    } else {
        result.kind = plain_kind(name);
    }
    return result;
}

bool tt_argname_is_identifier(const char *text, unsigned long len)
{
    for (unsigned long i = 0; i < len; i++) {
        char c = text[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

        if (!letter && c != '_' && !(i && c >= '0' && c <= '9'))
            return false;
    }
    return len > 0 && len < 256;
}
