/* SPDX-License-Identifier: MIT */
/* T1: running a vector program over whole tiles of Dst.
 *
 * A program is a struct with
 *     static constexpr void setup(vector_code &c)   once, before the tile
 *     static constexpr void step(vector_code &c)    for each 32 datums
 *     static constexpr uint32_t values               run-time values, up to 2
 * A short step is recorded and repeated by the MOP expander. Of a long one the
 * beginning is recorded; T1 replays it and issues the rest, in a loop. */
#ifndef TT_VECTOR_RUN_H
#define TT_VECTOR_RUN_H

#include <utility>

#include "tt/vector_code.h"

namespace ttk
{

/** struct vector_plain - a base for programs without setup and values */
struct vector_plain {
    static constexpr uint32_t values = 0;

    static constexpr void setup(vector_code &)
    {
    }
};

template <class program>
constexpr vector_code vector_setup = [] {
    vector_code c;

    program::setup(c);
    return c;
}();

template <class program>
constexpr vector_code vector_step = [] {
    vector_code c;

    program::step(c);
    return c;
}();

/** struct vector_rows - first rows of the tiles a program accesses, relative to
 *  where Dst is pointed at */
struct vector_rows {
    uint32_t tile[4];
};

template <insn_t word, uint32_t tile>
TT_INLINE void vector_issue(const vector_rows &rows)
{
    if constexpr (tile < 2)
        emit<word>();
    else
        push(word + rows.tile[tile - 2]);
}

template <const vector_code &code, uint32_t from, size_t... i>
TT_INLINE void vector_issue_from(const vector_rows &rows,
                                 std::index_sequence<i...>)
{
    (vector_issue<code.word[from + i], code.tile[from + i]>(rows), ...);
}

/** vector_issue_part - instructions @from to @end of a program */
template <const vector_code &code, uint32_t from, uint32_t end>
TT_INLINE void vector_issue_part(const vector_rows &rows)
{
    vector_issue_from<code, from>(rows, std::make_index_sequence<end - from>());
}

template <const vector_code &code>
TT_INLINE void vector_issue_all(const vector_rows &rows)
{
    vector_issue_part<code, 0, code.n>(rows);
}

/** vector_constant - the same 32 bits in all lanes of a register */
TT_INLINE void vector_constant(uint32_t reg, uint32_t bits)
{
    issue(op::sfploadi(reg, 10, bits));
    issue(op::sfploadi(reg, 8, bits >> 16));
}

/* Longest step that is repeated by the MOP expander: it fits the replay buffer
 * beside matmul's, and 32 of them fit ttsim's queue of 511 instructions, which
 * takes a MOP whole. */
constexpr uint32_t vector_repeated = 14;

/** vector_long - make the last store of a step that no MOP repeats move on */
TT_INLINE void vector_long()
{
    constexpr uint32_t mode = static_cast<uint32_t>(math_op::vector);

    if (math.mode == mode)
        return;
    math.mode = mode;
    math_select_set(false);
    math_own_modifier(0, 2);
}

/** vector_loop - a long step over a tile: as much of it as the replay buffer
 *  takes is recorded, at its end, which leaves matmul's phase if there is room
 */
template <const vector_code &step>
TT_INLINE void vector_loop(const vector_rows &rows)
{
    constexpr uint32_t kept = step.n < replay_size ? step.n : replay_size;
    constexpr uint32_t start = replay_size - kept;

    math.vector = 0; /* not one of vector_binary's */
    if constexpr (start < replay_vector)
        math.recorded = false;
    emit<op::record(start, kept)>();
    vector_issue_part<step, 0, kept>(rows);
    for (uint32_t i = 0; i < 32; i++) {
        emit<op::replay(start, kept)>();
        vector_issue_part<step, kept, step.n>(rows);
    }
    emit<op::setrwc(0, 4)>();
}

/** vector_tile - run a program over tiles of Dst
 *  @first: tile argument 1
 *  @rows: first rows of the other tile arguments, relative to @first
 *  @value0, @value1: for LReg 7 and 6, if the program has values */
template <class program>
[[gnu::noinline]] void vector_tile(uint32_t first, const vector_rows &rows,
                                   uint32_t value0, uint32_t value1)
{
    constexpr uint32_t steps = vector_step<program>.n;
    constexpr bool repeated = steps <= vector_repeated;

    if constexpr (repeated)
        vector_own(steps);
    else
        vector_long();
    emit<op::stallwait(op::block_sfpu | op::block_cfg, op::busy_math)>();
    math_point_at(first);
    vector_issue_all<vector_setup<program>>(rows);
    if constexpr (program::values > 0)
        vector_constant(7, value0);
    if constexpr (program::values > 1)
        vector_constant(6, value1);
    if constexpr (repeated) {
        math.vector = 0; /* not one of vector_binary's */
        emit<op::record(replay_vector, steps)>();
        vector_issue_all<vector_step<program>>(rows);
        emit<op::mop>();
    } else {
        vector_loop<vector_step<program>>(rows);
    }
    emit<op::stallwait(op::block_math | op::block_cfg, op::busy_sfpu)>();
}

/** vector_widen - a program that widens the 16-bit cells of its tile argument 2
 *  to 32-bit ones in 3, in place: last rows first, since the wide tile covers
 *  the rows behind the narrow one too (Dst.md) */
template <class program> [[gnu::noinline]] void vector_widen(uint32_t dst)
{
    vector_long();
    emit<op::stallwait(op::block_sfpu | op::block_cfg, op::busy_math)>();
    math_point_at(dst);
    for (uint32_t row = 64; row > 0; row -= 2)
        vector_issue_all<vector_step<program>>({{row - 2, row - 2}});
    emit<op::stallwait(op::block_math | op::block_cfg, op::busy_sfpu)>();
}

/** vector_unary - a program on one tile, in place */
template <class program>
TT_INLINE void vector_unary(uint32_t dst, uint32_t value0 = 0,
                            uint32_t value1 = 0)
{
    vector_tile<program>(dst, {}, value0, value1);
}

/** vector_between - a program on up to four tiles, its arguments 2 to 5 */
template <class program>
TT_INLINE void vector_between(uint32_t a, uint32_t b, uint32_t c,
                              uint32_t d = 0)
{
    vector_tile<program>(0, {{a * 64, b * 64, c * 64, d * 64}}, 0, 0);
}

} /* namespace ttk */

#endif
