// One amount of one budget in one window, by name: `usd:day@1764547200000`. Pure.
import type { Budget, Unit } from '../service.ts'
import { windowStart } from './window.ts'

export type Slot = string

export const slotOf = (budget: Pick<Budget, 'unit' | 'window'>, now: number): Slot =>
  `${budget.unit}:${budget.window}@${windowStart(budget.window, now)}`

export const isRate = (slot: Slot): boolean => slot.includes(':rate@')

export const startOf = (slot: Slot): number => Number(slot.slice(slot.indexOf('@') + 1))

export const unitOf = (slot: Slot): Unit =>
  slot.startsWith('usd:') ? 'usd' : slot.startsWith('tokens:') ? 'tokens' : 'requests'
