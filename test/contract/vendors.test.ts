// Every vendor's record, under the same checks: where it is, how it signs, what it speaks, what becomes of a question.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { VendorDialect, WireRequest } from '../../shared/dialect.ts'
import { isFields, listOf } from '../../shared/fields.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { explaining } from '../../workers/providers/refusal.ts'
import { knownVendors, openProviders, plainVendors, vendors } from '../../workers/providers/registry.ts'
import type { Vendor } from '../../workers/providers/vendor.ts'
import { compatible } from '../../workers/providers/vendors/compatible.ts'
import { vendorEntries } from './dialects.ts'
import { type Doorkeeper, formsOf, openDoor } from './keys.ts'
import { everything } from '../../tools/data/question.ts'
import { everythingChat, parameters } from './samples.ts'
import { openaiChat } from '../../shared/dialects/openai-chat/index.ts'

const CHAT = 'openai-chat'
const LIMITS = /"(?:max_tokens|max_completion_tokens|max_output_tokens|maxOutputTokens|maxTokens)":/g

const every = [...vendors, ...plainVendors]
const target = { model: 'their-model' }

/** Something for every setting that has no usual value. */
const settingsOf = (vendor: Vendor): Record<string, string> =>
  Object.fromEntries(
    Object.entries(vendor.settings ?? {}).map(([name, { default: usual }]) => [name, usual ?? `a-${name}`]),
  )

/** As a configuration names it. */
function dialectOf(vendor: Vendor): 'openai-chat' | 'openai-responses' | 'anthropic' | 'gemini' {
  const { id } = vendor.dialect
  if (id === CHAT || id === 'openai-responses' || id === 'anthropic' || id === 'gemini') return id
  throw new Error(`no configuration can name ${id}`)
}

const wiresOf = (vendor: Vendor): readonly VendorDialect[] => [
  vendor.dialect,
  ...(vendor.alternatives ?? []).map(({ dialect }) => dialect),
]

const write = (vendor: Vendor, request: ModelRequest): WireRequest =>
  vendor.dialect.writeRequest(request, target)

const messagesOf = (wire: WireRequest): readonly unknown[] => listOf(wire.body['messages'])

describe('the records', () => {
  it('have ids of their own, all of them known to the configuration', () => {
    expect(new Set(knownVendors).size).toBe(vendors.length)
    expect(vendors.map(({ id }) => id)).toEqual(knownVendors)
  })

  it('are as many as were promised', () => expect(vendors.length).toBeGreaterThanOrEqual(28))
})

