// A body that its client wrote in this dialect, fitted to the model that answers: a route may lead to one of another
// generation than the client had in mind. What the model takes, and what nobody knows of, stays as it came. Pure.
import { fieldsOf } from '../../fields.ts'
import type { ModelRequest } from '../../request.ts'
import type { Draft } from './body.ts'
import { acceptsThinking, fitBudget, isBegun, isTurnBereft, writeReasoning } from './reasoning.ts'
import { type MessagesBody, thinkingSchema } from './schema.ts'

export function mend(request: ModelRequest, draft: Draft): void {
  mendThinking(request, draft)
  mendSampling(draft)
  mendChoice(draft)
}

function mendThinking(request: ModelRequest, draft: Draft): void {
  const { body, generation, target } = draft
  const asked = thinkingSchema.safeParse(body)
  if (!asked.success) return // read when it came in, so it is the vendor who says what is wrong with it
  if (acceptsThinking(asked.data, generation, target.facts))
    fitThinking(asked.data.thinking, isBegun(request.messages), draft)
  else rewriteThinking(request, draft)
}

/** Our own limit may be lower than the client's, and thoughts must fit under it; an answer that was begun has none. */
function fitThinking(
  thinking: MessagesBody['thinking'],
  isContinued: boolean,
  { body, drop, maxTokens }: Draft,
): void {
  const { type, budget_tokens: budget } = thinking ?? {}
  if (type === 'enabled' && isContinued) {
    delete body['thinking']
    return drop('reasoning_effort')
  }
  const theirs = body['max_tokens']
  const isLower = typeof theirs === 'number' && maxTokens < theirs
  if (type !== 'enabled' || budget === undefined || !isLower || budget < maxTokens) return
  const fitted = fitBudget(budget, maxTokens, true)
  if (fitted !== undefined) body['thinking'] = { ...thinking, budget_tokens: fitted }
  else {
    delete body['thinking']
    drop('reasoning_effort')
  }
}

function rewriteThinking(
  { reasoning, messages }: ModelRequest,
  { body, drop, generation, target, maxTokens }: Draft,
): void {
  const { facts } = target
  const isBereft = isTurnBereft(messages)
  const written = writeReasoning(reasoning, { generation, facts, maxTokens, isForced: false, isBereft })
  // An effort alone asks for no thoughts.
  const isAlone = body['thinking'] === undefined || body['thinking'] === null
  if (isAlone ? written.effort === undefined : written.isLost) drop('reasoning_effort')
  const { effort: _, ...kept } = fieldsOf(body['output_config'])
  const config = { ...kept, ...(written.effort === undefined ? {} : { effort: written.effort }) }
  delete body['thinking']
  delete body['output_config']
  if (!isAlone && written.thinking !== undefined) body['thinking'] = written.thinking
  if (Object.keys(config).length > 0) body['output_config'] = config
}

function mendSampling({ body, drop, generation, target }: Draft): void {
  if (generation.sampling !== 'none' && target.facts?.temperature !== false) return
  for (const name of ['temperature', 'top_p', 'top_k'] as const) {
    const value = body[name]
    if (value === undefined || value === null || (value === 1 && name !== 'top_k')) continue // the default is taken
    delete body[name]
    drop(name)
  }
}

function mendChoice({ body, drop, generation }: Draft): void {
  const { name: _, ...choice } = fieldsOf(body['tool_choice'])
  if (generation.forcedTools || (choice['type'] !== 'any' && choice['type'] !== 'tool')) return
  body['tool_choice'] = { ...choice, type: 'auto' }
  drop('tool_choice')
}
