/// How the bytes of a file stand for characters.
public enum TextEncoding: String, Sendable, Hashable {
  case utf8 = "UTF-8"
  case windows1252 = "Windows-1252"
  case utf16LittleEndian = "UTF-16LE"
  case utf16BigEndian = "UTF-16BE"
}
