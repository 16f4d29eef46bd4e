// What a conversation's object is told of a turn and tells of it, beside the turn itself. Types alone.
import type { Seal } from '../../shared/seal.ts'
import type { LastServed } from '../service.ts'
import type { Clear, Trace } from '../traces.ts'
import type { CountMessage } from './item.ts'
import type { Recalled } from './joining.ts'
import type { Span } from './summing.ts'

export type Entered =
  | (Extract<Recalled, { ok: true }> & {
      readonly allowedMicros?: number
      readonly last?: LastServed
      /** It stands in its key's list. */
      readonly isListed: boolean
    })
  | Extract<Recalled, { ok: false }>
  | { readonly ok: false; readonly why: 'busy'; readonly waitedMs: number }

/** What a turn leaves beside itself. */
export interface Leaving {
  /** `<key>/<id>`: who it is, for when it has to be taken off its key's list. */
  readonly name: string
  readonly isListed: boolean
  /** It is erased so long after its last turn. */
  readonly keepMs: number
  /** Is there somebody to sum up what is left out? */
  readonly sums: boolean
  /** What is kept of it elsewhere. */
  readonly traces: readonly Trace[]
}

/**
 * Of a turn that is not written down: words of it were heard, and those are kept; or nothing came of it. `isErased`: what
 * it has left elsewhere is to go.
 */
export type Forgone =
  | { readonly wasHeard: true }
  | { readonly wasHeard: false; readonly leaving?: Leaving; readonly isErased?: boolean }

/** What became of a turn that was to be written down. */
export interface Remembered {
  /** The conversation was erased while it was answered, and so it is not kept. */
  readonly isErased: boolean
  /** What is to be summed up. */
  readonly span?: Span
}

export interface Erased {
  /** False where there was nothing. */
  readonly wasThere: boolean
  readonly traces: readonly Trace[]
}

export interface Surroundings {
  readonly seal: Seal
  /** Counts a message; the vocabulary is unpacked when that is first wanted. */
  readonly count: () => Promise<CountMessage>
  /** Erases what others keep of a conversation. */
  readonly forget: (name: string) => Promise<void>
  /** Erases what its turns have left elsewhere. */
  readonly clear: Clear
}
