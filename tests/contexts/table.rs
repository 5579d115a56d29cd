//! The contexts, and which row of the design each of them is.

use crate::home;
use crate::store::every_kind;
use std::{env, fmt};
use sync_twin::Context;
use sync_twin_tests::harness::call::Call;
use sync_twin_tests::harness::deadline;

/// One place in which a twin can be called.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    name: &'static str,
    /// What [`Context::current`] says there.
    context: Context,
    /// Runs a call there.
    pub(crate) run: fn(Call),
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Row {
    /// Whether a panic may happen there and be caught. Not in a panic hook, where it aborts the process.
    pub(crate) fn may_panic(self) -> bool {
        !self.name.starts_with("callbacks::panic_hook")
    }

    /// Whether the calling thread can enter a runtime there. Else what cannot cross to another thread panics.
    pub(crate) fn can_enter(self) -> bool {
        self.context != Context::ThreadExit
    }

    fn is_task_of_ours(self) -> bool {
        self.name.starts_with("nested::task_of_")
    }

    /// What [`Context::current`] says there. The environment may choose where what a twin spawns runs.
    fn expected(self) -> Context {
        match env::var("SYNC_TWIN_FLAVOR").as_deref() {
            Ok("current_thread") if self.is_task_of_ours() => Context::Driver,
            Ok("multi_thread") if self.is_task_of_ours() => Context::Worker,
            _ => self.context,
        }
    }

    /// Every kind of call, one after the other. Each starts from a new thread and a new runtime.
    fn run_every_kind(self) {
        let _alone = self.is_task_of_ours().then(home::alone);
        for kind in every_kind() {
            let name = format!("{self} × {}", kind.name);
            let code = move || {
                let call = Call::new(kind.call);
                (self.run)(call.clone());
                call
            };
            let call = match self.is_task_of_ours() {
                true => deadline::within_deadline(&name, code),
                false => home::within_deadline(&name, code),
            };
            // Shown when the check panics.
            eprintln!("checking {name}");
            call.check_context(self.expected());
            if kind.crosses || self.can_enter() {
                call.check();
            } else {
                // Nothing can be entered there: this is the one place where a call cannot but panic.
                for message in call.messages() {
                    assert!(message.contains("destroyed"), "{message}");
                }
            }
        }
    }
}

macro_rules! contexts {
    ($($module:ident { $($name:ident: $context:ident,)* })*) => {
        /// Every context, for tests that put one into the other.
        pub(crate) const ALL: &[Row] = &[
            $($(Row {
                name: concat!(stringify!($module), "::", stringify!($name)),
                context: Context::$context,
                run: crate::$module::$name,
            },)*)*
        ];

        $(mod $module {
            $(#[test]
            fn $name() {
                super::Row {
                    name: concat!(stringify!($module), "::", stringify!($name)),
                    context: sync_twin::Context::$context,
                    run: crate::$module::$name,
                }
                .run_every_kind();
            })*
        })*
    };
}

