/* SPDX-License-Identifier: MIT */
/* nxs-conform: judges any Nexus plugin by the contract in nexus-api.h. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/conform/conform.h"

#define USAGE_ERROR 2

static const char help[] =
    "usage: nxs-conform PLUGIN.so [OPTION]...\n"
    "Judges a Nexus plugin by the contract in nexus-api.h. Each check runs in "
    "a\n"
    "process of its own and prints one line.\n"
    "\n"
    "  --kernel FILE NAME   kernel for the checks that run one (see below)\n"
    "  --const NAME[@INDEX]=VALUE:TYPE\n"
    "                       constant of each command; VALUE is an integer, or\n"
    "                       a float if it has a point; TYPE f32, i32, ...\n"
    "  --area AREA          only the checks of an area\n"
    "  --check [AREA.]NAME  only the check of this name\n"
    "  --timeout SECONDS    time limit of a check (30)\n"
    "  --strict             an absent entry point is a failure, not a skip\n"
    "  --json FILE          write the results as JSON\n"
    "  --junit FILE         write them as JUnit XML\n"
    "  --list               list areas, checks and rules\n"
    "  --verbose            also print what the plugin wrote\n"
    "\n"
    "The kernel NAME in the source or library FILE adds: with n grid points "
    "and\n"
    "buffers of 1024 n elements of type F32, rank 1, as arguments 0, 1 and 2,\n"
    "it sets argument 2 = argument 0 + argument 1. Group size is 1.\n"
    "\n"
    "Exit status: 0 all passed or skipped, 1 some failed, 2 usage, or FILE\n"
    "cannot be read or the plugin cannot be opened.\n";

static const struct conform_area *const areas[] = {
    &conform_load,     &conform_property, &conform_id,     &conform_buffer,
    &conform_copy,     &conform_event,    &conform_stream, &conform_library,
    &conform_argument, &conform_schedule, &conform_flight, &conform_release,
    &conform_thread};
#define N_AREAS (sizeof areas / sizeof areas[0])

/* Types of --const, as hosts name them. */
static const struct {
    const char *name;
    nxs_uint type;
} types[] = {{"f32", NXS_DataType_F32},   {"f16", NXS_DataType_F16},
             {"bf16", NXS_DataType_BF16}, {"f8", NXS_DataType_F8},
             {"bf8", NXS_DataType_BF8},   {"i32", NXS_DataType_I32},
             {"u32", NXS_DataType_U32},   {"i16", NXS_DataType_I16},
             {"u16", NXS_DataType_U16},   {"i8", NXS_DataType_I8},
             {"u8", NXS_DataType_U8},     {"bool", NXS_DataType_Bool}};

enum option_id {
    OPT_KERNEL = 256,
    OPT_CONST,
    OPT_AREA,
    OPT_CHECK,
    OPT_TIMEOUT,
    OPT_STRICT,
    OPT_JSON,
    OPT_JUNIT,
    OPT_LIST,
    OPT_VERBOSE,
    OPT_HELP
};

static const struct option long_options[] = {
    {"kernel", required_argument, NULL, OPT_KERNEL},
    {"const", required_argument, NULL, OPT_CONST},
    {"area", required_argument, NULL, OPT_AREA},
    {"check", required_argument, NULL, OPT_CHECK},
    {"timeout", required_argument, NULL, OPT_TIMEOUT},
    {"strict", no_argument, NULL, OPT_STRICT},
    {"json", required_argument, NULL, OPT_JSON},
    {"junit", required_argument, NULL, OPT_JUNIT},
    {"list", no_argument, NULL, OPT_LIST},
    {"verbose", no_argument, NULL, OPT_VERBOSE},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0}};

static int usage(const char *what, const char *which)
{
    fprintf(stderr, "nxs-conform: %s%s; --help explains\n", what, which);
    return USAGE_ERROR;
}

static bool parse_type(const char *text, nxs_uint *out)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(text, types[i].name) == 0) {
            *out = types[i].type;
            return true;
        }
    return false;
}

static bool parse_value(const char *text, struct conform_const *out)
{
    char *end;

    errno = 0;
    if (strpbrk(text, ".n")) /* also inf and nan */
        out->value.real = strtof(text, &end);
    else
        out->value.integer = strtoll(text, &end, 0);
    return *text && !*end && !errno;
}

/* NAME[@INDEX]=VALUE:TYPE; splits @text in place. */
static bool parse_const(char *text, struct conform_const *out)
{
    char *value = strchr(text, '='), *type = strrchr(text, ':');
    char *index = strchr(text, '@'), *end;
    nxs_uint data_type;

    if (!value || !type || type < value)
        return false;
    *value++ = '\0';
    *type++ = '\0';
    out->name = text;
    if (index && index < value) {
        *index++ = '\0';
        out->index = (nxs_int)strtol(index, &end, 10);
        if (!*index || *end)
            return false;
    }
    if (!*text || !parse_type(type, &data_type))
        return false;
    out->settings = data_type | NXS_CommandArgType_Constant;
    return parse_value(value, out);
}

static int add_const(struct conform_options *options, char *text)
{
    if (options->n_consts == NXS_KERNEL_MAX_CONSTS)
        return usage("too many constants", "");
    if (!parse_const(text, &options->consts[options->n_consts++]))
        return usage("a constant is NAME[@INDEX]=VALUE:TYPE, not ", text);
    return 0;
}

static int set_timeout(struct conform_options *options, const char *text)
{
    char *end;

    options->timeout = strtod(text, &end);
    if (*end || !(options->timeout > 0 && options->timeout <= 86400))
        return usage("no time limit: ", text);
    return 0;
}

