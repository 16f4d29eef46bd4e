// Server-sent events, read and written. Pure and synchronous.
// Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream

/** One dispatched event. `event` is empty when the stream did not name it. */
export interface Frame {
  readonly event: string
  readonly data: string
  /** In place of `data`, on wires that are passed on unread. */
  readonly bytes?: Uint8Array
}

/** A line longer than this is no model's output; reading on would only fill the isolate's memory. */
export const MAX_FRAME_CHARS = 4 * 1024 * 1024

export class FrameTooLong extends Error {
  override readonly name = 'FrameTooLong'
}

/**
 * Returns a function that takes decoded text as it arrives and returns the events it completed.
 * Accepts LF, CRLF and lone CR line ends, a byte order mark, comments, multi-line data and a
 * missing space after the colon. Call with `end` once to get an event that only lacks its blank line.
 */
export function readFrames(): (text: string, end?: boolean) => Frame[] {
  let rest = ''
  let data: string | undefined
  let event = ''
  let atStart = true
  let skipLineFeed = false // the CR of a CRLF ended a chunk

  const dispatch = (frames: Frame[]): void => {
    if (data !== undefined) frames.push({ event, data })
    data = undefined
    event = ''
  }

  const takeLine = (line: string, frames: Frame[]): void => {
    if (line === '') return dispatch(frames)
    const colon = line.indexOf(':')
    if (colon === 0) return
    const field = colon < 0 ? line : line.slice(0, colon)
    const start = line.charCodeAt(colon + 1) === 32 ? colon + 2 : colon + 1
    const value = colon < 0 ? '' : line.slice(start)
    if (field === 'data') data = data === undefined ? value : `${data}\n${value}`
    else if (field === 'event') event = value
  }

  return (text, end = false) => {
    const frames: Frame[] = []
    let buffer = rest === '' ? text : rest + text
    if (atStart && buffer.length > 0) {
      if (buffer.charCodeAt(0) === 0xfeff) buffer = buffer.slice(1)
      atStart = false
    }
    let from = 0
    if (skipLineFeed && buffer.length > 0) {
      if (buffer.charCodeAt(0) === 10) from = 1
      skipLineFeed = false
    }
    let carriage = buffer.indexOf('\r', from)
    for (;;) {
      const feed = buffer.indexOf('\n', from)
      if (carriage >= 0 && carriage < from) carriage = buffer.indexOf('\r', from)
      const stop = carriage >= 0 && (feed < 0 || carriage < feed) ? carriage : feed
      if (stop < 0) break
      takeLine(buffer.slice(from, stop), frames)
      from = stop + 1
      if (stop === carriage) {
        if (from === buffer.length) skipLineFeed = true
        else if (buffer.charCodeAt(from) === 10) from += 1
      }
    }
    rest = from === 0 ? buffer : buffer.slice(from)
    if (rest.length + (data?.length ?? 0) > MAX_FRAME_CHARS) {
      throw new FrameTooLong(`an event of the stream is longer than ${MAX_FRAME_CHARS} characters`)
    }
    if (end) {
      if (rest !== '') takeLine(rest, frames)
      rest = ''
      dispatch(frames)
    }
    return frames
  }
}

/** Writes one event. Data with line ends becomes several data lines, as the specification asks. */
export function writeFrame(frame: Frame): string {
  const name = frame.event === '' ? '' : `event: ${frame.event}\n`
  const data = frame.data.includes('\n') ? frame.data.replaceAll('\n', '\ndata: ') : frame.data
  return `${name}data: ${data}\n\n`
}
