import Authorization
import CardCrypto
import Cryptography
import JSON
import Ledger

/// Turns a line of an import into what the ledger takes in; card numbers go through the vault here,
/// off the writer's thread.
struct ImportDecoder {
  let vault: PANVault

  /// A line that can be applied, with the name that the caller gave to the object.
  struct Decoded {
    var reference: String?
    var line: ImportLine
  }

  /// Why a line cannot be applied, with the name as far as it was read.
  struct Failure: Error {
    var reference: String?
    var problem: Problem
  }

  /// Decodes one line, which is not empty.
  func decode(_ bytes: UnsafeRawBufferPointer) throws(Failure) -> Decoded {
    let value: JSONValue
    do throws(JSONSyntaxError) {
      value = try JSONValue(parsing: bytes, limits: .request)
    } catch {
      throw Failure(problem: .invalidJSON(error))
    }
    guard case .object(let members) = value, members.count == 1, let member = members.first else {
      throw Failure(
        problem: Problem.invalidMember(nil, "a line is an object with exactly one member")
      )
    }
    do throws(Problem) {
      return try decode(member)
    } catch {
      throw Failure(reference: Self.reference(in: member.value), problem: error)
    }
  }

  private static func reference(in value: JSONValue) -> String? {
    guard case .object(let members) = value,
      case .string(let text)? = members.first(where: { $0.name == "ref" })?.value,
      text.utf8.count <= LedgerLimits.textBytes
    else { return nil }
    return text
  }

  private func decode(_ member: JSONValue.Member) throws(Problem) -> Decoded {
    switch member.name {
    case "card": try card(member.value)
    case "balance": try balance(member.value)
    case "customer": try customer(member.value)
    case "partner": try partner(member.value)
    case "program": try program(member.value)
    case "partnerBalance": try partnerBalance(member.value)
    default: throw Problem.unknownMember(Redaction.name(member.name))
    }
  }

  private func partner(_ value: JSONValue) throws(Problem) -> Decoded {
    let members = try Members(value, at: "partner.", allowed: ["ref", "name"])
    let reference = try members.text("ref")
    return Decoded(
      reference: reference,
      line: .partner(reference: reference, name: try members.text("name"))
    )
  }

  private func program(_ value: JSONValue) throws(Problem) -> Decoded {
    let members = try Members(
      value,
      at: "program.",
      allowed: ["ref", "partner"] + Programs.members
    )
    let reference = try members.text("ref")
    // The ledger fills the partner in from the reference.
    return Decoded(
      reference: reference,
      line: .program(
        reference: reference,
        partner: try members.text("partner"),
        try Programs.draft(members, partner: PartnerID(0))
      )
    )
  }

  private func partnerBalance(_ value: JSONValue) throws(Problem) -> Decoded {
    let members = try Members(
      value,
      at: "partnerBalance.",
      allowed: ["partner", "kind", "currency", "reload"]
    )
    let currency = try members.currency("currency")
    return Decoded(
      reference: nil,
      line: .partnerBalance(
        partner: try members.text("partner"),
        try members.choice("kind", [("DEPOSIT", .deposit), ("CREDIT", .credit)]),
        currency,
        reload: try reload(members, currency)
      )
    )
  }

  private func customer(_ value: JSONValue) throws(Problem) -> Decoded {
    let members = try Members(
      value,
      at: "customer.",
      allowed: ["ref", "partner", "kyc"] + Customers.members
    )
    let reference = try members.text("ref")
    let level = try members.optionalChoice("kyc", KYCLevel.allCases.map { ($0.name, $0) })
    return Decoded(
      reference: reference,
      line: .customer(
        reference: reference,
        partner: try members.text("partner"),
        try Customers.profile(members),
        level ?? .none
      )
    )
  }

  private func balance(_ value: JSONValue) throws(Problem) -> Decoded {
    let members = try Members(
      value,
      at: "balance.",
      allowed: ["ref", "customer", "program", "currency", "reload"]
    )
    let reference = try members.text("ref")
    let currency = try members.currency("currency")
    return Decoded(
      reference: reference,
      line: .balance(
        reference: reference,
        customer: try members.text("customer"),
        program: try members.text("program"),
        currency,
        reload: try reload(members, currency)
      )
    )
  }

  /// What is put on a new balance; nothing when it is 0 or missing.
  private func reload(_ members: Members, _ currency: Currency) throws(Problem) -> Amount? {
    let range = 0...Amount.largestMinorUnits
    guard let number = try members.optionalInteger("reload", in: range), number > 0 else {
      return nil
    }
    return Amount(minorUnits: number, currency: currency)
  }

  private func card(_ value: JSONValue) throws(Problem) -> Decoded {
    let members = try Members(
      value,
      at: "card.",
      allowed: ["ref", "balance", "pan", "expiry", "type", "state"]
    )
    let reference = try members.text("ref")
    let balance = try members.text("balance")
    guard let pan = PAN(text: try members.text("pan")) else {
      throw members.invalid("pan", "it must be 14 to 19 digits")
    }
    let facts = CardNumberFacts(pan)
    guard facts.isPlausible else {
      var problem = Problem(CommandRefusal.panInvalid)
      problem.field = "card.pan"
      throw problem
    }
    let expiry = try expiry(members)
    let type = try members.optionalChoice(
      "type",
      [("VIRTUAL", CardType.virtual), ("PHYSICAL", CardType.physical)]
    )
    let status = try members.optionalChoice(
      "state",
      [("ACTIVE", CardStatus.active), ("INACTIVE", CardStatus.inactive)]
    )
    return Decoded(
      reference: reference,
      line: .card(
        reference: reference,
        balance: balance,
        CardMaterial(
          token: vault.token(for: pan),
          sealedNumber: try seal(pan),
          number: facts,
          expiry: expiry,
          type: type ?? .virtual,
          status: status ?? .active
        )
      )
    )
  }

  private func expiry(_ members: Members) throws(Problem) -> CardExpiry {
    let text = try members.text("expiry")
    guard text.utf8.count == 4, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = UInt16(text), let expiry = CardExpiry(yearMonth: number)
    else { throw members.invalid("expiry", "it must be YYMM, such as 3012 for December 2030") }
    return expiry
  }

  private func seal(_ pan: PAN) throws(Problem) -> SealedNumber {
    do throws(CryptographyError) {
      guard let sealed = SealedNumber(bytes: try vault.seal(pan).bytes) else {
        preconditionFailure("a sealed number is longer than its place in the books")
      }
      return sealed
    } catch {
      throw .internalFault
    }
  }
}
