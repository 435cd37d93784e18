// SPDX-License-Identifier: MIT
// Every name of the compute API once: checked by the compiler, never run.

#define REDUCE_OP           PoolType::SUM
#define REDUCE_DIM          ReduceDim::REDUCE_ROW
#define SFPU_OP_EXP_INCLUDE 1
#ifdef OLD_PATHS
#include "compute_kernel_api.h"
#include "compute_kernel_api/bcast.h"
#include "compute_kernel_api/common.h"
#include "compute_kernel_api/compute_kernel_hw_startup.h"
#include "compute_kernel_api/eltwise_binary.h"
#include "compute_kernel_api/eltwise_binary_sfpu.h"
#include "compute_kernel_api/eltwise_unary/eltwise_unary.h"
#include "compute_kernel_api/eltwise_unary/sfpu_split_includes.h"
#include "compute_kernel_api/matmul.h"
#include "compute_kernel_api/pack.h"
#include "compute_kernel_api/reduce.h"
#include "compute_kernel_api/reg_api.h"
#include "compute_kernel_api/softmax.h"
#include "compute_kernel_api/tile_move_copy.h"
#include "compute_kernel_api/tilize.h"
#include "compute_kernel_api/transpose_wh.h"
#include "compute_kernel_api/untilize.h"
#include "debug/dprint.h"
#else
#include "api/compute/bcast.h"
#include "api/compute/binary_max_min.h"
#include "api/compute/cb_api.h"
#include "api/compute/common.h"
#include "api/compute/compute_kernel_api.h"
#include "api/compute/compute_kernel_hw_startup.h"
#include "api/compute/copy_dest_values.h"
#include "api/compute/eltwise_binary.h"
#include "api/compute/eltwise_binary_sfpu.h"
#include "api/compute/eltwise_unary/bitwise_not.h"
#include "api/compute/eltwise_unary/eltwise_unary.h"
#include "api/compute/eltwise_unary/exp.h"
#include "api/compute/eltwise_unary/fill.h"
#include "api/compute/eltwise_unary/negative.h"
#include "api/compute/eltwise_unary/recip.h"
#include "api/compute/eltwise_unary/relu.h"
#include "api/compute/eltwise_unary/rounding.h"
#include "api/compute/eltwise_unary/rsqrt.h"
#include "api/compute/eltwise_unary/sfpu_split_includes.h"
#include "api/compute/eltwise_unary/sqrt.h"
#include "api/compute/eltwise_unary/trigonometry.h"
#include "api/compute/eltwise_unary/typecast.h"
#include "api/compute/matmul.h"
#include "api/compute/pack.h"
#include "api/compute/pack_untilize.h"
#include "api/compute/reconfig_data_format.h"
#include "api/compute/reduce.h"
#include "api/compute/reg_api.h"
#include "api/compute/softmax.h"
#include "api/compute/tile_move_copy.h"
#include "api/compute/tilize.h"
#include "api/compute/transpose.h"
#include "api/compute/transpose_wh.h"
#include "api/compute/untilize.h"
#include "api/dataflow/circular_buffer.h"
#include "api/debug/dprint.h"
#endif
#include "ckernel_include.h"
#include "hostdevcommon/kernel_structs.h"
#include "tools/profiler/kernel_profiler.hpp"
#include <cstdint>

using namespace ckernel;

#if !defined(TRISC_UNPACK) + !defined(TRISC_MATH) + !defined(TRISC_PACK) != 2
#error "exactly one of these says which core this is"
#endif
static_assert(COMPILE_FOR_TRISC >= 0 && DST_ACCUM_MODE + 0 >= 0);
static_assert(MATH_FIDELITY + 0 >= 0);
UNPACK(constexpr int role = 0;)
MATH(constexpr int role = 1;)
PACK(constexpr int role = 2;)
static_assert(role == COMPILE_FOR_TRISC);

constexpr uint32_t a = get_compile_time_arg_val(0);
constexpr uint32_t b = get_compile_time_arg_val(1), c = 2;

