// Reads an object out of a program's output. Pure.

/** Undefined where the text is not a JSON object. */
export function parseJson(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined // the program said something else
  }
}
