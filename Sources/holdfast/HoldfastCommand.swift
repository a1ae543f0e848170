import ArgumentParser
import Telemetry

/// The root of all commands.
struct HoldfastCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "holdfast",
    abstract: "Operate a Holdfast card authorization switch.",
    usage: "holdfast [--socket <path>] [--json] <command>",
    discussion: """
      Talks to holdfastd over its management socket; 'check' and 'explain' need no daemon.

      EXAMPLES
        holdfast status
        holdfast partner create --name Acme
        holdfast card list --customer usr_0000000000001
        holdfast import portfolio.ndjson
        holdfast card lock crd_0000000000001 --code lost
        holdfast --json authorization list --limit 10

      EXIT STATUS
        0   done
        1   what was asked for failed or was refused
        2   the command line is wrong
        69  the daemon cannot be reached
        70  a fault in the daemon or in this program
        78  a data directory cannot be used
      """,
    version: Release.version,
    groupedSubcommands: [
      CommandGroup(
        name: "Objects:",
        subcommands: [
          PartnerCommand.self, ProgramCommand.self, CustomerCommand.self, BalanceCommand.self,
          CardCommand.self, AuthorizationCommand.self, TransactionCommand.self,
          MerchantGroupCommand.self, ExchangeRateCommand.self, ImportCommand.self,
        ]
      ),
      CommandGroup(
        name: "Daemon:",
        subcommands: [
          StatusCommand.self, LinkCommand.self, SummaryCommand.self, ReportCommand.self,
          EventsCommand.self, ProofCommand.self, MetricsCommand.self, ClockCommand.self,
          DryRunCommand.self,
        ]
      ),
      CommandGroup(
        name: "Without a daemon:",
        subcommands: [CheckCommand.self, ExplainCommand.self, VersionCommand.self]
      ),
    ]
  )

  @OptionGroup var globals: GlobalOptions
}
