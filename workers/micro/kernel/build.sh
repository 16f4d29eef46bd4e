#!/bin/sh
# Builds kernel.wasm from the C beside it with Debian 12's clang 19 and lld 19 (apt-get install clang-19 lld-19); older ones
# know no relaxed dot products.
# The checked-in binary is this build; the test compares its sha256 with the line below.
# sha256 f0c935ebac6a738037ba0dc971f47165e328c03eb4fcea636551bf436539485c
set -eu
cd "$(dirname "$0")"
clang-19 --target=wasm32 -std=c17 -O3 -msimd128 -mrelaxed-simd -fno-builtin -ffreestanding -nostdlib -Wall -Wextra \
  -Wl,--no-entry -Wl,--import-memory -Wl,--stack-first -Wl,-z,stack-size=16384 -Wl,--export=__heap_base -Wl,--strip-all \
  -o kernel.wasm quantized.c repack.c fives.c large.c floating.c attention.c pointwise.c
sum=$(sha256sum kernel.wasm | cut -d' ' -f1)
sed -i "s/^# sha256 .*/# sha256 $sum/" build.sh
sed -i "s/\(KERNEL_BUILD = '[0-9]*-\)[0-9a-f]*/\1$(echo "$sum" | cut -c1-12)/" build.ts
echo "kernel.wasm $(wc -c <kernel.wasm) bytes, sha256 $sum"
