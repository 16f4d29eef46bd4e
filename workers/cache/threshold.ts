// How near two questions must be for one answer, measured on pairs that ask the same and pairs that nearly do:
// docs/cache.md. Pure.

export const THRESHOLD = 0.97
