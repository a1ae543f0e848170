extension Effect {
  /// Whether the effect changes a list, or a record of which lists keep more than the number: a read of
  /// a list waits until such an effect is posted, and for no other.
  var changesLists: Bool {
    switch self {
    case .partnerCreated, .programCreated, .accountOpened, .customerStored, .cardIssued: true
    case .founded, .balanceStateChanged, .cardChanged, .transferred, .authorized, .referenceBound,
      .requestAnswered, .entered, .originalAwaited, .messageAnswered, .settingChanged,
      .expiriesSwept, .dayBegun:
      false
    }
  }
}
