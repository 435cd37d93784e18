/* SPDX-License-Identifier: MIT */
/*
 * A target's main() without libFuzzer: runs it over inputs,
 *
 *   replay FILE...
 *
 * each FILE one input, or, named .pack, a corpus: inputs one after the other,
 * each behind its size in four bytes, least significant first.
 */
#include <string.h>
#include <time.h>

#include "tests/fuzz/fuzz.h"

/* In a block of its own, whose end AddressSanitizer watches. */
static void run(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);

    if (!copy)
        exit(EXIT_FAILURE);
    memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static uint8_t *read_file(const char *name, size_t *out_size)
{
    FILE *file = fopen(name, "rb");
    uint8_t *data = NULL;
    long size;

    if (!file)
        return NULL;
    if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0 &&
        fseek(file, 0, SEEK_SET) == 0 &&
        (data = malloc((size_t)size + 1)) != NULL) {
        *out_size = fread(data, 1, (size_t)size, file);
        if (*out_size != (size_t)size) {
            free(data);
            data = NULL;
        }
    }
    (void)fclose(file);
    return data;
}

static unsigned run_pack(const char *name, const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    unsigned n = 0;

    while (in.left) {
        size_t len = fuzz_u32(&in);
        const uint8_t *input = fuzz_bytes(&in, len);

        if (!input) {
            (void)fprintf(stderr, "%s: input %u is cut off\n", name, n);
            exit(EXIT_FAILURE);
        }
        run(input, len);
        n++;
    }
    return n;
}

static unsigned run_file(const char *name)
{
    size_t size = 0, len = strlen(name);
    uint8_t *data = read_file(name, &size);
    unsigned n = 1;

    if (!data) {
        (void)fprintf(stderr, "%s cannot be read\n", name);
        exit(EXIT_FAILURE);
    }
    if (len > 5 && strcmp(name + len - 5, ".pack") == 0)
        n = run_pack(name, data, size);
    else
        run(data, size);
    free(data);
    return n;
}

int __attribute__((weak)) LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

int main(int argc, char **argv)
{
    unsigned n = 0;

    LLVMFuzzerInitialize(&argc, &argv);
    for (int i = 1; i < argc; i++)
        n += run_file(argv[i]);
    printf("%u inputs\n", n);
    return n ? EXIT_SUCCESS : EXIT_FAILURE;
}
