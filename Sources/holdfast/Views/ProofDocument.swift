import Authorization
import Cryptography
import JSON
import Ledger

/// A proof that this process made, in the shape in which the daemon answers its own.
enum ProofDocument {
  static func of(_ proof: Proof) -> JSONValue {
    [
      "asOfSequence": .number(proof.sequence),
      "chainHead": .string(proof.hash.hexText),
      "consistent": .boolean(proof.isConsistent),
      "entries": .number(proof.entries),
      "effects": .number(proof.effects),
      "unpostedEntries": .number(proof.unpostedEntries),
      "currencies": .array(proof.currencies.map { currency($0) }),
      "differences": .array(proof.differences.map { .string($0) }),
      "differenceCount": .number(proof.differenceCount),
    ]
  }

  private static func currency(_ proof: Proof.CurrencyProof) -> JSONValue {
    func ledger(_ kind: AccountKind) -> JSONValue {
      .integer((proof.ledger[kind] ?? .zero).minorUnits)
    }
    return [
      "currency": .string(proof.currency.code), "users": ledger(.user),
      "deposits": ledger(.deposit), "credits": ledger(.credit), "fees": ledger(.feeIncome),
      "settlement": ledger(.settlement), "suspense": ledger(.suspense), "bank": ledger(.bank),
      "usersHeld": .integer(proof.usersHeld.minorUnits),
      "depositsHeld": .integer(proof.depositsHeld.minorUnits),
      "sum": .integer(proof.sum.minorUnits),
    ]
  }
}
