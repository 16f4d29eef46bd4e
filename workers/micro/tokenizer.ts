// Byte-level BPE, token for token as llama.cpp does it. Pure.
import { bytesText } from './bytes.ts'
import { mergeBytes } from './merge.ts'
import { choosePreTokenizer } from './pretokenize.ts'
import type { Special, Vocabulary } from './vocabulary.ts'

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

export function makeTokenizer(vocabulary: Vocabulary): Tokenizer {
  const cut = choosePreTokenizer(vocabulary.preTokenizer)
  const always = vocabulary.specials.filter((special) => !special.isControl)
  const remembered = new Map<string, readonly number[]>()

  function encodePiece(piece: string): readonly number[] {
    const known = remembered.get(piece)
    if (known) return known
    const bytes = utf8.encode(piece)
    const whole = vocabulary.ignoreMerges ? vocabulary.ids.get(bytesText(bytes)) : undefined
    const tokens = whole === undefined ? mergeBytes(bytes, vocabulary) : [whole]
    if (piece.length <= LONGEST_REMEMBERED) {
      if (remembered.size >= REMEMBERED_PIECES) remembered.clear()
      remembered.set(piece, tokens)
    }
    return tokens
  }

  return {
    vocabulary,
    encode(text, { parseControl = false, guard = '' } = {}) {
      const fragments = partition(text, parseControl ? vocabulary.specials : always)
      return fragments.flatMap((fragment) => {
        if (typeof fragment === 'number') return [fragment]
        return cut(guard === '' ? fragment : fragment.replaceAll(guard, '')).flatMap(encodePiece)
      })
    },
  }
}
