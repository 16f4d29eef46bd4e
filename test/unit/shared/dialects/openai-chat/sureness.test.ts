// The wish for log-probabilities beside a client's question, and an answer without them.
import { expect, it } from 'vitest'
import { openaiChat } from '../../../../../shared/dialects/openai-chat/index.ts'
import { sureness } from '../../../../../shared/dialects/openai-chat/sureness.ts'
import { requestFor } from '../../../samples.ts'

const request = requestFor('Hello?')
const own = { ...request, native: { dialect: 'openai-chat', body: { messages: [], seed: 7 } } }
const bodyOf = (asked: typeof request) => openaiChat().writeRequest(asked, { model: 'small-1' }).body

it("is told a vendor in the client's own words and in ours", () => {
  for (const asked of [request, own]) {
    const surer = sureness.ask(asked)
    expect(surer && bodyOf(surer)).toMatchObject({ logprobs: true })
    expect(surer && bodyOf(surer)).not.toHaveProperty('top_logprobs')
    expect(bodyOf(asked)).not.toHaveProperty('logprobs')
  }
  expect(sureness.ask(own)?.native.body).toMatchObject({ seed: 7 })
})

it('is not told where the client has it already, or beside tools', () => {
  expect(sureness.ask({ ...request, sampling: { topLogprobs: 2 } })).toBeUndefined()
  expect(sureness.ask({ ...request, tools: [{ name: 'look' }] })).toBeUndefined()
})

it.each(['chunk', 'whole'] as const)('what comes of it is taken out of a %s, and nothing else', (kind) => {
  const logprobs = { content: [{ token: 'Hi', logprob: -0.1, bytes: [72, 105], top_logprobs: [] }] }
  const said = { role: 'assistant', content: 'Hi', odd: 1 }
  const choice = { index: 0, [kind === 'chunk' ? 'delta' : 'message']: said, finish_reason: null }
  const value = { id: 'x', odd: { kept: true }, model: 'm', created: 1, choices: [{ ...choice, logprobs }] }
  const data = JSON.stringify(value)
  const piece = openaiChat().readEvents().read({ event: '', data })
  expect(piece.events.map(({ type }) => type)).toContain('logprobs')
  const hidden = sureness.hide(piece)
  expect(hidden.events).toEqual(piece.events.filter(({ type }) => type !== 'logprobs'))
  expect(hidden.native).toEqual({
    dialect: 'openai-chat',
    value: { ...value, choices: [{ ...choice, logprobs: null }] },
  })
})

it('an answer without any passes as it came, byte for byte', () => {
  const data = '{"id":"x","choices":[{"index":0,"delta":{"content":"Hi"},"logprobs":null}]}'
  const piece = openaiChat().readEvents().read({ event: '', data })
  expect(sureness.hide(piece).native).toBe(piece.native)
  const foreign = { events: [], native: { dialect: 'gemini', value: { choices: [{ logprobs: 1 }] } } }
  expect(sureness.hide(foreign)).toEqual(foreign)
})
