// Every route, one line each, and the one place that catches.
import { type Context, Hono } from 'hono'
import type { Address, ClientDialect } from '../shared/dialect.ts'
import { writeCount } from '../shared/dialects/anthropic/count.ts'
import { anthropic } from '../shared/dialects/anthropic/index.ts'
import { openaiEmbeddings } from '../shared/dialects/embeddings/index.ts'
import { gemini } from '../shared/dialects/gemini/index.ts'
import { openaiChat } from '../shared/dialects/openai-chat/index.ts'
import { openaiResponses } from '../shared/dialects/openai-responses/index.ts'
import { Failed, failureOf } from '../shared/failure.ts'
import { type Admin, adminRoutes } from './admin/routes.ts'
import { checkLocal, checkOrigin, keyOf } from './edge/authenticate.ts'
import { allowOrigin, preflight } from './edge/cors.ts'
import { methodOf } from './edge/address.ts'
import { deliver } from './edge/deliver.ts'
import { requestIdOf } from './edge/identity.ts'
import { receive } from './edge/receive.ts'
import { refuse } from './edge/refuse.ts'
import { explain, listModels, readModel, tellCount } from './edge/describe.ts'
import type { Count } from './count.ts'
import type { Keys } from './keys/verify.ts'
import type { Pipeline } from './pipeline.ts'
import type { Planner } from './routing/planner.ts'
import type { Caller, Cx } from './service.ts'

export interface Gateway {
  readonly keys: Keys
  readonly pipeline: Pipeline
  readonly count: Count
  readonly planner: Planner
  readonly admin: Admin
  readonly bodyBytes: number
  readonly keepAliveMs: number
  readonly version: string
  /** The static pages, where they are bound. */
  readonly assets: ((request: Request) => Promise<Response>) | undefined
  /** Logs a line for the operator; never given a secret or a prompt. */
  readonly warn: (message: string) => void
}

const chat = openaiChat()
const embeddings = openaiEmbeddings()
const messages = anthropic()
const responses = openaiResponses()

/** Errors under an address are told in the dialect that is spoken there. */
const DIALECTS: readonly (readonly [RegExp, ClientDialect])[] = [
  [/^\/v1\/messages(?:\/|$)/, messages],
  [/^\/v1\/responses(?:\/|$)/, responses],
  [/^\/v1beta(?:\/|$)|^\/v1\/models\/.+:\w+$/, gemini],
]

const dialectAt = (path: string): ClientDialect =>
  DIALECTS.find(([address]) => address.test(path))?.[1] ?? chat

interface Asking {
  readonly c: Context
  readonly cx: Cx
  readonly caller: Caller
  readonly abort: (reason: Failed) => void
}

