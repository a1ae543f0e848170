import ArgumentParser
import LoadGenerator
import Simulator

/// How to reach the issuer's ISO 8583 side.
struct LinkOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The issuer's ISO 8583 address; also from HOLDFAST_ISO8583.",
      valueName: "host:port"
    )
  )
  var to: Address?

  @Option(help: "Length prefix of the issuer's listener: nac2, nac2incl, cmf3, raw4 or bcd2.")
  var framing: LinkFraming.Prefix = .nac2

  @Option(
    help: ArgumentHelp(
      "A TPDU in front of every message, ten hexadecimal digits.",
      valueName: "hex"
    )
  )
  var tpdu: String?

  /// The address from flag or environment.
  var address: Address? { to ?? Environment["HOLDFAST_ISO8583"].flatMap(Address.init(argument:)) }

  /// The address, which must be there.
  func requiredAddress() throws(Failure) -> Address {
    guard let address else {
      throw .usage(
        "where to? Say --to HOST:PORT or set HOLDFAST_ISO8583; holdfastd listens on 127.0.0.1:8583"
      )
    }
    return address
  }

  /// The framing of the flags.
  func linkFraming() throws(Failure) -> LinkFraming {
    guard let tpdu else { return LinkFraming(framing) }
    guard let header = HexText.bytes(tpdu), header.count == 5 else {
      throw .usage("--tpdu takes ten hexadecimal digits, for example 6000010002")
    }
    return LinkFraming(framing, header: header)
  }

  /// Opens a link.
  func connect(_ address: Address) async throws(Failure) -> MessageLink {
    do {
      return try await MessageLink.connect(
        host: address.host,
        port: address.port,
        framing: linkFraming()
      )
    } catch let error as MessageLinkError {
      throw .unreachable(error.description)
    } catch let error as Failure {
      throw error
    } catch {
      throw .failed("\(error)")
    }
  }
}

extension LinkFraming.Prefix: ExpressibleByArgument {}
extension EntryMode: ExpressibleByArgument {}
