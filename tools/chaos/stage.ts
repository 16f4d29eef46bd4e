// What a run plays on: the flaky provider, and the gateway before it with two targets there.
import { Agent } from 'node:http'
import { join } from 'node:path'
import { type Gateway, startGateway } from '../../test/lab/gateway.ts'
import { start } from '../bench/process.ts'

/** US dollars a million tokens. */
export interface Price {
  readonly input: number
  readonly output: number
}

export interface Stage {
  readonly gateway: Gateway
  readonly agent: Agent
  /** The fault -> how often it came up; `none` for calls that were treated well. */
  dealt(): Promise<Readonly<Record<string, number>>>
  close(): Promise<void>
}

/** Every limit short, so that a fault takes a second or two and not a minute. */
const TIMEOUTS = {
  headMs: 1_500,
  firstTokenMs: 1_500,
  idleMs: 1_000,
  totalMs: 20_000,
  floorTokensPerSecond: 5,
  floorWindowMs: 1_500,
}

const configOf = (baseUrl: string, price: Price): object => ({
  providers: {
    one: { baseUrl, apiKey: ['$CHAOS_KEY_1', '$CHAOS_KEY_2'] },
    two: { baseUrl, apiKey: ['$CHAOS_KEY_1', '$CHAOS_KEY_2'] },
  },
  models: {
    first: { provider: 'one', model: 'first-1', price },
    second: { provider: 'two', model: 'second-1', price },
  },
  routes: { flaky: { order: ['first', 'second'] } },
  timeouts: TIMEOUTS,
})

export async function openStage(seed: number, price: Price, connections: number): Promise<Stage> {
  const provider = await start(
    process.execPath,
    [join(import.meta.dirname, 'upstream.ts'), String(seed)],
    /^\d+$/,
  )
  const origin = `http://127.0.0.1:${provider.line}`
  const gateway = await startGateway({
    config: configOf(`${origin}/v1`, price),
    env: { CHAOS_KEY_1: 'sk-chaos-the-first-key', CHAOS_KEY_2: 'sk-chaos-the-second-key' },
  }).catch(async (error: unknown) => {
    await provider.stop()
    throw error
  })
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  return {
    gateway,
    agent,
    dealt: async () => (await (await fetch(`${origin}/dealt`)).json()) as Record<string, number>,
    async close() {
      agent.destroy()
      await Promise.all([gateway.stop(), provider.stop()])
    },
  }
}