[[maybe_unused]] static void starts()
{
    compute_kernel_hw_startup(a, b, c), compute_kernel_hw_startup(a, c);
    compute_kernel_hw_startup<SrcOrder::Reverse>(a, b, c);
    init_sfpu(a, c), unary_op_init_common(a, c), unary_op_init_common(a);
    binary_op_init_common(a, b, c), binary_op_init_common(a, b);
    mm_init(), mm_init(a, b, c), mm_init(a, b, c, 1);
    mm_init_short(), mm_init_short(a, b), mm_init_short(a, b, 1);
    mm_init_short_with_dt(a, b, c), mm_init_short_with_dt(a, b, c, 1);
    matmul_init(a, b), matmul_init(a, b, 1);
    copy_tile_init(), copy_tile_init(a), copy_init(a), copy_init(a, 1);
    copy_tile_to_dst_init_short(), copy_tile_to_dst_init_short(a, 1);
    copy_tile_to_dst_init_short_with_dt(a, b);
    add_tiles_init(), add_tiles_init(a, b), add_tiles_init(a, b, true);
    sub_tiles_init(), sub_tiles_init(a, b), sub_tiles_init(a, b, true);
    mul_tiles_init(), mul_tiles_init(a, b), mul_tiles_init(a, b, true);
    add_init(a, b), sub_init(a, b), mul_init(a, b);
    binary_tiles_init<true, EltwiseBinaryType::ELWADD>(a, b, true);
    init_bcast<EltwiseBinaryType::ELWMUL, BroadcastType::COL>(a, b);
    init_bcast<ELWADD, BroadcastType::ROW>(a, b, c);
    mul_bcast_cols_init_short(), mul_bcast_cols_init_short(a, b);
    sub_bcast_cols_init_short(), add_bcast_rows_init_short();
    mul_tiles_bcast_scalar_init_short(), add_bcast_cols_init_short(a, b);
    mul_tiles_bcast_scalar_init_short(a, b);
    reduce_init<PoolType::SUM, ReduceDim::REDUCE_ROW>(a, b, c);
    reduce_init<REDUCE_OP, REDUCE_DIM>(a, b, c), reduce_uninit();
    reduce_init_delta<false>(), reduce_init_delta<false>(a, b, c);
    reduce_revert_delta(), reduce_revert_delta(c);
    transpose_wh_init(a, c), transpose_wh_init_short(a), transpose_init(a);
    tilize_init(a, 1, c), tilize_uninit(a, c), untilize_init(a);
    tilize_init_short_with_dt(a, b, 1, c), tilize_uninit_with_dt(a, b, c);
    fast_tilize_init(a, 1, c), fast_tilize_uninit(a, c), untilize_uninit(a);
    unary_bcast_init<BroadcastType::COL>(a, c);
    mm_block_init(a, b, c, 0, 1, 1, 1), mm_block_init_short(a, b, 0, 1, 1, 1);
    mm_block_init_short_with_dt(a, b, c, 0, 1, 1, 1);
    mm_block_init_short_with_both_dt(a, b, a, b, 0, 1, 1, 1);
    matmul_block_init(a, b, 0, 1, 1, 1);
    binary_dest_reuse_tiles_init<EltwiseBinaryType::ELWMUL,
                                 EltwiseBinaryReuseDestType::DEST_TO_SRCA>(a);
    reconfig_data_format(a, b), reconfig_data_format(a, b, a, b);
    reconfig_data_format_srca(a), reconfig_data_format_srca(a, b);
    reconfig_data_format_srcb(a), reconfig_data_format_srcb<true>(a, b);
    pack_reconfig_data_format(c), pack_reconfig_data_format(a, c);
    pack_reconfig_l1_acc(0), pack_init(c), pack_relu_config(0);
    pack_rows_init(1), pack_rows(0, c), pack_rows(0, c, 1), pack_rows_uninit();
}

