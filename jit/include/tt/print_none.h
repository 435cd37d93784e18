/* SPDX-License-Identifier: MIT */
/* Printing when nobody wants it: the calls are checked by the compiler and
 * leave no code. */
#ifndef TT_PRINT_NONE_H
#define TT_PRINT_NONE_H

namespace ttk
{

/** struct no_output - takes whatever is printed */
struct no_output {
    template <typename T> constexpr const no_output &operator<<(T &&) const
    {
        return *this;
    }
    template <typename... T> constexpr void operator()(T &&...) const
    {
    }
};

inline constexpr no_output output{};

} /* namespace ttk */

/* "while (false)" serves both DPRINT << x and DPRINT("{}", x), evaluates
 * nothing and does not take an else that belongs to an if around it. */
#define DPRINT                                                                 \
    while (false)                                                              \
    ttk::output
#define DEVICE_PRINT(...)                                                      \
    while (false)                                                              \
    ttk::output(__VA_ARGS__)

/* The argument may be a statement or a format: it is dropped unread. */
#define TT_PRINT_ON(...) static_cast<void>(0)

#endif
