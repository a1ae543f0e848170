/// The deposit: backs authorizations of deposit programmes.
enum DepositFunds: PartnerFunds {
  static let name = "deposit"
  static let path = "deposit-balance"
  static let purpose = "backs the authorizations of deposit programmes"
}
