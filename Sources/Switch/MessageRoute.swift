import Authorization
import ISO8583

/// What kind of work a message is, by its type alone.
enum MessageRoute {
  /// Decide it.
  case authorization(AuthorizationRequest.Kind)
  /// Sign-on, sign-off, echo.
  case networkManagement
  /// Known, but not offered: answered with the code of its class.
  case notOffered(ActionCode)
  /// Not for an issuer to answer: a response, or no message type at all.
  case unanswerable

  var isNetworkManagement: Bool {
    if case .networkManagement = self { true } else { false }
  }

  init(_ type: MessageType) {
    // Nearly all: looked at first, and in one go.
    switch type.code {
    case 0x2100, 0x2101: self = .authorization(.hold)
    case 0x2200, 0x2201: self = .authorization(.debit)
    default: self.init(uncommon: type)
    }
  }

  private init(uncommon type: MessageType) {
    guard type.response != nil else {
      self = .unanswerable
      return
    }
    guard type.version == 2, let messageClass = type.messageClass else {
      self = .notOffered(.invalidTransaction)
      return
    }
    switch (messageClass, type.function) {
    case (.authorization, 0) where type.origin <= 1: self = .authorization(.hold)
    case (.authorization, 0) where type.origin >= 4: self = .authorization(.verification)
    case (.authorization, 2): self = .authorization(.advice)
    case (.financial, 0) where type.origin <= 1: self = .authorization(.debit)
    case (.financial, 2): self = .authorization(.clearing)
    case (.financial, 4): self = .authorization(.clearingNotification)
    case (.reversal, 0): self = .authorization(.reversal)
    case (.reversal, 2): self = .authorization(.reversalAdvice)
    case (.reversal, 4): self = .authorization(.reversalNotification)
    case (.fileAction, 0): self = .authorization(.fileAction)
    case (.fileAction, 2): self = .authorization(.fileActionAdvice)
    case (.administrative, 0): self = .authorization(.administrative)
    case (.networkManagement, 0), (.networkManagement, 2): self = .networkManagement
    case (.fileAction, _): self = .notOffered(.fileActionNotSupported)
    case (.reconciliation, _): self = .notOffered(.noReconciliationTotals)
    default: self = .notOffered(.invalidTransaction)
    }
  }
}
