/// What waits in front of the writer, oldest first.
///
/// Taking from the front moves a mark and not the rest: with a full queue, shifting all that waits for
/// each batch would keep every submitter at the lock.
struct Backlog<Item> {
  private var items: [Item] = []
  /// Items before this one were taken.
  private var front = 0

  init(capacity: Int) { items.reserveCapacity(capacity) }

  var count: Int { items.count - front }

  var isEmpty: Bool { count == 0 }

  mutating func append(_ item: Item) { items.append(item) }

  /// Moves items behind those in `batch`, which must be empty, while their costs stay within a
  /// budget; the first one goes whatever it costs.
  mutating func move(to batch: inout [Item], budget: Int, cost: (Item) -> Int) {
    var end = front
    var spent = 0
    while end < items.count {
      spent += cost(items[end])
      if spent > budget, end > front { break }
      end += 1
    }
    if front == 0, end == items.count {
      swap(&items, &batch)
      return
    }
    batch.append(contentsOf: items[front..<end])
    front = end
    // Half of the table was taken: one shift for all of it, at most one for as many items again.
    if front * 2 >= items.count {
      items.removeFirst(front)
      front = 0
    }
  }
}
