// What the benchmark runs in workerd: the real object at /chat, the timed work on the same engine at /work, and what makes
// an object's isolate or its storage forget.
import { isolateEngine } from '../../../workers/micro/assets.ts'
import { eraseCaches } from '../../../workers/micro/cache.ts'
import { MicroObject } from '../../../workers/micro/object.ts'
import { cipher } from '../../../workers/cipher.ts'
import { openSeals } from '../../../shared/seal.ts'
import { work } from './measure.ts'

/** As a gateway's, so that what is measured is what it costs; the key is no secret. */
const seal = openSeals(`bench:${'A'.repeat(43)}`, cipher).at('pages', 'bench')

export class Micro extends MicroObject {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env, { source: undefined, warn: console.warn, seal })
  }
}

interface Env {
  readonly MICRO: DurableObjectNamespace<Micro>
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    const conversation = request.headers.get('x-minnow-conversation') ?? 'bench'
    const scope = request.headers.get('x-minnow-scope') ?? conversation
    const object = env.MICRO.getByName(conversation)
    if (pathname === '/chat') return object.fetch(request)
    const { engine } = await isolateEngine(undefined)
    // A conversation as it is in an isolate that never saw it, with its shelf and without.
    if (pathname === '/forget') eraseCaches(engine.caches, scope, conversation)
    if (pathname === '/erase') await object.erase(scope, conversation)
    if (pathname !== '/work') return new Response('ok')
    const what = searchParams.get('what') === 'prefill' ? 'prefill' : 'decode'
    return Response.json({ tokens: work(engine, what, Number(searchParams.get('tokens') ?? 0)) })
  },
}
