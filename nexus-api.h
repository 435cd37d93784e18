/* SPDX-License-Identifier: MIT */
/*
 * The Nexus plugin interface: 32 entry points, layout-identical to the public
 * Nexus headers, C11 and C++17 clean.
 *
 * Every call may be made by any thread, also while another thread uses or
 * releases the same object: what is in use stays until it is not. Calls that
 * take longer than a look-up say that they block. Ids may be any value: what is
 * stale, of another kind or made up is refused with the status of its kind.
 *
 * A process may exit at any time, also while calls are under way. After fork()
 * the child may use the plugin only if no call was under way in the parent. It
 * has embedded chips of its own then, as they were at that moment, with the
 * runs that were in flight; other devices are the parent's.
 */
#ifndef NEXUS_API_H
#define NEXUS_API_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define NXS_API __attribute__((visibility("default")))
#else
#define NXS_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t nxs_int;
typedef uint32_t nxs_uint;
typedef int64_t nxs_long;
typedef uint64_t nxs_ulong;
typedef float nxs_float;
typedef double nxs_double;

/** enum nxs_status - result of a call; any value >= 0 is success, and the
 *  calls that create something return its id there */
enum nxs_status {
    NXS_Success = 0,
    NXS_DeviceNotFound = -1,
    NXS_DeviceNotAvailable = -2,
    NXS_CompilerNotAvailable = -3,
    NXS_MemObjectAllocationFailure = -4,
    NXS_OutOfResources = -5,
    NXS_OutOfHostMemory = -6,
    NXS_ProfilingInfoNotAvailable = -7,
    NXS_MemCopyOverlap = -8,
    NXS_ImageFormatMismatch = -9,
    NXS_ImageFormatNotSupported = -10,
    NXS_BuildProgramFailure = -11,
    NXS_MapFailure = -12,
    NXS_MisalignedSubBufferOffset = -13,
    NXS_ExecStatusErrorForEventsInWaitList = -14,
    NXS_CompileProgramFailure = -15,
    NXS_LinkerNotAvailable = -16,
    NXS_LinkProgramFailure = -17,
    NXS_DevicePartitionFailed = -18,
    NXS_KernelArgInfoNotAvailable = -19,
    NXS_InvalidValue = -30,
    NXS_InvalidDeviceType = -31,
    NXS_InvalidContext = -34,
    NXS_InvalidQueueProperties = -35,
    NXS_InvalidCommandQueue = -36,
    NXS_InvalidHostPtr = -37,
    NXS_InvalidMemObject = -38,
    NXS_InvalidImageFormatDescriptor = -39,
    NXS_InvalidImageSize = -40,
    NXS_InvalidSampler = -41,
    NXS_InvalidBinary = -42,
    NXS_InvalidBuildOptions = -43,
    NXS_InvalidProgram = -44,
    NXS_InvalidProgramExecutable = -45,
    NXS_InvalidKernelName = -46,
    NXS_InvalidKernelDefinition = -47,
    NXS_InvalidKernel = -48,
    NXS_InvalidArgIndex = -49,
    NXS_InvalidArgValue = -50,
    NXS_InvalidArgSize = -51,
    NXS_InvalidKernelArgs = -52,
    NXS_InvalidWorkDimension = -53,
    NXS_InvalidWorkGroupSize = -54,
    NXS_InvalidWorkItemSize = -55,
    NXS_InvalidGlobalOffset = -56,
    NXS_InvalidEventWaitList = -57,
    NXS_InvalidEvent = -58,
    NXS_InvalidOperation = -59,
    NXS_InvalidGlObject = -60,
    NXS_InvalidBufferSize = -61,
    NXS_InvalidMipLevel = -62,
    NXS_InvalidGlobalWorkSize = -63,
    NXS_InvalidProperty = -64,
    NXS_InvalidImageDescriptor = -65,
    NXS_InvalidCompilerOptions = -66,
    NXS_InvalidDeviceQueue = -70,
    NXS_InvalidSpecId = -71,
    NXS_MaxSizeRestrictionExceeded = -72,
    NXS_InvalidObject = -80,
    NXS_InvalidBuffer = -81,
    NXS_InvalidCommand = -82,
    NXS_InvalidDevice = -83,
    NXS_InvalidLibrary = -84,
    NXS_InvalidRuntime = -85,
    NXS_InvalidSchedule = -86,
    NXS_InvalidStream = -87,
    NXS_InvalidSystem = -88
};
typedef enum nxs_status nxs_status;

