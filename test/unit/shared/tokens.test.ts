// Token counts equal OpenAI's, and cost time in proportion to the text.
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { countPrompt } from '../../../shared/tokens.ts'
import { tokenizer } from '../tokenizer.ts'
import { message, messageOf } from '../samples.ts'

const count = await tokenizer()

describe("OpenAI's own counts (o200k_base)", () => {
  // Source: https://github.com/openai/tiktoken, and the cookbook "How to count tokens with tiktoken".
  const known: readonly [string, number][] = [
    ['', 0],
    ['antidisestablishmentarianism', 6],
    ['2 + 2 = 4', 7],
    ['お誕生日おめでとう', 8],
    ['tiktoken is great!', 6],
    ['hello world', 2],
    ['hello  world', 3],
  ]
  for (const [text, tokens] of known) {
    it(`${JSON.stringify(text)} is ${tokens}`, () => expect(count(text)).toBe(tokens))
  }

  it('count what looks like a control token as ordinary text', () => {
    expect(count('<|endoftext|>')).toBeGreaterThan(1)
  })

  it('are those of the cookbook for a whole prompt', () => {
    // Its example is 124 tokens for gpt-4o, four names of 14 tokens included, which we do not count.
    // Source: https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken
    const texts = [
      'You are a helpful, pattern-following assistant that translates corporate jargon into plain English.',
      'New synergies will help drive top-line growth.',
      'Things working well together will increase revenue.',
      "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage.",
      "Let's talk later when we're less busy about how to do better.",
      "This late pivot means we don't have time to boil the ocean for the client deliverable.",
    ]
    const messages = texts.map((text) => message(text))
    const names = 2 * (count('example_user') + 1) + 2 * (count('example_assistant') + 1)
    expect(countPrompt(messages, [], count) + names).toBe(124)
  })
})

describe('a long run without a break', () => {
  // Its work is quadratic in one piece, so it is counted in slices: shown by words that the slices cut in two.
  const word = 'antidisestablishmentarianism'
  const slices = (text: string): number =>
    (text.match(/[^]{1,128}/g) ?? []).reduce((sum, slice) => sum + count(slice), 0)

  for (const length of [129, 1_000, 100_000]) {
    it(`of ${length} letters is counted in slices of 128, so its work grows with its length only`, () => {
      const run = word.repeat(Math.ceil(length / word.length)).slice(0, length)
      expect(count(run)).toBe(slices(run))
    })
  }

  it('costs a few tokens more than in one piece at most', () => {
    const repeated = word.repeat(100)
    expect(count(repeated)).toBeGreaterThan(100 * 6)
    expect(count(repeated)).toBeLessThan(100 * 6 * 1.2)
  })

  it('of spaces, line ends or ideographs is sliced too', () => {
    for (const letter of [' ', '\n', '字']) {
      const run = letter.repeat(100_000)
      expect(count(run)).toBe(slices(run))
    }
  })

  it('is what the tokenizer itself does not cut: writing without spaces is counted exactly', () => {
    const prose = '敏捷的棕色狐狸跳過了懶狗。沒有人介意，'.repeat(40)
    expect(count(prose)).toBe(countTokens(prose))
    const code = 'const[a,b]=f(x=>x.y(z)||{q:[1,2]});'.repeat(20)
    expect(count(code)).toBe(countTokens(code))
  })

  it('can be counted by somebody else', () => {
    const seen: string[] = []
    const longest = (run: string): number => seen.push(run) * 1_000
    expect(count(`one two ${'x'.repeat(200)} three`, longest)).toBe(2 + 1_000 + 1)
    expect(seen).toEqual([` ${'x'.repeat(200)}`])
  })

  it('does not come up in prose, which is counted exactly', () => {
    expect(count('The quick brown fox jumps over the lazy dog. '.repeat(100))).toBe(1_001)
  })
})

describe('a prompt', () => {
  it('costs more with every message, tool call, tool and picture', () => {
    const bare = countPrompt([message('hello world')], [], count)
    expect(bare).toBe(3 + 4 + 2)
    expect(countPrompt([message('hello world'), message('')], [], count)).toBe(bare + 4)
    const calling = { ...message('hello world'), toolCalls: [{ id: 'c', name: 'add', json: '{"a":1}' }] }
    expect(countPrompt([calling], [], count)).toBe(bare + 4 + count('add') + count('{"a":1}'))
    expect(countPrompt([message('hello world')], [{ name: 'add' }], count)).toBeGreaterThan(bare + 4)
    const seeing = messageOf(
      { type: 'text', text: 'hello world' },
      { type: 'image', url: 'data:image/png;base64,AAAA' },
    )
    expect(countPrompt([seeing], [], count)).toBe(bare + 1_200)
  })
})
