/// How the intended times of requests lie at a fixed rate.
public enum ArrivalProcess: String, CaseIterable, Sendable {
  /// Evenly spaced.
  case constant
  /// Independent of each other, as those of many terminals are: exponential gaps, so that bursts
  /// come by themselves.
  case poisson
}
