// Vector kernels for processors that have more than the package's baseline.
//
// Every function takes the level at which it runs as its first argument; it must be one that
// `mandi_level_is_supported` has named, and not `MANDI_PORTABLE`: at that level the callers run
// their own loops, which are the reference for these. Nothing here keeps state.
//
// Widths are the bytes of a code: 1, 2, 4 or 8. Bitmaps have one bit a row, bit 0 of word 0 first.
// Bits past the last row are written as zero, and must be zero where they are read.

#ifndef MANDI_KERNELS_H
#define MANDI_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MANDI_PORTABLE 0
#define MANDI_AVX2 1
#define MANDI_AVX512 2

// Tells whether this processor runs a level.
bool mandi_level_is_supported(int32_t level);

// The value of the environment's MANDI_KERNELS, or null.
const char *mandi_wanted_level(void);

// Sets the bits of rows with `code - low <= span`, unsigned and wrapping in the width.
void mandi_range(int32_t level, const void *codes, int32_t width, uint64_t low, uint64_t span,
                 size_t count, uint64_t *words);

// Sets the bits of rows whose byte's flag (0 or 1, 256 of them) is 1.
void mandi_member8(int32_t level, const uint8_t *codes, const uint8_t *flags, size_t count,
                   uint64_t *words);

// Sets the bits of rows whose code's bit is set in a table of 512, 1,024 or 2,048 bits; a code
// beyond the table counts by its remainder.
void mandi_member16(int32_t level, const uint16_t *codes, const uint64_t *table, size_t entries,
                    size_t count, uint64_t *words);

// Counts the set bits.
size_t mandi_count(int32_t level, const uint64_t *words, size_t word_count);

// Writes the codes of rows whose bits are set side by side and returns how many they are. Up to 64
// bytes after the last one may be written.
size_t mandi_compress(int32_t level, const void *codes, int32_t width, const uint64_t *words,
                      size_t count, void *result);

// Adds up codes of 1, 2 or 4 bytes of at most 65,536 rows; `words` may be null for all rows.
uint64_t mandi_sum(int32_t level, const void *codes, int32_t width, const uint64_t *words,
                   size_t count);

// Rows that are packed at once, at most.
#define MANDI_PACK_ROWS 2048

// What one column adds to the words of rows.
typedef struct {
  // The codes of the strip; without a width, null, and the multiplier is added itself.
  const void *codes;
  uint64_t multiplier;
  int32_t width;
  // The number of the rows' bitmap, or less than 0 for all rows.
  int32_t mask;
} mandi_term;

// Writes `start` plus the terms' `multiplier * code`, wrapping, for `count` rows of the strip from
// `first` on. Bitmaps have MANDI_PACK_ROWS / 64 words each and begin with the first of these rows.
void mandi_pack(int32_t level, const mandi_term *terms, size_t term_count, const uint64_t *masks,
                uint64_t start, size_t first, size_t count, uint64_t *sums);

// Writes `offset + multiplier * code`, wrapping, or 0 where the row's bit is clear; `words` may be
// null for all rows.
void mandi_slots(int32_t level, const void *codes, int32_t width, uint32_t multiplier,
                 uint32_t offset, const uint64_t *words, size_t count, uint32_t *slots);

// Adds `offset + multiplier * code`, wrapping.
void mandi_add_slots(int32_t level, const void *codes, int32_t width, uint32_t multiplier,
                     uint32_t offset, size_t count, uint32_t *slots);

// Copies slots, or writes 0 where the row's bit is clear.
void mandi_mask_slots(int32_t level, const uint32_t *slots, const uint64_t *words, size_t count,
                      uint32_t *result);

// Writes where bytes are that equal one of two or are below 16, each place plus `base`, and returns
// how many they are; up to 64 places after the last one may be written. `seen` gets a
// byte below 128 where all bytes are. 64 bytes past `count` must be readable.
size_t mandi_marks(int32_t level, const uint8_t *bytes, size_t count, uint8_t one, uint8_t other,
                   uint32_t base, uint32_t *places, uint8_t *seen);

// Lets the allocator give blocks from that size on, at most 32 MiB, pages of their own, which go back
// to the system when they are freed. It holds for the whole process.
void mandi_keep_memory_below(size_t byte_count);

// Gives back to the system what the allocator holds free.
void mandi_return_memory(void);

// Returns a mask as it is, and hides from the compiler where it comes from: what it decides stays
// arithmetic, where a branch would often be guessed wrong.
static inline uint32_t mandi_hidden(uint32_t mask) {
  __asm__("" : "+r"(mask));
  return mask;
}

#endif
