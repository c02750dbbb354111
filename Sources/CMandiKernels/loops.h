// Loops that the compiler turns into vectors by itself; each level includes them under its own
// target attributes. Bodies only: every function is static to the file that includes it.

#define MANDI_EACH_WIDTH(DEFINE) \
  DEFINE(8, uint8_t) \
  DEFINE(16, uint16_t) \
  DEFINE(32, uint32_t) \
  DEFINE(64, uint64_t)

static inline uint64_t word_bit(const uint64_t *words, size_t row) {
  return words[row >> 6] >> (row & 63) & 1;
}

// The rows after the last whole word, one by one.
#define RANGE_TAIL(BITS, CODE) \
  static inline void range_tail##BITS(const CODE *codes, CODE low, CODE span, size_t first, \
                                      size_t count, uint64_t *words) { \
    if (first == count) return; \
    uint64_t bits = 0; \
    for (size_t row = first; row < count; row++) { \
      bits |= (uint64_t)((CODE)(codes[row] - low) <= span) << (row & 63); \
    } \
    words[first >> 6] = bits; \
  }
MANDI_EACH_WIDTH(RANGE_TAIL)

static inline void member8_tail(const uint8_t *codes, const uint8_t *flags, size_t first,
                                size_t count, uint64_t *words) {
  if (first == count) return;
  uint64_t bits = 0;
  for (size_t row = first; row < count; row++) {
    bits |= (uint64_t)(flags[codes[row]] & 1) << (row & 63);
  }
  words[first >> 6] = bits;
}

static inline void member16_rows(const uint16_t *codes, const uint64_t *table, size_t entries,
                                 size_t first, size_t count, uint64_t *words) {
  for (; first < count; first += 64) {
    size_t end = count - first < 64 ? count : first + 64;
    uint64_t bits = 0;
    for (size_t row = first; row < end; row++) {
      bits |= word_bit(table, codes[row] & (entries - 1)) << (row & 63);
    }
    words[first >> 6] = bits;
  }
}

static size_t count_bits(const uint64_t *words, size_t word_count) {
  size_t total = 0;
  for (size_t word = 0; word < word_count; word++) total += __builtin_popcountll(words[word]);
  return total;
}

#define SUM_ALL(BITS, CODE) \
  static inline uint64_t sum_all##BITS(const CODE *codes, size_t count) { \
    uint64_t sum = 0; \
    for (size_t row = 0; row < count; row++) sum += codes[row]; \
    return sum; \
  }
SUM_ALL(8, uint8_t)
SUM_ALL(16, uint16_t)
SUM_ALL(32, uint32_t)

// The words of rows one by one, for the last few.
static inline uint64_t code_at(const mandi_term *term, size_t row) {
  switch (term->width) {
  case 0: return 1;
  case 1: return ((const uint8_t *)term->codes)[row];
  case 2: return ((const uint16_t *)term->codes)[row];
  case 4: return ((const uint32_t *)term->codes)[row];
  default: return ((const uint64_t *)term->codes)[row];
  }
}

static inline void pack_rows(const mandi_term *terms, size_t term_count, const uint64_t *masks,
                             uint64_t start, size_t first, size_t from, size_t count,
                             uint64_t *sums) {
  for (size_t row = from; row < count; row++) {
    uint64_t sum = start;
    for (size_t place = 0; place < term_count; place++) {
      const mandi_term *term = terms + place;
      uint64_t bit = 1;
      if (term->mask >= 0) bit = word_bit(masks + term->mask * (MANDI_PACK_ROWS / 64), row);
      sum += (term->multiplier * code_at(term, first + row)) & (0 - bit);
    }
    sums[row] = sum;
  }
}

#define SLOTS_ALL(BITS, CODE) \
  static inline void slots_all##BITS(const CODE *restrict codes, uint32_t multiplier, \
                                     uint32_t offset, size_t count, uint32_t *restrict slots) { \
    for (size_t row = 0; row < count; row++) { \
      slots[row] = offset + multiplier * (uint32_t)codes[row]; \
    } \
  } \
  static void add_slots##BITS(const void *codes, uint32_t multiplier, uint32_t offset, \
                              size_t count, uint32_t *restrict slots) { \
    const CODE *restrict typed = codes; \
    for (size_t row = 0; row < count; row++) { \
      slots[row] += offset + multiplier * (uint32_t)typed[row]; \
    } \
  }
MANDI_EACH_WIDTH(SLOTS_ALL)
