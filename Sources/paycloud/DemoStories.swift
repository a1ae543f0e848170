/// What the demonstration plays: the standard scenarios, shortened.
enum DemoStories {
  static let text = """
    # 1. A purchase is approved
    The amount is held twice: on the user's balance and on the deposit of the partner who issued the card.

    Given a partner with a deposit of 1000.00 EUR
      and a user with a balance of 50.00 EUR and a card
    When the card pays 10.00 EUR at a shop by chip
    Then it is approved
     and the balance has 40.00 EUR available and 10.00 EUR held
     and the deposit has 990.00 EUR available and 10.00 EUR held

    # 2. The user has not enough money
    A refusal changes nothing.

    Given a partner with a deposit of 1000.00 EUR
      and a user with a balance of 50.00 EUR and a card
    When the card pays 50.01 EUR
    Then it is refused with 1016 because INSUFFICIENT_USER_FUNDS
     and the balance has 50.00 EUR available and 0.00 EUR held

    # 3. The partner's deposit is too small
    The user has the money, the partner has not; the user's balance is not touched.

    Given a partner with a deposit of 20.00 EUR
      and a user with a balance of 50.00 EUR and a card
    When the card pays 20.01 EUR
    Then it is refused with 1016 because INSUFFICIENT_DEPOSIT
     and the balance has 50.00 EUR available and 0.00 EUR held

    # 4. The card is lost
    From the moment of the lock the terminal is told to keep the card, and the lock is for ever.

    Given a partner with a deposit of 1000.00 EUR
      and a user with a balance of 50.00 EUR and a card
    When the card is locked as lost (1)
     and the card pays 10.00 EUR
    Then it is refused with 2008 because CARD_LOST
    When the card is unlocked
    Then the call fails with LOCK_IRREVERSIBLE

    # 5. The network asks again
    The answer got lost on the way, so the network repeats its request: same answer, money held once.

    Given a partner with a deposit of 1000.00 EUR
      and a user with a balance of 50.00 EUR and a card
    When the card pays 10.00 EUR
    Then it is approved
    When the request is repeated
    Then the answer is the same as before
     and the balance has 40.00 EUR available and 10.00 EUR held
    """
}
