/* SPDX-License-Identifier: MIT */
/* Libraries and kernels: from memory, from a file, by name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/conform/conform.h"
#include "tests/conform/world.h"

/* The file of --kernel in memory that goes away when told to. */
static void *read_kernel(struct conform *c, size_t *out_size)
{
    FILE *file = fopen(c->options->kernel_file, "rb");
    unsigned char *text = world_alloc(1u << 20);
    void *lent;

    *out_size = file ? fread(text, 1, 1u << 20, file) : 0;
    if (!file || fclose(file) || !*out_size)
        conform_fail(c, c->options->kernel_file, "a kernel that can be read",
                     "none");
    lent = world_lent(text, *out_size + 1);
    free(text);
    return lent;
}

static void compute(struct conform *c, nxs_int library)
{
    nxs_int schedule = OK(c, CreateSchedule, 0, 0);
    nxs_int command = world_command(c, schedule, world_kernel(c, library));
    nxs_int sum = world_vector(c, 0, 0);

    world_set_buffers(c, command, world_vector(c, 0, 3), world_vector(c, 0, 4),
                      sum);
    world_finalize(c, command);
    world_run(c, schedule);
    world_expect_sum(c, sum, 2, 7);
}

static void library_from_a_file_works(struct conform *c)
{
    compute(c, world_library(c, 0));
}

static void library_from_memory_is_copied(struct conform *c)
{
    size_t size;
    void *text = read_kernel(c, &size);
    nxs_int library = OK(c, CreateLibrary, 0, text, (nxs_uint)size, 0);

    world_take_back(text, size + 1);
    compute(c, library);
}

static void library_may_include_its_terminator(struct conform *c)
{
    size_t size;
    void *text = read_kernel(c, &size);

    compute(c, OK(c, CreateLibrary, 0, text, (nxs_uint)size + 1, 0));
}

static void libraries_without_contents_are_refused(struct conform *c)
{
    char text[] = "text";

    REFUSED(c, NXS_InvalidValue, CreateLibrary, 0, NULL, 0, 0);
    REFUSED(c, NXS_InvalidValue, CreateLibrary, 0, NULL, 4, 0);
    REFUSED(c, NXS_InvalidValue, CreateLibrary, 0, text, 0, 0);
}

static void files_that_cannot_be_read_fail_at_once(struct conform *c)
{
    REFUSED(c, NXS_InvalidProgram, CreateLibraryFromFile, 0, "/dev/null/kernel",
            0);
    REFUSED(c, NXS_InvalidProgram, CreateLibraryFromFile, 0, "/", 0);
    REFUSED(c, NXS_InvalidValue, CreateLibraryFromFile, 0, NULL, 0);
}

static void same_name_is_the_same_kernel(struct conform *c)
{
    nxs_int library = world_library(c, 0);
    nxs_int other = world_library(c, 0);
    nxs_int kernel = world_kernel(c, library);

    EQUAL(c, kernel, world_kernel(c, library));
    TRUE(c, world_kernel(c, other) != kernel,
         "another library has another kernel");
}

static void names_that_are_none_are_refused(struct conform *c)
{
    static const char *const names[] = {"", "1st", "a b", "a;b", "\xFF"};
    nxs_int library = world_library(c, 0);

    REFUSED(c, NXS_InvalidKernelName, GetKernel, library, NULL);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        conform_detail(c, "name \"%s\"", names[i]);
        REFUSED(c, NXS_InvalidKernelName, GetKernel, library, names[i]);
    }
}

static void name_of_a_kernel_is_copied(struct conform *c)
{
    nxs_int library = world_library(c, 0), kernel;
    size_t size = strlen(c->options->kernel_name) + 1;
    char *name = world_lent(c->options->kernel_name, size);
    char text[256];
    size_t capacity = sizeof text;

    kernel = OK(c, GetKernel, library, name);
    world_take_back(name, size);
    EQUAL(c, kernel, world_kernel(c, library));
    OK(c, GetKernelProperty, kernel, NP_Name, text, &capacity);
    TRUE(c, strcmp(text, c->options->kernel_name) == 0,
         "NP_Name is the name of the kernel");
}

static void commands_outlive_their_library(struct conform *c)
{
    struct world_adder w = world_adder(c, 0);

    OK(c, ReleaseLibrary, w.library);
    world_run(c, w.schedule);
    world_expect_sum(c, w.sum, 2, 3);
}

static void command_of_a_released_library_can_be_finalized(struct conform *c)
{
    nxs_int library = world_library(c, 0), sum = world_vector(c, 0, 0);
    nxs_int schedule = OK(c, CreateSchedule, 0, 0);
    nxs_int command = world_command(c, schedule, world_kernel(c, library));

    OK(c, ReleaseLibrary, library);
    world_set_buffers(c, command, world_vector(c, 0, 1), world_vector(c, 0, 2),
                      sum);
    world_finalize(c, command);
    world_run(c, schedule);
    world_expect_sum(c, sum, 2, 3);
}

static void many_libraries_are_made_and_released(struct conform *c)
{
    for (int i = 0; i < 200; i++) {
        nxs_int library = world_library(c, 0);

        world_kernel(c, library);
        OK(c, ReleaseLibrary, library);
    }
}

static const struct conform_check checks[] = {
    CHECK(library_from_a_file_works, NEEDS_KERNEL, "its kernel computes"),
    CHECK(library_from_memory_is_copied, NEEDS_KERNEL,
          "data is borrowed for the call"),
    CHECK(library_may_include_its_terminator, NEEDS_KERNEL,
          "a NUL at the end does not matter"),
    CHECK(libraries_without_contents_are_refused, 0, "NXS_InvalidValue"),
    CHECK(files_that_cannot_be_read_fail_at_once, 0,
          "NXS_InvalidProgram; NXS_InvalidValue without a path"),
    CHECK(same_name_is_the_same_kernel, NEEDS_KERNEL, "the same id"),
    CHECK(names_that_are_none_are_refused, NEEDS_KERNEL,
          "NXS_InvalidKernelName"),
    CHECK(name_of_a_kernel_is_copied, NEEDS_KERNEL, "NP_Name"),
    CHECK(commands_outlive_their_library, NEEDS_KERNEL, "they go on working"),
    CHECK(command_of_a_released_library_can_be_finalized, NEEDS_KERNEL,
          "they go on working"),
    CHECK(many_libraries_are_made_and_released, NEEDS_KERNEL, "200 times"),
};

AREA(library);