[[maybe_unused]] static void tiles()
{
    cb_wait_front(a, 1), cb_pop_front(a, 1);
    cb_reserve_back(c, 1), cb_push_back(c, 1);
    tile_regs_acquire(), tile_regs_commit();
    tile_regs_wait(), tile_regs_release();
    acquire_dst(), release_dst();
    acquire_dst(tt::DstMode::Half), release_dst(tt::DstMode::Half);
    copy_tile(a, 0, 0), copy_block_matmul_partials(a, 0, 0, 2);
    matmul_tiles(a, b, 0, 0, 0), matmul_tiles(a, b, 0, 0, 0, false);
    matmul_tile(a, b, 0, 0, 0, 0), matmul_block(a, b, 0, 0, 0, 0, 1, 1, 1);
    add_tiles(a, b, 0, 0, 0), sub_tiles(a, b, 0, 0, 0);
    mul_tiles(a, b, 0, 0, 0);
    add_tiles_bcast<BroadcastType::COL>(a, b, 0, 0, 0);
    sub_tiles_bcast<BroadcastType::ROW>(a, b, 0, 0, 0);
    mul_tiles_bcast<BroadcastType::SCALAR>(a, b, 0, 0, 0);
    any_tiles_bcast<EltwiseBinaryType::ELWADD, BroadcastType::COL>(a, b, 0, 0,
                                                                   0);
    sub_tiles_bcast_cols(a, b, 0, 0, 0), mul_tiles_bcast_cols(a, b, 0, 0, 0);
    add_tiles_bcast_rows(a, b, 0, 0, 0), add_tiles_bcast_cols(a, b, 0, 0, 0);
    mul_tiles_bcast_rows(a, b, 0, 0, 0), mul_tiles_bcast_scalar(a, b, 0, 0, 0);
    add_tiles_bcast_scalar(a, b, 0, 0, 0);
    sub_tiles_bcast_scalar(a, b, 0, 0, 0), sub_tiles_bcast_rows(a, b, 0, 0, 0);
    reduce_tile<PoolType::MAX, ReduceDim::REDUCE_SCALAR>(a, b, 0, 0, 0);
    reduce_tile<PoolType::AVG, ReduceDim::REDUCE_COL>(a, b, 0, 0, 0);
    reduce_tile(a, b, 0, 0, 0);
    transpose_wh_tile(a, 0, 0), transpose_tile(a, 0, 0);
    tilize_block(a, 1, c), tilize_block(a, 1, c, 0, 0);
    fast_tilize_block(a, 1, c), untilize_block(a, 1, c);
    untilize_block<1>(a, 1, c);
    unary_bcast<BroadcastType::ROW>(a, 0, 0);
    binary_dest_reuse_tiles<EltwiseBinaryType::ELWADD,
                            EltwiseBinaryReuseDestType::DEST_TO_SRCB>(a, 0, 0);
    pack_untilize_init<1, 1>(a, c), pack_untilize_uninit(c);
    pack_untilize_block<1, 1>(a, 1, c);
    pack_tile(0, c), pack_tile<false>(0, c, 0), pack_tile<true>(0, c, 1);
    pack_tile_block(0, c, 1);
}

// X_tile_init() and X_tile(dst), in chains as hosts inject them
// clang-format off
#define ONE(name)   name##_tile_init(), name##_tile(0);
#define WITH(name)  name##_tile_init(), name##_tile(0, 0x3F800000);
#define WITH_2(name) name##_tile_init(), name##_tile(0, 0, 0x3F800000);
#define TWO(name)   name##_tile_init(), name##_tile(0, 1, 0);

