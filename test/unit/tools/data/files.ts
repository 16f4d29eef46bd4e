// A repository in memory: the files that a test wrote, by path.
import type { Read } from '../../../../tools/data/source.ts'

export const fileReader =
  (files: Readonly<Record<string, string | Uint8Array>>): Read =>
  async (path) => {
    const file = files[path]
    if (file === undefined) throw new Error(`${path} is missing`)
    return typeof file === 'string' ? new TextEncoder().encode(file) : file
  }