/** enum nxs_property - what a Get...Property call can be asked */
enum nxs_property {
    NP_Name = 0,
    NP_Type = 1,
    NP_Value = 2,
    NP_ID = 3,
    NP_Description = 4,
    NP_Count = 5,
    NP_Size = 6,
    NP_Rank = 7,
    NP_Shape = 8,
    NP_SubUnits = 9,
    NP_SubUnitType = 10,
    NP_Keys = 11,
    NP_Vendor = 12,
    NP_Architecture = 13,
    NP_Version = 14,
    NP_MajorVersion = 15,
    NP_MinorVersion = 16,
    NP_CoreSubsystem = 17,
    NP_MemorySubsystem = 18,
    NP_Limits = 19,
    NP_Features = 20,
    NP_GlobalMemorySize = 21,
    NP_CoreMemorySize = 22,
    NP_CoreRegisterSize = 23,
    NP_SIMDSize = 24,
    NP_CoreClockRate = 25,
    NP_MemoryClockRate = 26,
    NP_MemoryBusWidth = 27,
    NP_MaxThreadsPerBlock = 28,
    NP_TimeStamp = 29,
    NP_ElapsedTime = 30,
    NP_MaxThreadsPerThreadgroup = 31,
    NP_MaxThreadgroupsPerCore = 32,
    NP_MaxThreadgroupMemorySize = 33,
    NP_Location = 34,
    NP_MaxTransferRate = 35,
    NP_UnifiedMemory = 36,
    NP_MaxBufferSize = 37,
    NP_DataTypes = 38,
    NP_ClockModes = 39,
    NP_BaseClock = 40,
    NP_PowerModes = 41,
    NP_MaxPower = 42,
    NP_CoreUtilization = 43,
    NP_MemoryUtilization = 44
};
typedef enum nxs_property nxs_property;

/** enum nxs_data_type - element types, in the low five bits of settings and
 *  of nxs_buffer_layout.data_type */
enum nxs_data_type {
    NXS_DataType_Undefined = 0,
    NXS_DataType_F32 = 1,
    NXS_DataType_F16 = 2,
    NXS_DataType_BF16 = 3,
    NXS_DataType_F8 = 4,
    NXS_DataType_BF8 = 5,
    NXS_DataType_F4 = 6,
    NXS_DataType_BF4 = 7,
    NXS_DataType_I32 = 8,
    NXS_DataType_U32 = 9,
    NXS_DataType_I16 = 10,
    NXS_DataType_U16 = 11,
    NXS_DataType_I8 = 12,
    NXS_DataType_U8 = 13,
    NXS_DataType_I4 = 14,
    NXS_DataType_U4 = 15,
    NXS_DataType_F64 = 16,
    NXS_DataType_I64 = 17,
    NXS_DataType_U64 = 18,
    NXS_DataType_Bool = 19,
    NXS_DataType_Mask = 31,
    NXS_DataType_Block = 32,
    NXS_DataType_Block_8 = 33,
    NXS_DataType_Block_16 = 34,
    NXS_DataType_Block_32 = 35,
    NXS_DataType_Flags_Mask = 3 << 5
};
typedef enum nxs_data_type nxs_data_type;

/** enum nxs_buffer_settings - bits of nxsCreateBuffer() settings */
enum nxs_buffer_settings {
    NXS_BufferSettings_OnHost = 1,
    NXS_BufferSettings_OnDevice = 2,
    NXS_BufferSettings_Maintain = 4
};
typedef enum nxs_buffer_settings nxs_buffer_settings;

/** enum nxs_buffer_transfer - direction of nxsCopyBuffer() */
enum nxs_buffer_transfer {
    NXS_BufferDeviceToHost = 0,
    NXS_BufferHostToDevice = 1
};
typedef enum nxs_buffer_transfer nxs_buffer_transfer;

/** enum nxs_stream_settings - bits of nxsCreateStream() settings */
enum nxs_stream_settings {
    NXS_StreamSettings_OutOfOrderExecution = 1,
    NXS_StreamSettings_Profiling = 2
};
typedef enum nxs_stream_settings nxs_stream_settings;

/** enum nxs_execution_settings - bits of nxsRunSchedule() settings */
enum nxs_execution_settings {
    NXS_ExecutionSettings_Profiling = 1,
    NXS_ExecutionSettings_Timing = 2,
    NXS_ExecutionSettings_Capture = 4,
    NXS_ExecutionSettings_NonBlocking = 8
};
typedef enum nxs_execution_settings nxs_execution_settings;

/** enum nxs_event_type - what an event counts */
enum nxs_event_type {
    NXS_EventType_Shared = 0,
    NXS_EventType_Signal = 1,
    NXS_EventType_Fence = 2
};
typedef enum nxs_event_type nxs_event_type;

/** enum nxs_event_status - how far an event is, for hosts that keep track */
enum nxs_event_status {
    NXS_EventStatus_Submitted = 0,
    NXS_EventStatus_Running = 1,
    NXS_EventStatus_Complete = 2,
    NXS_EventStatus_Error = 3,
    NXS_EventStatus_Canceled = 4
};
typedef enum nxs_event_status nxs_event_status;

/** enum nxs_command_type - what a command of a schedule does */
enum nxs_command_type {
    NXS_CommandType_Dispatch = 0,
    NXS_CommandType_Signal = 1,
    NXS_CommandType_Wait = 2
};
typedef enum nxs_command_type nxs_command_type;

/** enum nxs_command_arg_type - role of an argument, in settings; overlaps the
 *  data type there (see nxsSetCommandScalar()) */
enum nxs_command_arg_type {
    NXS_CommandArgType_User = 0,
    NXS_CommandArgType_Launch = 1,
    NXS_CommandArgType_Constant = 2,
    NXS_CommandArgType_Mask = 3,
    NXS_CommandArgType_NextBitOffset = 3
};
typedef enum nxs_command_arg_type nxs_command_arg_type;