for (const vendor of every) {
  describe(`the vendor ${vendor.id}`, () => {
    it('has an id that a configuration can name, and a name of its own', () => {
      expect(vendor.id).toMatch(/^[a-z0-9][a-z0-9-]*$/)
      expect(every.filter(({ name }) => name === vendor.name)).toHaveLength(1)
    })

    it('has an example for the words with which it refuses a key', () =>
      expect(DEAD_WORDS.has(vendor.id)).toBe(vendor.deadWords !== undefined))

    it('says in its record who says that it bills what nobody reads', () => {
      if (vendor.billsCancelled !== true) return
      const record = readFileSync(`workers/providers/vendors/${vendor.id}.ts`, 'utf8')
      expect(record).toMatch(/\/\/ https:\/\/\S+[^\n]*\n {2}billsCancelled: true/)
    })

    it('says where its wire is documented', () => expect(vendor.docs).toMatch(/^https:\/\/[a-z0-9.-]+\//))

    it('speaks dialects that pass the suite, each in one way', () => {
      const spoken = wiresOf(vendor)
      const tested = vendorEntries.map(({ dialect }) => dialect.id)
      for (const dialect of spoken) expect(tested).toContain(dialect.id)
      expect(new Set(spoken.map(({ id }) => id)).size).toBe(spoken.length)
    })

    for (const dialect of wiresOf(vendor)) {
      const written = (request: ModelRequest): WireRequest => dialect.writeRequest(request, target)

      it(`is sent exactly one output limit, the name of its own model, and no field of ours: ${dialect.id}`, () => {
        const { path, body } = written(everything)
        expect(path).toMatch(/^\/[a-z]/)
        expect(`${path}${JSON.stringify(body)}`).toContain('their-model')
        expect(JSON.stringify(body).match(LIMITS)).toHaveLength(1)
        expect(JSON.stringify(body)).toContain(':2000')
        expect(JSON.stringify(body)).not.toMatch(/minnow|strongShare|require_parameters/)
      })

      for (const [name, without] of parameters) {
        it(`is told ${name}, or it is said that it cannot be: ${dialect.id}`, () => {
          for (const model of ['their-model', vendor.example ?? 'another-model']) {
            const whole = dialect.writeRequest(everything, { model })
            const less = dialect.writeRequest(without(everything), { model })
            const isTold = JSON.stringify(whole.body) !== JSON.stringify(less.body)
            if (!isTold) expect(whole.dropped).toContain(name)
            expect(less.dropped).not.toContain(name)
          }
        })
      }
    }

    it('gets the instructions under a role it knows, in their place', () => {
      const wire = write(vendor, everything)
      expect(JSON.stringify(wire.body)).toContain('Be brief.')
      if (vendor.dialect.id === CHAT) {
        expect(messagesOf(wire)[0]).toMatchObject({ role: expect.stringMatching(/^(?:system|developer)$/) })
      }
    })

    it('gets the answer of a tool under the id of the call', () => {
      if (vendor.dialect.id !== CHAT) return
      const wire = write(vendor, everything)
      if (wire.dropped.includes('tools')) return
      const ids = messagesOf(wire).flatMap((message) => {
        if (!isFields(message)) return []
        const calls = listOf(message['tool_calls']).map((call) => (isFields(call) ? call['id'] : undefined))
        return message['role'] === 'tool' ? [message['tool_call_id']] : calls
      })
      expect(ids).toHaveLength(2)
      expect(ids[0]).toBe(ids[1])
      expect(ids[0]).toMatch(/^[\w-]+$/)
    })

    it('gives a client of chat completions what it can and says what it cannot', () => {
      if (vendor.dialect.id !== CHAT) return
      const { body, dropped } = write(vendor, openaiChat().readRequest(everythingChat))
      expect(body['x_unheard_of']).toBe(true)
      for (const name of dropped) {
        // A list cut short, a number lowered and a schema left out of JSON are told in part.
        if (!['stop', 'temperature', 'response_format', 'images', 'logprobs'].includes(name)) {
          expect(Object.keys(body)).not.toContain(name)
        }
      }
    })

    it('is asked for usage in a stream, or sends it unasked', () => {
      if (vendor.dialect.id !== CHAT) return
      const asks = isFields(write(vendor, everything).body['stream_options'])
      expect(asks).toBe(!UNASKED.has(vendor.id))
      expect(write(vendor, { ...everything, stream: false }).body).not.toHaveProperty('stream_options')
    })
  })
}

/** Their usage comes by itself, says the documentation that their records link to. */
const UNASKED = new Set(['deepspeed-mii', 'mistral', 'openrouter', 'perplexity', 'zai'])

/** How vendors refuse a key under a status that mostly means something else. */
const DEAD_WORDS = new Map<string, readonly [number, object]>([
  ['openai', [429, { message: 'You exceeded your current quota.', code: 'insufficient_quota' }]],
  ['anthropic', [400, { message: 'Your credit balance is too low to access the Anthropic API.' }]],
  [
    'google',
    [400, { message: 'API key not valid. Please pass a valid API key.', status: 'INVALID_ARGUMENT' }],
  ],
  ['moonshot', [429, { message: 'Check your plan.', type: 'exceeded_current_quota_error' }]],
  ['qwen', [400, { message: 'Access denied.', code: 'Arrearage' }]],
])

describe('a vendor is called', () => {
  let door: Doorkeeper
  beforeAll(async () => {
    door = await openDoor()
  })
  afterAll(() => door.close())

  /** A provider of the vendor, its https address led to the door. */
  const open = (vendor: Vendor, keys: readonly string[]) => {
    door.seen.length = 0
    door.dead = undefined
    const urls: string[] = []
    const redirects: unknown[] = []
    const fetcher: typeof fetch = (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input)
      urls.push(url.href)
      redirects.push(init?.redirect)
      return fetch(`${door.origin}${url.pathname}${url.search}`, init)
    }
    const own = vendor.baseUrl ?? vendor.usualAddress
    const opened = openProviders(
      {
        providers: {
          it: {
            ...(own === undefined
              ? { dialect: dialectOf(vendor), baseUrl: 'https://lab.example/v1/' }
              : { vendor: vendor.id }),
            ...(vendor.settings === undefined ? {} : { settings: settingsOf(vendor) }),
            ...(keys.length === 0 ? {} : { apiKey: keys.map((_, position) => `$KEY_${position}`) }),
          },
        },
      },
      (name) => keys[Number(name.slice(4))],
      fetcher,
    ).get('it')
    const send = async (): Promise<Response> => {
      if (opened === undefined) throw new Error('no such provider')
      return opened.send(write(vendor, everything), {
        requestId: 'req_1',
        signal: AbortSignal.timeout(5_000),
        model: target.model,
        explain: explaining(vendor.dialect),
        escalate: true,
        stream: true,
      })
    }
    return { send, urls, redirects, conceal: opened?.conceal }
  }

  for (const vendor of every) {
    for (const { name, samples } of formsOf(vendor.id)) {
      const [first, second] = samples
      const by = `${vendor.id}, by ${name}`

      it(`at one address, with the key in headers only, and never led elsewhere: ${by}`, async () => {
        const { send, urls, redirects } = open(vendor, [first.key])
        await send()
        const url = urls.at(-1) ?? ''
        if (vendor.baseUrl !== undefined) expect(url).toMatch(/^https:\/\/[a-z0-9.-]+\/[^{}]*$/)
        if (vendor.usualAddress !== undefined) expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[^{}]*$/)
        expect(url).not.toMatch(/[^:]\/\//)
        expect(redirects.at(-1)).toBe('manual')
        const call = door.seen.at(-1)
        for (const hidden of [first.key, first.secret]) {
          expect(call?.url).not.toContain(hidden)
          expect(call?.body).not.toContain(hidden)
        }
        expect(JSON.stringify(call?.headers)).toContain(first.mark)
        if (first.secret !== first.mark) expect(JSON.stringify(call?.headers)).not.toContain(first.secret)
        expect(call?.headers['content-type']).toMatch(/^application\/json/)
      })

      it(`with its keys in turn: ${by}`, async () => {
        const { send } = open(vendor, [first.key, second.key])
        for (let turn = 0; turn < 4; turn += 1) await send()
        const used = door.seen.map(({ headers }) => JSON.stringify(headers))
        expect(used.map((headers) => headers.includes(first.mark))).toEqual([true, false, true, false])
        expect(used.map((headers) => headers.includes(second.mark))).toEqual([false, true, false, true])
      })

      for (const status of [401, 402, 403, 429]) {
        it(`without a key that it answered ${status}, which the caller does not notice: ${by}`, async () => {
          const { send } = open(vendor, [first.key, second.key])
          door.dead = { mark: first.mark, status }
          const answers = [await send(), await send(), await send()]
          expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200])
          expect(door.seen).toHaveLength(4)
        })
      }

      const told = DEAD_WORDS.get(vendor.id)
      it.runIf(told !== undefined)(`without a key that its words say is dead: ${by}`, async () => {
        const [status, error] = told ?? [400, {}]
        const { send } = open(vendor, [first.key, second.key])
        door.dead = { mark: first.mark, status, body: JSON.stringify({ error }) }
        expect([(await send()).status, (await send()).status]).toEqual([200, 200])
        expect(door.seen).toHaveLength(3)
      })

      it(`with the next key only where the key is to blame, and what was answered can still be read: ${by}`, async () => {
        const { send } = open(vendor, [first.key, second.key])
        const body = JSON.stringify({ error: { message: 'Wrong.', code: 'invalid_value' } })
        door.dead = { mark: first.mark, status: 400, body }
        const answer = await send()
        expect([answer.status, await answer.text()]).toEqual([400, body])
        expect(door.seen).toHaveLength(1)
      })

      it(`and where every key is dead, that is the answer: ${by}`, async () => {
        const { send } = open(vendor, [first.key])
        door.dead = { mark: first.mark, status: 401 }
        const answer = await send()
        expect(answer.status).toBe(401)
        expect(vendor.dialect.readFailure({ status: 401, body: await answer.text() }).kind).toBe(
          'credentials',
        )
        expect(door.seen).toHaveLength(1)
      })

      it(`and what it repeats of a key is not shown: ${by}`, () => {
        const { conceal } = open(vendor, [first.key, second.key])
        expect(conceal?.(`bad key ${second.key} and ${first.key}.`)).toBe('bad key [key] and [key].')
      })
    }

    if (vendor.usualAddress !== undefined) {
      it(`without any key, because people run it themselves: ${vendor.id}`, async () => {
        const { send } = open(vendor, [])
        await send()
        expect(door.seen.at(-1)?.headers).not.toHaveProperty('authorization')
      })
    }
  }
})

