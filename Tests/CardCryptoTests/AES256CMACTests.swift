import TestRandom
import Testing

@testable import Cryptography

/// CMAC with AES-256 against the examples of NIST SP 800-38B, appendix D.3.
@Suite struct AES256CMACTests {
  private func key(_ text: String) throws -> AES256CMAC {
    let bytes = try #require(Hexadecimal.bytes(of: text))
    return try AES256CMAC(SecretBytes(count: bytes.count) { $0.copyBytes(from: bytes) })
  }

  private static let text =
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    + "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"

  @Test(arguments: [
    (0, "028962f61b7bf89efc6b551f4667d983"), (16, "28a7023f452e8f82bd4bf28d8c37c35c"),
    (40, "aaf3d8f1de5640c232f5b169b9c911e6"), (64, "e1992190549f6ed5696a2c056c315410"),
  ])
  func `published examples come out`(_ count: Int, _ expected: String) throws {
    let key = try key("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")
    let message = try #require(Hexadecimal.bytes(of: Self.text)).prefix(count)
    let code = Array(message).withUnsafeBytes { key.code(for: $0) }
    let bytes = withUnsafeBytes(of: (code.high.bigEndian, code.low.bigEndian)) { Array($0) }
    #expect(bytes == Hexadecimal.bytes(of: expected))
  }

  @Test func `the code of a block is that of its bytes`() throws {
    let key = try key("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")
    let block = AES256CMAC.Block(high: 0x6bc1_bee2_2e40_9f96, low: 0xe93d_7e11_7393_172a)
    #expect(
      key.code(for: block)
        == AES256CMAC.Block(high: 0x28a7_023f_452e_8f82, low: 0xbd4b_f28d_8c37_c35c)
    )
  }

  @Test(.enabled(if: AES256CMAC.hasInstructions, "the processor has no instructions for AES"))
  func `the processor's instructions and the library give the same codes`() throws {
    var random = SeededRandom("AES256CMACTests")
    func bytes(_ count: Int) -> [UInt8] {
      (0..<count).map { _ in .random(in: 0...255, using: &random) }
    }
    let boundaries: [[UInt8]] = [.init(repeating: 0, count: 32), .init(repeating: 0xFF, count: 32)]
    for key in boundaries + (0..<300).map({ _ in bytes(32) }) {
      let secret = SecretBytes(count: 32) { $0.copyBytes(from: key) }
      let instructions = try AES256CMAC(secret, usesInstructions: true)
      let library = try AES256CMAC(secret, usesInstructions: false)
      for block in [0, UInt64.max, random.next()] {
        let block = AES256CMAC.Block(high: block, low: random.next())
        #expect(instructions.code(for: block) == library.code(for: block))
      }
      bytes(Int.random(in: 0...70, using: &random)).withUnsafeBytes { message in
        #expect(instructions.code(for: message) == library.code(for: message))
      }
    }
  }

  @Test func `a key of another length is refused`() {
    #expect(throws: CryptographyError.wrongKeyLength(count: 16)) {
      try AES256CMAC(SecretBytes.random(count: 16))
    }
  }
}
