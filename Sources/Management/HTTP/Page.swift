import Authorization
import JSON

/// One page of a list.
struct Page<Item> {
  /// The objects, at most as many as were asked for.
  var items: [Item]
  /// Where the next page begins; `nil` on the last.
  var next: String?

  /// A page from the objects found when one more than `limit` was asked for.
  init(found: [Item], limit: Int, cursor: (Item) -> String) {
    items = Array(found.prefix(limit))
    next = found.count > limit ? items.last.map(cursor) : nil
  }

  /// A page from its parts.
  init(items: [Item], next: String?) {
    self.items = items
    self.next = next
  }

  /// The answer with each object as `body` writes it.
  func reply(_ body: (inout JSONWriter, Item) -> Void) -> Reply {
    Reply { writer in
      writer.member("data", each: items) { (writer, item) in
        writer.object { body(&$0, item) }
      }
      writer.member("hasMore", next != nil)
      writer.member("next", next)
    }
  }
}
