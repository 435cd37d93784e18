# SPDX-License-Identifier: MIT
"""The enumerations of nexus-api.h, under their own names and values."""

import enum


class property(enum.IntEnum):  # noqa: A001 - the API's own term
    """What an object can be asked (NP_* in C)."""

    Name = 0
    Type = 1
    Value = 2
    ID = 3
    Description = 4
    Count = 5
    Size = 6
    Rank = 7
    Shape = 8
    SubUnits = 9
    SubUnitType = 10
    Keys = 11
    Vendor = 12
    Architecture = 13
    Version = 14
    MajorVersion = 15
    MinorVersion = 16
    CoreSubsystem = 17
    MemorySubsystem = 18
    Limits = 19
    Features = 20
    GlobalMemorySize = 21
    CoreMemorySize = 22
    CoreRegisterSize = 23
    SIMDSize = 24
    CoreClockRate = 25
    MemoryClockRate = 26
    MemoryBusWidth = 27
    MaxThreadsPerBlock = 28
    TimeStamp = 29
    ElapsedTime = 30
    MaxThreadsPerThreadgroup = 31
    MaxThreadgroupsPerCore = 32
    MaxThreadgroupMemorySize = 33
    Location = 34
    MaxTransferRate = 35
    UnifiedMemory = 36
    MaxBufferSize = 37
    DataTypes = 38
    ClockModes = 39
    BaseClock = 40
    PowerModes = 41
    MaxPower = 42
    CoreUtilization = 43
    MemoryUtilization = 44


class datatype(enum.IntEnum):
    """Element types (NXS_DataType_* in C)."""

    Undefined = 0
    F32 = 1
    F16 = 2
    BF16 = 3
    F8 = 4
    BF8 = 5
    F4 = 6
    BF4 = 7
    I32 = 8
    U32 = 9
    I16 = 10
    U16 = 11
    I8 = 12
    U8 = 13
    I4 = 14
    U4 = 15
    F64 = 16
    I64 = 17
    U64 = 18
    Bool = 19


class event_type(enum.IntEnum):
    """Kinds of events (NXS_EventType_* in C)."""

    Shared = 0
    Signal = 1
    Fence = 2


class status(enum.IntEnum):
    """Results of calls (NXS_* in C); every value >= 0 is success."""

    Success = 0
    DeviceNotFound = -1
    DeviceNotAvailable = -2
    CompilerNotAvailable = -3
    MemObjectAllocationFailure = -4
    OutOfResources = -5
    OutOfHostMemory = -6
    ProfilingInfoNotAvailable = -7
    MemCopyOverlap = -8
    ImageFormatMismatch = -9
    ImageFormatNotSupported = -10
    BuildProgramFailure = -11
    MapFailure = -12
    MisalignedSubBufferOffset = -13
    ExecStatusErrorForEventsInWaitList = -14
    CompileProgramFailure = -15
    LinkerNotAvailable = -16
    LinkProgramFailure = -17
    DevicePartitionFailed = -18
    KernelArgInfoNotAvailable = -19
    InvalidValue = -30
    InvalidDeviceType = -31
    InvalidContext = -34
    InvalidQueueProperties = -35
    InvalidCommandQueue = -36
    InvalidHostPtr = -37
    InvalidMemObject = -38
    InvalidImageFormatDescriptor = -39
    InvalidImageSize = -40
    InvalidSampler = -41
    InvalidBinary = -42
    InvalidBuildOptions = -43
    InvalidProgram = -44
    InvalidProgramExecutable = -45
    InvalidKernelName = -46
    InvalidKernelDefinition = -47
    InvalidKernel = -48
    InvalidArgIndex = -49
    InvalidArgValue = -50
    InvalidArgSize = -51
    InvalidKernelArgs = -52
    InvalidWorkDimension = -53
    InvalidWorkGroupSize = -54
    InvalidWorkItemSize = -55
    InvalidGlobalOffset = -56
    InvalidEventWaitList = -57
    InvalidEvent = -58
    InvalidOperation = -59
    InvalidGlObject = -60
    InvalidBufferSize = -61
    InvalidMipLevel = -62
    InvalidGlobalWorkSize = -63
    InvalidProperty = -64
    InvalidImageDescriptor = -65
    InvalidCompilerOptions = -66
    InvalidDeviceQueue = -70
    InvalidSpecId = -71
    MaxSizeRestrictionExceeded = -72
    InvalidObject = -80
    InvalidBuffer = -81
    InvalidCommand = -82
    InvalidDevice = -83
    InvalidLibrary = -84
    InvalidRuntime = -85
    InvalidSchedule = -86
    InvalidStream = -87
    InvalidSystem = -88


class memory(enum.IntEnum):
    """Where a buffer is (TT_BUFFER_* in C): interleaved over the DRAM banks or
    the worker cores' L1, or sharded: a contiguous part in each of some
    cores."""

    DRAM = 0x000
    L1 = 0x100
    L1_HEIGHT = 0x200
    L1_WIDTH = 0x300
    L1_BLOCK = 0x400


class execution_settings(enum.IntFlag):
    """How a schedule is run (NXS_ExecutionSettings_* in C)."""

    Profiling = 1
    Timing = 2
    Capture = 4
    NonBlocking = 8
