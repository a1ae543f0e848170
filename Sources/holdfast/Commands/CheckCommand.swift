import ArgumentParser
import Ledger

/// Proves a data directory without a daemon.
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Prove that a data directory's books are consistent, without a daemon.",
    discussion: """
      Walks the whole journal, adds it up anew and compares. Nothing in the directory is changed; a
      daemon that uses it must be stopped first, or asked with 'holdfast proof'. Status 0 when the
      books are consistent, 1 when they are not, 78 when the directory cannot be read.

      EXAMPLES
        holdfast check holdfast-data
        holdfast --json check /var/backups/holdfast
      """
  )

  @Argument(help: ArgumentHelp("The data directory.", valueName: "dir"))
  var directory: String

  @OptionGroup var globals: GlobalOptions

  func run() async throws {
    let bar = ProgressBar()
    let proof: Proof
    do throws(LedgerError) {
      proof = try Ledger.check(directory: directory) { entry, last in
        bar.show(
          Double(entry + 1) / Double(last + 1),
          "\(CountText.of(entry)) of \(CountText.of(last)) journal entries"
        )
      }
      bar.finish()
    } catch {
      bar.finish()
      throw CommandFailure.configuration(
        code: Self.code(error),
        "\(error)",
        next: Self.advice(error)
      )
    }
    globals.output.show(ProofDocument.of(proof), ProofView.text)
    if !proof.isConsistent { throw CommandFailure.reported }
  }

  private static func advice(_ error: LedgerError) -> String? {
    switch error {
    case .directoryInUse: "Ask the daemon that uses it: holdfast proof"
    case .directoryUnusable: "Name the data directory of holdfastd; it holds journal and books."
    default: nil
    }
  }

  private static func code(_ error: LedgerError) -> String {
    switch error {
    case .directoryInUse: "DIRECTORY_IN_USE"
    case .directoryUnusable: "DIRECTORY_UNUSABLE"
    case .newerFormat: "NEWER_FORMAT"
    case .olderFormat: "OLDER_FORMAT"
    case .otherVaultKey: "OTHER_VAULT_KEY"
    case .damaged: "DIRECTORY_DAMAGED"
    case .storage, .stopped, .busy: "DIRECTORY_UNREADABLE"
    }
  }
}
