/* SPDX-License-Identifier: MIT */
/* What kernels choose among: operations, broadcasts, reductions. */
#ifndef TT_KINDS_H
#define TT_KINDS_H

#include "tt/core.h"

/** SrcOrder - which operand goes to SrcA: the first, or for matmul the second
 */
enum class SrcOrder : uint8_t { Normal, Reverse };

namespace ckernel
{

using ::SrcOrder;

/** BroadcastType - what of a second operand is spread over the tile: its
 *  column 0, its row 0 or its element 0 */
enum class BroadcastType : uint8_t { NONE, COL, ROW, SCALAR };

/** EltwiseBinaryType - kernels write these names without their type too */
enum EltwiseBinaryType : uint8_t { ELWMUL, ELWDIV, ELWADD, ELWSUB, ELWLESS };

/** EltwiseBinaryReuseDestType - the operand that comes from Dst */
enum class EltwiseBinaryReuseDestType : uint8_t {
    NONE,
    DEST_TO_SRCA,
    DEST_TO_SRCB
};

/** PoolType - how reduce_tile combines; AVG is SUM, the scaler divides */
enum class PoolType : uint8_t { SUM, AVG, MAX, MIN };

/** ReduceDim - what remains: REDUCE_ROW column 0, REDUCE_COL row 0,
 *  REDUCE_SCALAR element 0 */
enum ReduceDim : uint8_t { REDUCE_ROW, REDUCE_COL, REDUCE_SCALAR };

/** DstSync - what DST_SYNC_MODE names: Dst is handed over half by half */
enum DstSync : uint8_t { SyncHalf, SyncFull };

/** ReluType - modes of pack_relu_config */
enum ReluType : uint8_t {
    NO_RELU,
    ZERO_RELU,
    MIN_THRESHOLD_RELU,
    MAX_THRESHOLD_RELU
};

} /* namespace ckernel */

#endif
