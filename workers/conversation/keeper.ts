// What a conversation does with its turns, all together; the object waits.
import type { Seal } from '../../shared/seal.ts'
import type { LastServed } from '../service.ts'
import { openAdding, type Told } from './adding.ts'
import { type Joining, openJoining } from './joining.ts'
import type { ConversationStore } from './store.ts'
import { openSums, type Sums } from './summing.ts'

export interface Keeper extends Joining, Sums {
  /** False where it is known already, or what it goes on from was erased. */
  remember(told: Told): boolean
  lastServed(): LastServed | undefined
}

export const openKeeper = (store: ConversationStore, seal: Pick<Seal, 'marks'>): Keeper => ({
  ...openJoining(store, seal),
  remember: openAdding(store, seal),
  ...openSums(store),
  lastServed() {
    const head = store.head()
    return head === undefined || head.served === null ? undefined : { ...head.served, at: head.at }
  },
})
