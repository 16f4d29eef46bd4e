// The trace that a client's request belongs to, as W3C Trace Context tells it: https://www.w3.org/TR/trace-context/. Pure.

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)/

/** `<trace id>-<span id>` of whoever called; undefined where the header is missing or not well made. */
export function traceOf(headers: Headers): string | undefined {
  const sent = headers.get('traceparent') ?? ''
  const isVersion0 = sent.startsWith('00-')
  return TRACEPARENT.test(sent) && (!isVersion0 || sent.length === 55) ? sent.slice(3, 52) : undefined
}
