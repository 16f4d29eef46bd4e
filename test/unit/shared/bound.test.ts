// The bound of a text holds for real tokenizers: five of byte-level BPE, one of SentencePiece with byte fallback.
import * as fc from 'fast-check'
import { countTokens as countCl100k } from 'gpt-tokenizer/encoding/cl100k_base'
import { countTokens as countR50k } from 'gpt-tokenizer/encoding/r50k_base'
import llama from 'llama-tokenizer-js'
import { describe, expect, it } from 'vitest'
import { mostOfJson, mostQuoted, mostTokens } from '../../../shared/bound.ts'
import { readGguf } from '../../../workers/micro/gguf.ts'
import { makeTokenizer } from '../../../workers/micro/tokenizer.ts'
import { readVocabulary } from '../../../workers/micro/vocabulary.ts'
import { readBytes } from '../micro/load.ts'
import { tokenizer } from '../tokenizer.ts'

const countO200k = await tokenizer()
const micro = makeTokenizer(readVocabulary(readGguf(readBytes('models/micro.gguf'))))
const plain = { disallowedSpecial: new Set<string>() }

/** SentencePiece puts a space before the text, which is part of what a message costs. */
const TOKENIZERS: Readonly<Record<string, (text: string) => number>> = {
  o200k: (text) => countO200k(text, () => Number.NaN), // no run is so long here that it would be counted otherwise
  cl100k: (text) => countCl100k(text, plain),
  r50k: (text) => countR50k(text, plain),
  'cl100k after NFC': (text) => countCl100k(text.normalize('NFC'), plain),
  'cl100k after NFKC': (text) => countCl100k(text.normalize('NFKC'), plain),
  micro: (text) => micro.encode(text).length,
  'llama 2': (text) => llama.encode(text, false, true).length - 1,
  'llama 2 after NFKC': (text) => llama.encode(text.normalize('NFKC'), false, true).length - 1,
}

const SAMPLES: readonly (readonly [string, string])[] = [
  ['prose', 'The quick brown fox jumps over the lazy dog; nobody minds.'],
  ['code', 'const x = a?.b ?? [...c].map((d) => `${d}\\n`)\n\t\tif (x !== 0) { return x >>> 1 }\r\n'],
  ['digits', '3.14159265358979323846 0xdeadbeef 1_000_000 12:59:59.999'],
  ['base64', 'TWlubm93IGlzIGEgZ2F0ZXdheSBmb3IgbW9kZWxzLCBhdCB0aGUgZWRnZS4='],
  ['one letter', 'a'.repeat(120)],
  ['spaces', ' '.repeat(120)],
  ['line ends', '\n'.repeat(60) + '\r\n'.repeat(30)],
  ['signs', '!?#%&/()=<>|~^°§¬¢£@€{[]}\\'.repeat(4)],
  ['Chinese', '敏捷的棕色狐狸跳過了懶狗。沒有人介意。'],
  ['Japanese', '素早い茶色の狐がのろまな犬を飛び越える。ｶﾞｷﾞｸﾞｹﾞｺﾞ'],
  ['Korean', '빠른 갈색 여우가 게으른 개를 뛰어넘는다'.normalize('NFD')],
  ['Hindi', 'तेज़ भूरी लोमड़ी आलसी कुत्ते के ऊपर कूदती है क़ख़ग़ज़'],
  ['Thai', 'สุนัขจิ้งจอกสีน้ำตาลกระโดดข้ามสุนัขขี้เกียจ'],
  ['Arabic', 'الثعلب البني السريع يقفز فوق الكلب الكسول ﷺ'],
  ['Greek with marks', 'ᾂ ᾯ ὕβρις ᾳ'.normalize('NFD')],
  ['emoji', '👩‍👩‍👧‍👦🏳️‍🌈👍🏽🇨🇭🧑🏿‍🚀'.repeat(4)],
  ['marks upon marks', `Z${'͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍'.repeat(5)}algo`],
  ['what NFKC lengthens most', 'ﷺ'.repeat(20)],
  ['what NFC lengthens', '\u0958\u0959\uFB1D\uFB2C\u{1D15E}\u{1D160}'.repeat(10)],
  ['private use and unassigned', '\uE000\u{F0000}\u{10FFFF}\u0378'],
  ['broken characters', 'a\ud83db\ude00c'],
  ['control characters', '\u0000\u0001\u001b[31m\u007f'],
  ['control tokens', '<|endoftext|><|im_start|>system\n<s>[INST]</s>'],
]

