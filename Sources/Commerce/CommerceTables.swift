public import ColumnStore

/// The canonical tables that every channel is normalised into.
///
/// Money is in ten-thousandths of the unit, dates are business days of the channel's zone, instants
/// are UTC. A value that a channel does not give is null; it is never zero and never replaced by a
/// value of another basis.
public enum CommerceTables {
  /// One line of one order, in its newest known state; upserted by its key.
  public static let orderLine = TableSchema(
    name: "order_line",
    fields: [
      Field("channel", .string),
      Field("account", .string),
      Field("order_id", .string),
      Field("line_key", .string),
      Field("dataset", .string, role: .provenance),
      Field("ordered_at", .timestamp, nullable: true),
      Field("order_date", .date),
      Field("updated_at", .timestamp, role: .version),
      Field("sku", .string, nullable: true),
      Field("product", .string, nullable: true),
      Field("status", .string),
      Field("status_raw", .string, nullable: true),
      Field("qty", .int32),
      Field("currency", .string),
      Field("unit_mrp", .decimal, nullable: true),
      Field("mrp_value", .decimal, nullable: true),
      Field("discount_value", .decimal, nullable: true),
      Field("gross_value", .decimal, nullable: true),
      Field("tax_value", .decimal, nullable: true),
      Field("net_value", .decimal, nullable: true),
      Field("shipping_value", .decimal, nullable: true),
      Field("fulfilment", .string, nullable: true),
      Field("payment_type", .string, nullable: true),
      Field("sub_channel", .string, nullable: true),
      Field("is_b2b", .bool, nullable: true),
      Field("place", .string),
      Field("customer", .string, nullable: true),
      Field("shipped_at", .timestamp, nullable: true),
      Field("cancelled_at", .timestamp, nullable: true),
      Field("source_file", .string, role: .provenance),
      Field("source_line", .int32, role: .provenance),
    ],
    primaryKey: ["channel", "account", "order_id", "line_key"],
    sortOrder: ["order_date", "channel"]
  )

  /// What a channel says it sold of one product in one place over one or more days; replaced by
  /// slice, because a newer file restates the whole day.
  public static let selloutDaily = TableSchema(
    name: "sellout_daily",
    fields: [
      Field("channel", .string),
      Field("account", .string),
      Field("date_from", .date),
      Field("date_to", .date),
      Field("place", .string),
      Field("sku", .string),
      Field("occurrence", .int32),
      Field("dataset", .string, role: .provenance),
      Field("updated_at", .timestamp, role: .version),
      Field("product", .string, nullable: true),
      Field("qty", .int64),
      Field("currency", .string),
      Field("unit_mrp", .decimal, nullable: true),
      Field("mrp_value", .decimal, nullable: true),
      Field("gross_value", .decimal, nullable: true),
      Field("net_value", .decimal, nullable: true),
      Field("order_count", .int64, nullable: true),
      Field("source_file", .string, role: .provenance),
      Field("source_line", .int32, role: .provenance),
    ],
    primaryKey: ["channel", "account", "date_from", "date_to", "place", "sku", "occurrence"],
    sortOrder: ["date_from", "channel"]
  )

  /// A channel: its slug, what people call it, and what its figures mean.
  public static let channel = TableSchema(
    name: "channel",
    fields: [
      Field("channel", .string),
      Field("label", .string, text: .dictionary("channel_label")),
      Field("kind", .string, text: .dictionary("channel_kind")),
      Field("timezone", .string),
      Field("currency", .string),
      Field("value_basis", .string),
      Field("evidence", .string),
    ],
    primaryKey: ["channel"]
  )

  /// A listing that was seen; until it is mapped it is a product of its own, named `channel:sku`.
  public static let product = TableSchema(
    name: "product",
    fields: [
      Field("product", .string),
      Field("channel", .string),
      Field("sku", .string),
      Field("title", .string, nullable: true, text: .dictionary("product_title")),
      Field("brand", .string, nullable: true),
      Field("category", .string),
      Field("seen_at", .timestamp, role: .version),
    ],
    primaryKey: ["product"]
  )

  /// The finest place that a file named, with the larger places that hold it.
  public static let place = TableSchema(
    name: "place",
    fields: [
      Field("place", .string),
      Field("country", .string, nullable: true),
      Field("state", .string, nullable: true),
      Field("city", .string, nullable: true),
      Field("pincode", .string, nullable: true),
    ],
    primaryKey: ["place"]
  )

  /// A customer and the first order over all history, whatever became of it.
  public static let customer = TableSchema(
    name: "customer",
    fields: [
      Field("customer", .string),
      Field("customer_id", .string),
      Field("first_order_date", .date),
      Field("first_ordered_at", .timestamp, nullable: true),
    ],
    primaryKey: ["customer"]
  )

  /// Every canonical table.
  public static let all = [orderLine, selloutDaily, channel, product, place, customer]
}
