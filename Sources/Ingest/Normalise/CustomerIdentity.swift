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

  /// Returns the key of the customer's row and the id that reports show.
  func customer(_ id: String, kept identity: ColumnRule.Identity) -> (key: String, id: String) {
    switch identity {
    case .plain: return ("\(channel)/\(account)/\(id)", id)
    case .hashed(let scope):
      // Addresses of one mailbox differ in case only; other ids are taken as they are.
      let text = id.contains("@") ? id.lowercased() : id
      let space =
        switch scope {
        case .account: "\(channel)\u{1F}\(account)"
        case .email: "email"
        }
      let message = Array("\(space)\u{1F}\(text)".utf8)
      let code = HMAC<SHA256>.authenticationCode(for: message, using: secret)
      let hash = code.prefix(16).lowercaseHex
      return (hash, hash)
    }
  }
}