#define NXS_MAX_DIMS          8
#define NXS_KERNEL_MAX_ARGS   64
#define NXS_KERNEL_MAX_CONSTS 64

/** Extension of this plugin: with this bit set, the settings of
 *  nxsSetCommandArgument() and nxsSetCommandScalar() are unambiguous: bits 0-4
 *  are exactly the data type and TT_SETTINGS_CONSTANT alone makes a constant */
#define TT_SETTINGS_EXACT 0x80000000u
/** with TT_SETTINGS_EXACT: the scalar is a constant, not an argument */
#define TT_SETTINGS_CONSTANT 0x40000000u

/** Extension of this plugin: where nxsCreateBuffer() puts a buffer, in bits 8
 *  to 30 of its settings, which hosts leave 0. None of these is DRAM. */
#define TT_BUFFER_L1 0x100u /* interleaved over the L1 of all worker cores */
/** Sharded: contiguous parts, one in the L1 of each core of a rectangle; see
 *  nxsCreateBuffer() for their shape. */
#define TT_BUFFER_L1_HEIGHT 0x200u /* rows of tiles are shared out */
#define TT_BUFFER_L1_WIDTH  0x300u /* columns of tiles are */
#define TT_BUFFER_L1_BLOCK  0x400u /* rows downwards, columns across */
/** the kind of a buffer in its settings: 0 DRAM, 1 L1 .. 4 block */
#define TT_BUFFER_KIND(settings) ((settings) >> 8 & 7u)
/** With a sharded kind: the rectangle, first worker core and extents, each 0
 *  to 31. An extent of 0, so without this macro both, is all that the grid
 *  has from there on. */
#define TT_BUFFER_CORES(x, y, width, height)                                   \
    ((nxs_uint)(x) << 11 | (nxs_uint)(y) << 16 | (nxs_uint)(width) << 21 |     \
     (nxs_uint)(height) << 26)

/** struct nxs_dim3 - three extents; passed by value */
typedef struct nxs_dim3 {
    nxs_uint x, y, z;
} nxs_dim3;

/** struct nxs_buffer_layout - shape of a buffer; passed by value
 *  @data_type: enum nxs_data_type, 0 means bytes
 *  @rank: how many of @dim count, 0..8
 *  @dim: extents in elements
 *  @stride: in elements; all 0: dim[0] is the slowest (Python); stride[0] == 1:
 *           dim[0] is the fastest (C++), the others may be 0 then */
typedef struct nxs_buffer_layout {
    nxs_uint data_type;
    nxs_uint rank;
    nxs_ulong dim[NXS_MAX_DIMS];
    nxs_ulong stride[NXS_MAX_DIMS];
} nxs_buffer_layout;

/**
 * nxsGetRuntimeProperty - properties of the runtime
 *
 * Every Get...Property call works the same way:
 * @property_id: enum nxs_property; NP_Keys lists what the object has
 * @value: storage of the caller for the value: a NUL-terminated string, a
 *         64-bit integer, a double or a vector of 64-bit integers, as the
 *         property's type has it; NULL asks for the size only
 * @value_size: capacity of @value in bytes; on success the size of the value
 *              (of a string with its terminator)
 *
 * The runtime is found by NP_Name, "tt-metal"; NP_Size is the number of its
 * devices, NP_Count of its live objects. NP_Description is the line that the
 * calling thread's last failed call logged. NP_Location is a JSON array of the
 * cards that were found, one object each: "address", "chip", "board",
 * "firmware", "driver", "subsystem", "node", "link_speed" (strings, "" if
 * unknown), "link_width", "numa_node" (-1 if there is none), "device" (number
 * of the device, -1 if it is none), "usable", and if it is not "reason" and
 * "remedy". Where there are none, NP_Features says why, or that TT_DEVICE told
 * not to look for any.
 *
 * Any thread. The first call of all opens the devices.
 *
 * Return: NXS_Success; NXS_InvalidProperty if the object has none such;
 * NXS_InvalidArgSize if the capacity is too small (nothing is written);
 * NXS_InvalidValue if @value_size is NULL.
 */
NXS_API nxs_status nxsGetRuntimeProperty(nxs_uint property_id, void *value,
                                         size_t *value_size);

/**
 * nxsGetDeviceProperty - properties of a device
 * @device: 0 .. n - 1
 *
 * NP_Size is the number of worker cores, NP_Shape their grid; clocks are in
 * MHz, sizes in bytes, utilizations in percent, NP_MemoryBusWidth in bits,
 * NP_TimeStamp in ns, NP_ElapsedTime (time spent in launches so far) in ms.
 * NP_MemoryUtilization and NP_MaxBufferSize are of the DRAM. NP_MemorySubsystem
 * is a JSON object with "dram" and "l1", each with "banks" (DRAM banks or
 * worker cores), and of each bank "size" and "free" in bytes and "largest", the
 * largest range that is free, and "buffers", how many allocations there are.
 *
 * Return: as nxsGetRuntimeProperty(); NXS_InvalidDevice.
 */
