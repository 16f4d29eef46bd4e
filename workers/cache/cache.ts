// Answers that may be given again: found before a model is asked, shared by those who ask at one time, told on to be kept.
// Where it is off it does nothing; where its objects are away the model is asked as if it were off.
import type { Price } from '../../shared/money.ts'
import type { Plan, Target } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { type CacheSetting, termsOf } from '../../shared/reuse.ts'
import type { Batch, ModelEvent } from '../../shared/event.ts'
import type { Answer, Caller, Cx } from '../service.ts'
import { follow } from './following.ts'
import type { Filling, Look, Looked } from './keeper.ts'
import { type Lead, openLead } from './leading.ts'
import { nameOf, type Named, SHARDS } from './name.ts'
import { batchesOf, type Head, type Origin } from './record.ts'
import { pack } from './vector.ts'

/** What is asked of an object; the real ones are Durable Objects, some for each tenant. */
export interface AnswerObject {
  look(asked: Look): Promise<Looked>
  hear(filling: Filling, lines: ReadableStream<Uint8Array>): Promise<boolean>
}

/** The vector of a text from a model; it may cost something, and undefined is no answer. */
export type Embed = (text: string, caller: Caller, cx: Cx) => Promise<readonly number[] | undefined>

export interface CacheOptions {
  readonly objects: (name: string) => AnswerObject
  /** Makes the names of questions; without it the cache is off. */
  readonly mark: ((text: string) => string) | undefined
  readonly routeSetting: (route: string) => CacheSetting | undefined
  /** How near another question must be, 0..1. */
  readonly threshold: number
  /** As much as a tenant's answers may have together, in characters of JSON, over all objects. */
  readonly chars: number
  /** Absent: words are compared here. */
  readonly embed?: Embed
}

export interface Asking {
  readonly caller: Caller
  /** With all that was said before. */
  readonly request: ModelRequest
  /** Throws where the caller may not ask this. */
  readonly plan: () => Promise<Plan>
}

/** How an answer was come by without asking a model. */
export interface Cached {
  readonly reason: 'exact' | 'semantic' | 'shared'
  readonly ageMs: number
  /** Of another question that was taken for this one. */
  readonly similarity?: number
  /** What it cost when a model was asked, as far as that is known by now. */
  readonly savedMicros: () => number | undefined
}

export interface Told {
  readonly kind: 'told'
  readonly plan: Plan
  readonly answer: Answer
  readonly cached: Cached
}

export interface Leads extends Lead {
  readonly kind: 'lead'
}

export interface Cache {
  /** An answer; or the lead: ask a model, and tell the answer on. Undefined: ask a model. */
  find(asking: Asking, cx: Cx): Promise<Told | Leads | undefined>
}

const FREE: Price = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0 }
/** An object that takes longer is not waited for. */
const LOOK_MS = 1_000
/** Who read along with somebody that left asks once more, and perhaps leads then; after that it goes on alone. */
const TRIES = 2

export function openCache(options: CacheOptions): Cache {
  const { objects, mark, routeSetting, embed, threshold, chars } = options
  return {
    async find({ caller, request, plan: planned }, cx) {
      const terms = termsOf(caller.cache, routeSetting(request.model), request.cache)
      if (mark === undefined || terms === undefined || request.proxied !== undefined) return undefined
      if (terms.scope === 'user' && request.user === undefined) return undefined // whose would it be?
      const startedAt = cx.now()
      const plan = await planned()
      const named = nameOf(caller, request, terms, embed === undefined, mark)
      const object = objects(named.object)
      const { key, rephrasable } = named
      const vectors = vectorsOf(named, embed, caller, cx)
      const share = Math.ceil(chars / SHARDS)

      const look = async (vector: Uint8Array | undefined): Promise<Looked> => {
        const asked: Look = {
          key,
          ...(rephrasable === undefined ? {} : { bucket: rephrasable.bucket }),
          ...(vector === undefined ? {} : { vector }),
          threshold,
          maxAgeMs: terms.ttlMs,
          refresh: terms.refresh,
          chars: share,
        }
        const looked = await soon(object.look(asked))
        return looked.kind === 'rivals' ? look((await vectors.known()) ?? NONE) : looked
      }

      for (let tries = 0; tries < TRIES; tries += 1) {
        const looked = await look(embed === undefined ? rephrasable?.vector : undefined)
        const told = { plan, startedAt, now: cx.now }
        switch (looked.kind) {
          case 'hit': {
            const { head, events } = readKept(looked)
            const { reason, ageMs, similarity } = looked
            return tell(told, head, listOf(events), {
              reason,
              ageMs,
              ...(reason === 'semantic' ? { similarity } : {}),
              savedMicros: () => head.costMicros,
            })
          }
          case 'follow': {
            const found = await follow(looked.stream, patienceOf(plan, request, cx))
            if (found === undefined) continue
            const { origin, batches, closing } = found
            const saved = (): number | undefined => closing()?.costMicros
            return tell(told, origin, batches, { reason: 'shared', ageMs: 0, savedMicros: saved })
          }
          case 'lead': {
            const filling: Filling = {
              key,
              ...(rephrasable === undefined ? {} : { bucket: rephrasable.bucket }),
              route: request.model,
              ttlMs: terms.ttlMs,
              chars: share,
            }
            const lead = openLead(
              { hear: (lines) => object.hear(filling, lines), vector: vectors.written },
              cx,
            )
            return { kind: 'lead', ...lead }
          }
          case 'rivals':
          case 'alone':
            return undefined
        }
      }
      return undefined
    },
  }
}

