// How much of the machine others have: bounds on how long something may take hold for a machine that is left to it.
import { performance } from 'node:perf_hooks'

const WORK_MS = 200

/** How many times longer work takes now than where nobody else wants the processor; 1 there. It takes 0.2 s of one. */
export function slowdown(): number {
  const [startedAt, before] = [performance.now(), process.threadCpuUsage()]
  const usedMs = (): number => {
    const { user, system } = process.threadCpuUsage(before)
    return (user + system) / 1_000
  }
  let sum = 0
  while (usedMs() < WORK_MS) for (let at = 0; at < 10_000; at += 1) sum += Math.sqrt(sum + at)
  return Math.max(1, (performance.now() - startedAt) / usedMs())
}
