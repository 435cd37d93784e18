/* SPDX-License-Identifier: MIT */
/*
 * Ways to break the host-memory plugin, one rule each, to prove that the
 * conformance checks see it. Not part of the example: where the plugin says
 * MUTANT(something), read 0. mutants.py builds with -DHOST_MUTANT=<name>.
 */
#ifndef HOST_MUTANTS_H
#define HOST_MUTANTS_H

/** enum host_mutant - what can be broken; mutants.py has the rule of each */
enum host_mutant {
    MUTANT_none,
    /* loading */
    MUTANT_error_left_pending,
    MUTANT_no_devices,
    MUTANT_name_empty,
    MUTANT_crash_at_unload,
    MUTANT_end_waits_for_waiters,
    MUTANT_crash_if_unused,
    /* properties */
    MUTANT_text_without_end,
    MUTANT_number_of_32_bits,
    MUTANT_size_query_refused,
    MUTANT_exact_capacity_refused,
    MUTANT_text_cut_off,
    MUTANT_value_before_refusal,
    MUTANT_unknown_property_is_zero,
    MUTANT_size_pointer_unchecked,
    MUTANT_key_missing,
    MUTANT_id_is_another,
    /* ids */
    MUTANT_device_wraps_around,
    MUTANT_id_reused,
    MUTANT_kind_unchecked,
    MUTANT_release_without_effect,
    MUTANT_kernel_outlives_library,
    MUTANT_command_outlives_schedule,
    MUTANT_foreign_buffer_taken,
    MUTANT_foreign_kernel_taken,
    MUTANT_foreign_stream_taken,
    MUTANT_unknown_buffer_is_copied,
    MUTANT_unknown_buffer_is_filled,
    MUTANT_unknown_library_is_a_kernel,
    MUTANT_unknown_event_is_signaled,
    MUTANT_unknown_schedule_runs,
    MUTANT_event_checked_first,
    MUTANT_unknown_command_is_set,
    MUTANT_unknown_stream_is_default,
    MUTANT_unknown_kernel_is_a_library,
    /* buffers */
    MUTANT_size_overflows,
    MUTANT_empty_extent,
    MUTANT_rank_nine,
    MUTANT_rank_below_eight,
    MUTANT_type_unknown,
    MUTANT_one_stride_absent,
    MUTANT_gaps_ignored,
    MUTANT_memory_without_end,
    MUTANT_memory_leaks,
    MUTANT_host_data_kept,
    MUTANT_half_bytes_are_bytes,
    MUTANT_null_is_wrapped,
    MUTANT_wrap_is_a_copy,
    MUTANT_large_wrap,
    MUTANT_dims_beyond_rank,
    MUTANT_type_flags_count,
    MUTANT_shape_reversed,
    /* copies */
    MUTANT_copy_rounds_up,
    MUTANT_copy_drops_odd_byte,
    MUTANT_copy_to_null,
    MUTANT_other_direction,
    MUTANT_fill_without_tail,
    MUTANT_fill_from_null,
    MUTANT_fill_with_more,
    /* events */
    MUTANT_only_equal_passes,
    MUTANT_value_only_rises,
    MUTANT_wait_without_end,
    MUTANT_signal_wakes_nobody,
    MUTANT_release_wakes_nobody,
    MUTANT_fence_never_passes,
    MUTANT_any_event_type,
    MUTANT_signal_at_creation,
    MUTANT_on_after_failed_wait,
    MUTANT_signal_takes_arguments,
    MUTANT_released_event_is_lost,
    /* streams */
    MUTANT_no_default_stream,
    MUTANT_always_blocking,
    MUTANT_release_does_not_wait,
    MUTANT_failure_unsaid,
    MUTANT_on_after_failed_run,
    MUTANT_settings_lost,
    MUTANT_empty_schedule,
    MUTANT_run_settings,
    MUTANT_few_streams,
    MUTANT_fence_looks_at_one_stream,
    /* libraries */
    MUTANT_library_not_copied,
    MUTANT_empty_library,
    MUTANT_missing_file_later,
    MUTANT_kernel_twice,
    MUTANT_any_name,
    MUTANT_command_needs_library,
    /* arguments */
    MUTANT_index_64,
    MUTANT_scalar_by_pointer,
    MUTANT_null_scalar,
    MUTANT_constant_is_argument,
    MUTANT_buffer_settings_count,
    MUTANT_grid_zero,
    MUTANT_grid_overflows,
    MUTANT_group_zero,
    MUTANT_only_x_counts,
    /* schedules */
    MUTANT_unfinished_is_skipped,
    MUTANT_released_buffer_runs,
    MUTANT_arguments_frozen,
    MUTANT_backwards,
    MUTANT_time_in_ns,
    MUTANT_runs_once,
    /* in flight */
    MUTANT_copy_does_not_wait,
    MUTANT_late_arguments,
    MUTANT_failed_result_copied,
    /* release, threads */
    MUTANT_count_only_rises,
    MUTANT_copy_without_lock,
    MUTANT_release_in_two_steps,
    N_MUTANTS
};

#ifndef HOST_MUTANT
#define HOST_MUTANT none
#endif
#define HOST_MUTANT_JOIN(name) MUTANT_##name
#define HOST_MUTANT_NAME(name) HOST_MUTANT_JOIN(name)

/** MUTANT - whether this build breaks that rule */
#define MUTANT(name) (HOST_MUTANT_NAME(HOST_MUTANT) == MUTANT_##name)

#endif
