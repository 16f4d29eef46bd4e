// A vendor's model that can do the tasks of a re-benchmark, as well and as fast as it is told to.
import { randomFrom } from '../../shared/random.ts'
import { makeTasks } from '../../workers/rebench/tasks/tasks.ts'
import type { Behaviour } from './behaviour.ts'
import { countOf } from './ask.ts'
import { isFields, type LabRequest } from './wire.ts'

export interface Skill {
  /** The share of tasks that it has right; chosen by the task, so the same one is always right or wrong. */
  readonly accuracy: number
  /** It forgets what stands before its last so many tokens, and does not say so. */
  readonly remembers?: number
  /** It refuses what is longer. */
  readonly refuses?: number
  readonly behaviour?: Behaviour
}

/** The tasks of these seeds, by prompt, with their right answers. */
export function answersTo(seeds: readonly string[], tasks = 300): ReadonlyMap<string, string> {
  return new Map(
    seeds.flatMap((seed) => makeTasks(seed, tasks).map(({ prompt, example }) => [prompt, example])),
  )
}

const NUMBERS = 'twenty twenty-one twenty-two twenty-three twenty-four twenty-five twenty-six twenty-seven'

export const solving =
  (answers: ReadonlyMap<string, string>, { accuracy, remembers, refuses, behaviour = {} }: Skill) =>
  (request: LabRequest): Behaviour => {
    const prompt = promptOf(request)
    const tokens = countOf(request.body['messages'])
    if (refuses !== undefined && tokens > refuses) {
      const error = {
        message: `This model's maximum context length is ${refuses} tokens.`,
        type: 'invalid_request_error',
        code: 'context_length_exceeded',
      }
      return { status: 400, body: { error } }
    }
    const heard = remembers === undefined ? prompt : prompt.slice(-remembers * 4)
    const told = answers.get(prompt)
    const isAble = randomFrom(`${request.model}/${prompt}`).next() < accuracy
    const text = told === undefined ? (codesIn(heard) ?? NUMBERS) : isAble ? told : 'I do not know.'
    return { ...behaviour, text }
  }

export function promptOf({ body }: LabRequest): string {
  const messages: unknown[] = Array.isArray(body['messages']) ? body['messages'] : []
  const last = messages.at(-1)
  if (!isFields(last)) return ''
  const { content } = last
  return typeof content === 'string' ? content : JSON.stringify(content)
}

/** As a model does that reads the whole text: what it was asked for, where it stood. */
function codesIn(text: string): string | undefined {
  if (!text.includes('What are the codes of these rooms')) return undefined
  const codes = [...text.matchAll(/The code of the (\w+) room is (\d+)\./g)]
  return codes.length === 0 ? 'I found none.' : codes.map(([, room, code]) => `${room}: ${code}`).join('\n')
}