[[maybe_unused]] static void unary()
{
    exp_tile_init(), exp_tile(0), exp_tile_init<true>(), exp_tile<true>(0);
    exp_tile_init<true, true, 0x3F800000>();
    exp_tile<true, true, true, false, 8>(0, (int)VectorMode::RC, 0x3F80);
    exp_tile<false, true, InputClamping::ClampToNegative, 8>(0);
    exp_tile_init<1u>(); exp_tile<1u>(0); exp_tile<1>(0);
    ONE(exp2) ONE(log) ONE(log2) ONE(recip) ONE(sqrt) ONE(rsqrt) ONE(sin)
    ONE(cos) ONE(tan) ONE(tanh) ONE(sigmoid) ONE(gelu) ONE(silu) ONE(relu)
    ONE(abs) ONE(negative) ONE(sign) ONE(signbit) ONE(square) ONE(logical_not)
    ONE(bitwise_not) ONE(expm1) ONE(log1p) ONE(erf) ONE(erfc) ONE(identity)
    ONE(asin) ONE(acos) ONE(atan) ONE(sinh) ONE(cosh) ONE(asinh) ONE(acosh)
    ONE(atanh) ONE(isinf) ONE(isposinf) ONE(isneginf) ONE(isnan) ONE(isfinite)
    ONE(hardsigmoid) ONE(hardswish) ONE(hardmish) ONE(softsign) ONE(mish)
    ONE(cbrt) ONE(tanh_derivative) ONE(eqz) ONE(nez) ONE(ltz) ONE(gtz)
    ONE(lez) ONE(gez) ONE(logical_not_unary)
    log_tile_init<true>(), log_tile<true>(0), sqrt_tile<true>(0);
    rsqrt_tile_init<true>(), rsqrt_tile<true, true>(0), recip_tile<false>(0, 4);
    tanh_tile<true>(0), gelu_tile<true>(0), erf_tile<true>(0);
    sigmoid_tile<VectorMode::RC, true>(0), sigmoid_tile<(int)VectorMode::RC>(0);
    logical_not_tile<DataFormat::Float16_b>(0);
    rounding_op_tile_init(), floor_tile(0), ceil_tile(0), trunc_tile(0);
    frac_tile(0), round_tile(0, 2), floor_tile_float32(0);
    WITH(leaky_relu) WITH(relu_max) WITH(relu_min) WITH(prelu) WITH(heaviside)
    WITH(power) WITH(rpow) WITH(rdiv) WITH(rsub) WITH(elu) WITH(hardshrink)
    WITH(softshrink) WITH(unary_max) WITH(unary_min) WITH(unary_eq)
    WITH(unary_ne) WITH(unary_lt) WITH(unary_gt) WITH(unary_le) WITH(unary_ge)
    power_iterative_tile_init(), power_iterative_tile(0, 3);
    rdiv_tile<RoundingMode::None>(0, 0);
    WITH_2(clamp) WITH_2(hardtanh) WITH_2(threshold) WITH_2(selu) WITH_2(celu)
    WITH_2(fmod) WITH_2(remainder) WITH_2(rand)
    fmod_tile_init(1, 2), remainder_tile_init(1, 2), rand_tile_init(3);
    softplus_tile_init(), softplus_tile(0, 0, 0, 0);
    dropout_kernel_init(3), dropout_tile(0, 5, 0);
    log_with_base_tile_init(), log_with_base_tile(0, 0x3DC5);
    binop_with_scalar_tile_init(), add_unary_tile(0, 0), sub_unary_tile(0, 0);
    mul_unary_tile(0, 0), div_unary_tile(0, 0), rsub_unary_tile(0, 0);
    fill_tile_init(), fill_tile(0, 1.5f), fill_tile_bitcast(0, 0x3F800000);
    fill_tile_int<DataFormat::Int32>(0, 1);
    copy_dest_values_init(), copy_dest_values(0, 1);
    copy_dest_values<DataFormat::Int32>(0, 1);
    typecast_tile_init(), typecast_tile_init<0, 5>();
    typecast_tile_init<(uint32_t)DataFormat::Float32, 5>();
    typecast_tile<0, 5>(0), typecast_tile<0, 5, true>(0);
}

