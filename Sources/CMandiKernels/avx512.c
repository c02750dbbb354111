// Kernels for processors with AVX-512 and its byte extensions (Ice Lake, Zen 4 and later).

#if defined(__x86_64__)

#include "kernels.h"

#include <immintrin.h>

#pragma clang attribute push( \
    __attribute__((target("avx2,bmi,bmi2,popcnt,avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi," \
                          "avx512vbmi2,avx512vpopcntdq"))), \
    apply_to = function)

#include "loops.h"

// MARK: Ranges

static void range8(const void *codes, uint64_t low, uint64_t span, size_t count, uint64_t *words) {
  const uint8_t *typed = codes;
  __m512i first = _mm512_set1_epi8((char)low), width = _mm512_set1_epi8((char)span);
  size_t row = 0;
  for (; row + 64 <= count; row += 64) {
    __m512i distance = _mm512_sub_epi8(_mm512_loadu_si512(typed + row), first);
    words[row >> 6] = _mm512_cmple_epu8_mask(distance, width);
  }
  range_tail8(typed, (uint8_t)low, (uint8_t)span, row, count, words);
}

static void range16(const void *codes, uint64_t low, uint64_t span, size_t count, uint64_t *words) {
  const uint16_t *typed = codes;
  __m512i first = _mm512_set1_epi16((short)low), width = _mm512_set1_epi16((short)span);
  size_t row = 0;
  for (; row + 64 <= count; row += 64) {
    __m512i lower = _mm512_sub_epi16(_mm512_loadu_si512(typed + row), first);
    __m512i upper = _mm512_sub_epi16(_mm512_loadu_si512(typed + row + 32), first);
    words[row >> 6] = (uint64_t)_mm512_cmple_epu16_mask(lower, width) |
                      (uint64_t)_mm512_cmple_epu16_mask(upper, width) << 32;
  }
  range_tail16(typed, (uint16_t)low, (uint16_t)span, row, count, words);
}

static void range32(const void *codes, uint64_t low, uint64_t span, size_t count, uint64_t *words) {
  const uint32_t *typed = codes;
  __m512i first = _mm512_set1_epi32((int)low), width = _mm512_set1_epi32((int)span);
  size_t row = 0;
  for (; row + 64 <= count; row += 64) {
    uint64_t bits = 0;
    for (size_t part = 0; part < 64; part += 16) {
      __m512i distance = _mm512_sub_epi32(_mm512_loadu_si512(typed + row + part), first);
      bits |= (uint64_t)_mm512_cmple_epu32_mask(distance, width) << part;
    }
    words[row >> 6] = bits;
  }
  range_tail32(typed, (uint32_t)low, (uint32_t)span, row, count, words);
}

static void range64(const void *codes, uint64_t low, uint64_t span, size_t count, uint64_t *words) {
  const uint64_t *typed = codes;
  __m512i first = _mm512_set1_epi64((long long)low), width = _mm512_set1_epi64((long long)span);
  size_t row = 0;
  for (; row + 64 <= count; row += 64) {
    uint64_t bits = 0;
    for (size_t part = 0; part < 64; part += 8) {
      __m512i distance = _mm512_sub_epi64(_mm512_loadu_si512(typed + row + part), first);
      bits |= (uint64_t)_mm512_cmple_epu64_mask(distance, width) << part;
    }
    words[row >> 6] = bits;
  }
  range_tail64(typed, low, span, row, count, words);
}

// MARK: Membership

