// A real browser for tests: the Chromium that npm brought, unpacked once, with the fonts and libraries it carries,
// so that nothing need be installed on the machine.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const CACHE = resolve(import.meta.dirname, '../../node_modules/.cache/minnow-browser')

/** For contexts: pages that move are drawn sixty times a second, on the cores that the tests need. */
export const STILL = { reducedMotion: 'reduce' } as const

/** Close it when done. Each call starts a browser of its own. */
export async function startBrowser(): Promise<Browser> {
  if (process.platform !== 'linux') return await chromium.launch({ channel: 'chrome' })
  const folder = await unpacked()
  return await chromium.launch({
    executablePath: join(folder, 'chromium'),
    args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'],
    env: {
      ...(process.env as Record<string, string>),
      FONTCONFIG_PATH: join(folder, 'fonts'),
      LD_LIBRARY_PATH: [process.env['LD_LIBRARY_PATH'], join(folder, 'al2023/lib')].filter(Boolean).join(':'),
    },
  })
}

/** Unpacks beside its place and moves it there whole: several test processes may want it at once. */
async function unpacked(): Promise<string> {
  const home = packageFolder()
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string }
  const folder = join(CACHE, version)
  if (existsSync(join(folder, 'chromium'))) return placed(folder)
  rmSync(folder, { recursive: true, force: true }) // what a cache of letters left behind
  mkdirSync(CACHE, { recursive: true })
  const draft = mkdtempSync(join(CACHE, 'draft-'))
  const before = process.env['TMPDIR']
  try {
    process.env['TMPDIR'] = draft // the package unpacks into the temporary folder
    const { inflate } = await import('@sparticuz/chromium')
    await Promise.all(
      ['chromium.br', 'fonts.tar.br', 'al2023.tar.br'].map((name) => inflate(join(home, 'bin', name))),
    )
    writeFileSync(join(draft, 'fonts/fonts.conf'), fontsConfig(folder))
    renameSync(draft, folder)
  } catch (error) {
    if (!existsSync(join(folder, 'chromium'))) throw error // otherwise a neighbour was faster
  } finally {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
    rmSync(draft, { recursive: true, force: true })
  }
  return folder
}

/** A checkout that was copied has its letters where it is now. */
function placed(folder: string): string {
  const file = join(folder, 'fonts/fonts.conf')
  if (readFileSync(file, 'utf8') !== fontsConfig(folder)) writeFileSync(file, fontsConfig(folder))
  return folder
}

/** The package's own names folders of the service it was made for. */
function fontsConfig(folder: string): string {
  const families = [
    ['sans-serif', 'Open Sans'],
    ['system-ui', 'Open Sans'],
    ['monospace', 'DejaVu Sans Mono'],
  ]
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}/fonts/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${folder}/fonts-cache</cachedir>
${families.map(([name, family]) => `  <alias><family>${name}</family><prefer><family>${family}</family></prefer></alias>`).join('\n')}
</fontconfig>
`
}

function packageFolder(): string {
  return dirname(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')))
}
