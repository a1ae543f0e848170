/// The credit balance: pays for top-ups in credit programmes.
enum CreditFunds: PartnerFunds {
  static let name = "credit"
  static let path = "credit-balance"
  static let purpose = "pays for customers' top-ups in credit programmes"
}
