// Whose budgets a request must keep to: the key's, its project's, its conversation's. Pure.
import type { ModelRequest } from '../../shared/request.ts'
import type { Budget, Caller } from '../service.ts'

/** Somebody's budgets, kept in one object. */
export interface Account {
  /** The object's name. */
  readonly name: string
  readonly whose: 'key' | 'project' | 'conversation'
  readonly budgets: readonly Budget[]
}

/** `conversationMicros` is what the conversation's own first turn allowed it. */
export function accountsOf(
  caller: Caller,
  request: Pick<ModelRequest, 'conversation' | 'response'>,
  conversationMicros?: number,
): readonly Account[] {
  const { keyId, budgets, project, conversationBudget } = caller
  const conversation = request.conversation ?? threadOf(caller, request)
  const own: Budget[] = [
    ...(caller.visitor?.budgets ?? []),
    ...(conversationBudget === undefined ? [] : [conversationBudget]),
    ...(conversationMicros === undefined
      ? []
      : [{ unit: 'usd', window: 'total', limit: conversationMicros } as const]),
  ]
  const all: Account[] = [
    { name: keyId, whose: 'key', budgets },
    ...(project === undefined
      ? []
      : [{ name: project.id, whose: 'project', budgets: project.budgets } as const]),
    ...(conversation === undefined
      ? []
      : [{ name: conversation, whose: 'conversation', budgets: tightest(own) } as const]),
  ]
  return all.filter((account) => account.budgets.length > 0)
}

/** A conversation of the Responses API. */
function threadOf({ keyId }: Caller, { response }: Pick<ModelRequest, 'response'>): string | undefined {
  const id = response?.conversationId
  return id === undefined ? undefined : `${keyId}/${id}`
}

/** Two limits of one kind are one: the lower. */
const tightest = (budgets: readonly Budget[]): readonly Budget[] =>
  budgets.filter(
    (budget, position) =>
      !budgets.some(
        (other, at) =>
          other.unit === budget.unit &&
          other.window === budget.window &&
          (other.limit < budget.limit || (other.limit === budget.limit && at < position)),
      ),
  )