/* Not the plugin's fault, so not left to it to say. */
static int check_readable(const char *path)
{
    int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    char byte;
    /* A directory opens, but does not read; a pipe is read only once. */
    const char *why =
        file < 0 || pread(file, &byte, 1, 0) < 0 ? strerror(errno) : NULL;

    if (file >= 0)
        close(file);
    if (!why)
        return 0;
    fprintf(stderr, "nxs-conform: --kernel %s: %s\n", path, why);
    return USAGE_ERROR;
}

static int set_kernel(struct conform_options *options, int argc, char **argv)
{
    if (optind >= argc)
        return usage("--kernel wants FILE and NAME", "");
    options->kernel_file = optarg;
    options->kernel_name = argv[optind++];
    return check_readable(options->kernel_file);
}

static int set_option(struct conform_options *options, int option, int argc,
                      char **argv)
{
    switch (option) {
    case OPT_KERNEL:
        return set_kernel(options, argc, argv);
    case OPT_CONST:
        return add_const(options, optarg);
    case OPT_TIMEOUT:
        return set_timeout(options, optarg);
    case OPT_AREA:
        options->area = optarg;
        return 0;
    case OPT_CHECK:
        options->check = optarg;
        return 0;
    case OPT_JSON:
        options->json = optarg;
        return 0;
    case OPT_JUNIT:
        options->junit = optarg;
        return 0;
    case OPT_STRICT:
        options->strict = true;
        return 0;
    case OPT_LIST:
        options->list = true;
        return 0;
    case OPT_VERBOSE:
        options->verbose = true;
        return 0;
    default:
        return USAGE_ERROR; /* getopt has said what */
    }
}

static bool is_chosen(const struct conform_options *options,
                      const struct conform_area *area,
                      const struct conform_check *check)
{
    size_t len = strlen(area->name);
    const char *name = options->check;

    if (options->area && strcmp(options->area, area->name) != 0)
        return false;
    if (!name)
        return true;
    /* As --list has it, or without the area. */
    if (strncmp(name, area->name, len) == 0 && name[len] == '.')
        name += len + 1;
    return strcmp(name, check->name) == 0;
}

static unsigned count_chosen(const struct conform_options *options)
{
    unsigned n = 0;

    for (size_t a = 0; a < N_AREAS; a++)
        for (size_t i = 0; i < areas[a]->n_checks; i++)
            n += is_chosen(options, areas[a], &areas[a]->checks[i]);
    return n;
}

static void list(const struct conform_options *options)
{
    for (size_t a = 0; a < N_AREAS; a++)
        for (size_t i = 0; i < areas[a]->n_checks; i++)
            if (is_chosen(options, areas[a], &areas[a]->checks[i]))
                printf("%s.%s: %s\n", areas[a]->name, areas[a]->checks[i].name,
                       areas[a]->checks[i].rule);
}

/* ---- the run ---- */

static void open_and_look(struct conform *c)
{
    conform_open(c);
    for (int i = 0; i < N_ENTRIES; i++)
        if (conform_has(c, (enum conform_entry)i))
            return;
    conform_fail(c, "dlopen", "a Nexus plugin", "none of the entry points");
}

/* A plugin that cannot be opened at all is no failure of a hundred checks. */
static int try_to_open(const struct conform_options *options)
{
    const struct conform_check check = {"open", "", open_and_look, OPENS_ITSELF,
                                        0};
    struct conform_result *result = calloc(1, sizeof *result);
    int status = USAGE_ERROR;

    if (!result || conform_run(options, &check, result) < 0)
        perror("nxs-conform");
    else if (result->outcome == CONFORM_PASSED)
        status = 0;
    else
        fprintf(stderr, "nxs-conform: %s cannot be opened: %s\n",
                options->plugin, result->seen);
    free(result);
    return status;
}

static int run_area(const struct conform_options *options,
                    const struct conform_area *area,
                    struct conform_report *report,
                    struct conform_result *result)
{
    for (size_t i = 0; i < area->n_checks; i++) {
        if (!is_chosen(options, area, &area->checks[i]))
            continue;
        if (conform_run(options, &area->checks[i], result) < 0) {
            perror("nxs-conform");
            return -1;
        }
        conform_report_add(report, area, &area->checks[i], result);
    }
    return 0;
}

static int run(const struct conform_options *options)
{
    struct conform_report *report = conform_report_new(options);
    struct conform_result *result = calloc(1, sizeof *result);
    int error = report && result ? 0 : -1, status;

    for (size_t a = 0; a < N_AREAS && !error; a++)
        error = run_area(options, areas[a], report, result);
    free(result);
    status = report ? conform_report_end(report) : USAGE_ERROR;
    return error ? USAGE_ERROR : status;
}

/* What was asked for has been printed, if it could be. */
static int printed(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    perror("nxs-conform");
    return USAGE_ERROR;
}

/* dlopen() looks elsewhere for a name without a slash. */
static const char *path_of(const char *plugin, char *out, size_t size)
{
    if (strchr(plugin, '/') || access(plugin, F_OK) != 0)
        return plugin;
    snprintf(out, size, "./%s", plugin);
    return out;
}

int main(int argc, char **argv)
{
    struct conform_options options = {.timeout = 30};
    char path[NAME_MAX + 3];
    int option, status = 0;

    while (!status &&
           (option = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
        if (option == OPT_HELP || option == 'h') {
            (void)fputs(help, stdout);
            return printed();
        }
        status = set_option(&options, option, argc, argv);
    }
    if (status)
        return status;
    if (!count_chosen(&options))
        return usage("there is no such check; --list lists them", "");
    if (options.list) {
        list(&options);
        return printed();
    }
    if (optind != argc - 1 || !*argv[optind])
        return usage("one PLUGIN.so is wanted", "");
    options.plugin = path_of(argv[optind], path, sizeof path);
    status = try_to_open(&options);
    return status ? status : run(&options);
}
