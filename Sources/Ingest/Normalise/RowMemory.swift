/// What the rows of a file take from the rows before them, while its pages come in order.
struct RowMemory: Sendable {
  /// Nil where the data set carries nothing on.
  var carry: CarryFill?
  var counter: OccurrenceCounter
}
