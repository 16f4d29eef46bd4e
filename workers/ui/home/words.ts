// Failures in words: what the gateway said, and what a person can do about it. Pure.

/** The message of an error reply, whatever its body turned out to be. */
export function inWords(status: number, body: string): string {
  return messageOf(parsed(body)) ?? `The gateway answered with status ${status}. ${adviceFor(status)}`.trim()
}

/** The text of an OpenAI-shaped error, with or without its envelope. */
export function messageOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  if (typeof value !== 'object' || value === null) return undefined
  if ('message' in value && typeof value.message === 'string' && value.message !== '') return value.message
  return 'error' in value ? messageOf(value.error) : undefined
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined // not ours: an error page of something in between
  }
}

function adviceFor(status: number): string {
  if (status === 401) return 'Check the key above.'
  if (status === 404) return 'Is this address really the gateway?'
  if (status >= 500) return 'Trying again in a moment may help.'
  return ''
}
