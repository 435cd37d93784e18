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

/** struct VectorMode - which faces kernels want of a vector function, for those
 *  that name it; always all are done */
struct VectorMode {
    enum Mode : int {
        None = 0,
        R = 1,
        C = 2,
        RC = 4,
        RC_custom = 6,
        Invalid = 0xFF
    };

    constexpr VectorMode(Mode mode) : mode_(mode)
    {
    }
    constexpr operator int() const
    {
        return mode_;
    }

    Mode mode_;
};

/** InputClamping - of the approximate exponential, which always clamps */
enum class InputClamping : uint8_t { None, ClampToNegative };

/** DstRoundingMode - of vector arithmetic, which always rounds to nearest */
enum class DstRoundingMode : uint8_t { Default, NearestEven };

/** RoundingMode - of quotients; only None is there */
enum class RoundingMode : uint8_t { None, Trunc, Floor };

/** ReluType - modes of pack_relu_config */
enum ReluType : uint8_t {
    NO_RELU,
    ZERO_RELU,
    MIN_THRESHOLD_RELU,
    MAX_THRESHOLD_RELU
};

} /* namespace ckernel */

#endif