NXS_API nxs_status nxsGetDeviceProperty(nxs_int device, nxs_uint property_id,
                                        void *value, size_t *value_size);

/**
 * nxsCreateBuffer - allocate an array on a device
 * @device: 0 .. n - 1
 * @layout: type and shape of the host's array; flags in data_type are ignored
 * @host_ptr: data to copy in, borrowed for the call, or NULL
 * @settings: enum nxs_buffer_settings. OnDevice alone with a @host_ptr wraps
 *            memory instead of allocating it: @host_ptr is what NP_Value said
 *            of a live buffer, which is then shared and kept alive, or an
 *            offset in the DRAM banks (32-byte aligned; NP_Location of a
 *            buffer tells its offset). TT_BUFFER_L1.. and TT_BUFFER_CORES()
 *            choose a place in L1. The other bits change nothing
 *
 * Rank 0 and 1 are stored linearly in pages of 1024 elements; of more
 * dimensions the two innermost are padded to 32 and stored as 32 x 32 tiles.
 * F8 and BF8 are OCP E4M3 and E5M2 bytes on the host, block floats on the
 * device; types without a device format are stored as bytes. Without
 * @host_ptr the contents are undefined.
 *
 * A buffer in L1 is taken from the end of L1 downwards, at one address in all
 * worker cores of the device, also in those that hold no part of it; runs keep
 * their circular buffers at the beginning, from submission until they are over,
 * and whichever comes second and would reach into the other is refused.
 * Interleaved pages go round the cores in row order.
 *
 * For shards the array is a matrix of its tiles, the planes of outer dimensions
 * below each other; a linear array is one column (height) or one row (width,
 * block) of its pages. On n cores, h below each other and w side by side, from
 * (x, y) on, a shard has
 *   height: ceil(rows / n) rows, all columns; shard i on core i in row order
 *   width: all rows, ceil(columns / n) columns; likewise
 *   block: ceil(rows / h) rows, ceil(columns / w) columns; the shard in row i
 *     and column j on core (x + j, y + i)
 * Tiles are in row order inside a shard. The last shards have room for what
 * they lack; cores that are left over hold none.
 *
 * To wrap L1, @settings say that it is L1, and @host_ptr is an address inside
 * a live L1 buffer (16-byte aligned; NP_Location), which is kept alive; or,
 * with or without these settings, what NP_Value said of one.
 *
 * Any thread; blocks while copying.
 *
 * Return: the buffer's id; NXS_InvalidDevice; NXS_InvalidValue for an unknown
 * type or kind, a rank above 8, strides with gaps, or cores outside the grid;
 * NXS_InvalidBufferSize for an extent of 0 or a size beyond 63 bits;
 * NXS_OutOfResources if the memory is full (the log says how much of each bank
 * or core is free, and the largest range) or runs in flight use it;
 * NXS_InvalidHostPtr for an address that cannot be wrapped;
 * NXS_OutOfHostMemory.
 */
NXS_API nxs_int nxsCreateBuffer(nxs_int device, nxs_buffer_layout layout,
                                void *host_ptr, nxs_uint settings);

/**
 * nxsGetBufferProperty - properties of a buffer
 * @buffer: id
 *
 * NP_Value downloads the data and is the address of that copy: host memory
 * that stays readable until the buffer is released, refreshed by each call.
 * NP_Size is in bytes of the host's array. NP_Location is the memory, ":" and
 * the offset or address: "dram:0x100000", "l1:0x16d000", "l1 sharded height
 * 8x1+0+2:0x16d000" with width x height + x + y of the cores.
 *
 * Return: as nxsGetRuntimeProperty(); NXS_InvalidBuffer; for NP_Value also
 * NXS_OutOfHostMemory, NXS_DeviceNotAvailable.
 */
NXS_API nxs_status nxsGetBufferProperty(nxs_int buffer, nxs_uint property_id,
                                        void *value, size_t *value_size);

/**
 * nxsCopyBuffer - copy the whole array
 * @buffer: id
 * @host_ptr: the host's array, NP_Size bytes, in the order that the layout
 *            said at creation
 * @direction: enum nxs_buffer_transfer
 *
 * Any thread; blocks until the data has arrived. In order with runs: waits for
 * those submitted before that use the buffer, and those submitted after wait
 * for it. Copies of several threads do not mix.
 *
 * Return: NXS_Success; NXS_InvalidBuffer; NXS_InvalidHostPtr if NULL;
 * NXS_InvalidValue for another direction; NXS_OutOfHostMemory;
 * NXS_DeviceNotAvailable. To the host also, once for each buffer, the status of
 * a failed NonBlocking run that was to use it, or that a run which was to use
 * it was behind; no longer once data was copied to the whole buffer, or a run
 * that was submitted after somebody had been told, and that was given the
 * buffer, has ended well.
 */
NXS_API nxs_status nxsCopyBuffer(nxs_int buffer, void *host_ptr,
                                 nxs_uint direction);

