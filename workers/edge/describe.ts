// Models and decisions as clients see them. Pure.
import type { Counted } from '../count.ts'
import { Failed } from '../../shared/failure.ts'
import type { Plan } from '../../shared/plan.ts'
import type { Catalog } from '../routing/catalog.ts'
import type { Caller } from '../service.ts'

interface ModelEntry {
  readonly id: string
  readonly object: 'model'
  readonly created: number
  readonly owned_by: string
}

/** OpenAI gives every model a date; ours begin with the first version. */
const CREATED = 1_763_856_000

const mayUse = (caller: Caller, id: string): boolean =>
  caller.models === undefined || caller.models.includes(id)

export function listModels(catalog: Catalog, caller: Caller): { object: 'list'; data: ModelEntry[] } {
  const data = catalog.names
    .filter(({ id }) => mayUse(caller, id))
    .map(({ id, ownedBy }) => entry(id, ownedBy))
  return { object: 'list', data }
}

export function readModel(catalog: Catalog, caller: Caller, id: string): ModelEntry {
  const listed = catalog.names.find((name) => name.id === id)
  if ((listed === undefined && catalog.find(id) === undefined) || !mayUse(caller, id)) {
    throw new Failed({
      kind: 'no-route',
      model: id,
      message: `The model '${id}' does not exist here. GET /v1/models lists what does.`,
    })
  }
  return entry(id, listed?.ownedBy ?? id.slice(0, id.indexOf('/')))
}

const entry = (id: string, ownedBy: string): ModelEntry => ({
  id,
  object: 'model',
  created: CREATED,
  owned_by: ownedBy,
})

/** A decision without its call: `score` is higher where the strong model is expected to gain more. */
export function explain(plan: Plan): Record<string, unknown> {
  const [first] = plan.targets
  return {
    target: first === undefined ? null : first.name,
    tier: plan.tier,
    score: plan.score ?? null,
    cut: plan.cut ?? null,
    reason: plan.reason,
    features: plan.features ?? {},
    fallbacks: plan.targets.slice(1).map((target) => target.name),
  }
}

/** A prompt's length, in the words of the dialect; the header says whose count it is. */
export function tellCount(
  { tokens, source, model }: Counted,
  write: (tokens: number) => Record<string, unknown>,
): Response {
  return Response.json(write(tokens), { headers: { 'x-minnow-model': model, 'x-minnow-count': source } })
}