[[maybe_unused]] static void integers()
{
    abs_tile_int32(0), negative_tile_int32(0), relu_tile_int32(0);
    signbit_tile_int32(0), relu_max_tile_int32(0, 5), relu_min_tile_int32(0, 5);
    clamp_tile_int32(0, 1, 5), add_unary_tile_int32(0, 5);
    sub_unary_tile_int32(0, 5), rsub_unary_int32_tile(0, 5);
    eqz_tile_int32(0), unary_gt_tile_int32(0, 5);
    WITH(unary_max_int32) WITH(unary_min_uint32) WITH(bitwise_and)
    WITH(bitwise_or) WITH(bitwise_xor) WITH(left_shift) WITH(right_shift)
    left_shift_tile<DataFormat::UInt16>(0, 3);
    TWO(add_int) TWO(sub_int) TWO(rsub_int) TWO(mul_int) TWO(add_int32)
    TWO(add_uint16) TWO(mul_int32) TWO(lt_int32) TWO(gt_int32) TWO(le_int32)
    TWO(ge_int32) TWO(lt_int) TWO(binary_max_int32) TWO(binary_min_uint32)
    TWO(remainder_int32) TWO(fmod_int32)
    add_int_tile<DataFormat::UInt32>(0, 1, 0);
    binary_bitwise_tile_init(), bitwise_and_binary_tile(0, 1, 0);
    bitwise_or_binary_tile<DataFormat::UInt16>(0, 1, 0);
    bitwise_xor_binary_tile(0, 1, 0);
    binary_shift_tile_init(), binary_left_shift_tile(0, 1, 0);
    binary_right_shift_tile<DataFormat::Int32>(0, 1, 0);
    binary_logical_right_shift_tile(0, 1, 0);
}

[[maybe_unused]] static void binary()
{
    TWO(add_binary) TWO(sub_binary) TWO(mul_binary) TWO(div_binary)
    TWO(rsub_binary) TWO(power_binary) TWO(binary_max) TWO(binary_min)
    TWO(eq_binary) TWO(ne_binary) TWO(lt_binary) TWO(gt_binary) TWO(le_binary)
    TWO(ge_binary) TWO(xlogy_binary) TWO(fmod_binary) TWO(remainder_binary)
    add_binary_tile<DstRoundingMode::NearestEven>(0, 1, 0);
    div_binary_tile<true>(0, 1, 0), div_no_nan_binary_tile(0, 1, 0);
    binary_max_tile(0, 1, 0, VectorMode::RC);
    where_tile_init(), where_tile<DataFormat::Float32>(0, 1, 2, 3);
    where_fp32_tile(0, 1, 2, 3), where_int32_tile(0, 1, 2, 3);
    addcmul_tile_init(), addcmul_tile<DataFormat::Float32>(0, 1, 2, 3, 0);
    addcdiv_tile_init(), addcdiv_tile<DataFormat::Float16_b>(0, 1, 2, 3, 0);
    lerp_tile_init(), lerp_tile<DataFormat::Float32>(0, 1, 2, 3);
    mask_tile_init(), mask_tile(0, 1), mask_tile(0, 1, DataFormat::Int32);
    mask_posinf_tile(0, 1);
}

// clang-format on

[[maybe_unused]] static void others()
{
    CircularBuffer cb(a);

    cb.wait_front(1), cb.pop_front(1), cb.reserve_back(1), cb.push_back(1);
    (void)(get_arg_val<uint32_t>(0) + get_common_arg_val<uint32_t>(42));
    (void)(get_absolute_logical_x() + get_tile_size(a));
    DeviceZoneScopedN("zone");
    DPRINT << "x " << 1 << ENDL();
    DPRINT("x {}\n", 1);
    DPRINT_MATH(DPRINT << 1 << ENDL());
    DPRINT_UNPACK("one\n");
    DPRINT_PACK("one {}\n", 1);
    DPRINT << TileSlice(
                  0, 0,
                  SliceRange{
                      .h0 = 0, .h1 = 1, .hs = 1, .w0 = 0, .w1 = 1, .ws = 1},
                  TSLICE_INPUT_CB, TSLICE_WR_PTR, true, false)
           << ENDL();
}
