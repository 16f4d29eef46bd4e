// The document of the API against what judges such documents, against the routes of the app, and against its own examples.
import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, it } from 'vitest'
import { OPERATIONS, openapi } from '../../../../tools/openapi/document.ts'
import { openJudge } from '../../../lab/reference.ts'
import { type Gateway, openApp } from '../../../../workers/app.ts'

const document = openapi()

// Routes are told without asking anything of what stands behind them.
const { routes } = openApp({} as unknown as Gateway)

/** Preflights have no operation: they are the browser's own. What is said of every method guards others. */
const answered = routes.filter(({ method }) => method !== 'OPTIONS' && method !== 'ALL')

const matches = (pattern: string, path: string): boolean =>
  new RegExp(`^${pattern.replaceAll(/:\w+\{\.\+\}/g, '.+').replaceAll(/:\w+/g, '[^/]+')}$`).test(path)

/** The route that the operation reaches, as the app would find it. */
const routeOf = (method: string, path: string): (typeof answered)[number] | undefined =>
  answered.find((route) => route.method === method.toUpperCase() && matches(route.path, path))

it('is OpenAPI 3.1 by the published schema, and every reference in it leads somewhere', async () => {
  const validator = new Validator()
  const { valid, errors } = await validator.validate(structuredClone(document))
  expect(errors).toBeUndefined()
  expect(valid).toBe(true)
  expect(validator.version).toBe('3.1')
  const text = JSON.stringify(document)
  for (const [, place = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const found = place.split('/').reduce<unknown>((at, key) => Reflect.get(Object(at), key), document)
    expect(found, place).toBeDefined()
  }
})

it('a document that breaks the rules is refused, so the judge judges', async () => {
  const broken = { ...structuredClone(document), paths: { '/v1/models': { get: { responses: 7 } } } }
  expect((await new Validator().validate(broken)).valid).toBe(false)
})

it('has no operation that the app does not answer', () => {
  const lost = OPERATIONS.filter(({ method, path }) => routeOf(method, path) === undefined)
  expect(lost.map(({ method, path }) => `${method} ${path}`)).toEqual([])
})

it('leaves no route of the app out', () => {
  const reached = new Set(OPERATIONS.map(({ method, path }) => routeOf(method, path)))
  const silent = answered.filter((route) => !reached.has(route))
  expect(silent.map(({ method, path }) => `${method} ${path}`)).toEqual([])
})

it('names each operation once', () => {
  const ids = OPERATIONS.map(({ id }) => id)
  expect(ids).toEqual([...new Set(ids)])
})

const judge = openJudge()

for (const { id, body } of OPERATIONS) {
  if (body === undefined || typeof body.schema !== 'string') continue
  for (const [name, { value }] of Object.entries(body.examples)) {
    const { schema } = body
    it(`${id}: the example "${name}" is as its schema says`, () => {
      expect(judge(schema, value)).toEqual([])
    })
  }
}

it.each([
  ['ChatQuestion', { model: 'auto', messages: [] }],
  ['ChatQuestion', { model: 'auto', messages: [{ role: 'nobody', content: 'x' }] }],
  ['MessagesQuestion', { messages: [{ role: 'user', content: 7 }] }],
  ['GeminiQuestion', { contents: [] }],
  ['NewKey', { name: 'a', rpm: -1 }],
  ['NewKey', { name: 'a', rmp: 1 }],
  ['Opinion', { request_id: 'a', score: 2 }],
] as const)('%s refuses %j', (schema, value) => {
  expect(judge(schema, value)).not.toEqual([])
})

it.each([
  ['MessagesQuestion', { messages: [{ role: 'user', content: 'a text' }], system: 'another' }],
  ['GeminiQuestion', { contents: { parts: { text: 'one for a list of one' } } }],
] as const)('%s takes what the wire takes beside a list: %j', (schema, value) => {
  expect(judge(schema, value)).toEqual([])
})
