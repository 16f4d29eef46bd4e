// The health objects in memory, with the real thinking in them: what isolates under test trade through.
import { hold } from '../../../../workers/health/circuit.ts'
import { absorb, type Condition, type Report, soundCondition } from '../../../../workers/health/condition.ts'
import type { HealthObjects } from '../../../../workers/health/board.ts'

export interface Exchange {
  readonly key: string
  readonly isolate: string
  readonly report: Report | undefined
  readonly at: number
}

export interface Memory extends HealthObjects {
  readonly exchanges: Exchange[]
  readonly conditions: Map<string, Condition>
  reachable: boolean
}

export function openMemory(probeMs: number, delayMs: number): Memory {
  const memory: Memory = {
    exchanges: [],
    conditions: new Map(),
    reachable: true,
    async exchange(key, isolate, report) {
      memory.exchanges.push({ key, isolate, report, at: Date.now() })
      await new Promise((resolve) => setTimeout(resolve, delayMs / 2))
      if (!memory.reachable) throw new Error('the object cannot be reached')
      const now = Date.now()
      const moment = { now, probeMs, chance: 0 }
      const absorbed = absorb(memory.conditions.get(key) ?? soundCondition, report, moment)
      const merged = { ...absorbed, circuit: hold(absorbed.circuit, isolate, now) }
      memory.conditions.set(key, merged)
      await new Promise((resolve) => setTimeout(resolve, delayMs / 2))
      return structuredClone(merged)
    },
  }
  return memory
}
