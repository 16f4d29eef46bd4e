// What the cache of answers is given of the house: its settings, a way to ask an embedding model, and a desk for operators.
import { type Config, entryOf } from '../shared/config.ts'
import { openaiEmbeddings } from '../shared/dialects/embeddings/index.ts'
import { Failed } from '../shared/failure.ts'
import type { Seals } from '../shared/seal.ts'
import type { ModelRequest } from '../shared/request.ts'
import { type Cache, type Embed, openCache } from './cache/cache.ts'
import { noCounts, plus } from './cache/counts.ts'
import { ENTRY_CHARS, type Stats } from './cache/keeper.ts'
import { objectsOf } from './cache/name.ts'
import type { AnswerCacheObject } from './cache/object.ts'
import { THRESHOLD } from './cache/threshold.ts'
import type { Answer, Caller, Cx } from './service.ts'

/** A request on the ordinary way, with receipt, budget, health and telemetry. */
type Serve = (
  asked: { readonly caller: Caller; readonly request: ModelRequest },
  cx: Cx,
  abort: (reason: Failed) => void,
) => Promise<{ readonly answer: Answer }>

export interface CacheDesk {
  /** What is kept for a key or a project, and what came of it. */
  stats(tenant: string): Promise<Stats>
  /** Forgets what is kept for it, of one route or all; says how many answers that were. */
  purge(tenant: string, route: string | undefined): Promise<number>
}

export interface Caching {
  readonly cache: Cache
  readonly desk: CacheDesk
}

const TENANT_BYTES = 64 * 1024 * 1024

type Objects = DurableObjectNamespace<AnswerCacheObject>

export function openCaching(config: Config, objects: Objects, seals: Seals, serve: Serve): Caching {
  const { embeddings: model, threshold = THRESHOLD, tenantBytes = TENANT_BYTES } = config.cache ?? {}
  const all = <T>(
    tenant: string,
    ask: (object: ReturnType<Objects['getByName']>) => Promise<T>,
  ): Promise<T[]> =>
    Promise.all(objectsOf(tenant).map((name) => ask(objects.getByName(name)))).catch(() => {
      throw new Failed({ kind: 'unavailable', what: 'The cache', retryAfterMs: 1_000 })
    })
  return {
    cache: openCache({
      objects: (name) => {
        const object = objects.getByName(name)
        return {
          look: (asked) => object.look(asked),
          hear: (filling, lines) => object.hear(filling, lines),
        }
      },
      routeSetting: (route) => entryOf(config.routes, route)?.cache,
      mark: markWith(seals),
      threshold,
      chars: Math.max(tenantBytes, ENTRY_CHARS),
      ...(model === undefined ? {} : { embed: embedding(model, serve) }),
    }),
    desk: {
      async stats(tenant) {
        const parts = await all(tenant, (object) => object.stats())
        return parts.reduce<Stats>(
          (sum, part) => ({
            ...plus(sum, part),
            entries: sum.entries + part.entries,
            chars: sum.chars + part.chars,
          }),
          { ...noCounts, entries: 0, chars: 0 },
        )
      },
      async purge(tenant, route) {
        const purged = await all(tenant, (object) => object.purge(route))
        return purged.reduce((sum, one) => sum + one, 0)
      },
    },
  }
}

/**
 * Names of questions: a plain digest of a short question could be found by trying. Undefined without a key, and then
 * nothing is kept to be given again.
 */
function markWith(seals: Seals): ((text: string) => string) | undefined {
  if (seals.names.length === 0) return undefined
  const seal = seals.at('names', 'answers')
  return (text) => seal.marks(text)[0] ?? ''
}

const embeddings = openaiEmbeddings()

/** A vector comes as any embedding does: paid by the key, with a row of its own. */
const embedding =
  (model: string, serve: Serve): Embed =>
  async (text, caller, cx) => {
    const controller = new AbortController()
    const leave = (): void => controller.abort(cx.signal.reason)
    cx.signal.addEventListener('abort', leave, { once: true })
    try {
      const body = { model, input: text, encoding_format: 'float' }
      const request: ModelRequest = {
        ...embeddings.readRequest(body),
        tenant: caller.keyId,
        cache: { mode: 'off' },
      }
      const inside = { ...cx, id: `${cx.id}-embedding`, signal: controller.signal }
      const { models: _, cache: __, ...payer } = caller // the operator has chosen the model
      const { answer } = await serve({ caller: payer, request }, inside, (reason) => controller.abort(reason))
      for await (const batch of answer.batches)
        for (const { events } of batch)
          for (const event of events) if (event.type === 'embedding') return event.vector
      return undefined
    } finally {
      cx.signal.removeEventListener('abort', leave)
    }
  }
