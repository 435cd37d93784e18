/* SPDX-License-Identifier: MIT */
/* Rounds: every item once, whoever works on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "device/emu/crew.h"

#define N_ITEMS 100u

static void count(void *item)
{
    ++*(unsigned *)item;
}

static void run_rounds(unsigned n_threads, unsigned rounds)
{
    struct tt_crew *crew = tt_crew_new(n_threads);
    unsigned item[N_ITEMS] = {0};
    void *list[N_ITEMS];

    assert_non_null(crew);
    for (unsigned i = 0; i < N_ITEMS; i++)
        list[i] = &item[i];
    for (unsigned r = 0; r < rounds; r++)
        tt_crew_run(crew, count, list, r % (N_ITEMS + 1));
    for (unsigned i = 0; i < N_ITEMS; i++) {
        unsigned want = 0;

        for (unsigned r = 0; r < rounds; r++)
            want += r % (N_ITEMS + 1) > i;
        assert_int_equal(item[i], want);
    }
    tt_crew_free(crew);
}

static void every_item_is_worked_on_once_per_round(void **state)
{
    (void)state;
    run_rounds(1, 500);
    run_rounds(2, 5000);
    run_rounds(7, 5000);
}

static void a_crew_that_never_worked_can_be_freed(void **state)
{
    (void)state;
    tt_crew_free(tt_crew_new(4));
    tt_crew_free(NULL);
}

static void a_forked_child_works_alone(void **state)
{
    struct tt_crew *crew = tt_crew_new(3);
    unsigned item[2] = {0};
    void *list[2] = {&item[0], &item[1]};
    int status;
    pid_t pid;

    (void)state;
    assert_non_null(crew);
    tt_crew_run(crew, count, list, 2);
    pid = fork();
    if (pid == 0) {
        tt_crew_run(crew, count, list, 2);
        _exit(item[0] == 2 && item[1] == 2 ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    tt_crew_free(crew);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_item_is_worked_on_once_per_round),
        cmocka_unit_test(a_crew_that_never_worked_can_be_freed),
        cmocka_unit_test(a_forked_child_works_alone),
    };

    return cmocka_run_group_tests_name("crew", tests, NULL, NULL);
}
