// Every route, one line each, and the one place that catches.
import { type Context, Hono } from 'hono'
import type { ClientDialect } from '../shared/dialect.ts'
import { writeCount } from '../shared/dialects/anthropic/count.ts'
import { anthropic } from '../shared/dialects/anthropic/index.ts'
import { gemini } from '../shared/dialects/gemini/index.ts'
import { openaiChat } from '../shared/dialects/openai-chat/index.ts'
import { openaiResponses } from '../shared/dialects/openai-responses/index.ts'
import { Failed, type Failure, failureOf } from '../shared/failure.ts'
import { type Endpoint, ENDPOINTS } from '../shared/request.ts'
import { type Admin, adminRoutes } from './admin/routes.ts'
import { checkLocal, checkOrigin, keyOf } from './edge/authenticate.ts'
import { allowOrigin, preflight } from './edge/cors.ts'
import { openAnswers, type Answers, type Answering, type Asking } from './edge/answers.ts'
import { forward } from './edge/forward.ts'
import { receivePassed } from './edge/pass.ts'
import { identify, requestIdOf } from './edge/identity.ts'
import { hearFeedback } from './edge/feedback.ts'
import { receive } from './edge/receive.ts'
import { waitFor, wantsConversation } from './edge/receipt.ts'
import { refuse } from './edge/refuse.ts'
import { traceOf } from './edge/trace.ts'
import { checkEndpoint } from './edge/scope.ts'
import { checkVisit, issueToken, strayOrigin, within } from './edge/visit.ts'
import { openTalks } from './edge/conversations.ts'
import { openKept, type Shelves } from './edge/kept.ts'
import { explain, tellCount } from './edge/describe.ts'
import { geminiList, geminiModel, modelFor, modelsFor, speaksAnthropic } from './edge/shelf.ts'
import type { ConversationDesk } from './conversing.ts'
import type { Keys } from './keys/verify.ts'
import type { Learning } from './learning/learning.ts'
import type { Planner } from './routing/planner.ts'
import type { Cx } from './service.ts'
import type { Visitors } from './visitors/visitors.ts'

export interface Gateway extends Answering {
  readonly keys: Keys
  readonly forgetAt: Shelves['forgetAt']
  readonly planner: Planner
  readonly admin: Admin
  /** The key's own receipt of a request; undefined where there is none. */
  readonly receipt: (
    keyId: string,
    requestId: string,
    withConversation?: boolean,
  ) => Promise<Record<string, unknown> | undefined>
  readonly learning: Pick<Learning, 'feedback'>
  readonly visitors: Visitors
  readonly conversations: ConversationDesk
  readonly version: string
  /** The static pages, where they are bound. */
  readonly assets: ((request: Request) => Promise<Response>) | undefined
  /** Logs a line for the operator; never given a secret or a prompt. */
  readonly warn: (message: string) => void
}

const chat = openaiChat()
const messages = anthropic()
const responses = openaiResponses()

/** Errors under an address are told in the dialect that is spoken there. */
const DIALECTS: readonly (readonly [RegExp, ClientDialect])[] = [
  [/^\/v1\/messages(?:\/|$)/, messages],
  [/^\/v1\/(?:responses|conversations)(?:\/|$)/, responses],
  [/^\/v1beta(?:\/|$)|^\/v1\/models\/.+:\w+$/, gemini],
]

const dialectAt = (path: string): ClientDialect =>
  DIALECTS.find(([address]) => address.test(path))?.[1] ?? chat

/** The list of models and what is thought of an answer have one address for two dialects; its reader says which. */
const dialectOf = (request: Request, path: string): ClientDialect =>
  /^\/v1\/(?:models(?:\/|$)|feedback$)/.test(path) && speaksAnthropic(request.headers)
    ? messages
    : dialectAt(path)

interface Visit extends Asking {
  readonly c: Context
}

export interface App {
  readonly fetch: Hono['fetch']
  /** Answers in a client's place. */
  readonly work: Answers['work']
  /** What it answers, for those who compare it with the document of the API. */
  readonly routes: readonly { readonly method: string; readonly path: string }[]
}

