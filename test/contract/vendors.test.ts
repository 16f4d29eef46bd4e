// Every vendor's record, under the same checks: where it is, how it signs, what it speaks.
import { describe, expect, it } from 'vitest'
import type { ModelRequest } from '../../shared/request.ts'
import { compatible } from '../../workers/providers/vendors/compatible.ts'
import { knownVendors, openProviders, vendors } from '../../workers/providers/registry.ts'
import type { Outgoing } from '../../workers/providers/vendor.ts'
import { vendorEntries } from './dialects.ts'

const KEY = 'sk-secret-0123456789'
const OUTGOING: Outgoing = {
  url: 'https://lab.example/v1/x',
  headers: {},
  body: '{}',
  settings: {},
  fetcher: () => Promise.resolve(new Response('{}')),
  now: 0,
}
const request: ModelRequest = {
  model: 'big',
  messages: [
    { role: 'developer', parts: [{ type: 'text', text: 'Be brief.' }] },
    { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
  ],
  tools: [],
  stream: true,
  streamUsage: false,
  choices: 1,
  format: { type: 'text' },
  sampling: {},
  limits: { maxOutput: 5 },
  native: { dialect: 'none', body: {} },
}

it('vendors have ids of their own, all of them known to the configuration', () => {
  expect(new Set(knownVendors).size).toBe(vendors.length)
  expect(vendors.map(({ id }) => id)).toEqual(knownVendors)
})

for (const vendor of [...vendors, compatible]) {
  describe(`the vendor ${vendor.id}`, () => {
    it('has an id that a configuration can name', () => expect(vendor.id).toMatch(/^[a-z0-9][a-z0-9-]*$/))

    it('speaks a dialect that passes the suite', () =>
      expect(vendorEntries.map(({ dialect }) => dialect.id)).toContain(vendor.dialect.id))

    it('carries the key in headers, whole, and in nothing else', async () => {
      const headers = await vendor.authorize(KEY, OUTGOING)
      expect(Object.values(headers).some((value) => value.includes(KEY))).toBe(true)
      for (const [name, value] of Object.entries(headers)) {
        expect(() => new Headers([[name, value]])).not.toThrow()
        expect(name).not.toContain(KEY)
      }
    })

    it('is sent exactly one output limit, the name of its own model, and no field of ours', () => {
      const { path, body } = vendor.dialect.writeRequest(
        { ...request, native: request.native },
        { model: 'their-model' },
      )
      expect(path).toMatch(/^\/[a-z]/)
      expect(JSON.stringify(body)).toContain('"their-model"')
      expect(JSON.stringify(body)).not.toContain('minnow')
    })

    it('is called over one address, with the key in headers only, and never led elsewhere', async () => {
      const calls: { url: string; init: RequestInit }[] = []
      const fetcher: typeof fetch = (input, init = {}) => {
        calls.push({ url: input instanceof Request ? input.url : String(input), init })
        return Promise.resolve(new Response('{}'))
      }
      const baseUrl = vendor.baseUrl === undefined ? { baseUrl: 'https://lab.example/v1/' } : {}
      const providers = openProviders(
        { providers: { [vendor.id]: { ...baseUrl, apiKey: '$KEY' } } },
        () => KEY,
        fetcher,
      )
      const provider = providers.get(vendor.id)
      await provider?.send(vendor.dialect.writeRequest(request, { model: 'm' }), {
        requestId: 'r',
        signal: new AbortController().signal,
        escalate: true,
        stream: true,
      })
      expect(calls).toHaveLength(1)
      const { url, init } = calls[0] ?? { url: '', init: {} }
      expect(url.startsWith(vendor.baseUrl ?? 'https://lab.example/v1')).toBe(true)
      expect(url).not.toMatch(/[^:]\/\//)
      expect(url).not.toContain(KEY)
      expect(init.body).not.toContain(KEY)
      expect(init.redirect).toBe('manual')
      expect(JSON.stringify(init.headers)).toContain(KEY)
    })
  })
}

describe('a reasoning model of OpenAI', () => {
  for (const model of ['o3', 'gpt-5-mini', 'openai/o4-mini']) {
    it(`gets the output limit it understands, also behind a compatible server: ${model}`, () => {
      const { body } = compatible.dialect.writeRequest(request, { model })
      expect(body).toMatchObject({ max_completion_tokens: 5 })
      expect(body).not.toHaveProperty('max_tokens')
    })
  }
  it('is not mistaken for one of another name', () => {
    for (const model of ['marco-o1', 'olmo-2', 'my-gpt-5']) {
      expect(compatible.dialect.writeRequest(request, { model }).body).toMatchObject({ max_tokens: 5 })
    }
  })
})

for (const vendor of vendors) {
  describe(`the known vendor ${vendor.id}`, () => {
    it('lives at an https address without a slash at its end', () =>
      expect(vendor.baseUrl).toMatch(/^https:\/\/[a-z0-9.-]+(?:\/[\w.-]+)*$/))
    it('says where its wire is documented', () => expect(vendor.docs).toMatch(/^https:\/\//))
    it('has a file of its own name', async () => {
      const file = (await import(`../../workers/providers/vendors/${vendor.id}.ts`)) as Record<
        string,
        unknown
      >
      expect(Object.values(file)).toContain(vendor)
    })
  })
}
