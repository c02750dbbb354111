// Kernels for processors with AVX2, BMI and BMI2 (2013 and later).

#if defined(__x86_64__)

#include "kernels.h"

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,popcnt"))), apply_to = function)

#include "loops.h"

// MARK: Ranges

static inline uint32_t range_bits8(const uint8_t *codes, __m256i low, __m256i span) {
  __m256i distance = _mm256_sub_epi8(_mm256_loadu_si256((const __m256i *)codes), low);
  return (uint32_t)_mm256_movemask_epi8(
      _mm256_cmpeq_epi8(_mm256_min_epu8(distance, span), distance));
}

static void range8(const void *codes, uint64_t low, uint64_t span, size_t count, uint64_t *words) {
  const uint8_t *typed = codes;
  __m256i first = _mm256_set1_epi8((char)low), width = _mm256_set1_epi8((char)span);
  size_t row = 0;
  for (; row + 64 <= count; row += 64) {
    uint64_t lower = range_bits8(typed + row, first, width);
    uint64_t upper = range_bits8(typed + row + 32, first, width);
    words[row >> 6] = lower | upper << 32;
  }
  range_tail8(typed, (uint8_t)low, (uint8_t)span, row, count, words);
}

static inline __m256i range_mask16(const uint16_t *codes, __m256i low, __m256i span) {
  __m256i distance = _mm256_sub_epi16(_mm256_loadu_si256((const __m256i *)codes), low);
  return _mm256_cmpeq_epi16(_mm256_min_epu16(distance, span), distance);
}

static inline uint32_t range_bits16(const uint16_t *codes, __m256i low, __m256i span) {
  __m256i packed = _mm256_packs_epi16(range_mask16(codes, low, span),
                                      range_mask16(codes + 16, low, span));
  // Packing works inside halves of a register: the middle quarters change places.
  return (uint32_t)_mm256_movemask_epi8(_mm256_permute4x64_epi64(packed, 0xD8));
}

static void range16(const void *codes, uint64_t low, uint64_t span, size_t count, uint64_t *words) {
  const uint16_t *typed = codes;
  __m256i first = _mm256_set1_epi16((short)low), width = _mm256_set1_epi16((short)span);
  size_t row = 0;
  for (; row + 64 <= count; row += 64) {
    uint64_t lower = range_bits16(typed + row, first, width);
    uint64_t upper = range_bits16(typed + row + 32, first, width);
    words[row >> 6] = lower | upper << 32;
  }
  range_tail16(typed, (uint16_t)low, (uint16_t)span, row, count, words);
}

static void range32(const void *codes, uint64_t low, uint64_t span, size_t count, uint64_t *words) {
  const uint32_t *typed = codes;
  __m256i first = _mm256_set1_epi32((int)low), width = _mm256_set1_epi32((int)span);
  size_t row = 0;
  for (; row + 64 <= count; row += 64) {
    uint64_t bits = 0;
    for (size_t part = 0; part < 64; part += 8) {
      __m256i value = _mm256_loadu_si256((const __m256i *)(typed + row + part));
      __m256i distance = _mm256_sub_epi32(value, first);
      __m256i holds = _mm256_cmpeq_epi32(_mm256_min_epu32(distance, width), distance);
      bits |= (uint64_t)(uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(holds)) << part;
    }
    words[row >> 6] = bits;
  }
  range_tail32(typed, (uint32_t)low, (uint32_t)span, row, count, words);
}

static void range64(const void *codes, uint64_t low, uint64_t span, size_t count, uint64_t *words) {
  const uint64_t *typed = codes;
  // AVX2 compares signed: turning the highest bit around keeps the order.
  __m256i sign = _mm256_set1_epi64x(INT64_MIN);
  __m256i first = _mm256_set1_epi64x((long long)low);
  __m256i width = _mm256_xor_si256(_mm256_set1_epi64x((long long)span), sign);
  size_t row = 0;
  for (; row + 64 <= count; row += 64) {
    uint64_t bits = 0;
    for (size_t part = 0; part < 64; part += 4) {
      __m256i value = _mm256_loadu_si256((const __m256i *)(typed + row + part));
      __m256i distance = _mm256_xor_si256(_mm256_sub_epi64(value, first), sign);
      __m256i fails = _mm256_cmpgt_epi64(distance, width);
      uint32_t holds = ~(uint32_t)_mm256_movemask_pd(_mm256_castsi256_pd(fails)) & 15;
      bits |= (uint64_t)holds << part;
    }
    words[row >> 6] = bits;
  }
  range_tail64(typed, low, span, row, count, words);
}

