/* SPDX-License-Identifier: MIT */
/* What the host tells a kernel: compile-time words and argument words in L1. */
#ifndef TT_ARGS_H
#define TT_ARGS_H

#include <array>
#include <cstddef>
#include <cstdint>

#include "tt/core.h"

/* Leave a mark in a section that is not loaded, for the host's reader
 * (jit/elf.h). Code that is optimised away leaves none. */
#define TT_MARK_BYTE(section, value)                                           \
    __asm__ volatile(".pushsection " section ",\"\",@progbits\n\t"             \
                     ".byte %0\n\t"                                            \
                     ".popsection"                                             \
                     :                                                         \
                     : "i"(value))
#define TT_MARK_WORD(section, value)                                           \
    __asm__ volatile(".pushsection " section ",\"\",@progbits\n\t"             \
                     ".4byte %0\n\t"                                           \
                     ".popsection"                                             \
                     :                                                         \
                     : "i"(value))

namespace ttk
{

#if defined(COMPILE_FOR_NCRISC)
constexpr uint32_t role = TT_ROLE_READER;
#elif defined(COMPILE_FOR_BRISC)
constexpr uint32_t role = TT_ROLE_WRITER;
#else
constexpr uint32_t role = TT_ROLE_COMPUTE;
#endif

/* The launch block does not change while a kernel runs: loads that the
 * compiler may merge, unlike those of launch(). */
TT_INLINE const tt_launch_block &fixed_launch()
{
    return *reinterpret_cast<const tt_launch_block *>(TT_L1_LAUNCH);
}

/** fixed_mailbox - the mailbox, of which the place of this core never changes
 */
TT_INLINE const tt_mailbox &fixed_mailbox()
{
    return *reinterpret_cast<const tt_mailbox *>(TT_L1_MAILBOX);
}

template <uint32_t... Words>
constexpr std::array<uint32_t, sizeof...(Words)> word_array{Words...};

/** compile_time_arg - word Index of the host's list, checked */
template <uint32_t Index> constexpr uint32_t compile_time_arg()
{
    constexpr auto &words = word_array<KERNEL_COMPILE_TIME_ARGS>;

    static_assert(Index < words.size(),
                  "the host gives fewer compile-time arguments than this");
    return words[Index];
}

/** compile_time_arg_or - the same, or another value beyond the list's end */
constexpr uint32_t compile_time_arg_or(uint32_t index, uint32_t other)
{
    constexpr auto &words = word_array<KERNEL_COMPILE_TIME_ARGS>;

    return index < words.size() ? words[index] : other;
}

/** struct named_arg - one entry of KERNEL_COMPILE_TIME_ARG_MAP */
struct named_arg {
    const char *name;
    uint32_t value;
};

#ifndef KERNEL_COMPILE_TIME_ARG_MAP
#define KERNEL_COMPILE_TIME_ARG_MAP
#endif

void no_named_compile_time_arg_of_this_name();

consteval uint32_t named_compile_time_arg(const char *name)
{
    constexpr named_arg map[] = {KERNEL_COMPILE_TIME_ARG_MAP{nullptr, 0}};

    for (const named_arg *arg = map; arg->name; arg++) {
        uint32_t i = 0;

        while (arg->name[i] && arg->name[i] == name[i])
            i++;
        if (arg->name[i] == name[i])
            return arg->value;
    }
    /* Not constexpr: the call is the error message. */
    no_named_compile_time_arg_of_this_name();
    return 0;
}

} /* namespace ttk */

constexpr auto &kernel_compile_time_args =
    ttk::word_array<KERNEL_COMPILE_TIME_ARGS>;

/* Macros, because the index must be a constant for the compiler too. */
#define get_compile_time_arg_val(index)      (ttk::compile_time_arg<(index)>())
#define get_named_compile_time_arg_val(name) (ttk::named_compile_time_arg(name))

/** get_arg_addr - L1 address of a word that only this core is given */
TT_INLINE uintptr_t get_arg_addr(int index)
{
    return ttk::fixed_launch().core_args[ttk::role] + 4u * index;
}

/** get_common_arg_addr - L1 address of a word that all cores are given */
TT_INLINE uintptr_t get_common_arg_addr(int index)
{
    TT_MARK_BYTE(".tt.uses", 1);
    return ttk::fixed_launch().common_args + 4u * index;
}

template <typename T> TT_INLINE T get_arg_val(int index)
{
    static_assert(sizeof(T) == 4, "arguments are 32-bit words");
    return __builtin_bit_cast(
        T, *reinterpret_cast<const uint32_t *>(get_arg_addr(index)));
}

template <typename T> TT_INLINE T get_common_arg_val(int index)
{
    static_assert(sizeof(T) == 4, "arguments are 32-bit words");
    return __builtin_bit_cast(
        T, *reinterpret_cast<const uint32_t *>(get_common_arg_addr(index)));
}

/* ---- where this core is ---- */

TT_INLINE uint8_t get_absolute_logical_x()
{
    return static_cast<uint8_t>(ttk::fixed_mailbox().logical_x);
}
TT_INLINE uint8_t get_absolute_logical_y()
{
    return static_cast<uint8_t>(ttk::fixed_mailbox().logical_y);
}
TT_INLINE uint8_t get_relative_logical_x()
{
    return static_cast<uint8_t>(ttk::fixed_mailbox().logical_x -
                                ttk::fixed_launch().origin_x);
}
TT_INLINE uint8_t get_relative_logical_y()
{
    return static_cast<uint8_t>(ttk::fixed_mailbox().logical_y -
                                ttk::fixed_launch().origin_y);
}

/* Older kernels read these as variables. */
#define my_logical_x_  get_absolute_logical_x()
#define my_logical_y_  get_absolute_logical_y()
#define my_relative_x_ get_relative_logical_x()
#define my_relative_y_ get_relative_logical_y()

/* Logical to NOC coordinates, written by the host. */
#define worker_logical_col_to_virtual_col                                      \
    (reinterpret_cast<const uint8_t *>(TT_L1_COORDS))
#define worker_logical_row_to_virtual_row                                      \
    (reinterpret_cast<const uint8_t *>(TT_L1_COORDS + 32))

#endif
