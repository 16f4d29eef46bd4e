// One way out of an outbox: what is there is delivered in order, again and again while the other side is away.
export interface Courier {
  /** Sees to it that what is there is on its way. */
  go(): Promise<void>
}

export interface Errand {
  /** Delivers what is next; false where there is nothing. Throws where it was not taken. */
  readonly deliver: () => Promise<boolean>
  /** Rows wait this long for company. */
  readonly gatherMs: number
  readonly failed: (error: unknown, failures: number) => void
}

const RETRY_MS = [200, 500, 1_000, 2_000, 5_000, 10_000] as const
/** An object sleeps when it is alone for long; its alarm begins another round. */
const MAX_ROUND_MS = 60_000

export function openCourier({ deliver, gatherMs, failed }: Errand): Courier {
  let going: Promise<void> | undefined

  const round = async (): Promise<void> => {
    const began = Date.now()
    let failures = 0
    await wait(gatherMs)
    while (Date.now() - began < MAX_ROUND_MS) {
      try {
        if (!(await deliver())) return
        failures = 0
        await wait(gatherMs)
      } catch (error) {
        failed(error, failures)
        await wait(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 0)
        failures += 1
      }
    }
  }

  return {
    go() {
      going ??= round().finally(() => (going = undefined))
      return going
    },
  }
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
