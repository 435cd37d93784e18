/* SPDX-License-Identifier: MIT */
/* Part of a tile of a circular buffer, to print. */
#ifndef TT_TILE_SLICE_H
#define TT_TILE_SLICE_H

#include <cstdint>

#include "tt/cb.h"
#include "tt/print_format.h"

/** struct SliceRange - rows h0, h0 + hs .. below h1, columns likewise */
struct SliceRange {
    uint8_t h0, h1, hs, w0, w1, ws;

    static constexpr SliceRange hw0_32_16()
    {
        return {0, 32, 16, 0, 32, 16};
    }
    static constexpr SliceRange hw0_32_8()
    {
        return {0, 32, 8, 0, 32, 8};
    }
    static constexpr SliceRange hw0_32_4()
    {
        return {0, 32, 4, 0, 32, 4};
    }
    static constexpr SliceRange h0_w0_32()
    {
        return {0, 1, 1, 0, 32, 1};
    }
    static constexpr SliceRange h0_32_w0()
    {
        return {0, 32, 1, 0, 1, 1};
    }
};

enum dprint_tslice_cb_t : uint8_t { TSLICE_INPUT_CB, TSLICE_OUTPUT_CB };
enum dprint_tslice_ptr_t : uint8_t { TSLICE_RD_PTR, TSLICE_WR_PTR };

/**
 * struct TileSlice - part of a tile to print, a line for each row
 *
 * The tile is counted from the page that the core's side of the circular buffer
 * has come to: TSLICE_RD_PTR where it consumes, TSLICE_WR_PTR where it
 * produces. T1 has no side and prints nothing.
 */
template <int N = 64> struct TileSlice {
    uint8_t cb;
    int tile;
    SliceRange range;
    bool from_write, rows, faces;

    /** @rows: end each row with a new line; @faces: the tile is stored as four
     *  faces, else row by row */
    constexpr TileSlice(uint32_t cb_id, int tile_index, SliceRange slice,
                        dprint_tslice_cb_t, dprint_tslice_ptr_t pointer,
                        bool endl_rows = true, bool untilize = true)
        : cb(static_cast<uint8_t>(cb_id)), tile(tile_index), range(slice),
          from_write(pointer == TSLICE_WR_PTR), rows(endl_rows), faces(untilize)
    {
    }
    constexpr TileSlice(uint32_t cb_id, int tile_index, SliceRange slice,
                        bool endl_rows = true, bool untilize = true)
        : TileSlice(cb_id, tile_index, slice, TSLICE_INPUT_CB, here, endl_rows,
                    untilize)
    {
    }

  private:
#ifdef TT_CB_CONSUMER
    static constexpr dprint_tslice_ptr_t here = TSLICE_RD_PTR;
#else
    static constexpr dprint_tslice_ptr_t here = TSLICE_WR_PTR;
#endif
};

#endif
