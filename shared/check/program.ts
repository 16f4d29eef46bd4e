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
  const isThere = (name: string): boolean => own.some(({ code }) => defines(code, name))
  // An example of something else, such as the language's own functions, says nothing about the answer.
  const tests = given === undefined ? found.filter((test) => calledIn(test).some(isThere)) : found
  if (tests.length === 0) return undefined
  const names = [...new Set(tests.flatMap(calledIn))].filter(isThere)
  return { language, code: chosen(own, names), tests }
}

/** The last block that has all that is tested, else all of them: others show how it is used, or an earlier state. */
function chosen(blocks: readonly Block[], names: readonly string[]): string {
  const whole = blocks.findLast(({ code }) => names.length > 0 && names.every((name) => defines(code, name)))
  return whole?.code ?? blocks.map(({ code }) => code).join('\n')
}
