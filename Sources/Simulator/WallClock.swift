import Authorization
import Glibc

/// The machine's clock: what a terminal without a clock of its own shows.
public enum WallClock {
  /// Now.
  public static func now() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(
      microsecondsSinceEpoch: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    )
  }
}
