#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Broadcasts, reductions, transposition and the like against NumPy."""

import unittest

import numpy as np
from support import DeviceTest, bf16, from_bf8, kernel_path, to_bf8

BCAST, BCAST_NAMED, UNARY_BCAST, TRANSPOSE, COPY_TURNED, REUSE_A, REUSE_B, \
    MIXED, RELU, ROWS = range(10)
ADD, SUB, MUL = range(3)
OPERATION = {ADD: np.add, SUB: np.subtract, MUL: np.multiply}
NONE, COL, ROW, SCALAR = range(4)
SUM, AVG, MAX = range(3)
TO_COLUMN, TO_ROW, TO_ELEMENT = range(3)

# Data type and width of Dst.
MODES = (("bf16", 0), ("bf16", 1), ("f32", 1))


def tf32(values):
    """What TF32 holds of float32 values."""
    bits = np.asarray(values, np.float32).view(np.uint32)
    return (bits & np.uint32(0xFFFFE000)).view(np.float32)


def tiles(values):
    """View of a matrix as a grid of tiles: [row, column, 32, 32]."""
    rows, cols = values.shape
    return values.reshape(rows // 32, 32, cols // 32, 32).swapaxes(1, 2)


def matrix(grid):
    """The matrix of a grid of tiles."""
    rows, cols = grid.shape[:2]
    return grid.swapaxes(1, 2).reshape(rows * 32, cols * 32)


def spread(values, dim):
    """Each tile with its column 0, row 0 or element 0 all over."""
    grid = tiles(values)
    part = {NONE: grid, COL: grid[..., :1], ROW: grid[..., :1, :],
            SCALAR: grid[..., :1, :1]}[dim]
    return matrix(np.broadcast_to(part, grid.shape))


def exact_below(dtype):
    """Relative error of one rounding."""
    return 2.0 ** -8 if dtype == "bf16" else 2.0 ** -10


class MatrixApi(DeviceTest):
    """One test per claim."""

    def values(self, shape, dtype):
        """Random values that the sources of the matrix unit hold exactly."""
        values = self.floats(*shape)
        return bf16(values) if dtype == "bf16" else tf32(values)

    def whole(self, shape):
        """Small whole numbers: their sums and products are exact."""
        return self.rng.integers(-7, 8, shape).astype(np.float32)

    def run_defined(self, kernel, arguments, dtype, grid, cbs=(2, 2, 2),
                    wide=0, **defines):
        """Run a kernel with definitions."""
        consts = [(i, n, "CB", dtype) for i, n in enumerate(cbs)]
        consts.append((40, wide, "FP32_DEST_ACC", "i32"))
        consts += [(50 + i, value, "DEFINE:" + name, "i32")
                   for i, (name, value) in enumerate(defines.items())]
        self.prepare(kernel_path(kernel), arguments, consts, grid).run()

    def tile_op(self, kind, a, b, dtype, wide, what=ADD, dim=NONE):
        """One operation of tile_ops.cpp."""
        buffers = [self.device.create_buffer(x, dtype) for x in (a, b)]
        buffers.append(self.device.create_buffer(a.shape, dtype))
        grid = (a.shape[1] // 32, a.shape[0] // 32, 1)
        self.run_defined("tile_ops", buffers, dtype, grid, wide=wide,
                         KIND=kind, WHAT=what, DIM=dim)
        return buffers[2].copy_to_host()

    def test_broadcasts_of_whole_numbers_are_exact(self):
        a, b = self.whole((64, 96)), self.whole((64, 96))
        every = [("bf16", 0, what, dim) for what in OPERATION
                 for dim in (NONE, COL, ROW, SCALAR)]
        some = [(dtype, 1, what, dim) for dtype, what, dim in
                (("bf16", ADD, COL), ("bf16", SUB, ROW), ("bf16", MUL, SCALAR),
                 ("f32", SUB, COL), ("f32", MUL, ROW), ("f32", ADD, SCALAR))]
        for dtype, wide, what, dim in every + some:
            with self.subTest(dtype=dtype, wide=wide, what=what, dim=dim):
                c = self.tile_op(BCAST, a, b, dtype, wide, what, dim)
                np.testing.assert_array_equal(
                    c, OPERATION[what](a, spread(b, dim)))

    def test_the_older_names_broadcast_too(self):
        a, b = self.whole((64, 32)), self.whole((64, 32))
        for what, dim in ((ADD, COL), (ADD, ROW), (SUB, COL), (MUL, COL),
                          (MUL, SCALAR)):
            c = self.tile_op(BCAST_NAMED, a, b, "bf16", 0, what, dim)
            np.testing.assert_array_equal(
                c, OPERATION[what](a, spread(b, dim)))

    def test_broadcast_products_are_within_one_rounding(self):
        for (dtype, wide), dim in zip(MODES, (ROW, SCALAR, COL)):
            a, b = (self.values((64, 64), dtype) for _ in range(2))
            c = self.tile_op(BCAST, a, b, dtype, wide, MUL, dim)
            exact = a.astype(np.float64) * spread(b, dim)
            bound = 4 * exact_below(dtype) * np.abs(exact)
            self.assertTrue(np.all(np.abs(c - exact) <= bound))

    def test_unary_broadcast_moves_values_unchanged(self):
        for dtype, wide in MODES:
            a = self.values((64, 64), dtype)
            for dim in (COL, ROW, SCALAR):
                with self.subTest(dtype=dtype, wide=wide, dim=dim):
                    c = self.tile_op(UNARY_BCAST, a, a, dtype, wide, dim=dim)
                    np.testing.assert_array_equal(c, spread(a, dim))

    def test_transposition_moves_values_unchanged(self):
        for kind in (TRANSPOSE, COPY_TURNED):
            for dtype, wide in MODES:
                a = self.values((64, 96), dtype)
                c = self.tile_op(kind, a, a, dtype, wide)
                np.testing.assert_array_equal(
                    c, matrix(tiles(a).swapaxes(2, 3)))

    def test_an_operand_may_come_from_dst(self):
        a, b = self.whole((64, 64)), self.whole((64, 64))
        for dtype, wide in MODES:
            for what in (SUB, MUL):
                with self.subTest(dtype=dtype, wide=wide, what=what):
                    operation = OPERATION[what]
                    c = self.tile_op(REUSE_A, a, b, dtype, wide, what)
                    np.testing.assert_array_equal(c, operation(a, b))
                    c = self.tile_op(REUSE_B, a, b, dtype, wide, what)
                    np.testing.assert_array_equal(c, operation(b, a))

    def test_operations_do_not_disturb_each_other(self):
        a, b = self.whole((64, 96)), self.whole((64, 96))
        for dtype, wide in MODES:
            c = self.tile_op(MIXED, a, b, dtype, wide)
            turned = matrix(tiles(a).swapaxes(2, 3))
            np.testing.assert_array_equal(c, turned + spread(b, COL))

    def test_the_packer_cuts_off_small_values(self):
        for dtype, wide in MODES:
            a = self.values((64, 32), dtype)
            c = self.tile_op(RELU, a, a, dtype, wide, 0)
            np.testing.assert_array_equal(c, np.maximum(a, 0))
            c = self.tile_op(RELU, a, a, dtype, wide, 1)
            np.testing.assert_array_equal(c, np.where(a > 1, a, 0))
            # and a kernel that does not ask for it is not affected
            c = self.tile_op(UNARY_BCAST, a, a, dtype, wide)
            np.testing.assert_array_equal(c, a)

    def test_block_floats_pass_through_all_units(self):
        a, b = (self.rng.integers(0, 3, (64, 64)) for _ in range(2))
        stored = [to_bf8(x) for x in (a, b)]
        for kind, what, dim, right in (
                (BCAST, ADD, NONE, a + b), (BCAST, SUB, COL, a - spread(b, COL)),
                (BCAST, MUL, ROW, a * spread(b, ROW)),
                (UNARY_BCAST, ADD, SCALAR, spread(a, SCALAR)),
                (TRANSPOSE, ADD, NONE, matrix(tiles(a).swapaxes(2, 3))),
                (REUSE_A, MUL, NONE, a * b)):
            for wide in (0, 1):
                with self.subTest(kind=kind, what=what, wide=wide):
                    c = self.tile_op(kind, *stored, "bf8", wide, what, dim)
                    np.testing.assert_array_equal(from_bf8(c), right)

    def test_some_rows_are_packed_one_after_the_other(self):
        for (dtype, wide), n in zip(MODES, (5, 32, 37)):
            a, b = (self.values((64, 32), dtype) for _ in range(2))
            c = self.tile_op(ROWS, a, b, dtype, wide, n)
            row, col = np.mgrid[:64, :32]
            at = row // 16 % 2 * 32 + col // 16 * 16 + row % 16
            np.testing.assert_array_equal(c, np.where(at < n, a, b))

    # ---- reductions ----

    def reduce(self, a, pool, left, dtype, wide, scaler=1.0, **defines):
        """Reduce rows, columns or all of a matrix; the result as tiles."""
        row, col = a.shape[0] // 32, a.shape[1] // 32
        # Only row 0 of each face of the scaler counts.
        scalers = self.floats(32, 32) * np.float32(1e30)
        scalers[::16] = scaler
        shape = {TO_COLUMN: (row * 32, 32), TO_ROW: (32, col * 32),
                 TO_ELEMENT: (32, 32)}[left]
        items, depth, item, step = {
            TO_COLUMN: (row, col, col, 1), TO_ROW: (col, row, 1, col),
            TO_ELEMENT: (1, row * col, 0, 1)}[left]
        buffers = [self.device.create_buffer(x, dtype) for x in (a, scalers)]
        buffers.append(self.device.create_buffer(shape, dtype))
        self.run_defined("reduce", buffers + [item, step, depth], dtype,
                         (items, 1, 1), wide=wide, POOL=pool, LEFT=left,
                         **defines)
        return buffers[2].copy_to_host()

    def expected(self, a, pool, left):
        """The same by NumPy: values in place, zeros elsewhere."""
        fold = np.max if pool == MAX else np.sum
        a = a.astype(np.float64)
        if left == TO_COLUMN:
            out = np.zeros((a.shape[0], 32))
            out[:, 0] = fold(a, axis=1)
        elif left == TO_ROW:
            out = np.zeros((32, a.shape[1]))
            out[0] = fold(a, axis=0)
        else:
            out = np.zeros((32, 32))
            out[0, 0] = fold(a)
        return out

    def test_sums_of_whole_numbers_are_exact(self):
        a = self.rng.integers(-2, 3, (64, 96)).astype(np.float32)
        for dtype, wide in MODES:
            for left in (TO_COLUMN, TO_ROW, TO_ELEMENT):
                with self.subTest(dtype=dtype, wide=wide, left=left):
                    want = self.expected(a, SUM, left)
                    self.assertLess(np.abs(want).max(), 256)
                    c = self.reduce(a, SUM, left, dtype, wide)
                    np.testing.assert_array_equal(c, want)

    def test_the_older_spelling_reduces_too(self):
        a = self.whole((32, 64))
        for pool, left in ((SUM, TO_COLUMN), (MAX, TO_ROW)):
            c = self.reduce(a, pool, left, "bf16", 0, OLD=1)
            np.testing.assert_array_equal(c, self.expected(a, pool, left))

    def test_the_scaler_multiplies_sums(self):
        a = self.rng.integers(-2, 3, (64, 64)).astype(np.float32)
        for left, times in ((TO_COLUMN, 1), (TO_ROW, 1), (TO_ELEMENT, 2)):
            c = self.reduce(a, AVG, left, "bf16", 0, scaler=0.25)
            np.testing.assert_array_equal(
                c, self.expected(a, AVG, left) * 0.25 ** times)

    def test_sums_are_within_the_bound_of_the_format(self):
        for dtype, wide in MODES[1:]:
            a = self.values((96, 128), dtype)
            for left in (TO_COLUMN, TO_ROW, TO_ELEMENT):
                c = self.reduce(a, SUM, left, dtype, wide)
                bound = 2 * exact_below(dtype) * self.expected(
                    np.abs(a), SUM, left)
                error = np.abs(c - self.expected(a, SUM, left))
                self.assertTrue(np.all(error <= bound))

    def test_maxima_are_exact(self):
        for dtype, wide in MODES:
            a = self.values((96, 128), dtype)
            for values in (a, -np.abs(a)):
                for left in (TO_COLUMN, TO_ROW, TO_ELEMENT):
                    with self.subTest(dtype=dtype, wide=wide, left=left):
                        c = self.reduce(values, MAX, left, dtype, wide)
                        np.testing.assert_array_equal(
                            c, self.expected(values, MAX, left))

    # ---- strips ----

    def strips(self, a, shape, dtype, wide, mode, width):
        """Run strips.cpp; the result in @shape."""
        buffers = [self.device.create_buffer(a, dtype),
                   self.device.create_buffer(shape, dtype)]
        self.run_defined("strips", buffers, dtype,
                         (a.size // 1024 // width, 1, 1), (width, 1, width),
                         wide, MODE=mode, WIDTH=width)
        return buffers[1].copy_to_host()

    def test_tilize_and_untilize_move_values_unchanged(self):
        for dtype, wide in MODES:
            for width in (1, 3) if wide else (3,):
                a = self.floats(96, 32 * width)
                a = bf16(a) if dtype == "bf16" else a
                with self.subTest(dtype=dtype, wide=wide, width=width):
                    c = self.strips(a.ravel(), a.shape, dtype, wide, 0, width)
                    np.testing.assert_array_equal(c, a)
                    for mode in (1, 2, 3) if width > 1 else (1,):
                        c = self.strips(a, (a.size,), dtype, wide, mode, width)
                        np.testing.assert_array_equal(c, a.ravel())

    # ---- products ----

    def block(self, rows, cols, depth, dtype, wide, turned, **defines):
        """Operands and result of matmul_block.cpp."""
        a = self.values((rows * 32, depth * 32), dtype)
        b = self.values((cols * 32, depth * 32) if turned else
                        (depth * 32, cols * 32), dtype)
        buffers = [self.device.create_buffer(x, dtype) for x in (a, b)]
        buffers.append(self.device.create_buffer((rows * 32, cols * 32),
                                                 dtype))
        self.run_defined("matmul_block", buffers, dtype, (1, 1, 1),
                         (rows * depth, cols * depth, rows * cols), wide,
                         ROWS=rows, COLS=cols, DEPTH=depth, TURNED=turned,
                         **defines)
        return a, b.T if turned else b, buffers[2].copy_to_host()

    def test_block_products_are_within_the_bound_of_the_format(self):
        for dtype, wide in MODES[1:]:
            for turned in (0, 1):
                for more in ({}, {"ADD_IN_L1": 1})[:2 - turned]:
                    with self.subTest(dtype=dtype, turned=turned, more=more):
                        a, b, c = self.block(2, 2, 3, dtype, wide, turned,
                                             **more)
                        error = np.abs(c - a.astype(np.float64) @ b)
                        bound = (2 * exact_below(dtype) *
                                 (np.abs(a) @ np.abs(b)))
                        self.assertTrue(np.all(error <= bound))

    # ---- all together ----

    def test_softmax_of_long_rows(self):
        for dtype, wide, bound in (("bf16", 0, 2.0 ** -4),
                                   ("bf16", 1, 2.0 ** -6),
                                   ("f32", 1, 2.0 ** -7)):
            x = self.values((64, 1024), dtype)
            buffers = [self.device.create_buffer(x, dtype),
                       self.device.create_buffer(x.shape, dtype)]
            self.run_defined("softmax", buffers, dtype, (2, 1, 1),
                             (32, 1, 2, 1, 32, 1), wide)
            e = np.exp(x.astype(np.float64) - x.max(axis=1, keepdims=True))
            want = e / e.sum(axis=1, keepdims=True)
            error = np.abs(buffers[1].copy_to_host() - want)
            with self.subTest(dtype=dtype, wide=wide):
                self.assertLessEqual((error / want).max(), bound)


if __name__ == "__main__":
    unittest.main()
