/* SPDX-License-Identifier: MIT */
/* Arguments and constants of commands, and their geometry. */
#include <stdio.h>
#include <string.h>

#include "tests/conform/conform.h"
#include "tests/conform/world.h"

static const nxs_int bad_indices[] = {-1, NXS_KERNEL_MAX_ARGS, 1000, INT32_MIN,
                                      INT32_MAX};
#define N_BAD (sizeof bad_indices / sizeof bad_indices[0])

static void buffers_go_to_indices_up_to_63(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);

    OK(c, SetCommandArgument, w.command, NXS_KERNEL_MAX_ARGS - 1, w.a, "", 0);
    for (size_t i = 0; i < N_BAD; i++) {
        conform_detail(c, "index %d", bad_indices[i]);
        REFUSED(c, NXS_InvalidArgIndex, SetCommandArgument, w.command,
                bad_indices[i], w.a, "", 0);
    }
}

static void scalars_go_to_indices_up_to_63(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);
    int64_t value = 1;

    OK(c, SetCommandScalar, w.command, NXS_KERNEL_MAX_ARGS - 1, &value, "",
       NXS_DataType_I32);
    for (size_t i = 0; i < N_BAD; i++) {
        conform_detail(c, "index %d", bad_indices[i]);
        REFUSED(c, NXS_InvalidArgIndex, SetCommandScalar, w.command,
                bad_indices[i], &value, "", NXS_DataType_I32);
        /* hosts run out of storage there, and pass none */
        REFUSED(c, NXS_InvalidArgIndex, SetCommandScalar, w.command,
                bad_indices[i], NULL, "", NXS_DataType_I32);
    }
}

static void value_is_needed(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);

    REFUSED(c, NXS_InvalidArgValue, SetCommandScalar, w.command, 3, NULL, "",
            NXS_DataType_I32);
    REFUSED(c, NXS_InvalidArgValue, SetCommandScalar, w.command, 3, NULL, NULL,
            0);
}

static void all_64_arguments_can_be_set(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);

    for (nxs_int i = 3; i < NXS_KERNEL_MAX_ARGS; i++) {
        int64_t value = i;

        conform_detail(c, "argument %d", i);
        OK(c, SetCommandScalar, w.command, i, &value, "", NXS_DataType_I32);
    }
    world_finalize(c, w.command);
    world_run(c, w.schedule);
    world_expect_sum(c, w.sum, 2, 3);
}

/* What a name means is up to the plugin; nobody uses these. */
static void all_64_constants_can_be_set(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);

    for (nxs_int i = 0; i < NXS_KERNEL_MAX_CONSTS; i++) {
        int64_t value = i;
        char name[32];

        conform_detail(c, "constant %d", i);
        snprintf(name, sizeof name, "constant_%d", i);
        OK(c, SetCommandScalar, w.command, i, &value, name,
           NXS_DataType_I32 | NXS_CommandArgType_Constant);
    }
    world_finalize(c, w.command);
    world_run(c, w.schedule);
    world_expect_sum(c, w.sum, 2, 3);
}

static void settings_of_buffers_are_ignored(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);
    const nxs_uint settings[] = {NXS_DataType_F32, NXS_CommandArgType_Constant,
                                 NXS_DataType_F16, NXS_DataType_Mask};

    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        conform_detail(c, "settings %u", settings[i]);
        OK(c, SetCommandArgument, w.command, 0, w.a, "", settings[i]);
        OK(c, SetCommandArgument, w.command, 1, w.b, NULL, settings[i]);
    }
    world_run(c, w.schedule);
    world_expect_sum(c, w.sum, 2, 3);
}

static void names_of_arguments_mean_nothing_and_are_copied(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);
    char *name = world_lent("x_ptr", 6);

    OK(c, SetCommandArgument, w.command, 0, w.a, name, 0);
    OK(c, SetCommandArgument, w.command, 2, w.sum, name, 0);
    world_take_back(name, 6);
    world_finalize(c, w.command);
    world_run(c, w.schedule);
    world_expect_sum(c, w.sum, 2, 3);
}

/* The constants of --const and a scalar, from memory that goes away. */
static void values_and_names_are_copied(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);
    int64_t number = 5;
    void *scalar = world_lent(&number, sizeof number);

    for (size_t i = 0; i < c->options->n_consts; i++) {
        struct conform_const k = c->options->consts[i];
        size_t size = strlen(k.name) + 1;
        void *value = world_lent(&k.value, sizeof k.value);
        char *name = world_lent(k.name, size);

        OK(c, SetCommandScalar, w.command, k.index, value, name, k.settings);
        world_take_back(value, sizeof k.value);
        world_take_back(name, size);
    }
    OK(c, SetCommandScalar, w.command, 3, scalar, "", NXS_DataType_I32);
    world_take_back(scalar, sizeof number);
    world_finalize(c, w.command);
    world_run(c, w.schedule);
    world_run(c, w.schedule);
    world_expect_sum(c, w.sum, 2, 3);
}

static void argument_set_again_is_replaced(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);
    nxs_int other = world_vector(c, 0, 40);

    OK(c, SetCommandArgument, w.command, 0, other, "", 0);
    OK(c, SetCommandArgument, w.command, 0, w.b, "", 0);
    OK(c, SetCommandArgument, w.command, 0, other, "", 0);
    world_run(c, w.schedule);
    world_expect_sum(c, w.sum, 2, 42);
}

