// Which fold a prompt is held out in, by its name. Pure.
import { hashAll } from '../../../workers/routing/hash.ts'

export const foldsOf = (names: readonly string[]): ReadonlyMap<string, number> =>
  new Map(names.map((name) => [name, (hashAll(name) >>> 8) % 5]))
