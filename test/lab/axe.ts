// What axe-core has against a page as it stands.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

/** The small one: a page reads it anew after each load, and the readable one is more than twice as long. */
const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** A line for each element that breaks a rule, or one of `rules`; `what` says in which state the page was. */
export async function violations(
  page: Page,
  what?: string,
  rules?: readonly string[],
): Promise<readonly string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(SOURCE)
  const found = await page.evaluate(
    (only) =>
      (Reflect.get(window, 'axe') as { run(options: object): Promise<AxeResults> }).run({
        resultTypes: ['violations'],
        ...(only === undefined ? {} : { runOnly: only }),
      }),
    rules,
  )
  const state = what === undefined ? '' : `${what}: `
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${state}${id}: ${target.join(' ')}: ${failureSummary ?? ''}`),
  )
}
