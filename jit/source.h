/* SPDX-License-Identifier: MIT */
/* What the compiler is given: a description checked, named and written out. */
#ifndef TT_SOURCE_H
#define TT_SOURCE_H

#include "jit/sha256.h"
#include "jit/text.h"
#include "jit/tt_jit.h"

/**
 * tt_source_check - whether a description can be compiled
 * @desc: any contents
 *
 * Definitions must be identifiers with a value of one line: what they contain
 * then cannot reach beyond their own lines.
 *
 * Return: NXS_Success; NXS_InvalidValue with the reason in the log.
 */
nxs_status tt_source_check(const struct tt_jit_desc *desc);

/**
 * tt_source_key - a name for everything that a description says
 * @desc: checked description
 * @out: equal for two descriptions only if all their fields are
 */
void tt_source_key(const struct tt_jit_desc *desc, uint8_t out[TT_SHA256_SIZE]);

/** tt_source_role - the role whose source an image is made from, TT_ROLE_* */
unsigned tt_source_role(unsigned risc);

/**
 * tt_source_config - text of the header that is included before all else
 * @desc: checked description
 * @risc: which image, TT_RISC_*
 * @out: text is added here
 *
 * It includes "tt_kernel_defines.h" from its own folder and "tt/prelude.h".
 */
void tt_source_config(const struct tt_jit_desc *desc, unsigned risc,
                      struct tt_text *out);

/** tt_source_defines - text of the header with the caller's definitions for
 *  the role of @risc, alone in a file so that an open comment ends there */
void tt_source_defines(const struct tt_jit_desc *desc, unsigned risc,
                       struct tt_text *out);

/** tt_source_text - the source, with the caller's name for messages */
void tt_source_text(const struct tt_jit_desc *desc, struct tt_text *out);

#endif