/**
 * nxsFillBuffer - repeat a pattern over the array
 * @buffer: id
 * @value: the pattern, in the host's format, borrowed for the call
 * @value_bytes: its length, 1 .. NP_Size; it need not divide NP_Size
 *
 * Blocks; in order with runs as nxsCopyBuffer().
 *
 * Return: NXS_Success; NXS_InvalidBuffer; NXS_InvalidValue for no pattern or
 * one longer than the array; NXS_OutOfHostMemory; NXS_DeviceNotAvailable.
 */
NXS_API nxs_status nxsFillBuffer(nxs_int buffer, void *value,
                                 nxs_uint value_bytes);

/**
 * nxsReleaseBuffer - give a buffer back
 * @buffer: id; stale from now on
 *
 * The memory is free once no run uses it any more. A command that has the
 * buffer as an argument does not keep it: running it then fails.
 *
 * Return: NXS_Success; NXS_InvalidBuffer.
 */
NXS_API nxs_status nxsReleaseBuffer(nxs_int buffer);

/**
 * nxsCreateLibrary - kernels from source in memory
 * @device: 0 .. n - 1
 * @data: kernel source, copied; a terminating NUL may be included
 * @size: bytes, at most 8 MiB
 * @settings: ignored
 *
 * One source holds all three roles; it is compiled once each with
 * READER_KERNEL, WRITER_KERNEL and COMPUTE_KERNEL defined, by
 * nxsFinalizeCommand(). Nothing is compiled here.
 *
 * Return: the library's id; NXS_InvalidDevice; NXS_InvalidValue if empty;
 * NXS_InvalidBinary if it is not text; NXS_MaxSizeRestrictionExceeded;
 * NXS_OutOfHostMemory; NXS_OutOfResources.
 */
NXS_API nxs_int nxsCreateLibrary(nxs_int device, void *data, nxs_uint size,
                                 nxs_uint settings);

/**
 * nxsCreateLibraryFromFile - kernels from a source file
 * @device: 0 .. n - 1
 * @path: file, read during the call; its directory serves #include "..."
 * @settings: ignored
 *
 * Return: as nxsCreateLibrary(); NXS_InvalidProgram if the file cannot be
 * read; NXS_InvalidValue without a path.
 */
NXS_API nxs_int nxsCreateLibraryFromFile(nxs_int device, const char *path,
                                         nxs_uint settings);

/**
 * nxsGetLibraryProperty - properties of a library
 * @library: id
 *
 * Return: as nxsGetRuntimeProperty(); NXS_InvalidLibrary.
 */
NXS_API nxs_status nxsGetLibraryProperty(nxs_int library, nxs_uint property_id,
                                         void *value, size_t *value_size);

/**
 * nxsReleaseLibrary - give a library and its kernels back
 * @library: id; stale from now on, like the ids of its kernels
 *
 * Commands made from its kernels go on working.
 *
 * Return: NXS_Success; NXS_InvalidLibrary.
 */
NXS_API nxs_status nxsReleaseLibrary(nxs_int library);

/**
 * nxsGetKernel - name a kernel of a library
 * @library: id
 * @name: a C identifier; a library holds one kernel, so that any name finds it
 *
 * The id lives as long as the library; the same name gives the same id.
 *
 * Return: the kernel's id; NXS_InvalidLibrary; NXS_InvalidKernelName;
 * NXS_OutOfHostMemory; NXS_OutOfResources.
 */
NXS_API nxs_int nxsGetKernel(nxs_int library, const char *name);

/**
 * nxsGetKernelProperty - properties of a kernel
 * @kernel: id
 *
 * Return: as nxsGetRuntimeProperty(); NXS_InvalidKernel.
 */
NXS_API nxs_status nxsGetKernelProperty(nxs_int kernel, nxs_uint property_id,
                                        void *value, size_t *value_size);

/**
 * nxsCreateEvent - make an event
 * @device: 0 .. n - 1
 * @type: Shared: carries a value, 0 at first; a wait for v passes once the
 *        value is >= v. Signal: a wait passes once the event was signaled,
 *        whatever the values. Fence: a wait passes once the runs submitted
 *        before it on the event's device, in all streams, are over
 * @settings: ignored
 *
 * Return: the event's id; NXS_InvalidDevice; NXS_InvalidValue for another
 * type; NXS_OutOfHostMemory; NXS_OutOfResources.
 */
NXS_API nxs_int nxsCreateEvent(nxs_int device, nxs_event_type type,
                               nxs_uint settings);

/**
 * nxsGetEventProperty - properties of an event
 * @event: id
 *
 * NP_Value is the value last signaled, NP_TimeStamp when (ns, on the clock of
 * the device's NP_TimeStamp; 0: never). NP_Count is its enum nxs_event_status,
 * NP_Description the same as text: "submitted", "running" (a run in flight is
 * to signal it), "complete", or "error" or "canceled" (a run that was to signal
 * it failed or was not started).
 *
 * Return: as nxsGetRuntimeProperty(); NXS_InvalidEvent.
 */
NXS_API nxs_status nxsGetEventProperty(nxs_int event, nxs_uint property_id,
                                       void *value, size_t *value_size);

/**
 * nxsSignalEvent - set the value of an event
 * @event: id
 * @value: any; the value may go down
 *
 * Wakes the threads and runs that wait, on all devices; never blocks.
 *
 * Return: NXS_Success; NXS_InvalidEvent.
 */