export function openApp(gateway: Gateway): Hono {
  const { keys, pipeline, count, planner, bodyBytes, keepAliveMs, version, warn } = gateway
  const app = new Hono()

  /** A route for clients: identified, verified, caught, and answered with the request's id. */
  const forClients = (answer: (asking: Asking) => Promise<Response>) => async (c: Context) => {
    const dialect = dialectAt(c.req.path)
    const { cx, abort } = contextOf(c, warn)
    const request = c.req.raw
    let origin: string | undefined
    try {
      const key = keyOf(request.headers)
      checkLocal(key, request)
      const caller = await keys.verify(key, cx)
      checkOrigin(caller, request.headers)
      if (caller.origins !== undefined) origin = request.headers.get('origin') ?? undefined
      return withId(await answer({ c, cx, caller, abort }), cx.id, origin)
    } catch (error) {
      const failure = failureOf(error)
      if (failure.kind === 'internal')
        warn(`${cx.id}: ${error instanceof Error ? (error.stack ?? error.message) : failure.message}`)
      return withId(refuse(failure, dialect, cx.id), cx.id, origin)
    }
  }

  /** A route that asks a model, in a dialect. */
  const answer = async (
    { c, cx, caller, abort }: Asking,
    dialect: ClientDialect,
    address?: Address,
  ): Promise<Response> => {
    const receivedAt = cx.now()
    const request = await receive(c.req.raw, dialect, caller, bodyBytes, address)
    const served = await pipeline({ caller, request }, cx, abort)
    return deliver({ request, served, dialect, receivedAt, keepAliveMs }, cx, abort)
  }

  /** The other call of generateContent's addresses asks for a length, not for an answer. */
  const answerMethod = async (asking: Asking): Promise<Response> => {
    const { c, cx, caller } = asking
    const { method, address } = methodOf(c.req.param('call') ?? '', new URL(c.req.url).searchParams)
    if (method !== 'countTokens') return answer(asking, gemini, address)
    const request = await receive(c.req.raw, gemini, caller, bodyBytes, address)
    return tellCount(await count({ caller, request }, cx), (tokens) => ({ totalTokens: tokens }))
  }

  app.options('/v1/*', (c) => preflight(c.req.raw))
  app.options('/v1beta/*', (c) => preflight(c.req.raw))
  app.get('/health', (c) => c.json({ status: 'ok', version }))
  app.post(
    '/v1/chat/completions',
    forClients((asking) => answer(asking, chat)),
  )
  app.post(
    '/v1/responses',
    forClients((asking) => answer(asking, responses)),
  )
  app.post(
    '/v1/messages',
    forClients((asking) => answer(asking, messages)),
  )
  app.post(
    '/v1/embeddings',
    forClients((asking) => answer(asking, embeddings)),
  )
  app.post(
    '/v1/messages/count_tokens',
    forClients(async ({ c, cx, caller }) => {
      const request = await receive(c.req.raw, messages, caller, bodyBytes)
      return tellCount(await count({ caller, request }, cx), writeCount)
    }),
  )
  app.post('/v1beta/models/:call{.+}', forClients(answerMethod))
  app.post('/v1/models/:call{.+}', forClients(answerMethod)) // the version that Google's own client asks for by itself
  app.post(
    '/v1/route',
    forClients(async ({ c, cx, caller }) => {
      const request = await receive(c.req.raw, chat, caller, bodyBytes)
      return c.json(explain(await planner.plan(request, caller, cx)))
    }),
  )
  app.get(
    '/v1/models',
    forClients(async ({ c, cx, caller }) => c.json(listModels(await planner.catalog(cx), caller))),
  )
  app.get(
    '/v1/models/:id{.+}',
    forClients(async ({ c, cx, caller }) =>
      c.json(readModel(await planner.catalog(cx), caller, c.req.param('id') ?? '')),
    ),
  )
  app.route('/admin', adminRoutes(gateway.admin))

  app.notFound(async (c) => {
    const { method, path } = c.req
    const isPage = (method === 'GET' || method === 'HEAD') && !/^\/(?:v1|v1beta|admin)(?:\/|$)/.test(path)
    const page = isPage ? await gateway.assets?.(c.req.raw) : undefined
    if (page !== undefined && page.status !== 404) return page
    const message = `There is no ${method} ${path} here. Chat is POST /v1/chat/completions; the README lists the rest.`
    const id = requestIdOf(c.req.raw.headers)
    return withId(refuse({ kind: 'not-found', message, code: 'unknown_url' }, dialectAt(path), id), id)
  })
  app.onError((error, c) => {
    const id = requestIdOf(c.req.raw.headers)
    const failure = failureOf(error)
    if (failure.kind === 'internal') warn(`${id}: ${error.stack ?? error.message}`)
    return withId(refuse(failure, dialectAt(c.req.path), id), id)
  })
  return app
}

/** The request's context; it ends when the client leaves or `abort` is called. */
function contextOf(c: Context, warn: (message: string) => void): { cx: Cx; abort: (reason: Failed) => void } {
  const controller = new AbortController()
  const abort = (reason: Failed): void => controller.abort(reason)
  const { signal } = c.req.raw
  const leave = (): void => abort(new Failed({ kind: 'cancelled' }))
  if (signal.aborted) leave()
  else signal.addEventListener('abort', leave, { once: true })
  const id = requestIdOf(c.req.raw.headers)
  const defer = (task: Promise<unknown>): void =>
    c.executionCtx.waitUntil(
      task.catch((error: unknown) =>
        warn(`${id}: deferred work failed: ${error instanceof Error ? error.message : String(error)}`),
      ),
    )
  return { cx: { id, signal: controller.signal, now: Date.now, defer }, abort }
}

function withId(response: Response, id: string, origin?: string): Response {
  response.headers.set('x-request-id', id)
  if (origin !== undefined) allowOrigin(response.headers, origin)
  return response
}
