// The tokens of a model file: their bytes, how text is made of them, and which of them are special. Pure.
import { BYTE_CHARACTERS, tokenBytes } from './bytes.ts'
import { ModelFileError, type Gguf } from './gguf.ts'
import { readFlag, readNumber, readNumbers, readText, readTexts } from './metadata.ts'
import { SPACE } from './scored.ts'

export interface Special {
  readonly id: number
  readonly text: string
  /** Control tokens are never made from a user's text; a token the user may write is made from any text. */
  readonly isControl: boolean
}

export interface Merge {
  readonly rank: number
  readonly id: number
}

/** Byte-level BPE, which files call gpt2. */
export interface BytePairs {
  readonly kind: 'byte pairs'
  readonly preTokenizer: string
  readonly ids: ReadonlyMap<string, number>
  /** The id of the token for each single byte. */
  readonly byteIds: readonly number[]
  /** Keyed by left id * size + right id. */
  readonly merges: ReadonlyMap<number, Merge>
  /** A piece that is a token as a whole needs no merges to become it. */
  readonly ignoreMerges: boolean
}

/** SentencePiece, which files call llama. */
export interface ScoredPieces {
  readonly kind: 'scored pieces'
  /** Of pieces that text may become; no control token is among them, whatever a text says. */
  readonly ids: ReadonlyMap<string, number>
  readonly scores: readonly number[]
  /** The ids of tokens for single bytes, as far as there are any. */
  readonly byteIds: readonly (number | undefined)[]
  readonly unknown: number
  /** Whether text begins with a space of its own, as pieces that begin a word do; an answer then begins with one too. */
  readonly addsSpace: boolean
}

export interface Vocabulary {
  readonly size: number
  readonly pieces: BytePairs | ScoredPieces
  /**
   * What a token stands for: nothing for control tokens and for what is no token. Made when asked, since an array for
   * each token of a large vocabulary would take 10 MB.
   */
  bytesOf(id: number): Uint8Array
  /** Bytes of the longest token. */
  readonly longest: number
  /** Longest first, the order in which llama.cpp looks for them. */
  readonly specials: readonly Special[]
  /** Tokens that end an answer. */
  readonly ends: ReadonlySet<number>
  /** Put in front of every prompt, where the file asks for it. */
  readonly begin: number | undefined
  readonly beginText: string
  readonly endText: string
}

const TYPE_UNKNOWN = 2
const TYPE_CONTROL = 3
const TYPE_USER_DEFINED = 4
const TYPE_BYTE = 6

/** Names that end an answer whatever the file says, as in llama.cpp. */
const END_NAMES = new Set([
  '<|im_end|>',
  '<|eot_id|>',
  '<|eom_id|>',
  '<|end|>',
  '<|endoftext|>',
  '<|end_of_text|>',
  '</s>',
  '<end_of_turn>',
  '<EOT>',
  '<|EOT|>',
])

/** Pre-tokenizers that are Llama 3's. */
const LLAMA_BPE = new Set(['llama-bpe', 'llama3', 'llama-v3'])

const utf8 = new TextEncoder()

function readMerges(file: Gguf, ids: ReadonlyMap<string, number>, size: number): Map<number, Merge> {
  const merges = new Map<number, Merge>()
  readTexts(file, 'tokenizer.ggml.merges').forEach((line, rank) => {
    const space = line.indexOf(' ', 1)
    const left = ids.get(line.slice(0, space))
    const right = ids.get(line.slice(space + 1))
    const id = ids.get(line.slice(0, space) + line.slice(space + 1))
    if (space < 0 || left === undefined || right === undefined || id === undefined) {
      throw new ModelFileError(`Merge ${rank} ("${line}") uses a token that is not in the vocabulary.`)
    }
    const key = left * size + right
    if (!merges.has(key)) merges.set(key, { rank, id })
  })
  return merges
}

function readBytePairs(file: Gguf, texts: readonly string[]): BytePairs {
  const ids = new Map<string, number>()
  texts.forEach((text, id) => ids.set(text, id))
  const byteIds = BYTE_CHARACTERS.map((character, byte) => {
    const id = ids.get(character)
    if (id === undefined) throw new ModelFileError(`The vocabulary has no token for byte ${byte}.`)
    return id
  })
  const preTokenizer = readText(file, 'tokenizer.ggml.pre', 'default')
  const ignoreMerges = LLAMA_BPE.has(preTokenizer)
  const merges = readMerges(file, ids, texts.length)
  return { kind: 'byte pairs', preTokenizer, ids, byteIds, merges, ignoreMerges }
}

