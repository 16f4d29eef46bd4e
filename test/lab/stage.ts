// A stage: one gateway, and behind it a vendor of every wire, all of them the lab's.
import { type WorkersAi, startWorkersAi } from './ai.ts'
import type { Behaviour } from './behaviour.ts'
import type { Fields } from './client.ts'
import { openScene, type Scene } from './scene.ts'
import { until } from './until.ts'
import { AMAZON_KEY } from './signature.ts'
import type { Vendor } from './vendor.ts'
import type { LabRequest } from './wire.ts'
import { expect } from 'vitest'

export interface Stage {
  readonly url: string
  readonly scene: Scene
  readonly ai: WorkersAi
  stop(): Promise<void>
}

/** A wire behind the gateway. */
export interface Wire {
  readonly id: string
  /** The model that the vendor knows by this name. */
  readonly vendorModel: (name: string) => string
  /** What a client asks for to reach it. */
  readonly publicModel: (name: string) => string
  /** What a thought looks like that comes back with the vendor's proof, which the lab then checks. */
  readonly proof?: RegExp
  /** It bills what nobody reads, so it is heard out when a client leaves. */
  readonly isHeardOut?: true
  /** Absent for the embedded model, which follows no script. */
  readonly lab?: (stage: Stage) => Pick<Vendor, 'script' | 'seen'>
}

/** Some vendors' models differ by generation, which is told by the beginning of their names. */
const behind = (id: string, provider: string, generation = '', proof?: RegExp): Wire => ({
  id,
  ...(proof === undefined ? {} : { proof }),
  vendorModel: (name) => `${generation}${name}`,
  publicModel: (name) => `${provider}/${generation}${name}`,
  lab: ({ scene }) => scene.lab,
})

/** Workers AI is asked through the Worker's binding; which of its wires a model has, its name says. */
export const workersAi: Wire = {
  id: 'workers-ai',
  vendorModel: (name) => `@cf/zai-org/glm-${name}`,
  publicModel: (name) => `workers-ai/@cf/zai-org/glm-${name}`,
  lab: ({ ai }) => ai,
}

export const micro: Wire = { id: 'micro', vendorModel: () => 'micro', publicModel: () => 'micro' }

/** In the order of the clients' tables. */
export const WIRES: readonly Wire[] = [
  behind('openai-chat', 'chat', 'gpt-5.2-'),
  behind('openai-responses', 'responses', 'gpt-5.2-', /"type":"reasoning".*?"encrypted_content":"/),
  behind('anthropic (4.5)', 'claude', 'claude-sonnet-4-5-', /"type":"thinking"[^}]*"signature":"[^"]/),
  behind('anthropic (5.5)', 'claude', 'claude-opus-5-5-', /"type":"thinking"[^}]*"signature":"[^"]/),
  {
    ...behind('bedrock', 'rock', 'us.anthropic.claude-sonnet-4-5-', /"reasoningText":\{.*?"signature":"[^"]/),
    isHeardOut: true,
  },
  { ...behind('gemini', 'gem', 'gemini-3-pro-', /"thoughtSignature":"(?!skip_thought)/), isHeardOut: true },
  workersAi,
  micro,
]

/** The wires on which vectors are asked for; every model of the lab's makes its own. */
export const VECTOR_WIRES: readonly Wire[] = [
  behind('openai', 'chat', 'text-embedding-3-'),
  behind('gemini', 'gem', 'gemini-embedding-'),
  behind('cohere', 'coral', 'embed-v4.0-'),
  {
    id: 'workers-ai',
    vendorModel: (name) => `@cf/baai/bge-${name}`,
    publicModel: (name) => `workers-ai/@cf/baai/bge-${name}`,
    lab: ({ ai }) => ai,
  },
  micro,
]

const providersOf = (origin: string): Fields => ({
  'workers-ai': {},
  chat: { vendor: 'openai', dialect: 'openai-chat', baseUrl: `${origin}/v1`, apiKey: '$LAB_KEY' },
  responses: { vendor: 'openai', dialect: 'openai-responses', baseUrl: `${origin}/v1`, apiKey: '$LAB_KEY' },
  coral: { vendor: 'cohere', baseUrl: `${origin}/v2`, apiKey: '$LAB_KEY' },
  gem: { dialect: 'gemini', baseUrl: `${origin}/v1beta`, apiKey: '$LAB_KEY' },
  rock: { vendor: 'bedrock', baseUrl: origin, apiKey: '$AMAZON_KEY' },
  claude: { dialect: 'anthropic', baseUrl: `${origin}/v1`, apiKey: '$LAB_KEY' },
})

/** `more` is configuration beside the providers. */
export async function openStage(more: Fields = {}): Promise<Stage> {
  const ai = await startWorkersAi()
  const timing = { timeouts: { idleMs: 5_000 }, retries: { sameTarget: 0 } }
  const scene = await openScene((_, origin) => ({ providers: providersOf(origin), ...timing, ...more }), {
    ai: ai.url,
    env: { AMAZON_KEY },
  })
  return {
    url: scene.gateway.url,
    scene,
    ai,
    async stop() {
      await scene.stop()
      await ai.stop()
    },
  }
}

/** What one test has of the stage. */
export interface Turn {
  readonly url: string
  /** The model to ask for; its next answers are these. */
  model(...script: Behaviour[]): string
  /** What the vendor was sent for it. */
  seen(): readonly LabRequest[]
  /** The text of one of those requests. */
  sent(at: number): string
  /** The vendor understood all that it was sent, and nothing of it was strange to it. */
  expectValid(): void
  /** The vendor understood it; where the wire is the client's own, fields that the vendor does not know got through. */
  expectUnderstood(): void
  /** Understood, and the last request brought a thought back that the vendor took for its own, where the wire has such. */
  expectProven(): void
  /** An answer that is still being told when its client leaves: of six seconds, or of one where it is told to its end. */
  readonly long: Behaviour
  /** Resolves once the vendor has noticed that the client left; one that bills all the same, once it has said all. */
  hungUp(): Promise<unknown>
  /** For a client: notes what the gateway says it left out. */
  readonly fetch: typeof fetch
}

export function takeTurn(stage: Stage, wire: Wire, name: string, leftOut: (names: string) => void): Turn {
  const model = wire.vendorModel(name)
  const seen = (): readonly LabRequest[] => wire.lab?.(stage).seen(model) ?? []
  const complaints = (...of: readonly ('refused' | 'strange')[]): readonly unknown[] =>
    seen().flatMap((request) => of.flatMap((kind) => request[kind] ?? []))
  const expectValid = (): void => expect(complaints('refused', 'strange')).toEqual([])
  return {
    url: stage.url,
    model(...script) {
      wire.lab?.(stage).script(model, ...script)
      return wire.publicModel(name)
    },
    seen,
    sent: (at) => seen()[at]?.text ?? '',
    expectValid,
    expectUnderstood: () => expect(complaints('refused')).toEqual([]),
    expectProven() {
      expect(complaints('refused')).toEqual([])
      if (wire.proof !== undefined) expect(seen().at(-1)?.text).toMatch(wire.proof)
    },
    long: { text: 'word '.repeat(wire.isHeardOut === true ? 50 : 300), everyMs: 20 },
    hungUp: () =>
      wire.isHeardOut === true
        ? until('the vendor to be heard out', () => seen()[0]?.endedAt)
        : until('the cancel upstream', () => seen()[0]?.leftAt),
    fetch: async (input, init) => {
      const response = await fetch(input, init)
      leftOut(response.headers.get('x-minnow-dropped') ?? '')
      return response
    },
  }
}
