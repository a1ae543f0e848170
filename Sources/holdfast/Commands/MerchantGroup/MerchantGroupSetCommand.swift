import ArgumentParser
import Authorization
import JSON

/// Adds a merchant group, or replaces one.
struct MerchantGroupSetCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "set",
    abstract: "Add a merchant group, or replace the one of that name.",
    discussion: """
      Holds that are there keep their end; what is said here counts from the next message on.

      EXAMPLES
        holdfast mcc-group set tolls --mcc 4784 --hold-days 3
        holdfast mcc-group set fuel --mcc 5541-5542 --hold-days 2 \\
          --hold-increase 100.00 --currency EUR
        holdfast mcc-group set cash --mcc 6010-6011 --most-amount 300.00 --currency EUR
        holdfast mcc-group set lodging --mcc 3501-3999 --mcc 7011 --hold-days 30 --tolerance 1500
        holdfast mcc-group set mail-order --mcc 5960-5969 --remainder keep --remainder-days 30
      """
  )

  @Argument(help: "The group's name: letters, digits, dots, - and _.")
  var name: GroupNameArgument

  @Option(help: ArgumentHelp("A category, 5541, or a range, 3000-3350; repeat it for more."))
  var mcc: [String]

  @Option(help: ArgumentHelp("How many days a hold lasts, 1 to 365.", valueName: "days"))
  var holdDays = 7

  @Option(
    help: ArgumentHelp("The least that is held for an estimate.", valueName: "amount")
  )
  var holdIncrease: String?

  @Option(
    help: ArgumentHelp("The most that one authorization may come to.", valueName: "amount")
  )
  var mostAmount: String?

  @Option(help: ArgumentHelp("The currency of these amounts.", valueName: "code"))
  var currency: Currency?

  @Option(
    help: ArgumentHelp(
      "How much a clearing may exceed its hold, in hundredths of a percent, 0 to 10000.",
      valueName: "basis-points"
    )
  )
  var tolerance = 0

  @Option(help: "What a clearing does to the rest of the hold.")
  var remainder = RemainderChoice.release

  @Option(
    help: ArgumentHelp(
      "How many days the rest is kept; 0 leaves the hold's own end.",
      valueName: "days"
    )
  )
  var remainderDays = 0

  @OptionGroup var idempotency: IdempotencyOptions
  @OptionGroup var globals: GlobalOptions

  func validate() throws {
    guard !mcc.isEmpty else { throw ValidationError("--mcc: name at least one category.") }
    guard (1...365).contains(holdDays) else { throw ValidationError("--hold-days: 1 to 365.") }
    guard (0...10_000).contains(tolerance) else {
      throw ValidationError("--tolerance: 0 to 10000 basis points; 1500 is 15 %.")
    }
    guard (0...365).contains(remainderDays) else {
      throw ValidationError("--remainder-days: 0 to 365.")
    }
    _ = try amount(holdIncrease, "--hold-increase")
    _ = try amount(mostAmount, "--most-amount")
  }

  private func amount(_ text: String?, _ option: String) throws -> JSONValue {
    guard let text else { return .null }
    guard let currency else { throw ValidationError("\(option): say in which --currency.") }
    do {
      return .amount(try AmountText.read(text, currency))
    } catch {
      throw ValidationError("\(option): \(error).")
    }
  }

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let group = try await session.change(
      "PUT",
      "/admin/mcc-groups/\(name.text)",
      [
        "mccs": .array(mcc.map { .string($0) }), "holdDays": .number(holdDays),
        "holdIncrease": (try? amount(holdIncrease, "")) ?? .null,
        "mostAmount": (try? amount(mostAmount, "")) ?? .null,
        "toleranceBasisPoints": .number(tolerance),
        "remainder": .string(remainder.name), "remainderDays": .number(remainderDays),
      ],
      key: idempotency
    )
    output.show(group, MerchantGroupView.block)
  }
}
