import Synchronization

/// Batches in order from the task that reads an import to the task that writes its results, bounded:
/// a client that does not read results is not read from.
final class BatchPipe: Sendable {
  private struct State {
    var batches: [PendingBatch] = []
    var isFinished = false
    var producer: CheckedContinuation<Bool, Never>?
    var consumer: CheckedContinuation<PendingBatch?, Never>?
  }

  private let capacity: Int
  private let state = Mutex(State())

  init(capacity: Int) { self.capacity = capacity }

  /// Waits for room.
  /// - Returns: `false` when nobody takes batches any more.
  func waitForRoom() async -> Bool {
    await withCheckedContinuation { continuation in
      let answer: Bool? = state.withLock { state in
        if state.isFinished { return false }
        if state.batches.count < capacity { return true }
        state.producer = continuation
        return nil
      }
      if let answer { continuation.resume(returning: answer) }
    }
  }

  /// Adds a batch; there must be room.
  func push(_ batch: PendingBatch) {
    let consumer = state.withLock { state -> CheckedContinuation<PendingBatch?, Never>? in
      if let consumer = state.consumer {
        state.consumer = nil
        return consumer
      }
      state.batches.append(batch)
      return nil
    }
    consumer?.resume(returning: batch)
  }

  /// The next batch; `nil` when there will be none.
  func pop() async -> PendingBatch? {
    await withCheckedContinuation { continuation in
      let (answer, producer) = state.withLock {
        state -> (PendingBatch??, CheckedContinuation<Bool, Never>?) in
        guard !state.batches.isEmpty else {
          if state.isFinished { return (.some(nil), nil) }
          state.consumer = continuation
          return (nil, nil)
        }
        let batch = state.batches.removeFirst()
        defer { state.producer = nil }
        return (.some(batch), state.producer)
      }
      producer?.resume(returning: true)
      if let answer { continuation.resume(returning: answer) }
    }
  }

  /// Ends the pipe from either side; batches that are in it can still be taken.
  func finish() {
    let (producer, consumer) = state.withLock { state in
      state.isFinished = true
      defer {
        state.producer = nil
        state.consumer = nil
      }
      return (state.producer, state.consumer)
    }
    producer?.resume(returning: false)
    consumer?.resume(returning: nil)
  }
}
