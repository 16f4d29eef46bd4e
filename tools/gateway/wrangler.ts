// Calls the project's wrangler: quiet, never asking, never phoning home on its own account.
import { spawn } from 'node:child_process'
import { join } from 'node:path'

export interface WranglerEnd {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Switches off what wrangler would otherwise do beside its work: telemetry, update checks, looking up our location. */
export const QUIET: Readonly<Record<string, string>> = {
  CI: '1',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_SEND_METRICS: 'false',
  X_LOCAL_EXPLORER: 'false',
  X_LOCAL_OBSERVABILITY: 'false',
}

/** Runs wrangler and collects what it says; `show` passes it on as well. */
export function wrangler(root: string, args: readonly string[], show = false): Promise<WranglerEnd> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(root, 'node_modules/wrangler/bin/wrangler.js'), ...args], {
      cwd: root,
      env: { ...process.env, ...QUIET },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let out = ''
    let err = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
      if (show) process.stdout.write(text)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text
      if (show) process.stderr.write(text)
    })
    child.once('error', fail)
    child.once('close', (code) => done({ code: code ?? 1, out, err }))
  })
}

/** What wrangler complained about, on one line, without its colours and frames. Pure. */
export function complaint({ out, err }: WranglerEnd): string {
  // oxlint-disable-next-line no-control-regex -- terminal colours are control characters
  const lines = `${err}\n${out}`.replace(/\u001b\[[0-9;]*m/g, '').split('\n')
  const at = lines.findIndex((line) => /^\s*(?:✘|X)?\s*\[ERROR\]/.test(line))
  const text = (at < 0 ? lines : lines.slice(at)).map((line) => line.trim()).find((line) => line !== '')
  return (text ?? 'wrangler said nothing').replace(/^(?:✘|X)?\s*\[ERROR\]\s*/, '')
}
