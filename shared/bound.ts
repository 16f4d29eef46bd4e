// The most tokens that any tokenizer makes of a text: a bound for models whose vocabulary nobody publishes. Pure.
//
// Models read text through one of these:
// - byte-level BPE (GPT, Llama 3, Qwen, DeepSeek, GLM, Kimi, Mistral's Tekken): it begins with one token a byte of UTF-8
//   and only ever merges. https://aclanthology.org/P16-1162/
// - SentencePiece with byte fallback (Llama 2, Mistral before Tekken, Gemma and with it Gemini): a piece has one
//   character at least, and a character that is in no piece becomes its bytes. https://github.com/google/sentencepiece
// - unigram and WordPiece without fallback (older embedding models): a character makes one token at most.
// - Claude's: letters with a floor of bytes, and signs between them (marks.ts).
// So there are no more tokens than bytes and signs.
//
// The bytes are those of the text as the tokenizer sees it. Some normalise first: NFC (Qwen, Claude) or NFKC (Claude 2,
// multilingual embedding models), and lower case, which can make a text longer, up to elevenfold (U+FDFA;
// https://www.unicode.org/faq/normalization#12). NFD and NFKD are used with unigram and WordPiece only, which count
// characters: no character has more of them there than bytes here, but for marks, which those models strip.
// What SentencePiece puts before a text is one token more; it is in what a message costs.
import { marksIn } from './marks.ts'
import { utf8Length } from './utf8.ts'

/** Of the text as it stands. */
export const mostTokens = (text: string): number => mostOf(text, marksIn)

/** Over every form in which a tokenizer may read a text; plain ASCII has but one. */
function mostOf(text: string, signsIn: (form: string) => number): number {
  const bytes = utf8Length(text)
  if (bytes === text.length) return bytes + signsIn(text)
  const forms = new Set([text, text.normalize('NFC'), text.normalize('NFKC')]) // mostly one
  const most = [...forms].map(
    (form) => Math.max(utf8Length(form), utf8Length(form.toLowerCase())) + signsIn(form),
  )
  return Math.max(...most)
}

/**
 * Of a text that a chat template may have put into JSON, as some do with what tools answered and were asked. The longest
 * way is taken of each character: six for what is written as `\uXXXX` (control characters, whatever is not ASCII, and
 * `<`, `>`, `&` and `'` in Jinja's `tojson`), two for what gets a backslash, and a space behind each comma and colon.
 * Templates are those of open models, which have no signs between words; with such signs, plain JSON is supposed.
 */
export function mostQuoted(text: string): number {
  let bytes = 2
  for (let at = 0; at < text.length; at += 1) bytes += LENGTHS[text.charCodeAt(at)] ?? 6
  const spaced = JSON.stringify(text).replaceAll(/[,:]/g, '$& ')
  const growth = mostOf(text, () => 0) - utf8Length(text)
  return Math.max(bytes + growth, mostTokens(spaced))
}

const LENGTHS: readonly number[] = Array.from({ length: 0x7f }, (_, unit) => {
  const letter = String.fromCharCode(unit)
  if (unit < 0x20 || `<>&'`.includes(letter)) return 6
  return `"\\,:`.includes(letter) ? 2 : 1
})

/** Of a value as JSON, indented as templates do (`tojson(indent=4)`). */
export const mostOfJson = (value: unknown): number => mostQuoted(JSON.stringify(value, null, 4) ?? '')
