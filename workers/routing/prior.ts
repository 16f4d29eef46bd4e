// What the shipped prior expects a stronger model to gain on a request. Pure.
import type { Sketch } from './sketch.ts'
import { TRAITS } from './traits.ts'

const PROSE = TRAITS.indexOf('prose')

/** Long requests gain more: a strong and fragile baseline, and the only one that needs no training. */
export const priorGain = ({ traits }: Sketch): number => traits[PROSE] ?? 0
