# SPDX-License-Identifier: MIT
"""Runtime, Device, Buffer, Library, Kernel, Schedule, Command, Stream, Event.

Every object but Runtime, Device, Kernel and Command owns a handle: release()
gives it back, leaving a `with` block or garbage collection does the same. What
an object needs it keeps: a Kernel its Library, a Command its Schedule and its
arguments. There are no cycles, so that what nobody has is released at once.
Methods raise NexusError when the plugin refuses; any thread may call them.
Those that wait or compile end at Ctrl-C; what they began goes on to its end.
"""

import collections
import ctypes
import os
import weakref

import numpy as np

from . import dtypes
from .abi import BufferLayout, Dim3, as_extent
from .enums import datatype, event_type, execution_settings, memory
from .enums import property as nexus_property

_STRINGS = {0, 1, 4, 10, 12, 13, 14, 18, 20, 34}
_DOUBLES = {30, 42}
_VECTORS = {8, 9, 11}
_NUMBERS = (int, float, np.bool_, np.integer, np.floating)
_DEFAULT_STREAM = -80
_MAX_RANK = 8

# nexus-api.h: with EXACT the settings of an argument are its data type and
# CONSTANT alone makes it a constant; without, the two overlap.
_EXACT = 0x80000000
_CONSTANT = 0x40000000


CoreTime = collections.namedtuple(
    "CoreTime", "x y begin_cycle end_cycle begin_ns end_ns")
CoreTime.__doc__ = """When a worker core ran a command: cycles of its clock, and
host time (the clock of a device's TimeStamp) of the launch."""


def _property_id(name):
    if isinstance(name, str):
        try:
            return nexus_property[name]
        except KeyError:
            raise ValueError(f"no property is called {name!r}") from None
    return nexus_property(name)


