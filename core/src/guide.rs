//! Guides: how the library is built, and how to add to it.

/// How data moves through the library.
///
/// ```text
///            application                       │ calls, subscribes, listens
///                 │  ▲                         ▼
///   ┌─────────────┴──┴──────────────┐
///   │ front: Client, Events, Pages  │  handles over a lock, and the desk where callers wait
///   └─────────────┬──▲──────────────┘
///        commands │  │ replies, notices
///   ┌─────────────▼──┴──────────────┐
///   │ core: Client, one machine     │  no I/O, clock, thread: a function of its inputs
///   │                               │
///   │   calls ── Limiter ── Pager   │  whose turn it is, what an answer means
///   │   Keeper ── flows             │  tokens: proven, renewed once, written down first
///   │   Shard × n ── Dedup          │  links: welcome, keepalive, handover, loss
///   │   Plan, Conduit               │  wishes against what Twitch holds
///   └─────────────┬──▲──────────────┘
///         outputs │  │ inputs
///   ┌─────────────▼──┴──────────────┐
///   │ driver                        │  moves bytes: exchanges, sockets, timer, errands to the store
///   └───────────────────────────────┘
/// ```
///
/// An event comes as a text frame: [`Input::Frame`](crate::Input::Frame). Its [`Shard`](crate::eventsub::Shard) reads the
/// envelope and leaves the event raw in the same buffer; [`Dedup`](crate::eventsub::Dedup) drops what came before; the
/// [`Plan`](crate::eventsub::Plan) knows whose wish it is; it leaves as
/// [`Notice::Notification`](crate::Notice::Notification). The [`Desk`](crate::Desk) puts it into the queues of those who
/// listen, and only there is it read as its type, by whoever wants it.
///
/// A call is a command: [`Client::call`](crate::Client::call). It waits for what it lacks, which is the store, a token, room
/// in the rate limit or a place among the requests under way, and then leaves as
/// [`Output::Http`](crate::Output::Http). The answer comes as [`Input::Response`](crate::Input::Response), is judged by its
/// status (a 401 wants a newer token, a 429 another time), and leaves as [`Output::Reply`](crate::Output::Reply), to be
/// read by the [`Call`](crate::Call) that was handed out at the beginning.
///
/// Wanted and held are kept apart everywhere. A wish stays until it is withdrawn; what Twitch holds is learned from answers,
/// revocations and comparisons; the steps that lead from the one to the other are taken again whenever something
/// changed. So every failure ends in the same place: not held yet.
///
/// Time is an argument, and so is chance: a client with the same inputs at the same times gives the same outputs. That is
/// what the simulated Twitch in `twitchwire-sim` builds on, which plays whole days against it in milliseconds.
pub mod architecture {}

/// How fast it is, and how small, over real sockets.
///
/// The programs below `tests/benches` play against the simulated Twitch on loopback ports, each client in a process of its
/// own; their heads say what is counted, and how.
///
/// | `cargo bench -p twitchwire-sim --bench …` | what it tells |
/// | --- | --- |
/// | `connections` | what an idle connection takes: memory, threads, time to open; 2 000 shards of a conduit if not told otherwise |
/// | `throughput` | events a second and processor time for each, against a loop written by hand over the same WebSocket library |
/// | `soak` | thousands of events a second with faults, for as long as you like: whether memory stays flat, nothing is lost without a word, and nothing is left after the end |
///
/// Short forms of them are tests (`tests/tests/load.rs`), and
/// what the core alone costs is below `core/benches`.
pub mod measuring {}

/// How to add an operation, a topic, a runtime, an order.
///
/// # An operation of Helix
///
/// In the file of its category below `helix/api/`:
///
/// 1. A struct with the parameters, named as Twitch names them. Fields are owned; what is optional is an `Option` that is
///    skipped if none. One sentence says what it is for.
/// 2. One `endpoint!` line: Twitch's name for it in the reference, method and path, the shape of the answer
///    ([`One`](crate::helix::One), [`List`](crate::helix::List), [`Page`](crate::helix::Page) …), whose token, scopes, limits.
/// 3. The answer's struct, `#[non_exhaustive]`, with every field documented. Enums are open, `""` is none where Twitch says
///    so, ids have their types.
/// 4. A fixture in its tests, with every field, and `fixture::decode`, which also changes each place of it. A row in the table
///    of limits if it has any.
///
/// The conformance test compares method, path, parameters and scopes with Twitch's own description, and fails for an
/// operation that it does not find.
///
/// # A topic
///
/// In the file of its family below `eventsub/topic/`: a struct whose fields are the condition, one `topic!` line (type,
/// version, scopes, transports), the event's struct, a line in the list at the end of `eventsub/topic.rs`, and a
/// fixture in `fixtures/eventsub`. A new version is a topic of its own: `ChannelModerateV2`.
///
/// # An order to the client
///
/// A method that takes `now` and changes the client is written down first, as all that it is told: a variant of `Told` in
/// `record/told.rs`, and `self.record(now, || …)` at its beginning. Without, recordings of it replay to something else.
///
/// # A runtime
///
/// With futures: implement `Runtime` of `twitchwire-front` for it, some hundred lines of time, tasks and connections, and name
/// `Client<Tasks<Yours>>`. Everything else, calls and streams and the callback page included, is there.
///
/// With threads, or none: implement `Driver`, or drive the machine by hand as the front page of this crate says. The example
/// `embed` of `twitchwire-sim` is a whole driver in one file.
///
/// Whatever it is, a driver carries bytes. If it wants to know what they mean, that belongs in the core.
pub mod adding {}
