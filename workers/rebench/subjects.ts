// What is measured under a name: a model, or each of the places where it is. A vendor that became worse must not hide behind
// another one that is asked in its stead. Pure.
import type { Config } from '../../shared/config.ts'
import { placesOf } from '../../shared/places.ts'

/** At least one name; `<provider>/<model>` for each place of a model that has several. */
export type Subjects = (name: string) => readonly string[]

export const openSubjects =
  ({ models = {} }: Pick<Config, 'models'>): Subjects =>
  (name) => {
    const entry = Object.hasOwn(models, name) ? models[name] : undefined
    const places = entry === undefined ? [] : placesOf(entry)
    return places.length < 2 ? [name] : places.map(({ provider, model }) => `${provider}/${model}`)
  }