NXS_API nxs_status nxsSignalEvent(nxs_int event, nxs_int value);

/**
 * nxsWaitEvent - wait for an event
 * @event: id
 * @value: to reach, for Shared events
 *
 * Blocks while a run in flight is still to signal the event, at most
 * TT_TIMEOUT_MS; otherwise one second, in which another thread may signal. Ends
 * at once if the run that was to signal it failed, or the event is released.
 *
 * Return: NXS_Success; NXS_InvalidEvent;
 * NXS_ExecStatusErrorForEventsInWaitList if it was not reached (the last error
 * line is then that of the failed run, if there is one).
 */
NXS_API nxs_status nxsWaitEvent(nxs_int event, nxs_int value);

/**
 * nxsReleaseEvent - give an event back
 * @event: id; stale from now on; commands that use the event keep it, but waits
 *         that only the host could have ended fail
 *
 * Return: NXS_Success; NXS_InvalidEvent.
 */
NXS_API nxs_status nxsReleaseEvent(nxs_int event);

/**
 * nxsCreateStream - make a stream
 * @device: 0 .. n - 1
 * @settings: enum nxs_stream_settings, kept as NP_Value
 *
 * A stream is a queue: its runs follow each other, in the order in which they
 * were submitted (also with OutOfOrderExecution). Runs of different streams are
 * side by side on cores of their own, and take turns, in the order in which
 * they came, for cores that several want; only events, fences and copies order
 * them. Each device has a default stream, which has no id and all negative
 * ones.
 *
 * Return: the stream's id; NXS_InvalidDevice; NXS_OutOfHostMemory;
 * NXS_OutOfResources.
 */
NXS_API nxs_int nxsCreateStream(nxs_int device, nxs_uint settings);

/**
 * nxsGetStreamProperty - properties of a stream
 * @stream: id
 *
 * NP_Size is the number of runs that are not over, NP_Count of those that ended
 * well, NP_ElapsedTime their time in ms, NP_Value the settings.
 *
 * Return: as nxsGetRuntimeProperty(); NXS_InvalidStream.
 */
NXS_API nxs_status nxsGetStreamProperty(nxs_int stream, nxs_uint property_id,
                                        void *value, size_t *value_size);

/**
 * nxsReleaseStream - give a stream back
 * @stream: id; stale from now on
 *
 * Blocks until the runs in it are over. A failure that nobody has been told of
 * is not reported.
 *
 * Return: NXS_Success; NXS_InvalidStream.
 */
NXS_API nxs_status nxsReleaseStream(nxs_int stream);

/**
 * nxsCreateSchedule - make an empty list of commands
 * @device: 0 .. n - 1
 * @settings: kept as NP_Value
 *
 * Return: the schedule's id; NXS_InvalidDevice; NXS_OutOfHostMemory;
 * NXS_OutOfResources.
 */
NXS_API nxs_int nxsCreateSchedule(nxs_int device, nxs_uint settings);

/**
 * nxsGetScheduleProperty - properties of a schedule
 * @schedule: id
 *
 * NP_ElapsedTime is the time in ms, with the resolution of ns, in which the
 * last run that ended well had commands on the chip, from doorbell to
 * completion.
 *
 * Return: as nxsGetRuntimeProperty(); NXS_InvalidSchedule;
 * NXS_ProfilingInfoNotAvailable for the time before the first run.
 */
NXS_API nxs_status nxsGetScheduleProperty(nxs_int schedule,
                                          nxs_uint property_id, void *value,
                                          size_t *value_size);

/**
 * nxsRunSchedule - run the commands of a schedule
 * @schedule: id
 * @stream: id; any negative value is the default stream
 * @run_settings: enum nxs_execution_settings; time is always taken.
 *                NonBlocking: return once the run is at the end of its stream
 *
 * The effect is that of one command after the other. Commands that share no
 * buffer run side by side while there are cores; what has no room waits for the
 * end of others. Signals and waits come after all commands before them. A run
 * uses the arguments that its commands have at the time of the call; what it
 * uses lives until it is over. A schedule can be run again at any time.
 *
 * Without NonBlocking it blocks until the run, and so all before it in its
 * stream, are over; any thread. A run ends TT_TIMEOUT_MS after its first
 * command was started or began to wait for an event.
 *
 * A command that fails ends its run: later commands are not started, events
 * that they would have signaled fail, the cores are put into reset, and other
 * streams go on. If nobody waits for the run, its status is kept for whoever
 * waits next: a run without NonBlocking in the stream, nxsWaitEvent() on an
 * event that it would have signaled, or nxsCopyBuffer() from a buffer that it
 * was to use. Runs behind it in its stream that were submitted before that are
 * dropped: they end, and what they would have signaled or written fails too.
 *
 * Return: NXS_Success; NXS_InvalidSchedule; NXS_InvalidStream;
 * NXS_InvalidCommand if a command was not finalized; NXS_InvalidKernelArgs if
 * a buffer was released since it was set; NXS_OutOfResources if circular
 * buffers and "..L1" entries would reach into buffers in L1 (the log has both
 * addresses);
 * NXS_InvalidProgramExecutable if a kernel failed, hung or deadlocked (the log
 * says where); NXS_ExecStatusErrorForEventsInWaitList if a wait command cannot
 * pass, because the event's signaler failed, the event was released, runs wait
 * for each other, or (without NonBlocking) for a second nobody was there to
 * signal; the status of an earlier run, see above; NXS_DeviceNotAvailable if
 * the chip does not answer; NXS_OutOfHostMemory; those of nxsFinalizeCommand()
 * if arguments changed since and, in the first run of a device, for the
 * firmware. Commands after the failing one have not run.
 */
