#!/bin/sh
# Builds kernel.wasm from the C beside it with Debian 12's clang 14 and lld 14 (apt-get install clang lld).
# The checked-in binary is this build; the test compares its sha256 with the line below.
# sha256 3f884943b36502945be4a19ddb2a76c5027194b5d728f3fb88fe1677463f1242
set -eu
cd "$(dirname "$0")"
clang --target=wasm32 -std=c17 -O3 -msimd128 -fno-builtin -ffreestanding -nostdlib -Wall -Wextra \
  -Wl,--no-entry -Wl,--import-memory -Wl,--stack-first -Wl,-z,stack-size=16384 -Wl,--export=__heap_base -Wl,--strip-all \
  -o kernel.wasm quantized.c floating.c attention.c pointwise.c
sum=$(sha256sum kernel.wasm | cut -d' ' -f1)
sed -i "s/^# sha256 .*/# sha256 $sum/" build.sh
echo "kernel.wasm $(wc -c <kernel.wasm) bytes, sha256 $sum"
