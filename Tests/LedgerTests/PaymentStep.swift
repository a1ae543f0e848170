/// One step of a payment's life in a test.
enum PaymentStep {
  /// A message comes.
  case message(PaymentMessage)
  /// The cardholder or the partner locks the card.
  case lock(Int)
  /// The lock is taken off.
  case unlock
  /// Somebody looks whether the hold has run out.
  case look
  /// The hold runs out.
  case expire
  /// Somebody releases the hold by hand.
  case release
}
