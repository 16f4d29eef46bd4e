// The wires behind the gateway in the clients' tests: one provider each, all of them the lab's.
import type { Fields } from '../../lab/client.ts'
import type { Behaviour } from '../../lab/behaviour.ts'
import { openScene, type Scene } from '../../lab/scene.ts'

export interface BehindWire {
  readonly id: string
  /** What a client asks for to reach a model of this name behind this wire. */
  readonly model: (name: string) => string
  /** It is no lab, so it follows no script: the embedded model. */
  readonly isOwn?: true
}

const lab = (id: string, provider: string): BehindWire => ({ id, model: (name) => `${provider}/${name}` })

export const chatWire = lab('openai-chat', 'chat')
export const responsesWire = lab('openai-responses', 'responses')
export const anthropicWire = lab('anthropic', 'claude')
export const geminiWire = lab('gemini', 'gem')
export const micro: BehindWire = { id: 'micro', model: () => 'micro', isOwn: true }

/** In the order of the table's columns. */
export const WIRES: readonly BehindWire[] = [chatWire, micro]

export const providersOf = (origin: string): Fields => ({
  chat: { dialect: 'openai-chat', baseUrl: `${origin}/v1`, apiKey: '$LAB_KEY' },
})

export const openClients = (): Promise<Scene> =>
  openScene(
    (_, origin) => ({
      providers: providersOf(origin),
      timeouts: { idleMs: 2_000 },
      retries: { sameTarget: 0 },
    }),
    {},
  )

/** A model of this name behind this wire whose next answers are scripted. */
export function scripted(scene: Scene, wire: BehindWire, name: string, ...script: Behaviour[]): string {
  scene.lab.script(name, ...script)
  return wire.model(name)
}
