// What an answer holds beside its words: thoughts, several choices, scores, refusals, the order of events, and vectors.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type WorkersAi, startWorkersAi } from '../../lab/ai.ts'
import { type Fields, pick } from '../../lab/client.ts'
import { vectorOf } from '../../lab/embeddings.ts'
import { openScene, type Scene } from '../../lab/scene.ts'
import { ask, chat, type Event, gemini, responses, type Tongue, TONGUES } from './clients.ts'
import { behind, env, providers, type Wire, WIRES, WORKERS_AI } from './vendors.ts'

const ALL: readonly Wire[] = [...WIRES, WORKERS_AI]

let ai: WorkersAi
let scene: Scene
beforeAll(async () => {
  ai = await startWorkersAi()
  scene = await openScene((_, origin) => ({ providers: providers(origin), retries: { sameTarget: 0 } }), {
    ai: ai.url,
    env,
  })
})
afterAll(async () => {
  await scene.stop()
  await ai.stop()
})

/** How each client asks to see what was thought. */
const THINKING: Readonly<Record<string, Fields>> = {
  chat: { reasoning: { effort: 'high', exclude: false } },
  anthropic: { max_tokens: 4_000, thinking: { type: 'enabled', budget_tokens: 2_000 } },
  gemini: { generationConfig: { thinkingConfig: { includeThoughts: true, thinkingBudget: 2_000 } } },
  responses: { reasoning: { effort: 'high', summary: 'auto' } },
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const joined = (values: readonly unknown[]): string =>
  values.map((value) => (typeof value === 'string' ? value : '')).join('')

/** The thoughts in a stream, where each client looks for them. */
function thoughtsIn({ id }: Tongue, events: readonly Event[]): string {
  const values = events.map(({ value }) => value)
  switch (id) {
    case 'chat':
      return joined(
        values.map((value) => {
          const delta = pick(value, 'choices', 0, 'delta')
          return pick(delta, 'reasoning_content') ?? pick(delta, 'reasoning')
        }),
      )
    case 'anthropic':
      return joined(values.map((value) => pick(value, 'delta', 'thinking')))
    case 'gemini':
      return joined(
        values
          .flatMap((value) => list(pick(value, 'candidates', 0, 'content', 'parts')))
          .map((part) => (pick(part, 'thought') === true ? pick(part, 'text') : '')),
      )
    default:
      return joined(
        values.map((value) =>
          value['type'] === 'response.reasoning_summary_text.delta' ? value['delta'] : '',
        ),
      )
  }
}

const THOUGHT = 'They greet; I greet.'

describe.concurrent.each(ALL)('thoughts of $id', (wire) => {
  test('row 39: reach every client as thoughts, and no word of them as the answer', async () => {
    for (const tongue of TONGUES) {
      const model = behind(scene, wire, `think-${tongue.id}`, ai)
      model.script({ text: 'Good day.', reasoning: THOUGHT }, { text: 'Good day.', reasoning: THOUGHT })
      const question = { model: model.model, more: THINKING[tongue.id] ?? {} }
      const heard = await ask(scene.gateway.url, tongue, { ...question, stream: true })
      expect(heard.said, heard.raw).toBe('Good day.')
      expect(thoughtsIn(tongue, heard.events), heard.raw).toBe(THOUGHT)
      const whole = await ask(scene.gateway.url, tongue, question)
      expect(whole.said).toBe('Good day.')
      expect(whole.raw).toContain(THOUGHT)
    }
  })
})

test.each(['reasoning', 'reasoning_content', 'both'])(
  'row 39: thoughts that a server calls %s are read once',
  async (name) => {
    const names = name === 'both' ? ['reasoning', 'reasoning_content'] : [name]
    const delta = Object.fromEntries(names.map((one) => [one, THOUGHT]))
    const chunk = {
      id: 'x',
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, finish_reason: null }],
    }
    for (const tongue of TONGUES) {
      const model = behind(scene, ALL[0] ?? WORKERS_AI, `name-${name}-${tongue.id}`)
      model.script({ text: 'Good day.', insert: [{ at: 1, text: `data: ${JSON.stringify(chunk)}\n\n` }] })
      const heard = await ask(scene.gateway.url, tongue, { model: model.model, stream: true })
      expect(heard.said).toBe('Good day.')
      expect(thoughtsIn(tongue, heard.events)).toBe(THOUGHT)
    }
  },
)

