// What the whole request looks like, as numbers from 0 to 1: of its text up to some point, and of what stands around it. Pure.
import type { ModelRequest } from '../../shared/request.ts'

/** What is counted while the text of the newest user message is read. */
export interface Counts {
  chars: number
  words: number
  prose: number
  long: number
  capitals: number
  digits: number
  operators: number
  sentences: number
  commas: number
  questions: number
  negations: number
  functions: number
  lines: number
  options: number
  optionChars: number
  foreign: number
  code: number
  formulas: number
  bars: number
}

export const noCounts = (): Counts => ({
  chars: 0,
  words: 0,
  prose: 0,
  long: 0,
  capitals: 0,
  digits: 0,
  operators: 0,
  sentences: 0,
  commas: 0,
  questions: 0,
  negations: 0,
  functions: 0,
  lines: 0,
  options: 0,
  optionChars: 0,
  foreign: 0,
  code: 0,
  formulas: 0,
  bars: 0,
})

/** In the order in which they are stored; a change needs another version of sketches. */
export const TRAITS = [
  'chars',
  'prose',
  'long',
  'capitals',
  'digits',
  'operators',
  'sentences',
  'commas',
  'questions',
  'negations',
  'functions',
  'lines',
  'options',
  'optionLength',
  'foreign',
  'code',
  'formulas',
  'tables',
  'turns',
  'history',
  'system',
  'tools',
  'images',
  'json',
  'output',
  'thinking',
] as const

export type Trait = (typeof TRAITS)[number]

/** Counts are small whole numbers, and looked at for every word. */
const LOGS = Float64Array.from({ length: 4_096 }, (_, count) => Math.log1p(count))
const logOf = (value: number): number => LOGS[value] ?? Math.log1p(value)
const log = (value: number, most: number): number => Math.min(1, logOf(value) / logOf(most))
const part = (value: number, most: number): number => Math.min(1, value / most)

/** What stands around the text: the same for all of it. */
export interface Setting {
  readonly turns: number
  /** Letters of all that was said beside the text and the instructions. */
  readonly before: number
  readonly others: readonly number[]
}

export function settingOf(request: ModelRequest): Setting {
  let [turns, before, system, images] = [0, 0, 0, 0]
  const newest = request.messages.findLast(({ role }) => role === 'user')
  for (const message of request.messages) {
    const { role, parts } = message
    if (role === 'user') turns += 1
    for (const its of parts) {
      if (its.type === 'image' || its.type === 'file' || its.type === 'audio') images += 1
      if (its.type !== 'text') continue
      if (role === 'system' || role === 'developer') system += its.text.length
      else if (message !== newest) before += its.text.length
    }
  }
  return {
    turns: part(turns, 10),
    before,
    others: [
      log(system, 20_000),
      log(request.tools.length, 50),
      part(images, 4),
      request.format.type === 'text' ? 0 : 1,
      log(request.limits.maxOutput ?? 0, 32_000),
      request.reasoning === undefined || request.reasoning.effort === 'none' ? 0 : 1,
    ],
  }
}

export function traitsOf(counts: Counts, { turns, before, others }: Setting): Float32Array {
  return Float32Array.of(
    log(counts.chars, 4_000),
    log(counts.prose, 600),
    log(counts.long, 100),
    log(counts.capitals, 200),
    log(counts.digits, 200),
    log(counts.operators, 100),
    log(counts.sentences, 50),
    log(counts.commas, 50),
    part(counts.questions, 5),
    part(counts.negations, 4),
    counts.words === 0 ? 0 : counts.functions / counts.words,
    log(counts.lines, 60),
    part(counts.options, 10),
    counts.options === 0 ? 0 : log(counts.optionChars / counts.options, 300),
    log(counts.foreign, 100),
    log(counts.code, 30),
    log(counts.formulas, 20),
    log(counts.bars, 40),
    turns,
    log(before + counts.chars, 100_000),
    ...others,
  )
}
