import Authorization
import ISO8583
import Switch
import Telemetry
import Testing

/// What links are told about themselves, through the pipeline and without sockets.
struct NetworkControlTests {
  /// The answer that a peer gives to the last message of ours.
  private func reply(_ issuer: Issuer, _ code: String = "8000") throws -> [UInt8] {
    let sent = try #require(issuer.output.sent.last)
    var message = try Message(unpacking: sent.bytes)
    message.type = try #require(MessageType(text: "2814"))
    message[.actionCode] = code
    return try message.packed()
  }

  private func tick(_ issuer: Issuer, seconds: Int64, link: UInt64 = 1) -> LinkVerdict {
    let now = MonotonicTime.now()
    return issuer.pipeline.tick(
      LinkID(number: link),
      listening: now,
      at: now.advanced(by: .seconds(seconds)),
      into: issuer.output
    )
  }

  private func request(_ issuer: Issuer, _ command: LinkCommand) -> Replies {
    let replies = Replies()
    issuer.pipeline.request(
      command,
      on: LinkID(number: 1),
      at: .now(),
      into: issuer.output
    ) { reply in replies.append(reply) }
    return replies
  }

  @Test func `a sign-off counts for its link until its next sign-on, required or not`()
    async throws
  {
    let issuer = try await Issuer()
    #expect(issuer.links[1]?.state == .up)
    #expect(try issuer.answer(to: .management("802"), on: 1)[.actionCode] == "8000")
    #expect(issuer.links[1]?.state == .signedOff)
    #expect(issuer.links[2]?.state == .up)
    #expect(try issuer.answer(to: .purchase(stan: 1), on: 1)[.actionCode] == "9110")
    #expect(try issuer.answer(to: .purchase(stan: 2), on: 2)[.actionCode] == "0000")
    #expect(try issuer.answer(to: .management("831"), on: 1)[.actionCode] == "8000")
    #expect(try issuer.answer(to: .management("801"), on: 1)[.actionCode] == "8000")
    #expect(issuer.links[1]?.state == .signedOn)
    // What was refused was not remembered.
    #expect(try issuer.answer(to: .purchase(stan: 1), on: 1)[.actionCode] == "0000")
    #expect(issuer.metric("holdfast_messages_not_signed_on_total") == 1)
  }

  @Test func `a link that has signed off and gone leaves nothing behind`() async throws {
    let issuer = try await Issuer()
    #expect(try issuer.answer(to: .management("802"))[.actionCode] == "8000")
    issuer.pipeline.linkClosed(LinkID(number: 1))
    issuer.open(1)
    #expect(try issuer.answer(to: .purchase(stan: 1))[.actionCode] == "0000")
  }

  @Test func `where sign-on is required a link begins as signed off`() async throws {
    let issuer = try await Issuer(requiresSignOn: true)
    #expect(issuer.links[1]?.state == .signedOff)
    #expect(try issuer.answer(to: .management("801"))[.actionCode] == "8000")
    #expect(issuer.links[1]?.state == .signedOn)
    #expect(issuer.links[2]?.state == .signedOff)
  }

  @Test func `an echo of ours has what a peer needs to answer it`() async throws {
    var echo = EchoSettings()
    echo.every = .seconds(30)
    let institution = try #require(InstitutionID(text: "012345"))
    let issuer = try await Issuer(echo: echo, institution: institution)
    #expect(tick(issuer, seconds: 29) == .keep)
    #expect(issuer.output.sent.isEmpty)
    #expect(tick(issuer, seconds: 31, link: 2) == .keep)
    let sent = try #require(issuer.output.sent.first)
    #expect(sent.link == LinkID(number: 2))
    let message = try Message(unpacking: sent.bytes)
    #expect(message.type.text == "2804")
    #expect(message[.transmissionTime] == "1122103015")
    #expect(message[.localTime] == "20261122103015")
    #expect(message[.functionCode] == "831")
    #expect(message[.forwarder] == "012345")
    #expect(message[.stan]?.count == 12)
    #expect(message.fields.count == 5)
    // Its answer is taken on its own link alone, and once.
    let answer = try reply(issuer)
    #expect(issuer.exchange([answer], on: 1) == [.dropped])
    #expect(issuer.metric(#"holdfast_messages_dropped_total{reason="unmatched"}"#) == 1)
    #expect(issuer.exchange([answer], on: 2) == [.dropped])
    #expect(issuer.metric(#"holdfast_link_echo_answered_total{listener="test"}"#) == 1)
    #expect(issuer.exchange([answer], on: 2) == [.dropped])
    #expect(issuer.metric(#"holdfast_messages_dropped_total{reason="unmatched"}"#) == 2)
    #expect(issuer.output.answers.isEmpty)
  }

