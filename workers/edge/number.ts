// Gives every event of a stream its id, with which a client that lost the connection asks for the rest. Pure.
// https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header

export interface Numbering {
  /** A text of whole events, each with its id before it. */
  write(text: string): string
  /** A sign of life, which is no event of the answer: where it is an event at all, it repeats the last id. */
  beat(text: string): string
}

export function numbering(stream: string): Numbering {
  const prefix = `id: ${stream}.`
  let last = 0
  return {
    write(text) {
      let out = ''
      for (let from = 0; from < text.length;) {
        const end = text.indexOf('\n\n', from)
        const to = end < 0 ? text.length : end + 2
        last += 1
        out += `${prefix}${last}\n${text.slice(from, to)}`
        from = to
      }
      return out
    },
    beat: (text) => (text.startsWith(':') ? text : `${prefix}${last}\n${text}`),
  }
}

/** For streams whose clients read nothing but `data:`. */
export const unnumbered: Numbering = { write: (text) => text, beat: (text) => text }
