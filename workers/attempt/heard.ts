// Hears a small model's answer before anybody else does, as far as it may be held back, and tells it from the beginning later.
import type { Heard } from '../../shared/check/verdict.ts'
import type { Batch, FinishReason, ModelEvent } from '../../shared/event.ts'
import type { Failure } from '../../shared/failure.ts'
import type { Cascade } from '../../shared/plan.ts'
import { openSureness } from '../../shared/sureness.ts'

export interface Hearing {
  readonly heard: Heard
  /** It died while it was held. */
  readonly failure?: Failure
  /** What was heard, where the rest is not wanted. */
  readonly held: readonly Batch[]
  /** Ends the answer here. */
  readonly leave: () => void
  /** All of it, from the beginning: what was held, then what is still to come. */
  readonly batches: AsyncGenerator<Batch, void, undefined>
}

type Next = Promise<IteratorResult<Batch, void>>

/** Reads on until the answer's end, or the bound in time or characters, whichever is first. Reads nothing after that. */
export async function hear(
  batches: AsyncGenerator<Batch, void, undefined>,
  { holdMs, holdChars }: Pick<Cascade, 'holdMs' | 'holdChars'>,
): Promise<Hearing> {
  const held: Batch[] = []
  const ear = openEar()
  let pending: Next | undefined
  let timer: ReturnType<typeof setTimeout> | null = null
  const over = new Promise<'over'>((resolve) => {
    timer = setTimeout(() => resolve('over'), holdMs)
  })
  try {
    while (!ear.isOver && ear.chars < holdChars) {
      pending = batches.next()
      const next = await Promise.race([pending, over])
      if (next === 'over') break
      pending = undefined
      if (next.done === true) break
      held.push(next.value)
      for (const { events } of next.value) events.forEach(ear.take)
    }
  } finally {
    clearTimeout(timer)
  }
  const failure = ear.failure
  return {
    heard: ear.heard(),
    ...(failure === undefined ? {} : { failure }),
    held,
    leave: () => void batches.return(undefined), // not awaited: it waits for a read that may hang
    batches: told(held, pending, batches),
  }
}

async function* told(
  held: readonly Batch[],
  pending: Next | undefined,
  rest: AsyncGenerator<Batch, void, undefined>,
): AsyncGenerator<Batch, void, undefined> {
  try {
    yield* held
    const next = await pending
    if (next !== undefined && next.done !== true) yield next.value
    yield* rest
  } finally {
    void rest.return(undefined) // not awaited: it waits for a read that may hang
  }
}

interface Ear {
  readonly isOver: boolean
  readonly chars: number
  readonly failure: Failure | undefined
  readonly take: (event: ModelEvent) => void
  readonly heard: () => Heard
}

function openEar(): Ear {
  let text = ''
  let refusal = ''
  let chars = 0
  let finish: FinishReason | undefined
  let failure: Failure | undefined
  const calls = new Map<number, { readonly name: string; json: string }>()
  const sureness = openSureness()

  const take = (event: ModelEvent): void => {
    switch (event.type) {
      case 'text-delta':
        text += event.text
        chars += event.text.length
        return
      case 'refusal-delta':
        refusal += event.text
        chars += event.text.length
        return
      case 'reasoning-delta':
        chars += event.text.length
        return
      case 'tool-start':
        calls.set(event.call, { name: event.name, json: '' })
        return
      case 'tool-delta': {
        const call = calls.get(event.call)
        if (call !== undefined) call.json += event.json
        chars += event.json.length
        return
      }
      case 'logprobs':
        sureness.take(event.value)
        return
      case 'finish':
        finish = event.reason
        return
      case 'error':
        ;({ failure } = event)
        return
      case 'start':
      case 'reasoning-signature':
      case 'other-delta':
      case 'embedding':
      case 'choice-end':
        return
    }
  }

  return {
    get isOver() {
      return finish !== undefined || failure !== undefined
    },
    get chars() {
      return chars
    },
    get failure() {
      return failure
    },
    take,
    heard: () => {
      const told = sureness.told()
      return {
        text,
        refusal,
        calls: [...calls.values()],
        ...(finish === undefined ? {} : { finish }),
        ...(told === undefined ? {} : { sureness: told }),
      }
    },
  }
}
