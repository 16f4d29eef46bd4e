// How a Response is kept once nothing more will come, and what of it the model is told again. Pure.
import { type Fields, fieldsOf, isFields, listOf } from '../../shared/fields.ts'

const UNFINISHED = new Set(['in_progress', 'queued'])

export const isUnfinished = (status: string): boolean => UNFINISHED.has(status)

export const statusOf = (response: Fields): string => String(response['status'])

/** The Response as far as it came, when its client left or somebody cancelled it. One that has ended stays as it is. */
export function cancelled(response: Fields): Fields {
  if (!isUnfinished(statusOf(response))) return response
  return { ...response, status: 'cancelled', output: stopped(response) }
}

/** Why it is incomplete: nobody was left to tell its end. */
const INTERRUPTED = 'interrupted'

/** The Response as far as it was heard, should no more of it be heard. */
export function interrupted(response: Fields): Fields {
  const details = { reason: INTERRUPTED }
  return { ...response, status: 'incomplete', incomplete_details: details, output: stopped(response) }
}

export const isInterrupted = (response: Fields): boolean =>
  fieldsOf(response['incomplete_details'])['reason'] === INTERRUPTED

/** The Response of a run that will never end. */
export function failed(response: Fields, message: string): Fields {
  const error = { code: 'server_error', message }
  return { ...response, status: 'failed', error, output: stopped(response) }
}

const stopped = (response: Fields): readonly unknown[] =>
  listOf(response['output']).map((item) =>
    fieldsOf(item)['status'] === 'in_progress' ? { ...fieldsOf(item), status: 'incomplete' } : item,
  )

/**
 * What the model is told of a Response in later turns. Of one that was cut off nothing half done is told: a call without
 * all of its arguments cannot be answered, and a thought must be followed by what it led to.
 */
export function saidIn(response: Fields): Fields[] {
  const items = listOf(response['output']).filter(isFields)
  if (statusOf(response) === 'completed') return items
  const whole = items.filter((item) => item['type'] === 'message' || item['status'] !== 'incomplete')
  const last = whole.findLastIndex((item) => item['type'] !== 'reasoning')
  return whole.slice(0, last + 1)
}

/** OpenAI adds the items of a response to its conversation once it completes; one that failed leaves it as it was. */
export const joinsConversation = (response: Fields): boolean =>
  ['completed', 'incomplete'].includes(statusOf(response))
