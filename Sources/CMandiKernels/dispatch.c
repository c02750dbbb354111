// Which levels this processor has, and the way from a level to its functions.

#include "kernels.h"

#include <stdlib.h>

#if defined(__x86_64__)

static const mandi_table *table(int32_t level) {
  return level == MANDI_AVX512 ? &mandi_avx512_table : &mandi_avx2_table;
}

bool mandi_level_is_supported(int32_t level) {
  __builtin_cpu_init();
  switch (level) {
  case MANDI_PORTABLE:
    return true;
  case MANDI_AVX2:
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
  case MANDI_AVX512:
    return mandi_level_is_supported(MANDI_AVX2) && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vbmi") &&
           __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("avx512vpopcntdq");
  default:
    return false;
  }
}

#else

// No level but the portable one: the callers never come here.
static const mandi_table no_table;

static const mandi_table *table(int32_t level) {
  (void)level;
  return &no_table;
}

bool mandi_level_is_supported(int32_t level) { return level == MANDI_PORTABLE; }

#endif

const char *mandi_wanted_level(void) { return getenv("MANDI_KERNELS"); }

static int place(int32_t width) { return width == 1 ? 0 : width == 2 ? 1 : width == 4 ? 2 : 3; }

void mandi_range(int32_t level, const void *codes, int32_t width, uint64_t low, uint64_t span,
                 size_t count, uint64_t *words) {
  table(level)->range[place(width)](codes, low, span, count, words);
}

void mandi_member8(int32_t level, const uint8_t *codes, const uint8_t *flags, size_t count,
                   uint64_t *words) {
  table(level)->member8(codes, flags, count, words);
}

void mandi_member16(int32_t level, const uint16_t *codes, const uint64_t *entries_table,
                    size_t entries, size_t count, uint64_t *words) {
  table(level)->member16(codes, entries_table, entries, count, words);
}

size_t mandi_count(int32_t level, const uint64_t *words, size_t word_count) {
  return table(level)->count(words, word_count);
}

size_t mandi_compress(int32_t level, const void *codes, int32_t width, const uint64_t *words,
                      size_t count, void *result) {
  return table(level)->compress[place(width)](codes, words, count, result);
}

uint64_t mandi_sum(int32_t level, const void *codes, int32_t width, const uint64_t *words,
                   size_t count) {
  return table(level)->sum[place(width)](codes, words, count);
}

void mandi_pack(int32_t level, const mandi_term *terms, size_t term_count, const uint64_t *masks,
                uint64_t start, size_t first, size_t count, uint64_t *sums) {
  table(level)->pack(terms, term_count, masks, start, first, count, sums);
}

void mandi_slots(int32_t level, const void *codes, int32_t width, uint32_t multiplier,
                 uint32_t offset, const uint64_t *words, size_t count, uint32_t *slots) {
  table(level)->slots[place(width)](codes, multiplier, offset, words, count, slots);
}

void mandi_add_slots(int32_t level, const void *codes, int32_t width, uint32_t multiplier,
                     uint32_t offset, size_t count, uint32_t *slots) {
  table(level)->add_slots[place(width)](codes, multiplier, offset, count, slots);
}

void mandi_mask_slots(int32_t level, const uint32_t *slots, const uint64_t *words, size_t count,
                      uint32_t *result) {
  table(level)->mask_slots(slots, words, count, result);
}

size_t mandi_marks(int32_t level, const uint8_t *bytes, size_t count, uint8_t one, uint8_t other,
                   uint32_t base, uint32_t *places, uint8_t *seen) {
  return table(level)->marks(bytes, count, one, other, base, places, seen);
}
