// What the operator's calls are given to work with.
import type { Change } from '../audit.ts'
import type { Balance } from '../budget/ledger.ts'
import type { ProjectStore } from '../keys/projects.ts'
import type { KeyStore } from '../keys/store.ts'
import type { Budget } from '../service.ts'

export interface KeyDesk {
  readonly store: KeyStore
  readonly projects: ProjectStore
  /** Of a key or a project, by its id. */
  readonly balances: (account: string, budgets: readonly Budget[]) => Promise<Balance[]>
  /** Called after every change, so that this isolate forgets what it knew. */
  readonly changed: () => void
  readonly now: () => number
}

export type Actor = Change['actor']

export const newId = (kind: 'key' | 'proj'): string =>
  `${kind}_${crypto.randomUUID().replaceAll('-', '').slice(0, 20)}`

export const shownTime = (at: number | undefined): string | null =>
  at === undefined ? null : new Date(at).toISOString()
