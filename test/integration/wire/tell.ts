// The same trouble at a vendor, told to each client, whole and where a stream was asked for.
import { expect } from 'vitest'
import type { WorkersAi } from '../../lab/ai.ts'
import type { Behaviour } from '../../lab/behaviour.ts'
import { pick } from '../../lab/client.ts'
import type { Scene } from '../../lab/scene.ts'
import { ask, type Heard, type Tongue, TONGUES } from './clients.ts'
import { behind, type Wire } from './vendors.ts'

export interface Trouble {
  readonly scene: Scene
  readonly ai: WorkersAi
  readonly wire: Wire
  readonly name: string
  readonly behaviour: Behaviour
}

/** Every error has the client's own shape; `look` says what else must be true of it. */
export async function tellAll(
  { scene, ai, wire, name, behaviour }: Trouble,
  look: (heard: Heard, client: Tongue) => void,
): Promise<void> {
  await Promise.all(
    TONGUES.flatMap((tongue) =>
      [true, false].map(async (stream) => {
        const model = behind(scene, wire, `${name}-${tongue.id}-${String(stream)}`, ai)
        model.script(behaviour)
        const heard = await ask(scene.gateway.url, tongue, { model: model.model, stream })
        expect(heard.headers.get('content-type')).toMatch(/^application\/json/)
        expect(tongue.isError(heard.json), heard.raw).toBe(true)
        expect(heard.error).toMatch(/\w/)
        look(heard, tongue)
      }),
    ),
  )
}

/** The word for programs, wherever the dialect has it. */
export const codeOf = ({ json }: Heard): unknown =>
  pick(json, 'error', 'details', 'error_code') ??
  pick(json, 'error', 'details', 0, 'reason') ??
  pick(json, 'error', 'code')
