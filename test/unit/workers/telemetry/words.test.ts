// What is kept of prompts and answers where a key wants it: their text, the newest of a prompt, the beginning of an answer.
import { describe, expect, it } from 'vitest'
import type { Batch } from '../../../../shared/event.ts'
import type { Message } from '../../../../shared/request.ts'
import { openWords } from '../../../../workers/telemetry/words.ts'

const LIMIT = 65_536

const message = (role: Message['role'], ...texts: string[]): Message => ({
  role,
  parts: [
    ...texts.map((text) => ({ type: 'text', text }) as const),
    { type: 'image', url: 'data:image/png;base64,AAAA' },
  ],
})

async function heard(deltas: readonly (readonly [number, string])[]): Promise<ReturnType<typeof openWords>> {
  const words = openWords()
  const batches: Batch[] = deltas.map(([index, text]) => [{ events: [{ type: 'text-delta', index, text }] }])
  async function* answer(): AsyncGenerator<Batch, void, undefined> {
    yield* batches
  }
  const passed: Batch[] = []
  for await (const batch of words.listen(answer())) passed.push(batch)
  expect(passed).toEqual(batches)
  return words
}

describe('what was said', () => {
  it('is the text of the messages, and that of each choice', async () => {
    const words = await heard([
      [0, 'Good '],
      [1, 'Hi'],
      [0, 'morning'],
    ])
    expect(await words.said([message('system', 'Be kind.'), message('user', 'Hello', 'you')])).toEqual({
      prompt: [
        { role: 'system', text: 'Be kind.' },
        { role: 'user', text: 'Hello\nyou' },
      ],
      prompt_clipped: false,
      answers: ['Good morning', 'Hi'],
      answers_clipped: false,
    })
  })

  it('is bounded: the beginning of a long prompt and the end of long answers go', async () => {
    const words = await heard([
      [0, 'a'.repeat(LIMIT - 3)],
      [1, 'bcdef'],
      [0, 'g'],
    ])
    const said = await words.said([
      message('user', 'far'),
      message('user', `${'x'.repeat(LIMIT)}y`),
      message('user', 'z'),
    ])
    expect(said.prompt.map(({ text }) => text.length)).toEqual([LIMIT - 1, 1])
    expect(said.prompt[0]?.text.endsWith('xy')).toBe(true)
    expect(said.answers.map(({ length }) => length)).toEqual([LIMIT - 3, 3])
    expect([said.prompt_clipped, said.answers_clipped]).toEqual([true, true])
  })

  it('of just the bound is whole', async () => {
    const said = await (await heard([[0, 'a'.repeat(LIMIT)]])).said([message('user', 'x'.repeat(LIMIT))])
    expect([said.prompt_clipped, said.answers_clipped]).toEqual([false, false])
  })

  it('is not waited for where nobody listens', async () => {
    expect(await openWords().said([])).toMatchObject({ prompt: [], answers: [] })
  })
})