  @Test func `missed echoes are counted and give the link up`() async throws {
    var echo = EchoSettings()
    echo.every = .seconds(30)
    let issuer = try await Issuer(echo: echo)
    #expect(tick(issuer, seconds: 30) == .keep)
    #expect(tick(issuer, seconds: 36) == .keep)
    #expect(issuer.links[1]?.snapshot().echoMissed == 1)
    #expect(tick(issuer, seconds: 37) == .keep)
    #expect(issuer.output.sent.count == 2)
    #expect(tick(issuer, seconds: 43) == .close)
    #expect(issuer.links[1]?.state == .down)
    #expect(issuer.links[2]?.state == .up)
    #expect(issuer.metric(#"holdfast_link_echo_missed_total{listener="test"}"#) == 2)
    #expect(request(issuer, .echo).values == [.gone])
  }

  @Test func `an operator's message ends with the peer's answer`() async throws {
    let issuer = try await Issuer()
    let signOff = request(issuer, .signOff)
    var other = try Message(unpacking: try reply(issuer))
    other[.stan] = "999999999999"
    #expect(issuer.exchange([try other.packed()]) == [.dropped])
    #expect(signOff.values.isEmpty)
    #expect(issuer.metric(#"holdfast_messages_dropped_total{reason="unmatched"}"#) == 1)
    #expect(issuer.exchange([try reply(issuer)]) == [.dropped])
    guard case .answered(.networkManagementAccepted, _) = signOff.values.first else {
      Issue.record("\(signOff.values)")
      return
    }
    #expect(issuer.links[1]?.state == .signedOff)
    #expect(try issuer.answer(to: .purchase(stan: 1))[.actionCode] == "9110")

    // A peer that does not accept changes nothing.
    let refused = request(issuer, .signOn)
    #expect(issuer.exchange([try reply(issuer, "9102")]) == [.dropped])
    #expect(refused.values.count == 1)
    #expect(issuer.links[1]?.state == .signedOff)
    _ = request(issuer, .signOn)
    #expect(issuer.exchange([try reply(issuer)]) == [.dropped])
    #expect(issuer.links[1]?.state == .signedOn)
    #expect(try issuer.answer(to: .purchase(stan: 1))[.actionCode] == "0000")
  }

  @Test func `an operator's message ends with time, with its link, or at once when there are many`()
    async throws
  {
    let issuer = try await Issuer()
    let first = request(issuer, .echo)
    #expect(tick(issuer, seconds: 4) == .keep)
    #expect(first.values.isEmpty)
    #expect(tick(issuer, seconds: 6) == .keep)
    guard case .unanswered(let time) = first.values.first else {
      Issue.record("\(first.values)")
      return
    }
    #expect(time >= .seconds(5))
    // A late answer is nobody's.
    #expect(issuer.exchange([try reply(issuer)]) == [.dropped])
    #expect(issuer.metric(#"holdfast_messages_dropped_total{reason="unmatched"}"#) == 1)

    let many = (0..<17).map { _ in request(issuer, .echo) }
    #expect(many[16].values == [.busy])
    issuer.pipeline.linkClosed(LinkID(number: 1))
    #expect(many.prefix(16).allSatisfy { $0.values == [.gone] })
    #expect(request(issuer, .echo).values == [.gone])
  }

  @Test(arguments: [
    (Element.reconciliationDate, "20261124", "8000", String?.none),
    (.actionDate, "20261124", "8000", nil),
    (.reconciliationDate, "20261121", "9100", "00000302800000"),
    (.actionDate, "20270101", "9100", "00000307300000"),
    (.actionDate, "20261131", "9100", "00000507300000"),
  ])
  func `a cut-over names its day in DE 28 or DE 73`(
    element: Element,
    day: String,
    code: String,
    error: String?
  ) async throws {
    let issuer = try await Issuer()
    var message = try Message.management("821")
    message[element] = day
    let answer = try issuer.answer(to: message)
    #expect(answer[.actionCode] == code)
    #expect(answer[.messageError] == error)
    // During and after it, everything is served.
    #expect(try issuer.answer(to: .purchase(stan: 1))[.actionCode] == "0000")
  }
}
