/* SPDX-License-Identifier: MIT */
/* Results as lines, as JSON and as JUnit XML. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/conform/conform.h"

struct conform_report {
    const struct conform_options *options;
    char plugin[CONFORM_TEXT];
    json_t *checks; /* array of objects, in the order of the run */
    unsigned n[CONFORM_SKIPPED + 1];
};

static const char *const words[] = {"running", "ok", "FAILED", "skipped"};
static const char *const json_words[] = {"running", "passed", "failed",
                                         "skipped"};

struct conform_report *conform_report_new(const struct conform_options *options)
{
    struct conform_report *report = calloc(1, sizeof *report);

    if (!report)
        return NULL;
    report->options = options;
    snprintf(report->plugin, sizeof report->plugin, "%s", options->plugin);
    conform_clean(report->plugin, sizeof report->plugin);
    report->checks = json_array();
    return report;
}

static void print_line(const struct conform_report *report, const char *area,
                       const struct conform_check *check,
                       const struct conform_result *result)
{
    printf("%-7s %s.%s: ", words[result->outcome], area, check->name);
    if (result->outcome == CONFORM_PASSED)
        printf("expected and seen: %s (%u answers)\n", check->rule,
               result->n_met);
    else if (result->outcome == CONFORM_FAILED)
        printf("%s: expected %s, seen %s\n", result->what, result->expected,
               result->seen);
    else
        printf("%s\n", result->what);
    if (report->options->verbose && result->output[0])
        printf("        | %s\n", result->output);
    fflush(stdout);
}

void conform_report_add(struct conform_report *report,
                        const struct conform_area *area,
                        const struct conform_check *check,
                        const struct conform_result *result)
{
    print_line(report, area->name, check, result);
    report->n[result->outcome]++;
    json_array_append_new(
        report->checks,
        json_pack("{s:s, s:s, s:s, s:s, s:i, s:f, s:s, s:s, s:s, s:s}", "area",
                  area->name, "name", check->name, "rule", check->rule,
                  "outcome", json_words[result->outcome], "answers",
                  (int)result->n_met, "seconds", result->seconds, "what",
                  result->what, "expected", result->expected, "seen",
                  result->seen, "output", result->output));
}

static int write_json(const struct conform_report *report)
{
    json_t *root =
        json_pack("{s:s, s:i, s:i, s:i, s:O}", "plugin", report->plugin,
                  "passed", (int)report->n[CONFORM_PASSED], "failed",
                  (int)report->n[CONFORM_FAILED], "skipped",
                  (int)report->n[CONFORM_SKIPPED], "checks", report->checks);
    int error = -1;

    if (root)
        error = json_dump_file(root, report->options->json, JSON_INDENT(1));
    json_decref(root);
    return error;
}

/* In an attribute or an element; all texts are printable ASCII. */
static void put_xml(FILE *file, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '<':
            fputs("&lt;", file);
            break;
        case '>':
            fputs("&gt;", file);
            break;
        case '&':
            fputs("&amp;", file);
            break;
        case '"':
            fputs("&quot;", file);
            break;
        case '\'':
            fputs("&apos;", file);
            break;
        default:
            fputc(*text, file);
        }
    }
}

static void put_attribute(FILE *file, const char *name, const char *value)
{
    fprintf(file, " %s=\"", name);
    put_xml(file, value);
    fputc('"', file);
}

static const char *text_of(const json_t *check, const char *key)
{
    return json_string_value(json_object_get(check, key));
}

static void put_case(FILE *file, const json_t *check)
{
    const char *outcome = text_of(check, "outcome");

    fputs("  <testcase", file);
    put_attribute(file, "classname", text_of(check, "area"));
    put_attribute(file, "name", text_of(check, "name"));
    fprintf(file, " time=\"%.3f\">",
            json_real_value(json_object_get(check, "seconds")));
    if (strcmp(outcome, "skipped") == 0) {
        fputs("<skipped", file);
        put_attribute(file, "message", text_of(check, "what"));
        fputs("/>", file);
    } else if (strcmp(outcome, "failed") == 0) {
        fputs("<failure", file);
        put_attribute(file, "message", text_of(check, "what"));
        fputs(">expected ", file);
        put_xml(file, text_of(check, "expected"));
        fputs(", seen ", file);
        put_xml(file, text_of(check, "seen"));
        fputs("</failure>", file);
    }
    fputs("<system-out>", file);
    put_xml(file, text_of(check, "output"));
    fputs("</system-out></testcase>\n", file);
}

static int write_junit(const struct conform_report *report)
{
    FILE *file = fopen(report->options->junit, "w");
    int failed;

    if (!file)
        return -1;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite", file);
    put_attribute(file, "name", report->plugin);
    fprintf(file, " tests=\"%zu\" failures=\"%u\" skipped=\"%u\">\n",
            json_array_size(report->checks), report->n[CONFORM_FAILED],
            report->n[CONFORM_SKIPPED]);
    for (size_t i = 0; i < json_array_size(report->checks); i++)
        put_case(file, json_array_get(report->checks, i));
    fputs("</testsuite>\n", file);
    failed = ferror(file);
    return fclose(file) || failed ? -1 : 0;
}

int conform_report_end(struct conform_report *report)
{
    const struct conform_options *options = report->options;
    int status = report->n[CONFORM_FAILED] ? 1 : 0;

    printf("%u passed, %u failed, %u skipped\n", report->n[CONFORM_PASSED],
           report->n[CONFORM_FAILED], report->n[CONFORM_SKIPPED]);
    if (options->json && write_json(report) < 0) {
        fprintf(stderr, "nxs-conform: cannot write %s\n", options->json);
        status = 2;
    }
    if (options->junit && write_junit(report) < 0) {
        fprintf(stderr, "nxs-conform: cannot write %s\n", options->junit);
        status = 2;
    }
    json_decref(report->checks);
    free(report);
    return status;
}
