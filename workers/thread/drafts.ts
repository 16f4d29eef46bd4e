// What is heard of responses that are still being answered, as their object's storage has it: so much of one is there
// afterwards, marked as incomplete, should nobody be left to tell its end.
import { parse } from '../../shared/fields.ts'
import type { Seal } from '../../shared/seal.ts'
import type { Keeping } from './keeper.ts'
import { openTables, type Sql } from './tables.ts'

/** A response as it stands: JSON. */
export interface Heard {
  readonly id: string
  readonly conversationId: string | null
  readonly response: string
  readonly saidTokens: readonly number[]
  /** The first time: who asked what. */
  readonly begun?: Keeping
}

export interface Drafts {
  hear(heard: Heard): void
  ids(): readonly string[]
  find(id: string): Keeping | undefined
  remove(id: string): void
  /** The storage was emptied, or what was written was taken back. */
  reset(): void
}

export function openDrafts(sql: Sql, seal: Seal): Drafts {
  const tables = openTables(sql, seal)
  const texts = tables.of('texts')

  const look = (): Set<string> =>
    new Set(
      texts
        .rows("SELECT DISTINCT owner FROM texts WHERE owner > 'draft/' AND owner < 'draft0'")
        .map(({ owner }) => String(owner).slice('draft/'.length)),
    )
  let known = look()

  return {
    hear({ id, response, saidTokens, begun }) {
      if (begun !== undefined) tables.write(draftOf(id), JSON.stringify(begun))
      else if (!known.has(id)) return // erased meanwhile
      known.add(id)
      tables.write(heardOf(id), JSON.stringify({ response, saidTokens }))
    },
    ids: () => [...known],
    find(id) {
      if (!known.has(id)) return undefined
      const begun = parse(tables.read(draftOf(id))) as Keeping | undefined // both written by `hear`
      if (begun === undefined) return undefined
      const heard = parse(tables.read(heardOf(id))) as Pick<Keeping, 'response' | 'saidTokens'>
      return { ...begun, ...heard }
    },
    remove(id) {
      if (!known.delete(id)) return
      tables.forget(draftOf(id))
      tables.forget(heardOf(id))
    },
    reset() {
      tables.reset()
      known = look()
    },
  }
}

const draftOf = (id: string): string => `draft/${id}`
const heardOf = (id: string): string => `heard/${id}`
