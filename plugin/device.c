/* SPDX-License-Identifier: MIT */
/* nxsGetDeviceProperty: what a chip offers. */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>

#include "plugin/property.h"
#include "plugin/runtime.h"
#include "pool/tt_clock.h"
#include "pool/tt_log.h"

static const struct tt_device_info *info_of(void *object)
{
    const struct tt_npu *npu = object;

    return &npu->dev->info;
}

static uint64_t n_cores(void *object)
{
    const struct tt_device_info *info = info_of(object);

    return (uint64_t)info->grid_x * info->grid_y;
}

static void get_name(void *object, struct tt_property *out)
{
    out->string = info_of(object)->name;
}

static void get_architecture(void *object, struct tt_property *out)
{
    out->string = info_of(object)->arch->name;
}

static void get_id(void *object, struct tt_property *out)
{
    out->number = ((const struct tt_npu *)object)->index;
}

static void get_description(void *object, struct tt_property *out)
{
    const struct tt_device_info *info = info_of(object);

    tt_property_text(out, "%s: %u x %u worker cores, %u DRAM banks of %llu MiB",
                     info->name, info->grid_x, info->grid_y,
                     info->arch->n_dram_banks,
                     (unsigned long long)(info->arch->dram_bank_size >> 20));
}

static void get_cores(void *object, struct tt_property *out)
{
    out->number = (int64_t)n_cores(object);
}

static void get_shape(void *object, struct tt_property *out)
{
    out->vector[0] = info_of(object)->grid_x;
    out->vector[1] = info_of(object)->grid_y;
    out->n_vector = 2;
}

static void get_global_memory(void *object, struct tt_property *out)
{
    const struct tt_arch *arch = info_of(object)->arch;

    out->number = (int64_t)(arch->dram_bank_size * arch->n_dram_banks);
}

static void get_core_memory(void *object, struct tt_property *out)
{
    out->number = info_of(object)->arch->l1_size;
}

static void get_group_memory(void *object, struct tt_property *out)
{
    out->number = (int64_t)info_of(object)->arch->l1_size - TT_L1_DATA;
}

static void get_core_clock(void *object, struct tt_property *out)
{
    out->number = info_of(object)->core_clock_mhz;
}

static void get_memory_clock(void *object, struct tt_property *out)
{
    out->number = info_of(object)->memory_clock_mhz;
}

/* Two banks share a 32-bit GDDR6 channel pair: 16 bits each (Wormhole: 192). */
static void get_bus_width(void *object, struct tt_property *out)
{
    out->number = 16 * (int64_t)info_of(object)->arch->n_dram_banks;
}

static void get_time(void *object, struct tt_property *out)
{
    (void)object;
    out->number = (int64_t)tt_clock_ns();
}

static void get_elapsed(void *object, struct tt_property *out)
{
    const struct tt_npu *npu = object;

    out->real = (double)atomic_load(&npu->busy_ns) / 1e6;
}

static void get_location(void *object, struct tt_property *out)
{
    const struct tt_cards *cards = &tt_runtime_get()->cards;
    const struct tt_npu *npu = object;

    for (size_t i = 0; i < cards->n; i++)
        if (cards->card[i].device == npu->index) {
            out->string = cards->card[i].address;
            return;
        }
    tt_property_text(out, "%s:%d", npu->dev->ops->name, npu->index);
}

static struct tt_range_stats dram_of(void *object)
{
    struct tt_npu *npu = object;
    struct tt_range_stats stats;

    tt_range_get_stats(&npu->dram, &stats);
    return stats;
}

static void get_max_buffer(void *object, struct tt_property *out)
{
    const struct tt_npu *npu = object;

    out->number = (int64_t)(tt_range_total(&npu->dram) *
                            info_of(object)->arch->n_dram_banks);
}

static void add_memory(char *out, size_t size, const char *name,
                       unsigned n_banks, const struct tt_range_stats *stats)
{
    snprintf(out, size,
             "\"%s\":{\"banks\":%u,\"size\":%" PRIu64 ",\"free\":%" PRIu64
             ",\"largest\":%" PRIu64 ",\"buffers\":%" PRIu64 "}",
             name, n_banks, stats->total, stats->free, stats->largest,
             stats->n_allocated);
}