static void refused_argument_leaves_the_old_one(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);

    REFUSED(c, NXS_InvalidBuffer, SetCommandArgument, w.command, 0, -81, "", 0);
    REFUSED(c, NXS_InvalidArgIndex, SetCommandArgument, w.command, 64, w.b, "",
            0);
    world_run(c, w.schedule);
    world_expect_sum(c, w.sum, 2, 3);
}

static void one_buffer_may_be_all_arguments(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);

    world_set_buffers(c, w.command, w.a, w.a, w.sum);
    world_run(c, w.schedule);
    world_expect_sum(c, w.sum, 2, 2);
    world_set_buffers(c, w.command, w.a, w.b, w.a);
    world_run(c, w.schedule);
    world_expect_sum(c, w.a, 2, 3);
}

/* ---- geometry ---- */

static void grids_have_a_point_at_least(struct conform *c)
{
    const nxs_dim3 grids[] = {{0, 1, 1}, {1, 0, 1}, {1, 1, 0}, {0, 0, 0}};
    struct world_adder w = world_adder(c, 0);

    for (size_t i = 0; i < 4; i++)
        REFUSED(c, NXS_InvalidGlobalWorkSize, FinalizeCommand, w.command,
                grids[i], world_one, 0);
}

static void grids_have_at_most_31_bits_of_points(struct conform *c)
{
    const nxs_dim3 grids[] = {{0x80000000u, 1, 1},
                              {0x10000u, 0x8000u, 1},
                              {0x10000u, 0x10000u, 1},
                              {0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu},
                              {0x80000000u, 0x80000000u, 4}};
    struct world_adder w = world_adder(c, 0);

    for (size_t i = 0; i < sizeof grids / sizeof grids[0]; i++) {
        conform_detail(c, "grid %u x %u x %u", grids[i].x, grids[i].y,
                       grids[i].z);
        REFUSED(c, NXS_InvalidGlobalWorkSize, FinalizeCommand, w.command,
                grids[i], world_one, 0);
    }
}

static void groups_have_a_thread_at_least(struct conform *c)
{
    const nxs_dim3 groups[] = {{0, 1, 1}, {1, 0, 1}, {1, 1, 0}, {0, 0, 0}};
    struct world_adder w = world_adder(c, 0);

    for (size_t i = 0; i < 4; i++)
        REFUSED(c, NXS_InvalidWorkGroupSize, FinalizeCommand, w.command,
                world_one, groups[i], 0);
}

static void grid_is_flattened_with_x_fastest(struct conform *c)
{
    const nxs_dim3 grids[] = {
        {4, 1, 1}, {1, 4, 1}, {1, 1, 4}, {2, 2, 1}, {2, 1, 2}};
    struct world_adder w = world_adder(c, 0);

    for (size_t i = 0; i < sizeof grids / sizeof grids[0]; i++) {
        float zero = 0;

        conform_detail(c, "grid %u x %u x %u", grids[i].x, grids[i].y,
                       grids[i].z);
        OK(c, FillBuffer, w.sum, &zero, sizeof zero);
        OK(c, FinalizeCommand, w.command, grids[i], world_one, 0);
        world_run(c, w.schedule);
        world_expect_sum(c, w.sum, 2, 3);
    }
}

static void
refused_geometry_leaves_a_command_that_can_be_finalized(struct conform *c)
{
    const nxs_dim3 none = {0, 0, 0};
    struct world_adder w = world_adder(c, 0);

    REFUSED(c, NXS_InvalidGlobalWorkSize, FinalizeCommand, w.command, none,
            world_one, 0);
    world_finalize(c, w.command);
    world_run(c, w.schedule);
    world_expect_sum(c, w.sum, 2, 3);
}

static const struct conform_check checks[] = {
    CHECK(buffers_go_to_indices_up_to_63, NEEDS_KERNEL, "NXS_InvalidArgIndex"),
    CHECK(scalars_go_to_indices_up_to_63, NEEDS_KERNEL,
          "NXS_InvalidArgIndex, also with a NULL value"),
    CHECK(value_is_needed, NEEDS_KERNEL, "NXS_InvalidArgValue"),
    CHECK(all_64_arguments_can_be_set, NEEDS_KERNEL, "success"),
    CHECK(all_64_constants_can_be_set, NEEDS_KERNEL,
          "success; arguments 0 to 2 stay as they are"),
    CHECK(settings_of_buffers_are_ignored, NEEDS_KERNEL,
          "a buffer knows its type"),
    CHECK(names_of_arguments_mean_nothing_and_are_copied, NEEDS_KERNEL,
          "a name is borrowed for the call"),
    CHECK(values_and_names_are_copied, NEEDS_KERNEL,
          "values and names are borrowed for the call"),
    CHECK(argument_set_again_is_replaced, NEEDS_KERNEL, "the last one counts"),
    CHECK(refused_argument_leaves_the_old_one, NEEDS_KERNEL, "it stays"),
    CHECK(one_buffer_may_be_all_arguments, NEEDS_KERNEL, "in place, too"),
    CHECK(grids_have_a_point_at_least, NEEDS_KERNEL,
          "NXS_InvalidGlobalWorkSize"),
    CHECK(grids_have_at_most_31_bits_of_points, NEEDS_KERNEL,
          "NXS_InvalidGlobalWorkSize"),
    CHECK(groups_have_a_thread_at_least, NEEDS_KERNEL,
          "NXS_InvalidWorkGroupSize"),
    CHECK(grid_is_flattened_with_x_fastest, NEEDS_KERNEL,
          "4 points compute the same in any shape"),
    CHECK(refused_geometry_leaves_a_command_that_can_be_finalized, NEEDS_KERNEL,
          "success afterwards"),
};

AREA(argument);
