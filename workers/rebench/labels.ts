// Which tasks a small and a large model had right: labels for whoever predicts what the large one gains. Pure.
import type { Result } from './history.ts'
import type { Kind } from './tasks/task.ts'
import { taskAt } from './tasks/tasks.ts'

export interface Label {
  readonly kind: Kind
  /** The text of the one message of the request. */
  readonly prompt: string
  readonly weak: boolean
  readonly strong: boolean
}

type Marks = Pick<Result['measures'], 'rights'>

/** Of the tasks that both answered; they are made again from the run's seed, so no text need be kept. */
export function labelsOf(seed: string, weak: Marks, strong: Marks): Label[] {
  const labels: Label[] = []
  for (let item = 0; item < Math.min(weak.rights.length, strong.rights.length); item += 1) {
    const [small, large] = [weak.rights.charAt(item), strong.rights.charAt(item)]
    if (small === '-' || large === '-') continue
    const { kind, prompt } = taskAt(seed, item)
    labels.push({ kind, prompt, weak: small === '1', strong: large === '1' })
  }
  return labels
}
