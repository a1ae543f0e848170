import HTTPTypes
import Hummingbird
import JSON
import NIOCore

/// What a resource answers.
struct Reply: Sendable {
  var status: HTTPResponse.Status = .ok
  var contentType = "application/json"
  var body: ResponseBody
  /// Whether the call waited for something to happen, so that its time says nothing about the daemon.
  var hasWaited = false

  /// An answer with one JSON object.
  init(_ status: HTTPResponse.Status = .ok, _ body: (inout JSONWriter) -> Void) {
    self.status = status
    var writer = JSONWriter()
    writer.object(body)
    self.body = ResponseBody(byteBuffer: writer.buffer)
  }

  /// An answer without a body.
  init(_ status: HTTPResponse.Status) {
    self.status = status
    self.body = ResponseBody()
  }

  /// An answer of another type.
  init(contentType: String, _ body: ResponseBody) {
    self.contentType = contentType
    self.body = body
  }
}
