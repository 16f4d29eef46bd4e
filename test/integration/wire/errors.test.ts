// What a vendor refuses: whether another try makes sense, how long to wait for it, and the status that each client sees.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type WorkersAi, startWorkersAi } from '../../lab/ai.ts'
import type { Behaviour } from '../../lab/behaviour.ts'
import type { Fields } from '../../lab/client.ts'
import { openScene, type Scene } from '../../lab/scene.ts'
import { ask, chat, TONGUES } from './clients.ts'
import { codeOf, tellAll } from './tell.ts'
import { env, providers, type Wire, WIRES, WORKERS_AI } from './vendors.ts'

const ALL: readonly Wire[] = [...WIRES, WORKERS_AI]
const SPARE = 'the spare speaks here'

/** A route per case: the case's model, then the spare. */
const routes: Record<string, Fields> = {}
const route = (wire: Wire, name: string): string => {
  const id = `${wire.id}-${name}-route`
  routes[id] = { order: [`${wire.provider}/${wire.model(name)}`, 'lab/spare'] }
  return id
}

interface Case {
  readonly name: string
  readonly wire: Wire
  readonly vendor: string
  readonly behaviour: Behaviour
  readonly route: string
}

const caseOf = (wire: Wire, name: string, behaviour: Behaviour): Case => ({
  name,
  wire,
  vendor: wire.id,
  behaviour,
  route: route(wire, name),
})

