import Glibc
import ManagementClient

/// A daemon on a scratch directory for as long as a command needs it.
struct OwnDaemon {
  let process: DaemonProcess
  let address: Address
  let socketPath: String
  let directory: String

  /// Starts a daemon on free ports.
  ///
  /// - Parameters:
  ///   - executable: The path of `holdfastd`; beside this program when `nil`.
  ///   - arguments: Flags of `holdfastd` beyond the addresses.
  /// - Returns: The running daemon.
  /// - Throws: `Failure` when it cannot be started.
  static func start(
    executable: String?,
    arguments: [String] = []
  ) async throws(Failure) -> OwnDaemon {
    let program = executable ?? Files.besideThisProgram("holdfastd")
    guard access(program, X_OK) == 0 else {
      throw .failed(
        """
        there is no holdfastd at \(program); build it with 'swift build -c release', name it with \
        --daemon PATH, or use a running one with --to HOST:PORT --socket PATH
        """
      )
    }
    let directory = try Files.makeScratchDirectory()
    DaemonGuard.install()
    do {
      let process = try await DaemonProcess.start(
        executable: program,
        arguments: [
          "--data", directory + "/data", "--listen", "127.0.0.1:0", "--management-socket",
          directory + "/management.sock",
        ] + arguments,
        logFile: directory + "/holdfastd.log",
        started: { DaemonGuard.watch($0) }
      )
      guard let address = process.ready.iso8583.first.flatMap(Address.init(argument:)) else {
        await process.stop()
        throw Failure.failed("the daemon's ready line names no ISO 8583 address")
      }
      return OwnDaemon(
        process: process,
        address: address,
        socketPath: process.ready.socketPath ?? directory + "/management.sock",
        directory: directory
      )
    } catch let error as DaemonProcessError {
      throw .failed(error.description)
    } catch let error as Failure {
      throw error
    } catch {
      throw .failed("\(error)")
    }
  }

  /// Ends the daemon and removes its directory, or keeps it for a look.
  func stop(keepingDirectory: Bool) async -> Int32 {
    let status = await process.stop()
    DaemonGuard.watch(0)
    if !keepingDirectory { Files.removeScratchDirectory(directory) }
    return status
  }
}
