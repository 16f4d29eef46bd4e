// A stream of chat completions, read: the pieces of text, each with the mark at which it can be taken up again.
import { Refused, type Listener } from './gateway.ts'

/** The gateway gives a sign of life every second: who is silent for so long is gone. */
const SILENCE_MS = 12_000

/** Resolves at the end; throws `Refused` where it broke (status 0), or where the gateway says that it did. */
export async function readStream(
  reply: Response,
  signal: AbortSignal,
  listener: Pick<Listener, 'text'>,
): Promise<void> {
  const reader = reply.body?.getReader()
  if (reader === undefined) throw new Refused(0, 'unreachable', '')
  const stop = (): void => void reader.cancel().catch(() => undefined)
  signal.addEventListener('abort', stop, { once: true })
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await within(reader.read())
      rest += decoder.decode(value, { stream: !done })
      for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
        const isLast = take(rest.slice(0, end), listener)
        rest = rest.slice(end + 2)
        if (isLast) return finish(reader)
      }
      if (done) throw new Refused(0, 'cut', '')
    }
  } catch (error) {
    stop()
    if (error instanceof Refused || signal.aborted) throw error
    throw new Refused(0, 'cut', '')
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** What follows the last event is the connection's end, which need not be waited for. */
function finish(reader: ReadableStreamDefaultReader<Uint8Array>): void {
  reader.read().catch(() => undefined)
}

/** Reads one event; true for the last. */
function take(event: string, listener: Pick<Listener, 'text'>): boolean {
  let [data, mark] = ['', '']
  for (const line of event.split('\n')) {
    if (line.startsWith('data:')) data += line.slice(5).trim()
    else if (line.startsWith('id:')) mark = line.slice(3).trim()
  }
  if (data === '[DONE]') return true
  if (data === '') return false
  const { choices, error } = JSON.parse(data) as {
    choices?: { delta?: { content?: unknown } }[]
    error?: { message?: unknown; code?: unknown; type?: unknown }
  }
  if (error !== undefined)
    throw new Refused(500, String(error.code ?? error.type ?? 'broken'), String(error.message ?? ''))
  const text = choices?.[0]?.delta?.content
  if (typeof text === 'string' || mark !== '') listener.text(typeof text === 'string' ? text : '', mark)
  return false
}

function within<T>(reading: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Refused(0, 'silent', '')), SILENCE_MS)
    reading.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
