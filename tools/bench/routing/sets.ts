// Outcomes of real models on public benchmarks, as pairs of a weak and a strong one. From the folder that
// tools/data/outcomes.ts fills, or wherever MINNOW_DATA points.
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Fields, fieldsOf, listOf, text } from '../../../shared/fields.ts'

export interface Outcome {
  readonly prompt: string
  /** 0 or 1: was the answer right? */
  readonly weak: number
  readonly strong: number
  /** What the weak model answered, where it was recorded. */
  readonly answer?: string
  readonly subject?: string
}

export interface Pair {
  readonly name: string
  /** Prompts of pairs of one family are the same: they are held out together. */
  readonly family: 'mmlu' | 'gsm8k' | 'mmlu-pro' | 'math'
  readonly outcomes: readonly Outcome[]
}

/** One question of MMLU-Pro and what every model answered, a letter each. */
export interface Exam {
  readonly models: readonly string[]
  readonly questions: readonly { readonly prompt: string; readonly right: string; readonly answers: string }[]
}

const HERE = resolve(import.meta.dirname, '../../..')

/** Undefined where nobody has fetched anything yet. */
export function findFolder(): string | undefined {
  const places = [process.env['MINNOW_DATA'], resolve(HERE, 'data/outcomes'), resolve(HERE, '../shared/data')]
  return places.find((place) => place !== undefined && existsSync(resolve(place, 'routellm/mmlu.jsonl')))
}

export const readLines = (path: string): Fields[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => fieldsOf(JSON.parse(line)))

const readZero = (path: string): Fields[] => (existsSync(path) ? readLines(path) : [])

const bit = (value: unknown): number => (value === 1 || value === true ? 1 : 0)

const letters = 'ABCDEFGHIJ'

/** Undefined where the folder has only the outcomes of RouteLLM. */
export function readExam(folder: string): Exam | undefined {
  if (!existsSync(resolve(folder, 'mmlu-pro/models.json'))) return undefined
  const models = listOf(JSON.parse(readFileSync(resolve(folder, 'mmlu-pro/models.json'), 'utf8')))
  return {
    models: models.map((model) => text(fieldsOf(model)['model'])),
    questions: readLines(resolve(folder, 'mmlu-pro/mmlu_pro.jsonl')).map((line) => ({
      prompt: [
        text(line['question']),
        ...listOf(line['options']).map((option, at) => `${letters[at] ?? '?'}. ${text(option)}`),
        'Answer:',
      ].join('\n'),
      right: text(line['answer']),
      answers: text(line['pred']),
    })),
  }
}

function examPair({ models, questions }: Exam, weak: string, strong: string): Outcome[] {
  const [one, other] = [models.indexOf(weak), models.indexOf(strong)]
  return questions
    .filter(({ answers }) => answers[one] !== '-' && answers[other] !== '-')
    .map(({ prompt, right, answers }) => ({
      prompt,
      weak: answers[one] === right ? 1 : 0,
      strong: answers[other] === right ? 1 : 0,
    }))
}

function zeroPair(lines: readonly Fields[], weak: string, strong: string): Outcome[] {
  return lines.flatMap((line) => {
    const right = fieldsOf(line['c'])
    if (!(weak in right) || !(strong in right)) return []
    return [{ prompt: text(line['prompt']), weak: bit(right[weak]), strong: bit(right[strong]) }]
  })
}

/** Sets that the folder does not have are left out. */
export function readPairs(folder: string): readonly Pair[] {
  return everyPair(folder).filter(({ outcomes }) => outcomes.length > 0)
}

function everyPair(folder: string): Pair[] {
  const exam = readExam(folder) ?? { models: [], questions: [] }
  const [grade, olympic] = ['gsm', 'math-l5'].map((name) =>
    readZero(resolve(folder, `zeroeval/${name}.jsonl`)),
  )
  const routellm = (file: string): Outcome[] =>
    readLines(resolve(folder, `routellm/${file}.jsonl`)).map((line) => ({
      prompt: text(line['prompt']),
      weak: bit(line['weak']),
      strong: bit(line['strong']),
      ...(line['domain'] === undefined ? {} : { subject: text(line['domain']) }),
      ...(line['weak_response'] === undefined ? {} : { answer: text(line['weak_response']) }),
    }))
  const zero = [
    ['Llama-3.1 8B -> 70B', 'Meta-Llama-3.1-8B-Instruct', 'Meta-Llama-3.1-70B-Instruct'],
    ['Claude 3 Haiku -> 3.5 Sonnet', 'claude-3-haiku-20240307', 'claude-3-5-sonnet-20241022'],
    ['GPT-3.5 Turbo -> 4o', 'gpt-3.5-turbo-0125', 'gpt-4o-2024-08-06'],
  ] as const
  return [
    { name: 'MMLU, Mixtral-8x7B -> GPT-4', family: 'mmlu', outcomes: routellm('mmlu') },
    { name: 'GSM8K, Mixtral-8x7B -> GPT-4', family: 'gsm8k', outcomes: routellm('gsm8k') },
    ...(
      [
        ['Llama-3.1 8B -> 70B', 'Meta-Llama-3_1-8B-Instruct', 'Meta-Llama-3_1-70B-Instruct'],
        ['Gemini 1.5 Flash -> Pro', 'gemini-1.5-flash-002', 'gemini-1.5-pro-002'],
      ] as const
    ).map(([name, weak, strong]): Pair => ({
      name: `MMLU-Pro, ${name}`,
      family: 'mmlu-pro',
      outcomes: examPair(exam, weak, strong),
    })),
    ...zero.map(([name, weak, strong]): Pair => ({
      name: `GSM8K, ${name}`,
      family: 'gsm8k',
      outcomes: zeroPair(grade ?? [], weak, strong),
    })),
    ...zero.map(([name, weak, strong]): Pair => ({
      name: `MATH level 5, ${name}`,
      family: 'math',
      outcomes: zeroPair(olympic ?? [], weak, strong),
    })),
  ]
}
