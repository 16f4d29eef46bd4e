// What a prompt counts at most, target by target: each by its own vocabulary, its own pictures and its own window.
import { describe, expect, it } from 'vitest'
import { mostTokens } from '../../../../shared/bound.ts'
import { countPrompt } from '../../../../shared/tokens.ts'
import { promptsAt } from '../../../../workers/budget/prompt.ts'
import { messageOf, requestFor, target } from '../../samples.ts'
import { tokenizer } from '../../tokenizer.ts'

const count = await tokenizer()
const known = target('known', { counting: { tokenizer: 'o200k', picture: 3_779 } })
const unknown = target('unknown')
const text = 'How long is this? '.repeat(50)
const asked = requestFor(text)
const never = (): Promise<never> => Promise.reject(new Error('nobody needs the vocabulary here'))
const tokensAt = async (request = asked, ...targets: Parameters<typeof promptsAt>[1]) =>
  (await promptsAt(request, targets, tokenizer)).map(({ tokens }) => tokens)

describe('what a prompt counts at most', () => {
  it('is counted where the vocabulary is known, and bounded elsewhere', async () => {
    const prompts = await promptsAt(asked, [known, unknown], tokenizer)
    expect(prompts).toMatchObject([
      { target: known, tokens: countPrompt(asked.messages, [], count), isBound: false },
      { target: unknown, isBound: true },
    ])
    expect(prompts[1]?.tokens).toBeGreaterThanOrEqual(text.length)
    expect(prompts[1]?.tokens).toBeLessThan(mostTokens(text) + 300)
  })

  it('takes no vocabulary where no target has a known one', async () => {
    expect(await promptsAt(asked, [unknown], never)).toHaveLength(1)
    await expect(promptsAt(asked, [known], never)).rejects.toThrow()
  })

  it('is not more than a model can read', async () => {
    expect(await tokensAt(asked, target('small', { contextWindow: 512 }))).toEqual([512])
    // But every input of an embedding is read by itself.
    const vectors = requestFor(text, { embedding: { encoding: 'float' } })
    const [all = 0] = await tokensAt(vectors, target('small', { contextWindow: 512 }))
    expect(all).toBeGreaterThan(text.length)
  })

  it('has for each picture the most that the target makes of one', async () => {
    const url = 'https://example.com/a.png'
    const seen = requestFor('', { messages: [messageOf({ type: 'image', url }, { type: 'image', url })] })
    const blind = requestFor('', {
      messages: [messageOf({ type: 'text', text: '' }, { type: 'text', text: '' })],
    })
    const claude = target('claude', { counting: { picture: 4_784 } })
    const [first = 0, second = 0, third = 0] = await tokensAt(blind, known, claude, unknown)
    expect(await tokensAt(seen, known, claude, unknown)).toEqual([
      first + 2 * 3_779,
      second + 2 * 4_784,
      third + 2 * 16_384,
    ])
    expect((await promptsAt(seen, [known], tokenizer))[0]?.isBound).toBe(true)
  })

  it('is all that a model can read where that cannot be known, with a known vocabulary too', async () => {
    const file = requestFor('', {
      messages: [messageOf({ type: 'file', url: 'data:application/pdf;base64,AA' })],
    })
    const wide = target('wide', { contextWindow: 200_000, counting: { tokenizer: 'o200k' } })
    expect(await tokensAt(file, wide, unknown)).toEqual([200_000, 1_048_576])
    const search = requestFor('', { messages: [messageOf({ type: 'other', name: 'item_reference' })] })
    expect(await tokensAt(search, wide, unknown)).toEqual([200_000, 1_048_576])
  })

  it('has for each document what an operator vouches for', async () => {
    const pdf = { type: 'file', url: 'data:application/pdf;base64,AA' } as const
    const file = requestFor('', { messages: [messageOf(pdf, pdf)] })
    const vouched = target('vouched', {
      contextWindow: 200_000,
      counting: { tokenizer: 'o200k', file: 20_000 },
    })
    const [prompt] = await promptsAt(file, [vouched], tokenizer)
    expect(prompt).toMatchObject({ tokens: 3 + 4 + 1 + 40_000, isBound: true })
  })
})
