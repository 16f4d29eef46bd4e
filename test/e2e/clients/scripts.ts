// What the vendors are told to do in the clients' tests, the same behind every wire, and what they must have been sent.
import { expect } from 'vitest'
import type { Behaviour } from '../../lab/behaviour.ts'
import type { Scene } from '../../lab/scene.ts'
import { until } from '../../lab/until.ts'
import type { Notes } from './table.ts'

export const GREETING = 'Grüß dich, Welt! 🐟'

export const USAGE: Behaviour = {
  text: 'Good day to you.',
  usage: { prompt: 100, cached: 40, completion: 20, reasoning: 5 },
}

export const CALL: Behaviour = { toolCalls: [{ name: 'weather', arguments: { city: 'Oslo' } }] }
export const CALLS: Behaviour = {
  toolCalls: [
    { name: 'weather', arguments: { city: 'Oslo' } },
    { name: 'weather', arguments: { city: 'Rome' } },
  ],
}
export const SUMMARY: Behaviour = { text: 'Rain in Oslo, sun in Rome.' }

/** A thought before the call and one before the answer. */
export const THOUGHT = 'They ask about Oslo; I look.'
export const THOUGHTFUL: readonly Behaviour[] = [
  { ...CALL, reasoning: THOUGHT },
  { ...SUMMARY, reasoning: 'It rains.' },
]

export const weather = (city: string): string => (city === 'Oslo' ? 'rain' : 'sun')

/** One pixel. */
export const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

export const LONG: Behaviour = { text: 'word '.repeat(1_000), everyMs: 20 }

/** The text of the requests for a model, in order. */
export const sentTo = (scene: Scene, name: string): readonly string[] =>
  scene.lab.seen(name).map(({ text }) => text)

/** Everything that a vendor was sent for this model was understood, and none of it was strange to it. */
export function expectValid(scene: Scene, name: string): void {
  const seen = scene.lab.seen(name)
  expect(
    seen.flatMap(({ refused, strange }) => [refused, strange].filter((word) => word !== undefined)),
  ).toEqual([])
}

/** The vendor noticed that the client left. */
export const hungUp = (scene: Scene, name: string): Promise<number> =>
  until('the cancel upstream', () => scene.lab.seen(name)[0]?.leftAt)

/** A fetch for a client, which notes what the gateway says it left out. */
export const watching =
  (notes: Notes): typeof fetch =>
  async (input, init) => {
    const response = await fetch(input, init)
    notes.leftOut(response.headers.get('x-minnow-dropped'))
    return response
  }
