// The tokenizer as the Worker opens it, for tests in Node.
import { readFileSync } from 'node:fs'
import { openTokenizer, type Tokenizer } from '../../shared/tokens.ts'
import { unpack } from '../../workers/vocabulary/unpack.ts'

export const packed = (): ArrayBuffer => {
  const file = readFileSync(new URL('../../workers/vocabulary/o200k.bin', import.meta.url))
  return new Uint8Array(file).buffer
}

export const tokenizer: Tokenizer = openTokenizer(async () => unpack(packed()))
