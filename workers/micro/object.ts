// The Durable Object in which micro lives: reads the request, hands it to the engine of the isolate, answers. When it has
// rested a while it keeps its conversation's keys and values on its shelf; weeks later it clears that.
import { DurableObject } from 'cloudflare:workers'
import type { Seal } from '../../shared/seal.ts'
import { isolateEngine, loadedEngine, type Loaded, type ModelSource } from './assets.ts'
import { eraseCaches, findCache } from './cache.ts'
import { PAGE_TOKENS } from './layout.ts'
import { makePacking } from './packing.ts'
import { refuse, reject } from './refuse.ts'
import { RequestError } from './request.ts'
import { serve } from './serve.ts'
import { openShelfStore } from './shelf-store.ts'
import { openShelf, type Shelf } from './shelf.ts'

/** From the end of a turn until its pages are kept: a client that goes on at once is not held up by the writing. */
const REST_MS = 1_000
/** How long pages are kept that nobody asks for. */
const KEEP_MS = 7 * 86_400_000
/** The alarm that clears them is moved when it is off by so much: each move is a row written. */
const SLACK_MS = 86_400_000

/** Lets timers and other requests have the thread. */
const pause = () => scheduler.wait(0)

async function readJson(request: Request): Promise<unknown> {
  try {
    return await request.json()
  } catch {
    throw new RequestError('The body is not valid JSON.', null, 'invalid_json')
  }
}

export interface MicroOptions {
  readonly source: ModelSource
  readonly warn: (message: string) => void
  readonly seal: Seal
}

export class MicroObject extends DurableObject {
  private readonly source: ModelSource
  private readonly warn: (message: string) => void
  private readonly seal: Seal
  private shelf: Shelf | undefined
  private resting: number | null = null

  constructor(state: DurableObjectState, env: Cloudflare.Env, { source, warn, seal }: MicroOptions) {
    super(state, env)
    this.source = source
    this.warn = warn
    this.seal = seal
  }

  /** Speaks the OpenAI chat completions format on every path. */
  override async fetch(request: Request): Promise<Response> {
    try {
      const json = await readJson(request)
      const loaded = await isolateEngine(this.source)
      const [seed = 0] = crypto.getRandomValues(new Uint32Array(1))
      const scope = request.headers.get('x-minnow-scope') ?? this.ctx.id.toString()
      const conversation = request.headers.get('x-minnow-conversation') ?? undefined
      const options = {
        head: {
          id: `chatcmpl-${crypto.randomUUID().replaceAll('-', '')}`,
          created: Math.floor(Date.now() / 1000),
          fingerprint: loaded.fingerprint,
        },
        scope,
        conversation,
        mayEscalate: request.headers.get('x-minnow-escalate') === '1',
        // The bounds and the honest sentence are the shipped model's own.
        ...(loaded.isShipped ? {} : { bound: 0 }),
        seed,
        pause,
      }
      if (conversation === undefined) return await serve(loaded.engine, json, options, request.signal)
      const shelf = (this.shelf ??= this.open(loaded))
      const ended = (): void => this.rest(() => this.keep(shelf, loaded, scope, conversation))
      return await serve(loaded.engine, json, { ...options, shelf, ended }, request.signal)
    } catch (error) {
      return reject(refuse(error))
    }
  }

  /** What the model takes of memory: its weights, and the keys and values of each token. */
  async footprint(): Promise<{ readonly weightsBytes: number; readonly cacheBytesPerToken: number }> {
    const { engine, weightsBytes } = await isolateEngine(this.source)
    return { weightsBytes, cacheBytesPerToken: engine.caches.pool.pageBytes / PAGE_TOKENS }
  }

  /** Removes all that is kept or held of the conversation, for ever. */
  async erase(scope: string, conversation: string): Promise<void> {
    clearTimeout(this.resting)
    this.shelf = undefined
    const loaded = await loadedEngine()
    if (loaded) eraseCaches(loaded.engine.caches, scope, conversation)
    await this.ctx.storage.deleteAlarm()
    await this.ctx.storage.deleteAll()
  }

  /** Nobody has spoken for KEEP_MS. */
  override async alarm(): Promise<void> {
    this.shelf = undefined
    await this.ctx.storage.deleteAll()
  }

  private open({ engine, stamp }: Loaded): Shelf {
    return openShelf(openShelfStore(this.ctx.storage, this.seal), makePacking(engine.model), stamp, this.warn)
  }

  private rest(work: () => Promise<void>): void {
    clearTimeout(this.resting)
    this.resting = setTimeout(() => void work(), REST_MS)
  }

  private async keep(shelf: Shelf, { engine }: Loaded, scope: string, conversation: string): Promise<void> {
    const cache = findCache(engine.caches, scope, conversation)
    if (cache === undefined || shelf !== this.shelf) return
    shelf.save(cache)
    const [alarmAt, clearAt] = [await this.ctx.storage.getAlarm(), Date.now() + KEEP_MS]
    if (alarmAt === null || alarmAt < clearAt - SLACK_MS) await this.ctx.storage.setAlarm(clearAt)
  }
}
