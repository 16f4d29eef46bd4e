// The Durable Object in which micro lives: reads the request, hands it to the engine of the isolate, answers.
import { DurableObject } from 'cloudflare:workers'
import { shippedEngine } from './assets.ts'
import { PAGE_TOKENS } from './layout.ts'
import { refuse } from './refuse.ts'
import { RequestError } from './request.ts'
import { serve } from './serve.ts'

/** Lets timers and other requests have the thread. */
const pause = () => scheduler.wait(0)

async function readJson(request: Request): Promise<unknown> {
  try {
    return await request.json()
  } catch {
    throw new RequestError('The body is not valid JSON.', null, 'invalid_json')
  }
}

export class Micro extends DurableObject {
  /** Speaks the OpenAI chat completions format on every path. */
  override async fetch(request: Request): Promise<Response> {
    try {
      const json = await readJson(request)
      const { engine, fingerprint } = await shippedEngine()
      const [seed = 0] = crypto.getRandomValues(new Uint32Array(1))
      const options = {
        head: {
          id: `chatcmpl-${crypto.randomUUID().replaceAll('-', '')}`,
          created: Math.floor(Date.now() / 1000),
          fingerprint,
        },
        scope: this.ctx.id.toString(),
        conversation: request.headers.get('x-minnow-conversation') ?? undefined,
        mayEscalate: request.headers.get('x-minnow-escalate') === '1',
        seed,
        pause,
      }
      return await serve(engine, json, options, request.signal)
    } catch (error) {
      const { status, body } = refuse(error)
      return Response.json(body, { status })
    }
  }
  /** What the model takes of memory: its weights, and the keys and values of each token. */
  async footprint(): Promise<{ readonly weightsBytes: number; readonly cacheBytesPerToken: number }> {
    const { engine, weightsBytes } = await shippedEngine()
    return { weightsBytes, cacheBytesPerToken: engine.caches.pool.pageBytes / PAGE_TOKENS }
  }
}
