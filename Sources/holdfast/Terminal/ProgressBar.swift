import Foundation
import Synchronization

/// One line on standard error that shows how far long work has got; nothing when nobody looks.
final class ProgressBar: Sendable {
  private struct State {
    var drawn = false
    var lastDrawing = Date.distantPast
  }

  private let isShown: Bool
  private let columns: Int
  private let state = Mutex(State())

  /// A bar; `isShown` is whether standard error is a terminal.
  init(isShown: Bool = Terminal.showsProgress, columns: Int = Terminal.columns) {
    self.isShown = isShown
    self.columns = columns
  }

  /// Draws how far the work is, at most ten times a second.
  ///
  /// - Parameters:
  ///   - fraction: `0...1`, or `nil` when the end is not known.
  ///   - text: What stands beside the bar; only made when it is drawn.
  func show(_ fraction: Double?, _ text: @autoclosure () -> String) {
    guard isShown else { return }
    let now = Date()
    let isDue = state.withLock { state in
      guard now.timeIntervalSince(state.lastDrawing) >= 0.1 else { return false }
      state.lastDrawing = now
      state.drawn = true
      return true
    }
    guard isDue else { return }
    Terminal.error("\r\u{1B}[K" + Self.line(fraction, text(), columns: columns))
  }

  /// Takes the bar away, so that results stand alone.
  func finish() {
    let wasDrawn = state.withLock { state in
      defer { state.drawn = false }
      return state.drawn
    }
    if wasDrawn { Terminal.error("\r\u{1B}[K") }
  }

  /// The line that is drawn, never wider than the terminal.
  static func line(_ fraction: Double?, _ text: String, columns: Int) -> String {
    guard let fraction else { return String(text.prefix(max(columns - 1, 0))) }
    let width = 30
    let clamped = min(max(fraction, 0), 1)
    let full = Int(clamped * Double(width))
    let bar = String(repeating: "#", count: full) + String(repeating: ".", count: width - full)
    let percent = String(Int(clamped * 100))
    let padding = String(repeating: " ", count: 3 - percent.count)
    return String("[\(bar)] \(padding)\(percent)%  \(text)".prefix(max(columns - 1, 0)))
  }
}
