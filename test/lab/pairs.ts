// Configuration for faults: under every name a primary, a spare behind it, and the route that tries them in order.
import type { Fields } from './client.ts'

export const PRICE = { input: 2, output: 10 }

/** Models `<name>` and `<name>-spare` at the lab, and the route `<name>-route`. */
export function pairs(names: readonly string[]): { readonly models: Fields; readonly routes: Fields } {
  const counting = { tokenizer: 'o200k' }
  const model = (id: string): [string, Fields] => [id, { provider: 'lab', model: id, price: PRICE, counting }]
  return {
    models: Object.fromEntries(names.flatMap((name) => [model(name), model(`${name}-spare`)])),
    routes: Object.fromEntries(names.map((name) => [`${name}-route`, { order: [name, `${name}-spare`] }])),
  }
}

export const SPARE = 'the spare speaks here'

/** Sixty tokens, as the benchmark's healthy answer has. */
export const SIXTY = Array.from({ length: 60 }, (_, at) => `word${at}`).join(' ')

export const firstWords = (count: number): string => SIXTY.split(' ').slice(0, count).join(' ')