// MARK: Membership

// A byte's upper half chooses a bit, its lower half the byte that has the bit, in one of two tables
// of 16 bytes: one for upper halves 0 to 7 and one for 8 to 15.
static inline uint32_t member_bits8(const uint8_t *codes, __m256i lower, __m256i upper,
                                    __m256i places) {
  __m256i value = _mm256_loadu_si256((const __m256i *)codes);
  __m256i low = _mm256_and_si256(value, _mm256_set1_epi8(15));
  __m256i high = _mm256_and_si256(_mm256_srli_epi16(value, 4), _mm256_set1_epi8(15));
  __m256i rows = _mm256_blendv_epi8(_mm256_shuffle_epi8(lower, low),
                                    _mm256_shuffle_epi8(upper, low), value);
  __m256i bit = _mm256_shuffle_epi8(places, high);
  return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_and_si256(rows, bit), bit));
}

static void member8(const uint8_t *codes, const uint8_t *flags, size_t count, uint64_t *words) {
  uint8_t tables[2][16] = {{0}, {0}};
  for (int code = 0; code < 256; code++) {
    tables[code >> 7][code & 15] |= (uint8_t)((flags[code] & 1) << (code >> 4 & 7));
  }
  __m256i lower = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)tables[0]));
  __m256i upper = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)tables[1]));
  __m256i places = _mm256_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128,  //
                                    1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
  size_t row = 0;
  for (; row + 64 <= count; row += 64) {
    uint64_t first = member_bits8(codes + row, lower, upper, places);
    uint64_t second = member_bits8(codes + row + 32, lower, upper, places);
    words[row >> 6] = first | second << 32;
  }
  member8_tail(codes, flags, row, count, words);
}

static void member16(const uint16_t *codes, const uint64_t *table, size_t entries, size_t count,
                     uint64_t *words) {
  member16_rows(codes, table, entries, 0, count, words);
}

// MARK: Chosen rows

#define CHOSEN(BITS, CODE) \
  static size_t compress##BITS(const void *codes, const uint64_t *words, size_t count, \
                               void *result) { \
    const CODE *typed = codes; \
    CODE *target = result; \
    size_t found = 0; \
    for (size_t first = 0; first < count; first += 64) { \
      for (uint64_t bits = words[first >> 6]; bits != 0; bits &= bits - 1) { \
        target[found++] = typed[first + (size_t)__builtin_ctzll(bits)]; \
      } \
    } \
    return found; \
  } \
  static void slots##BITS(const void *codes, uint32_t multiplier, uint32_t offset, \
                          const uint64_t *words, size_t count, uint32_t *slots) { \
    const CODE *typed = codes; \
    if (words == NULL) { \
      slots_all##BITS(typed, multiplier, offset, count, slots); \
      return; \
    } \
    for (size_t row = 0; row < count; row++) { \
      uint32_t mask = 0 - (uint32_t)word_bit(words, row); \
      slots[row] = (offset + multiplier * (uint32_t)typed[row]) & mask; \
    } \
  }
MANDI_EACH_WIDTH(CHOSEN)

#define SUM(BITS, CODE) \
  static uint64_t sum##BITS(const void *codes, const uint64_t *words, size_t count) { \
    const CODE *typed = codes; \
    if (words == NULL) return sum_all##BITS(typed, count); \
    uint64_t sum = 0; \
    for (size_t first = 0; first < count; first += 64) { \
      uint64_t bits = words[first >> 6]; \
      if (bits == UINT64_MAX) { \
        sum += sum_all##BITS(typed + first, 64); \
        continue; \
      } \
      for (; bits != 0; bits &= bits - 1) sum += typed[first + (size_t)__builtin_ctzll(bits)]; \
    } \
    return sum; \
  }
SUM(8, uint8_t)
SUM(16, uint16_t)
SUM(32, uint32_t)

static void mask_slots(const uint32_t *restrict slots, const uint64_t *restrict words,
                       size_t count, uint32_t *restrict result) {
  for (size_t row = 0; row < count; row++) {
    result[row] = slots[row] & (0 - (uint32_t)word_bit(words, row));
  }
}