describe.concurrent('choices', () => {
  const many = [ALL[0], ALL[3]].flatMap((wire) => (wire === undefined ? [] : [wire]))
  test.each(many)('row 53: of $id keep their numbers, streamed and whole', async (wire) => {
    for (const stream of [true, false]) {
      const model = behind(scene, wire, `n-${String(stream)}`)
      const heard = await ask(scene.gateway.url, chat, { model: model.model, stream, more: { n: 3 } })
      const choices = stream
        ? heard.events.flatMap(({ value }) => list(value['choices']))
        : list(pick(heard.json, 'choices'))
      expect([...new Set(choices.map((choice) => pick(choice, 'index')))].toSorted()).toEqual([0, 1, 2])
      for (const index of [0, 1, 2]) {
        const own = choices.filter((choice) => pick(choice, 'index') === index)
        const key = stream ? 'delta' : 'message'
        expect(joined(own.map((choice) => pick(choice, key, 'content')))).toContain('speaking')
        expect(own.filter((choice) => pick(choice, 'finish_reason') === 'stop')).toHaveLength(1)
      }
      const candidates = await ask(scene.gateway.url, gemini, {
        model: model.model,
        stream,
        more: { generationConfig: { candidateCount: 3 } },
      })
      expect(candidates.raw).toMatch(/"index":2/)
    }
  })

  test('row 53: log-probabilities reach who asked, in the shape of each dialect that has them', async () => {
    const model = behind(scene, ALL[0] ?? WORKERS_AI, 'scores')
    for (const stream of [true, false]) {
      const own = await ask(scene.gateway.url, chat, {
        model: model.model,
        stream,
        more: { logprobs: true, top_logprobs: 2 },
      })
      expect(own.raw).toContain('"logprob":-0.125')
      const other = await ask(scene.gateway.url, responses, {
        model: model.model,
        stream,
        more: { include: ['message.output_text.logprobs'], top_logprobs: 2 },
      })
      expect(other.raw).toContain('"logprob":-0.125')
    }
  })

  test.each(WIRES)('row 53: a refusal of $id is not lost on any client', async (wire) => {
    for (const tongue of TONGUES)
      for (const stream of [true, false]) {
        const model = behind(scene, wire, `no-${tongue.id}-${String(stream)}`)
        model.script({ refusal: 'I will not say that.' })
        const heard = await ask(scene.gateway.url, tongue, { model: model.model, stream })
        expect(heard.status, heard.raw).toBe(200)
        // Anthropic and Google say it with the reason; OpenAI with words and an ordinary end.
        const isWord = wire.id.startsWith('openai')
        if (isWord) expect(heard.raw.replaceAll(/\W+/g, ' ')).toMatch(/will/)
        else expect(heard.stop).toBe(tongue.stops.filter)
      }
  })
})

