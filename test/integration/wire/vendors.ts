// The vendors behind the gateway in the tests of the wire: each wire of the lab under a name of its own.
import type { WorkersAi } from '../../lab/ai.ts'
import type { Behaviour } from '../../lab/behaviour.ts'
import type { Fields } from '../../lab/client.ts'
import type { Scene } from '../../lab/scene.ts'
import { AMAZON_KEY } from '../../lab/signature.ts'
import type { Vendor } from '../../lab/vendor.ts'
import type { LabRequest } from '../../lab/wire.ts'

/** Providers beside `lab`, which speaks chat completions. */
export const providers = (origin: string): Fields => ({
  responses: { vendor: 'openai', dialect: 'openai-responses', baseUrl: `${origin}/v1`, apiKey: '$LAB_KEY' },
  claude: { dialect: 'anthropic', baseUrl: `${origin}/v1`, apiKey: '$LAB_KEY' },
  gem: { dialect: 'gemini', baseUrl: `${origin}/v1beta`, apiKey: '$LAB_KEY' },
  rock: { vendor: 'bedrock', baseUrl: origin, apiKey: '$AMAZON_KEY' },
  'workers-ai': {},
})

/** What they need beside the lab's own key. */
export const env = { AMAZON_KEY }

export interface Wire {
  readonly id: string
  readonly provider: string
  /** What the vendor calls a model of a test. */
  readonly model: (name: string) => string
  readonly isBound?: true
}

const wire = (id: string, provider: string, generation: string): Wire => ({
  id,
  provider,
  model: (name) => generation + name,
})

/** Of each vendor a model that it knows by the beginning of its name. */
export const WIRES: readonly Wire[] = [
  wire('openai-chat', 'lab', 'gpt-4.1-'),
  wire('openai-responses', 'responses', 'gpt-5.2-'),
  wire('anthropic', 'claude', 'claude-sonnet-4-5-'),
  wire('gemini', 'gem', 'gemini-3-pro-'),
  wire('bedrock', 'rock', 'us.anthropic.claude-sonnet-4-5-'),
]

export const WORKERS_AI: Wire = {
  id: 'workers-ai',
  provider: 'workers-ai',
  model: (name) => `@cf/zai-org/glm-${name}`,
  isBound: true,
}

export interface Behind {
  /** What a client asks for. */
  readonly model: string
  script(...behaviours: Behaviour[]): void
  seen(): readonly LabRequest[]
  /** What it was asked by now goes on without any further wait. */
  release(): void
}

/** A model behind a wire, under a name of its own. */
export function behind(scene: Scene, wire: Wire, name: string, ai?: WorkersAi): Behind {
  const lab: Pick<Vendor, 'script' | 'seen' | 'release'> =
    wire.isBound === true && ai !== undefined ? ai : scene.lab
  const model = wire.model(name)
  return {
    model: `${wire.provider}/${model}`,
    script: (...behaviours) => lab.script(model, ...behaviours),
    seen: () => lab.seen(model),
    release: () => lab.release(model),
  }
}