static void member8(const uint8_t *codes, const uint8_t *flags, size_t count, uint64_t *words) {
  __m512i one = _mm512_set1_epi8(1);
  __m512i table0 = _mm512_loadu_si512(flags), table1 = _mm512_loadu_si512(flags + 64);
  __m512i table2 = _mm512_loadu_si512(flags + 128), table3 = _mm512_loadu_si512(flags + 192);
  size_t row = 0;
  for (; row + 64 <= count; row += 64) {
    __m512i value = _mm512_loadu_si512(codes + row);
    __m512i lower = _mm512_permutex2var_epi8(table0, value, table1);
    __m512i upper = _mm512_permutex2var_epi8(table2, value, table3);
    __m512i flag = _mm512_mask_blend_epi8(_mm512_movepi8_mask(value), lower, upper);
    words[row >> 6] = _mm512_test_epi8_mask(flag, one);
  }
  member8_tail(codes, flags, row, count, words);
}

// Bits of 32 codes: the upper part of a code finds 16 bits of the table, its lowest four bits one
// of those.
static inline uint32_t member_bits16(__m512i value, __m512i rows) {
  __m512i place = _mm512_and_si512(value, _mm512_set1_epi16(15));
  __m512i bit = _mm512_sllv_epi16(_mm512_set1_epi16(1), place);
  return _mm512_test_epi16_mask(rows, bit);
}

static void member16(const uint16_t *codes, const uint64_t *table, size_t entries, size_t count,
                     uint64_t *words) {
  __m512i parts[4];
  size_t part_count = entries / 512;
  for (size_t part = 0; part < 4; part++) {
    parts[part] = _mm512_loadu_si512(table + part % part_count * 8);
  }
  size_t row = 0;
  for (; row + 64 <= count; row += 64) {
    uint64_t bits = 0;
    for (size_t half = 0; half < 64; half += 32) {
      __m512i value = _mm512_loadu_si512(codes + row + half);
      __m512i place = _mm512_srli_epi16(value, 4);
      __m512i rows = _mm512_permutex2var_epi16(parts[0], place, parts[1]);
      if (part_count == 4) {
        __m512i upper = _mm512_permutex2var_epi16(parts[2], place, parts[3]);
        __mmask32 is_upper = _mm512_test_epi16_mask(value, _mm512_set1_epi16(1024));
        rows = _mm512_mask_blend_epi16(is_upper, rows, upper);
      }
      bits |= (uint64_t)member_bits16(value, rows) << half;
    }
    words[row >> 6] = bits;
  }
  member16_rows(codes, table, entries, row, count, words);
}

// MARK: Chosen rows
//
// Compressing happens in a register and the whole register is stored: a compressing store to memory
// is far slower on Zen 4.

static size_t compress8(const void *codes, const uint64_t *words, size_t count, void *result) {
  const uint8_t *typed = codes;
  uint8_t *target = result;
  for (size_t row = 0; row < count; row += 64) {
    uint64_t bits = words[row >> 6];
    __m512i value = _mm512_maskz_loadu_epi8(bits, typed + row);
    _mm512_storeu_si512(target, _mm512_maskz_compress_epi8(bits, value));
    target += __builtin_popcountll(bits);
  }
  return (size_t)(target - (uint8_t *)result);
}

static size_t compress16(const void *codes, const uint64_t *words, size_t count, void *result) {
  const uint16_t *typed = codes;
  uint16_t *target = result;
  for (size_t row = 0; row < count; row += 64) {
    for (size_t half = 0; half < 64; half += 32) {
      uint32_t bits = (uint32_t)(words[row >> 6] >> half);
      __m512i value = _mm512_maskz_loadu_epi16(bits, typed + row + half);
      _mm512_storeu_si512(target, _mm512_maskz_compress_epi16(bits, value));
      target += __builtin_popcount(bits);
    }
  }
  return (size_t)(target - (uint16_t *)result);
}

static size_t compress32(const void *codes, const uint64_t *words, size_t count, void *result) {
  const uint32_t *typed = codes;
  uint32_t *target = result;
  for (size_t row = 0; row < count; row += 64) {
    for (size_t part = 0; part < 64; part += 16) {
      __mmask16 bits = (__mmask16)(words[row >> 6] >> part);
      __m512i value = _mm512_maskz_loadu_epi32(bits, typed + row + part);
      _mm512_storeu_si512(target, _mm512_maskz_compress_epi32(bits, value));
      target += __builtin_popcount(bits);
    }
  }
  return (size_t)(target - (uint32_t *)result);
}

