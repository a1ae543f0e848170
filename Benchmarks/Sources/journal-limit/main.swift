import Foundation

do {
  let report = try Measurement(options: Options(Array(CommandLine.arguments.dropFirst()))).run()
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys]
  FileHandle.standardOutput.write(try encoder.encode(report) + Data("\n".utf8))
} catch {
  FileHandle.standardError.write(Data("journal-limit: \(error)\n\(Options.usage)".utf8))
  exit(2)
}
