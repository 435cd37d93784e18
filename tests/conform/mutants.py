#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whether the conformance checks see what they are there for: builds the
host-memory plugin with one rule broken at a time (host_mutants.h), and runs the
check that guards the rule. It has to fail; a mutant that it lets live, or that
only another check of the area sees, fails this test.

    mutants.py RUNNER [--only NAME] [--markdown]
"""

import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "..", ".."))
TIME_LIMIT = "4"

# mutant: (rule that it breaks, check that guards it)
MUTANTS = {
    "error_left_pending":
        ("dlopen() leaves no dlerror()",
         "load.opening_leaves_no_error_pending"),
    "no_devices":
        ("the runtime has a device or more",
         "load.first_calls_of_a_host_succeed"),
    "name_empty":
        ("the runtime has a name", "load.first_calls_of_a_host_succeed"),
    "crash_at_unload":
        ("objects may be alive at unload",
         "load.live_objects_do_not_hinder_unloading"),
    "end_waits_for_waiters":
        ("a process may exit while a thread waits",
         "load.process_exits_while_runs_wait"),
    "crash_if_unused":
        ("a plugin need not be used", "load.process_exits_without_any_call"),
    "text_without_end":
        ("the size of a text has its terminator",
         "property.device_sizes_follow_the_types"),
    "number_of_32_bits":
        ("numbers have 8 bytes", "property.buffer_sizes_follow_the_types"),
    "size_query_refused":
        ("NULL asks for the size",
         "property.stream_null_value_asks_for_the_size"),
    "exact_capacity_refused":
        ("a capacity of the size suffices",
         "property.event_capacity_of_the_size_suffices"),
    "text_cut_off":
        ("what does not fit is refused",
         "property.runtime_smaller_capacity_is_refused"),
    "value_before_refusal":
        ("what is refused is not written",
         "property.schedule_smaller_capacity_is_refused"),
    "unknown_property_is_zero":
        ("what is not there is refused",
         "property.command_other_properties_are_refused"),
    "size_pointer_unchecked":
        ("value_size may be NULL: refused",
         "property.library_size_pointer_is_needed"),
    "key_missing":
        ("NP_Keys lists every property",
         "property.kernel_keys_list_what_there_is"),
    "id_is_another":
        ("NP_ID is the id", "property.buffer_id_is_the_id"),
    "device_wraps_around":
        ("devices are 0 .. n - 1", "id.devices_that_are_not_there"),
    "id_reused":
        ("a stale id names nothing new",
         "id.stale_ids_do_not_come_back_soon"),
    "kind_unchecked":
        ("an id of another kind is refused", "id.buffer_is_nothing_else"),
    "release_without_effect":
        ("a released id is stale", "id.released_event_is_stale"),
    "kernel_outlives_library":
        ("kernel ids go with their library",
         "id.released_library_is_stale_with_its_kernels"),
    "command_outlives_schedule":
        ("command ids go with their schedule",
         "id.commands_are_stale_with_their_schedule"),
    "foreign_buffer_taken":
        ("arguments are of the command's device",
         "id.buffer_of_another_device_is_no_argument"),
    "foreign_kernel_taken":
        ("kernels are of the schedule's device",
         "id.kernel_of_another_device_is_no_command"),
    "foreign_stream_taken":
        ("streams are of the schedule's device",
         "id.stream_of_another_device_is_refused"),
    "unknown_buffer_is_copied":
        ("unknown buffers are refused by copies", "id.foreign_buffer_ids"),
    "unknown_buffer_is_filled":
        ("unknown buffers are refused by fills",
         "id.foreign_buffer_more_ids"),
    "unknown_library_is_a_kernel":
        ("unknown libraries are refused as such", "id.foreign_library_ids"),
    "unknown_event_is_signaled":
        ("unknown events are refused", "id.foreign_event_ids"),
    "unknown_schedule_runs":
        ("unknown schedules are refused", "id.foreign_schedule_ids"),
    "event_checked_first":
        ("signals and waits look at their schedule first",
         "id.foreign_signals_ids"),
    "unknown_command_is_set":
        ("unknown commands are refused", "id.foreign_command_ids"),
    "unknown_stream_is_default":
        ("unknown streams are not the default one", "id.foreign_stream_ids"),
    "unknown_kernel_is_a_library":
        ("property calls refuse with the status of their kind",
         "id.properties_of_foreign_ids"),
    "size_overflows":
        ("products of extents do not wrap around",
         "buffer.sizes_beyond_63_bits_are_refused"),
    "empty_extent":
        ("extents are at least 1", "buffer.empty_extents_are_refused"),
    "rank_nine":
        ("the rank is at most 8", "buffer.ranks_above_eight_are_refused"),
    "rank_below_eight":
        ("rank 8 is one of them", "buffer.rank_8_survives_a_round_trip"),
    "type_unknown":
        ("unknown types are refused", "buffer.unknown_types_are_refused"),
    "one_stride_absent":
        ("strides are given for all dimensions or for none",
         "buffer.gaps_between_elements_are_refused"),
    "gaps_ignored":
        ("arrays with gaps are refused",
         "buffer.gaps_between_elements_are_refused"),
    "memory_without_end":
        ("more than the memory is refused",
         "buffer.more_than_the_memory_is_refused"),
    "memory_leaks":
        ("released memory is free again",
         "buffer.released_memory_is_free_again"),
    "host_data_kept":
        ("host_ptr is borrowed for the call",
         "buffer.host_data_is_copied_in"),
    "half_bytes_are_bytes":
        ("types of 4 bits have half a byte",
         "buffer.size_is_that_of_the_hosts_array"),
    "null_is_wrapped":
        ("OnDevice without a pointer allocates",
         "buffer.settings_change_no_contents"),
    "wrap_is_a_copy":
        ("a wrap shares the memory",
         "buffer.wrapped_value_shares_the_memory"),
    "large_wrap":
        ("a wrap is not larger than what it wraps",
         "buffer.larger_wrap_than_the_buffer_is_refused"),
    "dims_beyond_rank":
        ("dimensions beyond the rank mean nothing",
         "buffer.dimensions_beyond_the_rank_mean_nothing"),
    "type_flags_count":
        ("flags of the type are ignored",
         "buffer.flags_of_the_type_are_ignored"),
    "shape_reversed":
        ("NP_Shape is what the host said",
         "buffer.shape_and_rank_are_what_the_host_said"),
    "copy_rounds_up":
        ("a copy touches nothing beyond the array",
         "copy.nothing_beyond_the_array_is_touched"),
    "copy_drops_odd_byte":
        ("a copy moves all of the array", "copy.odd_sizes_are_copied_whole"),
    "copy_to_null":
        ("NULL is refused by copies", "copy.null_memory_is_refused"),
    "other_direction":
        ("there are two directions", "copy.other_directions_are_refused"),
    "fill_without_tail":
        ("the last repeat of a pattern is cut off",
         "copy.pattern_need_not_divide_the_size"),
    "fill_from_null":
        ("a fill needs a pattern",
         "copy.fill_without_a_pattern_is_refused"),
    "fill_with_more":
        ("a pattern is not longer than the array",
         "copy.pattern_beyond_the_size_is_refused"),
    "only_equal_passes":
        ("a Shared event passes at or above the value",
         "event.shared_event_passes_at_or_above_the_value"),
    "value_only_rises":
        ("the value of an event may go down",
         "event.value_of_an_event_may_go_down"),
    "wait_without_end":
        ("a vain wait ends after a second", "event.vain_wait_ends_by_itself"),
    "signal_wakes_nobody":
        ("a signal wakes who waits",
         "event.waiting_thread_is_woken_by_a_signal"),
    "release_wakes_nobody":
        ("the release of an event ends waits",
         "event.waiting_thread_is_woken_by_the_release"),
    "fence_never_passes":
        ("a fence passes when nothing runs",
         "event.fence_passes_when_nothing_runs"),
    "any_event_type":
        ("there are three types of event", "event.other_types_are_refused"),
    "signal_at_creation":
        ("a signal happens when its schedule runs",
         "event.signal_happens_at_each_run"),
    "on_after_failed_wait":
        ("a failed command ends its run",
         "event.commands_after_a_failed_wait_do_not_run"),
    "signal_takes_arguments":
        ("signals and waits take no arguments",
         "event.signals_take_no_arguments_and_no_geometry"),
    "released_event_is_lost":
        ("commands keep a released event",
         "event.commands_keep_a_released_event"),
    "no_default_stream":
        ("negative stream ids are the default stream",
         "stream.negative_streams_are_the_default_stream"),
    "always_blocking":
        ("NonBlocking returns at once",
         "stream.non_blocking_run_returns_before_its_end"),
    "release_does_not_wait":
        ("a released stream waits for its runs",
         "stream.released_stream_waits_for_its_runs"),
    "failure_unsaid":
        ("a failure reaches who waits next in the stream",
         "stream.failure_reaches_the_next_blocking_run_once"),
    "on_after_failed_run":
        ("runs behind a failed one are dropped",
         "stream.runs_behind_a_failed_one_are_dropped"),
    "settings_lost":
        ("settings of a stream are its NP_Value",
         "stream.settings_of_streams_are_kept"),
    "empty_schedule":
        ("an empty schedule runs", "stream.empty_schedule_runs_in_a_stream"),
    "run_settings":
        ("a run may ask for times", "stream.settings_of_runs_are_accepted"),
    "few_streams":
        ("there can be 32 streams", "stream.streams_are_many"),
    "fence_looks_at_one_stream":
        ("a fence waits for all streams",
         "stream.fence_waits_for_what_was_submitted"),
    "library_not_copied":
        ("library data is borrowed for the call",
         "library.library_from_memory_is_copied"),
    "empty_library":
        ("a library has contents",
         "library.libraries_without_contents_are_refused"),
    "missing_file_later":
        ("a missing file fails at once",
         "library.files_that_cannot_be_read_fail_at_once"),
    "kernel_twice":
        ("the same name is the same kernel",
         "library.same_name_is_the_same_kernel"),
    "any_name":
        ("a kernel name is an identifier",
         "library.names_that_are_none_are_refused"),
    "command_needs_library":
        ("commands outlive their library",
         "library.commands_outlive_their_library"),
    "index_64":
        ("the last argument is 63",
         "argument.buffers_go_to_indices_up_to_63"),
    "scalar_by_pointer":
        ("a scalar is copied during the call",
         "argument.values_and_names_are_copied"),
    "null_scalar":
        ("a scalar needs a value", "argument.value_is_needed"),
    "constant_is_argument":
        ("a named constant is no argument",
         "argument.all_64_constants_can_be_set"),
    "buffer_settings_count":
        ("settings of buffer arguments are ignored",
         "argument.settings_of_buffers_are_ignored"),
    "grid_zero":
        ("a grid has a point", "argument.grids_have_a_point_at_least"),
    "grid_overflows":
        ("a grid has at most 2^31 - 1 points",
         "argument.grids_have_at_most_31_bits_of_points"),
    "group_zero":
        ("a group has a thread", "argument.groups_have_a_thread_at_least"),
    "only_x_counts":
        ("all extents of the grid count",
         "argument.grid_is_flattened_with_x_fastest"),
    "unfinished_is_skipped":
        ("commands are finalized before they run",
         "schedule.command_that_is_not_finalized_does_not_run"),
    "released_buffer_runs":
        ("a released buffer is no argument",
         "schedule.released_buffer_is_no_argument_any_more"),
    "arguments_frozen":
        ("arguments may change between runs",
         "schedule.changed_arguments_need_no_new_schedule"),
    "backwards":
        ("commands run in their order",
         "schedule.commands_run_in_their_order"),
    "time_in_ns":
        ("NP_ElapsedTime is in ms", "schedule.time_is_there_after_a_run"),
    "runs_once":
        ("a schedule can run again",
         "schedule.schedule_runs_again_and_again"),
    "copy_does_not_wait":
        ("a copy waits for the runs before it",
         "flight.copy_waits_for_the_run_that_writes"),
    "late_arguments":
        ("a run has the arguments of its submission",
         "flight.run_keeps_the_arguments_of_its_submission"),
    "failed_result_copied":
        ("a failure reaches who copies the result",
         "flight.failure_reaches_who_copies_the_result_once"),
    "count_only_rises":
        ("NP_Count is of live objects",
         "release.count_of_live_objects_returns"),
    "release_in_two_steps":
        ("two threads may release one object",
         "thread.two_threads_release_the_same_object"),
    "copy_without_lock":
        ("copies of threads do not mix",
         "thread.copies_of_threads_do_not_mix"),
}


def declared():
    """The names of host_mutants.h."""
    with open(os.path.join(HERE, "host_mutants.h"), encoding="utf-8") as file:
        names = re.findall(r"^    MUTANT_(\w+),", file.read(), re.M)
    return set(names) - {"none"}


def sources():
    """The files of the host-memory plugin."""
    return [file for file in sorted(os.listdir(HERE))
            if file.startswith("host_plugin") and file.endswith(".c")]


def compile_file(name, file, folder):
    """Path of the object of a file with one rule broken."""
    path = os.path.join(folder, "%s-%s.o" % (name, file))
    subprocess.run(
        [os.environ.get("CC", "gcc"), "-std=gnu11", "-D_GNU_SOURCE", "-O0",
         "-fPIC", "-fvisibility=hidden", "-pthread", "-I.", "-w", "-c",
         "-DHOST_MUTANT=" + name, os.path.join(HERE, file), "-o", path],
        cwd=ROOT, check=True)
    return path


def build(name, folder):
    """The plugin with one rule broken; its path. The files without that rule
    are those of the mutant "none", which are there."""
    path = os.path.join(folder, name + ".so")
    objects = []
    for file in sources():
        with open(os.path.join(HERE, file), encoding="utf-8") as text:
            has_rule = "MUTANT(%s)" % name in text.read()
        objects.append(compile_file(name, file, folder) if has_rule else
                       os.path.join(folder, "none-%s.o" % file))
    subprocess.run([os.environ.get("CC", "gcc"), "-shared", "-pthread",
                    "-Wl,-Bsymbolic", *objects, "-o", path], check=True)
    return path


def failed(runner, plugin, *options):
    """Names of the checks that fail."""
    done = subprocess.run(
        [runner, plugin, "--kernel", os.path.join(HERE, "host_kernels.txt"),
         "add_f32", "--timeout", TIME_LIMIT, *options],
        cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        return ["(runner: %s)" % done.stderr.strip()]
    return re.findall(r"^FAILED  (\S+):", done.stdout, re.M)


def try_mutant(runner, name, folder):
    """What is wrong, or None."""
    rule, guard = MUTANTS[name]
    area, check = guard.split(".")
    plugin = build(name, folder)
    if failed(runner, plugin, "--area", area, "--check", check) == [guard]:
        return None
    others = failed(runner, plugin, "--area", area)
    return "%s (%s): %s does not see it, %s" % (
        name, rule, guard, "only " + ", ".join(others) if others
        else "nor does another of its area")


def print_table():
    """The table for the documentation."""
    print("| mutant | rule that it breaks | check that sees it |")
    print("|---|---|---|")
    for name, (rule, guard) in MUTANTS.items():
        print("| `%s` | %s | `%s` |" % (name, rule, guard))


def main():
    """Entry point; returns the exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("runner", nargs="?")
    parser.add_argument("--only")
    parser.add_argument("--markdown", action="store_true")
    options = parser.parse_args()
    if options.markdown:
        print_table()
        return 0
    if declared() != set(MUTANTS):
        print("host_mutants.h and mutants.py differ:",
              sorted(declared() ^ set(MUTANTS)))
        return 1
    names = [options.only] if options.only else list(MUTANTS)
    runner = os.path.abspath(options.runner)
    with tempfile.TemporaryDirectory() as folder, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda f: compile_file("none", f, folder), sources()))
        found = list(pool.map(lambda n: try_mutant(runner, n, folder), names))
    found = [problem for problem in found if problem]
    print("\n".join(found))
    print("%d mutants, %d not seen" % (len(names), len(found)))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
