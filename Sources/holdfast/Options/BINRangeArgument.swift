import ArgumentParser

/// A range of card numbers by their first nine digits: `400000000-400000999`.
struct BINRangeArgument: ExpressibleByArgument {
  let from: String
  let to: String

  init?(argument: String) {
    let ends = argument.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2,
      ends.allSatisfy({ end in
        end.utf8.count == 9 && end.utf8.allSatisfy { (0x30...0x39).contains($0) }
      }), ends[0] <= ends[1]
    else { return nil }
    from = String(ends[0])
    to = String(ends[1])
  }
}
