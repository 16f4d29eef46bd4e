// The tokens of a model file: their bytes, their ranks as merges, and which of them are special. Pure.
import { BYTE_CHARACTERS, tokenBytes } from './bytes.ts'
import { ModelFileError, type Gguf } from './gguf.ts'
import { readFlag, readNumber, readNumbers, readText, readTexts } from './metadata.ts'

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

export interface Vocabulary {
  readonly size: number
  readonly preTokenizer: string
  /**
   * What a token stands for: nothing for control tokens and for what is no token. Made when asked, since an array for
   * each token of a large vocabulary would take 10 MB.
   */
  bytesOf(id: number): Uint8Array
  /** Bytes of the longest token. */
  readonly longest: number
  readonly ids: ReadonlyMap<string, number>
  /** The id of the token for each single byte. */
  readonly byteIds: readonly number[]
  /** Keyed by left id * size + right id. */
  readonly merges: ReadonlyMap<number, Merge>
  /** Longest first, the order in which llama.cpp looks for them. */
  readonly specials: readonly Special[]
  /** Tokens that end an answer. */
  readonly ends: ReadonlySet<number>
  /** Put in front of every prompt, where the file asks for it. */
  readonly begin: number | undefined
  readonly beginText: string
  readonly endText: string
  /** A piece that is a token as a whole needs no merges to become it. */
  readonly ignoreMerges: boolean
}

const TYPE_UNKNOWN = 2
const TYPE_CONTROL = 3
const TYPE_USER_DEFINED = 4

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

export function readVocabulary(file: Gguf): Vocabulary {
  const kind = readText(file, 'tokenizer.ggml.model')
  if (kind !== 'gpt2')
    throw new ModelFileError(
      `The tokenizer is of kind ${kind}; micro runs byte-level BPE, which files call gpt2.`,
    )
  const texts = readTexts(file, 'tokenizer.ggml.tokens')
  const types = readNumbers(file, 'tokenizer.ggml.token_type')
  const size = texts.length
  if (types.length !== size)
    throw new ModelFileError(`The file has ${size} tokens but ${types.length} token types.`)

  const ids = new Map<string, number>()
  texts.forEach((text, id) => ids.set(text, id))
  const byteIds = BYTE_CHARACTERS.map((character, byte) => {
    const id = ids.get(character)
    if (id === undefined) throw new ModelFileError(`The vocabulary has no token for byte ${byte}.`)
    return id
  })

  const specials: Special[] = []
  const ends = new Set<number>()
  texts.forEach((text, id) => {
    const type = types[id]
    if (text === '' || (type !== TYPE_CONTROL && type !== TYPE_UNKNOWN && type !== TYPE_USER_DEFINED)) return
    specials.push({ id, text, isControl: type !== TYPE_USER_DEFINED })
    if (END_NAMES.has(text)) ends.add(id)
  })
  specials.sort((a, b) => b.text.length - a.text.length)

  const knownId = (key: string): number | undefined => {
    const id = file.metadata.has(key) ? readNumber(file, key) : undefined
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
  const preTokenizer = readText(file, 'tokenizer.ggml.pre', 'default')
  const isLlamaBpe = preTokenizer === 'llama-bpe' || preTokenizer === 'llama3' || preTokenizer === 'llama-v3'
  const begin = knownId('tokenizer.ggml.bos_token_id')
  const end = knownId('tokenizer.ggml.eos_token_id')

  const bytesOf = (id: number): Uint8Array => {
    const text = texts[id]
    if (text === undefined || types[id] === TYPE_CONTROL) return new Uint8Array()
    return types[id] === TYPE_USER_DEFINED ? utf8.encode(text) : tokenBytes(text)
  }

  return {
    size,
    preTokenizer,
    bytesOf,
    longest: texts.reduce((most, text) => Math.max(most, tokenBytes(text).length), 1),
    ids,
    byteIds,
    merges: readMerges(file, ids, size),
    specials,
    ends,
    begin: readFlag(file, 'tokenizer.ggml.add_bos_token', isLlamaBpe) ? begin : undefined,
    beginText: begin === undefined ? '' : (texts[begin] ?? ''),
    endText: end === undefined ? '' : (texts[end] ?? ''),
    ignoreMerges: isLlamaBpe,
  }
}
