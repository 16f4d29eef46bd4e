// The document of the API against the running gateway: every operation is asked with every example of its own, and what
// comes back is as the document says, refusals included.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OPERATIONS } from '../../tools/openapi/document.ts'
import { REFUSAL_HEADERS, REPLY_HEADERS } from '../../tools/openapi/headers.ts'
import type { ErrorShape, Operation } from '../../tools/openapi/operation.ts'
import { type Media, startMedia } from '../lab/media.ts'
import { openJudge } from '../lab/reference.ts'
import { type Asked, preparations } from '../lab/reference-calls.ts'
import { openScene, type Scene } from '../lab/scene.ts'

let media: Media
let scene: Scene
const judge = openJudge()
const MEDIA_KEY = 'sk-media-0123456789abcdefghij'

beforeAll(async () => {
  media = await startMedia({ keys: [MEDIA_KEY] })
  scene = await openScene(
    (lab) => ({
      providers: { openai: { baseUrl: media.url, apiKey: '$MEDIA_KEY' }, ollama: { baseUrl: lab } },
    }),
    { env: { MEDIA_KEY } },
  )
})
afterAll(async () => {
  await scene?.stop()
  await media?.stop()
})

const KEYS = { nobody: undefined, client: 'mk-local', admin: 'mk-admin-local' } as const
const DOCUMENTED = new Set([...REPLY_HEADERS, ...REFUSAL_HEADERS].map(({ name }) => name))
const ALWAYS = ['x-request-id', 'x-minnow-model', 'x-minnow-route', 'x-minnow-attempts', 'server-timing']

async function ask(operation: Operation, key: string | undefined, asked: Asked = {}): Promise<Response> {
  const { method, body } = operation
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(asked.places?.[name] ?? 'micro'),
  )
  const query = asked.query === undefined ? '' : `?${new URLSearchParams(asked.query).toString()}`
  const isForm = asked.body instanceof FormData
  return fetch(`${scene.gateway.url}${path}${query}`, {
    method: method.toUpperCase(),
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
      ...asked.headers,
    },
    ...(asked.body === undefined
      ? {}
      : { body: asked.body instanceof FormData ? asked.body : JSON.stringify(asked.body) }),
  })
}

/** Throws nothing: what is wrong with a reply is said in words. */
async function wrongIn(operation: Operation, response: Response): Promise<string[]> {
  const reply = operation.replies[response.status]
  const text = await response.text()
  if (reply === undefined) return [`status ${response.status} is not in the document: ${text}`]
  const strange = [...response.headers.keys()].filter(
    (name) => name.startsWith('x-minnow-') && name !== 'x-minnow-count' && !DOCUMENTED.has(name),
  )
  const lacking = operation.asksModel === true ? ALWAYS.filter((name) => !response.headers.has(name)) : []
  const said = [
    ...strange.map((name) => `the header ${name} is not in the document`),
    ...lacking.map((name) => `the header ${name} is missing`),
  ]
  const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? ''
  if (type === 'application/json' && reply.json !== undefined)
    return [...said, ...judge(reply.json, JSON.parse(text))]
  if (type === 'text/event-stream' && reply.events !== undefined) {
    const { events } = reply
    const data = dataIn(text)
    return [
      ...said,
      ...(data.length === 0 ? ['no event came'] : []),
      ...data.flatMap((one) => judge(events, one)),
    ]
  }
  return reply.media?.includes(type) === true ? said : [...said, `${type} is not in the document`]
}

const dataIn = (text: string): unknown[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: ') && line !== 'data: [DONE]')
    .map((line) => JSON.parse(line.slice('data: '.length)) as unknown)

/** A form's files are written in examples as curl has them. */
function formOf(value: unknown): FormData {
  const form = new FormData()
  for (const [name, field] of Object.entries(Object(value) as Record<string, string>)) {
    if (field.startsWith('@')) form.append(name, new Blob([new Uint8Array(256).fill(7)]), field.slice(1))
    else form.append(name, field)
  }
  return form
}

describe('every operation answers as the document says', () => {
  for (const operation of OPERATIONS) {
    const { id, body, access } = operation
    for (const [name, example] of Object.entries(body?.examples ?? { 'no body': undefined })) {
      it(`${id}: ${name}`, async () => {
        const prepared = await preparations(scene.gateway.url)[id]?.()
        const value = prepared?.body ?? example?.value
        const asked: Asked = {
          ...prepared,
          ...(body === undefined
            ? {}
            : { body: body.contentType === 'multipart/form-data' ? formOf(value) : value }),
        }
        expect(await wrongIn(operation, await ask(operation, KEYS[access], asked))).toEqual([])
      })
    }
  }
})

const SHAPES: Readonly<Record<ErrorShape, string>> = {
  openai: 'OpenAIError',
  anthropic: 'AnthropicError',
  gemini: 'GeminiError',
}

describe('refusals have the shape that the document gives them', () => {
  for (const operation of OPERATIONS) {
    if (operation.access === 'nobody') continue
    it(`${operation.id}: without a key`, async () => {
      const response = await ask(operation, undefined, operation.body === undefined ? {} : { body: {} })
      expect(response.status).toBe(401)
      expect(response.headers.get('x-request-id')).toBeTruthy()
      expect(judge(SHAPES[operation.errors], await response.json())).toEqual([])
    })
    if (operation.body === undefined || operation.body.isOptional === true) continue
    it(`${operation.id}: a body that is none`, async () => {
      const { places = {} } = (await preparations(scene.gateway.url)[operation.id]?.()) ?? {}
      const response = await ask(operation, KEYS[operation.access], { places, body: 'not an object' })
      expect(response.status).toBe(400)
      expect(judge(SHAPES[operation.errors], await response.json())).toEqual([])
    })
  }
})
