/* SPDX-License-Identifier: MIT */
/* The vector-unit functions of the kernel API. Kernels reach it through
 * eltwise_unary/ and the like; what adds tiles and nothing more never reads it.
 */
#ifndef TT_COMPUTE_VECTOR_H
#define TT_COMPUTE_VECTOR_H

#include "tt/vector_activation.h"
#include "tt/vector_arc.h"
#include "tt/vector_erf.h"
#include "tt/vector_hyperbolic.h"
#include "tt/vector_int_limit.h"
#include "tt/vector_int_names.h"
#include "tt/vector_modulo.h"
#include "tt/vector_number.h"
#include "tt/vector_quotient.h"
#include "tt/vector_random.h"
#include "tt/vector_round.h"
#include "tt/vector_select.h"
#include "tt/vector_sigmoid.h"
#include "tt/vector_sign.h"
#include "tt/vector_trig.h"
#include "tt/vector_typecast.h"

#endif
