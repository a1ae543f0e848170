import Authorization

extension WorkingSet {
  /// What the layers hold of what is asked.
  ///
  /// What is not in the answer is posted, and every view of the books that is opened from now on
  /// shows it: a layer is dropped only when a commit holds it.
  func unposted(_ query: UnpostedQuery) -> UnpostedAnswer {
    var answer = UnpostedAnswer()
    answer.accounts = query.accounts.map { young.accounts[$0] ?? old.accounts[$0] }
    answer.cards = query.cards.map { young.cards[$0] ?? old.cards[$0] }
    answer.cardDetails = query.cardDetails.map { young.cardDetails[$0] ?? old.cardDetails[$0] }
    answer.authorizations = query.authorizations.map(unposted)
    answer.entries = query.entries.map { young.entries[$0] ?? old.entries[$0] }
    answer.networkDays = query.networkDays.map { young.networkDays[$0] ?? old.networkDays[$0] }
    answer.partners = query.partners.map { young.partners[$0] ?? old.partners[$0] }
    answer.programs = query.programs.map { young.programs[$0] ?? old.programs[$0] }
    answer.customers = query.customers.map { young.customers[$0] ?? old.customers[$0] }
    answer.references = query.references.map { young.references[$0] ?? old.references[$0] }
    if let run = query.run { answer.run = unposted(run) }
    if let chain = query.chain { answer.chain = unposted(chain) }
    return answer
  }

  private func unposted(_ id: AuthorizationID) -> AuthorizationRecord? {
    young.authorizations[id] ?? old.authorizations[id]
  }

  /// Numbers are given without gaps, so the first one that no layer holds ends what is unposted.
  private func unposted(
    _ run: UnpostedQuery.Run
  ) -> (records: [AuthorizationRecord], end: UInt64, reachesBooks: Bool) {
    var records: [AuthorizationRecord] = []
    records.reserveCapacity(run.count)
    var end = min(counters.authorization, run.before?.number ?? .max)
    while records.count < run.count {
      guard end > 1, let record = unposted(AuthorizationID(end - 1)) else {
        return (records, end, true)
      }
      records.append(record)
      end -= 1
    }
    return (records, end, false)
  }

  private func unposted(
    _ chain: UnpostedQuery.Chain
  ) -> (records: [AuthorizationRecord], next: AuthorizationID?) {
    let account = AccountID(chain.balance)
    var records: [AuthorizationRecord] = []
    var next = chain.after
    if next == nil {
      let newest = (young.accounts[account] ?? old.accounts[account])?.newestAuthorization ?? 0
      next = newest == 0 ? nil : AuthorizationID(newest)
    }
    while records.count < chain.count, let id = next {
      guard let record = unposted(id) else { return (records, id) }
      records.append(record)
      next = record.previous
    }
    return (records, nil)
  }
}
