/* SPDX-License-Identifier: MIT */
/*
 * The Nexus plugin interface: 32 entry points, layout-identical to the public
 * Nexus headers, C11 and C++17 clean.
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

/** enum nxs_event_status - NP_Type of nothing, NP_Value of signal and fence
 *  events in some hosts */
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

/** struct nxs_dim3 - three extents; passed by value */
typedef struct nxs_dim3 {
    nxs_uint x, y, z;
} nxs_dim3;

/** struct nxs_buffer_layout - shape of a buffer; passed by value
 *  @data_type: enum nxs_data_type, 0 means bytes
 *  @rank: how many of @dim count, 0..8
 *  @dim: extents in elements
 *  @stride: in elements; all 0: dim[0] is the slowest (Python); stride[0] == 1:
 *           dim[0] is the fastest (C++) */
typedef struct nxs_buffer_layout {
    nxs_uint data_type;
    nxs_uint rank;
    nxs_ulong dim[NXS_MAX_DIMS];
    nxs_ulong stride[NXS_MAX_DIMS];
} nxs_buffer_layout;

NXS_API nxs_status nxsGetRuntimeProperty(nxs_uint property_id, void *value,
                                         size_t *value_size);

NXS_API nxs_status nxsGetDeviceProperty(nxs_int device, nxs_uint property_id,
                                        void *value, size_t *value_size);

NXS_API nxs_int nxsCreateBuffer(nxs_int device, nxs_buffer_layout layout,
                                void *host_ptr, nxs_uint settings);

NXS_API nxs_status nxsGetBufferProperty(nxs_int buffer, nxs_uint property_id,
                                        void *value, size_t *value_size);

NXS_API nxs_status nxsCopyBuffer(nxs_int buffer, void *host_ptr,
                                 nxs_uint direction);

NXS_API nxs_status nxsFillBuffer(nxs_int buffer, void *value,
                                 nxs_uint value_bytes);

NXS_API nxs_status nxsReleaseBuffer(nxs_int buffer);

NXS_API nxs_int nxsCreateLibrary(nxs_int device, void *data, nxs_uint size,
                                 nxs_uint settings);

NXS_API nxs_int nxsCreateLibraryFromFile(nxs_int device, const char *path,
                                         nxs_uint settings);

NXS_API nxs_status nxsGetLibraryProperty(nxs_int library, nxs_uint property_id,
                                         void *value, size_t *value_size);

NXS_API nxs_status nxsReleaseLibrary(nxs_int library);

NXS_API nxs_int nxsGetKernel(nxs_int library, const char *name);

NXS_API nxs_status nxsGetKernelProperty(nxs_int kernel, nxs_uint property_id,
                                        void *value, size_t *value_size);

NXS_API nxs_int nxsCreateEvent(nxs_int device, nxs_event_type type,
                               nxs_uint settings);

NXS_API nxs_status nxsGetEventProperty(nxs_int event, nxs_uint property_id,
                                       void *value, size_t *value_size);

NXS_API nxs_status nxsSignalEvent(nxs_int event, nxs_int value);

NXS_API nxs_status nxsWaitEvent(nxs_int event, nxs_int value);

NXS_API nxs_status nxsReleaseEvent(nxs_int event);

NXS_API nxs_int nxsCreateStream(nxs_int device, nxs_uint settings);

NXS_API nxs_status nxsGetStreamProperty(nxs_int stream, nxs_uint property_id,
                                        void *value, size_t *value_size);

NXS_API nxs_status nxsReleaseStream(nxs_int stream);

NXS_API nxs_int nxsCreateSchedule(nxs_int device, nxs_uint settings);

NXS_API nxs_status nxsGetScheduleProperty(nxs_int schedule,
                                          nxs_uint property_id, void *value,
                                          size_t *value_size);

NXS_API nxs_status nxsRunSchedule(nxs_int schedule, nxs_int stream,
                                  nxs_uint run_settings);

NXS_API nxs_status nxsReleaseSchedule(nxs_int schedule);

NXS_API nxs_int nxsCreateCommand(nxs_int schedule, nxs_int kernel,
                                 nxs_uint settings);

NXS_API nxs_int nxsCreateSignalCommand(nxs_int schedule, nxs_int event,
                                       nxs_int value, nxs_uint settings);

NXS_API nxs_int nxsCreateWaitCommand(nxs_int schedule, nxs_int event,
                                     nxs_int value, nxs_uint settings);

NXS_API nxs_status nxsGetCommandProperty(nxs_int command, nxs_uint property_id,
                                         void *value, size_t *value_size);

NXS_API nxs_status nxsSetCommandArgument(nxs_int command, nxs_int index,
                                         nxs_int buffer, const char *name,
                                         nxs_uint settings);

NXS_API nxs_status nxsSetCommandScalar(nxs_int command, nxs_int index,
                                       void *value, const char *name,
                                       nxs_uint settings);

NXS_API nxs_status nxsFinalizeCommand(nxs_int command, nxs_dim3 grid,
                                      nxs_dim3 group,
                                      nxs_uint shared_memory_size);

#ifdef __cplusplus
}
#endif

#endif
