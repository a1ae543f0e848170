import ArgumentParser
import Foundation
import ISO8583
import JSON

/// Explains one ISO 8583 message.
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explain one ISO 8583 message, secrets masked.",
    discussion: """
      Takes hexadecimal with or without white space and 0x, or a pasted hexdump; from standard
      input also the bytes themselves. A length or TPDU in front of the message is found and
      skipped. Status 1 when the bytes are no message of the dialect; what could be read is shown.
      A message given as an argument is visible to others in the list of processes and stays in
      the history of the shell; real ones are better piped in.

      EXAMPLES
        holdfast explain 2804 0000 0000 0000 0000
        xxd message.bin | holdfast explain
        holdfast --json explain < message.bin
      """
  )

  @Argument(
    help: ArgumentHelp("The message; without it, or with -, standard input.", valueName: "hex")
  )
  var hex: [String] = []

  @OptionGroup var globals: GlobalOptions

  func run() async throws {
    let bytes = try input()
    let guess = FramingGuess(bytes)
    let message = Array(bytes.dropFirst(guess?.skipped ?? 0))
    let dump = MessageDump(message)
    if globals.json {
      Terminal.output(Self.json(dump, guess).compact + "\n")
    } else {
      if let guess { Terminal.output("Note: \(guess.sentence).\n\n") }
      let text = dump.text
      Terminal.output(text.hasSuffix("\n") ? text : text + "\n")
    }
    guard (try? MessageLayout(parsing: message.span.bytes)) != nil else {
      throw CommandFailure.reported
    }
  }

  private func input() throws(CommandFailure) -> [UInt8] {
    do {
      if !hex.isEmpty, hex != ["-"] {
        return try HexadecimalInput.read(hex.joined(separator: " "))
      }
      if isatty(STDIN_FILENO) == 1 {
        Terminal.error("Paste the message, then press Ctrl-D.\n")
      }
      let data = try FileHandle.standardInput.read(upToCount: HexadecimalInput.maximumCount + 1)
      return try HexadecimalInput.read([UInt8](data ?? Data()))
    } catch let refusal as HexadecimalInput.Refusal {
      throw .usage("\(refusal).", next: "See how with: holdfast explain --help")
    } catch {
      throw .failed(code: "INPUT_UNREADABLE", "Standard input cannot be read.", next: nil)
    }
  }

  private static func json(_ dump: MessageDump, _ guess: FramingGuess?) -> JSONValue {
    let framing = JSONValue.Member(
      "framing",
      guess.map { guess in
        [
          "name": .text(guess.framing), "tpdu": .boolean(guess.hasTPDU),
          "skipped": .number(guess.skipped),
        ]
      } ?? .null
    )
    guard case .object(let members)? = try? JSONValue(parsing: Array(dump.json.utf8)) else {
      return .object([framing])
    }
    return .object([framing] + members)
  }
}
