// What Cloudflare gives the Worker, read from wrangler.toml so that the local gateway and a deployment cannot differ.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Layout } from './capnp.ts'

/** Reads the few fields a local gateway shares with a deployment. */
export function readLayout(root: string): Layout {
  const toml = readFileSync(join(root, 'wrangler.toml'), 'utf8')
  return parseLayout(toml)
}

/** Understands the plain form in which our own wrangler.toml is written, not all of TOML. Pure. */
export function parseLayout(toml: string): Layout {
  const plain = toml.replace(/^\s*#.*$/gm, '')
  const date = /^compatibility_date\s*=\s*"(.+)"/m.exec(plain)?.[1]
  if (date === undefined) throw new Error('wrangler.toml has no compatibility_date')
  const objects: Record<string, string> = {}
  for (const [, block] of plain.matchAll(/\[\[durable_objects\.bindings\]\]([^[]*)/g)) {
    const name = /^name\s*=\s*"(.+)"/m.exec(block ?? '')?.[1]
    const className = /^class_name\s*=\s*"(.+)"/m.exec(block ?? '')?.[1]
    if (name !== undefined && className !== undefined) objects[name] = className
  }
  return {
    compatibilityDate: date,
    compatibilityFlags: texts(/^compatibility_flags\s*=\s*\[([^\]]*)\]/m.exec(plain)?.[1]),
    crons: texts(/^crons\s*=\s*\[([^\]]*)\]/m.exec(plain)?.[1]),
    objects,
  }
}

function texts(list: string | undefined): string[] {
  return [...(list ?? '').matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? '')
}
