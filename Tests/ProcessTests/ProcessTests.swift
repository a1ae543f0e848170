import Testing

/// Tests of the daemon as operators and networks have it: the real program, its sockets and signals.
///
/// One after another, since each has processes, threads and a load of its own.
@Suite(.serialized) enum ProcessTests {}
