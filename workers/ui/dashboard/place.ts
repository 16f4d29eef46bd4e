// Where in the dashboard one is, as the address's fragment says.
import { signal } from '@preact/signals'
import { linkTo, type Place, placeOf } from './address.ts'

export const place = signal<Place>(placeOf(location.hash))
addEventListener('hashchange', () => {
  place.value = placeOf(location.hash)
})

/** Changes some parameters of where one is; `undefined` takes one away. */
export function refine(change: Readonly<Record<string, string | undefined>>): void {
  const { page, id, query } = place.value
  location.replace(linkTo(page, id, { ...query, ...change }))
}
