import ArgumentParser

/// What a payment is answered with when the partner's deposit does not cover it.
enum InsufficientDepositCode: String, ExpressibleByArgument, CaseIterable {
  case notEnoughMoney = "1016"
  case doNotHonour = "1000"
}
