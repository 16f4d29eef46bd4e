// What a request may be answered by, where its price has a limit. Pure.
import type { MaxPrice } from '../../shared/dial.ts'
import { Failed } from '../../shared/failure.ts'
import type { Model, Policy } from './catalog.ts'

/** A model whose price nobody knows may cost anything. */
const isWithin = ({ price }: Model, limit: MaxPrice): boolean =>
  price !== undefined &&
  price.input <= (limit.input ?? Number.POSITIVE_INFINITY) &&
  price.output <= (limit.output ?? Number.POSITIVE_INFINITY)

/** The models of a policy that cost no more. Throws `invalid-request` where none does. */
export function affordable(policy: Policy, limit: MaxPrice | undefined, name: string): Policy {
  if (limit === undefined) return policy
  const within = (models: readonly Model[]): readonly Model[] =>
    models.filter((model) => isWithin(model, limit))
  const left: Policy =
    policy.kind === 'order'
      ? { ...policy, models: within(policy.models) }
      : { ...policy, mini: within(policy.mini), frontier: within(policy.frontier) }
  if (modelsIn(left).length === 0) throw tooDear(name, modelsIn(policy), limit)
  return left
}

const modelsIn = (policy: Policy): readonly Model[] =>
  policy.kind === 'order' ? policy.models : [...policy.mini, ...policy.frontier]

function tooDear(name: string, models: readonly Model[], { input, output }: MaxPrice): Failed {
  const limits = [
    ...(input === undefined ? [] : [`$${input} for input`]),
    ...(output === undefined ? [] : [`$${output} for output`]),
  ]
  const prices = models.map(({ name: model, price }) =>
    price === undefined ? `${model} has no price` : `${model} costs $${price.input} and $${price.output}`,
  )
  const message = `No model behind '${name}' is within the highest price of ${limits.join(' and ')}, in US dollars per million tokens: ${prices.join(', ')}. Raise 'minnow.maxPrice', or the "maxPrice" of the route.`
  return new Failed({ kind: 'invalid-request', message, param: 'minnow.maxPrice' })
}
