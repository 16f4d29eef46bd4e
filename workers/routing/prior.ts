// What the shipped prior expects a stronger model to gain on a request. Pure.
import { SHAPES } from './features.ts'
import type { Sketch } from './sketch.ts'

const CHARS = SHAPES.indexOf('chars')

/** Long requests gain more: a strong and fragile baseline, and the only one that needs no training. */
export const priorGain = ({ shape }: Sketch): number => shape[CHARS] ?? 0
