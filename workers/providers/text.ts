// A body as text, read no further than a bound.

export async function readText(body: ReadableStream<Uint8Array>, limitBytes: number): Promise<string> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.byteLength
    text += decoder.decode(value, { stream: true })
    if (bytes > limitBytes) {
      await reader.cancel()
      return text
    }
  }
}