class _Object:
    """Something with properties: get_property_str, _int, _float, _int_vec."""

    _getter = ""

    def __init__(self, lib, handle):
        self._lib = lib
        self._handle = handle

    @property
    def id(self):
        """The handle, as the C interface knows it."""
        return self._handle

    def _call(self, name, *arguments):
        """Call an entry point for this object, which lives as long."""
        return self._lib.call(name, self.id, *arguments)

    def _call_interruptibly(self, name, *arguments):
        """The same for what may take long: Ctrl-C ends the wait."""
        return self._lib.interruptibly(self._call, name, *arguments)

    def _property(self, which, storage):
        size = ctypes.c_size_t(ctypes.sizeof(storage))
        arguments = [which, ctypes.byref(storage), ctypes.byref(size)]
        if self._handle is not None:
            arguments.insert(0, self._handle)
        self._lib.call(self._getter, *arguments)
        return size.value

    def get_property_str(self, name):
        """A property as text; numbers are converted."""
        which = _property_id(name)
        if which not in _STRINGS:
            return str(self._number(which))
        storage = ctypes.create_string_buffer(4096)
        self._property(which, storage)
        return storage.value.decode(errors="replace")

    def _number(self, which):
        storage = (ctypes.c_double if which in _DOUBLES else ctypes.c_int64)()
        self._property(which, storage)
        return storage.value

    def get_property_int(self, name):
        """A numeric property as int."""
        return int(self._number(_property_id(name)))

    def get_property_float(self, name):
        """A numeric property as float; ElapsedTime is in milliseconds."""
        return float(self._number(_property_id(name)))

    def get_property_int_vec(self, name):
        """A vector property as a list of ints."""
        which = _property_id(name)
        if which not in _VECTORS:
            raise ValueError(f"{which.name} is not a vector")
        storage = (ctypes.c_int64 * 1024)()
        return list(storage[:self._property(which, storage) // 8])


class _Owned(_Object):
    """An object whose handle must be given back."""

    _releaser = ""

    def __init__(self, lib, handle):
        super().__init__(lib, handle)
        self._finalizer = weakref.finalize(
            self, lib.try_call, self._releaser, handle)
        # At exit the library gives everything back itself, without waiting
        # for the work that a stream still has.
        self._finalizer.atexit = False

    def release(self):
        """Give the handle back; the second call does nothing."""
        # Who detaches calls: whatever interrupts this, the handle is given
        # back once.
        if self._finalizer.detach():
            self._lib.call(self._releaser, self._handle)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.release()


class Runtime(_Object):
    """A plugin: its devices and properties."""

    _getter = "nxsGetRuntimeProperty"

    def __init__(self, lib):
        super().__init__(lib, None)

    def get_device(self, index):
        """Device index, 0 .. Size - 1; IndexError outside."""
        if not 0 <= index < self.get_property_int("Size"):
            raise IndexError(f"no device {index}")
        return Device(self._lib, index)

    def get_devices(self):
        """All devices."""
        return [Device(self._lib, i)
                for i in range(self.get_property_int("Size"))]


class Device(_Object):
    """A chip."""

    _getter = "nxsGetDeviceProperty"

    def create_buffer(self, data, dtype=None, memory=memory.DRAM, cores=None):
        """A buffer filled from an array, or an uninitialised one of a shape.

        data: array-like, or a tuple of extents (slowest first). dtype: element
        type (nexus.datatype, its name, or a NumPy dtype); detected from the
        array when absent, F32 for a shape. With BF16 values are rounded to
        nearest even, uint16 arrays are bit patterns; F8 and BF8 take uint8 bit
        patterns. What an integer type does not hold is refused: OverflowError
        if it is too large or small, ValueError if it is no integer.

        memory: nexus.memory or its name. With a sharded kind, cores is the
        rectangle of worker cores (x, y, width, height), all when absent; see
        nxsCreateBuffer in nexus-api.h for the shape of the shards.
        """
        settings = _place(memory, cores)
        if isinstance(data, (tuple, int)):
            shape = (data,) if isinstance(data, int) else data
            kind = dtypes.parse(datatype.F32 if dtype is None else dtype)
            return Buffer._create(self._lib, self.id, shape, kind, None,
                                  settings)
        array = np.asarray(data)
        kind = dtypes.parse(array.dtype if dtype is None else dtype)
        return Buffer._create(self._lib, self.id, array.shape, kind,
                              dtypes.encode(array, kind), settings)

    def create_library(self, source):
        """A kernel library: a path (str or PathLike) of a source file, or the
        source itself as bytes."""
        if isinstance(source, (bytes, bytearray, memoryview)):
            text = bytes(source)
            return Library(self._lib, self._lib.call(
                "nxsCreateLibrary", self.id, text, len(text), 0))
        return Library(self._lib, self._lib.call(
            "nxsCreateLibraryFromFile", self.id, os.fsencode(source), 0))

    def create_schedule(self):
        """An empty schedule."""
        return Schedule(self._lib, self._lib.call(
            "nxsCreateSchedule", self.id, 0))

    def create_stream(self, settings=0):
        """A stream for run()."""
        return Stream(self._lib, self._lib.call(
            "nxsCreateStream", self.id, settings))

    def create_event(self, kind=event_type.Shared):
        """An event with value 0."""
        return Event(self._lib, self._lib.call(
            "nxsCreateEvent", self.id, kind, 0))


class Buffer(_Owned):
    """An array in device memory. shape, dtype: of the host array."""

    _getter = "nxsGetBufferProperty"
    _releaser = "nxsReleaseBuffer"

    @classmethod
    def _create(cls, lib, device, shape, kind, stored, settings):
        if len(shape) > _MAX_RANK:
            raise ValueError(f"rank {len(shape)} is over {_MAX_RANK}")
        layout = BufferLayout(data_type=kind, rank=len(shape))
        for i, extent in enumerate(shape):
            if not 0 <= extent < 1 << 64:
                raise ValueError(f"extent {extent} in {shape}")
            layout.dim[i] = extent
        pointer = None if stored is None else stored.ctypes.data
        buffer = cls(lib, lib.call("nxsCreateBuffer", device, layout,
                                   pointer, settings))
        buffer.shape = tuple(shape)
        buffer.dtype = kind
        return buffer

    def copy_to_host(self):
        """The contents as a new NumPy array (float32 values for BF16)."""
        stored = np.empty(self.shape, dtypes.storage(self.dtype))
        self._copy(stored, 0)
        return dtypes.decode(stored, self.dtype)

    def copy_from_host(self, data):
        """Replace the contents; data has the buffer's shape, and values that
        its type holds (see Device.create_buffer())."""
        stored = dtypes.encode(np.asarray(data), self.dtype)
        if stored.shape != self.shape:
            raise ValueError(f"shape {stored.shape}, not {self.shape}")
        self._copy(stored, 1)

    def _copy(self, stored, direction):
        """Waits for runs that use the buffer. The pointer keeps the array: the
        copy goes on after an interruption."""
        self._call_interruptibly(
            "nxsCopyBuffer", stored.ctypes.data_as(ctypes.c_void_p), direction)

    def fill(self, value):
        """Set every element to one value, which the type must hold."""
        stored = dtypes.encode(np.asarray(value), self.dtype).tobytes()
        self._call_interruptibly("nxsFillBuffer", stored, len(stored))


class Library(_Owned):
    """Kernel source."""

    _getter = "nxsGetLibraryProperty"
    _releaser = "nxsReleaseLibrary"

    def get_kernel(self, name):
        """The kernel of a library by name."""
        kernel = Kernel(self._lib, self._lib.call(
            "nxsGetKernel", self.id, name.encode()))
        kernel._library = self
        return kernel


class Kernel(_Object):
    """A kernel; lives as long as its library."""

    _getter = "nxsGetKernelProperty"


class Stream(_Owned):
    """A queue that schedules run in."""

    _getter = "nxsGetStreamProperty"
    _releaser = "nxsReleaseStream"

    def release(self):
        """Wait for the runs in it and give it back; the second call does
        nothing."""
        self._lib.interruptibly(super().release)


class Event(_Owned):
    """A value that is signalled and waited for."""

    _getter = "nxsGetEventProperty"
    _releaser = "nxsReleaseEvent"

    def signal(self, value=1):
        """Raise the event to value."""
        self._lib.call("nxsSignalEvent", self.id, value)

    def wait(self, value=1):
        """Block until the event has reached value. Raises NexusError if that
        fails, or if for a second no run in flight is to signal it."""
        self._call_interruptibly("nxsWaitEvent", value)


class Schedule(_Owned):
    """A list of commands that run together."""

    _getter = "nxsGetScheduleProperty"
    _releaser = "nxsReleaseSchedule"

    def __init__(self, lib, handle):
        super().__init__(lib, handle)
        # Of each command: handle, what it keeps, and a weak reference to its
        # object, since that keeps the schedule.
        self._entries = []

    def _add(self, handle, kept):
        command = Command(self, handle, {None: kept})
        self._entries.append((handle, command._keep, weakref.ref(command)))
        return command

    def _command(self, i):
        """Command i: its object, a new one if the last is gone."""
        handle, keep, reference = self._entries[i]
        command = reference()
        if command is None:
            command = Command(self, handle, keep)
            self._entries[i] = (handle, keep, weakref.ref(command))
        return command

    @property
    def commands(self):
        """The commands, in order, as a tuple."""
        return tuple(self._command(i) for i in range(len(self._entries)))

    def create_command(self, kernel):
        """A command that runs a kernel; set its arguments, then finalize()."""
        return self._add(self._lib.call(
            "nxsCreateCommand", self.id, kernel.id, 0), kernel)

    def create_signal_command(self, event, value=1):
        """A command that signals an event."""
        return self._add(self._lib.call(
            "nxsCreateSignalCommand", self.id, event.id, value, 0), event)

    def create_wait_command(self, event, value=1):
        """A command that waits for an event."""
        return self._add(self._lib.call(
            "nxsCreateWaitCommand", self.id, event.id, value, 0), event)

    def run(self, stream=None, blocking=True, timing=True, profiling=False):
        """Run all commands; with blocking=False return when they are queued.
        ElapsedTime (milliseconds) tells how long the run took; with
        profiling=True Command.core_times() tells it of each core."""
        settings = 0 if blocking else execution_settings.NonBlocking
        if timing:
            settings |= execution_settings.Timing
        if profiling:
            settings |= execution_settings.Profiling
        self._call_interruptibly(
            "nxsRunSchedule",
            _DEFAULT_STREAM if stream is None else stream.id, settings)


class Command(_Object):
    """A kernel with its arguments, or a signal or wait. The schedule it is in
    lives at least as long."""

    _getter = "nxsGetCommandProperty"

    def __init__(self, schedule, handle, keep):
        super().__init__(schedule._lib, handle)
        self._schedule = schedule
        # What the C side may read until it is set again or the schedule is
        # gone, by what it was set as; the schedule has it, too.
        self._keep = keep

    def core_times(self):
        """A CoreTime for each core of the last run with profiling=True."""
        words = self.get_property_int_vec("SubUnits")
        width = len(CoreTime._fields)
        return [CoreTime(*words[i:i + width])
                for i in range(0, len(words), width)]

    def set_arg(self, index, buffer=None, name="", *, value=None, dtype=None):
        """Argument index: a Buffer, or value= a number. A sharded buffer
        named 'CB' becomes circular buffer index of the cores it is in.

        A number becomes one 32-bit word: int -> I32, float -> F32, NumPy
        scalars as their type (64-bit ones like Python's numbers), or as dtype
        says. OverflowError or ValueError if that does not hold the value,
        TypeError for what is neither a Buffer nor a number.
        """
        given = buffer if value is None else value
        if not isinstance(given, Buffer):
            self._set_scalar(index, given, name, dtype, 0)
            return
        _check_type(f"name of argument {index}", name, str, "a str")
        self._lib.call("nxsSetCommandArgument", self.id, index, given.id,
                       name.encode(), _EXACT | given.dtype)
        self._keep[index, name] = given

    def set_const(self, index, value, name="", dtype=None):
        """Constant index. With name 'CB': circular buffer index of value
        tiles in the format dtype."""
        self._set_scalar(index, value, name, dtype, _CONSTANT)

    def _set_scalar(self, index, value, name, dtype, flags):
        what = f"constant {index}" if flags else f"argument {index}"
        _check_type(what, value, _NUMBERS, "a number" if flags else
                    "a Buffer (see create_buffer()) or a number")
        _check_type("name of " + what, name, str, "a str")
        kind = _scalar_type(value) if dtype is None else dtypes.parse(dtype)
        # A circular buffer's dtype is that of its tiles; its value a count.
        count = flags and name == "CB"
        stored = ctypes.create_string_buffer(
            _scalar(value, datatype.I32 if count else kind))
        self._lib.call("nxsSetCommandScalar", self.id, index,
                       ctypes.addressof(stored), name.encode(),
                       _EXACT | flags | kind)
        self._keep[index, name] = stored

    def finalize(self, grid_size=(1, 1, 1), group_size=(1, 1, 1),
                 shared_memory_size=0):
        """Fix the arguments and compile; the grid has up to three extents."""
        self._call_interruptibly("nxsFinalizeCommand", _dim3(grid_size),
                                 _dim3(group_size), shared_memory_size)


def _place(kind, cores):
    """The settings of a buffer: nexus-api.h, TT_BUFFER_CORES()."""
    if isinstance(kind, str):
        try:
            kind = memory[kind.upper()]
        except KeyError:
            raise ValueError(f"no memory is called {kind!r}") from None
    settings = memory(kind)
    for shift, extent in zip((11, 16, 21, 26), cores or (0, 0, 0, 0),
                             strict=True):
        if not 0 <= extent < 32:
            raise ValueError(f"cores {cores}: {extent} is not in 0 to 31")
        settings |= extent << shift
    return settings


def _dim3(size):
    size = (size,) if isinstance(size, int) else tuple(size)
    if not 1 <= len(size) <= 3:
        raise ValueError(f"{size} has not one to three dimensions")
    return Dim3(*map(as_extent, (size + (1, 1))[:3]))


def _check_type(what, value, types, accepted):
    """TypeError unless a value is of one of types."""
    if not isinstance(value, types):
        given = "None" if value is None else \
            f"one of type {type(value).__name__}"
        raise TypeError(f"{what} must be {accepted}, not {given}")


def _scalar(value, kind):
    """The bytes of a scalar of a type; 16-bit and 8-bit ones zero-extended to
    a word, as the kernel reads them. OverflowError or ValueError if an integer
    type does not hold the value."""
    if kind == datatype.BF16:
        return dtypes.to_bf16(np.float32(value)).tobytes().ljust(4, b"\0")
    value = np.asarray(value)
    dtypes.check_integers(value, kind)
    return value.astype(dtypes.storage(kind)).tobytes().ljust(4, b"\0")


def _scalar_type(value):
    """int -> I32 (U32 when only that holds it), float -> F32; NumPy scalars
    as their type, those of 64 bits like Python's numbers."""
    if isinstance(value, (bool, np.bool_)):
        return datatype.I32
    if isinstance(value, np.generic) and value.dtype.itemsize <= 4:
        return dtypes.parse(value.dtype)
    if isinstance(value, (float, np.floating)):
        return datatype.F32
    if -1 << 31 <= value < 1 << 31:
        return datatype.I32
    if value < 1 << 32:
        return datatype.U32
    raise OverflowError(f"{value} does not fit a 32-bit argument")