NXS_API nxs_status nxsRunSchedule(nxs_int schedule, nxs_int stream,
                                  nxs_uint run_settings);

/**
 * nxsReleaseSchedule - give a schedule and its commands back
 * @schedule: id; stale from now on, like the ids of its commands
 *
 * Return: NXS_Success; NXS_InvalidSchedule.
 */
NXS_API nxs_status nxsReleaseSchedule(nxs_int schedule);

/**
 * nxsCreateCommand - add a kernel launch to a schedule
 * @schedule: id
 * @kernel: id, of the same device
 * @settings: ignored
 *
 * Return: the command's id; NXS_InvalidSchedule; NXS_InvalidKernel;
 * NXS_OutOfHostMemory; NXS_OutOfResources.
 */
NXS_API nxs_int nxsCreateCommand(nxs_int schedule, nxs_int kernel,
                                 nxs_uint settings);

/**
 * nxsCreateSignalCommand - add a signal to a schedule
 * @schedule: id
 * @event: id
 * @value: what the event is set to
 * @settings: ignored
 *
 * Return: the command's id; NXS_InvalidSchedule; NXS_InvalidEvent;
 * NXS_OutOfHostMemory; NXS_OutOfResources.
 */
NXS_API nxs_int nxsCreateSignalCommand(nxs_int schedule, nxs_int event,
                                       nxs_int value, nxs_uint settings);

/**
 * nxsCreateWaitCommand - add a wait to a schedule
 * @schedule: id
 * @event: id
 * @value: to reach, for Shared events. A run cannot wait for its own later
 *         signals. A Fence passes when what was submitted before this run, on
 *         the fence's device, is over
 * @settings: ignored
 *
 * Return: as nxsCreateSignalCommand().
 */
NXS_API nxs_int nxsCreateWaitCommand(nxs_int schedule, nxs_int event,
                                     nxs_int value, nxs_uint settings);

/**
 * nxsGetCommandProperty - properties of a command
 * @command: id
 *
 * NP_Description is what the compiler said when nxsFinalizeCommand() last
 * failed, else "". Of the last run that ended well: NP_ElapsedTime is the time
 * in ms from doorbell to completion, NP_Location the cores, for instance
 * "cores (0,0)-(7,3)" ("" before the first). NP_SubUnits, of the last run with
 * Profiling or in a stream with it, is a vector of six numbers for each core:
 * x, y, first and last cycle of its kernels on the device's clock, and host
 * time of doorbell and completion in ns on the clock of the device's
 * NP_TimeStamp.
 *
 * Return: as nxsGetRuntimeProperty(); NXS_InvalidCommand;
 * NXS_ProfilingInfoNotAvailable for times before there are any.
 */
NXS_API nxs_status nxsGetCommandProperty(nxs_int command, nxs_uint property_id,
                                         void *value, size_t *value_size);

/**
 * nxsSetCommandArgument - pass a buffer
 * @command: id of a kernel launch
 * @index: 0 .. 63
 * @buffer: id, of the same device
 * @name: NULL, "", or one of the names below; others mean nothing
 * @settings: ignored: the buffer knows its type
 *
 * An ordinary argument: kernels find the buffer's address, in DRAM or L1, in
 * word @index of the common arguments, and its accessor (2 words, more for a
 * sharded one) among the compile-time arguments. Named "[ROLE_]ARG": the
 * address is word @index in order of the role's own arguments; named
 * "[ROLE_]CTA": the accessor words are appended to the role's own compile-time
 * arguments (see nxsSetCommandScalar()).
 *
 * Named "CB", and sharded: @index is a circular buffer (0..31), which lies over
 * the shard in the kernel's own core: its tiles are the shard's, in order, in
 * the buffer's data type. It starts empty, as every circular buffer: kernels
 * use the tiles without waiting, or one reserves and pushes them all for
 * another to wait for. This and a constant "CB" of the same index replace each
 * other, and it is no argument: a kernel that wants the address or an accessor
 * too has to be given the buffer twice. The command then runs on just the cores
 * that hold shards, and the last row of their rectangle to its end: grid point
 * i, if there are as many points as shards, is done where shard i is. All such
 * buffers of a command have their shards on the same cores.
 *
 * Return: NXS_Success; NXS_InvalidCommand; NXS_InvalidOperation for a signal
 * or wait; NXS_InvalidArgIndex; NXS_InvalidBuffer; NXS_InvalidArgValue for a
 * name that takes a number, or a "CB" that is not sharded or whose type has no
 * device format; NXS_OutOfHostMemory.
 */
