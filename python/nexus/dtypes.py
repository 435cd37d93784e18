# SPDX-License-Identifier: MIT
"""NumPy arrays and Nexus element types.

NumPy has no bfloat16: a BF16 buffer is filled from float32 values (rounded to
nearest even) and read back as float32, which holds every bfloat16 exactly.
8-bit floats (F8 = OCP E4M3, BF8 = OCP E5M2) travel as uint8 bit patterns.
"""

import operator

import numpy as np

from .enums import datatype

_BY_NUMPY = {
    np.dtype(np.float32): datatype.F32,
    np.dtype(np.float16): datatype.F16,
    np.dtype(np.float64): datatype.F64,
    np.dtype(np.int8): datatype.I8,
    np.dtype(np.uint8): datatype.U8,
    np.dtype(np.int16): datatype.I16,
    np.dtype(np.uint16): datatype.U16,
    np.dtype(np.int32): datatype.I32,
    np.dtype(np.uint32): datatype.U32,
    np.dtype(np.int64): datatype.I64,
    np.dtype(np.uint64): datatype.U64,
    np.dtype(np.bool_): datatype.Bool,
}

_STORAGE = {kind: dtype for dtype, kind in _BY_NUMPY.items()}
_STORAGE.update({
    datatype.BF16: np.dtype(np.uint16),
    datatype.F8: np.dtype(np.uint8),
    datatype.BF8: np.dtype(np.uint8),
})


def parse(dtype):
    """A datatype from a datatype, its name in any case ('f32', 'BF16') or a
    NumPy dtype; raises TypeError for anything else."""
    if isinstance(dtype, datatype):
        return dtype
    if isinstance(dtype, str):
        for kind in datatype:
            if kind.name.lower() == dtype.lower():
                return kind
    try:
        return _BY_NUMPY[np.dtype(dtype)]
    except (KeyError, TypeError):
        raise TypeError(f"no Nexus data type for {dtype!r}") from None


def storage(kind):
    """The NumPy dtype that holds one element's bits on the host; raises
    TypeError for types below one byte."""
    try:
        return _STORAGE[kind]
    except KeyError:
        raise TypeError(f"{kind.name} has no NumPy storage type") from None


def to_bf16(values):
    """float32 values -> bfloat16 bit patterns (uint16), to nearest even; NaNs
    stay NaNs."""
    values = np.asarray(values, np.float32, order="C")
    bits = values.view(np.uint32)
    even = (bits >> 16) & 1
    rounded = ((bits + 0x7FFF + even) >> 16).astype(np.uint16)
    return np.where(np.isnan(values), np.uint16(0x7FC0), rounded)


def from_bf16(bits):
    """bfloat16 bit patterns (uint16) -> float32 values, exactly."""
    bits = np.asarray(bits, np.uint16, order="C")
    wide = np.left_shift(bits.astype(np.uint32), np.uint32(16))
    return np.asarray(wide).view(np.float32)


def _integers(array, kind):
    """An array of Python's objects as Python's integers, of any size."""
    try:
        return np.array([operator.index(value) for value in array.flat],
                        object)
    except TypeError as error:
        raise TypeError(f"{kind.name} takes integers: {error}") from None


def check_integers(array, kind):
    """Refuses what an integer type does not hold (NumPy would cut it off):
    OverflowError for values that are too large or small, ValueError for those
    that are no integers, TypeError for what is no number. Other types pass."""
    stored = storage(kind)
    if stored.kind not in "iu" or array.dtype == stored or array.size == 0:
        return
    if array.dtype.kind not in "biufO":
        raise TypeError(f"{kind.name} takes numbers, not {array.dtype}")
    if array.dtype.kind == "O":
        array = _integers(array, kind)
    if array.dtype.kind == "f":
        broken = array[array != np.trunc(array)]
        if broken.size:
            raise ValueError(f"{broken[0]} is no integer, as {kind.name} is")
    limits = np.iinfo(stored)
    for value in (array.min(), array.max()):
        # As Python's numbers, which compare exactly.
        exact = value.item() if isinstance(value, np.generic) else value
        if not limits.min <= exact <= limits.max:
            raise OverflowError(f"{value} does not fit {kind.name}")


def encode(array, kind):
    """An array's elements as they are stored in a buffer of type kind; the
    shape stays. Raises TypeError for values of which the type takes the bits,
    and for integer types OverflowError or ValueError for what they do not
    hold.
    """
    if kind == datatype.BF16 and array.dtype != np.uint16:
        array = to_bf16(array)
    if kind in (datatype.F8, datatype.BF8) and array.dtype.kind not in "iu":
        raise TypeError(f"{kind.name} takes uint8 bit patterns, "
                        f"not {array.dtype}")
    check_integers(array, kind)
    return np.asarray(array, storage(kind), order="C")


def decode(stored, kind):
    """The values of what encode() made: float32 for BF16."""
    return from_bf16(stored) if kind == datatype.BF16 else stored
