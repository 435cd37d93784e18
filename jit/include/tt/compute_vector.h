/* SPDX-License-Identifier: MIT */
/* The vector-unit functions of the kernel API. Kernels reach it through
 * eltwise_unary/ and the like; what adds tiles and nothing more never reads it.
 */
#ifndef TT_COMPUTE_VECTOR_H
#define TT_COMPUTE_VECTOR_H

#include "tt/vector_compare.h"
#include "tt/vector_exp.h"
#include "tt/vector_int.h"
#include "tt/vector_log.h"
#include "tt/vector_root.h"
#include "tt/vector_round.h"
#include "tt/vector_sign.h"
#include "tt/vector_trig.h"

#endif