for (const vendor of vendors) {
  describe(`the known vendor ${vendor.id}`, () => {
    it('lives in the cloud, or where people run it', () => {
      expect([vendor.baseUrl, vendor.usualAddress].filter((address) => address !== undefined)).toHaveLength(1)
      const address = (vendor.baseUrl ?? vendor.usualAddress ?? '').replaceAll(/\{[a-zA-Z]+\}/g, 'x')
      expect(address).toMatch(
        vendor.baseUrl === undefined
          ? /^http:\/\/127\.0\.0\.1:\d+(?:\/[\w.-]+)*$/
          : /^https:\/\/[a-z0-9.-]+(?:\/[\w.-]+)*$/,
      )
    })

    it('names every setting that its address needs, and says what it is', () => {
      const named = [...(vendor.baseUrl ?? '').matchAll(/\{([a-zA-Z]+)\}/g)].map(([, name]) => name)
      expect(Object.keys(vendor.settings ?? {})).toEqual(expect.arrayContaining(named))
      for (const { about } of Object.values(vendor.settings ?? {})) expect(about).not.toBe('')
    })

    it('has a file of its own name', async () => {
      const file = (await import(`../../workers/providers/vendors/${vendor.id}.ts`)) as Record<
        string,
        unknown
      >
      expect(Object.values(file)).toContain(vendor)
    })
  })
}

describe('a reasoning model of OpenAI', () => {
  for (const model of ['o3', 'gpt-5-mini', 'openai/o4-mini', 'openai/gpt-6.1-sol']) {
    it(`gets the output limit it understands, also behind a compatible server: ${model}`, () => {
      const { body } = compatible.dialect.writeRequest(everything, { model })
      expect(body).toMatchObject({ max_completion_tokens: 2000 })
      expect(body).not.toHaveProperty('max_tokens')
    })
  }
  it('is not mistaken for one of another name', () => {
    for (const model of ['marco-o1', 'olmo-2', 'my-gpt-5', 'gpt-oss-120b', 'gpt-4.1']) {
      expect(compatible.dialect.writeRequest(everything, { model }).body).toMatchObject({ max_tokens: 2000 })
    }
  })
})
