/* SPDX-License-Identifier: MIT */
/* Zones: DeviceZoneScopedN("name") notes when control enters and leaves. */
#ifndef TT_ZONE_H
#define TT_ZONE_H

#include <cstdint>

#include "tt/args.h"
#include "tt/core.h"

#ifdef TT_ZONES

namespace ttk
{

TT_INLINE tt_zone_log &zone_log()
{
    TT_MARK_BYTE(".tt.uses", 4);
    return reinterpret_cast<tt_zone_log *>(fixed_launch().zones)[TT_THIS_RISC];
}

/** struct zone - one pass through a zone; an outer one has its place in the log
 *  before those within */
struct zone {
    uint32_t at;

    TT_COLD explicit zone(const char *name) : at(zone_log().n)
    {
        tt_zone_log &log = zone_log();

        log.n = at + 1;
        if (at < TT_ZONE_MAX)
            log.zone[at] = {
                static_cast<uint32_t>(reinterpret_cast<__UINTPTR_TYPE__>(name)),
                reg(wall_clock), 0};
    }
    TT_COLD ~zone()
    {
        if (at < TT_ZONE_MAX)
            zone_log().zone[at].end = reg(wall_clock);
    }
};

} /* namespace ttk */

#define TT_ZONE_JOIN(a, b)      a##b
#define TT_ZONE_NAME(n)         TT_ZONE_JOIN(tt_zone_, n)
#define DeviceZoneScopedN(name) const ttk::zone TT_ZONE_NAME(__COUNTER__)(name)
#else
#define DeviceZoneScopedN(name) static_cast<void>(0)
#endif

#define DeviceZoneScopedMainN(name)       DeviceZoneScopedN(name)
#define DeviceZoneScopedMainChildN(name)  DeviceZoneScopedN(name)
#define DeviceZoneScopedSumN1(name)       DeviceZoneScopedN(name)
#define DeviceZoneScopedSumN2(name)       DeviceZoneScopedN(name)
#define DeviceTimestampedData(name, data) static_cast<void>(0)
#define DeviceRecordEvent(id)             static_cast<void>(0)

#endif
