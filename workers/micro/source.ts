// Where a configured model file is read from: the folder of a local gateway, a bucket, or the deployed pages.
import type { ModelSource } from './assets.ts'

export interface ModelPlaces {
  /** A local gateway's own folder, in which the file lies. */
  readonly folder: Fetcher | undefined
  readonly bucket: R2Bucket | undefined
  /** A deployment's static files; the model is among them at /models/, where nobody else is let. */
  readonly pages: Fetcher | undefined
}

/** `gguf` is the path as the configuration has it, and the file's name in a bucket. */
export function modelSource(gguf: string | undefined, { folder, bucket, pages }: ModelPlaces): ModelSource {
  if (gguf === undefined) return undefined
  const name = encodeURIComponent(gguf.slice(gguf.lastIndexOf('/') + 1))

  async function fetchFrom(files: Fetcher | undefined, path: string) {
    const reply = await files?.fetch(`https://files${path}`)
    const length = reply?.headers.get('content-length') ?? null
    if (!reply?.ok || reply.body === null || length === null)
      throw new Error(
        `The model file ${gguf} could not be read: ${reply?.status ?? 'there is no place for it'}.`,
      )
    return { body: reply.body, bytes: Number(length) }
  }

  return async () => {
    if (folder !== undefined) return fetchFrom(folder, `/${name}`)
    if (bucket === undefined) return fetchFrom(pages, `/models/${name}`)
    const object = await bucket.get(gguf)
    if (object === null) throw new Error(`The bucket MODELS has no ${gguf}.`)
    return { body: object.body, bytes: object.size }
  }
}
