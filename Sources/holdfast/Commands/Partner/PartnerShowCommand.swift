import ArgumentParser
import Authorization
import JSON

/// Shows one partner.
struct PartnerShowCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one partner.",
    discussion: """
      EXAMPLES
        holdfast partner show prt_0000000000001
      """
  )

  @Argument(help: ArgumentHelp("The partner, prt_….", valueName: "partner-id"))
  var id: PartnerID

  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let path = "/admin/partners/\(id.text)"
    let partner = try await session.get(path)
    let balances = try await session.get(path + "/balances")
    guard case .object(let members) = partner else {
      throw .badAnswer("The daemon's partner is no object.")
    }
    let member = JSONValue.Member("balances", balances["data"] ?? .array([]))
    output.show(.object(members + [member]), PartnerView.block)
  }
}
