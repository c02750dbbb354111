import Crypto

/// Turns a buyer's id into the key under which a customer is known.
///
/// By default that is a keyed hash (HMAC-SHA256, 128 bits) with a key that only this store has, so
/// neither the store nor an export of it tells who bought. Ids of two channels or accounts are
/// different customers unless the definition says `scope: email`.
struct CustomerIdentity: Sendable {
  private let secret: SymmetricKey
  private let channel: String
  private let account: String

  init(key: [UInt8], channel: String, account: String) {
    secret = SymmetricKey(data: key)
    self.channel = channel
    self.account = account
  }

  /// What stands before the id in the key of a customer whose id is kept as it is.
  var prefix: String { "\(channel)/\(account)/" }

  /// Returns the key of a customer whose id is not kept, which is also what reports show.
  func hash(of id: String, _ scope: ColumnRule.Scope) -> String {
    // Addresses of one mailbox differ in case only; other ids are taken as they are.
    let text = id.contains("@") ? id.lowercased() : id
    let space =
      switch scope {
      case .account: "\(channel)\u{1F}\(account)"
      case .email: "email"
      }
    let message = Array("\(space)\u{1F}\(text)".utf8)
    let code = HMAC<SHA256>.authenticationCode(for: message, using: secret)
    return code.prefix(16).lowercaseHex
  }
}
