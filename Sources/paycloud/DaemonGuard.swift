import Glibc
import Synchronization

/// Ends the daemon when this program is told to end.
enum DaemonGuard {
  private static let pid = Atomic<Int32>(0)

  /// From now on a signal that ends this program ends the daemon first.
  static func install() {
    // Only calls that are safe in a signal handler: an atomic load, kill and _exit.
    let handler: @convention(c) (Int32) -> Void = { number in
      let pid = DaemonGuard.pid.load(ordering: .relaxed)
      if pid > 0 { kill(pid, SIGTERM) }
      _exit(128 + number)
    }
    signal(SIGINT, handler)
    signal(SIGTERM, handler)
    signal(SIGHUP, handler)
  }

  /// Which daemon to end; 0 for none.
  static func watch(_ pid: Int32) { DaemonGuard.pid.store(pid, ordering: .relaxed) }
}
