#!/usr/bin/env bash
# Fails where code outside the vector kernels has AVX instructions: it would end on an older processor.
#
#   scripts/check-opcodes.sh [FOLDER]     a build's folder with object files; default .build/debug
set -euo pipefail
cd "$(dirname "$0")/.."

folder=${1:-.build/debug}
if [ "$(uname -m)" != x86_64 ]; then
  echo "check-opcodes: nothing to look at on $(uname -m)"
  exit 0
fi
rooms=(CMandiKernels ColumnStore Commerce QueryLang Ingest Export SampleShop Server mandi)
count=0
failed=0
for room in "${rooms[@]}"; do
  [ -d "$folder/$room.build" ] || continue
  while IFS= read -r object; do
    case $object in
    */CMandiKernels.build/avx2.c.o | */CMandiKernels.build/avx512.c.o) continue ;;
    esac
    count=$((count + 1))
    # With registers of AVX, or in its encoding, whose names begin with v.
    found=$(objdump -d --no-show-raw-insn "$object" |
      awk '/%[yz]mm|%k[0-7]|\tv[a-z0-9]+ .*%xmm/ && n++ < 3')
    if [ -n "$found" ]; then
      echo "$object has AVX instructions outside the kernels:"
      echo "$found"
      failed=1
    fi
  done < <(find "$folder/$room.build" -name '*.o')
done
if [ "$count" = 0 ]; then
  echo "check-opcodes: no object files in $folder"
  exit 1
fi
kernels="$folder/CMandiKernels.build/avx512.c.o"
if [ "$(objdump -d "$kernels" | grep -c '%zmm' || true)" = 0 ]; then
  echo "$kernels has no AVX-512 instructions: this check would see nothing"
  exit 1
fi
[ "$failed" = 0 ] && echo "check-opcodes: $count object files are free of AVX instructions"
exit "$failed"