static size_t compress64(const void *codes, const uint64_t *words, size_t count, void *result) {
  const uint64_t *typed = codes;
  uint64_t *target = result;
  for (size_t row = 0; row < count; row += 64) {
    for (size_t part = 0; part < 64; part += 8) {
      __mmask8 bits = (__mmask8)(words[row >> 6] >> part);
      __m512i value = _mm512_maskz_loadu_epi64(bits, typed + row + part);
      _mm512_storeu_si512(target, _mm512_maskz_compress_epi64(bits, value));
      target += __builtin_popcount(bits);
    }
  }
  return (size_t)(target - (uint64_t *)result);
}

static uint64_t sum8(const void *codes, const uint64_t *words, size_t count) {
  const uint8_t *typed = codes;
  if (words == NULL) return sum_all8(typed, count);
  __m512i sums = _mm512_setzero_si512();
  for (size_t row = 0; row < count; row += 64) {
    __m512i value = _mm512_maskz_loadu_epi8(words[row >> 6], typed + row);
    sums = _mm512_add_epi64(sums, _mm512_sad_epu8(value, _mm512_setzero_si512()));
  }
  return (uint64_t)_mm512_reduce_add_epi64(sums);
}

static uint64_t sum16(const void *codes, const uint64_t *words, size_t count) {
  const uint16_t *typed = codes;
  if (words == NULL) return sum_all16(typed, count);
  // 65,536 rows are 2,048 registers, and 4,096 codes of 16 bits fit 32 bits.
  __m512i sums = _mm512_setzero_si512();
  __m512i lower = _mm512_set1_epi32(0xFFFF);
  for (size_t row = 0; row < count; row += 64) {
    for (size_t half = 0; half < 64; half += 32) {
      __mmask32 bits = (__mmask32)(words[row >> 6] >> half);
      __m512i value = _mm512_maskz_loadu_epi16(bits, typed + row + half);
      sums = _mm512_add_epi32(sums, _mm512_and_si512(value, lower));
      sums = _mm512_add_epi32(sums, _mm512_srli_epi32(value, 16));
    }
  }
  __m512i first = _mm512_cvtepu32_epi64(_mm512_castsi512_si256(sums));
  __m512i second = _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64(sums, 1));
  return (uint64_t)_mm512_reduce_add_epi64(_mm512_add_epi64(first, second));
}

static uint64_t sum32(const void *codes, const uint64_t *words, size_t count) {
  const uint32_t *typed = codes;
  if (words == NULL) return sum_all32(typed, count);
  __m512i sums = _mm512_setzero_si512();
  for (size_t row = 0; row < count; row += 64) {
    for (size_t part = 0; part < 64; part += 8) {
      __mmask8 bits = (__mmask8)(words[row >> 6] >> part);
      __m256i value = _mm256_maskz_loadu_epi32(bits, typed + row + part);
      sums = _mm512_add_epi64(sums, _mm512_cvtepu32_epi64(value));
    }
  }
  return (uint64_t)_mm512_reduce_add_epi64(sums);
}

// MARK: Packed sums and slots

static inline __m512i load8(const uint8_t *codes) {
  return _mm512_cvtepu8_epi64(_mm_loadl_epi64((const __m128i *)codes));
}

static inline __m512i load16(const uint16_t *codes) {
  return _mm512_cvtepu16_epi64(_mm_loadu_si128((const __m128i *)codes));
}

static inline __m512i load32(const uint32_t *codes) {
  return _mm512_cvtepu32_epi64(_mm256_loadu_si256((const __m256i *)codes));
}

static inline __m512i load64(const uint64_t *codes) { return _mm512_loadu_si512(codes); }

