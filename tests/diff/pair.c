/* SPDX-License-Identifier: MIT */
/* Running one script on two chips, and judging what they leave. */
#include "tests/diff/pair.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pool/tt_log.h"

#define LIMIT_S 60u

nxs_status pair_no_multicast(struct tt_device *dev, struct tt_noc_addr first,
                             unsigned width, unsigned height, const void *src,
                             size_t len)
{
    (void)dev;
    (void)width;
    (void)height;
    (void)src;
    return TT_FAIL(NXS_InvalidOperation, "%zu bytes to many tiles from (%u,%u)",
                   len, first.x, first.y);
}

nxs_status pair_no_pages(struct tt_device *dev, const struct tt_pages *pages)
{
    (void)pages;
    return TT_FAIL(NXS_InvalidValue, "%s: for scripts only", dev->ops->name);
}

struct pair_report *pair_report_new(void)
{
    void *map = mmap(NULL, sizeof(struct pair_report), PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    return map == MAP_FAILED ? NULL : map;
}

/* ---- the script's process ---- */

static void compare_piece(struct pair_report *r, struct tt_noc_addr at,
                          const uint8_t *a, const uint8_t *b, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++) {
        if (a[i] == b[i])
            continue;
        if (!r->n_differ++) {
            r->at = at;
            r->at.addr += i;
            r->byte[0] = a[i];
            r->byte[1] = b[i];
        }
    }
}

static nxs_status compare(const struct script *s, struct tt_device *dev[2],
                          struct pair_report *r)
{
    static uint8_t piece[2][SCRIPT_PIECE]; /* a process, a thread */
    struct script_hash hash = {{0}};
    struct tt_noc_addr at;
    uint32_t len;

    for (unsigned n = 0; script_piece(s, n, &at, &len); n++) {
        nxs_status status = tt_device_read(dev[0], at, piece[0], len);

        if (status >= 0)
            status = tt_device_read(dev[1], at, piece[1], len);
        if (status < 0)
            return status;
        if (memcmp(piece[0], piece[1], len) != 0)
            compare_piece(r, at, piece[0], piece[1], len);
        script_hash_add(&hash, piece[1], len);
    }
    r->hash = script_hash_fold(&hash);
    return NXS_Success;
}

static void run_script(const struct pair *pair, const struct script *s,
                       struct pair_report *r)
{
    struct tt_device *dev[2] = {NULL, NULL};

    for (unsigned i = 0; i < 2; i++) {
        nxs_status status = pair->open[i](&dev[i]);

        r->refused[i] = status < 0 || script_run(s, dev[i]) < 0;
        if (r->refused[i] && i == 0)
            (void)snprintf(r->text, sizeof(r->text), "%s", tt_log_last_error());
        /* The second is done when it has lived to tell its outcome. */
        if (i == 1 && !r->refused[0] && !r->refused[1])
            r->refused[1] = compare(s, dev, r) < 0;
        r->done[i] = true;
    }
}

/* ---- its parent ---- */

static void redirect(FILE *output)
{
    alarm(LIMIT_S);
    dup2(fileno(output), STDOUT_FILENO);
    dup2(fileno(output), STDERR_FILENO);
}

bool pair_run(const struct pair *pair, const struct script *s,
              struct pair_report *r, FILE *output)
{
    pid_t pid;

    memset(r, 0, sizeof(*r));
    rewind(output);
    if (ftruncate(fileno(output), 0) != 0)
        return false;
    (void)fflush(NULL);
    pid = fork();
    if (pid == 0) {
        redirect(output);
        run_script(pair, s, r);
        _exit(0);
    }
    return pid > 0 && waitpid(pid, NULL, 0) == pid;
}

enum pair_verdict pair_judge(const struct pair_report *r)
{
    bool second_refuses = !r->done[1] || r->refused[1];

    if (!r->done[0])
        return PAIR_CRASH;
    if (r->refused[0])
        return second_refuses ? PAIR_BOTH_REFUSE : PAIR_FIRST_REFUSES;
    if (second_refuses)
        return PAIR_SECOND_REFUSES;
    return r->n_differ ? PAIR_DIFFER : PAIR_EQUAL;
}

static void print_output(FILE *output, FILE *to)
{
    char line[512];

    rewind(output);
    while (fgets(line, sizeof(line), output))
        (void)fprintf(to, "    output: %s%s", line,
                      strchr(line, '\n') ? "" : "\n");
}

void pair_explain(const struct pair *pair, const struct pair_report *r,
                  FILE *output, FILE *to)
{
    switch (pair_judge(r)) {
    case PAIR_EQUAL:
        (void)fprintf(to, "equal\n");
        break;
    case PAIR_BOTH_REFUSE:
        (void)fprintf(to, "refused by both: %s\n", r->text);
        break;
    case PAIR_DIFFER:
        (void)fprintf(to,
                      "%u bytes differ, first at tile (%u,%u) 0x%05llX: "
                      "0x%02X, %s 0x%02X\n",
                      r->n_differ, r->at.x, r->at.y,
                      (unsigned long long)r->at.addr, r->byte[0], pair->name[1],
                      r->byte[1]);
        break;
    case PAIR_FIRST_REFUSES:
        (void)fprintf(to, "only %s refuses: %s\n", pair->name[0], r->text);
        break;
    case PAIR_SECOND_REFUSES:
        (void)fprintf(to, "only %s refuses\n", pair->name[1]);
        break;
    default:
        (void)fprintf(to, "%s ended the process or hung\n", pair->name[0]);
    }
    print_output(output, to);
}
