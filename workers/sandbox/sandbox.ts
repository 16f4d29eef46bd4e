// Runs programs that models have written against the tests of those who asked for them, bounded in every way.
import type { Program, Ran } from '../../shared/check/program.ts'
import { type Engine, FUEL } from './engine.ts'

export interface Engines {
  readonly javascript: Engine
  readonly python: Engine
}

export interface Sandbox {
  /** `unable` too where this isolate has run as much as it may by now. */
  run(program: Program): Promise<Ran>
}

/**
 * An isolate serves others meanwhile, and a program keeps it from that: so many programs that use all they may are run at
 * once, and one more a second after those.
 */
const MOST_AT_ONCE = 8
const REFILL_A_MS = FUEL / 1_000

/** `load` is asked when the first program comes. */
export function openSandbox(load: () => Promise<Engines>, now: () => number): Sandbox {
  let engines: Promise<Engines> | undefined
  let left = MOST_AT_ONCE * FUEL
  let at = now()

  return {
    async run(program) {
      const time = now()
      left = Math.min(MOST_AT_ONCE * FUEL, left + (time - at) * REFILL_A_MS)
      at = time
      if (left < FUEL) return { verdict: 'unable', passed: 0, of: program.tests.length }
      left -= FUEL // what it may use at most, until it is known what it did
      const { fuel, ...ran } = await (await (engines ??= load()))[program.language](program)
      left += FUEL - Math.min(fuel, FUEL)
      return ran
    },
  }
}
