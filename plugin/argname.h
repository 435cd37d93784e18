/* SPDX-License-Identifier: MIT */
/* Names of arguments and constants that mean something to this plugin. */
#ifndef TT_ARGNAME_H
#define TT_ARGNAME_H

#include <stdbool.h>

#include "device/l1_map.h"

/** enum tt_argname_kind - what a name asks for; see nxsSetCommandScalar() */
enum tt_argname_kind {
    TT_ARGNAME_NONE,     /* nothing: an ordinary argument */
    TT_ARGNAME_CB,       /* "CB" */
    TT_ARGNAME_CTA,      /* "[ROLE_]CTA" */
    TT_ARGNAME_ARG,      /* "[ROLE_]ARG" */
    TT_ARGNAME_L1,       /* "[ROLE_]L1" */
    TT_ARGNAME_DEFINE,   /* "[ROLE_]DEFINE:NAME" or "...:NAME=VALUE" */
    TT_ARGNAME_DST_FP32, /* "FP32_DEST_ACC" */
    TT_ARGNAME_FIDELITY, /* "MATH_FIDELITY" */
    TT_ARGNAME_OTHER     /* any other name */
};

#define TT_ALL_ROLES ((1u << TT_N_ROLES) - 1u)

/** struct tt_argname - a name taken apart
 *  @roles: bit per TT_ROLE_*, for CTA, ARG, L1 and DEFINE
 *  @rest: what follows "DEFINE:", inside the parsed string; else "" */
struct tt_argname {
    enum tt_argname_kind kind;
    unsigned roles;
    const char *rest;
};

/** tt_argname_parse - take a name apart; NULL and "" are TT_ARGNAME_NONE */
struct tt_argname tt_argname_parse(const char *name);

/** tt_argname_is_identifier - whether the first @len characters of @text are a
 *  C identifier of at most 255 characters */
bool tt_argname_is_identifier(const char *text, unsigned long len);

#endif
