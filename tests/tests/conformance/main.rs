//! The same tests for every adapter, over real loopback sockets.
//!
//! `suite/` holds the tests, written against [`adapter::Adapter`]; a shim per adapter lies beside it. Every test runs
//! with a time limit, and at its end the world must not have seen a broken rule.

mod adapter;
mod asynchronous;
mod blocking;
mod browser;
mod connectors;
mod proxy;
mod stage;
mod suite;

/// Runs every test of the suite with every adapter.
macro_rules! conforms {
    ($($test:ident)*) => {
        mod with_threads {
            $(#[test] fn $test() { crate::stage::within_a_minute(crate::suite::$test::<crate::blocking::Blocking>); })*
        }
        mod on_tokio {
            $(#[test] fn $test() { crate::stage::within_a_minute(crate::suite::$test::<crate::asynchronous::Tokio>); })*
        }
        mod on_async_std {
            $(#[test] fn $test() { crate::stage::within_a_minute(crate::suite::$test::<crate::asynchronous::AsyncStd>); })*
        }
    };
}

conforms! {
    a_call_gives_its_value
    a_user_authorises_the_application_in_a_browser
    a_visitor_with_a_state_of_nobodys_is_refused
    a_visit_that_is_too_large_is_refused
    many_calls_at_once_all_come_back
    a_refusal_carries_twitchs_words
    a_walk_fetches_every_page_and_stops_at_its_limit
    a_user_logs_in_with_a_code_and_the_next_start_needs_none
    a_wrong_secret_is_misconfigured
    a_token_that_lacks_a_scope_does_not_start
    a_wish_without_its_scope_is_blocked
    a_wish_that_can_never_succeed_is_refused
    events_come_in_order_and_once
    dropping_the_events_deletes_the_subscription
    waiting_for_one_event_finds_it_or_gives_up
    a_requested_reconnect_loses_nothing
    an_abrupt_disconnect_is_a_gap_and_the_subscription_comes_back
    an_expired_token_is_refreshed_once
    frames_that_nobody_understands_are_told_and_later_events_arrive
    each_close_code_is_told_with_a_gap_and_the_wish_comes_back
    a_link_that_was_closed_as_unused_is_not_opened_again_for_nobody
    a_link_that_falls_silent_is_replaced_and_the_gap_is_told
    a_revocation_is_told_with_its_status_and_asking_again_brings_the_wish_back
    a_wish_whose_scope_is_taken_away_is_blocked_until_a_token_has_it_again
    the_rate_limit_is_waited_for
    too_many_of_one_type_and_condition_are_tried_again
    too_many_connections_are_tried_again
    what_is_too_costly_is_refused_until_something_is_given_up
    what_a_dead_session_still_costs_is_deleted_to_make_room
    a_refused_connection_is_told_and_tried_again
    a_server_that_is_gone_is_told_and_found_again
    a_server_that_restarts_is_found_again_with_every_wish
    without_a_server_a_call_was_not_sent
    closing_twice_does_no_harm_and_ends_everything
    dropping_the_last_handle_closes_the_sockets
    everything_goes_over_tls_with_a_certificate_that_is_trusted
    a_certificate_that_nobody_vouches_for_is_told
    a_tls_configuration_of_ones_own_decides_whom_to_trust
    a_connection_that_takes_too_long_is_given_up
    requests_and_sockets_go_through_a_proxy
    a_proxy_is_passed_by_for_a_host_that_is_excepted
    a_proxy_that_refuses_is_told_in_its_own_words
    a_run_is_written_down_without_secrets_and_replays_to_the_same
}