static void get_memories(void *object, struct tt_property *out)
{
    struct tt_range_stats dram = dram_of(object), l1;
    struct tt_npu *npu = object;
    char text[2][256];

    tt_l1_get_stats(&npu->l1, &l1);
    add_memory(text[0], sizeof text[0], "dram",
               info_of(object)->arch->n_dram_banks, &dram);
    add_memory(text[1], sizeof text[1], "l1", (unsigned)n_cores(object), &l1);
    tt_property_text(out, "{%s,%s}", text[0], text[1]);
}

static void get_core_use(void *object, struct tt_property *out)
{
    const struct tt_npu *npu = object;

    const struct tt_device_info *info = &npu->dev->info;

    out->number = 100 * (int64_t)atomic_load(&npu->n_busy_cores) /
                  (info->grid_x * info->grid_y);
}

static void get_memory_use(void *object, struct tt_property *out)
{
    struct tt_range_stats stats = dram_of(object);

    out->number = (int64_t)((stats.total - stats.free) * 100 / stats.total);
}

static const struct tt_property_entry device_properties[TT_N_PROPERTIES] = {
    [NP_Name] = {.get = get_name},
    [NP_Type] = {.text = "npu"},
    [NP_ID] = {.get = get_id},
    [NP_Description] = {.get = get_description},
    [NP_Count] = {.get = get_cores},
    [NP_Size] = {.get = get_cores},
    [NP_Rank] = {.number = 2, .constant = true},
    [NP_Shape] = {.get = get_shape},
    [NP_SubUnitType] = {.text = "Tensix core"},
    [NP_Vendor] = {.text = "tenstorrent"},
    [NP_Architecture] = {.get = get_architecture},
    [NP_Version] = {.text = TT_VERSION_TEXT},
    [NP_MajorVersion] = {.number = TT_VERSION_MAJOR, .constant = true},
    [NP_MinorVersion] = {.number = TT_VERSION_MINOR, .constant = true},
    [NP_Features] = {.text = "tiles,bfp8,circular-buffers,noc"},
    [NP_MemorySubsystem] = {.get = get_memories},
    [NP_GlobalMemorySize] = {.get = get_global_memory},
    [NP_CoreMemorySize] = {.get = get_core_memory},
    /* Dst: 1024 rows of 16 datums of 16 bits (ISA documentation, Dst) */
    [NP_CoreRegisterSize] = {.number = 32768, .constant = true},
    [NP_SIMDSize] = {.number = 32, .constant = true}, /* SFPU lanes */
    [NP_CoreClockRate] = {.get = get_core_clock},
    [NP_BaseClock] = {.get = get_core_clock},
    [NP_MemoryClockRate] = {.get = get_memory_clock},
    [NP_MemoryBusWidth] = {.get = get_bus_width},
    [NP_MaxThreadsPerBlock] = {.number = 1, .constant = true},
    [NP_MaxThreadsPerThreadgroup] = {.number = 1, .constant = true},
    [NP_MaxThreadgroupsPerCore] = {.number = 1, .constant = true},
    [NP_MaxThreadgroupMemorySize] = {.get = get_group_memory},
    [NP_TimeStamp] = {.get = get_time},
    [NP_ElapsedTime] = {.get = get_elapsed},
    [NP_Location] = {.get = get_location},
    [NP_UnifiedMemory] = {.number = 0, .constant = true},
    [NP_MaxBufferSize] = {.get = get_max_buffer},
    [NP_CoreUtilization] = {.get = get_core_use},
    [NP_MemoryUtilization] = {.get = get_memory_use},
};

nxs_status nxsGetDeviceProperty(nxs_int device, nxs_uint property_id,
                                void *value, size_t *value_size)
{
    struct tt_npu *npu = tt_runtime_npu(device);

    if (!npu)
        return TT_FAIL(NXS_InvalidDevice, "there is no device %d", device);
    return tt_property_get(device_properties, npu, property_id, value,
                           value_size);
}
