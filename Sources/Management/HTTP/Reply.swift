import HTTPTypes
import Hummingbird
import NIOCore

/// What a resource answers.
struct Reply: Sendable {
  var status: HTTPResponse.Status = .ok
  var contentType = "application/json"
  var body: ResponseBody

  /// An answer with one JSON object.
  init(_ status: HTTPResponse.Status = .ok, _ body: (inout JSONWriter) -> Void) {
    self.status = status
    self.body = ResponseBody(byteBuffer: JSONWriter.object(body))
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
