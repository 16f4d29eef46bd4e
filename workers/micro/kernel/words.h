// Blocks of which four rows have been put together word by word: a vector holds the same four bytes of each of the four
// rows, a lane a row; halves that are left over at a block's end follow as four halves each. Nothing takes more room than
// in the file.
#pragma once
#include <stdint.h>

// The lane of a row that has been left as it is in the file.
#define LOOSE -1

// Byte `k` of one row's block, which has so many whole words.
static inline uint8_t byte_in(const uint8_t *block, int lane, int words, int k) {
  if (lane == LOOSE) return block[k];
  if (k < 4 * words) return block[(k & ~3) * 4 + lane * 4 + (k & 3)];
  return block[16 * words + (k - 4 * words) / 2 * 8 + lane * 2 + (k & 1)];
}

// Puts a matrix into that order where it lies. `room` takes four rows.
static inline void weave(uint8_t *matrix, uint8_t *room, int rows, int blocks, int bytes) {
  const int words = bytes / 4, halves = bytes % 4 / 2;
  for (int row = 0; row + 4 <= rows; row += 4) {
    for (int i = 0; i < 4 * blocks * bytes; i++) room[i] = matrix[i];
    for (int block = 0; block < blocks; block++, matrix += 4 * bytes) {
      for (int r = 0; r < 4; r++) {
        const uint8_t *from = room + (r * blocks + block) * bytes;
        for (int k = 0; k < 4 * words; k++) matrix[(k & ~3) * 4 + r * 4 + (k & 3)] = from[k];
        for (int k = 0; k < 2 * halves; k++) matrix[16 * words + k / 2 * 8 + r * 2 + (k & 1)] = from[4 * words + k];
      }
    }
  }
}
