/* SPDX-License-Identifier: MIT */
/* Below backend "kmd": layouts of requests, copies, the real system. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "device/kmd_impl.h"

/* tt-kmd, ioctl.h: what the compiler of the driver sees. */
#define LAYOUT(type, member, offset)                                           \
    _Static_assert(offsetof(struct type, member) == (offset), #member)
_Static_assert(sizeof(struct tt_kmd_device_info) == 24, "device info");
LAYOUT(tt_kmd_device_info, vendor, 8);
LAYOUT(tt_kmd_device_info, bus_dev_fn, 16);
LAYOUT(tt_kmd_device_info, domain, 20);
_Static_assert(sizeof(struct tt_kmd_driver_info) == 16, "driver info");
LAYOUT(tt_kmd_driver_info, api_version, 8);
LAYOUT(tt_kmd_driver_info, major, 12);
_Static_assert(sizeof(struct tt_kmd_mapping) == 24, "mapping");
LAYOUT(tt_kmd_mappings, mapping, 8);
_Static_assert(sizeof(struct tt_kmd_lock) == 16, "lock");
LAYOUT(tt_kmd_lock, index, 8);
LAYOUT(tt_kmd_lock, value, 12);
_Static_assert(sizeof(struct tt_kmd_allocate_tlb) == 48, "allocate");
LAYOUT(tt_kmd_allocate_tlb, id, 16);
LAYOUT(tt_kmd_allocate_tlb, offset_uc, 24);
LAYOUT(tt_kmd_allocate_tlb, offset_wc, 32);
_Static_assert(sizeof(struct tt_kmd_tlb_config) == 32, "window");
LAYOUT(tt_kmd_tlb_config, x_end, 8);
LAYOUT(tt_kmd_tlb_config, noc, 16);
LAYOUT(tt_kmd_tlb_config, ordering, 18);
LAYOUT(tt_kmd_tlb_config, static_vc, 20);
_Static_assert(sizeof(struct tt_kmd_configure_tlb) == 48, "configure");
LAYOUT(tt_kmd_configure_tlb, config, 8);
_Static_assert(sizeof(struct tt_kmd_free_tlb) == 4, "free");
_Static_assert(sizeof(struct tt_kmd_noc_cleanup) == 32, "cleanup");
LAYOUT(tt_kmd_noc_cleanup, enabled, 8);
LAYOUT(tt_kmd_noc_cleanup, addr, 16);
LAYOUT(tt_kmd_noc_cleanup, data, 24);
_Static_assert(sizeof(struct tt_kmd_power_state) == 40, "power");
LAYOUT(tt_kmd_power_state, validity, 9);
LAYOUT(tt_kmd_power_state, power_flags, 10);
LAYOUT(tt_kmd_power_state, settings, 12);

static void fill(unsigned char *buf, size_t len)
{
    for (size_t i = 0; i < len; i++)
        buf[i] = (unsigned char)(i * 7 + 3);
}

static void copies_touch_exactly_their_words(void **state)
{
    _Alignas(16) unsigned char window[256], plain[256];
    unsigned char src[256], got[256];

    (void)state;
    fill(src, sizeof(src));
    for (size_t at = 0; at < 32; at += 4)
        for (size_t skip = 0; skip < 4; skip++)
            for (size_t len = 0; len <= 128; len += 4) {
                memset(window, 0xEE, sizeof(window));
                memset(plain, 0xEE, sizeof(plain));
                memset(got, 0xEE, sizeof(got));
                memcpy(plain + at, src + skip, len);
                tt_kmd_copy_to(window + at, src + skip, len);
                tt_kmd_host()->fence(NULL);
                assert_memory_equal(window, plain, sizeof(window));
                tt_kmd_copy_from(got + skip, window + at, len);
                assert_memory_equal(got + skip, src + skip, len);
                assert_int_equal(got[skip + len], 0xEE);
            }
}

static void the_real_system_is_behind_the_table(void **state)
{
    const struct tt_kmd_sys *sys = tt_kmd_host();
    struct tt_kmd_driver_info info = {.output_size = 12};
    uint32_t word = 0, *page;
    int fd = sys->open(sys->ctx, "/dev/zero", TT_KMD_OPEN_FLAGS);

    (void)state;
    assert_true(fd >= 0);
    page = sys->mmap(sys->ctx, 4096, fd, 0);
    assert_ptr_not_equal(page, (void *)-1);
    sys->write32(sys->ctx, page, 0x12345678);
    assert_int_equal(sys->read32(sys->ctx, page), 0x12345678);
    tt_kmd_copy_to(page, "abcd", 4);
    sys->stored(sys->ctx, page, 4);
    sys->fence(sys->ctx);
    sys->copy_from(sys->ctx, &word, page, 4);
    assert_memory_equal(&word, "abcd", 4);
    assert_int_equal(sys->ioctl(sys->ctx, fd, TT_KMD_GET_DRIVER_INFO, &info),
                     -1);
    assert_int_equal(errno, ENOTTY);
    assert_int_equal(sys->munmap(sys->ctx, page, 4096), 0);
    assert_int_equal(sys->close(sys->ctx, fd), 0);
    sys->pause(sys->ctx, 10);
    sys->pause(sys->ctx, 100);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_touch_exactly_their_words),
        cmocka_unit_test(the_real_system_is_behind_the_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
