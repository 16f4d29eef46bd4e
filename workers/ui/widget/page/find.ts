// The parts of the page that its scripts need.

/** Throws where the page has no such part. */
export function find<T extends Element>(id: string, kind: new () => T): T {
  const found = document.getElementById(id)
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`)
  return found
}
