// The operator's HTTP routes, one line each. Everything here needs the admin key.
import { Hono } from 'hono'
import { Failed } from '../../shared/failure.ts'
import { parse, readBody } from '../edge/receive.ts'
import { checkLocal, keyOf } from '../edge/authenticate.ts'
import { type HealthDesk, listHealth } from './health.ts'
import type { PriceBook } from '../prices/book.ts'
import type { AuditFilter } from '../audit.ts'
import { type CacheAdmin, purgeCache, readCache } from './cache.ts'
import type { KeyDesk } from './desk.ts'
import { changeKey, createKey, listKeys, readKey, revokeKey } from './keys.ts'
import { type LearnerDesk, listRoutes } from './learners.ts'
import { listPrices, putPrice } from './prices.ts'
import { beginRebench, readRebench, type RebenchDesk } from './rebench.ts'
import { changeProject, createProject, listProjects, readProject, removeProject } from './projects.ts'
import {
  auditQuery,
  checked,
  keyQuery,
  learnerQuery,
  priceQuery,
  requestQuery,
  usageQuery,
} from './schema.ts'
import { CONTENT_TYPE } from '../telemetry/prometheus.ts'
import type { RequestFilter } from '../telemetry/queries.ts'
import type { UsageQuery } from '../telemetry/usage.ts'

export interface Admin {
  /** What the admin key is called in the audit; undefined for every other key. */
  readonly adminOf: (key: string | undefined) => Promise<string | undefined>
  /** True where an admin key exists at all. */
  readonly enabled: boolean
  readonly keys: KeyDesk
  readonly prices: PriceBook
  readonly requests: (filter: RequestFilter) => Promise<Record<string, unknown>[]>
  /** The row of this id, with what was said where that is kept. */
  readonly request: (id: string) => Promise<Record<string, unknown> | undefined>
  readonly health: HealthDesk
  readonly learners: LearnerDesk
  readonly usage: (query: UsageQuery) => Promise<Record<string, unknown>>
  /** In Prometheus' text format. */
  readonly metrics: () => Promise<string>
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
  app.use('*', async (c, next) => {
    if (!admin.enabled) {
      const message =
        'This deployment has no admin key, so it refuses admin calls. Set one with: npx wrangler secret put ADMIN_KEY'
      throw new Failed({ kind: 'forbidden', message, code: 'admin_disabled' })
    }
    const key = keyOf(c.req.raw.headers)
    checkLocal(key, c.req.raw)
    const actor = await admin.adminOf(key)
    if (actor !== undefined) {
      c.set('actor', actor)
      return next()
    }
    const message =
      key === undefined
        ? "Send the admin key as 'Authorization: Bearer <key>'."
        : 'This is not the admin key.'
    throw new Failed({
      kind: 'unauthenticated',
      message,
      code: 'invalid_api_key',
    })
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
    c.json({ object: 'list', data: await admin.requests(filterOf(c.req.query())) }),
  )
  app.get('/requests/:id', async (c) => c.json(found(await admin.request(c.req.param('id')))))
  app.get('/health', async (c) => c.json({ object: 'list', data: await listHealth(admin.health) }))
  app.get('/routes', async (c) =>
    c.json({ object: 'list', data: await listRoutes(admin.learners, checked(learnerQuery, c.req.query())) }),
  )
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

function found(row: Record<string, unknown> | undefined): Record<string, unknown> {
  if (row !== undefined) return row
  const message = "There is no such row: GET /admin/requests lists them, each with its 'id'."
  throw new Failed({ kind: 'not-found', message, code: 'request_not_found' })
}

function filterOf(query: Record<string, string>): RequestFilter {
  const { limit, before, key, model } = checked(requestQuery, query)
  return {
    limit,
    ...(before === undefined ? {} : { before }),
    ...(key === undefined ? {} : { key }),
    ...(model === undefined ? {} : { model }),
  }
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
