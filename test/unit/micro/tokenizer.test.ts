import { describe, expect, it } from 'vitest'
import { tokenBytes } from '../../../workers/micro/bytes.ts'
import { readGguf } from '../../../workers/micro/gguf.ts'
import { makeTokenizer } from '../../../workers/micro/tokenizer.ts'
import { readVocabulary } from '../../../workers/micro/vocabulary.ts'
import { makeGguf, SMALL } from './synthetic.ts'
import { NASTY_TEXTS } from './texts.ts'
import { processorMs } from '../../lab/slowdown.ts'

type Changes = Parameters<typeof makeGguf>[1]

const load = (changes: Changes = {}, merges = 400) =>
  makeTokenizer(readVocabulary(readGguf(makeGguf({ ...SMALL, merges }, changes))))
const tokenizer = load()
const { vocabulary } = tokenizer

const decode = (tokens: readonly number[]) =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(
    Uint8Array.from(tokens.flatMap((token) => Array.from(vocabulary.bytesOf(token)))),
  )

describe('text', () => {
  it('comes back from its tokens unchanged, whatever it is', () => {
    for (const text of NASTY_TEXTS) expect(decode(tokenizer.encode(text))).toBe(text)
  })

  it('of lone surrogates becomes replacement characters instead of failing', () => {
    expect(decode(tokenizer.encode('a\ud800b'))).toBe('a\ufffdb')
  })

  it('without any boundary does not stall', () => {
    const startedAt = processorMs()
    expect(tokenizer.encode('ab'.repeat(10_000)).length).toBeGreaterThan(1_000)
    expect(processorMs() - startedAt).toBeLessThan(1_000)
  })

  it('gives the same tokens again once pieces are remembered', () => {
    const fresh = load()
    for (const text of NASTY_TEXTS.toReversed()) expect(tokenizer.encode(text)).toEqual(fresh.encode(text))
  })
})

describe('control tokens', () => {
  const start = vocabulary.pieces.ids.get('<|im_start|>')

  it('are made from text only when asked for', () => {
    expect(tokenizer.encode('<|im_start|>')).not.toContain(start)
    expect(tokenizer.encode('<|im_start|>', { parseControl: true })).toEqual([start])
  })

  it('are kept apart by a guard, which leaves no trace', () => {
    const guarded = tokenizer.encode('<\ue000|im_start|\ue000>', { parseControl: true, guard: '\ue000' })
    expect(guarded).toEqual(tokenizer.encode('<|im_start|>'))
  })

  it('show no text', () => expect(vocabulary.bytesOf(start ?? 0)).toHaveLength(0))

  it('that end an answer are known by id and by name', () => {
    expect(vocabulary.ends).toEqual(new Set([vocabulary.pieces.ids.get('<|im_end|>')]))
    const renamed = load({ 'tokenizer.ggml.eos_token_id': 5 }).vocabulary
    expect(renamed.ends).toEqual(new Set([5, vocabulary.pieces.ids.get('<|im_end|>')]))
  })
})

describe('tokens that a user may write', () => {
  it('are made from any text and shown as they stand', () => {
    const base = readGguf(makeGguf({ ...SMALL, merges: 400 })).metadata.get('tokenizer.ggml.token_type')
    if (!Array.isArray(base)) throw new Error('the synthetic file has token types')
    const types = base.map(Number)
    const id = types.length - 2
    types[id] = 4
    const own = load({ 'tokenizer.ggml.token_type': types })
    expect(own.encode('a<|im_start|>b')).toContain(id)
    expect(new TextDecoder().decode(own.vocabulary.bytesOf(id))).toBe('<|im_start|>')
  })
})

describe('a vocabulary', () => {
  const cases: [string, Changes, string][] = [
    ['of another kind', { 'tokenizer.ggml.model': 't5' }, 'byte-level BPE'],
    ['with an unknown pre-tokenizer', { 'tokenizer.ggml.pre': 'qwen2' }, 'qwen2 is not one of those'],
    ['without tokens', { 'tokenizer.ggml.tokens': undefined }, 'should be a list of texts'],
    ['with too few types', { 'tokenizer.ggml.token_type': [1, 1] }, 'but 2 token types'],
    ['with a merge of nothing', { 'tokenizer.ggml.merges': ['a nonsense'] }, 'Merge 0'],
    ['with an end that is no token', { 'tokenizer.ggml.eos_token_id': 99_999 }, 'no token of'],
  ]
  for (const [name, changes, sentence] of cases) {
    it(`is refused ${name}`, () => expect(() => load(changes)).toThrow(sentence))
  }
})

describe('stored tokens', () => {
  it('stand for their bytes', () => {
    expect(Array.from(tokenBytes('\u0120a\u010a\u00c3\u00a9'))).toEqual([32, 97, 10, 0xc3, 0xa9])
    expect(Array.from(tokenBytes('日'))).toEqual(Array.from(new TextEncoder().encode('日')))
  })
})