/** A vector that nothing is near to. */
const NONE = new Uint8Array()

interface Vectors {
  readonly known: () => Promise<Uint8Array | undefined>
  readonly written: () => Promise<string | undefined>
}

/** A model is asked for a vector once at most, and only where somebody wants it. */
function vectorsOf({ rephrasable }: Named, embed: Embed | undefined, caller: Caller, cx: Cx): Vectors {
  let asked: Promise<Uint8Array | undefined> | undefined
  const ask = async (): Promise<Uint8Array | undefined> => {
    if (rephrasable === undefined) return undefined
    if (embed === undefined) return rephrasable.vector
    const vector = await embed(rephrasable.text, caller, cx)
    return vector === undefined ? undefined : pack(vector)
  }
  const known = (): Promise<Uint8Array | undefined> => (asked ??= ask().catch(() => undefined))
  return {
    known,
    async written() {
      const vector = await known()
      return vector === undefined ? undefined : btoa(String.fromCharCode(...vector))
    },
  }
}

interface Telling {
  readonly plan: Plan
  readonly startedAt: number
  readonly now: () => number
}

function tell(
  { plan, startedAt, now }: Telling,
  { provider, model, name, dropped }: Origin,
  batches: Answer['batches'],
  cached: Cached,
): Told | undefined {
  const [first] = plan.targets
  if (first === undefined) return undefined
  const { route, rescue, retries, targets } = plan
  const target: Target = { name, provider, model, tier: 'cache', price: FREE, timeouts: first.timeouts }
  return {
    kind: 'told',
    cached,
    // Who reads along may have to go on alone, and then asks those who would have been asked.
    plan: {
      route,
      tier: 'cache',
      reason: cached.reason,
      rescue,
      retries,
      targets: cached.reason === 'shared' ? [target, ...targets] : [target],
    },
    answer: { target, batches, headMs: now() - startedAt, status: 200, dropped, dialect: 'cache' },
  }
}

const patienceOf = (
  { targets }: Plan,
  { stream }: ModelRequest,
  { signal }: Cx,
): Parameters<typeof follow>[1] => {
  const waits = targets.slice(0, 1).map(({ timeouts }) => timeouts)
  const [{ headMs = 0, firstTokenMs = 0, replyMs = 0, idleMs = 0 } = {}] = waits
  return { firstMs: stream ? headMs + firstTokenMs : replyMs, idleMs, stream, signal }
}

function readKept({ head, body }: { readonly head: string; readonly body: string }): {
  readonly head: Head
  readonly events: readonly ModelEvent[]
} {
  return { head: JSON.parse(head) as Head, events: JSON.parse(body) as ModelEvent[] } // written by the keeper
}

async function* listOf(events: readonly ModelEvent[]): AsyncGenerator<Batch, void, undefined> {
  yield* batchesOf(events)
}

const ALONE: Looked = { kind: 'alone' }

async function soon(looking: Promise<Looked>): Promise<Looked> {
  let timer: ReturnType<typeof setTimeout> | null = null
  const late = new Promise<Looked>((resolve) => {
    timer = setTimeout(() => resolve(ALONE), LOOK_MS)
  })
  try {
    return await Promise.race([looking.catch(() => ALONE), late])
  } finally {
    clearTimeout(timer)
  }
}
