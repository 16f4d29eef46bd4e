// What something takes of the machine, and how much of it others have: bounds hold for a machine that is left to a test.
import { performance } from 'node:perf_hooks'

const WORK_MS = 100

/** What this thread has had of a processor so far; unlike a clock's, its time does not pass while others have it. */
export function processorMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

/** How many times longer work takes now than where nobody else wants the processor; 1 there. It takes 0.1 s of one. */
function slowdown(): number {
  const [startedAt, before] = [performance.now(), processorMs()]
  const usedMs = (): number => processorMs() - before
  let sum = 0
  while (usedMs() < WORK_MS) for (let at = 0; at < 10_000; at += 1) sum += Math.sqrt(sum + at)
  return Math.max(1, (performance.now() - startedAt) / usedMs())
}

/** How long something would have taken where nobody else wants the processor. Asked only of what took too long. */
export const alone = (tookMs: number, boundMs: number): number =>
  tookMs < boundMs ? tookMs : tookMs / slowdown()
