/* SPDX-License-Identifier: MIT */
/* Element types, the settings that collide, names, and array layouts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "plugin/argname.h"
#include "plugin/buffer_layout.h"
#include "plugin/datatype.h"

#define T(x) NXS_DataType_##x

static void type_of_a_constant_survives_the_hosts_flag(void **state)
{
    static const nxs_uint types[] = {T(F32), T(F16), T(BF16), T(F8),
                                     T(BF8), T(I32), T(U32),  T(I16),
                                     T(U16), T(I8),  T(U8)};

    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        assert_int_equal(tt_datatype_of_constant(
                             types[i] | NXS_CommandArgType_Constant, types[i]),
                         types[i]);
}

static void code_three_is_decided_by_the_buffer(void **state)
{
    (void)state;
    assert_int_equal(tt_datatype_of_constant(3, T(F32)), T(F32));
    assert_int_equal(tt_datatype_of_constant(3, T(BF16)), T(BF16));
    assert_int_equal(tt_datatype_of_constant(3, T(I32)), T(BF16));
    assert_int_equal(tt_datatype_of_constant(3, T(Undefined)), T(BF16));
}

static void without_a_buffer_the_type_without_bit_one_is_meant(void **state)
{
    static const nxs_uint pairs[][2] = {{2, T(F16)},  {6, T(F8)},   {7, T(BF8)},
                                        {10, T(I32)}, {11, T(U32)}, {14, T(I8)},
                                        {15, T(U8)}};

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        assert_int_equal(tt_datatype_of_constant(pairs[i][0], T(Undefined)),
                         pairs[i][1]);
}

static void missing_type_is_the_buffers(void **state)
{
    (void)state;
    assert_int_equal(tt_datatype_of_constant(10, T(BF16)), T(BF16));
    assert_int_equal(tt_datatype_of_constant(2, T(F32)), T(F32));
    assert_int_equal(tt_datatype_of_constant(0, T(U16)), T(U16));
}

static void exact_settings_are_taken_literally(void **state)
{
    (void)state;
    for (nxs_uint type = 0; type <= T(Bool); type++)
        assert_int_equal(tt_datatype_of_constant(type | TT_SETTINGS_EXACT |
                                                     TT_SETTINGS_CONSTANT,
                                                 T(F32)),
                         type);
    assert_int_equal(tt_datatype_of_constant(T(I32), T(BF16)), T(I32));
}

static void formats_have_the_size_of_their_tile(void **state)
{
    static const struct {
        nxs_uint type;
        uint8_t format;
        uint32_t bytes;
    } cases[] = {{T(F32), 0, 4096}, {T(BF16), 5, 2048}, {T(F8), 2, 1088},
                 {T(BF8), 6, 1088}, {T(I8), 14, 1024},  {T(U32), 24, 4096}};
    uint32_t bytes = 0;
    uint8_t format = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(tt_datatype_format(cases[i].type, &format, &bytes));
        assert_int_equal(format, cases[i].format);
        assert_int_equal(bytes, cases[i].bytes);
    }
    assert_false(tt_datatype_format(T(F64), &format, &bytes));
    assert_false(tt_datatype_format(20, &format, &bytes));
}

static void names_are_taken_apart(void **state)
{
    static const struct {
        const char *name;
        enum tt_argname_kind kind;
        unsigned roles;
    } cases[] = {{NULL, TT_ARGNAME_NONE, 0},
                 {"", TT_ARGNAME_NONE, 0},
                 {"CTA", TT_ARGNAME_CTA, 7},
                 {"READER_CTA", TT_ARGNAME_CTA, 1},
                 {"WRITER_ARG", TT_ARGNAME_ARG, 2},
                 {"COMPUTE_DEFINE:X=1", TT_ARGNAME_DEFINE, 4},
                 {"ARG", TT_ARGNAME_ARG, 7}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tt_argname got = tt_argname_parse(cases[i].name);

        assert_int_equal(got.kind, cases[i].kind);
        assert_int_equal(got.roles, cases[i].roles);
    }
    assert_int_equal(tt_argname_parse("CB").kind, TT_ARGNAME_CB);
    assert_int_equal(tt_argname_parse("READER_CB").kind, TT_ARGNAME_OTHER);
    assert_int_equal(tt_argname_parse("READER_").kind, TT_ARGNAME_OTHER);
    assert_string_equal(tt_argname_parse("DEFINE:A=b").rest, "A=b");
}

static struct tt_layout lay_out(nxs_buffer_layout shape)
{
    struct tt_layout l;

    assert_int_equal(tt_buffer_layout(&shape, &l), NXS_Success);
    return l;
}

static void without_strides_the_first_dimension_is_slowest(void **state)
{
    struct tt_layout l =
        lay_out((nxs_buffer_layout){T(F32), 2, {40, 100}, {0}});

    (void)state;
    assert_int_equal(l.rows, 40);
    assert_int_equal(l.cols, 100);
    assert_int_equal(l.n_pages, 2 * 4);
}

static void unit_first_stride_makes_the_first_dimension_fastest(void **state)
{
    struct tt_layout l =
        lay_out((nxs_buffer_layout){T(F32), 2, {40, 100}, {1, 40}});

    (void)state;
    assert_int_equal(l.rows, 100);
    assert_int_equal(l.cols, 40);
    l = lay_out((nxs_buffer_layout){T(F32), 3, {40, 100, 2}, {1}});
    assert_int_equal(l.planes, 2);
    assert_int_equal(l.rows, 100);
    assert_int_equal(l.cols, 40);
}

static void row_major_strides_are_recognised(void **state)
{
    struct tt_layout l =
        lay_out((nxs_buffer_layout){T(BF16), 3, {2, 40, 100}, {4000, 100, 1}});

    (void)state;
    assert_int_equal(l.planes, 2);
    assert_int_equal(l.rows, 40);
    assert_int_equal(l.cols, 100);
    l = lay_out((nxs_buffer_layout){T(BF16), 2, {64, 1}, {1, 1}});
    assert_int_equal(l.planes * l.rows * l.cols, 64);
}

static void types_without_a_format_are_bytes(void **state)
{
    struct tt_layout l = lay_out((nxs_buffer_layout){T(F64), 2, {3, 5}, {0}});

    (void)state;
    assert_int_equal(l.host_size, 120);
    assert_false(l.tiled);
    assert_int_equal(lay_out((nxs_buffer_layout){T(I4), 1, {7}, {0}}).host_size,
                     3);
    assert_int_equal(
        lay_out((nxs_buffer_layout){T(Undefined), 1, {7}, {0}}).host_size, 7);
}

static void impossible_arrays_are_refused(void **state)
{
    static const struct {
        nxs_buffer_layout shape;
        nxs_status status;
    } cases[] = {
        {{20, 1, {4}, {0}}, NXS_InvalidValue},
        {{T(F32), 9, {1}, {0}}, NXS_InvalidValue},
        {{T(F32), UINT32_MAX, {1}, {0}}, NXS_InvalidValue},
        {{T(F32), 2, {4, 0}, {0}}, NXS_InvalidBufferSize},
        {{T(F32), 2, {4, 4}, {1, 5}}, NXS_InvalidValue},
        {{T(F32), 2, {4, 4}, {8, 1}}, NXS_InvalidValue},
        {{T(F32), 1, {4}, {2}}, NXS_InvalidValue},
        {{T(F32), 2, {4, 4}, {0, 1}}, NXS_InvalidValue},
        {{T(F32), 3, {4, 1, 64}, {0, 7, 1}}, NXS_InvalidValue},
        {{T(F32), 3, {4, 4, 4}, {1, 0, 16}}, NXS_InvalidValue},
        {{T(I4), 1, {1}, {0}}, NXS_InvalidBufferSize},
        {{T(F64), 2, {1ull << 40, 1ull << 40}, {0}}, NXS_InvalidBufferSize},
        {{T(F32), 2, {1ull << 40, 1ull << 40}, {0}}, NXS_InvalidBufferSize},
        {{T(F32), 1, {UINT64_MAX}, {0}}, NXS_InvalidBufferSize},
        {{T(Bool), 0, {0}, {0}}, NXS_Success},
    };
    struct tt_layout l;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(tt_buffer_layout(&cases[i].shape, &l),
                         cases[i].status);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(type_of_a_constant_survives_the_hosts_flag),
        cmocka_unit_test(code_three_is_decided_by_the_buffer),
        cmocka_unit_test(without_a_buffer_the_type_without_bit_one_is_meant),
        cmocka_unit_test(missing_type_is_the_buffers),
        cmocka_unit_test(exact_settings_are_taken_literally),
        cmocka_unit_test(formats_have_the_size_of_their_tile),
        cmocka_unit_test(names_are_taken_apart),
        cmocka_unit_test(without_strides_the_first_dimension_is_slowest),
        cmocka_unit_test(unit_first_stride_makes_the_first_dimension_fastest),
        cmocka_unit_test(row_major_strides_are_recognised),
        cmocka_unit_test(types_without_a_format_are_bytes),
        cmocka_unit_test(impossible_arrays_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
