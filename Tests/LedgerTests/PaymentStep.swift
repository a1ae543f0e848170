/// One step of a payment's life in a test.
enum PaymentStep {
  /// A message comes.
  case message(PaymentMessage)
  /// The cardholder or the partner locks a card.
  case lock(card: Int, Int)
  /// The lock is taken off.
  case unlock(card: Int)
  /// The partner blocks the balance.
  case block
  /// The partner lets the balance pay again.
  case unblock
  /// The partner closes the balance, which must be empty.
  case close
  /// Somebody looks whether the hold has run out.
  case look
  /// The hold runs out.
  case expire
  /// Somebody releases the hold by hand.
  case release
}
