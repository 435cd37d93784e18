# SPDX-License-Identifier: MIT
"""The C side: structs, prototypes and the search for the library."""

import ctypes
import os
import queue
import signal
import threading
from ctypes import (CDLL, POINTER, Structure, c_char_p, c_int32, c_size_t,
                    c_uint32, c_uint64, c_void_p)

from .enums import property, status  # noqa: A004


class Dim3(Structure):
    """nxs_dim3: three extents, by value."""

    _fields_ = [("x", c_uint32), ("y", c_uint32), ("z", c_uint32)]


class BufferLayout(Structure):
    """nxs_buffer_layout: element type and shape, by value. With all strides
    zero dim[0] is the slowest dimension (Python's order)."""

    _fields_ = [("data_type", c_uint32), ("rank", c_uint32),
                ("dim", c_uint64 * 8), ("stride", c_uint64 * 8)]


# ctypes cuts off what does not fit, without a word.
_RANGES = {c_int32: range(-1 << 31, 1 << 31), c_uint32: range(1 << 32)}


def as_extent(value):
    """An extent of a grid or group; OverflowError if it cannot be one."""
    if value not in _RANGES[c_uint32]:
        raise OverflowError(f"extent {value}")
    return value


_PROPERTY = [c_uint32, c_void_p, POINTER(c_size_t)]
_OBJECT_PROPERTY = [c_int32] + _PROPERTY

_PROTOTYPES = {
    "nxsGetRuntimeProperty": _PROPERTY,
    "nxsGetDeviceProperty": _OBJECT_PROPERTY,
    "nxsCreateBuffer": [c_int32, BufferLayout, c_void_p, c_uint32],
    "nxsGetBufferProperty": _OBJECT_PROPERTY,
    "nxsCopyBuffer": [c_int32, c_void_p, c_uint32],
    "nxsFillBuffer": [c_int32, c_void_p, c_uint32],
    "nxsReleaseBuffer": [c_int32],
    "nxsCreateLibrary": [c_int32, c_void_p, c_uint32, c_uint32],
    "nxsCreateLibraryFromFile": [c_int32, c_char_p, c_uint32],
    "nxsGetLibraryProperty": _OBJECT_PROPERTY,
    "nxsReleaseLibrary": [c_int32],
    "nxsGetKernel": [c_int32, c_char_p],
    "nxsGetKernelProperty": _OBJECT_PROPERTY,
    "nxsCreateEvent": [c_int32, c_uint32, c_uint32],
    "nxsGetEventProperty": _OBJECT_PROPERTY,
    "nxsSignalEvent": [c_int32, c_int32],
    "nxsWaitEvent": [c_int32, c_int32],
    "nxsReleaseEvent": [c_int32],
    "nxsCreateStream": [c_int32, c_uint32],
    "nxsGetStreamProperty": _OBJECT_PROPERTY,
    "nxsReleaseStream": [c_int32],
    "nxsCreateSchedule": [c_int32, c_uint32],
    "nxsGetScheduleProperty": _OBJECT_PROPERTY,
    "nxsRunSchedule": [c_int32, c_int32, c_uint32],
    "nxsReleaseSchedule": [c_int32],
    "nxsCreateCommand": [c_int32, c_int32, c_uint32],
    "nxsCreateSignalCommand": [c_int32, c_int32, c_int32, c_uint32],
    "nxsCreateWaitCommand": [c_int32, c_int32, c_int32, c_uint32],
    "nxsGetCommandProperty": _OBJECT_PROPERTY,
    "nxsSetCommandArgument": [c_int32, c_int32, c_int32, c_char_p, c_uint32],
    "nxsSetCommandScalar": [c_int32, c_int32, c_void_p, c_char_p, c_uint32],
    "nxsFinalizeCommand": [c_int32, Dim3, Dim3, c_uint32],
}


class NexusError(RuntimeError):
    """A call failed. status: the status enumerator (or the number, if it has
    no name); log: the library's log line, "" if it wrote none."""

    def __init__(self, call, code, log):
        try:
            self.status = status(code)
            name = "NXS_" + self.status.name
        except ValueError:
            self.status = code
            name = f"status {code}"
        self.log = log
        super().__init__(f"{call}: {name}" + (f": {log}" if log else ""))


