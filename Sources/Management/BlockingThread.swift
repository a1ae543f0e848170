import Foundation

/// A thread of its own for work that blocks for long.
///
/// Neither event loops nor the shared pool of threads stand still meanwhile. The thread exists only while there is work.
final class BlockingThread: TaskExecutor {
  private let queue: DispatchQueue

  /// A thread with a name for debuggers.
  init(name: String) { queue = DispatchQueue(label: name, qos: .utility) }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = asUnownedTaskExecutor()
    queue.async { job.runSynchronously(on: executor) }
  }

  func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }
}