const byteName = (byte: number): string => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`

function readScoredPieces(file: Gguf, texts: readonly string[], types: readonly number[]): ScoredPieces {
  const scores = readNumbers(file, 'tokenizer.ggml.scores')
  if (scores.length !== texts.length)
    throw new ModelFileError(`The file has ${texts.length} tokens but ${scores.length} scores.`)
  const ids = new Map<string, number>()
  texts.forEach((text, id) => {
    if (types[id] !== TYPE_CONTROL && types[id] !== TYPE_UNKNOWN) ids.set(text, id)
  })
  return {
    kind: 'scored pieces',
    ids,
    scores,
    byteIds: Array.from(
      { length: 256 },
      (_, byte) => ids.get(byteName(byte)) ?? (byte < 128 ? ids.get(String.fromCharCode(byte)) : undefined),
    ),
    unknown: readNumber(file, 'tokenizer.ggml.unknown_token_id', 0),
    addsSpace: readFlag(file, 'tokenizer.ggml.add_space_prefix', true),
  }
}

function readPieces(
  file: Gguf,
  texts: readonly string[],
  types: readonly number[],
): BytePairs | ScoredPieces {
  const kind = readText(file, 'tokenizer.ggml.model')
  if (kind === 'gpt2') return readBytePairs(file, texts)
  if (kind === 'llama') return readScoredPieces(file, texts, types)
  throw new ModelFileError(
    `The tokenizer is of kind ${kind}; micro runs byte-level BPE, which files call gpt2, and SentencePiece, which they call llama.`,
  )
}

export function readVocabulary(file: Gguf): Vocabulary {
  const texts = readTexts(file, 'tokenizer.ggml.tokens')
  const types = readNumbers(file, 'tokenizer.ggml.token_type')
  const size = texts.length
  if (types.length !== size)
    throw new ModelFileError(`The file has ${size} tokens but ${types.length} token types.`)
  const pieces = readPieces(file, texts, types)
  const isScored = pieces.kind === 'scored pieces'

  const specials: Special[] = []
  const ends = new Set<number>()
  texts.forEach((text, id) => {
    const type = types[id]
    if (text === '' || (type !== TYPE_CONTROL && type !== TYPE_UNKNOWN && type !== TYPE_USER_DEFINED)) return
    specials.push({ id, text, isControl: type !== TYPE_USER_DEFINED })
    if (END_NAMES.has(text)) ends.add(id)
  })
  specials.sort((a, b) => b.text.length - a.text.length)

  const knownId = (key: string, fallback?: number): number | undefined => {
    const id = file.metadata.has(key) ? readNumber(file, key) : fallback
    if (id !== undefined && !(id in texts))
      throw new ModelFileError(`Metadata ${key} is ${id}, which is no token of ${size}.`)
    return id
  }
  for (const key of [
    'tokenizer.ggml.eos_token_id',
    'tokenizer.ggml.eot_token_id',
    'tokenizer.ggml.eom_token_id',
  ]) {
    const id = knownId(key)
    if (id !== undefined) ends.add(id)
  }
  // What llama.cpp takes for granted of SentencePiece.
  const begin = knownId('tokenizer.ggml.bos_token_id', isScored ? 1 : undefined)
  const end = knownId('tokenizer.ggml.eos_token_id', isScored ? 2 : undefined)
  if (end !== undefined) ends.add(end)
  const beginsByItself = isScored || pieces.ignoreMerges

  const bytesOf = (id: number): Uint8Array => {
    const text = texts[id]
    const type = types[id]
    if (text === undefined || type === TYPE_CONTROL) return new Uint8Array()
    if (type === TYPE_USER_DEFINED) return utf8.encode(text)
    if (!isScored) return tokenBytes(text)
    if (type === TYPE_UNKNOWN) return new Uint8Array()
    if (type === TYPE_BYTE) return Uint8Array.of(Number.parseInt(text.slice(3, 5), 16))
    return utf8.encode(text.replaceAll(SPACE, ' '))
  }

  return {
    size,
    pieces,
    bytesOf,
    longest: texts.reduce((most, _, id) => Math.max(most, bytesOf(id).length), 1),
    specials,
    ends,
    begin: readFlag(file, 'tokenizer.ggml.add_bos_token', beginsByItself) ? begin : undefined,
    beginText: begin === undefined ? '' : (texts[begin] ?? ''),
    endText: end === undefined ? '' : (texts[end] ?? ''),
  }
}