def find_library():
    """The library to open: TT_PLUGIN_LIB, else beside this package, else in
    the build directory of the source tree, else in the lib folder it was
    installed to, else the system's search path."""
    chosen = os.environ.get("TT_PLUGIN_LIB")
    if chosen:
        return chosen
    here = os.path.dirname(os.path.abspath(__file__))
    for folder in (here, os.path.join(here, "..", "..", "build"),
                   os.path.join(here, "..", "..", "..")):
        path = os.path.normpath(os.path.join(folder, "libtt_plugin.so"))
        if os.path.exists(path):
            return path
    return "libtt_plugin.so"


class _Caller:
    """A thread that makes one call after the other for the main thread, which
    can be interrupted meanwhile. Kept, since starting one takes longer than
    most calls."""

    def __init__(self):
        self.pid = os.getpid()
        self._calls = queue.SimpleQueue()
        self._outcomes = queue.SimpleQueue()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while (call := self._calls.get()) is not None:
            function, arguments = call
            try:
                outcome = (function(*arguments), None)
            except Exception as error:  # whatever it is: somebody waits
                outcome = (None, error.with_traceback(None))
            # Nothing of the last call is kept alive while there is no other.
            del call, function, arguments
            self._outcomes.put(outcome)
            del outcome

    def call(self, function, *arguments):
        """function(*arguments), there; what interrupts this leaves it busy."""
        self._calls.put((function, arguments))
        result, error = self._outcomes.get()
        if error:
            raise error
        return result

    def end(self):
        """End the thread, behind what it does."""
        self._calls.put(None)


class Library:
    """One opened plugin. Calls may come from any thread."""

    def __init__(self, path):
        self.path = path
        self._caller = None
        self._numbers = {}
        try:
            self._dll = CDLL(path)
        except OSError as error:
            raise OSError(
                f"cannot open the plugin {path}: {error}; build it with "
                "`make`, or name it in TT_PLUGIN_LIB") from None
        for name, arguments in _PROTOTYPES.items():
            try:
                function = getattr(self._dll, name)
            except AttributeError:
                raise OSError(f"{path} is not a Nexus plugin: it has no "
                              f"{name}; see TT_PLUGIN_LIB") from None
            function.argtypes = arguments
            function.restype = c_int32
            self._numbers[name] = [
                (i, _RANGES[kind]) for i, kind in enumerate(arguments)
                if kind in _RANGES]

    def last_log(self):
        """The last error line of the calling thread (the runtime's
        Description property)."""
        buffer = ctypes.create_string_buffer(4096)
        size = c_size_t(len(buffer))
        code = self._dll.nxsGetRuntimeProperty(
            property.Description, buffer, ctypes.byref(size))
        return buffer.value.decode(errors="replace") if code >= 0 else ""

    def try_call(self, name, *arguments):
        """Call an entry point and hand its result back, negative or not.
        OverflowError for a number that does not fit."""
        for i, fits in self._numbers[name]:
            if int(arguments[i]) not in fits:
                raise OverflowError(f"{name}: {arguments[i]}")
        return getattr(self._dll, name)(*arguments)

    def interruptibly(self, function, *arguments):
        """function(*arguments) for what may take long in the library. In the
        main thread Ctrl-C raises KeyboardInterrupt at once; the call itself
        goes on to its end in a thread, which keeps function and arguments."""
        if threading.current_thread() is not threading.main_thread() or \
                not callable(signal.getsignal(signal.SIGINT)):
            return function(*arguments)
        # Taken while in use: handlers of signals may come here, too.
        caller, self._caller = self._caller, None
        if caller is None or caller.pid != os.getpid():
            caller = _Caller()
        try:
            result = caller.call(function, *arguments)
        except NexusError:
            self._keep(caller)
            raise
        except BaseException:
            caller.end()
            raise
        self._keep(caller)
        return result

    def _keep(self, caller):
        if self._caller is not None:
            self._caller.end()
        self._caller = caller

    def call(self, name, *arguments):
        """Call an entry point; raises NexusError for a negative result."""
        result = self.try_call(name, *arguments)
        if result < 0:
            raise NexusError(name, result, self.last_log())
        return result
