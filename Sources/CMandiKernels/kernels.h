// The one table of function pointers; each level fills one.

#ifndef MANDI_KERNELS_TABLE_H
#define MANDI_KERNELS_TABLE_H

#include "CMandiKernels.h"

// Indices of the widths 1, 2, 4 and 8.
#define MANDI_WIDTHS 4

typedef struct {
  void (*range[MANDI_WIDTHS])(const void *codes, uint64_t low, uint64_t span, size_t count,
                              uint64_t *words);
  void (*member8)(const uint8_t *codes, const uint8_t *flags, size_t count, uint64_t *words);
  void (*member16)(const uint16_t *codes, const uint64_t *table, size_t entries, size_t count,
                   uint64_t *words);
  size_t (*count)(const uint64_t *words, size_t word_count);
  size_t (*compress[MANDI_WIDTHS])(const void *codes, const uint64_t *words, size_t count,
                                   void *result);
  uint64_t (*sum[MANDI_WIDTHS])(const void *codes, const uint64_t *words, size_t count);
  void (*pack)(const mandi_term *terms, size_t term_count, const uint64_t *masks, uint64_t start,
               size_t first, size_t count, uint64_t *sums);
  void (*slots[MANDI_WIDTHS])(const void *codes, uint32_t multiplier, uint32_t offset,
                              const uint64_t *words, size_t count, uint32_t *slots);
  void (*add_slots[MANDI_WIDTHS])(const void *codes, uint32_t multiplier, uint32_t offset,
                                  size_t count, uint32_t *slots);
  void (*mask_slots)(const uint32_t *slots, const uint64_t *words, size_t count,
                     uint32_t *result);
  size_t (*marks)(const uint8_t *bytes, size_t count, uint8_t one, uint8_t other, uint32_t base,
                  uint32_t *places, uint8_t *seen);
} mandi_table;

#if defined(__x86_64__)
extern const mandi_table mandi_avx2_table;
extern const mandi_table mandi_avx512_table;
#endif

#endif
