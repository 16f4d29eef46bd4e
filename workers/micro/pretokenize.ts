// Cuts text into the pieces that byte-pair merges may not cross, exactly as llama.cpp does for each pre-tokenizer. Pure.
// Source: the regular expressions of llama.cpp's src/llama-vocab.cpp, run one after another over the pieces so far.
import { ModelFileError } from './gguf.ts'

/** llama.cpp's white space: unlike JavaScript's \s it has U+0085 and lacks U+FEFF. */
const SPACE = String.raw`\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`
const NEITHER = String.raw`[^${SPACE}\p{L}\p{N}]`

const gpt2 = new RegExp(
  String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?${NEITHER}+|[${SPACE}]+(?![^${SPACE}])`,
  'gu',
)
const llamaBpe = new RegExp(
  String.raw`(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?${NEITHER}+[\r\n]*|[${SPACE}]*[\r\n]+|[${SPACE}]+(?![^${SPACE}])|[${SPACE}]+`,
  'gu',
)

/** The name in `tokenizer.ggml.pre` and the expressions it stands for. */
const PRE_TOKENIZERS: Readonly<Record<string, readonly RegExp[]>> = {
  smollm: [/\p{N}/gu, gpt2],
  'gpt-2': [gpt2],
  default: [/[\p{P}$+<=>^~|]+/gu, gpt2, /\p{N}+/gu, /[0-9][0-9][0-9]/gu],
  'llama-bpe': [llamaBpe],
  llama3: [llamaBpe],
  'llama-v3': [llamaBpe],
}

/** What an expression matches becomes a piece, and so does each gap between matches. */
function split(pieces: readonly string[], expression: RegExp): string[] {
  const result: string[] = []
  for (const piece of pieces) {
    let end = 0
    for (const match of piece.matchAll(expression)) {
      if (match.index > end) result.push(piece.slice(end, match.index))
      end = match.index + match[0].length
      result.push(match[0])
    }
    if (end < piece.length) result.push(piece.slice(end))
  }
  return result
}

export type PreTokenizer = (text: string) => readonly string[]

export function choosePreTokenizer(name: string): PreTokenizer {
  const expressions = PRE_TOKENIZERS[name]
  if (!expressions) {
    const known = Object.keys(PRE_TOKENIZERS).join(', ')
    throw new ModelFileError(`The pre-tokenizer ${name} is not one of those micro knows: ${known}.`)
  }
  return (text) => expressions.reduce<readonly string[]>(split, [text])
}
