// Questions with what two or more models answered them when somebody asked: the outcomes of GSM8K and MMLU, from the folder
// that the other routing benches read.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Fields, fieldsOf, text } from '../../../shared/fields.ts'
import { readLines } from '../routing/sets.ts'
import { finalNumber, isNumberRight } from './judge.ts'

/** What one model says to one question. */
export interface Recorded {
  readonly text: string
  /** Tokens of the answer, where its whole text was not recorded. */
  readonly tokens?: number
  /** Was it right, by those who recorded it? */
  readonly flag: boolean
}

export interface Question {
  readonly prompt: string
  /** By the lab's name of the model; `weak` and `strong` always. */
  readonly answers: ReadonlyMap<string, Recorded>
  readonly isRight: (reply: string) => boolean
}

export const WEAK = 'mixtral-8x7b-instruct-v0.1'
export const STRONG = 'gpt-4-1106-preview'

/** Second small models, whose answers to the same questions ZeroEval recorded: the final number and the length. */
export const HELPERS: Readonly<Record<string, string>> = {
  'gemma-2-2b': 'gemma-2-2b-it',
  'llama-3.1-8b': 'Meta-Llama-3.1-8B-Instruct',
}

/** As ZeroEval's answers have no text but a length: letters a token of o200k in the answers that do have one. */
const LETTERS_PER_TOKEN = 3.2

const goldOf = (line: Fields): number => Number(text(line['answer']).replaceAll(/[#$,\s]/g, ''))

const flagOf = (value: unknown): boolean => value === 1 || value === true

/** ZeroEval has the right answers and the helpers'; where its file is not there, an answer recorded as right says it. */
export function readGsm(folder: string): Question[] {
  const path = resolve(folder, 'zeroeval/gsm.jsonl')
  const lines = existsSync(path) ? readLines(path) : []
  const known = new Map(lines.map((line) => [text(line['prompt']).trim(), line]))
  return readLines(resolve(folder, 'routellm/gsm8k.jsonl')).map((line) => {
    const prompt = text(line['prompt'])
    const more = known.get(prompt.trim())
    const weak = { text: text(line['weak_response']), flag: flagOf(line['weak']) }
    const strong = { text: text(line['strong_response']), flag: flagOf(line['strong']) }
    const told = [strong, weak].find(({ flag }) => flag)?.text ?? ''
    const gold = more === undefined ? finalNumber(told) : goldOf(more)
    const helpers = more === undefined ? [] : Object.entries(HELPERS)
    const answers = new Map<string, Recorded>([
      [WEAK, weak],
      [STRONG, strong],
      ...helpers.map(([name, model]) => [name, helperOf(more ?? {}, model)] as const),
    ])
    return { prompt, answers, isRight: (reply) => gold !== undefined && isNumberRight(reply, gold) }
  })
}

function helperOf(line: Fields, model: string): Recorded {
  const said = String(fieldsOf(line['a'])[model] ?? 'not known')
  const letters = Number(fieldsOf(line['olen'])[model] ?? 0)
  return {
    text: `The answer is ${said}.`,
    tokens: Math.max(1, Math.round(letters / LETTERS_PER_TOKEN)),
    flag: flagOf(fieldsOf(line['c'])[model]),
  }
}

const LETTERS = 'ABCD'

/** Of MMLU nobody recorded letters, only who was right: the right letter is made up, and whoever was wrong says the next. */
export function readMmlu(folder: string): Question[] {
  return readLines(resolve(folder, 'routellm/mmlu.jsonl')).map((line) => {
    const prompt = text(line['prompt'])
    const place = prompt.length % LETTERS.length
    const right = LETTERS.charAt(place)
    const wrong = LETTERS.charAt((place + 1) % LETTERS.length)
    const said = (flag: boolean): Recorded => ({ text: flag ? right : wrong, flag })
    const answers = new Map([
      [WEAK, said(flagOf(line['weak']))],
      [STRONG, said(flagOf(line['strong']))],
    ])
    return { prompt, answers, isRight: (reply) => reply.trim() === right }
  })
}

/** Where the recorded flag says otherwise than the answer's last number does. */
export interface Disagreement {
  readonly model: string
  readonly count: number
  readonly rightAfterAll: number
  readonly wrongAfterAll: number
}

export const disagreements = (questions: readonly Question[], models: readonly string[]): Disagreement[] =>
  models.map((model) => {
    const sides = questions.flatMap(({ answers, isRight }) => {
      const answer = answers.get(model)
      return answer === undefined ? [] : [{ flag: answer.flag, right: isRight(answer.text) }]
    })
    return {
      model,
      count: sides.length,
      rightAfterAll: sides.filter(({ flag, right }) => right && !flag).length,
      wrongAfterAll: sides.filter(({ flag, right }) => flag && !right).length,
    }
  })