NXS_API nxs_status nxsSetCommandArgument(nxs_int command, nxs_int index,
                                         nxs_int buffer, const char *name,
                                         nxs_uint settings);

/**
 * nxsSetCommandScalar - pass a number
 * @command: id of a kernel launch
 * @index: 0 .. 63; every name below counts its indices by itself
 * @value: the number, copied during the call
 * @name: NULL, "", or one of the names below
 * @settings: data type, and whether it is a constant
 *
 * Hosts or NXS_CommandArgType_Constant into the data type, so that F32 and
 * BF16 constants look alike; and they store 32 bits whatever the type, but a
 * byte for Bool. So without TT_SETTINGS_EXACT 32 bits are read (1 byte for
 * Bool); a scalar without a name is an argument; one with a name of the list
 * is what the list says; and one with any other name is a named compile-time
 * argument if bit 1 is set, else an argument. With TT_SETTINGS_EXACT as much
 * is read as the type has (32 bits for "CB"), integers are sign- or
 * zero-extended, types of more than 32 bits are refused, and
 * TT_SETTINGS_CONSTANT takes the place of bit 1.
 *
 * "CB": a circular buffer of its own; @index its number (0..31), @value its
 *   tiles, the data type its format. Of a type that could be two the i-th
 *   buffer argument decides (i: @index, else its place among the circular
 *   buffers).
 * "READER_CTA", "WRITER_CTA", "COMPUTE_CTA", "CTA" (all three): one word of
 *   that role's compile-time arguments, in order of the indices. A role that
 *   has any gets exactly these instead of the common list (circular buffers,
 *   accessors, two semaphores).
 * "READER_ARG", "WRITER_ARG", "COMPUTE_ARG", "ARG": one word of that role's
 *   get_arg_val() arguments, in order of the indices, the same on every core.
 *   A role that has any gets exactly these, and the command runs on as many
 *   cores as the grid has points.
 * "READER_L1", "WRITER_L1", "COMPUTE_L1", "L1": as "..ARG", but @value is a
 *   size in bytes and the word the address of so much L1 of each core.
 * "READER_DEFINE:NAME", "WRITER_DEFINE:NAME", "COMPUTE_DEFINE:NAME",
 *   "DEFINE:NAME": a macro with the value: integers in decimal, F32 and BF16 a
 *   constant expression of type float with exactly that value; with "=TEXT"
 *   after NAME the macro is TEXT (one line) and the value does not count.
 * "FP32_DEST_ACC": 0 or 1, whether Dst holds 32-bit values; without it, it
 *   does if a circular buffer has a 32-bit format, or if some have a format
 *   with a 5-bit exponent (F16, F8) and others one of 8 bits (BF16, BF8).
 * "MATH_FIDELITY": 0 LoFi, 2 HiFi2, 3 HiFi3, 4 HiFi4 (the default).
 *
 * Return: NXS_Success; NXS_InvalidCommand; NXS_InvalidOperation for a signal
 * or wait; NXS_InvalidArgIndex; NXS_InvalidArgValue for NULL or a value that
 * its name does not take; NXS_OutOfResources beyond 128 definitions;
 * NXS_OutOfHostMemory.
 */
NXS_API nxs_status nxsSetCommandScalar(nxs_int command, nxs_int index,
                                       void *value, const char *name,
                                       nxs_uint settings);

/**
 * nxsFinalizeCommand - fix the geometry and compile
 * @command: id of a kernel launch
 * @grid: points, each extent at least 1, at most 2^31 - 1 together; flattened
 *        (x fastest) and shared out over worker cores
 * @group: threads of a group; each at least 1, otherwise without meaning
 * @shared_memory_size: bytes; only checked against the size of L1
 *
 * Kernels that use get_common_arg_val() get per core, as get_arg_val(0..4):
 * start and end of the core's share, points in total, and first and last core
 * of the command, (x << 16) | y. If their accessors leave room for semaphores
 * after the circular buffers, as kernels that multicast do, the cores are a
 * rectangle whose size divides the points, so that all shares are equal.
 * Libraries of which none does get the command's arguments and then x, y and z
 * of one point.
 *
 * Blocks while compiling; what is in memory takes well under a
 * millisecond, what is on disk a few.
 *
 * Return: NXS_Success; NXS_InvalidCommand; NXS_InvalidOperation for a signal
 * or wait; NXS_InvalidGlobalWorkSize; NXS_InvalidWorkGroupSize;
 * NXS_OutOfResources if shared memory or circular buffers exceed L1, or if no
 * directory can be written to compile in;
 * NXS_InvalidArgValue for a circular buffer without a device format, or over
 * shards on other cores than another's;
 * NXS_CompilerNotAvailable; NXS_CompileProgramFailure and
 * NXS_LinkProgramFailure (file, line and message are in the log and in
 * NP_Description); NXS_InvalidBinary; NXS_OutOfHostMemory.
 */
NXS_API nxs_status nxsFinalizeCommand(nxs_int command, nxs_dim3 grid,
                                      nxs_dim3 group,
                                      nxs_uint shared_memory_size);

#ifdef __cplusplus
}
#endif

#endif
