#!/bin/sh
# Builds kernel.wasm from the C beside it with Debian 12's clang 14 and lld 14 (apt-get install clang lld).
# The checked-in binary is this build; the test compares its sha256 with the line below.
# sha256 d17f72f7568ce8bd0a04b8175b5ae3a487a90f06181a408bd9fac670b95e1512
set -eu
cd "$(dirname "$0")"
clang --target=wasm32 -std=c17 -O3 -msimd128 -fno-builtin -ffreestanding -nostdlib -Wall -Wextra \
  -Wl,--no-entry -Wl,--import-memory -Wl,--stack-first -Wl,-z,stack-size=16384 -Wl,--export=__heap_base -Wl,--strip-all \
  -o kernel.wasm quantized.c floating.c attention.c pointwise.c
sum=$(sha256sum kernel.wasm | cut -d' ' -f1)
sed -i "s/^# sha256 .*/# sha256 $sum/" build.sh
sed -i "s/\(KERNEL_BUILD = '[0-9]*-\)[0-9a-f]*/\1$(echo "$sum" | cut -c1-12)/" build.ts
echo "kernel.wasm $(wc -c <kernel.wasm) bytes, sha256 $sum"