export function openApp(gateway: Gateway): App {
  const { keys, pipeline, count, planner, bodyBytes, version, warn } = gateway
  const app = new Hono()
  const answers = openAnswers(gateway)
  const kept = openKept(gateway)
  const talks = openTalks(gateway.conversations, bodyBytes)

  /** A route for clients: identified, verified, caught, and answered with the request's id. */
  const forClients = (answer: (asking: Visit) => Promise<Response>) =>
    forAskers(async (asking) => {
      await asking.confirmed // what is changed or erased cannot be withheld
      return answer(asking)
    })

  /** The same where a model is asked: the work begins while the key is still being confirmed. */
  const forAskers = (answer: (visit: Visit) => Promise<Response>) => async (c: Context) => {
    const dialect = dialectOf(c.req.raw, c.req.path)
    const { cx, abort } = contextOf(c, warn)
    const request = c.req.raw
    let origin: string | undefined
    try {
      const key = keyOf(request.headers)
      checkLocal(key, request)
      const { caller, confirmed } = (await gateway.visitors.holder(key, cx)) ?? (await keys.verify(key, cx))
      checkOrigin(caller, request.headers)
      if (caller.origins !== undefined) origin = request.headers.get('origin') ?? undefined
      checkEndpoint(caller, c.req.method, c.req.path)
      checkVisit(caller, c.req.method, c.req.path, gateway.visitors.isBound)
      const response = await withhold(
        answer({ c, raw: within(caller, request), cx, caller, abort, confirmed }),
        confirmed,
        abort,
      )
      return withId(response, dialect, cx.id, origin)
    } catch (error) {
      const failure = failureOf(error)
      if (failure.kind === 'internal')
        warn(`${cx.id}: ${error instanceof Error ? (error.stack ?? error.message) : failure.message}`)
      return withId(refuse(failure, dialect, cx.id), dialect, cx.id, origin ?? strayOrigin(failure, request))
    }
  }

  /** A route that is passed on to a vendor which has the same. */
  const pass = async ({ raw, cx, caller, abort }: Visit, endpoint: Endpoint): Promise<Response> => {
    const receivedAt = cx.now()
    const request = await receivePassed(raw, endpoint, caller, bodyBytes)
    const served = await pipeline({ caller, request }, cx, abort)
    return forward({ served, dialect: chat, receivedAt }, cx, abort)
  }

  /** What is answered only to a client that says where it wants to go on. */
  const rest = async (visit: Visit): Promise<Response> => {
    const found = await answers.rest(visit)
    if (found === undefined) throw new Failed(unknownUrl(visit.c))
    return found
  }

  app.options('/v1/*', (c) => preflight(c.req.raw))
  app.options('/v1beta/*', (c) => preflight(c.req.raw))
  app.get('/health', (c) => c.json({ status: 'ok', version }))
  app.post('/v1/chat/completions', forAskers(answers.ask))
  app.get('/v1/chat/completions', forClients(rest))
  app.post('/v1/chat/completions/cancel', forAskers(answers.cancel))
  app.post('/v1/responses', forAskers(answers.ask))
  app.get('/v1/responses', forClients(rest))
  app.get('/v1/responses/:id', forClients(kept.readResponse))
  app.delete('/v1/responses/:id', forClients(kept.removeResponse))
  app.post('/v1/responses/:id/cancel', forClients(kept.cancelResponse))
  app.get('/v1/responses/:id/input_items', forClients(kept.inputItems))
  app.post('/v1/conversations', forClients(kept.makeConversation))
  app.get('/v1/conversations', forClients(talks.list))
  app.get('/v1/conversations/:id', forClients(talks.or(talks.read, kept.readConversation)))
  app.get('/v1/conversations/:id/messages', forClients(talks.messages))
  app.post('/v1/conversations/:id/branch', forClients(talks.branch))
  app.post('/v1/conversations/:id', forClients(kept.changeConversation))
  app.delete('/v1/conversations/:id', forClients(talks.or(talks.remove, kept.removeConversation)))
  app.get('/v1/conversations/:id/items', forClients(kept.listItems))
  app.post('/v1/conversations/:id/items', forClients(kept.addItems))
  app.get('/v1/conversations/:id/items/:item', forClients(kept.readItem))
  app.delete('/v1/conversations/:id/items/:item', forClients(kept.removeItem))
  app.post('/v1/messages', forAskers(answers.ask))
  app.get('/v1/messages', forClients(rest))
  app.post('/v1/messages/cancel', forAskers(answers.cancel))
  app.post('/v1/embeddings', forAskers(answers.ask))
  for (const endpoint of ENDPOINTS) {
    app.post(
      `/v1/${endpoint}`,
      forAskers((asking) => pass(asking, endpoint)),
    )
  }
  app.post(
    '/v1/messages/count_tokens',
    forClients(async ({ c, cx, caller }) => {
      const request = await receive(c.req.raw, messages, caller, bodyBytes)
      return tellCount(await count({ caller, request }, cx), writeCount)
    }),
  )
  app.post('/v1beta/models/:call{.+}', forAskers(answers.ask))
  app.post('/v1/models/:call{.+}', forAskers(answers.ask)) // the version that Google's own client asks for by itself
  app.post(
    '/v1/route',
    forClients(async ({ c, cx, caller }) => {
      const request = await receive(c.req.raw, chat, caller, bodyBytes)
      return c.json(explain(await planner.plan(request, caller, cx, { isDry: true })))
    }),
  )
  app.get(
    '/v1/receipts/:id',
    forClients(async ({ c, caller }) => {
      const id = c.req.param('id') ?? ''
      const isWide = wantsConversation(c.req.query('include'))
      return Response.json(await waitFor(id, () => gateway.receipt(caller.keyId, id, isWide)))
    }),
  )
  app.post(
    '/v1/feedback',
    forClients(({ raw, caller }) => hearFeedback(raw, caller, gateway)),
  )
  app.post(
    '/v1/visitors/token',
    forClients(({ c, cx, caller }) => issueToken(c.req.raw, caller, gateway.visitors, cx)),
  )
  app.get(
    '/v1/models',
    forClients(async ({ c, cx, caller }) => c.json(modelsFor(c.req.raw, await planner.catalog(cx), caller))),
  )
  app.get(
    '/v1/models/:id{.+}',
    forClients(async ({ c, cx, caller }) =>
      c.json(modelFor(c.req.raw, await planner.catalog(cx), caller, c.req.param('id') ?? '')),
    ),
  )
  app.get(
    '/v1beta/models',
    forClients(async ({ c, cx, caller }) =>
      c.json(geminiList(await planner.catalog(cx), caller, new URL(c.req.url).searchParams)),
    ),
  )
  app.get(
    '/v1beta/models/:id{.+}',
    forClients(async ({ c, cx, caller }) =>
      c.json(geminiModel(await planner.catalog(cx), caller, c.req.param('id') ?? '')),
    ),
  )
  app.route('/admin', adminRoutes(gateway.admin))

  app.notFound(async (c) => {
    const { method, path } = c.req
    const isPage =
      (method === 'GET' || method === 'HEAD') && !/^\/(?:v1|v1beta|admin|models)(?:\/|$)/.test(path)
    const page = isPage ? await gateway.assets?.(c.req.raw) : undefined
    if (page !== undefined && page.status !== 404) return page
    const id = requestIdOf(c.req.raw.headers, Date.now())
    const dialect = dialectAt(path)
    return withId(refuse(unknownUrl(c), dialect, id), dialect, id)
  })
  app.onError((error, c) => {
    const id = requestIdOf(c.req.raw.headers, Date.now())
    const failure = failureOf(error)
    if (failure.kind === 'internal') warn(`${id}: ${error.stack ?? error.message}`)
    const dialect = dialectAt(c.req.path)
    return withId(refuse(failure, dialect, id), dialect, id)
  })
  return { fetch: app.fetch, work: answers.work, routes: app.routes }
}