// MARK: Packed sums

#define ADD_CODES(BITS, CODE) \
  static inline void add_codes##BITS(const CODE *restrict codes, uint64_t multiplier, \
                                     uint64_t bits, uint64_t *restrict sums) { \
    if (bits == UINT64_MAX) { \
      for (size_t row = 0; row < 64; row++) sums[row] += multiplier * codes[row]; \
      return; \
    } \
    for (size_t row = 0; row < 64; row++) { \
      sums[row] += (multiplier * codes[row]) & (0 - (bits >> row & 1)); \
    } \
  }
MANDI_EACH_WIDTH(ADD_CODES)

static void pack(const mandi_term *terms, size_t term_count, const uint64_t *masks, uint64_t start,
                 size_t first, size_t count, uint64_t *restrict sums) {
  size_t row = 0;
  for (; row + 64 <= count; row += 64) {
    uint64_t words[64];
    for (size_t place = 0; place < 64; place++) words[place] = start;
    for (const mandi_term *term = terms; term < terms + term_count; term++) {
      uint64_t bits = UINT64_MAX;
      if (term->mask >= 0) bits = masks[term->mask * (MANDI_PACK_ROWS / 64) + (row >> 6)];
      size_t at = first + row;
      switch (term->width) {
      case 0:
        for (size_t place = 0; place < 64; place++) {
          words[place] += term->multiplier & (0 - (bits >> place & 1));
        }
        break;
      case 1: add_codes8((const uint8_t *)term->codes + at, term->multiplier, bits, words); break;
      case 2: add_codes16((const uint16_t *)term->codes + at, term->multiplier, bits, words); break;
      case 4: add_codes32((const uint32_t *)term->codes + at, term->multiplier, bits, words); break;
      default: add_codes64((const uint64_t *)term->codes + at, term->multiplier, bits, words); break;
      }
    }
    for (size_t place = 0; place < 64; place++) sums[row + place] = words[place];
  }
  pack_rows(terms, term_count, masks, start, first, row, count, sums);
}

// MARK: Marks

static inline uint64_t mark_bits(__m256i value, __m256i first, __m256i second) {
  // A byte below 16 is the smaller one of itself and 15.
  __m256i control = _mm256_cmpeq_epi8(_mm256_min_epu8(value, _mm256_set1_epi8(15)), value);
  __m256i found = _mm256_or_si256(_mm256_cmpeq_epi8(value, first),
                                  _mm256_cmpeq_epi8(value, second));
  return (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(found, control));
}

static size_t marks(const uint8_t *bytes, size_t count, uint8_t one, uint8_t other, uint32_t base,
                    uint32_t *places, uint8_t *seen) {
  const __m256i first = _mm256_set1_epi8((char)one), second = _mm256_set1_epi8((char)other);
  uint64_t high = 0;
  size_t found = 0;
  for (size_t start = 0; start < count; start += 64) {
    uint64_t inside = count - start >= 64 ? UINT64_MAX : ((uint64_t)1 << (count - start)) - 1;
    __m256i low = _mm256_loadu_si256((const __m256i *)(bytes + start));
    __m256i upper = _mm256_loadu_si256((const __m256i *)(bytes + start + 32));
    high |= inside & ((uint32_t)_mm256_movemask_epi8(low) |
                      (uint64_t)(uint32_t)_mm256_movemask_epi8(upper) << 32);
    uint64_t bits = mark_bits(low, first, second) | mark_bits(upper, first, second) << 32;
    bits &= inside;
    while (bits != 0) {
      places[found++] = base + (uint32_t)start + (uint32_t)__builtin_ctzll(bits);
      bits &= bits - 1;
    }
  }
  *seen = high == 0 ? 0x7F : 0xFF;
  return found;
}

#pragma clang attribute pop

const mandi_table mandi_avx2_table = {
    .range = {range8, range16, range32, range64},
    .member8 = member8,
    .member16 = member16,
    .count = count_bits,
    .compress = {compress8, compress16, compress32, compress64},
    .sum = {sum8, sum16, sum32, NULL},
    .pack = pack,
    .slots = {slots8, slots16, slots32, slots64},
    .add_slots = {add_slots8, add_slots16, add_slots32, add_slots64},
    .mask_slots = mask_slots,
    .marks = marks,
};

#endif