describe.concurrent.each(ALL)('the events of a Response over $id', (wire) => {
  test('row 54: are numbered without a gap, open what they close, and end in what was said', async () => {
    const model = behind(scene, wire, 'order', ai)
    model.script({
      text: 'I look.',
      reasoning: THOUGHT,
      toolCalls: [
        { name: 'weather', arguments: { city: 'Oslo' } },
        { name: 'weather', arguments: { city: 'Rome' } },
      ],
    })
    const heard = await ask(scene.gateway.url, responses, {
      model: model.model,
      stream: true,
      tool: 'weather',
      more: THINKING['responses'] ?? {},
    })
    const values = heard.events.map(({ value }) => value)
    expect(values.map((value) => value['sequence_number'])).toEqual(values.map((_, at) => at))
    expect(heard.events.map(({ event, value }) => event === value['type'])).not.toContain(false)
    const types = values.map((value) => String(value['type']))
    expect(types.slice(0, 2)).toEqual(['response.created', 'response.in_progress'])
    expect(types.at(-1)).toBe('response.completed')
    const of = (type: string): readonly Fields[] => values.filter((value) => value['type'] === type)
    const places = (type: string): readonly unknown[] => of(type).map((value) => value['output_index'])
    const added = places('response.output_item.added')
    expect(added).toEqual(added.map((_, at) => at))
    expect([...places('response.output_item.done')].toSorted()).toEqual(added)
    expect(of('response.content_part.added')).toHaveLength(of('response.content_part.done').length)
    const output = list(pick(values.at(-1), 'response', 'output'))
    expect(
      of('response.output_item.done')
        .toSorted((one, two) => Number(one['output_index']) - Number(two['output_index']))
        .map(({ item }) => item),
    ).toEqual(output)
    for (const done of of('response.function_call_arguments.done')) {
      const deltas = of('response.function_call_arguments.delta').filter(
        ({ item_id: id }) => id === done['item_id'],
      )
      expect(joined(deltas.map(({ delta }) => delta))).toBe(done['arguments'])
    }
    expect(of('response.function_call_arguments.done')).toHaveLength(2)
  })

  test('row 54: end in response.incomplete at a limit, and in an error and response.failed when they break off', async () => {
    const model = behind(scene, wire, 'ends', ai)
    model.script(
      { text: 'one two three four five six seven' },
      { text: 'one two three four five six seven eight nine ten', failAt: wire.id === 'gemini' ? 2 : 6 },
    )
    const cut = await ask(scene.gateway.url, responses, {
      model: model.model,
      stream: true,
      more: { max_output_tokens: 16 },
    })
    expect(['response.completed', 'response.incomplete']).toContain(cut.events.at(-1)?.event)
    const failed = await ask(scene.gateway.url, responses, { model: model.model, stream: true })
    expect(failed.events.slice(-2).map(({ event }) => event)).toEqual(['error', 'response.failed'])
    expect(pick(failed.events.at(-1)?.value, 'response', 'status')).toBe('failed')
    const numbers = failed.events.map(({ value }) => value['sequence_number'])
    expect(numbers).toEqual(numbers.map((_, at) => at))
  })
})

describe.concurrent('vectors', () => {
  const embed = async (body: Fields): Promise<unknown> => {
    const sent = { model: 'lab/vectors', input: 'red apple', ...body }
    const reply = await scene.client.send('/v1/embeddings', { method: 'POST', body: JSON.stringify(sent) })
    expect(reply.status, reply.text).toBe(200)
    return pick(reply.json, 'data', 0, 'embedding')
  }
  const floats = (base64: unknown): readonly number[] => {
    const bytes = Buffer.from(String(base64), 'base64')
    return [...new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))]
  }
  const expectSame = (got: readonly number[], wanted: readonly number[]): void => {
    expect(got).toHaveLength(wanted.length)
    expect(Math.max(...got.map((value, at) => Math.abs(value - (wanted[at] ?? 9))))).toBeLessThan(1e-6)
  }

  test('row 55: come as base64 to who asks so, which libraries do by themselves, and as numbers to others', async () => {
    expectSame(floats(await embed({ encoding_format: 'base64' })), vectorOf('red apple'))
    expectSame((await embed({ encoding_format: 'float' })) as readonly number[], vectorOf('red apple'))
    expectSame((await embed({})) as readonly number[], vectorOf('red apple'))
    expectSame(floats(await embed({ encoding_format: 'base64', dimensions: 8 })), vectorOf('red apple', 8))
  })
})
