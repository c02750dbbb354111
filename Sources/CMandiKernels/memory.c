// Where the memory for large blocks comes from, which Swift's view of the C library leaves out.

#include "CMandiKernels.h"

#if defined(__GLIBC__)

#include <malloc.h>

// Free memory at the end of a pool from which on it goes back: enough that it is not taken anew again
// and again.
#define FREE_BYTES (64 << 20)

void mandi_keep_memory_below(size_t byte_count) {
  mallopt(M_MMAP_THRESHOLD, (int)byte_count);
  mallopt(M_TRIM_THRESHOLD, FREE_BYTES);
}

void mandi_return_memory(void) { malloc_trim(0); }

#else

void mandi_keep_memory_below(size_t byte_count) { (void)byte_count; }

void mandi_return_memory(void) {}

#endif
