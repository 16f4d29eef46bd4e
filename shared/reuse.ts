// What keys, routes and requests say of answers that may be given again, and what of all that holds. Pure.
import { z } from 'zod'

export const CACHE_MODES = ['off', 'exact', 'semantic'] as const
export const CACHE_SCOPES = ['key', 'project', 'user'] as const

export type CacheMode = (typeof CACHE_MODES)[number]
/** Who may be given an answer: the user of a key, every user of a key, every key of its project. */
export type CacheScope = (typeof CACHE_SCOPES)[number]

const MOST_SECONDS = 30 * 24 * 60 * 60

/** The fields of `cache`, wherever it stands. */
export const reuseFields = {
  mode: z
    .enum(CACHE_MODES)
    .optional()
    .describe('exact: the same question; semantic: also one that asks the same in other words; off: never.'),
  ttl: z
    .int()
    .min(1)
    .max(MOST_SECONDS)
    .optional()
    .describe('Seconds for which an answer may be given again; an hour unless given.'),
  scope: z
    .enum(CACHE_SCOPES)
    .optional()
    .describe('Who may be given it: the key unless given, every key of its project, or one user of the key.'),
}

export const reuseSetting = z.strictObject(reuseFields)

/** What holds for all answers that are kept: `cache` at the top of the configuration. */
export const cacheSettings = z.strictObject({
  embeddings: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe(
      'The model whose vectors tell whether two questions ask the same; without one their words are compared.',
    ),
  threshold: z
    .number()
    .min(0.5)
    .max(1)
    .optional()
    .describe('How near such vectors must be, as their cosine; 0.97 unless given.'),
  tenantBytes: z
    .int()
    .min(65_536)
    .max(8_589_934_592)
    .optional()
    .describe("As much as a key's or a project's answers may take together; 64 MiB unless given."),
})

export interface CacheSetting {
  readonly mode?: CacheMode | undefined
  /** Seconds. */
  readonly ttl?: number | undefined
  readonly scope?: CacheScope | undefined
}

/** What a request says. */
export interface CacheWish extends CacheSetting {
  /** Ask the model again, and keep that answer from now on. */
  readonly refresh?: boolean | undefined
}

export interface CacheTerms {
  readonly mode: Exclude<CacheMode, 'off'>
  readonly ttlMs: number
  readonly scope: CacheScope
  readonly refresh: boolean
}

const DEFAULT_SECONDS = 60 * 60

/** From the narrowest. */
const WIDTHS: Readonly<Record<CacheScope, number>> = { user: 0, key: 1, project: 2 }

/**
 * What holds; undefined where no answer is kept or given again. A request says more than its key, and that more than the
 * route; but what the key says of `off`, of how long and for whom is a limit that no request exceeds.
 */
export function termsOf(
  key: CacheSetting | undefined,
  route: CacheSetting | undefined,
  wish: CacheWish | undefined,
): CacheTerms | undefined {
  const mode = wish?.mode ?? key?.mode ?? route?.mode ?? (wish === undefined ? 'off' : 'exact')
  if (mode === 'off' || key?.mode === 'off') return undefined
  const ttl = Math.min(wish?.ttl ?? route?.ttl ?? key?.ttl ?? DEFAULT_SECONDS, key?.ttl ?? MOST_SECONDS)
  const asked = wish?.scope ?? route?.scope ?? key?.scope ?? 'key'
  const limit = key?.scope ?? asked
  return {
    mode,
    ttlMs: ttl * 1_000,
    scope: WIDTHS[asked] < WIDTHS[limit] ? asked : limit,
    refresh: wish?.refresh === true,
  }
}

const WORDS = /^(?:on|off|exact|semantic|refresh|ttl=\d{1,7}|scope=(?:key|project|user))$/

/** Reads `x-minnow-cache: semantic; ttl=600; scope=user`; undefined where that is none of it. */
export function readCacheHeader(header: string): CacheWish | undefined {
  const words = header
    .toLowerCase()
    .split(/[;,\s]+/)
    .filter(Boolean)
  if (words.length === 0 || !words.every((word) => WORDS.test(word))) return undefined
  const after = (name: string): string | undefined =>
    words.findLast((word) => word.startsWith(name))?.slice(name.length)
  const ttl = after('ttl=')
  const mode = CACHE_MODES.find((one) => words.includes(one))
  const scope = CACHE_SCOPES.find((one) => one === after('scope='))
  const wish: CacheWish = {
    ...(mode === undefined ? {} : { mode }),
    ...(ttl === undefined ? {} : { ttl: Number(ttl) }),
    ...(scope === undefined ? {} : { scope }),
    ...(words.includes('refresh') ? { refresh: true } : {}),
  }
  const isTtl = wish.ttl === undefined || (wish.ttl >= 1 && wish.ttl <= MOST_SECONDS)
  return isTtl ? wish : undefined
}