static inline __m512i slot_load8(const uint8_t *codes) {
  return _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)codes));
}

static inline __m512i slot_load16(const uint16_t *codes) {
  return _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)codes));
}

static inline __m512i slot_load32(const uint32_t *codes) { return _mm512_loadu_si512(codes); }

static inline __m512i slot_load64(const uint64_t *codes) {
  __m256i lower = _mm512_cvtepi64_epi32(_mm512_loadu_si512(codes));
  __m256i upper = _mm512_cvtepi64_epi32(_mm512_loadu_si512(codes + 8));
  return _mm512_inserti64x4(_mm512_castsi256_si512(lower), upper, 1);
}

#define CHOSEN(BITS, CODE) \
  static inline void add_codes##BITS(const CODE *codes, __m512i factor, __m512i sums[8]) { \
    for (size_t part = 0; part < 8; part++) { \
      __m512i value = _mm512_mullo_epi64(load##BITS(codes + part * 8), factor); \
      sums[part] = _mm512_add_epi64(sums[part], value); \
    } \
  } \
  static inline void add_some##BITS(const CODE *codes, __m512i factor, uint64_t bits, \
                                    __m512i sums[8]) { \
    for (size_t part = 0; part < 8; part++) { \
      __m512i value = _mm512_mullo_epi64(load##BITS(codes + part * 8), factor); \
      sums[part] = _mm512_mask_add_epi64(sums[part], (__mmask8)(bits >> (part * 8)), sums[part], \
                                         value); \
    } \
  } \
  static void slots##BITS(const void *codes, uint32_t multiplier, uint32_t offset, \
                          const uint64_t *words, size_t count, uint32_t *slots) { \
    const CODE *typed = codes; \
    if (words == NULL) { \
      slots_all##BITS(typed, multiplier, offset, count, slots); \
      return; \
    } \
    __m512i factor = _mm512_set1_epi32((int)multiplier); \
    __m512i start = _mm512_set1_epi32((int)offset); \
    size_t row = 0; \
    for (; row + 16 <= count; row += 16) { \
      __mmask16 bits = (__mmask16)(words[row >> 6] >> (row & 63)); \
      __m512i value = _mm512_mullo_epi32(slot_load##BITS(typed + row), factor); \
      _mm512_storeu_si512(slots + row, _mm512_maskz_add_epi32(bits, value, start)); \
    } \
    for (; row < count; row++) { \
      uint32_t mask = 0 - (uint32_t)word_bit(words, row); \
      slots[row] = (offset + multiplier * (uint32_t)typed[row]) & mask; \
    } \
  }
MANDI_EACH_WIDTH(CHOSEN)

// Bytes by which codes are fetched ahead; addresses past the codes are no harm.
#define PREFETCH_DISTANCE 512

// The sums of 64 rows stay in registers while one term after another is added.
static void pack(const mandi_term *terms, size_t term_count, const uint64_t *masks, uint64_t start,
                 size_t first, size_t count, uint64_t *sums) {
  size_t row = 0;
  for (; row + 64 <= count; row += 64) {
    __m512i words[8];
    for (size_t part = 0; part < 8; part++) words[part] = _mm512_set1_epi64((long long)start);
    for (const mandi_term *term = terms; term < terms + term_count; term++) {
      __m512i factor = _mm512_set1_epi64((long long)term->multiplier);
      const char *codes = (const char *)term->codes + (first + row) * (size_t)term->width;
      // The processor's own prefetching stops at each page of memory.
      for (int32_t line = 0; line < term->width; line++) {
        _mm_prefetch(codes + PREFETCH_DISTANCE + line * 64, _MM_HINT_T0);
      }
      if (term->mask < 0) {
        switch (term->width) {
        case 1: add_codes8((const uint8_t *)codes, factor, words); break;
        case 2: add_codes16((const uint16_t *)codes, factor, words); break;
        case 4: add_codes32((const uint32_t *)codes, factor, words); break;
        case 8: add_codes64((const uint64_t *)codes, factor, words); break;
        }
        continue;
      }
      uint64_t bits = masks[term->mask * (MANDI_PACK_ROWS / 64) + (row >> 6)];
      switch (term->width) {
      case 0:
        for (size_t part = 0; part < 8; part++) {
          words[part] = _mm512_mask_add_epi64(words[part], (__mmask8)(bits >> (part * 8)),
                                              words[part], factor);
        }
        break;
      case 1: add_some8((const uint8_t *)codes, factor, bits, words); break;
      case 2: add_some16((const uint16_t *)codes, factor, bits, words); break;
      case 4: add_some32((const uint32_t *)codes, factor, bits, words); break;
      default: add_some64((const uint64_t *)codes, factor, bits, words); break;
      }
    }
    for (size_t part = 0; part < 8; part++) _mm512_storeu_si512(sums + row + part * 8, words[part]);
  }
  pack_rows(terms, term_count, masks, start, first, row, count, sums);
}

static void mask_slots(const uint32_t *slots, const uint64_t *words, size_t count,
                       uint32_t *result) {
  size_t row = 0;
  for (; row + 16 <= count; row += 16) {
    __mmask16 bits = (__mmask16)(words[row >> 6] >> (row & 63));
    _mm512_storeu_si512(result + row, _mm512_maskz_loadu_epi32(bits, slots + row));
  }
  for (; row < count; row++) result[row] = slots[row] & (0 - (uint32_t)word_bit(words, row));
}

// MARK: Marks

static size_t marks(const uint8_t *bytes, size_t count, uint8_t one, uint8_t other, uint32_t base,
                    uint32_t *places, uint8_t *seen) {
  const __m512i first = _mm512_set1_epi8((char)one), second = _mm512_set1_epi8((char)other);
  const __m512i limit = _mm512_set1_epi8(16);
  const __m512i numbers = _mm512_set_epi8(
      63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41,
      40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18,
      17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  __m512i all = _mm512_setzero_si512();
  size_t found = 0;
  for (size_t start = 0; start < count; start += 64) {
    uint64_t inside = count - start >= 64 ? UINT64_MAX : ((uint64_t)1 << (count - start)) - 1;
    __m512i value = _mm512_maskz_loadu_epi8(inside, bytes + start);
    all = _mm512_or_si512(all, value);
    uint64_t bits = _mm512_cmpeq_epi8_mask(value, first) | _mm512_cmpeq_epi8_mask(value, second) |
                    _mm512_cmplt_epu8_mask(value, limit);
    bits &= inside;
    size_t bit_count = (size_t)__builtin_popcountll(bits);
    __m512i chosen = _mm512_maskz_compress_epi8(bits, numbers);
    __m512i from = _mm512_set1_epi32((int)(base + (uint32_t)start));
    __m128i part = _mm512_castsi512_si128(chosen);
    _mm512_storeu_si512(places + found, _mm512_add_epi32(_mm512_cvtepu8_epi32(part), from));
    if (bit_count > 16) {
      part = _mm512_extracti32x4_epi32(chosen, 1);
      _mm512_storeu_si512(places + found + 16, _mm512_add_epi32(_mm512_cvtepu8_epi32(part), from));
      part = _mm512_extracti32x4_epi32(chosen, 2);
      _mm512_storeu_si512(places + found + 32, _mm512_add_epi32(_mm512_cvtepu8_epi32(part), from));
      part = _mm512_extracti32x4_epi32(chosen, 3);
      _mm512_storeu_si512(places + found + 48, _mm512_add_epi32(_mm512_cvtepu8_epi32(part), from));
    }
    found += bit_count;
  }
  *seen = _mm512_movepi8_mask(all) == 0 ? 0x7F : 0xFF;
  return found;
}

#pragma clang attribute pop

const mandi_table mandi_avx512_table = {
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
