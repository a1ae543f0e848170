/// The place at which a simulated card is used.
public struct MerchantProfile: Hashable, Sendable {
  /// DE 26, the merchant category code: four digits, ISO 18245.
  public var category: String
  /// DE 41, at most 16 characters.
  public var terminal: String
  /// DE 42, at most 35 characters.
  public var merchant: String
  /// DE 43 part 2, at most 50 characters.
  public var name: String
  /// DE 43 part 4, at most 50 characters.
  public var city: String
  /// DE 43 part 7 and DE 19: ISO 3166 numeric, three digits.
  public var country: String
  /// How cards are used there when nothing else is said.
  public var entry: EntryMode

  /// A place.
  public init(
    category: String,
    terminal: String,
    merchant: String,
    name: String,
    city: String,
    country: String,
    entry: EntryMode
  ) {
    self.category = category
    self.terminal = terminal
    self.merchant = merchant
    self.name = name
    self.city = city
    self.country = country
    self.entry = entry
  }

  /// A grocery with a chip reader.
  public static let shop = MerchantProfile(
    category: "5411",
    terminal: "SHOP0001",
    merchant: "CORNER-GROCERY-01",
    name: "CORNER GROCERY",
    city: "BERLIN",
    country: "276",
    entry: .chip
  )
  /// A restaurant with a chip reader.
  public static let restaurant = MerchantProfile(
    category: "5812",
    terminal: "REST0001",
    merchant: "BLUE-HERON-01",
    name: "BLUE HERON",
    city: "KRAKOW",
    country: "616",
    entry: .chip
  )
  /// A petrol station with a chip reader.
  public static let petrolStation = MerchantProfile(
    category: "5541",
    terminal: "PUMP0001",
    merchant: "RING-ROAD-FUEL-01",
    name: "RING ROAD FUEL",
    city: "LYON",
    country: "250",
    entry: .chip
  )
  /// A web shop.
  public static let webShop = MerchantProfile(
    category: "5967",
    terminal: "WEB00001",
    merchant: "SHOP-EXAMPLE-01",
    name: "SHOP EXAMPLE",
    city: "RIGA",
    country: "428",
    entry: .ecom
  )
  /// A cash machine on bank premises.
  public static let cashMachine = MerchantProfile(
    category: "6011",
    terminal: "ATM00017",
    merchant: "BANK-ATM-NET",
    name: "BANK ATM",
    city: "WARSZAWA",
    country: "616",
    entry: .atm
  )
  /// A hotel with a chip reader.
  public static let hotel = MerchantProfile(
    category: "7011",
    terminal: "HOTEL001",
    merchant: "HARBOUR-INN-01",
    name: "HARBOUR INN",
    city: "LISBOA",
    country: "620",
    entry: .chip
  )
  /// An airline's web shop.
  public static let airline = MerchantProfile(
    category: "4511",
    terminal: "AIR00001",
    merchant: "NORTHERN-AIR-01",
    name: "NORTHERN AIR",
    city: "OSLO",
    country: "578",
    entry: .ecom
  )
}