function unknownUrl({ req: { method, path } }: Context): Failure {
  const message = `There is no ${method} ${path} here. Chat is POST /v1/chat/completions; the README lists the rest.`
  return { kind: 'not-found', message, code: 'unknown_url' }
}

/** Nothing is told before the key is confirmed; of one that was revoked meanwhile the work ends at once. */
async function withhold(
  work: Promise<Response>,
  confirmed: Promise<void> | undefined,
  abort: (reason: Failed) => void,
): Promise<Response> {
  if (confirmed === undefined) return work
  work.catch(() => undefined) // it is looked at below, perhaps later than it fails
  try {
    await confirmed
  } catch (error) {
    abort(error instanceof Failed ? error : new Failed(failureOf(error)))
    void work.then(({ body }) => body?.cancel()).catch(() => undefined) // its answer is for nobody
    throw error
  }
  return work
}

/** The request's context; it ends when the client leaves or `abort` is called. */
function contextOf(c: Context, warn: (message: string) => void): { cx: Cx; abort: (reason: Failed) => void } {
  const controller = new AbortController()
  const abort = (reason: Failed): void => controller.abort(reason)
  const { signal } = c.req.raw
  const leave = (): void => abort(new Failed({ kind: 'cancelled' }))
  if (signal.aborted) leave()
  else signal.addEventListener('abort', leave, { once: true })
  const id = requestIdOf(c.req.raw.headers, Date.now())
  const defer = (task: Promise<unknown>): void =>
    c.executionCtx.waitUntil(
      task.catch((error: unknown) =>
        warn(`${id}: deferred work failed: ${error instanceof Error ? error.message : String(error)}`),
      ),
    )
  const trace = traceOf(c.req.raw.headers)
  const traced = trace === undefined ? {} : { trace }
  return { cx: { id, ...traced, signal: controller.signal, now: Date.now, defer }, abort }
}

function withId(response: Response, dialect: ClientDialect, id: string, origin?: string): Response {
  identify(response.headers, dialect, id)
  if (origin !== undefined) allowOrigin(response.headers, origin)
  return response
}
