import Authorization
import Testing

struct BusinessDayTests {
  /// 2026-11-22 10:30:15 UTC.
  private static let now = Instant(microsecondsSinceEpoch: 1_795_343_415_000_000)

  /// A state behind a reference.
  private final class Held {
    private var state = BusinessDayState()

    func cutOver(_ cutOver: CutOver, at now: Instant) -> BusinessDay? {
      state.cutOver(cutOver, at: now)
    }

    func day(at now: Instant) -> BusinessDay { state.day(at: now) }
  }

  private static func cutOver(_ trace: UInt64, _ digits: UInt64? = nil) throws -> CutOver {
    let day = try digits.map { try #require(BusinessDay(digits: $0)) }
    return CutOver(day: day, trace: trace, localTime: 20_261_122_103_000)
  }

  @Test func `a day is read from its digits and written as a date`() throws {
    let day = try #require(BusinessDay(digits: 20_280_229))
    #expect(day.text == "2028-02-29")
    #expect(day.digits == 20_280_229)
    #expect(day.advanced(byDays: 1).text == "2028-03-01")
    #expect(BusinessDay(of: Self.now).text == "2026-11-22")
    #expect(day > BusinessDay(of: Self.now))
    let last = try #require(BusinessDay(digits: 99_991_231))
    #expect(last.advanced(byDays: 1) == last)
  }

  @Test(arguments: [0, 19_691_231, 20_261_301, 20_260_001, 20_270_229, 20_261_100, 100_000_101])
  func `digits that are no date are refused`(digits: UInt64) {
    #expect(BusinessDay(digits: digits) == nil)
  }

  @Test func `without a cut-over the day is the calendar's`() {
    let state = BusinessDayState()
    #expect(state.day(at: Self.now).text == "2026-11-22")
    #expect(state.day(at: Self.now.advanced(bySeconds: 86_400)).text == "2026-11-23")
  }

  @Test func `a cut-over begins the next day or the one that it names`() throws {
    let state = Held()
    #expect(state.cutOver(try Self.cutOver(1), at: Self.now)?.text == "2026-11-23")
    #expect(state.day(at: Self.now).text == "2026-11-23")
    #expect(state.cutOver(try Self.cutOver(2, 20_261_130), at: Self.now)?.text == "2026-11-30")
    // From the first cut-over on the calendar has no say.
    #expect(state.day(at: Self.now.advanced(bySeconds: 86_400 * 20)).text == "2026-11-30")
  }

  @Test func `a cut-over that comes twice moves the day once`() throws {
    let state = Held()
    #expect(state.cutOver(try Self.cutOver(1), at: Self.now)?.text == "2026-11-23")
    #expect(state.cutOver(try Self.cutOver(1), at: Self.now)?.text == "2026-11-23")
    #expect(state.cutOver(try Self.cutOver(2), at: Self.now)?.text == "2026-11-24")
    #expect(state.cutOver(try Self.cutOver(3, 20_261_124), at: Self.now)?.text == "2026-11-24")
  }

  @Test func `a day that is past or far ahead is refused and nothing changes`() throws {
    let state = Held()
    #expect(state.cutOver(try Self.cutOver(1, 20_261_121), at: Self.now) == nil)
    #expect(state.cutOver(try Self.cutOver(2, 20_261_224), at: Self.now) == nil)
    #expect(state.cutOver(try Self.cutOver(3, 20_261_223), at: Self.now)?.text == "2026-12-23")
    #expect(state.cutOver(try Self.cutOver(4), at: Self.now) == nil)
    #expect(state.day(at: Self.now).text == "2026-12-23")
  }

  @Test func `a state is what its last cut-over left`() throws {
    let day = try #require(BusinessDay(digits: 20_261_123))
    var state = BusinessDayState(day: day, begunBy: try Self.cutOver(1))
    #expect(state.isCutOver)
    #expect(state.cutOver(try Self.cutOver(1), at: Self.now) == day)
    #expect(state.cutOver(try Self.cutOver(2), at: Self.now) == day.advanced(byDays: 1))
    #expect(!BusinessDayState().isCutOver)
  }
}