for (const [name, count] of Object.entries(TOKENIZERS)) {
  describe(`the bound of a text, beside ${name}`, () => {
    for (const [kind, text] of SAMPLES)
      it(`holds for ${kind}`, () => expect(mostTokens(text)).toBeGreaterThanOrEqual(count(text)))

    for (const unit of ['grapheme', 'grapheme-ascii', 'binary'] as const)
      it(`holds for any text (${unit})`, () => {
        fc.assert(
          fc.property(fc.string({ unit, maxLength: 100 }), (text) => count(text) <= mostTokens(text)),
          { numRuns: 150 },
        )
      })
  })
}

describe('the bound of a text', () => {
  it('is reached: no smaller one would hold for every tokenizer', () => {
    expect(TOKENIZERS['llama 2']?.('\u{F0000}'.repeat(10))).toBe(40)
    expect(mostTokens('\u{F0000}'.repeat(10))).toBe(40)
  })

  it('is a token a byte of the longest form, and what borders of words may add', () => {
    expect(mostTokens('1234')).toBe(4)
    expect(mostTokens('word')).toBe(4 + 2)
    expect(mostTokens('two words')).toBe(9 + 2 * 2 - 1)
    expect(mostTokens('Two')).toBe(3 + 3)
    expect(mostTokens('字')).toBe(3)
    expect(mostTokens('ﷺ')).toBeGreaterThanOrEqual(33)
    expect(mostTokens('\u0958')).toBeGreaterThanOrEqual(6)
    expect(mostTokens('ȺȺ')).toBeGreaterThanOrEqual(6)
  })

  it('costs time in proportion to the text', () => {
    for (const letter of ['a', 'A', ' ', 'é', '字', '\u0301']) {
      const [short, long] = [20_000, 40_000].map((length) => mostTokens(letter.repeat(length)))
      expect((long ?? 0) / (short ?? 1)).toBeCloseTo(2, 2)
    }
  })
})

describe("the bound of a text, beside Anthropic's own count", () => {
  // As https://github.com/sanderland/ctok (70872fd) repeats it for Opus 4.7 and 5, without the frame of a message.
  const COUNTS: readonly (readonly [string, number])[] = [
    ['ZZ ZZ ZZ', 12],
    ['~ ` ^ |', 8],
    ['Qq.Qq.', 8],
    ['Q X Z J', 6],
    ['a b c d e f g', 7],
    ['aBcDeF', 6],
    ['AaAa Bb', 7],
    ['! ! ! !', 6],
    ['1 2 3 4', 7],
    ['x́x́', 4],
    ['क्क्', 4],
    ['字a字', 3],
    ['É É É', 3],
    ['Ж Ж Ж', 9],
    ['ж.ж.ж', 8],
    ['Ⅷ', 6],
    ['ㄱ', 5],
    ['ȺȺ Ⱥ', 12],
    ['Ĺ玶Ƿ', 12],
    ['😀 😀', 5],
    ['󰀀󰀀', 8],
    ['The quick brown fox jumps over the lazy dog.', 18],
    ['const x = a?.b ?? [...c]', 14],
    ['ΣΚΙΕΣ', 12],
    ['ᾂ ᾳ', 10],
    ["'S 's 'S", 7],
  ]
  for (const [text, tokens] of COUNTS)
    it(`holds for ${JSON.stringify(text)}`, () => expect(mostTokens(text)).toBeGreaterThanOrEqual(tokens))

  it('is not one of bytes alone', () => {
    const beyond = COUNTS.filter(([text, tokens]) => tokens > new TextEncoder().encode(text).byteLength)
    expect(beyond.length).toBeGreaterThan(3)
  })
})

describe('the bound of a text in JSON', () => {
  const ascii = (json: string): string =>
    json.replaceAll(
      /[<>&'\u007f-\uffff]/g,
      (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
  const spaced = (text: string): string => text.replaceAll(/[,:]/g, (sign) => `${sign} `)
  const WAYS: Readonly<Record<string, (text: string) => string>> = {
    'as JavaScript does': (text) => JSON.stringify(text),
    'all in ASCII, as Python and Jinja do': (text) => ascii(JSON.stringify(text)),
    'of its longest form': (text) => JSON.stringify(text.normalize('NFKC')),
    'of what was JSON, with spaces': (text) => JSON.stringify(spaced(text)),
  }
  for (const [way, quote] of Object.entries(WAYS))
    it(`holds written ${way}`, () => {
      const holds = (text: string): boolean =>
        countR50k(quote(text), plain) <= mostQuoted(text) && quote(text).length <= mostQuoted(text)
      for (const [, text] of SAMPLES) expect(holds(text)).toBe(true)
      fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 100 }), holds))
    })

  it('holds for a value in any of the ways that templates indent it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const most = mostOfJson(value)
        for (const indent of [0, 2, 4])
          expect(ascii(JSON.stringify(value, null, indent)).length).toBeLessThanOrEqual(most)
      }),
    )
  })
})
