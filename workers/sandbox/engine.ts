// What an engine of the sandbox is, and what every program of somebody else's is bound to.
import type { Program, Ran } from '../../shared/check/program.ts'

export interface Used extends Ran {
  /** Turns of loops and calls, of `FUEL` at most. */
  readonly fuel: number
}

/** Runs a program from a fresh start. Never throws. */
export type Engine = (program: Program) => Promise<Used>

/**
 * In turns: what the engine's own loops and calls may take, every one of them counted, for the program and all of its
 * tests. A tenth of a second or two on one core. Time cannot bound it: within a turn of the Worker no clock goes on.
 */
export const FUEL = 20_000_000

/** Of 64 KiB: all the memory that an engine has. Set where the engines are made (tools/sandbox/build.ts). */
export const PAGES = 320

/** What an engine's module shows beside its own functions. */
export interface Metered {
  readonly fuel: WebAssembly.Global
}

/** Why an engine stopped where it did not end by itself. */
export const stopOf = ({ fuel }: Metered, error: unknown): 'endless' | 'unable' =>
  Number(fuel.value) < 0 || error instanceof RangeError ? 'endless' : 'unable' // or it called itself too deep
