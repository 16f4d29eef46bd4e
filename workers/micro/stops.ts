// Finds stop strings in streamed text, also where one spans tokens. Pure.

export interface StopFinder {
  /** Takes more text and gives what may be shown; `isStopped` once a stop string was met. */
  push(text: string): { readonly text: string; readonly isStopped: boolean }
  /** The text that was held back because a stop string might have begun in it. */
  rest(): string
}

/** Length of the longest ending of `text` with which some stop string begins. */
function heldLength(text: string, stops: readonly string[]): number {
  const longest = Math.max(0, ...stops.map((stop) => stop.length - 1))
  for (let length = Math.min(longest, text.length); length > 0; length--) {
    const ending = text.slice(-length)
    if (stops.some((stop) => stop.startsWith(ending))) return length
  }
  return 0
}

export function makeStopFinder(stops: readonly string[]): StopFinder {
  let held = ''
  return {
    push(text) {
      held += text
      const places = stops.map((stop) => held.indexOf(stop)).filter((place) => place >= 0)
      if (places.length > 0) {
        const shown = held.slice(0, Math.min(...places))
        held = ''
        return { text: shown, isStopped: true }
      }
      const shown = held.slice(0, held.length - heldLength(held, stops))
      held = held.slice(shown.length)
      return { text: shown, isStopped: false }
    },
    rest: () => held,
  }
}
