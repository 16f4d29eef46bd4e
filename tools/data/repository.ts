// Files of a public repository at one commit: over the network, kept on disk as they come so that a run that broke off
// goes on where it was, or from a folder that has them.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Read } from './source.ts'

export const ORIGIN = 'https://raw.githubusercontent.com'

/** The largest file has 5 MB. */
const PATIENCE_MS = 120_000
const TRIES = 4

/** Answers that another try may change. */
const PASSING = new Set([408, 429, 500, 502, 503, 504])

interface Place {
  readonly repository: string
  readonly commit: string
  /** Where what has come is kept. */
  readonly kept: string
  readonly origin?: string
  /** Before the second try; doubled before each further one. */
  readonly pauseMs?: number
}

export function overNetwork({ repository, commit, kept, origin = ORIGIN, pauseMs = 1_000 }: Place): Read {
  return async (path) => {
    const file = join(kept, repository, commit, path)
    if (existsSync(file)) return readFileSync(file)
    const url = `${origin}/${repository}/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`
    const bytes = await download(url, pauseMs)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(`${file}.part`, bytes)
    renameSync(`${file}.part`, file)
    return bytes
  }
}

async function download(url: string, pauseMs: number): Promise<Uint8Array> {
  let trouble = ''
  for (let tried = 0; tried < TRIES; tried += 1) {
    if (tried > 0) await wait(pauseMs * 2 ** (tried - 1))
    try {
      const reply = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) })
      if (reply.ok) return new Uint8Array(await reply.arrayBuffer())
      trouble = `it answered ${reply.status}`
      await reply.body?.cancel()
      if (!PASSING.has(reply.status)) break
    } catch (error) {
      trouble = reasonOf(error)
    }
  }
  throw new Error(`${url} could not be fetched: ${trouble}. What has come is kept; run this again to go on.`)
}

/** Undici says "fetch failed" and keeps why to itself. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}

/** From a checkout, in a folder named as the repository is. */
export function fromFolder(folder: string, repository: string): Read {
  const root = join(folder, repository.split('/').at(-1) ?? repository)
  return async (path) => {
    const file = join(root, path)
    if (!existsSync(file)) throw new Error(`${file} is missing: is ${root} a checkout of ${repository}?`)
    return readFileSync(file)
  }
}
