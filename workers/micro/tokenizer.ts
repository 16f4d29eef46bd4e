// Text to tokens, one for one as llama.cpp makes them: special tokens first, then what lies between them. Pure.
import { bytesText } from './bytes.ts'
import { mergeBytes } from './merge.ts'
import { choosePreTokenizer } from './pretokenize.ts'
import { encodeScored } from './scored.ts'
import type { BytePairs, ScoredPieces, Special, Vocabulary } from './vocabulary.ts'

export interface EncodeOptions {
  /** Whether names of control tokens written in the text become those tokens. */
  readonly parseControl?: boolean
  /** A character that keeps such a name apart; it is taken out before the text is encoded. */
  readonly guard?: string
}

export interface Tokenizer {
  readonly vocabulary: Vocabulary
  encode(text: string, options?: EncodeOptions): number[]
}

/** How many pieces are remembered, so that common words are merged once. */
const REMEMBERED_PIECES = 4_096
const LONGEST_REMEMBERED = 32

const utf8 = new TextEncoder()

/** Splits text at every special token, the longest names first. */
function partition(text: string, specials: readonly Special[]): (string | number)[] {
  let fragments: (string | number)[] = [text]
  for (const { id, text: name } of specials) {
    if (!text.includes(name)) continue
    fragments = fragments.flatMap((fragment) => {
      if (typeof fragment === 'number') return [fragment]
      return fragment.split(name).flatMap((part, index) => (index === 0 ? [part] : [id, part]))
    })
  }
  return fragments.filter((fragment) => fragment !== '')
}

/** Encodes what lies between special tokens. */
type Encoder = (text: string) => readonly number[]

function makePairEncoder(pieces: BytePairs, size: number): Encoder {
  const cut = choosePreTokenizer(pieces.preTokenizer)
  const remembered = new Map<string, readonly number[]>()

  function encodePiece(piece: string): readonly number[] {
    const known = remembered.get(piece)
    if (known) return known
    const bytes = utf8.encode(piece)
    const whole = pieces.ignoreMerges ? pieces.ids.get(bytesText(bytes)) : undefined
    const tokens = whole === undefined ? mergeBytes(bytes, pieces, size) : [whole]
    if (piece.length <= LONGEST_REMEMBERED) {
      if (remembered.size >= REMEMBERED_PIECES) remembered.clear()
      remembered.set(piece, tokens)
    }
    return tokens
  }

  return (text) => cut(text).flatMap(encodePiece)
}

/** Every stretch begins with a space of its own where the vocabulary asks for it: what lies before it is no text. */
const makeScoredEncoder =
  (pieces: ScoredPieces): Encoder =>
  (text) =>
    text === '' ? [] : encodeScored(pieces.addsSpace ? ` ${text}` : text, pieces)

export function makeTokenizer(vocabulary: Vocabulary): Tokenizer {
  const { pieces, size, specials } = vocabulary
  const encode = pieces.kind === 'byte pairs' ? makePairEncoder(pieces, size) : makeScoredEncoder(pieces)
  const always = specials.filter((special) => !special.isControl)
  return {
    vocabulary,
    encode(text, { parseControl = false, guard = '' } = {}) {
      const fragments = partition(text, parseControl ? specials : always)
      return fragments.flatMap((fragment) => {
        if (typeof fragment === 'number') return [fragment]
        return encode(guard === '' ? fragment : fragment.replaceAll(guard, ''))
      })
    },
  }
}
