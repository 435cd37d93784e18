# SPDX-License-Identifier: MIT
"""Python bindings of Nexus plugins: NumPy arrays in and out.

    import nexus
    device = nexus.get_runtimes()[0].get_device(0)
    buffer = device.create_buffer(array)

The library is chosen by TT_PLUGIN_LIB; see nexus.abi.find_library().
"""

import functools

from . import abi as _abi
from . import dtypes
from .abi import NexusError
from .enums import (datatype, event_type, execution_settings, memory,
                    property, status)  # noqa: A004
from .objects import (Buffer, Command, Device, Event, Kernel, Library, Runtime,
                      Schedule, Stream)

__all__ = [
    "Buffer", "Command", "Device", "Event", "Kernel", "Library", "NexusError",
    "Runtime", "Schedule", "Stream", "datatype", "dtypes", "event_type",
    "execution_settings", "get_runtimes", "memory", "property", "status",
]


@functools.lru_cache(maxsize=None)
def _runtime(path):
    return Runtime(_abi.Library(path))


def get_runtimes():
    """The runtimes that can be opened: one, of the plugin library. Raises
    OSError if the library cannot be opened or is no Nexus plugin."""
    return [_runtime(_abi.find_library())]
