import ArgumentParser

/// The name of a merchant group: 1 to 64 letters, digits, dots, hyphens and underscores.
struct GroupNameArgument: ExpressibleByArgument {
  let text: String

  init?(argument: String) {
    let isName = argument.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII
        && (scalar.properties.isAlphabetic || "0123456789-_.".unicodeScalars.contains(scalar))
    }
    // A path takes . and .. for something else.
    guard (1...64).contains(argument.utf8.count), isName, argument != ".", argument != ".." else {
      return nil
    }
    text = argument
  }
}
