import JSON
import NIOCore

extension JSONWriter {
  /// What was written, as the body of an answer.
  var buffer: ByteBuffer { ByteBuffer(bytes: bytes) }
}
