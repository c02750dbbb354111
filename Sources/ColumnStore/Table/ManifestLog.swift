/// The manifests in a store's directory: finding the newest one, and publishing the next.
///
/// A damaged newest manifest is an error; an older one never takes its place.
struct ManifestLog {
  let directory: any StoreDirectory

  /// The versions that have a file, ascending.
  func versions() throws(StoreError) -> [UInt64] {
    try directory.list("").compactMap { Manifest.version(ofFile: $0) }.sorted()
  }

  /// The number of the newest version; zero when there is none.
  func newestVersion() throws(StoreError) -> UInt64 {
    try versions().last ?? 0
  }

  /// Reads a version; version zero is the empty store.
  func read(version: UInt64) throws(StoreError) -> Manifest {
    guard version > 0 else { return Manifest() }
    return try Manifest.read(
      directory.map(Manifest.fileName(version: version)),
      version: version
    )
  }

  /// Writes the next manifest and links it into place, which makes it the newest for every reader;
  /// when this returns, it survives a power loss.
  ///
  /// - Throws: `StoreError.lostRace` when another transaction published that version.
  func publish(_ manifest: Manifest) throws(StoreError) {
    let name = Manifest.fileName(version: manifest.version)
    let temporary = "\(name).\(String(manifest.epoch, radix: 16)).tmp"
    let file = try directory.create(temporary)
    try file.append(manifest.write())
    try file.synchronise()
    try file.close()
    guard try directory.link(temporary, to: name) else {
      // The other version is what counts; what stays of this one is removed by the next transaction.
      _ = try? directory.remove(temporary)
      throw .lostRace(version: manifest.version)
    }
    try directory.synchronise(directory: "")
    // The version is published; its second name is only litter, which the next transaction removes.
    _ = try? directory.remove(temporary)
  }
}
