import Authorization
import Testing

@testable import Management

struct TextTests {
  @Test func `times are written and read in RFC 3339`() {
    for (text, expected) in [
      ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
      ("2030-12-31t23:59:59.1239999z", "2030-12-31T23:59:59.123Z"),
      ("2024-02-29T00:30:00+01:00", "2024-02-28T23:30:00.000Z"),
      ("1969-12-31T23:59:59.5-00:30", "1970-01-01T00:29:59.500Z"),
      ("1960-01-01T00:00:00.250Z", "1960-01-01T00:00:00.250Z"),
    ] {
      #expect(Instant(rfc3339: text)?.rfc3339 == expected, "\(text)")
    }
    for text in [
      "", "2030", "2030-13-01T00:00:00Z", "2023-02-29T00:00:00Z", "2030-01-01T24:00:00Z",
      "2030-01-01T00:00:00", "2030-01-01T00:00:00.Z", "2030-01-01T00:00:00Zx",
      "2030-01-01T00:00:00+1:00", "٢٠٣٠-01-01T00:00:00Z",
    ] {
      #expect(Instant(rfc3339: text) == nil, "\(text)")
    }
  }

  @Test func `long runs of digits do not come back in errors`() {
    #expect(Redaction.name("4000000000000002") == "****************")
    #expect(Redaction.name("a12345678901") == "a12345678901")
    #expect(Redaction.name("x123456789012y") == "x************y")
    #expect(Redaction.name("a b\u{1}é") == "a?b??")
    #expect(Redaction.name(String(repeating: "x", count: 300)).count == 64)
  }
}
