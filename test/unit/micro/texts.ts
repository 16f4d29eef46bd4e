// Texts that break tokenizers, shared by the oracle's recorder and the tests.

export const NASTY_TEXTS: readonly string[] = [
  '',
  ' ',
  '  ',
  '   leading and trailing   ',
  'Hello, world!',
  "I'm sure you'll say it's they've'd we're'LL DON'T 's 't x's",
  "'Re 'VE 'v 'r 'l 'lL",
  'tabs\tand\t\ttabs \t mixed',
  'line\nline\n\nline\n\n\nline\r\nwindows\r\n\r\nend\n',
  '\n',
  '\n\n \n  \n',
  'a  b   c    d',
  'trailing space \n and newline \n',
  '1234567890',
  '1 22 333 4444 55555 3.14159 1,234,567.89',
  '2026-11-23 04/17/2026 +1 (415) 555-0132 $45.20 EUR 1,250 50%',
  '²³¼½ Ⅷ ٣٤٥ १२३ 𝟘𝟙𝟚 ①②',
  'naïve café ÅÄÖ ß ẞ ﬁ ﬂ Straße',
  'cafe\u0301 e\u0301\u0302 n\u0303',
  'Привет, мир! Ελληνικά עברית العربية',
  '日本語のテキスト。中文，标点！한국어',
  'ไทย हिन्दी বাংলা தமிழ்',
  '👋🏽 family 👨‍👩‍👧‍👦 flag 🇳🇱 🙂🙂🙂',
  'zero\u200bwidth\u200djoiner\u00a0nbsp\u2003em\u3000ideographic',
  'next\u0085line\ufeffbom\u2028sep\u2029para\u202fnarrow',
  '\u0000\u0001\u001f\u007f',
  'soft\u00adhyphen non\u2011breaking',
  '!!!???...---___***',
  'a!b?c.d-e_f*g(h)i[j]k{l}m<n>o|p\\q/r',
  '$ + < = > ^ ~ | ` @ # & % $$ ++ << == >> ^^ ~~ ||',
  '«quotes» “curly” ‘single’ „low“ …dots – en — em',
  'snake_case camelCase PascalCase SCREAMING_CASE kebab-case',
  'https://example.com/path?query=1&other=two#frag user@example.com',
  '{"json": [1, 2.5, true, null], "k": "v\\n"}',
  'def f(x):\n    return x ** 2  # comment\n\n\tif x:\n\t\tpass\n',
  '<|im_start|>user\nhello<|im_end|>\n',
  '<|im_end|><|im_start|>',
  '<<|im_end|>> <|im_end| |im_end|> <|IM_END|>',
  'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  'abababababababababab hahahahahaha',
  '     \n     x',
  "don''t ''quote'' '' '",
  'x\u0301y \u0301z',
  '\u{1f600}\u{10ffff}\u{e000}',
  'Ǆ ǅ ǆ ʰ ª º 〇 〻',
]

const encode = new TextEncoder()

/**
 * Learns merges from texts without cutting them into pieces first, so that a merge exists across every boundary a
 * pre-tokenizer must draw, and a wrong boundary shows.
 */
export function learnMerges(
  texts: readonly string[],
  count: number,
  byteCharacters: readonly string[],
): string[] {
  const words = texts.map((text) =>
    Array.from(
      encode.encode(text.replaceAll(/<\|im_(start|end)\|>/gu, '')),
      (byte) => byteCharacters[byte] ?? '',
    ),
  )
  const merges: string[] = []
  while (merges.length < count) {
    const counts = new Map<string, number>()
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i++) {
        const pair = `${word[i]} ${word[i + 1]}`
        counts.set(pair, (counts.get(pair) ?? 0) + 1)
      }
    }
    let best = ''
    for (const [pair, times] of counts) {
      const most = counts.get(best) ?? 0
      if (times > most || (times === most && pair < best)) best = pair
    }
    if (best === '') break
    merges.push(best)
    const [left = '', right = ''] = best.split(' ')
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i++)
        if (word[i] === left && word[i + 1] === right) word.splice(i, 2, left + right)
    }
  }
  return merges
}
