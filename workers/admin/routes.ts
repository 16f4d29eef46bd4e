// The operator's HTTP routes, one line each. Everything here needs the admin key.
import { type Context, Hono } from 'hono'
import { Failed } from '../../shared/failure.ts'
import { parse, readBody } from '../edge/receive.ts'
import { type HealthDesk, listHealth } from './health.ts'
import type { PriceBook } from '../prices/book.ts'
import type { Catalog } from '../routing/catalog.ts'
import type { Cx } from '../service.ts'
import type { AuditFilter } from '../audit.ts'
import { listConfigured, listModels } from './catalog.ts'
import { type CacheAdmin, purgeCache, readCache } from './cache.ts'
import { type KeyDesk, shownTime } from './desk.ts'
import type { Door, Entered } from './door.ts'
import { changeKey, createKey, listKeys, readKey, revokeKey } from './keys.ts'
import { type LearnerDesk, listRoutes } from './learners.ts'
import { listRequests, type ReadRequests } from './requests.ts'
import { readWhatIf } from './whatif.ts'
import { listPrices, putPrice } from './prices.ts'
import { beginRebench, readRebench, type RebenchDesk } from './rebench.ts'
import { changeProject, createProject, listProjects, readProject, removeProject } from './projects.ts'
import {
  auditQuery,
  checked,
  keyQuery,
  learnerQuery,
  newSession,
  priceQuery,
  requestQuery,
  seriesQuery,
  usageQuery,
} from './schema.ts'
import { CONTENT_TYPE } from '../telemetry/prometheus.ts'
import { LENGTH_MS } from '../telemetry/books.ts'
import type { Reports } from '../telemetry/reports.ts'
import type { SeriesQuery } from '../telemetry/series.ts'
import type { UsageQuery } from '../telemetry/usage.ts'

export interface Admin extends Reports {
  readonly door: Door
  readonly catalog: (cx: Cx) => Promise<Catalog>
  readonly keys: KeyDesk
  readonly prices: PriceBook
  readonly requests: ReadRequests
  /** The row of this id, with what was said where that is kept. */
  readonly request: (id: string) => Promise<Record<string, unknown> | undefined>
  readonly health: HealthDesk
  readonly learners: LearnerDesk
  readonly audit: (filter: AuditFilter) => Promise<Record<string, unknown>[]>
  readonly rebench: RebenchDesk
  readonly cache: CacheAdmin
}

const BODY_BYTES = 64 * 1024

const body = async (request: Request): Promise<unknown> => parse(await readBody(request, BODY_BYTES))

interface Known {
  readonly Variables: { readonly actor: string }
}

