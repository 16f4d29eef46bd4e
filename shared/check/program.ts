// What of an answer can be run, and what it must satisfy then. Pure.
import { lastUserText, type ModelRequest } from '../request.ts'
import { type Block, blocksIn, type Language } from './blocks.ts'
import { defines } from './code.ts'
import { calledIn, testsIn } from './tests.ts'

/** A program with the tests that are run after it, one by one, in the same scope. */
export interface Program {
  readonly language: Language
  readonly code: string
  readonly tests: readonly string[]
}

/**
 * `endless`: it was stopped at its bound in steps; `memory`: at its bound in memory; `unable`: it needs what there is not,
 * so that nothing is known.
 */
export type Verdict = 'passed' | 'failed' | 'endless' | 'memory' | 'unable'

export interface Ran {
  readonly verdict: Verdict
  /** Tests that passed before the first that did not. */
  readonly passed: number
  readonly of: number
}

/** Longer programs are not run. */
const MOST_CODE = 32_000
/** Of the end of a question so much is read. */
const MOST_READ = 20_000
/** Functions that are looked for, and blocks in which they are. */
const MOST_NAMES = 100
const MOST_BLOCKS = 50

/** Undefined where there is no code in a language that can be run, or nothing to hold it to. */
export function programIn(
  request: Pick<ModelRequest, 'messages' | 'tests'>,
  answer: string,
): Program | undefined {
  if (answer.length > MOST_CODE) return undefined
  const blocks = blocksIn(answer)
  const language = blocks.find((block) => block.language !== undefined)?.language
  if (language === undefined) return undefined
  const own = blocks.filter((block) => block.language === language)
  const given = request.tests
  const question = given === undefined ? lastUserText(request.messages).slice(-MOST_READ) : ''
  const found = given === undefined ? testsIn(question, language) : [given]
  const whole = own.map(({ code }) => code).join('\n')
  const called = [...new Set(found.flatMap(calledIn))].slice(0, MOST_NAMES)
  const names = called.filter((name) => defines(whole, name))
  // An example of something else, such as the language's own functions, says nothing about the answer.
  const isOwn = (test: string): boolean => calledIn(test).some((name) => names.includes(name))
  const tests = given === undefined ? found.filter(isOwn) : found
  if (tests.length === 0) return undefined
  return { language, code: chosen(own, names) ?? whole, tests }
}

/** The last block that has all that is tested: others show how it is used, or an earlier state. */
function chosen(blocks: readonly Block[], names: readonly string[]): string | undefined {
  if (names.length === 0 || blocks.length > MOST_BLOCKS) return undefined
  return blocks.findLast(({ code }) => names.every((name) => defines(code, name)))?.code
}
