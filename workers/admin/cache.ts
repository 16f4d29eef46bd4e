// Answers that are kept, for operators: how many, how often they were given again, and their end.
import { dollarsFromMicros } from '../../shared/money.ts'
import type { Change } from '../audit.ts'
import type { CacheDesk } from '../caching.ts'
import { cacheQuery, checked } from './schema.ts'

export interface CacheAdmin extends CacheDesk {
  readonly note: (change: Change) => Promise<void>
  readonly now: () => number
}

/** `bytes` are characters of JSON. */
export async function readCache(desk: CacheDesk, query: unknown): Promise<Record<string, unknown>> {
  const { tenant } = checked(cacheQuery, query)
  const { entries, chars, exact, semantic, shared, missed, stored, evicted, expired, ...rest } =
    await desk.stats(tenant)
  const asked = exact + semantic + shared + missed
  return {
    object: 'cache',
    tenant,
    entries,
    bytes: chars,
    hits: { exact, semantic, shared },
    misses: missed,
    hit_share: asked === 0 ? null : (exact + semantic + shared) / asked,
    stored,
    evicted,
    expired,
    saved: dollarsFromMicros(rest.saved_micros),
    saved_micros: rest.saved_micros,
  }
}

export async function purgeCache(
  desk: CacheAdmin,
  query: unknown,
  actor: Change['actor'],
): Promise<Record<string, unknown>> {
  const { tenant, route } = checked(cacheQuery, query)
  const after = { route: route ?? null, purged: await desk.purge(tenant, route) }
  await desk.note({ at: desk.now(), actor, action: 'cache.purge', target: tenant, after })
  return { object: 'cache.purged', tenant, ...after }
}
