// The most tokens that any tokenizer makes of a text: a bound for models whose vocabulary nobody publishes. Pure.
//
// Models read text through one of these, and none of them makes more tokens than the text has bytes in UTF-8:
// - byte-level BPE (GPT, Llama 3, Qwen, DeepSeek, GLM, Kimi, Mistral's Tekken, Claude as far as its vocabulary was
//   published): it begins with one token a byte and only ever merges. https://aclanthology.org/P16-1162/
// - SentencePiece with byte fallback (Llama 2, Mistral before Tekken, Gemma and with it Gemini): a piece has one
//   character at least, and a character that is in no piece becomes its bytes. https://github.com/google/sentencepiece
// - unigram and WordPiece without fallback (older embedding models): a character makes one token at most.
//
// The bytes are those of the text as the tokenizer sees it. Some normalise first: NFC (Qwen) or NFKC (Claude 2,
// multilingual embedding models), which can make a text longer, up to elevenfold (U+FDFA;
// https://www.unicode.org/faq/normalization#12). NFD and NFKD are used with unigram and WordPiece only, which count
// characters: no character has more of them there than bytes here, but for marks, which those models strip.
// What SentencePiece puts before a text is one token more; it is in what a message costs.
import { utf8Length } from './utf8.ts'

/** Of the text as it stands. */
export function mostTokens(text: string): number {
  const bytes = utf8Length(text)
  return bytes + growth(text, bytes)
}

/** By how many bytes a tokenizer may lengthen a text before it reads it. Plain ASCII has one form only. */
const growth = (text: string, bytes: number): number =>
  bytes === text.length
    ? 0
    : Math.max(0, utf8Length(text.normalize('NFC')) - bytes, utf8Length(text.normalize('NFKC')) - bytes)

/**
 * Of a text that a chat template may have put into JSON, as some do with what tools answered and were asked. The longest
 * way is taken of each character: six for what is written as `\uXXXX` (control characters, whatever is not ASCII, and
 * `<`, `>`, `&` and `'` in Jinja's `tojson`), two for what gets a backslash, and a space behind each comma and colon.
 */
export function mostQuoted(text: string): number {
  let bytes = 2
  for (let at = 0; at < text.length; at += 1) bytes += LENGTHS[text.charCodeAt(at)] ?? 6
  return bytes + growth(text, utf8Length(text))
}

const LENGTHS: readonly number[] = Array.from({ length: 0x7f }, (_, unit) => {
  const letter = String.fromCharCode(unit)
  if (unit < 0x20 || `<>&'`.includes(letter)) return 6
  return `"\\,:`.includes(letter) ? 2 : 1
})

/** Of a value as JSON, indented as templates do (`tojson(indent=4)`). */
export const mostOfJson = (value: unknown): number => mostQuoted(JSON.stringify(value, null, 4) ?? '')