/** How each vendor says that a prompt is too long. */
const TOO_LONG: Readonly<Record<string, Fields>> = {
  'openai-chat': {
    error: {
      message: "This model's maximum context length is 128000 tokens.",
      type: 'invalid_request_error',
      param: 'messages',
      code: 'context_length_exceeded',
    },
  },
  'openai-responses': {
    error: {
      message: 'Your input exceeds the context window of this model.',
      type: 'invalid_request_error',
      param: 'input',
      code: 'context_length_exceeded',
    },
  },
  anthropic: {
    type: 'error',
    error: { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' },
  },
  gemini: {
    error: {
      code: 400,
      status: 'INVALID_ARGUMENT',
      message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
    },
  },
  bedrock: { message: 'Input is too long for requested model.' },
}

/** How each vendor says that its policy forbids the question. */
const FORBIDDEN: Readonly<Record<string, Fields>> = {
  'openai-chat': {
    error: { message: 'The prompt was filtered.', type: null, param: 'prompt', code: 'content_filter' },
  },
  'openai-responses': {
    error: {
      message: 'Rejected by the safety system.',
      type: 'invalid_request_error',
      code: 'content_policy_violation',
    },
  },
  anthropic: {
    type: 'error',
    error: { type: 'invalid_request_error', message: 'Output blocked by content filtering policy' },
  },
  gemini: { error: { code: 400, status: 'INVALID_ARGUMENT', message: 'Blocked by our content policy.' } },
  bedrock: { message: 'Output blocked by content filtering policy' },
}

/** Workers AI numbers its errors and Amazon names them, which says more than a status; these say nothing. */
const plainly = ({ id }: Wire, status: number): Behaviour => {
  if (id === 'bedrock') return { status, body: { message: 'No.' } }
  if (id === 'workers-ai') return { status, body: { success: false, errors: [{ code: 1, message: 'No.' }] } }
  return { status }
}

const rejected = ALL.flatMap((wire) =>
  [400, 404, 422].map((status) => caseOf(wire, `no-${status}`, plainly(wire, status))),
)
const tooLong = WIRES.map((wire) => caseOf(wire, 'long', { status: 400, body: TOO_LONG[wire.id] }))
const forbidden = WIRES.map((wire) => caseOf(wire, 'forbidden', { status: 400, body: FORBIDDEN[wire.id] }))

let ai: WorkersAi
let scene: Scene
beforeAll(async () => {
  ai = await startWorkersAi()
  scene = await openScene(
    (_, origin) => ({ providers: providers(origin), routes, retries: { sameTarget: 0 } }),
    { ai: ai.url, env },
  )
  for (const { wire, name, behaviour } of [...rejected, ...tooLong, ...forbidden])
    (wire.isBound === true ? ai : scene.lab).always(wire.model(name), behaviour)
  scene.lab.always('spare', { text: SPARE })
})
afterAll(async () => {
  await scene.stop()
  await ai.stop()
})

const asked = (wire: Wire, name: string) => {
  const lab = wire.isBound === true ? ai : scene.lab
  return lab.seen(wire.model(name)).length
}

const tell = (
  wire: Wire,
  name: string,
  behaviour: Behaviour,
  look: Parameters<typeof tellAll>[1],
): Promise<void> => tellAll({ scene, ai, wire, name, behaviour }, look)

describe.concurrent('another try', () => {
  test.each(rejected)(
    'row 24: is not made after $name of $vendor',
    async ({ wire, name, route: model, behaviour }) => {
      for (const tongue of TONGUES) {
        const heard = await ask(scene.gateway.url, tongue, { model })
        expect(heard.status).toBe(behaviour.status)
        expect(tongue.isError(heard.json), heard.raw).toBe(true)
        expect(heard.headers.get('x-should-retry')).toBe('false')
      }
      expect(asked(wire, name)).toBe(TONGUES.length)
    },
  )

  test.each(tooLong)(
    'row 24: goes to another model when the prompt is too long for $vendor',
    async ({ wire, name, route: model }) => {
      for (const tongue of TONGUES) {
        const heard = await ask(scene.gateway.url, tongue, { model })
        expect(heard.said, heard.raw).toBe(SPARE)
        expect(heard.headers.get('x-minnow-attempts')).toBe('2')
      }
      expect(asked(wire, name)).toBe(TONGUES.length)
    },
  )

  test.each(forbidden)(
    'row 24: does not evade the policy of $vendor',
    async ({ wire, name, route: model }) => {
      for (const tongue of TONGUES) {
        const heard = await ask(scene.gateway.url, tongue, { model })
        expect(heard.status).toBe(400)
        expect(heard.said).toBe('')
        expect(heard.error).toMatch(/filter|policy|safety/)
      }
      expect(asked(wire, name)).toBe(TONGUES.length)
    },
  )

  test.each(WIRES)('row 24: a prompt too long for everybody is a 400 that says so ($id)', async (wire) => {
    await tell(wire, 'long-alone', { status: 400, body: TOO_LONG[wire.id] }, (heard) => {
      expect(heard.status).toBe(400)
      expect(codeOf(heard)).toBe('context_length_exceeded')
    })
  })
})

describe.concurrent('how long to wait', () => {
  const inAMinute = (): string => new Date(Date.now() + 60_000).toUTCString()
  const HINTS: readonly {
    form: string
    behaviour: () => Behaviour
    seconds: readonly number[]
    on?: string
  }[] = [
    { form: 'seconds', behaviour: () => ({ headers: { 'retry-after': '17' } }), seconds: [17] },
    { form: 'a fraction', behaviour: () => ({ headers: { 'retry-after': '17.2' } }), seconds: [18] },
    {
      form: 'milliseconds',
      behaviour: () => ({ headers: { 'retry-after-ms': '16500', 'retry-after': '99' } }),
      seconds: [17],
    },
    {
      form: 'a date',
      behaviour: () => ({ headers: { 'retry-after': inAMinute() } }),
      seconds: [57, 58, 59, 60],
    },
    {
      form: 'RetryInfo',
      on: 'gemini',
      behaviour: () => ({
        body: {
          error: {
            code: 429,
            status: 'RESOURCE_EXHAUSTED',
            message: 'Quota exceeded.',
            details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.074824224s' }],
          },
        },
      }),
      seconds: [35],
    },
  ]
  const hints = WIRES.flatMap((wire) =>
    HINTS.filter(({ on }) => on === undefined || on === wire.id).map((hint) => ({
      ...hint,
      wire,
      vendor: wire.id,
    })),
  )
  test.each(hints)(
    'row 25: is told in seconds when $vendor says it as $form',
    async ({ wire, form, behaviour, seconds }) => {
      for (const status of [429, 503])
        await tell(
          wire,
          `wait-${form.replaceAll(' ', '-')}-${status}`,
          { status, ...behaviour() },
          (heard) => {
            expect(heard.status).toBe(status)
            expect(seconds.map(String)).toContain(heard.headers.get('retry-after'))
            expect(heard.headers.get('retry-after-ms')).toBeNull()
          },
        )
    },
  )

  test.each(['soon', '-5', '', 'Infinity', '1e3'])('row 25: %j is none', async (hint) => {
    const name = `wait-${Buffer.from(hint).toString('hex')}`
    await tell(ALL[0] ?? WORKERS_AI, name, { status: 429, headers: { 'retry-after': hint } }, (heard) => {
      expect(heard.status).toBe(429)
      expect(heard.headers.get('retry-after')).toBeNull()
    })
  })

  test('row 25: our own limits say it too, in every dialect', async () => {
    const { key } = await scene.makeKey({ rpm: 1 })
    const headers = { authorization: `Bearer ${key}`, 'x-api-key': key, 'x-goog-api-key': key }
    await ask(scene.gateway.url, chat, { model: 'lab/spare', headers })
    for (const tongue of TONGUES) {
      const heard = await ask(scene.gateway.url, tongue, { model: 'lab/spare', headers })
      expect(heard.status).toBe(429)
      expect(Number(heard.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(Number(heard.headers.get('retry-after'))).toBeLessThanOrEqual(60)
      // Waiting helps here, so the client may try again.
      expect(heard.headers.get('x-should-retry')).toBeNull()
      expect(codeOf(heard)).toBe('rate_limit_exceeded')
    }
  })
})

describe.concurrent('the status', () => {
  const STATUSES: readonly (readonly [theirs: number, ours: number, code?: string])[] = [
    [400, 400],
    [404, 404],
    [413, 413],
    [422, 422],
    [401, 502, 'upstream_credentials'],
    [402, 502, 'upstream_credentials'],
    [403, 502, 'upstream_credentials'],
    [429, 429, 'upstream_rate_limited'],
    [408, 502, 'upstream_failed'],
    [500, 500, 'upstream_failed'],
    [502, 502, 'upstream_failed'],
    [503, 503, 'upstream_failed'],
    [529, 529, 'upstream_failed'],
  ]
  const cases = ALL.flatMap((wire) =>
    STATUSES.flatMap(([theirs, ours, code]) =>
      // There it is the prompt that is too large, which is a 400 for everybody.
      wire.isBound === true && theirs === 413 ? [] : [{ wire, vendor: wire.id, theirs, ours, code }],
    ),
  )
  test.each(cases)(
    'row 28: $theirs of $vendor is $ours to every client',
    async ({ wire, theirs, ours, code }) => {
      await tell(wire, `status-${theirs}`, plainly(wire, theirs), (heard) => {
        expect(heard.status).toBe(ours)
        if (code !== undefined) expect(codeOf(heard)).toBe(code)
        // What we have tried enough, or what is wrong in itself, no library needs to try again.
        expect(heard.headers.get('x-should-retry')).toBe('false') // row 26
      })
    },
  )

  test('row 28: our own 401 is one, and a vendor that is not there is a 502', async () => {
    for (const tongue of TONGUES) {
      const key = 'mk-nobody-knows-this-one'
      const headers = { authorization: `Bearer ${key}`, 'x-api-key': key, 'x-goog-api-key': key }
      const heard = await ask(scene.gateway.url, tongue, { model: 'lab/spare', headers })
      expect(heard.status).toBe(401)
      expect(tongue.isError(heard.json)).toBe(true)
    }
  })

  test('row 26: a failover that has used up everything says that no library needs to go on', async () => {
    await tell(ALL[0] ?? WORKERS_AI, 'should', { status: 503 }, (heard) => {
      expect(heard.headers.get('x-should-retry')).toBe('false')
      expect(heard.headers.get('x-minnow-attempts')).toBe('1')
    })
    const heard = await ask(scene.gateway.url, chat, { model: 'lab/fine' })
    expect(heard.headers.get('x-should-retry')).toBeNull()
  })
})
