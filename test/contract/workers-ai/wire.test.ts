// The edge cases of the wire that Workers AI's streams and replies touch, by their numbers.
import { describe, expect, it } from 'vitest'
import { workersAi } from '../../../shared/dialects/workers-ai/index.ts'
import { finishOf, saidBy } from '../said.ts'
import { eventsOf, read, sse } from '../wire.ts'

const DONE = '[DONE]'
const json = (value: unknown): string => JSON.stringify(value)
const say = (response: string, more: object = {}): string => json({ response, ...more })
const chunk = (delta: object, finish: string | null = null, more: object = {}): string =>
  json({ choices: [{ index: 0, delta, finish_reason: finish }], ...more })

const stream = (...data: readonly string[]) => read(workersAi(), sse(data))
const reply = (value: unknown) => eventsOf(workersAi().readReply(json(value)))

const counts = (prompt: number, completion: number, cached = 0) => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  prompt_tokens_details: { cached_tokens: cached },
})

describe('a stream of Workers AI', () => {
  it('row 3: may hold chunks without choices anywhere', () => {
    const empty = [json({ choices: [] }), json({ object: 'chat.completion.chunk' }), json({ choices: null })]
    const events = stream(...empty, chunk({ content: 'Hi' }), ...empty, chunk({}, 'stop'), ...empty, DONE)
    expect(saidBy(events)).toEqual([{ text: 'Hi', reason: 'stop' }])
  })

  it('row 4: usage is taken from whichever frame has it', () => {
    const usage = counts(7, 2)
    for (const data of [
      [chunk({ content: 'Hi' }, null, { usage }), chunk({}, 'stop'), DONE],
      [chunk({ content: 'Hi' }), chunk({}, 'stop', { usage }), DONE],
      [chunk({ content: 'Hi' }), chunk({}, 'stop'), json({ choices: [], usage }), DONE],
      [chunk({ content: 'Hi' }), chunk({}, 'stop'), say('', { usage }), DONE],
      [say('Hi', { usage }), DONE],
      [say('Hi'), say('', { usage }), DONE],
    ])
      expect(finishOf(stream(...data))?.usage).toMatchObject({ input: 7, output: 2 })
    expect(finishOf(stream(say('Hi'), DONE))).not.toHaveProperty('usage')
  })

  it('row 5: zero is a count', () =>
    expect(finishOf(stream(say('Hi'), say('', { usage: counts(0, 0) }), DONE))?.usage).toMatchObject({
      input: 0,
      output: 0,
    }))

  it('row 6, row 9: cached tokens stand inside the prompt, thoughts inside the completion', () => {
    const usage = { ...counts(100, 20, 40), completion_tokens_details: { reasoning_tokens: 5 } }
    expect(finishOf(stream(chunk({ content: 'a' }, 'stop'), say('', { usage }), DONE))?.usage).toEqual({
      input: 60,
      cacheRead: 40,
      cacheWrite: 0,
      output: 15,
      reasoning: 5,
    })
  })

  it('row 14: that ends without an end is an error, in either shape, also after a token without text', () => {
    for (const data of [
      [say('Hi')],
      [say('Hi'), say('')],
      [say('Hi', { usage: counts(5, 1) }), say('', { usage: counts(5, 2) })],
      [chunk({ content: 'Hi' }, null, { usage: counts(5, 1) })],
      [say('', { usage: counts(5, 0) })],
    ])
      expect(stream(...data).at(-1)).toMatchObject({ type: 'error', failure: { kind: 'malformed' } })
  })

  it('row 15: is finished without its end marker where something else says that it ended', () => {
    for (const data of [
      [say('Hi'), say('', { usage: counts(5, 1) })],
      [say('Hi', { finish_reason: 'stop' })],
      [chunk({ content: 'Hi' }), chunk({}, 'stop')],
      [chunk({ content: 'Hi' }), say('', { usage: counts(5, 1) })],
    ])
      expect(saidBy(stream(...data))).toEqual([{ text: 'Hi', reason: 'stop' }])
  })

  it('row 16: survives an event that is no JSON', () =>
    expect(saidBy(stream(say('a'), '{"response":"b', say('c'), DONE))).toEqual([
      { text: 'ac', reason: 'stop' },
    ]))

  it('row 31, row 32: calls are numbered from 0 in their order, whatever the model numbers them, text between them', () => {
    const events = stream(
      chunk({ tool_calls: [{ index: 3, id: 'a', function: { name: 'f', arguments: '{' } }] }),
      chunk({ content: 'and' }),
      chunk({ tool_calls: [{ index: 7, id: 'b', function: { name: 'g', arguments: '{}' } }] }),
      chunk({ tool_calls: [{ index: 3, function: { arguments: '}' } }] }),
      chunk({}, 'tool_calls'),
      DONE,
    )
    expect(events.flatMap((event) => ('call' in event ? [[event.type, event.call]] : []))).toEqual([
      ['tool-start', 0],
      ['tool-delta', 0],
      ['tool-start', 1],
      ['tool-delta', 1],
      ['tool-delta', 0],
    ])
    expect(saidBy(events)[0]?.calls?.map(({ json: text }) => text)).toEqual(['{}', '{}'])
  })

  it('row 33: arguments that come whole, as an object, are one delta', () =>
    expect(stream(json({ tool_calls: [{ name: 'f', arguments: { a: [1] } }] }), DONE)).toContainEqual({
      type: 'tool-delta',
      index: 0,
      call: 0,
      json: '{"a":[1]}',
    }))

  it('row 34: an empty list of calls is no turn of tools', () =>
    expect(saidBy(stream(say('Hi', { tool_calls: [] }), json({ tool_calls: [] }), DONE))).toEqual([
      { text: 'Hi', reason: 'stop' },
    ]))

  it('row 36: an unknown word for an end is kept raw and means other', () => {
    const events = stream(chunk({ content: 'Hi' }, 'constructor'), DONE)
    expect(events).toContainEqual({ type: 'choice-end', index: 0, reason: 'other', raw: 'constructor' })
    expect(finishOf(stream(chunk({ content: 'Hi' }, 'model_length'), DONE))?.reason).toBe('length')
  })

  it('row 39: thoughts are read under both of their names, and once where a frame has both', () => {
    const events = stream(
      chunk({ reasoning_content: 'a' }),
      chunk({ reasoning: 'b' }),
      chunk({ reasoning_content: 'c', reasoning: 'c' }),
      chunk({ content: 'd' }, 'stop'),
      DONE,
    )
    expect(saidBy(events)).toEqual([{ reasoning: 'abc', text: 'd', reason: 'stop' }])
  })

  it('row 53: keeps its choices apart, and the scores of its tokens', () => {
    const logprobs = { content: [{ token: 'a', logprob: -0.1, bytes: [97], top_logprobs: [] }] }
    const choice = (index: number, delta: object, finish: string | null = null) =>
      json({ choices: [{ index, delta, finish_reason: finish, logprobs }] })
    const reader = workersAi().readEvents(2)
    const data = [choice(0, { content: 'a' }), choice(1, { content: 'b' }), choice(0, {}, 'stop')]
    const events = data.flatMap((one) => [...reader.read({ event: '', data: one }).events])
    expect(reader.complete).toBe(false)
    events.push(...reader.read({ event: '', data: choice(1, {}, 'length') }).events)
    expect(reader.complete).toBe(true)
    expect(saidBy([...events, ...reader.close().events])).toEqual([
      { text: 'a', reason: 'stop' },
      { text: 'b', reason: 'length' },
    ])
    expect(events).toContainEqual({ type: 'logprobs', index: 1, value: logprobs })
  })
})

describe('a whole reply of Workers AI', () => {
  it('row 21: that holds no answer is an error', () => {
    for (const value of [
      {},
      { result: {} },
      { result: {}, success: true, errors: [], messages: [] },
      { shape: [1] },
    ])
      expect(reply(value)).toMatchObject([{ type: 'error', failure: { kind: 'malformed' } }])
  })

  it('row 22: that holds an error is one, whatever its status', () =>
    expect(
      reply({ result: null, success: false, errors: [{ code: 3036, message: 'used up' }], messages: [] }),
    ).toMatchObject([{ type: 'error', failure: { kind: 'rate-limited', status: 429 } }]))

  it('does not name the same call the same in a later turn, whose prompt is longer', () => {
    const ids = [20, 45].map((prompt) => {
      const events = reply({ tool_calls: [{ name: 'f', arguments: {} }], usage: counts(prompt, 3) })
      return events.find((event) => event.type === 'tool-start')
    })
    expect(ids[0]).not.toEqual(ids[1])
  })
})
