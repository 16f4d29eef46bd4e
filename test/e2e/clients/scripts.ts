// What the vendors are told to do in the clients' tests, the same behind every wire.
import type { Behaviour } from '../../lab/behaviour.ts'

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

/** More words than any limit in the tests. */
export const WORDY: Behaviour = { text: 'one two three four five six seven eight nine ten '.repeat(5) }