export function adminRoutes(admin: Admin): Hono<Known> {
  const app = new Hono<Known>()
  const catalogFor = (c: Context<Known>): Promise<Catalog> =>
    admin.catalog({
      id: 'admin',
      signal: c.req.raw.signal,
      now: admin.keys.now,
      defer: (task) => c.executionCtx.waitUntil(task.catch(() => undefined)), // prices are renewed again by the next call
    })
  app.get('/session', async (c) => {
    const entered = await admin.door.enter(c.req.raw).catch(signedOut)
    return c.json(shownSession(entered))
  })
  app.post('/session', async (c) => {
    const { key } = checked(newSession, await body(c.req.raw))
    const { cookie, ...entered } = await admin.door.signIn(key, c.req.raw)
    return c.json(shownSession(entered), 201, { 'set-cookie': cookie })
  })
  app.delete('/session', (c) =>
    c.json(shownSession(undefined), 200, { 'set-cookie': admin.door.signOut(c.req.raw) }),
  )
  app.use('*', async (c, next) => {
    const { actor } = await admin.door.enter(c.req.raw)
    c.set('actor', actor)
    c.header('cache-control', 'no-store')
    return next()
  })
  app.post('/keys', async (c) =>
    c.json(await createKey(admin.keys, await body(c.req.raw), c.get('actor')), 201),
  )
  app.get('/keys', async (c) => {
    const { project } = checked(keyQuery, c.req.query())
    return c.json({ object: 'list', data: await listKeys(admin.keys, project) })
  })
  app.get('/keys/:id', async (c) => c.json(await readKey(admin.keys, c.req.param('id'))))
  app.patch('/keys/:id', async (c) =>
    c.json(await changeKey(admin.keys, c.req.param('id'), await body(c.req.raw), c.get('actor'))),
  )
  app.delete('/keys/:id', async (c) => c.json(await revokeKey(admin.keys, c.req.param('id'), c.get('actor'))))
  app.post('/projects', async (c) =>
    c.json(await createProject(admin.keys, await body(c.req.raw), c.get('actor')), 201),
  )
  app.get('/projects', async (c) => c.json({ object: 'list', data: await listProjects(admin.keys) }))
  app.get('/projects/:id', async (c) => c.json(await readProject(admin.keys, c.req.param('id'))))
  app.patch('/projects/:id', async (c) =>
    c.json(await changeProject(admin.keys, c.req.param('id'), await body(c.req.raw), c.get('actor'))),
  )
  app.delete('/projects/:id', async (c) =>
    c.json(await removeProject(admin.keys, c.req.param('id'), c.get('actor'))),
  )
  app.get('/audit', async (c) =>
    c.json({ object: 'list', data: await admin.audit(checked(auditQuery, c.req.query())) }),
  )
  app.get('/requests', async (c) =>
    c.json(await listRequests(admin.requests, checked(requestQuery, c.req.query()))),
  )
  app.get('/requests/:id', async (c) => c.json(found(await admin.request(c.req.param('id')))))
  app.get('/health', async (c) => c.json({ object: 'list', data: await listHealth(admin.health) }))
  app.get('/models', async (c) => c.json({ object: 'list', data: listModels(await catalogFor(c)) }))
  app.get('/routes', async (c) =>
    c.json({
      object: 'list',
      data: await listRoutes(admin.learners, checked(learnerQuery, c.req.query())),
      configured: listConfigured(await catalogFor(c)),
    }),
  )
  app.get('/routes/:route/what-if', async (c) =>
    c.json(await readWhatIf(admin.requests, c.req.param('route'))),
  )
  app.get('/series', async (c) => c.json(await admin.series(seriesOf(c.req.query(), admin.keys.now()))))
  app.get('/usage', async (c) => c.json(await admin.usage(usageOf(c.req.query(), admin.keys.now()))))
  app.get('/metrics', async (c) => c.body(await admin.metrics(), 200, { 'content-type': CONTENT_TYPE }))
  app.get('/prices', async (c) =>
    c.json({ object: 'list', data: await listPrices(admin.prices, checked(priceQuery, c.req.query())) }),
  )
  app.put('/prices', async (c) =>
    c.json(await putPrice(admin.prices, await body(c.req.raw), admin.keys.now(), c.get('actor'))),
  )
  app.get('/cache', async (c) => c.json(await readCache(admin.cache, c.req.query())))
  app.delete('/cache', async (c) => c.json(await purgeCache(admin.cache, c.req.query(), c.get('actor'))))
  app.post('/rebench', async (c) => {
    const text = await readBody(c.req.raw, BODY_BYTES)
    return c.json(await beginRebench(admin.rebench, text.trim() === '' ? undefined : parse(text)), 202)
  })
  app.get('/rebench', async (c) => {
    const shown = await readRebench(admin.rebench, c.req.query(), c.req.header('accept') ?? null)
    return typeof shown === 'string'
      ? c.body(shown, 200, { 'content-type': 'text/markdown; charset=utf-8' })
      : c.json(shown)
  })
  return app
}

/** Who is not signed in yet is told so; who may not be here at all is told why. */
function signedOut(error: unknown): undefined {
  if (error instanceof Failed && error.failure.kind === 'unauthenticated') return undefined
  throw error
}

const shownSession = (entered: Entered | undefined): Record<string, unknown> => ({
  object: 'session',
  signed_in: entered !== undefined,
  actor: entered?.actor ?? null,
  expires_at: shownTime(entered?.expiresAt),
})

function found(row: Record<string, unknown> | undefined): Record<string, unknown> {
  if (row !== undefined) return row
  const message = "There is no such row: GET /admin/requests lists them, each with its 'id'."
  throw new Failed({ kind: 'not-found', message, code: 'request_not_found' })
}

const USAGE_MS = 30 * 24 * 60 * 60 * 1000

/** The last thirty days, unless said otherwise. */
function usageOf(query: Record<string, string>, now: number): UsageQuery {
  const { group, since, until = now, limit, after } = checked(usageQuery, query)
  return {
    group,
    since: since ?? until - USAGE_MS,
    until,
    limit,
    ...(after === undefined ? {} : { after }),
  }
}

const HOUR_MS = 60 * 60 * 1000
/** Up to so long a stretch is told by the hour, unless said otherwise. */
const BY_HOUR_MS = 4 * 24 * HOUR_MS
const MOST_WINDOWS = 800

/** The last day, unless said otherwise. */
function seriesOf(query: Record<string, string>, now: number): SeriesQuery {
  const { by, since, until = now, step, top } = checked(seriesQuery, query)
  const from = since ?? until - 24 * HOUR_MS
  const length = step ?? (until - from <= BY_HOUR_MS ? 'hour' : 'day')
  const windows = (until - from) / LENGTH_MS[length]
  if (windows >= 0 && windows <= MOST_WINDOWS) return { by, since: from, until, top, step: length }
  const message = `Invalid 'since': a stretch of 0 to ${MOST_WINDOWS} windows of a ${length} before 'until' is expected.`
  throw new Failed({ kind: 'invalid-request', message, param: 'since' })
}