contexts! {
    plain {
        thread: Outside,
        scoped_thread: Outside,
        rayon_worker: Outside,
        both_sides_of_a_rayon_join: Outside,
    }
    multi_thread {
        root: Beside,
        tokio_main: Beside,
        root_of_one_worker: Beside,
        handle_block_on: Beside,
        arm_of_a_join_at_the_root: Beside,
        blocking_thread: Beside,
        blocking_thread_of_one_worker: Beside,
        block_in_place_at_the_root: Beside,
        task: Worker,
        task_of_one_worker: Worker,
        arm_of_a_select_in_a_task: Worker,
        more_tasks_than_workers: Worker,
        block_in_place_in_a_task: Beside,
        handle_block_on_in_block_in_place: Worker,
        scoped_thread_in_a_task: Outside,
    }
    current_thread {
        root: Driver,
        tokio_main: Driver,
        task: Driver,
        arm_of_a_join_at_the_root: Driver,
        arm_of_a_select_in_a_task: Driver,
        several_tasks: Driver,
        scoped_thread_in_a_task: Outside,
        blocking_thread: Beside,
        blocking_thread_that_the_driver_waits_for: Beside,
        handle_block_on: Beside,
        second_block_on: Beside,
        second_block_on_that_has_waited: Beside,
    }
    local {
        set_at_a_multi_thread_root: Beside,
        task_of_a_set_at_a_multi_thread_root: Beside,
        set_block_on_multi_thread: Beside,
        set_in_block_in_place: Worker,
        task_of_a_set_in_block_in_place: Worker,
        task_of_a_set_on_a_blocking_thread: Beside,
        set_at_a_current_thread_root: Driver,
        task_of_a_set_at_a_current_thread_root: Driver,
        set_block_on_current_thread: Driver,
        under_the_guard_of_a_set: Outside,
        set_without_a_runtime: Outside,
        root_of_a_local_runtime: Driver,
        task_of_a_local_runtime: Driver,
        blocking_thread_of_a_local_runtime: Beside,
    }
    guards {
        multi_thread_on_a_plain_thread: Beside,
        undriven_current_thread_on_a_plain_thread: Beside,
        multi_thread_below_current_thread: Beside,
        current_thread_below_multi_thread: Beside,
        two_current_threads: Beside,
        multi_thread_root_under_another_multi_thread: Beside,
        multi_thread_root_under_a_current_thread: Beside,
        driver_under_a_multi_thread: Worker,
        driver_under_another_current_thread: Driver,
        worker_under_a_current_thread: Driver,
        worker_under_another_multi_thread: Worker,
        current_thread_that_is_gone: Beside,
    }
    executors {
        futures_block_on: Outside,
        futures_local_pool: Outside,
        futures_thread_pool: Outside,
        futures_block_on_in_a_task: Worker,
        multi_thread_root_in_futures_block_on: Beside,
        smol_block_on: Outside,
        smol_task: Outside,
        smol_executor_on_several_threads: Outside,
        smol_blocking_thread: Outside,
        written_by_hand: Outside,
    }
    nested {
        twin: Outside,
        twin_in_twin_in_twin: Outside,
        task_of_a_twin: Driver,
        blocking_thread_of_a_twin: Beside,
        twin_on_a_worker: Beside,
        twin_on_a_driver: Outside,
        rc_twin_on_a_driver: Driver,
        task_of_a_twin_on_a_worker: Worker,
        task_of_an_rc_twin_on_a_driver: Worker,
        isolated_call: Outside,
        isolated_in_isolated: Outside,
        task_of_an_isolated_call: Driver,
        local_task_of_an_isolated_call: Outside,
        blocking_thread_of_an_isolated_call: Beside,
        handle_block_on_in_an_isolated_call: Outside,
        other_runtime_in_an_isolated_call: Driver,
        multi_thread_root_in_a_twin: Beside,
        other_executor_in_an_isolated_call: Outside,
    }
    fibers {
        at_a_current_thread_root: Fiber,
        at_a_multi_thread_root: Fiber,
        in_a_local_task: Fiber,
        in_a_local_task_at_a_multi_thread_root: Fiber,
        under_another_executor: Fiber,
        beside_others: Fiber,
        on_a_fiber_thread: Fiber,
        in_a_twin: Fiber,
        in_a_fiber_of_a_twin_of_a_fiber: Fiber,
        in_a_twin_of_a_fiber: Fiber,
        in_a_drop: Fiber,
        where_it_must_not_suspend: Driver,
        unwinding: Driver,
        dropped_at_a_multi_thread_root: Beside,
        under_the_guard_of_a_multi_thread: Beside,
        in_a_task_that_a_fiber_has_spawned: Worker,
    }
    served {
        by_a_driver: Served,
        by_a_driver_locally: Served,
        by_a_worker: Served,
        by_another_executor: Served,
        by_a_twin: Served,
        by_a_task_of_spawn: Served,
        on_a_thread_that_the_code_starts: Served,
        on_one_thread: Served,
        in_a_runtime_of_the_code: Served,
        in_a_drop_during_unwinding: Served,
    }
    dropping {
        value: Outside,
        local_of_a_task_aborted_on_a_worker: Worker,
        local_of_a_task_aborted_on_a_driver: Driver,
        local_of_a_local_task_aborted_at_a_multi_thread_root: Beside,
        local_of_a_local_task_aborted_on_a_driver: Driver,
        local_set_at_a_multi_thread_root: Beside,
        local_set_on_a_driver: Driver,
        local_set_on_a_plain_thread: Outside,
        unwinding_on_a_plain_thread: Outside,
        unwinding_at_a_multi_thread_root: Beside,
        unwinding_on_a_worker: Worker,
        unwinding_on_a_driver: Driver,
        unwinding_in_a_twin: Outside,
        local_of_a_twin: Outside,
        output_of_a_detached_task: Worker,
        task_at_current_thread_shutdown: Beside,
        task_at_local_runtime_shutdown: Beside,
        task_at_multi_thread_shutdown: Worker,
    }
    thread_exit {
        nothing_used: Outside,
        tokio_alive: Outside,
        tokio_destroyed: ThreadExit,
        tokio_alive_and_twin_used_before: Outside,
        tokio_alive_and_twin_used_after: Outside,
        tokio_destroyed_and_twin_used: ThreadExit,
        worker: Outside,
    }
    callbacks {
        comparator_in_a_task: Worker,
        display_on_a_driver: Driver,
        iterator_in_a_local_task: Driver,
        panic_hook: Outside,
        panic_hook_on_a_worker: Worker,
        thread_park_of_a_current_thread_runtime: Driver,
    }
}
