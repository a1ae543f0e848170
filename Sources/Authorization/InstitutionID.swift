/// The number of an institution in messages (DE 32, 33, 93, 94): 1 to 11 digits, of which leading
/// zeros count.
public struct InstitutionID: Hashable, Sendable {
  /// The digits, each 0 to 9.
  public let digits: [UInt8]

  /// An institution from its digits, or `nil` unless there are 1 to 11 of them and nothing else.
  public init?(text: some StringProtocol) {
    let characters = Array(text.utf8)
    guard (1...11).contains(characters.count),
      characters.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    digits = characters.map { $0 - UInt8(ascii: "0") }
  }
}
