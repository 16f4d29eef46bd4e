// What the benchmark runs in workerd: the real object at /chat, and the timed work on the same engine at /work.
import { shippedEngine } from '../../../workers/micro/assets.ts'
import { Micro } from '../../../workers/micro/object.ts'
import { work } from './measure.ts'

export { Micro }

interface Env {
  readonly MICRO: DurableObjectNamespace<Micro>
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/chat') return env.MICRO.getByName('bench').fetch(request)
    const { engine } = await shippedEngine()
    const what = searchParams.get('what') === 'prefill' ? 'prefill' : 'decode'
    return Response.json({ tokens: work(engine, what, Number(searchParams.get('tokens') ?? 0)) })
  },
}
