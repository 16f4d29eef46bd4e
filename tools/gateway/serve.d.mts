import type { Prepared } from './prepare.ts'

export interface End {
  readonly code: number | null
  readonly signal: string | null
  /** True where `stop` was asked for. */
  readonly stopping: boolean
  /** The last line workerd printed. */
  readonly lastWords: string
}

export interface Serving {
  readonly pid: number | undefined
  readonly ready: Promise<number>
  readonly ended: Promise<End>
  stop(): Promise<End>
  kill(signal: NodeJS.Signals): void
}

export function serve(workerd: string, prepared: Prepared, write?: (text: string) => void): Serving
