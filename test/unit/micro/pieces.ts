// A SentencePiece vocabulary as files hold it, learned from the nasty texts, and many strings to try it on; the same
// everywhere, for the tests and the oracle.
import { seededRandom } from '../../../shared/random.ts'
import { NASTY_TEXTS } from './texts.ts'

const SPACE = '\u2581'
const PIECES = 700

/** Neighbours that stand together most often, joined again and again. */
function learnPieces(texts: readonly string[], count: number): readonly string[] {
  // llama.cpp joins the names of control tokens where a vocabulary has all that leads there, and micro never does.
  const words = texts.map((text) =>
    Array.from(
      text
        .toWellFormed()
        .replaceAll(/<\|im_(?:start|end)\|>/gu, '')
        .replaceAll(' ', SPACE),
    ),
  )
  const pieces: string[] = []
  while (pieces.length < count) {
    const seen = new Map<string, number>()
    for (const word of words)
      for (let at = 0; at + 1 < word.length; at++) {
        const joined = `${word[at]}${word[at + 1]}`
        seen.set(joined, (seen.get(joined) ?? 0) + 1)
      }
    const [best] = [...seen].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    if (best === undefined || best[1] < 2) return pieces
    pieces.push(best[0])
    for (const word of words)
      for (let at = 0; at + 1 < word.length; at++)
        if (`${word[at]}${word[at + 1]}` === best[0]) word.splice(at, 2, best[0])
  }
  return pieces
}

function makePieces() {
  const characters = [...new Set(NASTY_TEXTS.flatMap((text) => Array.from(text.toWellFormed())))]
  // Every third character beyond ASCII has no piece and becomes its bytes.
  const kept = characters.filter(
    (each, index) => each !== ' ' && each !== '\0' && (each < '\u0080' || index % 3 > 0),
  )
  const bytes = Array.from(
    { length: 256 },
    (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
  )
  const head = ['<unk>', '<s>', '</s>']
  const tail = ['<|im_start|>', '<|im_end|>', '<own>']
  const taken = new Set([...head, ...bytes, ...tail])
  const words = [...new Set([...learnPieces(NASTY_TEXTS, PIECES), SPACE, ...kept])]
  const tokens = [
    ...head,
    ...bytes,
    ...words.filter((word) => !taken.has(word) && !word.includes('\0')),
    ...tail,
  ]
  const types = tokens.map((token, id) => {
    if (id === 0) return 2
    if (id < 3 || token.startsWith('<|im_')) return 3
    if (token === '<own>') return 4
    return id < 3 + bytes.length ? 6 : 1
  })
  // Pairs of pieces share a score, so that the leftmost has to win.
  const first = head.length + bytes.length
  const scores = tokens.map((_, id) => (id < first ? 0 : -Math.floor((id - first) / 2) / 4))
  return { tokens, types, scores }
}

const { tokens, types, scores } = makePieces()

/** What stands in the place of a byte-pair vocabulary's metadata. */
export const SCORED = {
  'llama.vocab_size': tokens.length,
  'tokenizer.ggml.model': 'llama',
  'tokenizer.ggml.pre': undefined,
  'tokenizer.ggml.merges': undefined,
  'tokenizer.ggml.tokens': tokens,
  'tokenizer.ggml.token_type': types,
  'tokenizer.ggml.scores': { floats: scores },
  'tokenizer.ggml.bos_token_id': 1,
  'tokenizer.ggml.eos_token_id': 2,
  'tokenizer.ggml.padding_token_id': undefined,
  'tokenizer.ggml.unknown_token_id': 0,
  'tokenizer.ggml.add_bos_token': true,
} as const

export const SCORED_SIZE = tokens.length

/** The nasty texts, and 300 strings of parts of them with spaces, names of tokens and bytes among them. */
export const SCORED_TEXTS: readonly string[] = (() => {
  const random = seededRandom(41)
  const any = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)]
  const odd = [
    ' ',
    '  ',
    '\n',
    '<s>',
    '</s>',
    '<unk>',
    '<0x41>',
    '<own>',
    '<|im_end|>',
    SPACE,
    '\t',
    'é',
    '👋🏽',
    '',
  ]
  const part = (): string => {
    if (random() < 0.4) return any(odd) ?? ''
    if (random() < 0.4) return (any(tokens.slice(259)) ?? '').replaceAll(SPACE, ' ')
    const characters = Array.from(any(NASTY_TEXTS) ?? '')
    const from = Math.floor(random() * characters.length)
    return characters.slice(from, from + 1 + Math.floor(random() * 12)).join('')
  }
  const strings = Array.from({ length: 300 }, () =>
    Array.from({ length: 1 + Math.floor(random() * 8) }, part).join(''),
  )
  return [...new Set([...NASTY_TEXTS, ...strings].map((text) => text.toWellFormed()))].filter(
    (text) => text !== '',
  )
})()
